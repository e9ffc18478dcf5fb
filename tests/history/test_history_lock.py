"""One agent per file, and what happens while another program holds the file."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest

from noc_console.errors import KnownError
from noc_console.history import SeriesQuery
from noc_console.model import Event

HOLDER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
db.execute("ROLLBACK")
db.close()
print("freed", flush=True)
sys.stdin.readline()
"""


async def test_a_second_open_is_told_who_holds_the_file(desk):
    await desk.open()
    with pytest.raises(KnownError, match=rf"process {os.getpid()}\b.*attach"):
        await desk.open()


async def test_a_locked_file_stops_recording_and_what_happened_meanwhile_is_written_after(desk, make_tick):
    history, at = await desk.open(), desk.clock.at
    series = history.series_id(1, "a", "segment.download_s")
    await history.commit(make_tick(at, (series, at, 1.0)), ())
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, str(desk.settings.db), stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert await holder.stdout.readline() == b"held\n"

    told = await history.commit(make_tick(at + 1, (series, at + 1, 2.0)), [Event("Raised", at + 1)])
    assert [e.kind for e in told] == ["Raised", "RecordingStopped"]
    assert history.state.state == "not_recorded"
    assert "locked" in history.state.text
    assert [e.kind for e in await history.events(0)] == ["Raised", "RecordingStopped"]
    await history.commit(make_tick(at + 2, (series, at + 2, 3.0)), [Event("Cleared", at + 2)])
    assert history.state.dropped_samples == 2

    holder.stdin.write(b"\n")
    assert await holder.stdout.readline() == b"freed\n"
    told = await history.commit(make_tick(at + 40, (series, at + 40, 4.0)), ())
    assert [e.kind for e in told] == ["RecordingResumed"]
    assert told[0].data | {"text": ""} == {"start": at + 1, "end": at + 40, "dropped_samples": 2, "text": ""}
    assert history.state.state == "ok"
    holder.stdin.write(b"\n")
    holder.stdin.close()
    await holder.wait()

    kinds = [e.kind for e in await history.events(0)]
    assert kinds == ["Raised", "RecordingStopped", "Cleared", "RecordingResumed"]
    desk.clock.at = at + 60
    answer = await history.series(SeriesQuery(1, "segment.download_s", at - 1, at + 60, "a"))
    assert [p[2] for p in answer.points] == [1.0, 4.0]
    assert (at + 1, at + 40, "not recorded") in answer.gaps
