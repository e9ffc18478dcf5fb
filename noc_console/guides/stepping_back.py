"""Goes back over a run, or takes a verdict another way; what was walked is kept, marked as undone."""

from __future__ import annotations

from dataclasses import replace

from noc_console.guides.deeds import Disagreed
from noc_console.guides.refusal import NotNow, step_named
from noc_console.guides.run import MAIN, Stay
from noc_console.guides.steps import Ask, Decide, outcomes
from noc_console.guides.walking import Taken, Walk


def go_back(walk: Walk, lane: str) -> str:
    """Stand again at the step before, held there; returns its id."""
    kept = [place for place, stay in enumerate(walk.run.stays) if stay.lane == lane and not stay.is_undone]
    left = [place for place in kept if walk.run.stays[place].left_at is not None]
    if not any(walk.run.stays[place].is_open for place in kept):
        raise NotNow("This lane stands nowhere: it has joined, or there is none of that name.")
    if not left:
        raise NotNow("This is the first step: there is nothing before it.")
    before = walk.run.stays[left[-1]].step
    _undo_from(walk, left[-1])
    walk.enter(before, lane, is_held=True)
    return before


def disagree(walk: Walk, deed: Disagreed) -> None:
    """Walk from a verdict again, the way a person says."""
    step = step_named(walk, deed.step)
    if not isinstance(step, Decide | Ask):
        raise NotNow("This step gave no verdict to disagree with.")
    ways = dict(outcomes(step))
    if deed.way not in ways:
        raise NotNow("This answer is not one of the step's: choose one that is shown.")
    places = [place for place, stay in enumerate(walk.run.stays) if stay.step == step.id and not stay.is_undone]
    if not places:
        raise NotNow("The run has not come to this step yet.")
    stay = walk.run.stays[places[-1]]
    by_data = stay.suggested or (stay.way if not stay.by else "")
    if stay.left_at is not None:
        if not _is_open(walk, stay):
            raise NotNow("The lane of this step has joined: go back to before the join first.")
        _undo_from(walk, places[-1])
        walk.enter(step.id, stay.lane)
    how = {"by": deed.by, "reason": deed.reason, "suggested": by_data}
    walk.leave(walk.open_place(step.id) or 0, Taken(deed.way, ways[deed.way]), **how)


def _is_open(walk: Walk, stay: Stay) -> bool:
    return any(other.is_open and other.lane == stay.lane for other in walk.run.stays)


def _undo_from(walk: Walk, first: int) -> None:
    """Mark what came from a place on: of the same lane only, or of all lanes where it is the main one."""
    lane = walk.run.stays[first].lane
    stays = tuple(
        replace(stay, is_undone=True) if place >= first and lane in (MAIN, stay.lane) else stay
        for place, stay in enumerate(walk.run.stays)
    )
    undone = {stay.step for stay in stays if stay.is_undone}
    standing = {id: one for id, one in walk.run.approvals.items() if id not in undone}
    walk.change(stays=stays, approvals=standing)
