"""What happened to an alarm, from the journal's events to lines an operator reads, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from noc_console.views.drawer_sheet import Entry, Head, Plain, Said
from noc_console.views.figures import clock, day_and_clock

Json = Mapping[str, Any]
_MOST = 12
_DAY_S = 86_400.0
_SAYS = {
    "AlarmCleared": "condition cleared",
    "AlarmUnshelved": "off the shelf",
    "AlarmReleased": "shown again",
}


def history_entries(events: Sequence[Json], now: float) -> list[Entry]:
    """Return the newest events of an alarm as lines under a head that says how many there are."""
    own = [event for event in events if "alarm" in event["data"]]  # notices have a section of their own
    lines: list[Entry] = [Said(_when(float(event["at"]), now), line(event)) for event in reversed(own[-_MOST:])]
    return [Head("History", f"{len(own)} events"), *(lines or [Plain("Nothing is in the journal yet.")])]


def line(event: Json) -> str:
    """Return what one event says."""
    kind, alarm = str(event["kind"]), event["data"]["alarm"]
    why = str(event["data"].get("why") or "")
    match kind:
        case "AlarmRaised":
            return f"raised {alarm['severity']}: {alarm['message']}"
        case "AlarmAcknowledged":
            return f"{alarm['acknowledged_by']} acknowledged"
        case "AlarmNoted":
            note = alarm["notes"][-1] if alarm["notes"] else {"by": "", "text": ""}
            return f"{note['by']}: {note['text']}"
        case "AlarmResolved":
            return f"{alarm['resolved_by']} " + ("called it false" if alarm["is_false"] else "resolved it")
        case "AlarmShelved":
            return f"{alarm['shelved_by']} shelved it: {alarm['shelved_reason']}"
        case "AlarmSuppressed":
            return f"hidden: {why or 'by design'}"
        case "AlarmUpdated":
            rungs = f", {len(alarm['rungs'])} rungs" if len(alarm.get("rungs") or ()) > 1 else ""
            return f"{why or 'changed'}: {alarm['severity']}, {alarm['condition']}{rungs}"
    return _SAYS.get(kind, kind)


def _when(at: float, now: float) -> str:
    return clock(at) if now - at < _DAY_S else day_and_clock(at)
