"""The access log, the truth for "nothing missed": every request in a bounded ring, in tallies, in a file."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

POLLS = frozenset(("playlist", "mpd"))
_MOST_SEGMENTS = 1_000_000
_FLUSH_S = 1.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One request: when it was complete, what it was for, and what became of it; a reset has status 0."""

    n: int
    at: float
    channel: str
    what: str
    rung: str
    seq: int
    method: str
    status: int
    bytes: int
    duration_s: float
    fault: int
    path: str


@dataclass(slots=True)
class Tally:
    """What was asked of one rung: polls of its playlist, and segments fetched, by sequence number from `base` on."""

    polls: int = 0
    first_poll_at: float = 0.0
    last_poll_at: float = 0.0
    longest_gap_s: float = 0.0
    base: int = -1
    fetched: bytearray = field(default_factory=bytearray)
    headed: int = 0

    def poll(self, at: float) -> None:
        """Count one look at the playlist."""
        if self.polls:
            self.longest_gap_s = max(self.longest_gap_s, at - self.last_poll_at)
        else:
            self.first_poll_at = at
        self.polls += 1
        self.last_poll_at = at

    def fetch(self, seq: int) -> None:
        """Count one segment delivered; the first one sets the base, with room for older ones."""
        if self.base < 0:
            self.base = seq - 64
        place = seq - self.base
        if not 0 <= place < _MOST_SEGMENTS:
            return
        if place >= len(self.fetched):
            self.fetched.extend(bytes(place + 1 - len(self.fetched)))
        self.fetched[place] = 1

    def has(self, seq: int) -> bool:
        """Say whether a segment was delivered."""
        place = seq - self.base
        return self.base >= 0 and 0 <= place < len(self.fetched) and bool(self.fetched[place])


class AccessLog:
    """Keeps the newest requests, and tallies of all since the last reset."""

    def __init__(self, size: int, path: Path | None = None) -> None:
        self.tallies: dict[tuple[str, str], Tally] = {}
        self.total = 0
        self._flushed_at = 0.0
        self._ring: deque[Entry] = deque(maxlen=size)
        self._file: TextIOWrapper | None = path.open("a", encoding="utf-8") if path is not None else None

    def add(self, entry: Entry) -> None:
        """Take one entry."""
        self.total = entry.n
        self._ring.append(entry)
        if entry.channel:
            self._count(entry)
        if self._file is not None:
            self._write(self._file, entry)

    def after(self, n: int, channel: str = "", limit: int = 10_000) -> Iterator[Entry]:
        """Yield the entries after number `n`, oldest first."""
        first = self._ring[0].n if self._ring else 0
        newer = islice(self._ring, max(0, n + 1 - first), None)
        yield from islice((entry for entry in newer if channel in ("", entry.channel)), limit)

    def reset(self) -> None:
        """Begin a new watch: forget the tallies; the ring stays."""
        self.tallies.clear()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _write(self, file: TextIOWrapper, entry: Entry) -> None:
        file.write(json.dumps(asdict(entry)) + "\n")
        if entry.at - self._flushed_at > _FLUSH_S:
            self._flushed_at = entry.at
            file.flush()

    def _count(self, entry: Entry) -> None:
        key = (entry.channel, entry.rung)
        tally = self.tallies.get(key)
        if tally is None:
            if entry.status >= 400:
                return
            tally = self.tallies[key] = Tally()
        if entry.what in POLLS:
            tally.poll(entry.at)
        elif entry.what == "segment" and entry.status in (200, 206):
            if entry.method == "HEAD":
                tally.headed += 1
            else:
                tally.fetch(entry.seq)
