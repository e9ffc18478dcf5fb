"""A real worker process on a real pipe: it measures what it is assigned, answers, and ends with its core."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from noc_console.model import Access, Expected, Input, Kind, Layer
from noc_console.net.pipe import Frame, FrameType, Pipe, encoded, encoded_json, open_pipe
from noc_console.net.pipe_batch import BatchDecoder
from noc_console.net.pipe_forms import assignment
from noc_console.probes.worker import serve
from noc_console.settings import Settings

SEGMENT_S = 2


class Core:
    """The core's end of the pipe, as a test sees it."""

    def __init__(self, pipe: Pipe, process: asyncio.subprocess.Process) -> None:
        self.pipe = pipe
        self.process = process
        self.names = BatchDecoder()

    def assign(self, *inputs: Input) -> None:
        self.pipe.write(assignment(inputs, Settings()))

    def command(self, **content: Any) -> None:
        self.pipe.write(encoded_json(FrameType.COMMAND, content))

    async def frames(self) -> AsyncIterator[Frame]:
        async with asyncio.timeout(15):
            while (frame := await self.pipe.read()) is not None:
                if frame.type is FrameType.DECLARE:
                    self.names.declare(frame.json())
                yield frame

    async def note(self, kind: str) -> dict[str, Any]:
        async for frame in self.frames():
            if frame.type is FrameType.NOTE and frame.json()["kind"] == kind:
                return frame.json()
        raise AssertionError(f"the worker ended without a {kind} note")

    async def look(self, scope: str, input_id: int = 1) -> dict[str, float]:
        """Return the samples of the first batch that holds a look at a scope."""
        async for frame in self.frames():
            if frame.type is FrameType.BATCH:
                batch = self.names.batch(frame.payload)
                scopes = [self.names.scopes[int(number)] for number in batch.looks["scope"]]
                if any(one.scope.startswith(scope) and one.input_id == input_id for one in scopes):
                    return {self.names.series[int(s["series"])].metric: float(s["value"]) for s in batch.samples}
        raise AssertionError(f"the worker ended without a look at {scope}")

    async def ended(self) -> int:
        return await asyncio.wait_for(self.process.wait(), 8)


@pytest.fixture
async def core() -> AsyncIterator[Core]:
    ours, theirs = socket.socketpair()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "noc_console.probes.worker",
        "--fd",
        str(theirs.fileno()),
        pass_fds=(theirs.fileno(),),
        stderr=asyncio.subprocess.DEVNULL,
    )
    theirs.close()
    made = Core(await open_pipe(ours), process)
    try:
        yield made
    finally:
        made.pipe.close()
        if process.returncode is None:
            process.kill()
        await process.wait()


def playlist() -> bytes:
    """Return a live media playlist whose segments are as new as the clock."""
    newest = int(time.time()) // SEGMENT_S
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        f"#EXT-X-TARGETDURATION:{SEGMENT_S}",
        f"#EXT-X-MEDIA-SEQUENCE:{newest - 4}",
    ]
    for number in range(newest - 4, newest + 1):
        lines += [f"#EXTINF:{SEGMENT_S}.000,", f"{number}.ts"]
    return ("\n".join(lines) + "\n").encode()


@pytest.fixture
async def origin() -> AsyncIterator[str]:
    clients: set[asyncio.Task[None] | None] = set()

    async def on_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clients.add(asyncio.current_task())
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = playlist() if b".m3u8" in head.split()[1] else b"\x47" + bytes(187)
                kind = b"application/vnd.apple.mpegurl" if b".m3u8" in head else b"video/mp2t"
                answer = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
                writer.write(answer % (kind, len(body), body))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.transport.abort()

    server = await asyncio.start_server(on_client, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    for client in clients:
        if client:
            client.cancel()
    await asyncio.gather(*(client for client in clients if client), return_exceptions=True)


def channel(origin: str, number: int = 1) -> Input:
    url = f"{origin}/{number}/live.m3u8"
    return Input(number, number, Layer.ORIGIN, Kind.HLS, url, expected=Expected(segment_s=SEGMENT_S))


async def test_an_assigned_input_is_measured(core: Core, origin: str) -> None:
    core.assign(channel(origin))
    samples = await core.look("playlist/")
    assert samples["playlist.status"] == 200
    assert samples["playlist.segments"] == 5
    rows = (await core.note("requests"))["rows"]
    assert {row["input_id"] for row in rows} == {1}
    assert rows[0]["status"] == 200
    assert rows[0]["total_s"] > 0


async def test_health_is_told_from_the_start(core: Core, origin: str) -> None:
    core.assign(channel(origin), channel(origin, 2))
    health = await core.note("health")
    while health["inputs"] != 2:
        health = await core.note("health")
    assert health["pid"] == core.process.pid
    assert health["rss_bytes"] > 10_000_000
    assert health["cpu_ratio"] >= 0
    assert health["dropped"] == 0
    assert health["clock"]["offset_s"] is None, "one host is not enough to judge a clock"


async def test_what_is_no_longer_assigned_is_no_longer_measured(core: Core, origin: str) -> None:
    core.assign(channel(origin), channel(origin, 2))
    await core.look("playlist/", input_id=2)
    core.assign(channel(origin))
    core.command(id=1, verb="playlist", input_id=2, scope="playlist/x")
    reply = await core.note("reply")
    assert "not being measured" in reply["message"]


async def test_the_last_bodies_of_a_scope_are_answered(core: Core, origin: str) -> None:
    core.assign(channel(origin))
    await core.look("playlist/")
    core.command(id=7, verb="playlist", input_id=1, scope="")
    scopes = (await core.note("reply"))["result"]["scopes"]
    core.command(id=8, verb="playlist", input_id=1, scope=scopes[-1])
    reply = await core.note("reply")
    assert reply["id"] == 8
    assert reply["result"]["bodies"][-1]["text"].startswith("#EXTM3U")
    assert reply["result"]["bodies"][-1]["url"].startswith(origin)


async def test_an_inspection_is_answered_with_result_and_proposal(core: Core, origin: str) -> None:
    core.command(id=3, verb="inspect", url=f"{origin}/1/live.m3u8", seconds=0)
    progress = await core.note("progress")
    assert progress["id"] == 3
    reply = await core.note("reply")
    assert reply["result"]["result"]["kind"] == "hls"
    assert reply["result"]["result"]["details"]["target_duration_s"] == SEGMENT_S
    assert reply["result"]["proposal"]["segment_s"] == pytest.approx(SEGMENT_S)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ({"verb": "dance"}, "does not know the command"),
        ({"verb": "playlist"}, "not complete"),
        ({"verb": "playlist", "input_id": "x", "scope": ""}, "not complete"),
        ({"verb": "inspect", "url": "http://127.0.0.1:1/"}, "refused"),
        ({"verb": "inspect", "url": "/etc/passwd"}, "Only addresses can be inspected"),
        ({"verb": "inspect", "url": "http://127.0.0.1:1/", "access": 3}, "not complete"),
    ],
)
async def test_what_cannot_be_done_is_told_in_one_sentence(core: Core, command: dict[str, Any], message: str) -> None:
    core.command(id=1, **command)
    assert message in (await core.note("reply"))["message"]


async def test_a_worker_ends_at_once_when_its_core_is_gone(core: Core, origin: str) -> None:
    core.assign(*(channel(origin, number) for number in range(1, 9)))
    await core.look("playlist/")
    core.pipe.close()
    assert await core.ended() == 0


async def test_a_worker_stops_when_told(core: Core, origin: str) -> None:
    core.assign(channel(origin))
    await core.look("playlist/")
    core.command(verb="stop")
    assert await core.ended() == 0


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff" * 64,
        encoded(FrameType.ASSIGN, b"{}"),
        encoded(FrameType.ASSIGN, b"no json"),
        encoded(FrameType.BATCH, b""),
    ],
    ids=["no frame", "empty assignment", "no JSON", "a batch coming down"],
)
async def test_a_garbled_pipe_ends_the_worker_with_its_own_code(core: Core, raw: bytes) -> None:
    core.pipe.write(raw)
    assert await core.ended() == 3


async def test_a_worker_over_its_memory_bound_ends(origin: str) -> None:
    held = bytearray(os.urandom(1)) * (300 * 1024**2)
    ours, theirs = socket.socketpair()
    worker = asyncio.create_task(serve(theirs))
    pipe = await open_pipe(ours)
    pipe.write(assignment([], Settings(worker_memory_bytes=128 * 1024**2)))
    assert await asyncio.wait_for(worker, 5) == 3
    pipe.close()
    assert held


async def test_secrets_of_an_input_stay_out_of_its_rows(core: Core, origin: str) -> None:
    secret = Input(
        1, 1, Layer.ORIGIN, Kind.HLS, f"{origin}/1/live.m3u8", access=Access({"X-Key": "s3cret"}, "token=s3cret")
    )
    core.assign(secret)
    note = await core.note("requests")
    assert "s3cret" not in str(note)
