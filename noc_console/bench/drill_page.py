"""Drills as rows, as JSON and as a Markdown table: every drill is in it, misses included."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from pydantic import TypeAdapter

from noc_console.bench import Row
from noc_console.drills.outcome import Judged, Outcome, Raised, Walked, figures

EVIDENCE_S = 5.0
RIGHT_RATIO = 0.95


def rows(outcomes: Sequence[Outcome]) -> list[Row]:
    """Return one row for each drill and the figures of all."""
    return [_row(one) for one in outcomes] + totals(outcomes)


def totals(outcomes: Sequence[Outcome]) -> list[Row]:
    """Return the figures over all drills beside their goals."""
    found = []
    for blind, name in ((True, "automatic evidence only"), (False, "with truthful answers")):
        sums = figures(outcomes, blind=blind)
        told = f"{sums.right} of {sums.walks} ({sums.right_ratio:.1%}), {sums.open} undetermined, {sums.wrong} wrong"
        met = sums.right_ratio >= RIGHT_RATIO
        found.append(Row(f"verdict right, {name}", ">= 95 %", told, met if sums.walks else None))
        high = sums.wrong_high
        found.append(Row(f"wrong with high confidence, {name}", "0", str(high), not high if sums.walks else None))
    times = [raised.evidence_s for one in outcomes for raised in one.raised]
    worst = max((float("inf") if took is None else took for took in times), default=0.0)
    found.append(Row("evidence complete after the alarm", "<= 5 s", f"worst {worst:.1f} s", worst <= EVIDENCE_S))
    missed = [one.drill.fault for one in outcomes if not one.is_found]
    return [*found, Row("alarm as due", "every drill", ", ".join(missed) or "every drill", not missed)]


def to_json(outcomes: Sequence[Outcome]) -> str:
    """Return drills as JSON, for a page made later from several runs."""
    return json.dumps([asdict(one) for one in outcomes], indent=1)


def from_json(text: str) -> list[Outcome]:
    """Return the drills that `to_json` wrote."""
    return TypeAdapter(list[Outcome]).validate_json(text)


def page(outcomes: Sequence[Outcome]) -> str:
    """Return drills as a Markdown table."""
    head = "| fault | form | strength | alarm | after | guide | by evidence | with answers | |\n" + "|---" * 9 + "|\n"
    return head + "".join(line for one in outcomes for line in _lines(one))


def _lines(one: Outcome) -> list[str]:
    drill = one.drill
    strength = " ".join(f"{name} {value:g}" for name, value in drill.params.items())
    first = f"| {drill.fault} | {drill.form} | {strength} |"
    if not one.raised:
        return [f"{first} none | | | | | {'**missed**' if one.is_due else 'none due'} |\n"]
    more = [f"folded: {', '.join(one.folded)}"] if one.folded else []
    more += [f"hold shortened: {one.shortened}"] if one.shortened else []
    return [f"{first} {_raised(raised, one)} {'; '.join(more)} |\n" for raised in one.raised]


def _raised(raised: Raised, one: Outcome) -> str:
    walks = " | ".join(_verdict(walk, one) for walk in (raised.blind, raised.seeing))
    return f"{raised.alarm_type} | {raised.after_s:.1f} s | {raised.guide} | {walks} |"


def _verdict(walk: Walked | None, one: Outcome) -> str:
    if walk is None:
        return "no guide"
    judged = walk.judged(one.causes)
    told = f"{walk.primary or 'undetermined'} {walk.confidence:.2f} {walk.level}"
    return told if judged is Judged.RIGHT else f"{told} **{judged.value}**"


def _row(one: Outcome) -> Row:
    told = "; ".join(f"{_raised(raised, one)}" for raised in one.raised) or "no alarm"
    right = [raised.seeing.judged(one.causes) is Judged.RIGHT for raised in one.raised if raised.seeing]
    met = all(right) and one.is_found
    how = "folded: " + ", ".join(one.folded) if one.folded else ""
    return Row(f"{one.drill.fault} on {one.drill.form}", " or ".join(one.causes), told.replace(" | ", ", "), met, how)
