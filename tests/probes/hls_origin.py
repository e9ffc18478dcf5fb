"""A small real origin on loopback for the HLS probe's tests, and a clock turned by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from noc_console.model import Expected, Input, Kind, Layer, Observation
from noc_console.net.fetch import Fetcher
from noc_console.probes.hls import Watch
from noc_console.probes.tools import Recorder, Tools

M3U8 = "application/vnd.apple.mpegurl"


MASTER = (
    "#EXTM3U\n"
    '#EXT-X-STREAM-INF:BANDWIDTH=6000000,CODECS="avc1.640028",RESOLUTION=1920x1080,FRAME-RATE=50\nhigh.m3u8\n'
    '#EXT-X-STREAM-INF:BANDWIDTH=900000,CODECS="avc1.64001e",RESOLUTION=640x360,FRAME-RATE=50\nlow.m3u8\n'
)
HIGH, LOW = "1080p50@6.0M", "360p50@900k"
BEGIN = 1_790_000_000.0


def media_text(
    first: int, name: str, *, extra: dict[int, str] | None = None, durations: dict[int, float] | None = None
) -> bytes:
    """Return a live playlist of six segments; `extra` puts lines before one, `durations` changes its EXTINF."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:6", "#EXT-X-TARGETDURATION:6", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
    for number in range(first, first + 6):
        date = datetime.fromtimestamp(BEGIN + 6 * number, UTC).isoformat()
        lines += [*(extra or {}).get(number, "").splitlines(), f"#EXT-X-PROGRAM-DATE-TIME:{date}"]
        lines += [f"#EXTINF:{(durations or {}).get(number, 6.0)},", f"{name}{number}.ts"]
    return "\n".join(lines).encode() + b"\n"


@dataclass(slots=True)
class Origin:
    """What it serves by path (None: 404), and what was asked of it, in order."""

    url: str = ""
    files: dict[str, bytes | None] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    connections: dict[asyncio.Task[Any], asyncio.StreamWriter] = field(default_factory=dict)

    def publish(self, first: int, **changes: Any) -> None:
        """Serve a ladder of two rungs whose windows begin at a sequence number, with all their segments."""
        self.files["/master.m3u8"] = MASTER.encode()
        for name in ("high", "low"):
            self.files[f"/{name}.m3u8"] = media_text(first, name, **changes)
            self.files |= {f"/{name}{number}.ts": b"\x00\x00\x00\x00segment" for number in range(first, first + 6)}

    def segments(self) -> list[str]:
        """Return the segments asked for, in order."""
        return [target for target in self.asked if target.startswith("/") and ".ts" in target]

    def answer(self, target: str) -> bytes:
        path = target.partition("?")[0]
        body = self.files.get(target, self.files.get(path))
        status = self.statuses.get(target, self.statuses.get(path, 404 if body is None else 200))
        body = body or b""
        kind = M3U8 if path.endswith(".m3u8") else "video/mp2t"
        told = {"Content-Type": kind, "Content-Length": str(len(body)), **self.headers}
        lines = [f"HTTP/1.1 {status} x", *(f"{name}: {value}" for name, value in told.items())]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.connections[task] = writer
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
                self.asked.append(target if method == "GET" else f"{method} {target}")
                answer = self.answer(target)
                writer.write(answer if method == "GET" else answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def origin() -> AsyncIterator[Origin]:
    served = Origin()
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0)
    served.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        try:
            yield served
        finally:
            for writer in served.connections.values():
                writer.close()
            await asyncio.gather(*served.connections)


class Tasks:
    """Stands where the probe's task group stands, so that a test can wait for the downloads of one round."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[Any]] = []

    def create_task(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        self._tasks.append(asyncio.create_task(work))
        return self._tasks[-1]

    async def done(self) -> None:
        while self._tasks:
            await self._tasks.pop(0)


class Probe:
    """One input under watch, round by round."""

    def __init__(
        self, served: Origin, fetcher: Fetcher, recorder: Recorder, at: list[float], **of_input: Any
    ) -> None:
        path = of_input.pop("path", "/master.m3u8")
        self.at, self.recorder = at, recorder
        of_input.setdefault("expected", Expected(6.0))
        self.input = Input(1, 1, Layer.ORIGIN, Kind.HLS, served.url + path, **of_input)
        self.tools = Tools(self.input, fetcher, recorder, now=lambda: at[0])
        self.tasks = Tasks()
        self.watch = Watch(self.input, self.tools, self.tasks)  # type: ignore[arg-type]

    async def round(self, at: float | None = None) -> float:
        """Play one round at a time (seconds, by hand) with its downloads, and return when the next is wanted."""
        self.at[0] = at if at is not None else self.at[0]
        following = await self.watch.round()
        await self.tasks.done()
        return following

    def looks(self, scope: str) -> list[Observation]:
        return [one for one in self.recorder.observations if one.scope == scope]

    def found(self, scope: str) -> set[str]:
        """Return the ids of the newest look at a scope."""
        return {finding.id for finding in self.looks(scope)[-1].findings}

    def events(self) -> list[str]:
        return [str(data["kind"]) for kind, data in self.recorder.notes if kind == "event"]


@asynccontextmanager
async def probe(at: float, **of_input: Any) -> AsyncIterator[tuple[Origin, Probe]]:
    clock = [at]
    async with origin() as served:
        fetcher = Fetcher(now=lambda: clock[0])
        try:
            yield served, Probe(served, fetcher, Recorder(), clock, **of_input)
        finally:
            fetcher.close()
