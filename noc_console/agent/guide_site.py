"""Figures of the whole site, for checklists: alarms, channels without data, agents, recording, notices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from noc_console.agent.guide_asked import Asked
from noc_console.model import Channel, Severity

DAY_FACTS = frozenset(("alarms_24h_critical", "alarms_24h_major", "alarms_24h_minor"))
_COUNTED = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR)
_SILENT = ("stale", "lost")


def site_facts(asked: Asked) -> dict[str, float | None]:
    """Return the figures of the site; those of the last day only where they were read."""
    board = asked.board.changes(asked.board.rev, asked.at)["agent"]
    told = {**_alarms(asked.board.alarms(), "alarms"), **_channels(asked), **_agent(board)}
    if asked.day_alarms is not None:
        told |= _alarms(asked.day_alarms, "alarms_24h")
    return told


def _alarms(alarms: Any, name: str) -> dict[str, float | None]:
    counts = Counter(str(row["severity"]) for row in alarms if not (row.get("test") or row.get("hidden")))
    return {f"{name}_{severity}": float(counts[str(severity)]) for severity in _COUNTED}


def _channels(asked: Asked) -> dict[str, float | None]:
    enabled = [channel for channel in asked.channels.values() if channel.is_enabled]
    silent = [channel for channel in enabled if _is_silent(channel, asked)]
    uhd = [channel for channel in silent if _is_uhd(channel)]
    hd = [channel for channel in silent if "HD" in channel.channel_class.upper() and channel not in uhd]
    counts = {"channels": enabled, "channels_silent": silent, "uhd_silent": uhd, "hd_silent": hd}
    return {name: float(len(some)) for name, some in counts.items()}


def _is_silent(channel: Channel, asked: Asked) -> bool:
    return any(asked.board.freshness(one.id, asked.at) in _SILENT for one in channel.inputs)


def _is_uhd(channel: Channel) -> bool:
    kind = channel.channel_class.upper()
    return "4K" in kind or "UHD" in kind or "4K" in channel.badges


def _agent(board: Mapping[str, Any]) -> dict[str, float | None]:
    """Return what the board tells of the agent; what it does not tell is unknown."""
    workers, notices, recording = board.get("workers"), board.get("notices"), board.get("recording")
    return {
        "agents_expected": 1.0,
        "agents_online": 1.0,
        "workers_ill": None if workers is None else float(sum(one.get("state") != "ok" for one in workers)),
        "is_recording": None if recording is None else float(recording.get("state") == "ok"),
        "notices_waiting": None if notices is None else float(notices.get("waiting", 0)),
        "receivers_failing": None if notices is None else float(len(notices.get("failing", ()))),
    }
