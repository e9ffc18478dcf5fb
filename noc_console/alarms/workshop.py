"""Rule workshop: looks of the past go through a rule as it is and as it might be; what would have been told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from noc_console.alarms.engine import Change, Engine
from noc_console.alarms.habits import Habits
from noc_console.alarms.load import TEN_MIN_S
from noc_console.alarms.rulebook import Rulebook
from noc_console.alarms.rules import Rule
from noc_console.alarms.ruleset import Ruleset
from noc_console.model import Channel, Observation

_SWEEP_S = 30.0
_APART_S = 30.0  # alarms so close to each other are the same one
_MOST_LISTED = 1000


@dataclass(frozen=True, slots=True)
class Span:
    """An alarm that was or would have been: from when to when, how bad, and what it would have said."""

    channel_id: int
    channel_code: str
    input_id: int
    alarm_type: str
    severity: str
    message: str
    start: float
    end: float | None
    is_flapping: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """Today's alarms beside those of the edited rule: in both, only with the edit, only today."""

    both: tuple[Span, ...]
    raised: tuple[Span, ...]
    missed: tuple[Span, ...]

    def json(self, start: float, end: float) -> dict[str, Any]:
        """Return it for the API and as a proof: counts, the worst ten minutes, and the alarms themselves."""
        today, edited = (*self.both, *self.missed), (*self.both, *self.raised)
        return {
            "start": start,
            "end": end,
            "today": _counted(today, start, end),
            "edited": _counted(edited, start, end),
            **{
                name: {"count": len(spans), "alarms": [asdict(one) for one in spans[:_MOST_LISTED]]}
                for name, spans in (("both", self.both), ("raised", self.raised), ("missed", self.missed))
            },
        }


class Replay:
    """One rule alone over the looks of a channel, fed in the order of time, in as many parts as one likes."""

    def __init__(self, channel: Channel, rule: Rule) -> None:
        self._engine = Engine(habits=Habits(expiry_s={}, latched=frozenset()))
        self._engine.configure([channel], Rulebook(), 0.0)
        only = Ruleset([rule])
        for one in channel.inputs:
            self._engine.conditions.use(one.id, only)
        self._spans: dict[int, Span] = {}
        self._swept = 0.0

    def feed(self, looks: Iterable[Observation]) -> None:
        """Let more looks go through the rule."""
        for look in looks:
            if look.at - self._swept >= _SWEEP_S:
                self._swept = look.at
                _take(self._spans, self._engine.sweep(look.at))
            _take(self._spans, self._engine.judge(look))

    @property
    def spans(self) -> tuple[Span, ...]:
        """The alarms it raised so far."""
        return tuple(self._spans.values())


def compared(today: Sequence[Span], edited: Sequence[Span]) -> Comparison:
    """Return which alarms both have, which only the edited rule would raise, and which it would miss."""
    both, raised = [], []
    left = sorted(today, key=lambda one: one.start)
    for span in sorted(edited, key=lambda one: one.start):
        known = next((one for one in left if _is_same(one, span)), None)
        if known is None:
            raised.append(span)
        else:
            both.append(span)
            left.remove(known)
    return Comparison(tuple(both), tuple(raised), tuple(left))


def _take(spans: dict[int, Span], changes: Iterable[Change]) -> None:
    for change in changes:
        alarm = change.alarm
        if change.event is None:
            continue
        known = spans.get(alarm.id)
        end = alarm.cleared_at if alarm.condition == "cleared" else None
        was_flapping = known is not None and known.is_flapping
        spans[alarm.id] = Span(
            alarm.channel_id,
            alarm.channel_code,
            alarm.input_id,
            alarm.alarm_type,
            str(alarm.severity),
            alarm.message,
            alarm.raised_at,
            end,
            alarm.is_flapping or was_flapping,
        )


def _is_same(one: Span, other: Span) -> bool:
    if (one.input_id, one.alarm_type) != (other.input_id, other.alarm_type):
        return False
    ends = tuple(float("inf") if span.end is None else span.end for span in (one, other))
    return one.start - _APART_S <= ends[1] and other.start - _APART_S <= ends[0]


def _counted(spans: Sequence[Span], start: float, end: float) -> dict[str, Any]:
    times = sorted(span.start for span in spans)
    worst = low = 0
    for number, at in enumerate(times):
        while at - times[low] >= TEN_MIN_S:
            low += 1
        worst = max(worst, number - low + 1)
    days = max((end - start) / 86_400.0, 1 / 24)
    open_s = sum((end if span.end is None else span.end) - span.start for span in spans)
    return {
        "alarms": len(spans),
        "per_day": round(len(spans) / days, 2),
        "worst_10_min": worst,
        "flapping": sum(span.is_flapping for span in spans),
        "open_s": round(open_s, 1),
    }
