"""One walk through a guide as the agent holds it: its run, what the journal is told of each deed, and back again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from noc_console.agent.guide_answer import Told
from noc_console.errors import KnownError
from noc_console.guides.answers import Answer
from noc_console.guides.deeds import Answered, AnyDeed
from noc_console.guides.doing import apply, start
from noc_console.guides.doing import replayed as run_replayed
from noc_console.guides.guide import Guide
from noc_console.guides.reading import read_guide
from noc_console.guides.run import (
    Begin,
    Run,
    run_from_json,
    run_to_json,
)
from noc_console.guides.verdict import verdict
from noc_console.model import Event

STARTED = "GuideStarted"
EVIDENCE = "GuideEvidence"
JOINED, OPENED, ALARM_CHANGED = "GuideJoined", "GuideOpened", "GuideAlarmChanged"
DIAGNOSED = "GuideDiagnosed"
OWN = frozenset({JOINED, OPENED, ALARM_CHANGED, DIAGNOSED})  # what befalls a walk without being a deed


@dataclass(slots=True)
class Walk:
    """A run with its guide and what belongs to it; `pending` are answers the journal has not been told yet."""

    guide: Guide
    run: Run
    text: str
    alarm: Mapping[str, Any]
    facts: Mapping[str, str]
    evidence: dict[str, Told] = field(default_factory=dict)
    pending: dict[str, Answer] = field(default_factory=dict)
    people: tuple[str, ...] = ()
    linked: tuple[int, ...] = ()
    diagnosed: dict[str, dict[str, Any]] = field(default_factory=dict)
    rev: int = 0
    asked_at: float = 0.0
    alarm_state: str = ""

    @property
    def number(self) -> int:
        """The run's number."""
        return self.run.id

    @property
    def is_over(self) -> bool:
        """Whether the walk has ended."""
        return self.run.ended_at is not None

    def meet(self, by: str) -> None:
        """Remember who works on this run."""
        if by and by not in self.people:
            self.people = (*self.people, by)


def begun(guide: Guide, text: str, begin: Begin, around: Mapping[str, Any], at: float) -> tuple[Walk, list[Event]]:
    """Begin a walk; `around` holds `alarm`, `facts` and `evidence`. Returns it with the events of its beginning."""
    run, events = start(guide, begin, at)
    walk = Walk(guide, run, text, _short(around["alarm"]), around["facts"], dict(around.get("evidence") or {}))
    walk.people = (begin.by,) if begin.by else ()
    told = {"text": text, "alarm": walk.alarm, "facts": dict(walk.facts)}
    return walk, _dressed(walk, events, told)


def done(walk: Walk, deed: AnyDeed, at: float) -> tuple[Run, list[Event]]:
    """Return the run after a deed, and what the journal is told; nothing where answers changed nothing.

    Answers that changed nothing are told with the next deed that does, before it: a later reading of the journal
    then walks the same way again.
    """
    run, events = apply(walk.guide, walk.run, deed, at)
    if not any(event.kind != EVIDENCE for event in events):
        return run, []
    walk.meet(deed.by)
    before: tuple[Event, ...] = ()
    if walk.pending:
        _, before = apply(walk.guide, walk.run, Answered(answers=walk.pending), at)
    return run, _dressed(replace(walk, run=run), [*before[:1], *events])


def own_event(walk: Walk, kind: str, at: float, **data: Any) -> Event:
    """Return an event of a walk that is no deed: somebody joined, the alarm cleared, another guide was opened."""
    run = walk.run
    said = {"run_id": run.id, "guide": run.guide, "alarm_id": run.alarm_id, **data, "run": summary(walk)}
    return Event(kind, at, run.channel_id, run.input_id, said)


def _dressed(walk: Walk, events: Sequence[Event], told: Mapping[str, Any] | None = None) -> list[Event]:
    """Return the events with what belongs to the first, the summary at the last, the whole run once it has ended."""
    dressed = list(events)
    dressed[0] = replace(dressed[0], data={**dressed[0].data, **(told or {})})
    last = {**dressed[-1].data, "run": summary(walk)}
    if walk.is_over:
        last["whole"] = run_to_json(slim_run(walk.run))
    dressed[-1] = replace(dressed[-1], data=last)
    return dressed


def summary(walk: Walk) -> dict[str, Any]:
    """Return what a list shows of a walk, and past ones teach."""
    run, found = walk.run, verdict(walk.run)
    told = {
        **run.summary,
        "title": {"en": walk.guide.title.en, "vi": walk.guide.title.vi},
        "severity": str(walk.alarm.get("severity") or walk.guide.severity),
        "channel": walk.facts.get("channel", ""),
        "parent": run.parent,
        "linked": list(walk.linked),
        "started_by": run.started_by,
        "raised_at": run.raised_at,
        "people": list(walk.people),
        "verdict": [cause.name for cause in found.primary],
        "confidence": round(found.confidence, 2),
    }
    if walk.is_over:
        told |= {"durations": durations(run), "form": dict(run.form)}
    return told


def durations(run: Run) -> dict[str, float]:
    """Return how long each step took in seconds, the last visit of each."""
    return {
        stay.step: round(stay.left_at - stay.entered_at, 1)
        for stay in run.trail
        if stay.left_at is not None and not stay.is_skipped
    }


def slim_run(run: Run) -> Run:
    """Return a run without charts: the journal's answers are told without them."""
    return replace(run, answers={name: _slim_answer(one) for name, one in run.answers.items()})


def _slim_answer(answer: Answer) -> Answer:
    return replace(answer, series=())


# -- back from the journal


def replayed(events: Sequence[Event], guides: Mapping[str, Guide]) -> Walk:
    """Return a walk as its events tell it, deed by deed; `KnownError` where they cannot be read.

    `guides` holds guides by their text, so that one text is read once.
    """
    first = next((event for event in events if event.kind == STARTED and "text" in event.data), None)
    if first is None:
        raise KnownError("The beginning of this run is not in the history.")
    data = first.data
    guide = guides.get(data["text"]) or guide_of(str(data["run"]["guide"]), str(data["text"]))
    whole = next((event.data["whole"] for event in reversed(events) if "whole" in event.data), None)
    deeds = [event for event in events if event.kind not in OWN]
    run = run_from_json(whole) if whole is not None else run_replayed(guide, deeds)
    if run is None:
        raise KnownError("The beginning of this run is not in the history.")
    walk = Walk(guide, run, str(data["text"]), data["alarm"], data["facts"])
    for event in events:
        walk.meet(str(event.data.get("by") or ""))
        if event.kind == DIAGNOSED:
            walk.diagnosed[str(event.data["step"])] = dict(event.data["found"])
        if event.kind == OPENED:
            walk.linked = (*walk.linked, int(event.data["opened"]))
        if event.kind == ALARM_CHANGED:
            walk.alarm_state = str(event.data["alarm_state"])
    return walk


def guide_of(guide_id: str, text: str) -> Guide:
    """Return the guide a run was begun with, from the text it had then."""
    read = read_guide(f"{guide_id.lower()}.yaml", text)
    if read.guide is None:
        raise KnownError("The guide of this run cannot be read any more: it was written for another version.")
    return read.guide


def _short(alarm: Mapping[str, Any]) -> dict[str, Any]:
    return {name: alarm[name] for name in _KEPT if name in alarm}


_KEPT = (
    *("alarm_id", "alarm_type", "severity", "message", "channel_id", "channel_code", "input_id", "layer"),
    *("raised_at", "rungs", "event_type", "probable_cause"),
)
