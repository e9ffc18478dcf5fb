"""A process that dies in the middle of writing loses no event it was told is kept."""

from __future__ import annotations

import asyncio
import signal
import sys

WRITER = """
import asyncio, sys
from pathlib import Path
import numpy as np
from noc_console.history import Tick, open_history
from noc_console.model import Event
from noc_console.settings import Settings

async def main():
    at = 1_790_006_400.0
    history = await open_history(Settings(db=Path(sys.argv[1])), lambda: at)
    series = np.array([history.series_id(n, "a", "segment.download_s") for n in range(200)], "u4")
    number = 0
    while True:
        number += 1
        at += 1
        tick = Tick(at, series, np.full(200, at), np.full(200, number, "f4"))
        events = [Event("Counted", at, data={"number": number})] if number % 3 == 0 else []
        await history.commit(tick, events)
        print(number, flush=True)

asyncio.run(main())
"""


async def killed_after(db, lines: int) -> int:
    """Run a writer, kill it after so many commits, and return the number of the last one it was told of."""
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(db), stdout=asyncio.subprocess.PIPE
    )
    for _ in range(lines):
        await writer.stdout.readline()
    writer.send_signal(signal.SIGKILL)
    rest = (await writer.stdout.read()).split()
    await writer.wait()
    return int(rest[-1]) if rest else lines


async def test_every_event_and_tick_told_before_the_kill_is_there(desk):
    last = await killed_after(desk.settings.db, 150)
    desk.clock.at += last + 50
    history = await desk.open()

    counted = [e.data["number"] for e in await history.events(0, frozenset({"Counted"}))]
    assert counted[: last // 3] == list(range(3, last + 1, 3))
    assert len(await history.ticks(0, 10_000)) >= last


async def test_after_a_kill_the_lock_is_free_and_the_journal_is_another_and_says_what_was_lost(desk):
    await killed_after(desk.settings.db, 10)
    desk.clock.at += 5000
    history = await desk.open()
    (restarted,) = await history.events(0, frozenset({"JournalRestarted"}))

    assert history.state.state == "ok"
    assert restarted.data["journal_before"] != history.journal_id
    assert restarted.data["end"] == desk.clock.at
    assert restarted.data["start"] < desk.clock.at
