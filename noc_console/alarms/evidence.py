"""What an alarm says: the value or finding behind it, worded for the operator."""

from __future__ import annotations

from dataclasses import dataclass

from noc_console.alarms.profiles import severity_under, type_severity
from noc_console.alarms.rules import Hold, Rule, Sum
from noc_console.catalogues import metrics
from noc_console.model import Finding, Severity


@dataclass(frozen=True, slots=True)
class Evidence:
    """The newest fact of one member of an alarm."""

    text: str = ""
    severity: Severity | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    finding: str = ""

    @property
    def rank(self) -> tuple[int, float]:
        """Order among the members of one alarm: severity, then how large the value is."""
        return (self.severity.rank if self.severity else 0, abs(self.value or 0.0))

    @classmethod
    def of(cls, finding: Finding, profile: str) -> Evidence:
        """Return what a finding says, and how bad it is under a severity profile."""
        return cls(finding.text, severity_under(profile, finding), finding=finding.id)


def evidence_of(rule: Rule, value: float, profile: str = "operator") -> Evidence:
    """Return what a measured value says under its rule; for a Ratio the value is the share in the window."""
    level = rule.limit
    words = {
        "value": f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}",
        "count": f"{value:.0f}",
        "limit": f"{level:g}",
        "percent": f"{value * 100:.1f} %",
        "percent_limit": f"{level * 100:.0f} %",
        "centre": f"{rule.centre:g}",
        "held": _duration(rule.policy.raise_after_s) if isinstance(rule.policy, Hold | Sum) else "",
    }
    severity = rule.severity(value)
    if not rule.levels:
        severity = type_severity(profile, rule.alarm, severity)
    return Evidence(rule.text.format(**words), severity, value, level, unit_of(rule.metric))


def message(worst: Evidence, rungs: int) -> str:
    """Return the alarm's one line: the worst fact, and how many rungs share the condition."""
    return f"{worst.text.removesuffix('.')} (on {rungs} rungs)" if rungs > 1 else worst.text


def _duration(seconds: float) -> str:
    return f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"


def unit_of(metric: str) -> str:
    """Return the unit a metric is shown with, empty for ratios and counts."""
    unit = metrics()[metric].unit if metric else ""
    return "" if unit == "1" else unit
