"""Replays a file as if it came now: packets paced by their PCR, captures by their times, or as fast as it goes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np

from noc_console.errors import KnownError
from noc_console.media.pcap import is_capture
from noc_console.media.ts.grid import Grid
from noc_console.media.ts.pace import Pace
from noc_console.model import Finding
from noc_console.probes.tools import Tools
from noc_console.probes.ts_capture import FlowReader, Part, flows_of, main_flow
from noc_console.probes.ts_inspect import path_of
from noc_console.probes.ts_look import StreamLook
from noc_console.probes.ts_receiver import Receiver

_CHUNK = 128 * 1024
_SECOND_S = 1.0
_AGAIN_S = 30.0


class Replay:
    """One file under replay; its times are those of the stream, begun now."""

    receiver: Receiver | None = None

    def __init__(self, tools: Tools, path: Path, options: dict[str, str]) -> None:
        self._tools = tools
        self._path = path
        self._is_paced = options.get("pace", "pcr") != "file"
        self._is_endless = options.get("loop", "no") == "yes"
        self._look = StreamLook(tools, is_paced=self._is_paced)
        self._bytes = self._rounds = 0

    async def run(self) -> None:
        """Replay once, or round after round; raises KnownError, OSError where the file cannot be read."""
        while True:
            await self._round()
            self._rounds += 1
            self._tools.note(
                "event", {"kind": "ReplayEnded", "at": self._tools.now(), "text": f"{self._path} ended."}
            )
            if not self._is_endless:
                return
            self._look = StreamLook(self._tools, is_paced=self._is_paced)

    async def _round(self) -> None:
        began = told = self._tools.now()
        at = began
        capture = await asyncio.to_thread(_capture_of, self._path)
        for part in _captured(capture) if capture else _packets(self._path):
            self._bytes += len(part.data)
            times = began + part.times
            at = max(at, float(times[-1])) if len(times) else at
            await self._tools.sleep_until(at if self._is_paced else 0.0)
            self._look.take(self._look.reader.feed(part.data, part.begins, times))
            if at - told >= _SECOND_S:
                told = at
                self._look.tell(at, {}, ())
        self._look.take(self._look.reader.finish())
        self._look.tell(at + 1e-3, {}, ())

    def look(self, at: float) -> None:
        """Do nothing: a file is read at its own pace."""

    def packets(self, indicator: str, limit: int) -> list[dict[str, Any]]:
        """Return the newest counted errors as packets."""
        return self._look.newest_errors(indicator, limit)

    def report(self) -> dict[str, Any]:
        """Return everything known of the stream."""
        source = {"file": str(self._path), "protocol": "file", "bytes": self._bytes, "rounds": self._rounds}
        return {"source": source, **self._look.report()}


async def replay(tools: Tools) -> None:
    """Watch a `file:` input until cancelled."""
    path = path_of(tools.input.url)
    options = {name: values[-1] for name, values in parse_qs(urlsplit(tools.input.url).query).items()}
    reception = tools.reception
    if path is None or reception is None:
        raise KnownError("This file cannot be replayed here.")
    while True:
        one = Replay(tools, path, options)
        with reception.showing(tools.input.id, one):
            try:
                await one.run()
            except (KnownError, OSError) as error:
                text = str(error) if isinstance(error, KnownError) else f"{path} cannot be read: {error.strerror}."
                tools.look("ts", tools.now(), {}, (Finding("ts-join-failed", text, {"address": tools.input.url}),))
                await tools.sleep(_AGAIN_S)
                continue
            while True:  # what was found stays to be looked at
                await tools.sleep(_AGAIN_S)


def _capture_of(path: Path) -> FlowReader | None:
    """Return the stream of a capture file, None where the file is packets; raises KnownError, OSError."""
    if not path.is_file():  # no pipe, no device: they would hold up everything
        raise KnownError(f"There is no file {path}.")
    with path.open("rb") as file:
        if not is_capture(file.read(16)):
            return None
    flows = flows_of(path)
    flow = main_flow(flows, str(path))
    return FlowReader(path, flow, flows[flow])


def _packets(path: Path) -> Iterator[Part]:
    """Yield a file of packets in small pieces; times are seconds since its beginning."""
    grid, pace = Grid(), Pace()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            for piece in grid.feed(chunk):
                times = pace.times(piece.block)
                begins = np.arange(len(piece.block), dtype=np.int64) * 188
                yield Part(np.ascontiguousarray(piece.block).reshape(-1), begins, times)


def _captured(reader: FlowReader) -> Iterator[Part]:
    """Yield the stream of a capture in small pieces; times are seconds since its first datagram."""
    first: float | None = None
    for part in reader.parts():
        if len(part.times):
            first = float(part.times[0]) if first is None else first
            yield Part(part.data, part.begins, np.maximum(part.times - first, 0.0))
