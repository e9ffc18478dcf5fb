"""What a rule is: a signal that is broken or not, and a policy that says how long or how often it must be."""

from __future__ import annotations

from dataclasses import dataclass

from noc_console.catalogues import alarm_types, findings, severity_of
from noc_console.model import Finding, Observation, Severity


@dataclass(frozen=True, slots=True)
class Hold:
    """Broken this long before raising, clear this long before clearing; seconds of measured time."""

    raise_after_s: float = 0.0
    clear_after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Count:
    """`bad` of the last `of` values (not older than `within_s`) raise, `good` in a row for `clear_after_s` clear."""

    bad: int
    of: int
    good: int
    within_s: float = float("inf")
    clear_after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Ratio:
    """Share of bad values in a window; judged from `at_least` values on, or as soon as `or_bad` are bad."""

    above: float
    window_s: float
    at_least: int
    or_bad: int
    clear_below: float
    clear_after_s: float


@dataclass(frozen=True, slots=True)
class Sum:
    """Errors counted in a window: broken above `above`; holds before raising, and seconds without any to clear."""

    above: float
    window_s: float
    raise_after_s: float = 0.0
    clear_after_s: float = 0.0


Policy = Hold | Count | Ratio | Sum


@dataclass(frozen=True, slots=True)
class Drop:
    """Rate of change: the value `over_s` ago minus the value now is what the limits judge."""

    over_s: float


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of the last `over_s` is what the limits judge."""

    over_s: float


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition that raises one alarm type.

    Either `findings` names what must be present (`*` is every critical or major finding that names no alarm type of
    its own), or `metric` is judged against `above` or `below`; `clear_below` and `clear_above` are the clear limits,
    the raise limit where none is given. An `absolute` rule judges the distance from `centre`. A look
    without the findings says nothing while it carries the metric `unknown_with`: a probe that has just begun.
    """

    key: str
    alarm: str
    policy: Policy
    findings: frozenset[str] = frozenset()
    unknown_with: str = ""
    metric: str = ""
    above: float | None = None
    below: float | None = None
    clear_below: float | None = None
    clear_above: float | None = None
    absolute: bool = False
    centre: float = 0.0
    drop: Drop | None = None
    mean: Mean | None = None
    levels: tuple[tuple[float, Severity], ...] = ()
    text: str = ""
    severity_is: Severity | None = None
    is_on: bool = True

    @property
    def needs_every_value(self) -> bool:
        """Whether good values must be remembered too: they are counted, or how they change is judged."""
        return self.drop is not None or self.mean is not None or isinstance(self.policy, Ratio | Sum)

    @property
    def limit(self) -> float:
        """The limit shown to the operator."""
        if isinstance(self.policy, Ratio | Sum):
            return self.policy.above
        return next((edge for edge in (self.above, self.below) if edge is not None), 0.0)

    def is_broken(self, value: float) -> bool:
        """Say whether a value breaks the raise limit."""
        value = abs(value - self.centre) if self.absolute else value
        return (self.above is not None and value > self.above) or (self.below is not None and value < self.below)

    def is_clear(self, value: float) -> bool:
        """Say whether a value is good enough to clear, which may ask for more than not being broken."""
        value = abs(value - self.centre) if self.absolute else value
        under = self.above if self.clear_below is None else self.clear_below
        over = self.below if self.clear_above is None else self.clear_above
        return (under is None or value <= under) and (over is None or value >= over)

    def severity(self, value: float) -> Severity:
        """Return how bad a broken value is."""
        value = abs(value - self.centre) if self.absolute else value
        if self.severity_is is not None:
            return self.severity_is
        sign = -1.0 if self.below is not None else 1.0
        passed = [severity for limit, severity in self.levels if sign * value >= sign * limit]
        return max(passed, key=lambda one: one.rank, default=alarm_types()[self.alarm].severity)

    def is_about(self, finding_id: str) -> bool:
        """Say whether a finding of this id may be this rule's; its severity decides for `*`."""
        return finding_id in self.findings or ("*" in self.findings and not _named(finding_id))

    def found(self, observation: Observation) -> Finding | None:
        """Return the worst finding of a look that this rule is about."""
        hits = [one for one in observation.findings if self._concerns(one)]
        return max(hits, key=lambda one: (severity_of(one) or Severity.CLEARED).rank, default=None)

    def _concerns(self, finding: Finding) -> bool:
        if "*" not in self.findings:
            return finding.id in self.findings
        severity = severity_of(finding)
        return severity is not None and severity.rank >= Severity.MAJOR.rank and not _named(finding.id)


def _named(finding_id: str) -> bool:
    # a playlist is not to blame for what is wrong inside a transport stream or in picture and sound: those findings
    # have rules of their own
    return bool(findings()[finding_id].alarm_type) or finding_id.startswith(("ts-", "media-"))
