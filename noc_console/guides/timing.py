"""The times of a run: when its timers, waits and verifications are due."""

from __future__ import annotations

from noc_console.guides.evidence import fresh_since
from noc_console.guides.guide import Guide
from noc_console.guides.run import Run, Stay
from noc_console.guides.steps import Verify, Wait
from noc_console.guides.walking import PATIENCE_S, Walk

_NOBODY = -1


def due_at(guide: Guide, run: Run, at: float) -> float | None:
    """Return when time alone changes this run next, None when it never does; a moment before `at` is due now."""
    if run.ended_at is not None:
        return None
    times = [run.since + timer.after_min * 60 for place, timer in enumerate(guide.timers) if place not in run.fired]
    if guide.respond_s is not None and run.responded_at is None and _NOBODY not in run.fired:
        times.append(run.since + guide.respond_s)
    for stay in run.open_stays:
        times += [due for due in _dues(guide, stay) if due > at]
    return min(times, default=None)


def fire(walk: Walk) -> None:
    """Tell of every timer that is due and was not told."""
    guide, run = walk.guide, walk.run
    if run.ended_at is not None:
        return
    respond = guide.respond_s
    is_unanswered = run.responded_at is None and _NOBODY not in run.fired
    if respond is not None and is_unanswered and walk.at >= run.since + respond:
        walk.change(fired=(*walk.run.fired, _NOBODY))
        walk.tell("GuideOverdue", respond_min=respond / 60, text="Nobody has acted on this guide yet.")
    for place, timer in enumerate(guide.timers):
        if place in walk.run.fired or walk.at < run.since + timer.after_min * 60:
            continue
        walk.change(fired=(*walk.run.fired, place))
        if timer.do == "offer":
            walk.change(offered=(*walk.run.offered, timer.step))
        kind = {"offer": "GuideOffered", "remind": "GuideReminded", "notify": "GuideNotified"}
        walk.tell(
            kind.get(timer.do, "GuideEscalated"),
            to=list(timer.to),
            text=timer.text.en,
            text_vi=timer.text.vi,
            step=timer.step,
            after_min=timer.after_min,
            by="",
        )


def _dues(guide: Guide, stay: Stay) -> list[float]:
    step = guide.step(stay.step)
    if isinstance(step, Verify):
        return [stay.entered_at + step.within_min * 60]
    if not isinstance(step, Wait):
        return []
    since = fresh_since(guide, stay)
    due = stay.entered_at + step.minutes * 60
    return [due] if since is None else [due, due + PATIENCE_S]
