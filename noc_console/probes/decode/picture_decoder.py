"""Decodes pictures wholly, or only the key pictures among them, with decoders that are bounded and shared."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import av

from noc_console.probes.decode import formats, keys
from noc_console.probes.decode.codecs import BROKEN, Shared, context_of
from noc_console.probes.decode.job import KEYFRAMES
from noc_console.probes.decode.units import Track, Unit

_HZ = 90_000
_BASE = Fraction(1, _HZ)


class PictureDecoder:
    """The library's decoder of one track; in keyframes mode one that it shares with others, as frames are large."""

    def __init__(self, track: Track, shared: Shared) -> None:
        self.track = track
        self._shared = shared
        self._mode = ""
        self._context: Any = None
        self._size: tuple[int, int, str | None] | None = None
        self._is_shared = False

    def begin(self, track: Track, units: list[Unit], mode: str, is_interlaced: bool | None) -> list[Unit]:
        """Return the units to decode, and be ready for them; `is_interlaced` None is not known yet.

        Raises Undecodable where the library has no decoder.
        """
        if mode != self._mode or track.context is not self.track.context:
            self._context = None  # what another mode holds, or the decoder of a file before, goes on with nothing
        self._mode, self.track = mode, track
        wanted = self._keys(units, is_interlaced) if mode == KEYFRAMES else [unit for unit in units if unit.data]
        if self._context is None:
            self._context = self._begun(wanted)
            if mode != KEYFRAMES:  # pictures before the first key picture refer to some that never came
                wanted = wanted[next((at for at, unit in enumerate(wanted) if unit.is_key), 0) :]
        return wanted

    def end(self) -> Fraction | None:
        """End a stretch: give a shared decoder back, and return the aspect of the pixels."""
        aspect: Fraction | None = self._context.sample_aspect_ratio
        if self._mode == KEYFRAMES:
            if self._is_shared:
                self._size = (self._context.width, self._context.height, self._context.pix_fmt)
                self._shared.give(self.track, self._size, self._context)
            self._context = None
        return aspect

    def forget(self) -> None:
        """Begin cold."""
        self._context = None

    def frames(
        self, units: list[Unit], is_end: bool, is_over: Callable[[], bool], faults: list[str]
    ) -> Iterator[tuple[Any, bool]]:
        """Yield decoded frames in order of presentation, and None with False for what could not be decoded."""
        for number, unit in enumerate(units):
            if is_over():
                faults.append(f"Decoding took too long: {len(units) - number} pictures were left out.")
                return
            for frame, is_whole in self._decoded(_packet(unit)):
                if frame is not None or unit.is_key or self._mode != KEYFRAMES:
                    yield frame, is_whole
        if self._mode == KEYFRAMES or is_end:
            yield from self._decoded(None)
            if self._mode != KEYFRAMES:
                self._context.flush_buffers()

    def _decoded(self, packet: Any) -> Iterator[tuple[Any, bool]]:
        try:
            frames = self._context.decode(packet)
        except av.EOFError:
            return
        except BROKEN:
            yield None, False
            return
        for frame in frames:
            yield frame, not frame.is_corrupt

    def _keys(self, units: list[Unit], is_interlaced: bool | None) -> list[Unit]:
        """Return the key pictures; of an interlaced one also what follows it, which may be its second field."""
        whole = [(number, unit) for number, unit in enumerate(units) if unit.is_key and unit.data]
        if not whole or self.track.codec != "avc1" or self.track.is_prefixed:
            return [unit for _, unit in whole]
        if not (self._is_interlaced(whole[0][1]) if is_interlaced is None else is_interlaced):
            return [unit for _, unit in whole]
        pairs = [units[number : number + 2] for number, _ in whole]
        return [unit for pair in pairs for unit in pair if unit.data]

    def _is_interlaced(self, unit: Unit) -> bool:
        found = formats.told(self.track, formats.headers(self.track, unit))
        return found is not None and found.is_interlaced

    def _begun(self, wanted: list[Unit]) -> Any:
        """Return a decoder: a shared one for key pictures that bring all they need."""
        is_whole = bool(self.track.extradata) or (bool(wanted) and keys.has_sets(self.track.codec, wanted[0].data))
        self._is_shared = self._mode == KEYFRAMES and is_whole and self.track.context is None
        return self._shared.take(self.track, self._size) if self._is_shared else context_of(self.track)


def _packet(unit: Unit) -> Any:
    if unit.packet is not None:
        return unit.packet
    packet = av.Packet(unit.data)
    packet.time_base = _BASE
    if not math.isnan(unit.pts_s):
        packet.pts = round(unit.pts_s * _HZ)
    return packet
