"""Questions: named evidence that the agent, the operator, a diagnostic or arithmetic answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import Field

from noc_console.guides.shape import NO_TEXT, STRICT, Name, Seconds, Word, Words

Statistic = Literal["mean", "min", "max", "last", "sum", "p05", "p50", "p95", "increase", "count", "slope", "spread"]
LayerName = Literal["", "contribution", "headend", "packager", "origin", "edge", "client"]
OperatorName = Literal["<", "<=", ">", ">=", "==", "!="]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What every question may carry: a label for the screen, and a unit that is checked against the catalogue."""

    label: Words = NO_TEXT
    unit: str = ""

    __pydantic_config__ = STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class OfMetric(Question):
    """A statistic of one metric over the newest `window_s`; `layer` empty means the alarm's own."""

    kind: Literal["metric"] = "metric"
    metric: Word
    statistic: Statistic = "mean"
    window_s: Seconds = 300
    layer: LayerName = ""
    rung: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfBaseline(Question):
    """The same over the day before the alarm began: what is normal here."""

    kind: Literal["baseline"] = "baseline"
    metric: Word
    statistic: Statistic = "mean"
    window_s: Seconds = 86_400
    layer: LayerName = ""
    rung: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfDifference(Question):
    """One question's value minus another's; unknown where either is."""

    kind: Literal["difference"] = "difference"
    of: Name
    minus: Name
    absolute: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfRatio(Question):
    """One question's value divided by another's; unknown where either is, or the divisor is 0."""

    kind: Literal["ratio"] = "ratio"
    of: Name
    to: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPeers(Question):
    """How many other channels of the same source or host meet a condition; without one, how many there are.

    The condition is either a statistic of `metric` compared with `than`, or the presence of `finding`.
    """

    kind: Literal["peers"] = "peers"
    metric: str = ""
    finding: str = ""
    statistic: Statistic = "mean"
    operator: OperatorName | None = None
    than: float | None = None
    window_s: Seconds = 300
    layer: LayerName = ""
    same: Literal["source or host", "source", "host", "all"] = "source or host"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfAge(Question):
    """Seconds since the last sample of a metric."""

    kind: Literal["age"] = "age"
    metric: Word
    layer: LayerName = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfFinding(Question):
    """1 where the finding was present in the window, 0 where it was looked for and not there, else unknown."""

    kind: Literal["finding"] = "finding"
    finding: Word
    window_s: Seconds = 300
    layer: LayerName = ""
    rung: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfEvents(Question):
    """How many events of these kinds the change feed holds in the window."""

    kind: Literal["events"] = "events"
    events: Annotated[tuple[Word, ...], Field(min_length=1)]
    window_s: Seconds = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class OfOperator(Question):
    """A number the operator types; `yes_no` is 1 or 0, `text` never has a value in a condition."""

    kind: Literal["ask"] = "ask"
    text: Words
    type: Literal["number", "yes_no", "text"] = "number"
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfDiagnostic(Question):
    """What a built-in diagnostic gave; its result fields are used as `name.field`."""

    kind: Literal["diagnostic"] = "diagnostic"
    diagnostic: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class OfFact(Question):
    """A number that is known of the channel: tier, is_hdr, rungs_expected ..."""

    kind: Literal["fact"] = "fact"
    fact: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class OfInput(Question):
    """How many inputs the channel has at a layer (0: it is not measured there); without a layer, in all."""

    kind: Literal["input"] = "input"
    layer: LayerName = ""
    speaks: Literal["", "hls", "dash", "ts"] = ""


AnyQuestion = (
    OfMetric
    | OfBaseline
    | OfDifference
    | OfRatio
    | OfPeers
    | OfAge
    | OfFinding
    | OfEvents
    | OfOperator
    | OfDiagnostic
    | OfFact
    | OfInput
)
QUESTION_KINDS: Mapping[str, type[AnyQuestion]] = {
    kind.__dataclass_fields__["kind"].default: kind for kind in get_args(AnyQuestion)
}
# Who answers: the agent by itself, the operator or a diagnostic during the run, arithmetic over other answers
FROM_THE_RUN = (OfOperator, OfDiagnostic)
DERIVED = (OfDifference, OfRatio)
