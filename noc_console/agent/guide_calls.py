"""What a walk's events say to people: who is called, with which alarm, and when nobody needs to be any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from noc_console.agent.guide_walk import Walk
from noc_console.model import Event
from noc_console.routing.asking import KINDS

_APPROVAL = "GuideApprovalAsked"


def addressed(walk: Walk, events: Iterable[Event], alarm: Mapping[str, Any]) -> list[Event]:
    """Return the events with what the router needs: the alarm, whom the guide names, and why.

    A timer that comes when the alarm has cleared calls nobody: `muted` says so.
    """
    return [_addressed(walk, event, alarm) if event.kind in KINDS else event for event in events]


def _addressed(walk: Walk, event: Event, alarm: Mapping[str, Any]) -> Event:
    data = dict(event.data)
    if event.kind == _APPROVAL:
        data["to"] = [data["role"]] if data.get("role") else []
        data["text"] = f"{data.get('by')} asks for your approval: {data.get('text')}. Reason: {data.get('reason')}"
    data |= {
        "guide": walk.run.guide,
        "alarm_id": walk.run.alarm_id,
        "alarm": dict(alarm) or stand_in(walk),
        "key": f"{walk.number}/{int(event.at * 1000)}",
        "number": int(event.at * 1000) % 10**9,
    }
    if alarm and not data.get("by") and (alarm.get("condition") == "cleared" or alarm.get("resolved")):
        data["muted"] = "The alarm has cleared."
    return replace(event, data=data)


def stand_in(walk: Walk) -> dict[str, Any]:
    """Return what stands for the alarm where a walk has none; its number is the run's, below 0."""
    return {
        "alarm_id": -walk.number,
        "channel_id": walk.run.channel_id,
        "channel_code": walk.facts.get("channel", ""),
        "input_id": walk.run.input_id,
        "layer": 0,
        "alarm_type": "",
        "severity": walk.guide.severity or "indeterminate",
        "message": walk.guide.title.en,
        "raised_at": walk.run.started_at,
        "condition": "raised",
        "playbook": walk.run.guide,
    }
