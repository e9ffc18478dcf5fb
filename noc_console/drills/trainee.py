"""A scripted trainee: what she does next in a walk, as the agent tells it; up to where a cause has been named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from noc_console.drills.truth import TruthTable

BY = "trainee"
Json = Mapping[str, Any]
#: Where finding the cause ends and mending begins: the verdict is read there.
_MENDING = frozenset(("verify", "wait", "form", "action", "sign-off", "items", "link"))


@dataclass(frozen=True, slots=True)
class Mind:
    """What a trainee knows: nothing but the screen, or also what her eyes and ears would tell her of the fault."""

    table: TruthTable
    sees: frozenset[str] = frozenset()
    is_blind: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """What she does: `deed` is sent, `diagnose` names a step whose diagnostic is started, `wait` is for the agent."""

    kind: Literal["deed", "diagnose", "wait", "over"]
    deed: Mapping[str, Any] | None = None
    step: str = ""


OVER, WAIT = Move("over"), Move("wait")


def next_move(guide: Json, view: Json, mind: Mind) -> Move:
    """Return the next move in a walk (`GET /guides/runs/{id}`) through a guide (`GET /guides/runs/{id}/guide`)."""
    steps = {one["id"]: one for one in guide["steps"]}
    here = [steps[name] for name in view["steps"] if name in steps and steps[name]["kind"] != "lanes"]
    todo = [one for one in here if one["kind"] not in _MENDING]
    if view.get("ended_at") is not None or not todo:
        return OVER
    moves = [_move(one, str(guide["guide"]), view, mind) for one in todo]
    return next((one for one in moves if one is not WAIT), WAIT)


def _move(step: Json, guide: str, view: Json, mind: Mind) -> Move:
    name = str(step["id"])
    if step["kind"] == "question":
        return _deed("chose", name, way=_way(step, guide, view, mind))
    if step["kind"] == "diagnostic":
        return _examined(name, view)
    return _deed("did", name)


def _examined(name: str, view: Json) -> Move:
    found = view.get("diagnosed", {}).get(name)
    if found is None:
        return Move("diagnose", step=name)
    if found["state"] == "running":
        return WAIT
    return _deed("did", name, result=str(found.get("text") or found["state"])[:200])


def _way(step: Json, guide: str, view: Json, mind: Mind) -> str:
    options = step["options"]
    place = None if mind.is_blind else mind.table.answer(guide, str(step["id"]), mind.sees, len(options))
    if place is not None:
        return f"options.{place}"
    # what the data suggest is on her screen; else the last option, which by the format's rule is "I cannot tell"
    return str(view.get("suggested", {}).get(step["id"]) or f"options.{len(options) - 1}")


def _deed(kind: str, step: str, **more: Any) -> Move:
    return Move("deed", {"kind": kind, "step": step, "by": BY, "reason": "drill", **more}, step)
