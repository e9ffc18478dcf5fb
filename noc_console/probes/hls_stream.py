"""TS segments of one HLS rung through the analyser of transport streams: the checks that make sense over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from noc_console.media.hls import Segment
from noc_console.media.ts import packets
from noc_console.media.ts.analyser import Analyser, PacketError
from noc_console.media.ts.findings import findings_of
from noc_console.media.ts.grid import Grid
from noc_console.media.ts.profile import Profile
from noc_console.model import Finding, Severity

# how often tables and clocks come is a rule of broadcasting, which the segments of a playlist need not keep
JUDGED = frozenset(("1.1", "1.2", "1.4", "2.1", "2.2", "2.3.b", "2.5"))
_SEAMS = 3  # seams without a break before one is worth a word: many packagers begin each segment anew
_MARKS = {"1.4": 0, "2.3.b": packets.PCR, "2.5": packets.STARTS}
_PROFILE = Profile(buffers=False, si_rules=False)


@dataclass(frozen=True, slots=True)
class Judged:
    """What is wrong in a segment, and how many continuity errors are inside it."""

    findings: tuple[Finding, ...] = ()
    continuity_errors: int = 0


@dataclass(slots=True)
class SegmentStream:
    """The memory of one rung: segments that follow each other go through one analyser."""

    _analyser: Analyser = field(default_factory=lambda: Analyser(_PROFILE))
    _next: tuple[int, int] = (-1, -1)
    _packets: int = 0
    _seams: int = 0

    def judge(self, segment: Segment, body: bytes, place: Mapping[str, str | int | float]) -> Judged:
        """Judge one whole segment; `place` is where its findings are.

        Errors at its seam to the one before are told apart: a clock that starts anew there is the playlist's affair.
        """
        follows = self._next == (segment.sequence, segment.discontinuity_sequence) and not segment.is_discontinuity
        if not follows:
            self._analyser, self._packets, self._seams = Analyser(_PROFILE), 0, 0
        self._next = (segment.sequence + 1, segment.discontinuity_sequence)
        errors, counts, block = self._read(body)
        seam = _at_seam(errors, block, self._packets) if errors and follows else []
        self._packets += len(block)
        for one in seam:
            counts[one.indicator] -= one.weight
        inside = [one for one in errors if one not in seam]
        found = findings_of(inside, {indicator: count for indicator, count in counts.items() if count > 0})
        broken = sum(one.weight for one in seam if one.indicator == "1.4")
        told = [*found, *self._seam(broken, follows)]
        return Judged(tuple(_placed(one, place) for one in told), counts.get("1.4", 0))

    def _read(self, body: bytes) -> tuple[list[PacketError], dict[str, int], NDArray[np.uint8]]:
        grid, errors, counts = Grid(), list[PacketError](), dict[str, int]()
        blocks: list[NDArray[np.uint8]] = []
        for piece in (*grid.feed(body), *grid.finish()):
            batch = self._analyser.feed(piece.block, None, piece.events)
            blocks.append(piece.block)
            errors += (error for error in batch.errors if error.indicator in JUDGED)
            for indicator in JUDGED & batch.counts.keys():
                counts[indicator] = counts.get(indicator, 0) + batch.counts[indicator]
        block = blocks[0] if len(blocks) == 1 else np.concatenate([np.empty((0, packets.PACKET), np.uint8), *blocks])
        return errors, counts, block

    def _seam(self, broken: int, follows: bool) -> list[Finding]:
        if not follows:
            return []
        smooth, self._seams = self._seams, 0 if broken else self._seams + 1
        if not broken or smooth < _SEAMS:
            return []
        text = f"The continuity counters of {broken} PIDs do not follow on from the segment before."
        return [Finding("ts-cc", text, {"tr": "1.4", "priority": 1}, broken, Severity.WARNING)]


def _at_seam(errors: list[PacketError], block: NDArray[np.uint8], begin: int) -> list[PacketError]:
    """Return the errors that stand at the first packet of their kind in a segment: counter, clock or time stamp."""
    heads = packets.read_heads(block, packets.Continuity())
    return [one for one in errors if one.indicator in _MARKS and one.packet_index - begin <= _first(heads, one)]


def _first(heads: packets.Heads, error: PacketError) -> int:
    mark = _MARKS[error.indicator]
    rows = np.flatnonzero((heads.pid == error.pid) & ((heads.flags & mark) == mark))
    return int(rows[0]) if len(rows) else -1


def _placed(finding: Finding, place: Mapping[str, str | int | float]) -> Finding:
    return replace(finding, where={**finding.where, **place})
