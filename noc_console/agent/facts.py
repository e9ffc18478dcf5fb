"""How the agent itself is doing, as the board shows it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from noc_console.agent.supervisor import Supervisor

if TYPE_CHECKING:
    from noc_console.agent.core import Agent


def facts_of(agent: Agent) -> dict[str, Any]:
    """Return the `agent` object of `GET /board`."""
    machine = agent.machine
    return {
        "name": agent.settings.name,
        "version": agent.version,
        "pid": os.getpid(),
        "started_at": agent.started_at,
        "keep": agent.is_kept,
        "recording": asdict(agent.recorder.history.state),
        "workers": agent.supervisor.facts(),
        "clock": clock_of(agent.supervisor),
        "machine": {
            "cpu_ratio": round(machine.cpu_ratio, 3),
            "memory_ratio": round(machine.memory_ratio, 3),
            "disk_ratio": round(machine.disk_ratio, 3),
        },
        "incidents": agent.incidents.facts(),
        "incoming": agent.incoming.facts(),
        "notices": agent.notices.facts(),
        "decoding": agent.media.facts(),
        "lab": agent.lab.facts(),
        "drill": agent.drills.facts(),
        "read_only": agent.read_only,
        "news": list(agent.news),
    }


def clock_of(supervisor: Supervisor) -> dict[str, Any]:
    """Return what the worker that knows most hosts says of our clock."""
    told: list[Mapping[str, Any]] = [slot.health.get("clock") or {} for slot in supervisor.slots]
    best = max(told, key=lambda clock: clock.get("hosts") or 0, default={})
    return {"offset_s": best.get("offset_s"), "hosts": best.get("hosts") or 0, "is_synced": best.get("is_synced")}
