"""The words of notices: one line for a subject, a few for the body; plain, and TEST wherever it is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from noc_console.routing.notice import Action

LONGEST_LINE = 300
_LAYERS = ("contribution", "headend", "packager", "origin", "edge", "client")


def subject(alarm: Mapping[str, Any], action: Action, age_s: float, reason: str = "") -> str:
    """Return the one line that says what happened where."""
    severity = str(alarm.get("severity", "")).upper()
    waits = "open" if alarm.get("acknowledged") else "nobody on it"
    word = {
        Action.RAISE: severity,
        Action.UPDATE: f"{severity}, {alarm.get('owner')} is on it"
        if reason == "acknowledged"
        else f"now {severity}",
        Action.RESOLVE: f"CLEARED, was {severity}",
        Action.ESCALATE: f"{severity}, {waits} for {duration(age_s)}",
    }[action]
    place = str(alarm.get("channel_code") or "agent")
    test = "TEST " if alarm.get("test") else ""
    line = f"{test}[{word}] {place}: {alarm.get('alarm_type', '')}: {one_line(alarm.get('message', ''))}"
    return shortened(line, LONGEST_LINE)


def body(alarm: Mapping[str, Any], action: Action, agent: str, why: str) -> str:
    """Return what the receiver needs to act: what, where, since when, how bad, who has it, and why they hear it."""
    layer = int(alarm.get("layer") or 0)
    lines = [
        "This is a TEST, nothing is broken." if alarm.get("test") else "",
        str(alarm.get("message", "")),
        f"Channel: {alarm.get('channel_code') or '-'}, layer {layer} ({_LAYERS[layer] if layer < 6 else '-'})",
        f"Alarm: {alarm.get('alarm_type', '')} (number {alarm.get('alarm_id', 0)}), {alarm.get('severity', '')}",
        f"Raised: {clock(alarm.get('raised_at'))}",
        f"Cleared: {clock(alarm.get('cleared_at'))}" if alarm.get("cleared_at") else "",
        _closed(alarm) if action is Action.RESOLVE else "",
        f"On it: {alarm.get('owner')}" if alarm.get("owner") else "",
        _cause(alarm),
        f"Rungs: {', '.join(map(str, alarm.get('rungs') or ()))}" if alarm.get("rungs") else "",
        f"Playbook: {alarm.get('playbook')}" if alarm.get("playbook") else "",
        f"Agent: {agent}. You are told because {why}.",
    ]
    return "\n".join(shortened(line, 2000) for line in lines if line)


def _closed(alarm: Mapping[str, Any]) -> str:
    if alarm.get("is_false"):
        return f"Closed as false by {alarm.get('resolved_by')}"
    return ""


def _cause(alarm: Mapping[str, Any]) -> str:
    cause = alarm.get("cause")
    if not isinstance(cause, Mapping):
        return ""
    try:
        sure = f", {float(cause.get('confidence') or 0):.0%} sure"
    except (TypeError, ValueError):
        sure = ""
    evidence = "; ".join(map(str, cause.get("evidence") or ()))
    folded = len(alarm.get("children") or ())
    rest = f" {folded} alarms are folded under it." if folded else ""
    return f"First cause: {cause.get('verdict', '')}{sure}. {evidence}{rest}"


def folded_subject(subjects: Sequence[str]) -> str:
    """Return the line over several notices in one message."""
    test = "TEST " if all(one.startswith("TEST ") for one in subjects) else ""
    return shortened(f"{test}{len(subjects)} alarms: {subjects[0].removeprefix('TEST ')} and others", LONGEST_LINE)


def clock(at: Any) -> str:
    """Return a time as it is read aloud, in UTC."""
    try:
        return datetime.fromtimestamp(float(at), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (TypeError, ValueError, OverflowError, OSError):
        return "-"


def duration(seconds: float) -> str:
    """Return a duration in whole minutes or hours, as people say it."""
    minutes = round(max(0.0, seconds) / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def one_line(text: Any) -> str:
    """Return a text without line breaks or control characters, so that no header or frame can be forged."""
    said = str(text)
    if not said.isprintable():
        said = "".join(sign if sign.isprintable() else " " for sign in said)
    return " ".join(said.split())


def shortened(text: str, longest: int) -> str:
    """Return a text cut to a length, with a sign where it was cut."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
