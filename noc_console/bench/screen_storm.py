"""Bench of the screen in a storm: 2,000 alarms in 10 s folded under one cause, alarm list or wall shown."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from noc_console.bench import Row
from noc_console.bench.boards import alarm, board
from noc_console.bench.lateness import lateness

if TYPE_CHECKING:
    from noc_console.views.window import Window

_ALARMS, _SECONDS, _PER_SECOND = 2000, 10.0, 5
_CAUSE = 1_000_000


def run(options: Mapping[str, str]) -> list[Row]:
    """Send a storm of `alarms` (2,000) in 10 s to the alarm list and to the wall of `channels` (500) tiles."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    count, alarms = int(options.get("channels", "500")), int(options.get("alarms", str(_ALARMS)))
    boards = [json.dumps(one) for one in _storm(count, alarms)]
    return [row for name in ("alarms", "wall") for row in _shown(name, count, alarms, boards)]


def _shown(name: str, count: int, alarms: int, boards: list[str]) -> list[Row]:
    from noc_console.bench.wall import opened

    window = opened(count)
    window.stage.show_screen(name)
    try:
        late = lateness(lambda number: _take(window, boards, number), 1.0 / _PER_SECOND, _SECONDS)
    finally:
        window.may_close = True
        window.close()
    how = f"{alarms} alarms in {_SECONDS:.0f} s, {_PER_SECOND} boards a second read and drawn, 10 ms precise timer"
    return [
        Row(f"storm, {name} shown: timer lateness p99", "", f"{late.p99_ms:.2f} ms", None, how),
        Row(f"storm, {name} shown: longest frame", "<= 16 ms", f"{late.worst_ms:.1f} ms", late.worst_ms <= 16, how),
    ]


def _take(window: Window, boards: list[str], number: int) -> None:
    """Read and show the next board, as the link does; after the last one the storm is over."""
    if number < len(boards):
        window.desk.mirror.take(json.loads(boards[number]))


def _storm(count: int, alarms: int) -> list[dict[str, Any]]:
    """Return the boards of a storm: each brings the newest alarms and the cause with all its children so far."""
    rounds = int(_SECONDS * _PER_SECOND)
    each, calm = alarms // rounds, board(count)
    base = next(one for one in calm["channels"] if one["alarm_id"])
    told = []
    for number in range(rounds):
        at = calm["at"] + number / _PER_SECOND
        keys = range(_CAUSE + 1 + number * each, _CAUSE + 1 + (number + 1) * each)
        children = [_alarm(base, key, at, _CAUSE) for key in keys]
        cause = {**_alarm(base, _CAUSE, calm["at"], None), "children": list(range(_CAUSE + 1, keys.stop))}
        cause["cause"] = {"key": "host:origin.example:80", "verdict": "origin", "confidence": 0.9, "evidence": []}
        ill = [{**one, "at": at} for one in calm["channels"][number % 10 :: 10]]
        told.append({**calm, "rev": 2 + number, "at": at, "channels": ill, "alarms": [cause, *children]})
    return told


def _alarm(base: dict[str, Any], key: int, at: float, parent: int | None) -> dict[str, Any]:
    made = alarm(base, at)
    return {**made, "id": key, "alarm_id": key, "raised_at": at, "since": at, "parent_id": parent, "children": []}
