"""Decides what the banner says: only faults of the console itself, the gravest first, each in one sentence."""

from __future__ import annotations

from noc_console.model import Severity
from noc_console.views.banner import Notice
from noc_console.views.state import BoardMirror, Json, Link

_CLOCK_LIMIT_S = 2.0


def standing(mirror: BoardMirror) -> Notice | None:
    """Return the notice that stands as long as its cause does; None when all is well."""
    if mirror.link is Link.LOST:
        return Notice(mirror.link_text, Severity.CRITICAL, "Try now")
    if mirror.link is Link.STARTING:
        return None
    return _recording(mirror.agent) or _workers(mirror.agent) or _clock(mirror.agent)


def _recording(agent: Json) -> Notice | None:
    recording = agent.get("recording")
    if not recording or recording["state"] == "ok":
        return None
    reason = str(recording["text"]).rstrip(".") or "the history cannot be written"
    return Notice(f"NOT RECORDED: {reason}. Measuring and alarms go on.", Severity.CRITICAL)


def _workers(agent: Json) -> Notice | None:
    ill = [worker for worker in agent.get("workers", ()) if worker["state"] in ("silent", "replaced")]
    if not ill:
        return None
    worker = ill[0]
    inputs = f"{worker['inputs']} inputs"
    if worker["state"] == "silent":
        return Notice(f"Worker {worker['slot'] + 1} is silent: {inputs} are not measured.", Severity.MAJOR)
    return Notice(f"Worker {worker['slot'] + 1} was replaced; {inputs} are measured again.", Severity.WARNING)


def _clock(agent: Json) -> Notice | None:
    clock = agent.get("clock")
    if not clock or clock["hosts"] < 3 or abs(clock["offset_s"] or 0.0) < _CLOCK_LIMIT_S:
        return None
    text = f"This machine's clock is off by {abs(clock['offset_s']):.1f} s against {clock['hosts']} origins."
    return Notice(text, Severity.WARNING)
