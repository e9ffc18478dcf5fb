"""Makes the bytes of any segment at any sequence number from the encoded loops."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import repeat
from math import ceil
from typing import TypeVar

from noc_console.lab import boxes, fragments, hevc, transport
from noc_console.lab.encode import Look, nal_units
from noc_console.lab.options import (
    AAC_SAMPLES,
    FRAME_RATE,
    SAMPLE_RATE,
    SAMPLES,
    TICKS,
    Grid,
    RungSpec,
    audio_frames,
)
from noc_console.lab.schedule import Slot
from noc_console.lab.wardrobe import HEALTHY, Dress, Wardrobe

T = TypeVar("T")
Dresses = tuple[Dress, ...]
AUDIO = "audio"
AUDIO_CODEC = "mp4a.40.2"
_STEP_BPS = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """What a rung needs on the wire: the peak over any segment, and the average, rounded up to 10 kbit/s."""

    peak_bps: int
    average_bps: int

    @classmethod
    def of(cls, sizes: Sequence[int], grid: Grid) -> Rate:
        """Return the rate of a loop of GOPs with these sizes in bytes.

        RFC 8216, 4.1: the peak is the largest over contiguous media of half to one and a half target durations.
        """
        count, gop_s = grid.segment // grid.gop, grid.gop / FRAME_RATE
        turn = [*sizes, *sizes, *sizes]
        peak = max(
            sum(turn[at : at + length]) * 8 / (length * gop_s)
            for at in range(len(sizes))
            for length in range(ceil(count / 2), count * 3 // 2 + 1)
        )
        return cls(_rounded(peak), _rounded(sum(sizes) * 8 / (len(sizes) * gop_s)))

    def worst(self, other: Rate) -> Rate:
        """Return the larger of both, for media that alternate."""
        return Rate(max(self.peak_bps, other.peak_bps), max(self.average_bps, other.average_bps))

    def plus(self, other: Rate) -> Rate:
        """Return the sum, for media that are played together."""
        return Rate(self.peak_bps + other.peak_bps, self.average_bps + other.average_bps)


class Studio:
    """Holds the looks, packs them when first asked for, and keeps the newest segments made."""

    def __init__(self, looks: Sequence[Look], keep: int = 256) -> None:
        self.looks = tuple(looks)
        self.wardrobe = Wardrobe(self.looks)
        self.grid = looks[0].grid
        self._packed: dict[tuple[str, int, str, Dress], object] = {}
        self._made: OrderedDict[tuple[bool, int, str, Slot, Dresses], bytes] = OrderedDict()
        self._keep = keep

    @property
    def ladder(self) -> tuple[RungSpec, ...]:
        """Return the picture sizes, largest first."""
        return self.looks[0].rungs

    @cached_property
    def iframe_rung(self) -> str:
        """Return the rung whose key frames the I-frame playlist points at."""
        return self.ladder[len(self.ladder) // 2].name

    def has(self, rung: str, is_transport: bool) -> bool:
        """Say whether a rung of this name exists; sound is a rung of its own in fMP4 only."""
        return (rung == AUDIO and not is_transport) or any(spec.name == rung for spec in self.ladder)

    def segment(self, is_transport: bool, look: int, rung: str, slot: Slot, dresses: Dresses = ()) -> bytes:
        """Return a segment, as transport stream with its sound or as fMP4 of one track.

        `dresses` tell what is ill in each of its GOPs; without them all is healthy.
        """
        key = (is_transport, look, rung, slot, dresses)
        if (made := self._made.get(key)) is not None:
            self._made.move_to_end(key)
            return made
        make = self._transport if is_transport else self._fragments
        made = self._made[key] = b"".join(make(look, rung, slot, dresses))
        if len(self._made) > self._keep:
            self._made.popitem(last=False)
        return made

    def prepare(self, is_transport: bool, look: int, dress: Dress) -> None:
        """Make what segments of a look under these ills are cut from; takes a while, in any thread."""
        for spec in self.ladder:
            if is_transport:
                self._pieces(look, spec.name, dress)
            else:
                self._movie(look, spec.name, dress)
        if not is_transport:
            self._movie(look, AUDIO, dress)

    def init(self, look: int, rung: str) -> bytes:
        """Return the initialisation segment of an fMP4 rung."""
        if rung == AUDIO:
            return boxes.audio_init(self.looks[look].audio.config)
        spec = self.ladder[self._index(rung)]
        make = hevc.init if self.looks[look].is_hdr else boxes.video_init
        return make(self.looks[look].videos[self._index(rung)].config, spec.width, spec.height)

    def rate(self, is_transport: bool, look: int, rung: str) -> Rate:
        """Return what a rung needs on the wire."""
        sizes: list[int]
        if is_transport:
            sizes = [piece.data.size for piece in self._pieces(look, rung)]
        else:
            sizes = [len(piece.data) + len(boxes.SEGMENT_TYPE) for piece in self._movie(look, rung)]
        return Rate.of(sizes, self.grid)

    def codec(self, look: int, rung: str) -> str:
        """Return the RFC 6381 name of a rung; of pictures from profile, constraints and level in the SPS."""
        if rung == AUDIO:
            return AUDIO_CODEC
        config = self.looks[look].videos[self._index(rung)].config
        if self.looks[look].is_hdr:
            return hevc.name(config)
        sps = next(nal for nal in nal_units(config) if nal[0] & 31 == 7)
        return f"avc1.{sps[1:4].hex()}"

    def key_frames(self, is_transport: bool, look: int, rung: str, slot: Slot) -> list[tuple[int, int]]:
        """Return offset and length of each GOP's head up to the end of its key frame, within the segment."""
        pieces = self._pieces(look, rung) if is_transport else self._movie(look, rung)
        at = 0 if is_transport else len(boxes.SEGMENT_TYPE)
        found = []
        for frame in range(slot.media, slot.media + slot.frames, self.grid.gop):
            piece = pieces[frame % self.grid.loop // self.grid.gop]
            found.append((at, piece.key_bytes))
            at += len(piece.data)
        return found

    def _transport(self, look: int, rung: str, slot: Slot, dresses: Dresses) -> Iterator[bytes]:
        for (turn, gop), dress in zip(self._gops(slot), dresses or repeat(HEALTHY), strict=False):
            shift = (turn * self.grid.loop + slot.stamp - slot.media) * TICKS
            yield transport.placed(self._pieces(look, rung, dress)[gop], turn, shift)

    def _fragments(self, look: int, rung: str, slot: Slot, dresses: Dresses) -> Iterator[bytes]:
        scale = SAMPLES if rung == AUDIO else TICKS
        yield boxes.SEGMENT_TYPE
        for (turn, gop), dress in zip(self._gops(slot), dresses or repeat(HEALTHY), strict=False):
            shift = (turn * self.grid.loop + slot.stamp - slot.media) * scale
            if rung == AUDIO:
                shift += round(dress.late_ms * SAMPLE_RATE / 1000)
            yield fragments.placed(self._movie(look, rung, dress)[gop], turn * self.grid.gops + gop + 1, shift)

    def _gops(self, slot: Slot) -> Iterator[tuple[int, int]]:
        """Yield the turn of the loop and the number of each GOP within it."""
        for frame in range(slot.media, slot.media + slot.frames, self.grid.gop):
            turn, rest = divmod(frame, self.grid.loop)
            yield turn, rest // self.grid.gop

    def _index(self, rung: str) -> int:
        return next(index for index, spec in enumerate(self.ladder) if spec.name == rung)

    def _pieces(self, look: int, rung: str, dress: Dress = HEALTHY) -> tuple[transport.Piece, ...]:
        late = round(dress.late_ms * 90)
        like = () if dress == HEALTHY else self._pieces(look, rung)
        worn = self.wardrobe.dressed(look, dress)
        return self._packs(("ts", look, rung, dress), lambda: transport.pack(worn, self._index(rung), like, late))

    def _movie(self, look: int, rung: str, dress: Dress = HEALTHY) -> tuple[fragments.Fragment, ...]:
        # the tracks are apart: what ails the other one does not matter
        dress = replace(dress, picture=None, late_ms=0.0) if rung == AUDIO else Dress(dress.picture)
        worn = self.wardrobe.dressed(look, dress)
        if rung == AUDIO:
            return self._packs(("mp4", look, rung, dress), lambda: fragments.pack_audio(worn))
        return self._packs(("mp4", look, rung, dress), lambda: fragments.pack_video(worn, self._index(rung)))

    def _packs(self, key: tuple[str, int, str, Dress], make: Callable[[], T]) -> T:
        if key not in self._packed:
            self._packed[key] = make()
        return self._packed[key]  # type: ignore[return-value]


def audio_span(slot: Slot) -> tuple[int, int]:
    """Return the first sample of a slot's sound and its length, in samples on the stamps' time line."""
    first, end = audio_frames(slot.media), audio_frames(slot.media + slot.frames)
    return first * AAC_SAMPLES + (slot.stamp - slot.media) * SAMPLES, (end - first) * AAC_SAMPLES


def duration_s(slot: Slot, rung: str) -> float:
    """Return how long a segment of a rung lasts; sound comes in whole AAC frames."""
    return audio_span(slot)[1] / SAMPLE_RATE if rung == AUDIO else slot.frames / FRAME_RATE


def lead_s(slot: Slot, rung: str) -> float:
    """Return by how much a segment's first sample is later than the slot's start."""
    if rung != AUDIO:
        return 0.0
    return (audio_frames(slot.media) * AAC_SAMPLES - slot.media * SAMPLES) / SAMPLE_RATE


def _rounded(bps: float) -> int:
    return ceil(bps / _STEP_BPS) * _STEP_BPS
