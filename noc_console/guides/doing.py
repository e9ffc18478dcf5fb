"""Applies deeds to runs: one deed and the time in, the run after it and its events out. No deed is lost."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from noc_console.guides import approving, checking_off, resolving
from noc_console.guides.answers import Answer
from noc_console.guides.deeds import (
    Answered,
    AnyDeed,
    Approved,
    AskedApproval,
    Chose,
    Closed,
    Did,
    Disagreed,
    Escalated,
    Filled,
    Marked,
    Noted,
    Signed,
    Skipped,
    TickedOff,
    TimePassed,
    TookOffer,
    WentBack,
)
from noc_console.guides.evidence import taken
from noc_console.guides.guide import Guide
from noc_console.guides.refusal import NotNow, at_step, person, step_named, wanted_reason
from noc_console.guides.run import (
    MAIN,
    Begin,
    Logged,
    Note,
    Run,
    begin_from_json,
    begin_to_json,
    deed_from_json,
    deed_to_json,
)
from noc_console.guides.stepping_back import disagree, go_back
from noc_console.guides.steps import (
    Action,
    Ask,
    Conclude,
    Decide,
    Diagnose,
    Evidence,
    Form,
    Items,
    Lanes,
    Link,
    Manual,
    Notify,
    Outcome,
    SignOff,
    Verify,
    Wait,
    outcomes,
)
from noc_console.guides.timing import fire
from noc_console.guides.walking import Taken, Walk
from noc_console.model import Event

MOST_DEEDS = 2000
MOST_TEXT = 4000


def start(guide: Guide, begin: Begin, at: float) -> tuple[Run, tuple[Event, ...]]:
    """Begin a run at the guide's first step, and walk it as far as the answers given allow."""
    run = Run(
        id=begin.run_id,
        guide=guide.id,
        version=guide.version,
        kind=guide.kind,
        started_at=at,
        raised_at=begin.raised_at,
        started_by=begin.by,
        channel_id=begin.channel_id,
        input_id=begin.input_id,
        alarm_id=begin.alarm_id,
        alarm_type=begin.alarm_type,
        parent=begin.parent,
        at=at,
        previous=begin.previous,
        inherited=begin.inherited,
        responded_at=at if begin.by else None,
    )
    walk = Walk(guide, taken(guide, run, begin.answers), at)
    walk.tell("GuideStarted", by=begin.by, begin=begin_to_json(_without_charts(begin)))
    walk.enter(guide.steps[0].id)
    walk.advance()
    fire(walk)
    return walk.run, walk.told()


def linked(run: Run, run_id: int, by: str) -> Begin:
    """Return how a guide begins that another one leads to: same channel, alarm, time of alarm and evidence."""
    return Begin(
        run_id=run_id,
        by=by,
        raised_at=run.raised_at,
        channel_id=run.channel_id,
        input_id=run.input_id,
        alarm_id=run.alarm_id,
        alarm_type=run.alarm_type,
        parent=run.id,
        answers=run.answers,
    )


def apply(guide: Guide, run: Run, deed: AnyDeed, at: float) -> tuple[Run, tuple[Event, ...]]:
    """Return the run after a deed at a time (Unix seconds), and what happened.

    A person's deed that cannot be done now is kept in the log with the reason, and told as `GuideRefused`; nothing
    else of the run changes then. Time never goes backwards: an earlier `at` counts as the run's newest.
    """
    at = max(at, run.at) if math.isfinite(at) else run.at
    walk = Walk(guide, replace(run, at=at), at)
    refused = ""
    try:
        _check(guide, walk.run, deed)
        _DOINGS[type(deed)](walk, deed)
    except NotNow as reason:
        refused = str(reason)
        walk = Walk(guide, replace(run, at=at), at)
        walk.tell("GuideRefused", by=deed.by, text=refused)
    if walk.events and not isinstance(deed, TimePassed):
        first = walk.events[0]
        walk.events[0] = replace(first, data={**first.data, "deed": deed_to_json(_slim(deed))})
    if not refused and deed.by and walk.run.responded_at is None:
        walk.change(responded_at=at)
    if (guide.id, guide.version) == (run.guide, run.version):
        walk.advance()
        fire(walk)
    if isinstance(deed, TimePassed) and not walk.events:
        return run, ()
    if deed.by:
        walk.change(log=(*walk.run.log, Logged(deed=_slim(deed), at=at, refused=refused))[-MOST_DEEDS:])
    return walk.run, walk.told()


def replayed(guide: Guide, events: Iterable[Event]) -> Run | None:
    """Return the run that its events tell, without the charts of its answers; None where its start is not among them.

    Events that time made carry no deed: time is let pass to their moment.
    """
    run: Run | None = None
    for event in events:
        if event.kind == "GuideStarted":
            run, _ = start(guide, begin_from_json(event.data["begin"]), event.at)
        elif run is not None:
            made = event.data.get("deed")
            deed = TimePassed() if made is None else deed_from_json(made)
            run, _ = apply(guide, run, deed, event.at)
    return run


def _without_charts(begin: Begin) -> Begin:
    return replace(begin, answers={name: replace(one, series=()) for name, one in begin.answers.items()})


def _check(guide: Guide, run: Run, deed: AnyDeed) -> None:
    if run.ended_at is not None and not isinstance(deed, Noted | TickedOff | TimePassed):
        raise NotNow("This run has ended: start the guide anew, or add a note.")
    if (guide.id, guide.version) != (run.guide, run.version) and not isinstance(deed, Closed | Noted | TickedOff):
        raise NotNow("The guide was changed since this run began: end it with a reason and start it anew.")
    if len(run.log) >= MOST_DEEDS and not isinstance(deed, Closed | TimePassed | Answered):
        raise NotNow("This run is full: end it with a reason and start the guide anew.")
    texts = [deed.reason, getattr(deed, "text", ""), getattr(deed, "result", "")]
    if any(len(text) > MOST_TEXT for text in texts):
        raise NotNow(f"The text is longer than {MOST_TEXT} characters: shorten it.")


def _slim(deed: AnyDeed) -> AnyDeed:
    """A person's typed answers go to the log without charts."""
    if not isinstance(deed, Answered):
        return deed
    return replace(deed, answers={name: replace(one, series=()) for name, one in deed.answers.items()})


def _answered(walk: Walk, deed: Answered) -> None:
    walk.run = taken(walk.guide, walk.run, deed.answers)
    told = {name: walk.run.answers[name].value for name in deed.answers if name in walk.run.answers}
    walk.tell("GuideEvidence", by=deed.by, answers=told)


def _time_passed(walk: Walk, deed: TimePassed) -> None:
    """Nothing else: what is due is looked at after every deed."""


def _chose(walk: Walk, deed: Chose) -> None:
    person(deed)
    place, step = at_step(walk, deed.step)
    if not isinstance(step, Ask | Decide):
        raise NotNow("This step has no answers to choose from: mark it done.")
    ways = dict(outcomes(step))
    if deed.way not in ways:
        raise NotNow("This answer is not one of the step's: choose one that is shown.")
    suggested = walk.suggested(step)
    if suggested and suggested != deed.way and isinstance(step, Decide):
        wanted_reason(deed, "The data say otherwise")
    how = {"by": deed.by, "reason": deed.reason, "suggested": suggested}
    walk.tell("GuideAnswered", step=deed.step, way=deed.way, says=ways[deed.way].says.en, **how)
    walk.leave(place, Taken(deed.way, ways[deed.way]), **how)


def _did(walk: Walk, deed: Did) -> None:
    person(deed, or_agent=True)
    place, step = at_step(walk, deed.step)
    approved_by = approving.allowed(walk, step, deed) if isinstance(step, Action) else ""
    if isinstance(step, Evidence | Decide | Conclude):
        chosen = walk.decided(step) if isinstance(step, Decide) else walk.way(step, "next")
        walk.tell("GuideAnswered", step=deed.step, way=chosen.key, says=chosen.outcome.says.en, by=deed.by)
        walk.leave(place, chosen, by=deed.by, result=deed.result)
        return
    if not isinstance(step, Manual | Diagnose | Notify | Action | Link):
        raise NotNow(_INSTEAD.get(type(step), "This step is not done by hand."))
    if isinstance(step, Manual):
        _typed(walk, step, deed.values)
    if isinstance(step, Notify):
        walk.tell("GuideNotified", step=step.id, to=list(step.to), text=str(step.message or step.text), by=deed.by)
    if isinstance(step, Link):
        walk.tell("GuideLinked", step=step.id, to_guide=step.guide, by=deed.by)
    walk.tell("GuideAnswered", step=deed.step, way="next", says=deed.result, by=deed.by, reason=deed.reason)
    how = {"by": deed.by, "result": deed.result, "reason": deed.reason, "approved_by": approved_by}
    walk.leave(place, walk.way(step, "next"), **how)


_INSTEAD: Mapping[type[Any], str] = {
    Ask: "This is a question: choose one of its answers.",
    Form: "This is a form: fill it in.",
    SignOff: "This is signed, not marked done.",
    Items: "Mark each line done or not applicable.",
    Wait: "This step waits for its time: skip it with a reason.",
    Verify: "This step waits for the figures: skip it with a reason.",
    Lanes: "The lanes are still open: each must come to its end.",
}


def _typed(walk: Walk, step: Manual, values: Mapping[str, float | None]) -> None:
    foreign = [name for name in values if name not in step.result]
    if foreign:
        raise NotNow(f"{foreign[0]} is not asked at this step.")
    for name, value in values.items():
        question: Any = walk.guide.questions[name]
        low, high = question.minimum, question.maximum
        if value is None:
            continue
        if not math.isfinite(value) or (low is not None and value < low) or (high is not None and value > high):
            limits = f"{'' if low is None else f'{low:g}'} to {'' if high is None else f'{high:g}'} {question.unit}"
            raise NotNow(f"{question.text}: {value:g} cannot be right, it must be {limits.strip()}.")
    typed = {
        name: Answer(value, "" if value is not None else "Not told by the operator.", 1, walk.at, walk.at)
        for name, value in values.items()
    }
    walk.run = taken(walk.guide, walk.run, typed)


def _disagreed(walk: Walk, deed: Disagreed) -> None:
    person(deed)
    wanted_reason(deed, "A verdict is changed")
    before = len(walk.events)
    disagree(walk, deed)
    walk.tell("GuideDisagreed", step=deed.step, way=deed.way, by=deed.by, reason=deed.reason)
    walk.events.insert(before, walk.events.pop())


def _went_back(walk: Walk, deed: WentBack) -> None:
    person(deed)
    to = go_back(walk, deed.lane)
    walk.tell("GuideWentBack", step=to, lane=deed.lane, by=deed.by, reason=deed.reason)


def _skipped(walk: Walk, deed: Skipped) -> None:
    person(deed)
    place, step = at_step(walk, deed.step)
    if isinstance(step, Form | SignOff | Lanes):
        raise NotNow("This step cannot be skipped: it is what the guide is for.")
    ways = dict(outcomes(step))
    key = next(
        (key for key in ("no_data", "next") if key in ways), f"options.{len(getattr(step, 'options', ())) - 1}"
    )
    skipped = replace(ways[key], blames=(), secondary=(), rules_out=())
    is_missing = isinstance(step, Decide)
    walk.tell("GuideSkipped", step=deed.step, way=key, by=deed.by, reason=deed.reason)
    walk.leave(place, Taken(key, skipped, has_no_data=is_missing), by=deed.by, reason=deed.reason, is_skipped=True)


def _noted(walk: Walk, deed: Noted) -> None:
    person(deed)
    if not deed.text and not deed.picture:
        raise NotNow("The note is empty: write something or attach a picture.")
    if deed.step:
        step_named(walk, deed.step)
    note = Note(
        text=deed.text,
        at=walk.at,
        by=deed.by,
        step=deed.step,
        picture=deed.picture,
        hands_over=deed.hands_over,
    )
    walk.change(notes=(*walk.run.notes, note))
    data = {"captures": [deed.picture]} if deed.picture else {}
    walk.tell("GuideNoted", step=deed.step, text=deed.text, by=deed.by, hands_over=deed.hands_over, **data)


def _took_offer(walk: Walk, deed: TookOffer) -> None:
    person(deed)
    if deed.step not in walk.run.offered:
        raise NotNow("This step is not offered yet: its timer has not come.")
    place = next((place for place, stay in enumerate(walk.run.stays) if stay.is_open and stay.lane == MAIN), None)
    if place is None or isinstance(walk.guide.step(walk.run.stays[place].step), Lanes):
        raise NotNow("The lanes are still open: finish them first.")
    walk.tell("GuideTookOffer", step=deed.step, by=deed.by, reason=deed.reason)
    walk.leave(place, Taken("offer", Outcome(next=deed.step)), by=deed.by, reason=deed.reason, is_skipped=True)


def _escalated(walk: Walk, deed: Escalated) -> None:
    person(deed)
    if not deed.to:
        raise NotNow("Name who is called.")
    walk.tell("GuideEscalated", to=list(deed.to), text=deed.reason, by=deed.by, step="", after_min=0)


def _closed(walk: Walk, deed: Closed) -> None:
    person(deed)
    wanted_reason(deed, "The guide is ended before its form")
    walk.end("closed", by=deed.by, reason=deed.reason)


_DOINGS: Mapping[type[Any], Callable[[Walk, Any], None]] = {
    Answered: _answered,
    TimePassed: _time_passed,
    Chose: _chose,
    Did: _did,
    Disagreed: _disagreed,
    WentBack: _went_back,
    Skipped: _skipped,
    Noted: _noted,
    TickedOff: checking_off.tick_off,
    AskedApproval: approving.ask,
    Approved: approving.approve,
    TookOffer: _took_offer,
    Escalated: _escalated,
    Filled: resolving.fill,
    Marked: checking_off.mark,
    Signed: checking_off.sign,
    Closed: _closed,
}
