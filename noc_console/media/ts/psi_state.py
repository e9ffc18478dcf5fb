"""The memory of one table: which bytes were seen, when they last came, and when the next are due."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf

from noc_console.media.ts import tables
from noc_console.media.ts.outcome import PacketError
from noc_console.media.ts.sections import Assembler


@dataclass(slots=True)
class Stat:
    """Counts of one table over the whole stream."""

    sections: int = 0
    crc_errors: int = 0
    versions: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Watch:
    """The clock of a table that must keep coming: `due` is when its absence counts (again).

    An absence counts once when the limit has passed, and once more for every further limit (at least a second).
    """

    indicator: str
    pid: int
    what: str
    limit_s: float
    last: float
    due: float
    told: PacketError | None = None

    def rest(self) -> None:
        """Wait no more, until the table is there again."""
        self.due, self.told = inf, None

    @property
    def lasting(self) -> PacketError | None:
        """Return the absence that was told and has not ended."""
        return self.told if self.told is not None and self.told.at > self.last else None

    @property
    def again_s(self) -> float:
        """How long until a lasting absence counts once more."""
        return max(self.limit_s, 1.0)

    def overdue(self, at: float) -> int:
        """Return how many times the limit was passed until `at`, and move the due time on."""
        if self.due != self.due or self.last > at + self.limit_s:  # no clock until now, or it went back
            self.last, self.due = at, at + self.limit_s
            return 0
        if not at > self.due:
            return 0
        times = 1 + int((at - self.due) / self.again_s)
        self.due += times * self.again_s
        return times


@dataclass(slots=True)
class Beat:
    """When the last section of a sub-table ended."""

    last: float = -inf


@dataclass(slots=True)
class SubTable:
    """The sections of one table and extension: those of the version under way, and the last whole set."""

    version: int = -1
    last_number: int = -1
    parts: dict[int, bytes] = field(default_factory=dict)
    whole: tuple[bytes, ...] = ()

    def take(self, version: int, number: int, last_number: int, body: bytes) -> tuple[bytes, ...] | None:
        """Take a section; return the set it replaces (empty at first) once all sections of a new set are there."""
        if (version, last_number) != (self.version, self.last_number):
            self.version, self.last_number = version, last_number
            self.parts = {}
        self.parts[number] = body
        if len(self.parts) <= last_number:
            return None
        fresh = tuple(self.parts[at] for at in sorted(self.parts))
        if fresh == self.whole:
            return None
        before, self.whole = self.whole, fresh
        return before


@dataclass(slots=True)
class Known:
    """A section that came before: the same bytes again only move clocks and counters."""

    body: bytes
    number: int
    stat: Stat
    beat: Beat
    dense: str
    watch: Watch | None
    pair: list[float] | None = None
    table: SubTable | None = None


@dataclass(slots=True)
class Line:
    """One PID that carries sections: the section under way and the sections known by their first 12 bytes.

    `again` are payloads of packets that hold nothing but one whole section that is known.
    """

    pid: int
    assembler: Assembler = field(default_factory=Assembler)
    began: float = 0.0
    known: dict[bytes, Known] = field(default_factory=dict)
    again: dict[bytes, Known] = field(default_factory=dict)
    tables: dict[bytes, SubTable] = field(default_factory=dict)
    beats: dict[bytes, Beat] = field(default_factory=dict)

    def forget(self) -> None:
        """Let go of the sections known and of their tables: they are read anew."""
        self.known.clear()
        self.again.clear()
        self.tables.clear()


def sub_table(body: bytes) -> bytes:
    """Return what tells sub-tables apart: table, extension; SDT with its network; EIT with stream and network."""
    key = body[:1] + body[3:5]
    if 0x4E <= body[0] <= 0x6F:
        return key + body[8:12]
    return key + body[8:10] if body[0] in (tables.SDT_ACTUAL, tables.SDT_OTHER) else key
