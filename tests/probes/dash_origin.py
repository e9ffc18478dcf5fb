"""A live DASH origin on loopback with hand-made media, and a sink that wakes a test when something was seen."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from noc_console.model import Expected, Finding, Input, Kind, Layer, Level
from noc_console.net.fetch import Fetcher
from noc_console.probes.dash import watch
from noc_console.probes.media_spool import Spool
from noc_console.probes.tools import Recorder, Tools, now

SCALE = 1000
Answer = tuple[int, bytes, dict[str, str]]


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def init() -> bytes:
    """An initialisation segment with one video track of 1000 ticks a second."""
    entry = box(b"avc1", bytes(78))
    stsd = box(b"stsd", struct.pack(">II", 0, 1), entry)
    mdhd = box(b"mdhd", struct.pack(">IIIII", 0, 0, 0, SCALE, 0), bytes(4))
    hdlr = box(b"hdlr", bytes(8), b"vide", bytes(13))
    media = box(b"mdia", mdhd, hdlr, box(b"minf", box(b"stbl", stsd)))
    track = box(b"trak", box(b"tkhd", bytes(12), struct.pack(">I", 1), bytes(68)), media)
    return box(b"ftyp", b"iso6") + box(b"moov", track)


def segment(start: int, ticks: int, size: int = 2000) -> bytes:
    """One fragment of ten samples from `start` on."""
    run = box(b"trun", struct.pack(">II", 0x100, 10), struct.pack(">10I", *[ticks // 10] * 10))
    head = box(b"tfhd", struct.pack(">II", 0x020000, 1)), box(b"tfdt", struct.pack(">IQ", 1 << 24, start))
    return box(b"moof", box(b"traf", *head, run)) + box(b"mdat", bytes(size))


@dataclass
class Origin:
    """The state of the origin; tests change it while it runs. `faults` sees each path first."""

    ticks: int = 500
    is_listed: bool = False
    window: int = 8
    reps: tuple[str, ...] = ("v1", "v2")
    update_s: float = 0.5
    start: float = field(default_factory=lambda: float(int(time.time()) - 60))
    headers: dict[str, str] = field(default_factory=dict)
    faults: Callable[[str], Answer | None] = lambda _path: None
    frozen_at: float = 0.0
    ahead_s: float = 0.0
    protection: str = ""
    timing: str = '<UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-iso:2014" value="/time"/>'
    paths: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/live/manifest.mpd"

    def edge(self) -> int:
        """Number of the newest finished segment."""
        return int(((self.frozen_at or now() + self.ahead_s) - self.start) * SCALE / self.ticks) - 1

    def mpd(self) -> bytes:
        stamp = datetime.fromtimestamp(self.start, UTC).isoformat()
        published = datetime.fromtimestamp(self.start + (self.edge() + 1) * self.ticks / SCALE, UTC).isoformat()
        head = 'initialization="$RepresentationID$/init.mp4"'
        if self.is_listed:
            first = self.edge() - self.window
            rows = f'<S t="{first * self.ticks}" d="{self.ticks}" r="{self.window}"/>'
            media = f'media="$RepresentationID$/t$Time$.m4s"><SegmentTimeline>{rows}</SegmentTimeline>'
            template = f'<SegmentTemplate timescale="{SCALE}" {head} {media}</SegmentTemplate>'
        else:
            media = f'media="$RepresentationID$/$Number$.m4s" startNumber="0" duration="{self.ticks}"'
            template = f'<SegmentTemplate timescale="{SCALE}" {head} {media}/>'
        reps = "".join(
            f'<Representation id="{name}" bandwidth="{n + 1}00000" codecs="avc1.640028" height="{n + 1}80"/>'
            for n, name in enumerate(self.reps)
        )
        depth = self.window * self.ticks / SCALE
        return (
            f'<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="dynamic" availabilityStartTime="{stamp}" '
            f'publishTime="{published}" minimumUpdatePeriod="PT{self.update_s}S" timeShiftBufferDepth="PT{depth}S" '
            f'minBufferTime="PT1S"><Period id="1" start="PT0S"><AdaptationSet id="1" contentType="video" '
            f'mimeType="video/mp4">{self.protection}{template}{reps}</AdaptationSet></Period>{self.timing}</MPD>'
        ).encode()

    def answer(self, path: str) -> Answer:
        self.paths.append(path)
        if (made := self.faults(path)) is not None:
            return made
        name = path.rpartition("/")[2]
        if path == "/time":
            return 200, datetime.fromtimestamp(now(), UTC).isoformat(timespec="milliseconds").encode(), {}
        if name.endswith(".mpd"):
            return 200, self.mpd(), dict(self.headers)
        if name == "init.mp4":
            return 200, init(), {}
        number = int(name.strip("t").partition(".")[0]) // (self.ticks if name.startswith("t") else 1)
        if number > self.edge() or number < self.edge() - self.window - 4:
            return 404, b"", {}
        return 200, segment(number * self.ticks, self.ticks), {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                status, body, headers = self.answer(head.split(" ")[1])
                if "if-none-match: " + self.headers.get("ETag", "-").lower() in head.lower() and headers.get(
                    "honest"
                ):
                    status, body = 304, b""
                lines = [f"HTTP/1.1 {status} X", *(f"{key}: {value}" for key, value in headers.items())]
                if status != 304:
                    lines.append(f"Content-Length: {len(body)}")
                sent = b"" if head.startswith("HEAD ") else body
                writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + sent)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def running(origin: Origin) -> AsyncIterator[Origin]:
    server = await asyncio.start_server(origin.serve, "127.0.0.1", 0)
    origin.port = server.sockets[0].getsockname()[1]
    try:
        yield origin
    finally:
        server.close()


class Watched(Recorder):
    """A recorder that wakes who waits for something to be seen."""

    def __init__(self) -> None:
        super().__init__()
        self._woken = asyncio.Event()

    def observe(self, observation: object) -> None:
        super().observe(observation)  # type: ignore[arg-type]
        self._woken.set()

    def note(self, kind: str, data: object) -> None:
        super().note(kind, data)  # type: ignore[arg-type]
        self._woken.set()

    async def until(self, is_seen: Callable[[], object], within_s: float = 15.0) -> None:
        async with asyncio.timeout(within_s):
            while not is_seen():
                self._woken.clear()
                await self._woken.wait()

    def looks(self, scope: str) -> list[tuple[Finding, ...]]:
        return [one.findings for one in self.observations if one.scope == scope]

    def found(self, scope: str = "") -> set[str]:
        return {finding.id for one in self.observations if one.scope.startswith(scope) for finding in one.findings}

    def events(self, kind: str) -> list[object]:
        return [data for name, data in self.notes if name == "event" and data["kind"] == kind]


@asynccontextmanager
async def watching(
    origin: Origin, level: Level = Level.FULL, spool: Spool | None = None, **expected: object
) -> AsyncIterator[Watched]:
    """Watch the origin for as long as the context lasts; a bug in the probe fails the test."""
    told = Expected(segment_s=origin.ticks / SCALE, **expected)  # type: ignore[arg-type]
    input = Input(1, 1, Layer.ORIGIN, Kind.DASH, origin.url, level=level, expected=told)
    seen = Watched()
    async with Fetcher(now) as fetcher:
        task = asyncio.create_task(watch(input, Tools(input, fetcher, seen, spool=spool)))
        try:
            yield seen
            assert not task.done(), task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
