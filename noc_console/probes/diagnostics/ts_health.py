"""TS health: five seconds of the analyser that watches the stream, counted by priority, PID and indicator."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from noc_console.probes.diagnostics.values import Kit, Result, Row, Target

SECONDS = 5.0
_STEPS = 10


async def examine(target: Target, kit: Kit) -> Result:
    """Return the errors of TR 101 290 that came within five seconds; the stream is read once, by its own worker."""
    entry = target.streamed()
    before, began = await kit.ask.stream(entry), kit.now()
    for step in range(_STEPS):
        kit.progress(step / _STEPS, f"Watching the stream, {SECONDS * (1 - step / _STEPS):.0f} s left")
        await asyncio.sleep(SECONDS / _STEPS)
    after = await kit.ask.stream(entry)
    return judged(before, after, kit.now() - began)


def judged(before: Mapping[str, Any], after: Mapping[str, Any], seconds: float) -> Result:
    """Return what happened between two reports of a stream."""
    counts = _grown(before.get("indicators", {}), after.get("indicators", {}))
    by_priority = {number: sum(n for name, n in counts.items() if name.startswith(number)) for number in "123"}
    packets = _more(before, after, "packets")
    pids = {pid: _pid(before, after, pid) for pid in after.get("pids", {})}
    moving = {pid: row for pid, row in pids.items() if row["packets"]}
    broken = [row for row in moving.values() if row["continuity_errors"]]
    size = int(after.get("packet_size") or 188)
    fields: dict[str, float | None] = {
        "is_ok": float(packets > 0 and not by_priority["1"] and not by_priority["2"]),
        "p1_errors": float(by_priority["1"]),
        "p2_errors": float(by_priority["2"]),
        "p3_errors": float(by_priority["3"]),
        "cc_errors": float(sum(row["continuity_errors"] for row in broken)),
        "cc_pids": float(len(broken)),
        "pids": float(len(moving)),
        "services": float(len(after.get("services", ()))),
        "bitrate_bps": packets * size * 8 / seconds if seconds > 0 else None,
        "seconds": seconds,
    }
    told = [{"what": "indicator", "name": name, "count": n} for name, n in sorted(counts.items())]
    rows: list[Row] = [*told, *sorted(moving.values(), key=lambda row: -row["packets"])]
    return Result(fields, _text(fields, packets), rows)


def _text(fields: Mapping[str, float | None], packets: float) -> str:
    seconds = fields["seconds"] or 0.0
    if not packets:
        return f"Nothing came in {seconds:.0f} s."
    p1, p2, p3 = (int(fields[name] or 0) for name in ("p1_errors", "p2_errors", "p3_errors"))
    cc = int(fields["cc_errors"] or 0)
    broken = f", {cc} of them continuity on {int(fields['cc_pids'] or 0)} PIDs" if cc else ""
    rate = (fields["bitrate_bps"] or 0.0) / 1e6
    return (
        f"In {seconds:.0f} s: P1 {p1}{broken}, P2 {p2}, P3 {p3}; {rate:.2f} Mbit/s, {int(fields['pids'] or 0)} PIDs."
    )


def _pid(before: Mapping[str, Any], after: Mapping[str, Any], pid: str) -> dict[str, Any]:
    now, then = after["pids"][pid], before.get("pids", {}).get(pid, {})
    grown = {
        name: _more(then, now, name) for name in ("packets", "continuity_errors", "transport_errors", "scrambled")
    }
    return {"what": "pid", "pid": f"0x{int(pid):04X}", "kind": now.get("kind", ""), **grown}


def _grown(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, int]:
    grown = {name: int(n) - int(before.get(name, 0)) for name, n in after.items()}
    return {name: n for name, n in grown.items() if n > 0}


def _more(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> int:
    """Return how much a counter grew; one that began anew counts from zero."""
    now, then = int(after.get(name, 0)), int(before.get(name, 0))
    return now - then if now >= then else now
