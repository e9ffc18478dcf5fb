"""The NMS log: what came in and what went out, as the journal's events tell it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from noc_console.model import Event
from noc_console.notify.mapping import Incoming, Verdict

IN_KINDS = frozenset({"TrapReceived", "AlertReceived", "IncomingRefused"})
OUT_KINDS = frozenset(
    {"NoticeSent", "NoticeFailed", "NoticeUncertain", "NoticeHeld", "NoticeDropped", "ReceiverTried", "NmsReached"}
)
Direction = Literal["", "in", "out"]
_OUTCOMES = {
    "NoticeSent": "sent",
    "NoticeFailed": "failed",
    "NoticeUncertain": "uncertain",
    "NoticeHeld": "held",
    "NoticeDropped": "dropped",
}
_EVENT_OF = {"trap": "TrapReceived", "alertmanager": "AlertReceived"}


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which lines of the log: after a sequence number in order, else the newest before one."""

    after: int = 0
    before: int = 0
    direction: Direction = ""
    text: str = ""
    limit: int = 200
    with_raw: bool = False

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of events to look at."""
        return {"in": IN_KINDS, "out": OUT_KINDS, "": IN_KINDS | OUT_KINDS}[self.direction]


def event_of(one: Incoming, verdict: Verdict | None, outcome: str, channel_id: int = 0) -> Event:
    """Return the event that keeps an incoming notice for ever; no community, token or key is in it."""
    data = {
        "source": one.source,
        "peer": one.peer,
        "summary": one.says,
        "outcome": outcome,
        "rule": verdict.rule if verdict else "",
        "alarm_type": verdict.alarm_type if verdict else "",
        "fields": dict(list(one.fields.items())[:300]),
        "raw": dict(one.raw),
    }
    return Event(_EVENT_OF[one.source], one.at, channel_id, data=data)


def line_of(event: Event, with_raw: bool = False) -> dict[str, Any]:
    """Return one line of the log."""
    line = _in(event) if event.kind in IN_KINDS else _out(event)
    return {
        "seq": event.seq,
        "at": event.at,
        "kind": event.kind,
        "channel_id": event.channel_id,
        **line,
        **({"raw": dict(event.data)} if with_raw else {}),
    }


def has_text(event: Event, text: str) -> bool:
    """Say whether a text is anywhere in an event, whatever its case."""
    return text.casefold() in json.dumps(event.data, ensure_ascii=False, default=str).casefold()


def _in(event: Event) -> dict[str, Any]:
    data = event.data
    if event.kind == "IncomingRefused":
        counts: Mapping[str, Any] = data.get("counts") or {}
        summary = "; ".join(f"{count} x {reason}" for reason, count in counts.items())
        return {
            "direction": "in",
            "means": data.get("source", ""),
            "peer": "",
            "summary": summary,
            "outcome": "refused",
        }
    return {
        "direction": "in",
        "means": str(data.get("source", "")),
        "peer": str(data.get("peer", "")),
        "summary": str(data.get("summary", "")),
        "outcome": str(data.get("outcome", "")),
    }


def _out(event: Event) -> dict[str, Any]:
    data = event.data
    alarms = ", ".join(f"alarm {one}" for one in data.get("alarm_ids") or ())
    summary = " ".join(part for part in (str(data.get("action", "")), alarms) if part)
    if event.kind == "ReceiverTried":
        summary = f"tried by {data.get('by', '')}"
    if event.kind == "NmsReached":
        summary = f"uptime asked for by {data.get('by', '')}"
    state = _OUTCOMES.get(event.kind, str(data.get("state", "")))
    told = str(data.get("outcome", ""))
    return {
        "direction": "out",
        "means": "notice",
        "peer": str(data.get("receiver", "")),
        "summary": summary,
        "outcome": f"{state}: {told}" if told else state,
    }
