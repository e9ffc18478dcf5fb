"""A lab small enough for tests: two tiny rungs, short segments, one look, and a clock that tests move by hand."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from noc_console.lab.options import LabOptions, RungSpec
from noc_console.lab.server import Lab, running

TINY = (RungSpec("v90", 160, 90, 60_000), RungSpec("v54", 96, 54, 30_000))
NOON = 1_790_000_000.0


@dataclass
class HandClock:
    """A clock that stands still until it is told to move."""

    at: float = NOON

    def __call__(self) -> float:
        return self.at


@dataclass(frozen=True)
class Answer:
    """What came back on the wire; status 0 when the connection broke before the head was complete."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_whole: bool = True

    @property
    def text(self) -> str:
        body = gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body
        return body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Bench:
    """A running lab, its clock, and a client that sees every byte."""

    lab: Lab
    clock: HandClock

    async def raw(self, data: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(self.lab.url.rsplit(":", 1)[1]))
        try:
            writer.write(data)
            return await reader.read()
        finally:
            writer.close()

    async def ask(self, path: str, method: str = "GET", body: Any = None, **headers: str) -> Answer:
        sent = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: lab", "Connection: close", f"Content-Length: {len(sent)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        try:
            got = await self.raw("\r\n".join(lines).encode() + b"\r\n\r\n" + sent)
        except ConnectionResetError:
            return Answer(0, is_whole=False)
        return parsed(got, method)

    async def text(self, path: str) -> str:
        answer = await self.ask(path)
        assert answer.status == 200, (path, answer)
        return answer.text

    async def fault(self, channel: str, fault: str, **more: Any) -> Any:
        answer = await self.ask("/api/faults", "POST", {"channel": channel, "fault": fault, **more})
        assert answer.status == 200, answer
        told = answer.json
        while "media" in told and not told["media"]["is_ready"]:
            running = (await self.ask("/api/faults")).json["running"]
            told = next(one for one in running if one["id"] == told["id"])
        return told


def parsed(got: bytes, method: str) -> Answer:
    head, _, body = got.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    whole = method == "HEAD" or len(body) == int(headers.get("content-length", 0))
    return Answer(int(first.split()[1]), headers, body, whole)


@pytest.fixture(scope="session")
def options(tmp_path_factory: pytest.TempPathFactory) -> LabOptions:
    return LabOptions(
        channels=4,
        segment_s=0.96,
        loop_s=1.92,
        looks=1,
        ladder=TINY,
        programme_segments=12,
        ad_segments=3,
        cache=tmp_path_factory.mktemp("looks"),
    )


Open = Callable[..., AbstractAsyncContextManager[Bench]]


@pytest.fixture
def opened(options: LabOptions) -> Open:
    @asynccontextmanager
    async def open_lab(log: Path | None = None, **changes: Any) -> AsyncIterator[Bench]:
        clock = HandClock()
        async with running(replace(options, log=log, **changes), clock) as lab:
            yield Bench(lab, clock)

    return open_lab


@pytest.fixture
async def bench(opened: Open) -> AsyncIterator[Bench]:
    async with opened() as made:
        yield made
