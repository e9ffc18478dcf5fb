"""Why a deed cannot be done now, in one sentence for the operator."""

from __future__ import annotations

from noc_console.guides.deeds import Deed
from noc_console.guides.steps import AnyStep
from noc_console.guides.walking import Walk


class NotNow(Exception):
    """The deed does not fit the run as it stands; the text is told to the operator."""


def person(deed: Deed, *, or_agent: bool = False) -> None:
    """Refuse a deed that nobody signs with a name."""
    if not deed.by.strip() and not or_agent:
        raise NotNow("Say who you are first: every deed carries a name.")


def wanted_reason(deed: Deed, because: str, wanted: str = "give a reason") -> None:
    """Refuse a deed without a reason."""
    if not deed.reason.strip():
        raise NotNow(f"{because}: {wanted}.")


def step_named(walk: Walk, step_id: str) -> AnyStep:
    """Return the step of that id, refuse one the guide has not."""
    try:
        return walk.guide.step(step_id)
    except KeyError:
        raise NotNow("This guide has no such step: reload it.") from None


def at_step(walk: Walk, step_id: str) -> tuple[int, AnyStep]:
    """Return the open stay at a step, refuse when the run does not stand there."""
    step = step_named(walk, step_id)
    place = walk.open_place(step_id)
    if place is None:
        raise NotNow("The run does not stand at this step now: somebody has gone on.")
    return place, step
