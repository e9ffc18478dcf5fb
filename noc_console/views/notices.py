"""Decides what the banner says: only faults of the console itself, the gravest first, each in one sentence."""

from __future__ import annotations

from noc_console.model import Severity
from noc_console.views.banner import Notice
from noc_console.views.figures import clock
from noc_console.views.state import BoardMirror, Json, Link

_CLOCK_LIMIT_S = 2.0
_NEWS_S = 120.0
"""How long the banner tells what befell the agent."""


def standing(mirror: BoardMirror) -> Notice | None:
    """Return the notice that stands as long as its cause does; None when all is well."""
    if mirror.link is Link.LOST:
        return Notice(mirror.link_text, Severity.CRITICAL, "Try now")
    if mirror.link is Link.STARTING:
        return None
    agent = mirror.agent
    if mirror.is_read_only:
        return _shown(agent["read_only"])
    return _recording(agent) or _workers(agent) or _clock(agent) or _news(agent, mirror.now())


def newest(agent: Json) -> str:
    """Return what befell the agent last, in one sentence; empty when nothing has."""
    news = agent.get("news") or []
    if not news:
        return ""
    last = news[-1]
    if last["kind"] != "RecordingResumed":
        return str(last["text"])
    stopped = next((one["at"] for one in reversed(news) if one["kind"] == "RecordingStopped"), None)
    if stopped is None:
        return "Recording again."
    return f"Recording again: {clock(stopped)} to {clock(last['at'])} ICT was not recorded."


def _shown(exhibit: Json) -> Notice:
    """Return what is looked at; a capsule that is not as it was sealed says so loudly."""
    return Notice(str(exhibit["text"]), Severity.CRITICAL if exhibit["fault"] else Severity.INDETERMINATE)


def _recording(agent: Json) -> Notice | None:
    recording = agent.get("recording")
    if not recording or recording["state"] == "ok":
        return None
    reason = str(recording["text"]).removeprefix("Not recorded: ").rstrip(".") or "the history cannot be written"
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
    own = agent.get("clock")
    if not own or own["hosts"] < 3 or abs(own["offset_s"] or 0.0) < _CLOCK_LIMIT_S:
        return None
    text = f"This machine's clock is off by {abs(own['offset_s']):.1f} s against {own['hosts']} origins."
    return Notice(text, Severity.WARNING)


def _news(agent: Json, now: float) -> Notice | None:
    news = agent.get("news") or []
    if not news or now - float(news[-1]["at"]) > _NEWS_S:
        return None
    return Notice(newest(agent), Severity.WARNING)
