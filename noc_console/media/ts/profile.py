"""What a stream is judged by: limits of TR 101 290 that differ between editions, sites and templates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """The switches of one input; times in seconds, shares and tolerances as ratios.

    `si_rules` None means: priority 3 rules for SI are applied once a table of that kind was seen (a contribution
    for OTT has none and is not blamed for it); True applies them always, False never.
    `severity_by_priority` takes severities from the TR's priority instead of the catalogue.
    `buffers` switches the T-STD model (3.3, 3.9, 3.10).
    """

    pcr_warning_s: float = 0.040
    pcr_error_s: float = 0.100
    pcr_accuracy_ns: float = 500.0
    pid_timeout_s: float = 5.0
    pts_repetition_s: float = 0.700
    unreferenced_s: float = 0.5
    si_rules: bool | None = None
    buffers: bool = True
    bitrate_bps: float = 0.0
    bitrate_tolerance: float = 0.20
    null_share_most: float = 0.30
    arrival_jitter_s: float = 0.050
    expects_scrambled: bool | None = None
    severity_by_priority: bool = False
