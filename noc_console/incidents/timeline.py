"""The timeline of an incident, made from the journal: what concerns it, in order, each as one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from noc_console.incidents.guide_words import SILENT, guide_sentence
from noc_console.incidents.incident import Incident
from noc_console.model import Event

MOST_LINES = 2000
#: Told so often, or so far inside, that nobody reads them in a timeline.
NOISE = frozenset(
    {
        "FindingBegan",
        "FindingEnded",
        "NoticeQueued",
        "NoticeSending",
        "NoticeHeld",
        "NoticeSkipped",
        "NoticeDropped",
        "EvidenceAnswered",
        "IncomingRefused",
        "TrapReceived",
        "AlertReceived",
        "CapsuleMade",
        "BackupMade",
        "SpliceCue",
    }
)
_TOLD_UPDATES = frozenset({"severity", "flapping", "steady", "acknowledgement expired", "reclassified"})
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_GROUPS = {
    "Alarm": "alarm",
    "Notice": "notice",
    "Guide": "guide",
    "Incident": "incident",
    "Task": "incident",
    "Review": "incident",
    "Evidence": "evidence",
    "Capture": "evidence",
    "Frames": "evidence",
    "Diagnostic": "evidence",
    "Is": "evidence",  # IsItUsAsked
    "Recording": "recording",
    "Journal": "recording",
    "Maintenance": "maintenance",
    "Lab": "lab",
}
_DEEDS = frozenset({"AlarmAcknowledged", "AlarmNoted", "AlarmResolved", "AlarmShelved", "AlarmUnshelved"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when (Unix seconds), who (empty: nobody), what, and of which group it is."""

    seq: int
    at: float
    actor: str
    text: str
    group: str
    channel_id: int = 0
    severity: str = ""


def timeline(incident: Incident, events: Iterable[Event], codes: Mapping[int, str]) -> tuple[Line, ...]:
    """Return the lines of the events that concern an incident, oldest first, the newest 2,000 of them."""
    ordered = sorted((one for one in events if concerns(incident, one)), key=lambda one: (one.at, one.seq))
    lines = [_line(one, codes) for one in ordered]
    return tuple(line for line in lines if line.text)[-MOST_LINES:]


def concerns(incident: Incident, event: Event) -> bool:
    """Say whether an event belongs to an incident: its own, its alarms', its channels', or the whole agent's."""
    data = event.data
    if event.kind in NOISE or event.kind in SILENT:
        return False
    if isinstance(data.get("incident"), Mapping):
        return bool(data["incident"].get("id") == incident.id)
    alarms = _alarms_named(data)
    if alarms:
        return not alarms.isdisjoint(incident.alarms)
    return event.channel_id in (0, *incident.channels)


def _alarms_named(data: Mapping[str, Any]) -> set[int]:
    alarm = data.get("alarm")
    if isinstance(alarm, Mapping) and "alarm_id" in alarm:
        return {int(alarm["alarm_id"])}
    run = data.get("run")
    one = data.get("alarm_id") or (run.get("alarm_id") if isinstance(run, Mapping) else None)
    named = data.get("alarm_ids") or ([one] if one else ())
    return {int(one) for one in named if isinstance(one, int | float)}


def _line(event: Event, codes: Mapping[int, str]) -> Line:
    alarm = event.data.get("alarm")
    own = alarm if isinstance(alarm, Mapping) else {}
    return Line(
        event.seq,
        event.at,
        _actor(event, own),
        _sentence(event, own, codes.get(event.channel_id, "")),
        _group(event.kind),
        event.channel_id,
        "" if event.kind == "AlarmCleared" else str(own.get("severity") or ""),
    )


def _group(kind: str) -> str:
    if kind in _DEEDS:
        return "operator"
    word = _WORDS.split(kind, maxsplit=1)[0]
    return _GROUPS.get(word, "change")


def _actor(event: Event, alarm: Mapping[str, Any]) -> str:
    match event.kind:
        case "AlarmAcknowledged":
            return str(alarm.get("acknowledged_by") or "")
        case "AlarmResolved":
            return str(alarm.get("resolved_by") or "")
        case "AlarmShelved":
            return str(alarm.get("shelved_by") or "")
        case "AlarmNoted":
            notes = alarm.get("notes") or ()
            return str(notes[-1]["by"]) if notes else ""
    if event.kind.startswith("Notice"):
        return str(event.data.get("receiver") or "")
    by = event.data.get("by") or event.data.get("actor") or ""
    return by if isinstance(by, str) else ""


def _sentence(event: Event, alarm: Mapping[str, Any], code: str) -> str:
    if alarm and event.kind.startswith("Alarm"):
        said = _of_alarm(event, alarm)
        return f"{alarm.get('channel_code') or code}: {said}" if said else ""
    if event.kind.startswith("Notice"):
        return _of_notice(event)
    if event.kind.startswith("Guide") and not event.kind.startswith("Guides"):
        return f"{code}: {guide_sentence(event.kind, event.data)}" if code else guide_sentence(event.kind, event.data)
    text = event.data.get("text")
    if not isinstance(text, str) or not text:
        text = _plain(event)
    return f"{code}: {text}" if code and code not in text else text


def _of_alarm(event: Event, alarm: Mapping[str, Any]) -> str:
    kind = str(alarm.get("alarm_type") or "alarm")
    match event.kind:
        case "AlarmRaised":
            return f"{kind} raised, {alarm.get('severity')}: {alarm.get('message')}"
        case "AlarmCleared":
            return f"{kind}: the condition is gone"
        case "AlarmAcknowledged":
            return f"{kind} acknowledged"
        case "AlarmResolved":
            return f"{kind} " + ("called false" if alarm.get("is_false") else "resolved")
        case "AlarmNoted":
            notes = alarm.get("notes") or ()
            return f"{kind}: {notes[-1]['text']}" if notes else ""
        case "AlarmShelved":
            return f"{kind} shelved: {alarm.get('shelved_reason')}"
        case "AlarmUnshelved":
            return f"{kind} off the shelf"
        case "AlarmSuppressed":
            return f"{kind} hidden: {event.data.get('why') or 'by design'}"
        case "AlarmReleased":
            return f"{kind} shown again"
    why = str(event.data.get("why") or "")
    return f"{kind}: {why}, now {alarm.get('severity')}" if why in _TOLD_UPDATES else ""


def _of_notice(event: Event) -> str:
    action = {"raise": "the alarm", "update": "the change", "resolve": "the end", "escalate": "the escalation"}
    what = action.get(str(event.data.get("action")), "it")
    match event.kind:
        case "NoticeSent":
            return f"was told of {what}"
        case "NoticeFailed":
            return f"could not be told of {what}: {event.data.get('outcome') or 'no answer'}"
        case "NoticeUncertain":
            return f"was perhaps told of {what}: {event.data.get('outcome') or 'no answer'}"
    return ""


def _plain(event: Event) -> str:
    words = _WORDS.sub(" ", event.kind).lower()
    match event.kind:
        case "EvidenceKept":
            return f"Evidence kept: {len(event.data.get('captures') or ())} playlists"
        case "FramesKept":
            return f"Evidence kept: {len(event.data.get('captures') or ())} frames"
        case "CaptureStored":
            seconds = event.data.get("seconds")
            return f"Evidence kept: {seconds:.0f} s of the stream" if seconds else "Evidence kept: the stream"
    named: Mapping[str, Any] = next(
        (event.data[key] for key in ("window", "change") if isinstance(event.data.get(key), Mapping)), {}
    )
    name = named.get("name") or named.get("rule") or event.data.get("name") or ""
    return f"{words.capitalize()}{f': {name}' if name else ''}"
