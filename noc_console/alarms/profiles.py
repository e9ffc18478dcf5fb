"""Severity profiles: the operator's own severities, or those that follow the priorities of TR 101 290 (C-10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from noc_console.catalogues import finding_type, findings, severity_of
from noc_console.model import Finding, Severity

PROFILES = ("operator", "tr")
# TR 101 290, 5.2: first priority is needed to decode at all, second is to be watched all the time, third is optional
_BY_PRIORITY: Mapping[str, Severity] = {"1": Severity.CRITICAL, "2": Severity.MAJOR, "3": Severity.MINOR}


@dataclass(frozen=True, slots=True)
class Shift:
    """A finding whose severity differs under another profile."""

    finding: str
    tr: str
    title: str
    before: Severity
    after: Severity


def severity_under(profile: str, finding: Finding) -> Severity | None:
    """Return how bad a finding is under a profile; one without a number in TR 101 290 is the same under both."""
    own = severity_of(finding)
    if profile != "tr" or own is None:
        return own
    return _BY_PRIORITY.get(finding_type(finding.id).tr[:1], own)


def type_severity(profile: str, alarm_type: str, own: Severity) -> Severity:
    """Return how bad an alarm of measured values is under a profile: by the indicator its type stands for."""
    return _of_types().get(alarm_type, own) if profile == "tr" else own


@cache
def _of_types() -> Mapping[str, Severity]:
    found: dict[str, Severity] = {}
    for one in findings().values():
        severity = _BY_PRIORITY.get(one.tr[:1])
        if one.alarm_type and severity is not None:
            found[one.alarm_type] = max(severity, found.get(one.alarm_type, severity), key=lambda it: it.rank)
    return found


def preview(before: str, after: str) -> tuple[Shift, ...]:
    """Return the findings whose severity changes when the profile does."""
    shifts = []
    for one in findings().values():
        sample = Finding(one.id, "")
        old, new = severity_under(before, sample), severity_under(after, sample)
        if old is not None and new is not None and old != new:
            shifts.append(Shift(one.id, one.tr, one.title_en, old, new))
    return tuple(shifts)
