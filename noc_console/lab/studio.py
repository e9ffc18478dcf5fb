"""Makes the bytes of any segment at any sequence number from the encoded loops."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TypeVar

from noc_console.lab import transport
from noc_console.lab.encode import Look, nal_units
from noc_console.lab.options import TICKS, Grid
from noc_console.lab.schedule import Slot

T = TypeVar("T")
_STEP_BPS = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """What a rung needs on the wire: the peak over any one segment, and the average, rounded up to 10 kbit/s."""

    peak_bps: int
    average_bps: int

    @classmethod
    def of(cls, sizes: Sequence[int], grid: Grid) -> Rate:
        """Return the rate of a loop of GOPs with these sizes in bytes; single GOPs may be short segments."""
        count = grid.segment // grid.gop
        turn = [*sizes, *sizes]
        peak = max(sum(turn[at : at + count]) for at in range(len(sizes))) * 8 / grid.segment_s
        average = sum(sizes) * 8 / (len(sizes) * grid.gop / 25)
        return cls(ceil(peak / _STEP_BPS) * _STEP_BPS, ceil(average / _STEP_BPS) * _STEP_BPS)

    def worst(self, other: Rate) -> Rate:
        """Return the larger of both, for media that alternate."""
        return Rate(max(self.peak_bps, other.peak_bps), max(self.average_bps, other.average_bps))


class Studio:
    """Holds the looks, packs them when first asked for, and keeps the newest segments made."""

    def __init__(self, looks: Sequence[Look], keep: int = 256) -> None:
        self.looks = tuple(looks)
        self.grid = looks[0].grid
        self._packed: dict[tuple[str, int, int], object] = {}
        self._made: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._keep = keep

    def transport_segment(self, look: int, rung: int, slot: Slot) -> bytes:
        """Return a transport stream segment."""
        return self._remember(("ts", look, rung, slot), lambda: b"".join(self._transport(look, rung, slot)))

    def transport_rate(self, look: int, rung: int) -> Rate:
        """Return what a transport stream rung needs, with its audio."""
        return Rate.of([piece.data.size for piece in self._pieces(look, rung)], self.grid)

    def video_codec(self, look: int, rung: int) -> str:
        """Return the RFC 6381 name of the pictures, from the profile, constraints and level in the SPS."""
        sps = next(nal for nal in nal_units(self.looks[look].videos[rung].config) if nal[0] & 31 == 7)
        return f"avc1.{sps[1:4].hex()}"

    def _transport(self, look: int, rung: int, slot: Slot) -> Iterator[bytes]:
        pieces = self._pieces(look, rung)
        for frame in range(slot.media, slot.media + slot.frames, self.grid.gop):
            turn, rest = divmod(frame, self.grid.loop)
            shift = (turn * self.grid.loop + slot.stamp - slot.media) * TICKS
            yield transport.placed(pieces[rest // self.grid.gop], turn, shift)

    def _pieces(self, look: int, rung: int) -> tuple[transport.Piece, ...]:
        return self._packs(("ts", look, rung), lambda: transport.pack(self.looks[look], rung))

    def _packs(self, key: tuple[str, int, int], make: Callable[[], T]) -> T:
        if key not in self._packed:
            self._packed[key] = make()
        return self._packed[key]  # type: ignore[return-value]

    def _remember(self, key: tuple[object, ...], make: Callable[[], bytes]) -> bytes:
        if (made := self._made.get(key)) is not None:
            self._made.move_to_end(key)
            return made
        made = self._made[key] = make()
        if len(self._made) > self._keep:
            self._made.popitem(last=False)
        return made
