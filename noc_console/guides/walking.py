"""Walks a run: enters steps, takes ways, and goes on by itself as far as answers and time allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from noc_console.guides.conditions import Decided, Decision, decide, names_in
from noc_console.guides.evidence import bases, is_answered, is_fresh
from noc_console.guides.guide import Guide
from noc_console.guides.questions import OfBaseline, OfMetric
from noc_console.guides.run import MAIN, Run, Sign, Stay
from noc_console.guides.steps import (
    END,
    JOIN,
    AnyStep,
    Ask,
    Conclude,
    Decide,
    Diagnose,
    Evidence,
    Items,
    Lanes,
    Link,
    Outcome,
    Verify,
    Wait,
    outcomes,
)
from noc_console.model import Event

# after this, an answer that did not come is unknown
PATIENCE_S = 120.0
FEW_SAMPLES = 3
MOST_STAYS = 2000


@dataclass(frozen=True, slots=True)
class Taken:
    """A way out: its key, what it is, and by which comparisons it was taken."""

    key: str
    outcome: Outcome
    terms: tuple[Decided, ...] = ()
    also: tuple[Sign, ...] = ()
    has_no_data: bool = False


@dataclass(slots=True)
class Walk:
    """One change of a run: the run so far, and the events it made."""

    guide: Guide
    run: Run
    at: float
    events: list[Event] = field(default_factory=list)

    def tell(self, kind: str, **data: Any) -> None:
        """Add an event about this run."""
        told = {"run_id": self.run.id} | data
        self.events.append(Event(kind, self.at, self.run.channel_id, self.run.input_id, told))

    def told(self) -> tuple[Event, ...]:
        """Return the events, each with the summary of the run as it is after all of them."""
        summary = self.run.summary
        return tuple(replace(event, data={**event.data, "run": summary}) for event in self.events)

    def change(self, **parts: Any) -> None:
        """Put other values into the run."""
        self.run = replace(self.run, **parts)

    def enter(self, step_id: str, lane: str = MAIN, *, is_held: bool = False) -> None:
        """Stand at a step; lanes open all of theirs, an automatic diagnostic is asked for."""
        stay = Stay(step=step_id, lane=lane, entered_at=self.at, is_held=is_held)
        self.change(stays=(*self.run.stays, stay))
        step = self.guide.step(step_id)
        if isinstance(step, Lanes):
            for one in step.lanes:
                self.enter(one.first, one.first)
        if isinstance(step, Diagnose) and step.automatic and not is_held:
            self.tell("GuideDiagnosticWanted", step=step_id, diagnostic=step.run, layer=step.layer)

    def leave(self, place: int, taken: Taken, **how: Any) -> None:
        """Take a way out of the stay at a place of the list."""
        stay = self.run.stays[place]
        step = self.guide.step(stay.step)
        signs = self._signs(step, taken, how) if not how.get("is_skipped") else ()
        left = replace(
            stay,
            **{
                "left_at": self.at,
                "way": taken.key,
                "says": taken.outcome.says,
                "terms": taken.terms,
                "signs": signs,
                "has_no_data": taken.has_no_data,
                "is_held": False,
                **how,
            },
        )
        self.change(stays=(*self.run.stays[:place], left, *self.run.stays[place + 1 :]))
        self._follow(step, taken.outcome.next, stay.lane)

    def advance(self) -> None:
        """Walk every lane as far as it goes by itself."""
        moved = True
        while moved and self.run.ended_at is None and len(self.run.stays) < MOST_STAYS:
            moved = False
            for place, stay in enumerate(self.run.stays):
                if stay.is_open and not stay.is_held and (taken := self.ready(stay)) is not None:
                    self.leave(place, taken)
                    self.tell("GuideWalked", **_walked(self.run.stays[place]))
                    moved = True
                    break

    def end(self, ending: str, **data: Any) -> None:
        """End the run; lanes that stand open are left where they are."""
        self.change(ended_at=self.at, ending=ending)
        self.tell("GuideEnded", ending=ending, **data)

    def open_place(self, step_id: str) -> int | None:
        """Return where in the list a step stands open, None where it does not."""
        places = (place for place, stay in enumerate(self.run.stays) if stay.is_open and stay.step == step_id)
        return next(places, None)

    def ready(self, stay: Stay) -> Taken | None:
        """Return the way a stay goes by itself now, None while it waits for somebody or something."""
        step = self.guide.step(stay.step)
        match step:
            case Evidence() if is_answered(self.guide, self.run, step):
                return self.way(step, "next")
            case Conclude():
                return self.way(step, "next")
            case Decide() if is_answered(self.guide, self.run, step):
                return self.decided(step)
            case Lanes() if not self._stands_in(step):
                return self.way(step, "next")
            case Wait():
                return self._waited(step, stay)
            case Verify():
                return self._verified(step, stay)
            case Items() if all(self._is_settled(item.id) for item in step.items):
                return self.way(step, "next")
        return None

    def decided(self, step: Decide) -> Taken:
        """Return the way the data take: the first true branch; unknown goes to `no_data`."""
        decisions = [decide(branch.when, self.run.answers) for branch in step.branches]
        holding = [place for place, decision in enumerate(decisions) if decision.holds]
        if holding:
            first, others = holding[0], holding[1:]
            also = tuple(self._sign(step, step.branches[place], decisions[place].terms) for place in others)
            return Taken(
                f"branches.{first}",
                step.branches[first],
                decisions[first].terms,
                tuple(sign for sign in also if sign is not None),
            )
        terms = tuple(term for decision in decisions for term in decision.terms)
        if any(decision.holds is None for decision in decisions):
            unknown = tuple(term for term in terms if term.holds is None)
            return Taken("no_data", step.no_data, unknown, has_no_data=True)
        return Taken("otherwise", step.otherwise, terms)

    def suggested(self, step: AnyStep) -> str:
        """Return the key of the way the data speak for, empty where they are silent."""
        if isinstance(step, Decide):
            return self.decided(step).key if is_answered(self.guide, self.run, step) else ""
        if isinstance(step, Ask):
            for place, option in enumerate(step.options):
                if option.when is not None and decide(option.when, self.run.answers).holds:
                    return f"options.{place}"
        return ""

    @staticmethod
    def way(step: AnyStep, key: str) -> Taken:
        """Return a way of a step by its key; KeyError where there is none."""
        return Taken(key, dict(outcomes(step))[key])

    def _waited(self, step: Wait, stay: Stay) -> Taken | None:
        due = stay.entered_at + step.minutes * 60
        if self.at < due:
            return None
        if step.then_check is None:
            return self.way(step, "next")
        if not is_fresh(self.guide, self.run, names_in(step.then_check), due) and self.at < due + PATIENCE_S:
            return None
        return self._checked(step, decide(step.then_check, self._fresh(names_in(step.then_check), due)))

    def _verified(self, step: Verify, stay: Stay) -> Taken | None:
        decision = decide(step.when, self._fresh(names_in(step.when), stay.entered_at))
        if decision.holds or self.at >= stay.entered_at + step.within_min * 60:
            return self._checked(step, decision)
        return None

    def _checked(self, step: Wait | Verify, decision: Decision) -> Taken | None:
        if decision.holds:
            return replace(self.way(step, "next"), terms=decision.terms)
        key = "no_data" if decision.holds is None else "otherwise"
        outcome: Outcome = getattr(step, key) or Outcome(next=step.next)
        return Taken(key, outcome, decision.terms, has_no_data=decision.holds is None)

    def _fresh(self, names: tuple[str, ...], since: float) -> Mapping[str, Any]:
        """The answers that are new enough; older ones are unknown here."""
        return {
            name: self.run.answers[name]
            for name in names
            if name in self.run.answers and is_fresh(self.guide, self.run, (name,), since)
        }

    def _stands_in(self, step: Lanes) -> bool:
        firsts = {lane.first for lane in step.lanes}
        return any(stay.is_open and stay.lane in firsts for stay in self.run.stays)

    def _is_settled(self, item_id: str) -> bool:
        mark = self.run.marks.get(item_id)
        return mark is not None and mark.state != "open"

    def _follow(self, step: AnyStep, to: str, lane: str) -> None:
        if to == END:
            self.end(f"continued in {step.guide}" if isinstance(step, Link) else "resolved")
        elif to != JOIN:
            self.enter(to, lane)

    def _signs(self, step: AnyStep, taken: Taken, how: Mapping[str, Any]) -> tuple[Sign, ...]:
        is_against = bool(how.get("suggested")) and how["suggested"] != taken.key
        own = self._sign(step, taken.outcome, taken.terms, is_against_data=is_against)
        return (*(() if own is None else (own,)), *taken.also)

    def _sign(
        self, step: AnyStep, outcome: Outcome, terms: tuple[Decided, ...], *, is_against_data: bool = False
    ) -> Sign | None:
        if not outcome.tells:
            return None
        few = any(self._is_thin(term.name) for term in terms)
        return Sign(
            step=step.id,
            says=outcome.says,
            because=outcome.because,
            blames=outcome.blames,
            secondary=outcome.secondary,
            rules_out=outcome.rules_out,
            weight=outcome.confidence * (0.5 if few else 1) * (0.5 if is_against_data else 1),
            is_against_data=is_against_data,
            has_few_samples=few,
        )

    def _is_thin(self, name: str) -> bool:
        """True where fewer samples than a few went into a measured value."""
        for base in bases(self.guide, (name,)):
            answer = self.run.answers.get(base)
            is_measured = isinstance(self.guide.questions[base], OfMetric | OfBaseline)
            if is_measured and answer is not None and answer.value is not None and answer.samples < FEW_SAMPLES:
                return True
        return False


def _walked(stay: Stay) -> dict[str, Any]:
    return {"step": stay.step, "lane": stay.lane, "way": stay.way, "says": stay.says.en, "by": stay.by}
