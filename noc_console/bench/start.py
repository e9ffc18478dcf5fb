"""Bench of the start: from the command to the window's first paint, and to the first tile with live data."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from noc_console.bench import Row

if TYPE_CHECKING:
    from noc_console.views.program import Console

_LONGEST_S = 60.0
_CHILD = "from noc_console.bench.start import child; child()"


def run(options: Mapping[str, str]) -> list[Row]:
    """Start the console `times` (3) times on an empty history with the demo channels; the median counts."""
    times = int(options.get("times", "3"))
    starts = [_one_start() for _ in range(times)]
    window = sorted(start["window_s"] for start in starts)[times // 2]
    tile = sorted(start["tile_s"] for start in starts)[times // 2]
    how = f"median of {times} starts, new history, media cache as it was, offscreen"
    return [
        Row("start: window painted", "<= 1.5 s", f"{window:.2f} s", window <= 1.5, how),
        Row("start: first live tile", "<= 4 s", f"{tile:.2f} s", tile <= 4.0, how),
    ]


def _one_start() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "BENCH_BEGAN": str(time.time())}
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, folder],
            env=environment,
            capture_output=True,
            timeout=_LONGEST_S,
            check=False,
        )
    line = done.stdout.decode().strip().rpartition("\n")[2]
    told: dict[str, float] = json.loads(line)
    return told


def child() -> None:
    """Open the console as `noc-console` does and print when it was painted and when the first tile lived."""
    began = float(os.environ["BENCH_BEGAN"])
    from noc_console.views.endpoint import Embedded

    folder = Path(sys.argv[1])
    source = Embedded(folder / "local.db")
    source.launch()
    from PySide6.QtCore import QSettings
    from qasync import QEventLoop

    from noc_console.views.program import Console, application_for
    from noc_console.views.theme import theme

    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(folder))
    look = theme()
    application = application_for(look)
    loop = QEventLoop(application)
    asyncio.set_event_loop(loop)
    with loop:
        told = loop.run_until_complete(_watch(Console(look, source), began))
    source.wait_end(8.0)
    sys.stdout.write(json.dumps(told) + "\n")


async def _watch(console: Console, began: float) -> dict[str, float]:
    living = asyncio.ensure_future(console.live())
    told: dict[str, float] = {}
    while "tile_s" not in told and time.time() - began < _LONGEST_S / 2:
        await asyncio.sleep(0.01)
        if "window_s" not in told and console.window.isVisible():
            console.window.grab()
            told["window_s"] = time.time() - began
        states = {console.desk.mirror.channel_state(one) for one in console.desk.mirror.channels.values()}
        if "ok" in states:
            console.window.show_lit()
            console.window.grab()
            told["tile_s"] = time.time() - began
    console.leave()
    await living
    return {"window_s": 999.0, "tile_s": 999.0, **told}
