"""Answers a guide's questions from blocks, board and journal: what each question needs is read at once, then told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from noc_console.agent import guide_changes, guide_curves, guide_findings, guide_peers
from noc_console.agent.guide_answer import Told, unknown
from noc_console.agent.guide_asked import Asked
from noc_console.agent.guide_changes import Changes
from noc_console.agent.guide_facts import fact_told, inputs_told
from noc_console.agent.guide_place import Place
from noc_console.agent.guide_readings import DAY_S, Curve, Readings
from noc_console.agent.guide_site import DAY_FACTS
from noc_console.agent.recorder import Recorder
from noc_console.board import Board
from noc_console.guides.evidence import derived
from noc_console.guides.questions import (
    DERIVED,
    FROM_THE_RUN,
    AnyQuestion,
    OfAge,
    OfBaseline,
    OfEvents,
    OfFact,
    OfFinding,
    OfInput,
    OfMetric,
    OfPeers,
)
from noc_console.model import Channel

_MOST_ALARMS = 10_000


@dataclass(slots=True)
class Answers:
    """The one who answers: for the evidence of an alarm, for a walk, for a checklist."""

    recorder: Recorder
    board: Board
    channels: Callable[[], Mapping[int, Channel]]
    readings: Readings = field(init=False)
    changes: Changes = field(init=False)

    def __post_init__(self) -> None:
        """Take the history's two ways of reading."""
        self.readings, self.changes = Readings(self.recorder), Changes(self.recorder)

    async def answer(self, place: Place, questions: Mapping[str, AnyQuestion], at: float) -> dict[str, Told]:
        """Return an answer for every question the agent can answer by itself; others are left out.

        Raises `Unavailable` when the store cannot be read.
        """
        own = {name: one for name, one in questions.items() if not isinstance(one, FROM_THE_RUN)}
        asked = Asked(place, at, self.board, self.channels())
        kinds = frozenset(kind for one in own.values() for kind in _kinds_of(one))
        if any(isinstance(one, OfFact) and one.fact in DAY_FACTS for one in own.values()):
            history = self.recorder.history
            asked.day_alarms = await self.recorder.ask(history.alarms(at - DAY_S, at, 0, _MOST_ALARMS))
        metrics = {one.metric for one in own.values() if isinstance(one, OfMetric | OfBaseline)}
        asked.days = {metric: await self.readings.day(metric, place.began_at) for metric in metrics}
        for _ in range(2):  # what is far back is read only where nothing is near
            needed = [curve for one in own.values() for curve in _needs(one, asked)]
            asked.reads = {**asked.reads, **await self.readings.read(needed, at)}
        asked.events = await self.changes.read(kinds, at) if kinds else ()
        told = {name: _told(one, asked) for name, one in own.items() if not isinstance(one, DERIVED)}
        for name, one in own.items():
            if isinstance(one, DERIVED):
                answer = derived(one, {known: other.answer for known, other in told.items()})
                told[name] = Told(answer, one.kind)
        return {name: told[name] for name in own}


def _needs(question: AnyQuestion, asked: Asked) -> Iterable[Curve]:
    match question:
        case OfMetric() | OfBaseline() | OfAge():
            return guide_curves.needs(question, asked)
        case OfPeers():
            return guide_peers.needs(question, asked)
    return ()


def _kinds_of(question: AnyQuestion) -> frozenset[str]:
    if isinstance(question, OfEvents):
        return guide_changes.kinds_of(question)
    if isinstance(question, OfFinding) or (isinstance(question, OfPeers) and question.finding):
        return guide_findings.KINDS
    return frozenset()


def _told(question: AnyQuestion, asked: Asked) -> Told:
    match question:
        case OfMetric() | OfBaseline() | OfAge():
            return guide_curves.told_of(question, asked)
        case OfPeers():
            return guide_peers.told_of(question, asked)
        case OfEvents():
            return guide_changes.told_of(question, asked)
        case OfFinding():
            return _finding(question, asked)
        case OfFact():
            return fact_told(question, asked)
        case OfInput():
            return inputs_told(question, asked)
    return unknown("The agent cannot answer this by itself.", question.kind)


def _finding(question: OfFinding, asked: Asked) -> Told:
    entry, why = asked.entry_at(question.layer)
    if entry is None:
        return unknown(why, question.kind)
    window = (asked.at - question.window_s, asked.at)
    return guide_findings.told_of(question.finding, entry, asked, window, question.rung)
