"""What the analyser of a transport stream gives out: errors by packet, batches, a second's measures, the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from noc_console.model import Event, Finding

WHOLE_STREAM = -1


@dataclass(frozen=True, slots=True)
class PacketError:
    """One counted error: `indicator` is its number in TR 101 290 (`1.4`, `2.3.a`), `packet_index` counts from 0.

    `2.3.a-40` is the warning of the older editions: more than 40 ms, not more than 100 ms, between two PCRs.

    `pid` is WHOLE_STREAM where no PID is concerned. `at` is stream or arrival time in seconds, NaN where the stream
    has no clock. `value` is what was measured, in the unit the text names. `weight` is how many errors this one
    stands for where a run of them is told as one.
    """

    indicator: str
    pid: int
    packet_index: int
    at: float
    text: str
    value: float = 0.0
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Batch:
    """What one feed brought: at most `MOST` errors, the exact counts by indicator beside, and events."""

    errors: tuple[PacketError, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    packets: int = 0


@dataclass(frozen=True, slots=True)
class Measures:
    """One second: metrics by scope (`ts`, `pid/0x0100`, `service/NAME`) and metric key, and the findings of it.

    The findings carry `where.tr` (indicator), `where.priority`, `where.pid`.
    """

    at: float
    metrics: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class PcrReport:
    """The PCRs of one PID: the intervals are differences of PCR values, the accuracy is by byte position.

    `max_accuracy_ns` is None where accuracy does not apply (variable bitrate, fewer than 10 PCRs).
    """

    count: int
    max_interval_ms: float | None
    over_40ms: int
    over_100ms: int
    backward: int
    max_accuracy_ns: float | None
    over_500ns: int


@dataclass(frozen=True, slots=True)
class PidReport:
    """What was counted on one PID over the whole stream."""

    packets: int
    transport_errors: int = 0
    scrambled: int = 0
    continuity_errors: int = 0
    duplicates: int = 0
    discontinuity_flags: int = 0
    payload_starts: int = 0
    bitrate_bps: float = 0.0
    pcr: PcrReport | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything counted since the beginning; `psi` and `formats` are what psi.py and es/ know of it.

    `errors` are the first ones kept (bounded), `counts` are exact by indicator. `duration_s` is by the PCR, 0 where
    there is none. `is_constant` says whether the bitrate is constant, None where it cannot be told.
    """

    packet_size: int
    packets: int
    sync_losses: int
    sync_byte_errors: int
    transport_errors: int
    null_packets: int
    scrambled_packets: int
    duration_s: float
    bitrate_bps: float
    is_constant: bool | None
    pids: Mapping[int, PidReport]
    counts: Mapping[str, int]
    errors: tuple[PacketError, ...]
    psi: Any = None
    formats: Mapping[int, Any] = field(default_factory=dict)
