"""Which diagnostics there are: a name, where it is, how long it may take, and what it is called."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from noc_console.model import Input, Kind
from noc_console.probes.diagnostics.values import Examine, Impossible, Kit, Result, Target

_MOST_ROWS = 200
_MOST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Entry:
    """One diagnostic: its title for people, its module, its limit in seconds, and the kinds of input it is for.

    No kind at all: it looks at no input.
    """

    title: str
    module: str
    limit_s: float
    kinds: frozenset[Kind] = frozenset(Kind)

    def examine(self) -> Examine:
        """Return its function; the module is imported on first use."""
        found: Examine = importlib.import_module(f"noc_console.probes.diagnostics.{self.module}").examine
        return found


SERVED, STREAMED = frozenset({Kind.HLS, Kind.DASH}), frozenset({Kind.TS})
DIAGNOSTICS: Mapping[str, Entry] = {
    "http-waterfall": Entry("HTTP waterfall", "http_waterfall", 60.0, SERVED),
    "dns": Entry("DNS", "dns", 30.0, SERVED),
    "tls": Entry("TLS", "tls", 30.0, SERVED),
    "ping": Entry("Ping", "ping", 30.0),
    "path": Entry("Path", "path", 150.0),
    "multicast-join": Entry("Multicast join", "multicast_join", 15.0, STREAMED),
    "ts-health": Entry("TS health", "ts_health", 20.0, STREAMED),
    "playlist-check": Entry("Playlist check", "playlist_check", 120.0, SERVED),
    "ladder-check": Entry("Ladder check", "ladder_check", 120.0, SERVED),
    "loudness-trend": Entry("Loudness over 20 min", "loudness_trend", 20.0),
    "log-tail": Entry("Log", "log_tail", 20.0, frozenset()),
}


def fitting(name: str, entry: Input | None, others: Iterable[Input]) -> Input | None:
    """Return the input, or where a diagnostic is not for its kind the first of the others that it is for."""
    kinds = DIAGNOSTICS[name].kinds
    if entry is None or entry.kind in kinds:
        return entry
    return next((one for one in others if one.kind in kinds), entry)


async def run(name: str, target: Target, kit: Kit) -> Result:
    """Return what a diagnostic found; raises KnownError with one sentence where it found nothing out."""
    entry = DIAGNOSTICS[name]
    try:
        async with asyncio.timeout(entry.limit_s):
            result = await entry.examine()(target, kit)
    except TimeoutError:
        raise Impossible(f"{entry.title} was given up after {entry.limit_s:.0f} s.") from None
    return Result(result.fields, result.text[:_MOST_TEXT], list(result.rows)[:_MOST_ROWS], result.kept)
