"""`noc-console bench NAME`: figures measured against a peer or a limit in the same run."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure beside its goal; `is_met` is None where the goal could not be judged here."""

    what: str
    goal: str
    measured: str
    is_met: bool | None
    how: str = ""


BENCHES: Mapping[str, str] = {
    "fetch": "noc_console.bench.fetch",
    "playlists": "noc_console.bench.playlists",
    "channels": "noc_console.bench.channels",
    "faults": "noc_console.bench.faults",
    "drills": "noc_console.bench.drills",
    "healthy": "noc_console.bench.healthy",
    "wall": "noc_console.bench.wall",
    "mosaic": "noc_console.bench.mosaic",
    "screen-storm": "noc_console.bench.screen_storm",
    "charts": "noc_console.bench.charts",
    "history": "noc_console.bench.history",
    "start": "noc_console.bench.start",
    "guide": "noc_console.bench.guide",
    "alarms": "noc_console.bench.alarms",
    "notices": "noc_console.bench.notices",
    "multicast": "noc_console.bench.multicast",
    "ts": "noc_console.bench.ts",
    "media": "noc_console.bench.media",
}


def run(name: str, options: Mapping[str, str]) -> list[Row]:
    """Run one bench and return its rows; each module has `run(options) -> list[Row]`."""
    rows: list[Row] = importlib.import_module(BENCHES[name]).run(options)
    return rows
