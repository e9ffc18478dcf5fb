"""Inspects a transport stream: a file of packets, a capture file, or what comes by UDP or RTP for some seconds."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from noc_console.errors import KnownError
from noc_console.media.pcap import is_capture
from noc_console.media.ts import packets
from noc_console.media.ts.analyser import Analyser
from noc_console.media.ts.details import details
from noc_console.media.ts.findings import findings_of
from noc_console.media.ts.grid import Grid
from noc_console.model import Finding
from noc_console.probes.inspected import Inspected, Progress
from noc_console.probes.read_ahead import pieces
from noc_console.probes.ts_proposal import proposal
from noc_console.probes.ts_reader import StreamReader, reader_of_heads

LOOKED_AT_BYTES = 64 * 1024
_CHUNK = 16 * 1024**2
_WORTH_COMPILED = 2_000_000_000  # bytes from which on compiled code wins back the time it takes to load
_MOST_FLOWS_TOLD = 20
_USUAL_S = 5.0


def path_of(source: str) -> Path | None:
    """Return the file a source names, None where it is an address."""
    if source.startswith("file:"):
        return Path(unquote(urlsplit(source).path))
    return None if "://" in source[:16] else Path(source)


def is_stream_file(path: Path) -> bool:
    """Say by its first bytes whether a file holds a transport stream or a capture."""
    try:
        with path.open("rb") as file:
            start = file.read(LOOKED_AT_BYTES)
    except (OSError, ValueError):
        return False
    if is_capture(start):
        return True
    grid = Grid()
    return bool(grid.feed(start)) or (path.suffix.lower() in (".ts", ".m2ts", ".mts", ".trp") and b"G" in start)


def inspect_file(path: Path, progress: Progress) -> Inspected:
    """Inspect a file at its own speed, in bounded memory; raises KnownError where it cannot be read."""
    try:
        with path.open("rb") as file:
            capture = is_capture(file.read(16))
        return _capture(path, progress) if capture else _packets(path, progress)
    except FileNotFoundError:
        raise KnownError(f"There is no file {path}.") from None
    except OSError as error:
        raise KnownError(f"{path} cannot be read: {error.strerror}.") from None


def _packets(path: Path, progress: Progress) -> Inspected:
    is_large = path.stat().st_size >= _WORTH_COMPILED
    reader = StreamReader(read_heads=reader_of_heads() if is_large else packets.read_heads)
    told = _Teller(path, progress)
    done = 0
    for piece in pieces(path, _CHUNK):
        for _ in reader.feed_untimed(piece):
            pass
        done += len(piece)
        told(done)
    for _ in reader.finish():
        pass
    if not reader.grid.packets:
        raise KnownError(f"{path} holds no transport stream: no five sync bytes stand on a grid.")
    return outcome(reader.analyser, reader.grid, {"file": str(path), "bytes": done, "trailing": reader.grid.trailing})


def _capture(path: Path, progress: Progress) -> Inspected:
    from noc_console.probes.ts_capture import FlowReader, flows_of, main_flow

    told = _Teller(path, progress, shares=2)
    flows = flows_of(path, told)
    flow = main_flow(flows, str(path))
    reader, source = StreamReader(read_heads=packets.read_heads), FlowReader(path, flow, flows[flow])
    told.next()
    for part in source.parts(told):
        for _ in reader.feed(part.data, part.begins, part.times):
            pass
    for _ in reader.finish():
        pass
    told_flows = sorted(flows.items(), key=lambda one: -one[1].streamed)[:_MOST_FLOWS_TOLD]
    facts: dict[str, Any] = {
        "file": str(path),
        "flow": str(flow),
        "protocol": "rtp" if source.order else "udp",
        "datagrams": flows[flow].datagrams,
        "cut_datagrams": flows[flow].cut,
        "rtp": rtp_form(source.order),
        "flows": [
            {"flow": str(one), "datagrams": found.datagrams, "is_stream": bool(found.streamed)}
            for one, found in told_flows
        ],
    }
    return outcome(reader.analyser, reader.grid, facts, rtp_findings(source.order))


def rtp_form(order: Any) -> dict[str, int] | None:
    """Return the counts of an RTP session as JSON, None where there is none."""
    return None if order is None else {name: getattr(order.counts, name) for name in order.counts.__slots__}


def rtp_findings(order: Any) -> tuple[Finding, ...]:
    """Return what is wrong with an RTP session as a whole: more than 0.1 % lost or out of order (R-062)."""
    if order is None:
        return ()
    counts = order.counts
    share = (counts.lost + counts.reordered) / max(1, counts.received + counts.lost)
    if share <= 0.001:
        return ()
    text = f"{counts.lost} RTP datagrams lost and {counts.reordered} out of order: {share:.2%}, limit 0.1 %."
    return (Finding("ts-rtp-loss", text, {"lost": counts.lost, "reordered": counts.reordered}),)


def outcome(analyser: Analyser, grid: Grid, source: Mapping[str, Any], more: tuple[Finding, ...] = ()) -> Inspected:
    """Return what an analysed stream is and what is wrong with it."""
    measures = analyser.tick(time.time())
    report = analyser.report()
    told = details(report)
    if grid.size:
        told["packet_size"] = grid.size
    told["source"] = dict(source)
    found = (*findings_of(report.errors, report.counts), *more)
    known = {finding.id for finding in found}
    # what is no counted error (bitrate, share of null packets, arrival) is told by the last second only
    lasting = tuple(finding for finding in measures.findings if finding.id not in known and "tr" not in finding.where)
    return Inspected((*found, *lasting), measures.metrics.get("ts", {}), told, proposal(told))


async def inspect_live(url: str, seconds: float, progress: Progress, keep: BinaryIO | None = None) -> Inspected:
    """Receive an address for so many seconds (0: five) and say what came; raises KnownError where nothing does.

    The packets go to `keep` too, where there is one.
    """
    from noc_console.probes.ts_inspect_live import received

    return await received(url, seconds or _USUAL_S, progress, keep)


class _Teller:
    """Turns bytes read into progress, at most a hundred times."""

    def __init__(self, path: Path, progress: Progress, shares: int = 1) -> None:
        self._size = max(1, path.stat().st_size)
        self._progress = progress
        self._shares = shares
        self._share = 0
        self._told = -1

    def next(self) -> None:
        """Begin the next reading of the file."""
        self._share += 1

    def __call__(self, done: int) -> None:
        ratio = (self._share + min(1.0, done / self._size)) / self._shares
        if int(ratio * 100) > self._told:
            self._told = int(ratio * 100)
            self._progress(ratio, "Reading packets")


async def inspect_file_aside(path: Path, progress: Progress) -> Inspected:
    """Inspect a file in a thread of its own."""
    from asyncio import to_thread

    return await to_thread(inspect_file, path, progress)
