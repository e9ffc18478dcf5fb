"""What a worker tells is bounded while its core does not read: numbers are dropped and counted, events never."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from noc_console.model import Finding, Observation
from noc_console.net.pipe import Frame, FrameType, Pipe, encoded, open_pipe
from noc_console.net.pipe_batch import BatchDecoder
from noc_console.probes import worker_outbox
from noc_console.probes.worker_outbox import InputSink, Outbox


@pytest.fixture
async def pipes() -> AsyncIterator[tuple[Pipe, Pipe]]:
    ours, theirs = socket.socketpair()
    ends = await open_pipe(ours), await open_pipe(theirs)
    yield ends
    for end in ends:
        end.close()


async def frames(pipe: Pipe, count: int) -> list[Frame]:
    async with asyncio.timeout(5):
        found = [await pipe.read() for _ in range(count)]
    return [frame for frame in found if frame]


def row(number: int) -> dict[str, Any]:
    return {"uri": f"/{number}", "size_bytes": 100}


async def test_observations_events_and_rows_go_up_together(pipes: tuple[Pipe, Pipe]) -> None:
    core, ours = pipes
    outbox = Outbox(ours, lambda: 0.0)
    sink = InputSink(outbox, 5)
    sink.observe(Observation(5, "master", 1.0, {"ladder.rungs": 4.0}, (Finding("hls-codecs-missing", "no CODECS"),)))
    sink.note("event", {"kind": "LadderChanged", "at": 1.0})
    sink.note("requests", row(1))
    sink.note("requests", row(2))
    outbox.flush()
    declare, batch, event, rows = await frames(core, 4)
    names = BatchDecoder()
    names.declare(declare.json())
    assert names.batch(batch.payload).findings[0][0].id == "hls-codecs-missing"
    assert event.json() == {"kind": "event", "input_id": 5, "data": {"kind": "LadderChanged", "at": 1.0}}
    assert [one["uri"] for one in rows.json()["rows"]] == ["/1", "/2"]
    assert rows.json()["rows"][0]["input_id"] == 5
    assert (outbox.requests, outbox.received_bytes) == (2, 200)


async def test_a_core_that_does_not_read_costs_rows_that_are_counted_but_no_event(
    pipes: tuple[Pipe, Pipe], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_outbox, "_MOST_ROWS", 3)
    monkeypatch.setattr(worker_outbox, "_MOST_BODIES", 1)
    core, ours = pipes
    outbox = Outbox(ours, lambda: 0.0)
    sink = InputSink(outbox, 1)
    blocked = encoded(FrameType.BATCH, bytes(8_000_000))
    ours.write(blocked)
    for number in range(10):
        sink.note("requests", row(number))
        sink.note("body", {"text": str(number)})
        sink.note("event", {"kind": "Happened", "number": number})
        outbox.flush()
    assert outbox.dropped == 7 + 9
    await frames(core, 1)
    await ours.drain()
    outbox.flush()
    notes = [frame.json() for frame in await frames(core, 12)]
    assert [note["data"]["number"] for note in notes if note["kind"] == "event"] == list(range(10))
    assert [len(note["rows"]) for note in notes if note["kind"] == "requests"] == [3]


async def test_a_silent_core_is_noticed_by_the_clock(pipes: tuple[Pipe, Pipe]) -> None:
    _, ours = pipes
    time = 100.0
    outbox = Outbox(ours, lambda: time)
    ours.write(encoded(FrameType.BATCH, bytes(8_000_000)))
    time = 170.0
    outbox.flush()
    assert outbox.silent_s == 70.0


async def test_a_note_too_large_for_a_frame_is_dropped_and_counted(pipes: tuple[Pipe, Pipe]) -> None:
    core, ours = pipes
    outbox = Outbox(ours, lambda: 0.0)
    outbox.note(1, "event", {"text": "x" * 40_000_000})
    outbox.note(1, "event", {"text": "short"})
    outbox.flush()
    (note,) = await frames(core, 1)
    assert (note.json()["data"], outbox.dropped) == ({"text": "short"}, 1)
