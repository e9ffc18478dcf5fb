"""Walks the guide of an alarm through the API as a trainee would: by evidence alone, and with her eyes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from noc_console.drills.outcome import Raised, Walked, walked
from noc_console.drills.trainee import BY, Mind, next_move
from noc_console.drills.truth import Truth, TruthTable
from noc_console.net.api_client import AgentRefused, ApiClient

MOST_MOVES = 80
_EVIDENCE_S = 10.0
_LOOK_S = 0.2


async def raised_of(
    api: ApiClient, table: TruthTable, truth: Truth, alarm: Mapping[str, Any], after_s: float
) -> Raised:
    """Return an alarm with its evidence's time and both walks; without a guide there are none."""
    evidence_s, guide = await _evidence(api, int(alarm["alarm_id"]))
    blind = await walk(api, alarm, Mind(table, is_blind=True)) if guide else None
    seeing = await walk(api, alarm, Mind(table, truth.sees)) if guide else None
    return Raised(alarm["alarm_type"], after_s, evidence_s, guide, blind, seeing, alarm["message"])


async def _evidence(api: ApiClient, alarm_id: int) -> tuple[float | None, str]:
    for _ in range(int(_EVIDENCE_S / _LOOK_S)):
        found = (await api.get(f"/alarms/{alarm_id}/evidence"))["evidence"]
        if found["took_s"] is not None:
            return float(found["took_s"]), str(found["guide"])
        await asyncio.sleep(_LOOK_S)
    return None, str(found["guide"])


async def walk(api: ApiClient, alarm: Mapping[str, Any], mind: Mind) -> Walked:
    """Walk the alarm's guide up to where mending begins, read the verdict, and end the walk."""
    number = (await api.post("/guides/runs", {"alarm_id": alarm["alarm_id"], "by": BY}))["run_id"]
    guide = (await api.get(f"/guides/runs/{number}/guide"))["guide"]
    view = (await api.get(f"/guides/runs/{number}"))["run"]
    for _ in range(MOST_MOVES):
        move = next_move(guide, view, mind)
        if move.kind == "over":
            break
        if move.kind == "deed" and move.deed is not None:
            try:
                view = (await api.post(f"/guides/runs/{number}/deeds", move.deed))["run"]
                continue
            except AgentRefused:  # the agent went on by itself in between: look again
                pass
        elif move.kind == "diagnose":
            await api.post(f"/guides/runs/{number}/diagnostics", {"step": move.step, "by": BY})
        view = (await api.get(f"/guides/runs/{number}", {"since": view["rev"], "wait": 2}, wait_s=2))["run"]
    found = walked(view)
    if view.get("ended_at") is None:
        await api.post(f"/guides/runs/{number}/deeds", {"kind": "closed", "by": BY, "reason": "drill"})
    return found
