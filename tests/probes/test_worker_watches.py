"""One probe per input: started spread out, restarted after a bug, stopped when no longer wanted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from noc_console.model import Input, Kind, Layer
from noc_console.net.fetch import Fetcher
from noc_console.probes.registry import Watch
from noc_console.probes.tools import Recorder, Tools
from noc_console.probes.worker_watches import Watches, delays


def channel(number: int) -> Input:
    return Input(number, number, Layer.ORIGIN, Kind.HLS, f"http://127.0.0.1:1/{number}.m3u8")


class Room:
    """Watches with a probe of the test's own, and what it told."""

    def __init__(self, group: asyncio.TaskGroup, fetcher: Fetcher, watch: Watch) -> None:
        self.told = Recorder()
        self.watches = Watches(group, lambda input: Tools(input, fetcher, self.told), lambda _kind: watch)


@asynccontextmanager
async def room(watch: Watch) -> AsyncIterator[Room]:
    async with Fetcher() as fetcher, asyncio.TaskGroup() as group:
        made = Room(group, fetcher, watch)
        yield made
        made.watches.stop()


async def test_each_input_has_its_probe_until_it_is_gone() -> None:
    running: set[int] = set()
    changed = asyncio.Event()

    async def watch(input: Input, _: Tools) -> None:
        running.add(input.id)
        changed.set()
        try:
            await asyncio.Event().wait()
        finally:
            running.discard(input.id)
            changed.set()

    async def until(wanted: set[int]) -> None:
        async with asyncio.timeout(5):
            while running != wanted:
                changed.clear()
                await changed.wait()

    async with room(watch) as made:
        made.watches.assign([channel(1), channel(2)])
        await until({1, 2})
        made.watches.assign([channel(2), channel(3)])
        await until({2, 3})
        assert len(made.watches) == 2
        assert made.watches.tools(1) is None
    assert running == set()


async def test_only_what_changed_starts_afresh() -> None:
    starts: list[str] = []
    seen = asyncio.Event()

    async def watch(input: Input, _: Tools) -> None:
        starts.append(input.url)
        if len(starts) == 3:
            seen.set()
        await asyncio.Event().wait()

    async with room(watch) as made:
        made.watches.assign([channel(1), channel(2)])
        while len(starts) < 2:
            await asyncio.sleep(0)
        made.watches.assign([channel(1), replace(channel(2), url="http://127.0.0.1:1/moved.m3u8")])
        await asyncio.wait_for(seen.wait(), 5)
    assert starts == [channel(1).url, channel(2).url, "http://127.0.0.1:1/moved.m3u8"]


@pytest.mark.parametrize(
    ("count", "interval_s", "last_s"),
    [
        pytest.param(1, 6.0, 0.0, id="one starts at once"),
        pytest.param(12, 6.0, 0.55, id="a few start within a second"),
        pytest.param(600, 6.0, 5.99, id="many within one interval"),
    ],
)
def test_the_starts_are_spread(count: int, interval_s: float, last_s: float) -> None:
    found = delays([replace(channel(number), poll_s=interval_s) for number in range(count)])
    assert found[0] == 0
    assert found[-1] == pytest.approx(last_s)
    assert found == sorted(set(found)), "no two start at the same moment"


async def test_a_probes_bug_ends_that_probe_only_and_it_starts_again() -> None:
    starts: dict[int, int] = {}
    again = asyncio.Event()

    async def watch(input: Input, _: Tools) -> None:
        starts[input.id] = starts.get(input.id, 0) + 1
        if input.id == 1:
            if starts[1] == 2:
                again.set()
            raise ZeroDivisionError
        await asyncio.Event().wait()

    async with room(watch) as made:
        made.watches.assign([channel(1), channel(2)])
        await asyncio.wait_for(again.wait(), 5)
        events = [data for kind, data in made.told.notes if kind == "event"]
    assert starts == {1: 2, 2: 1}
    assert (events[0]["kind"], events[0]["error"]) == ("ProbeFailed", "ZeroDivisionError")
    assert "starts again in 1 s" in events[0]["text"]


async def test_a_probe_that_ends_by_itself_is_told_too(caplog: pytest.LogCaptureFixture) -> None:
    told = asyncio.Event()

    class Told(Recorder):
        def note(self, kind: str, data: Mapping[str, Any]) -> None:
            super().note(kind, data)
            told.set()

    async def watch(_: Input, __: Tools) -> None:
        return

    async with Fetcher() as fetcher, asyncio.TaskGroup() as group:
        sink = Told()
        watches = Watches(group, lambda input: Tools(input, fetcher, sink), lambda _kind: watch)
        watches.assign([channel(1)])
        await asyncio.wait_for(told.wait(), 5)
        watches.stop()
    assert sink.notes[0][1]["error"] == "ended by itself"
