"""What the board says in a few figures: counts by severity, alarm load, recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from noc_console.model import Severity
from noc_console.views.state import BoardMirror

_LOAD_WINDOW_S = 600.0


@dataclass(frozen=True, slots=True)
class Summary:
    """The board in a few figures; channels are counted once, by their worst open alarm."""

    link: str
    link_ms: float | None
    agent: str
    is_recording: bool | None
    """None until the agent has said so."""
    not_recorded_text: str
    kept_days: float | None
    disk_ratio: float | None
    channels: Mapping[Severity, int]
    acknowledged: Mapping[Severity, int]
    total: int
    active: int
    disabled: int
    demo: int
    load: int
    """Alarms raised in the last ten minutes."""


def summarise(mirror: BoardMirror) -> Summary:
    """Count the board; a channel without fresh data and without a graver alarm counts as indeterminate."""
    recording = mirror.agent.get("recording") if mirror.agent else None
    counts = dict.fromkeys(Severity, 0)
    acknowledged = dict.fromkeys(Severity, 0)
    disabled = demo = 0
    for channel in mirror.channels.values():
        demo += bool(channel["demo"])
        state = mirror.channel_state(channel)
        if state == "disabled":
            disabled += 1
            continue
        severity = Severity(channel["severity"])
        if state in ("stale", "lost") and severity is Severity.CLEARED:
            severity = Severity.INDETERMINATE
        counts[severity] += 1
        acknowledged[severity] += bool(channel["acknowledged"])
    now = mirror.now()
    return Summary(
        link=mirror.link.value,
        link_ms=mirror.link_ms,
        agent=str(mirror.agent.get("name", "")),
        is_recording=None if not recording or mirror.is_lost else recording["state"] == "ok",
        not_recorded_text=str(recording["text"]) if recording else "",
        kept_days=recording["kept_days"] if recording else None,
        disk_ratio=recording["disk_ratio"] if recording else None,
        channels=counts,
        acknowledged=acknowledged,
        total=len(mirror.channels),
        active=len(mirror.channels) - disabled,
        disabled=disabled,
        demo=demo,
        load=sum(now - alarm["raised_at"] <= _LOAD_WINDOW_S for alarm in mirror.alarms.values()),
    )
