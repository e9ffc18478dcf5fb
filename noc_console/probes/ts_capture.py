"""The transport stream in a capture file: which flow carries it, its datagrams in order, with their times."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from noc_console.errors import KnownError
from noc_console.media import rtp
from noc_console.media.frames import Flow, datagram
from noc_console.media.pcap import CaptureReader, is_capture
from noc_console.media.rtp import RtpOrder

CHUNK = 1024**2
_MOST_FLOWS = 4096
_BATCH = 1024

Bytes = NDArray[np.uint8]
#: Told how many bytes of the file have been read.
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes of the stream in order, where each datagram begins in them, and when it came (Unix seconds)."""

    data: Bytes
    begins: NDArray[np.int64]
    times: NDArray[np.float64]


@dataclass(slots=True)
class Found:
    """One flow: its datagrams, how many of them look like a stream, how many were cut by the capture."""

    datagrams: int = 0
    streamed: int = 0
    cut: int = 0
    is_rtp: bool = False


def flows_of(path: Path, told: Told = lambda _: None) -> dict[Flow, Found]:
    """Return the UDP flows of a capture file; raises BadCapture, OSError."""
    flows: dict[Flow, Found] = {}
    for flow, payload, _, is_whole in _datagrams(path, told):
        found = flows.get(flow)
        if found is None:
            if len(flows) >= _MOST_FLOWS:
                continue
            found = flows[flow] = Found()
        found.datagrams += 1
        found.cut += not is_whole
        is_rtp = rtp.looks_like_rtp(payload)
        if is_rtp or looks_like_packets(payload):
            found.streamed += 1
            found.is_rtp = is_rtp
    return flows


def main_flow(flows: dict[Flow, Found], name: str) -> Flow:
    """Return the flow with the most datagrams of a stream; raises KnownError where there is none."""
    flow = max(flows, key=lambda one: flows[one].streamed, default=None)
    if flow is None or not flows[flow].streamed:
        raise KnownError(f"{name} holds no transport stream over UDP or RTP.")
    return flow


@contextmanager
def stream_of(path: Path) -> Iterator[Path]:
    """Give a file of the packets of the main flow of a capture, which goes afterwards; any other file as it is."""
    with path.open("rb") as file:
        if not is_capture(file.read(16)):
            yield path
            return
    flows = flows_of(path)
    flow = main_flow(flows, str(path))
    with tempfile.NamedTemporaryFile(prefix="noc-media-", suffix=".ts") as kept:
        for part in FlowReader(path, flow, flows[flow]).parts():
            kept.write(part.data.tobytes())
        kept.flush()
        yield Path(kept.name)


def looks_like_packets(payload: bytes) -> bool:
    """Say whether a datagram is transport packets side by side."""
    return payload[:1] == b"G" and any(len(payload) % size == 0 for size in (188, 192, 204))


class FlowReader:
    """Reads one flow of a capture file, RTP put in order."""

    def __init__(self, path: Path, flow: Flow, found: Found) -> None:
        self.order = RtpOrder() if found.is_rtp else None
        self._path = path
        self._flow = flow
        self._waiting: dict[int, tuple[bytes, float]] = {}
        self._number = 0

    def parts(self, told: Told = lambda _: None) -> Iterator[Part]:
        """Yield the stream in pieces; raises BadCapture, OSError."""
        some: list[tuple[bytes, float]] = []
        for flow, payload, at, _ in _datagrams(self._path, told):
            if flow != self._flow:
                continue
            some.append((payload, at))
            if len(some) >= _BATCH:
                yield self._part(some)
                some = []
        yield self._part(some)
        if self.order is not None:
            yield _joined([self._body(number) for number in self.order.settle().tolist()])

    def _part(self, some: list[tuple[bytes, float]]) -> Part:
        if self.order is None:
            return _joined(some)
        first = self._number
        whole = [(payload, at) for payload, at in some if len(payload) >= rtp.HEAD]
        self._number += len(whole)
        heads = np.frombuffer(b"".join(payload[: rtp.HEAD] for payload, _ in whole), np.uint8).reshape(-1, rtp.HEAD)
        if first == 0 and len(whole):
            media = next((payload for payload, _ in whole if rtp.looks_like_rtp(payload)), None)
            self.order.payload_type = media[1] & 0x7F if media else rtp.MP2T
        self._waiting |= {first + index: one for index, one in enumerate(whole)}
        given = [self._body(number) for number in self.order.take(heads, first).tolist()]
        while len(self._waiting) > 2 * rtp.WINDOW + _BATCH:  # what was doubled or no media is never asked for
            del self._waiting[next(iter(self._waiting))]
        return _joined(given)

    def _body(self, number: int) -> tuple[bytes, float]:
        payload, at = self._waiting.pop(number, (b"", 0.0))
        if len(payload) < rtp.HEAD:
            return b"", at
        body = np.frombuffer(payload, np.uint8)[None, rtp.HEAD :]
        begins, ends = rtp.starts(
            np.frombuffer(payload[: rtp.HEAD], np.uint8)[None], body, np.array([body.shape[1]], np.int32)
        )
        return payload[rtp.HEAD + int(begins[0]) : rtp.HEAD + int(ends[0])], at


def _datagrams(path: Path, told: Told) -> Iterator[tuple[Flow, bytes, float, bool]]:
    reader, done = CaptureReader(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            for frame in reader.feed(chunk):
                found = datagram(frame.link, frame.data)
                if found is not None:
                    yield found.flow, found.payload, frame.at, found.is_whole
            done += len(chunk)
            told(done)


def _joined(some: list[tuple[bytes, float]]) -> Part:
    lengths = np.array([len(payload) for payload, _ in some], np.int64)
    data = np.frombuffer(b"".join(payload for payload, _ in some), np.uint8)
    return Part(data, np.cumsum(lengths) - lengths, np.array([at for _, at in some], np.float64))
