"""Sister channels: how many share a place with the channel, and how many of them meet a condition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from noc_console.agent import guide_findings
from noc_console.agent.guide_answer import Told, unknown
from noc_console.agent.guide_asked import Asked
from noc_console.agent.guide_curves import unit_of, window_value
from noc_console.agent.guide_place import AGENT
from noc_console.agent.guide_readings import LOOKBACK_S, Curve
from noc_console.guides.answers import Answer
from noc_console.guides.conditions import OPERATORS
from noc_console.guides.questions import OfMetric, OfPeers
from noc_console.model import Channel, Input

MOST_SISTERS = 500
_MOST_ROWS = 12
Sister = tuple[Channel, Input]


def needs(question: OfPeers, asked: Asked) -> Iterable[Curve]:
    """Return the curves of the sisters a condition looks at."""
    if not question.metric:
        return ()
    span = max(question.window_s, LOOKBACK_S)
    return [Curve(one.id, question.metric, span) for _, one in _sisters(question, asked)]


def told_of(question: OfPeers, asked: Asked) -> Told:
    """Return how many sisters meet the condition; without one, how many there are.

    Sisters nothing is known of count neither way; where none is known the answer is unknown.
    """
    entry, why = asked.entry_at(question.layer)
    if entry is None and asked.place.channel is not None:
        return unknown(why, question.kind)
    found = _sisters(question, asked)
    here: dict[str, Any] = {"metric": question.metric}
    if entry is not None and entry is not AGENT:
        here |= {"layer": int(entry.layer), "input_id": entry.id}
    start = asked.at - question.window_s
    if not question.metric and not question.finding:
        rows = [_row(channel, None, None) for channel, _ in found[:_MOST_ROWS]]
        answer = Answer(float(len(found)), samples=len(found), start=asked.at, end=asked.at, unit="1")
        return Told(answer, question.kind, text=_named(found), rows=rows, **here)
    if not found:
        return unknown("There is no other channel to compare with.", question.kind, **here)
    values = [(sister, _value(question, sister, asked)) for sister in found]
    known = [(sister, value) for sister, value in values if value is not None]
    if not known:
        return unknown(f"None of {len(found)} sister channels has data.", question.kind, **here)
    ill = [(sister, value) for sister, value in known if _meets(question, value)]
    ordered = [*ill, *(pair for pair in known if pair not in ill)]
    rows = [_row(channel, value, _meets(question, value)) for (channel, _), value in ordered[:_MOST_ROWS]]
    unit = "1"
    answer = Answer(
        float(len(ill)), "", len(known), start, asked.at, unit, provenance=f"{len(found)} sister channels"
    )
    text = f"{len(ill)} of {len(known)}" + (f" ({unit_of(question.metric)})" if question.metric else "")
    return Told(answer, question.kind, statistic=question.statistic, text=text, rows=rows, **here)


def _sisters(question: OfPeers, asked: Asked) -> Sequence[Sister]:
    if asked.place.channel is None:
        return _everybody(question, asked)
    entry, _ = asked.entry_at(question.layer)
    return asked.sisters(entry, question.same)[:MOST_SISTERS] if entry is not None else ()


def _everybody(question: OfPeers, asked: Asked) -> Sequence[Sister]:
    """Return every enabled channel, each with its input at the layer, else with its lowest."""
    found: list[Sister] = []
    for channel in asked.channels.values():
        inputs = sorted(channel.inputs, key=lambda one: one.layer)
        fitting = [one for one in inputs if question.layer in ("", one.layer.name.lower())]
        if channel.is_enabled and fitting:
            found.append((channel, fitting[0]))
    return found[:MOST_SISTERS]


def _value(question: OfPeers, sister: Sister, asked: Asked) -> float | None:
    _, entry = sister
    if question.finding:
        window = (asked.at - question.window_s, asked.at)
        return guide_findings.told_of(question.finding, entry, asked, window).answer.value
    asks = OfMetric(metric=question.metric, statistic=question.statistic, window_s=question.window_s)
    return window_value(asks, entry, asked)[0]


def _meets(question: OfPeers, value: float) -> bool:
    if question.finding or question.operator is None or question.than is None:
        return bool(value)
    return OPERATORS[question.operator](value, question.than)


def _row(channel: Channel, value: float | None, is_ill: bool | None) -> dict[str, Any]:
    row: dict[str, Any] = {"channel_id": channel.id, "channel": channel.code}
    return row if is_ill is None else {**row, "value": value, "is_ill": is_ill}


def _named(found: Sequence[Sister]) -> str:
    names = ", ".join(channel.code for channel, _ in found[:3])
    return f"{names} and {len(found) - 3} more" if len(found) > 3 else names
