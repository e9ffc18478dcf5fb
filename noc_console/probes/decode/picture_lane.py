"""One stream of pictures from stretch to stretch: decoded wholly or by its key pictures, and measured."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from noc_console.media.es.format import Video
from noc_console.media.es.hevc_slice import key_quantiser
from noc_console.media.picture.frame_meter import LEAST_SIDE, FrameMeter
from noc_console.media.picture.quantiser import quantiser
from noc_console.media.stretch import FRAME, PictureStretch
from noc_console.probes.decode import formats, keys
from noc_console.probes.decode.codecs import BROKEN, Shared, context_of
from noc_console.probes.decode.job import KEYFRAMES
from noc_console.probes.decode.units import Lane, Track, Unit

_HZ = 90_000
_BASE = Fraction(1, _HZ)
MOST_FRAMES = 8192


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen in a stretch: the measures, and the newest key picture (the library's frame) for a thumbnail."""

    stretch: PictureStretch | None
    newest: Any = None
    newest_s: float = math.nan
    aspect: Fraction | None = None
    faults: tuple[str, ...] = ()


class PictureLane:
    """The decoder and meter of one track. In keyframes mode decoders are shared: their frames are large."""

    def __init__(self, track: Track, shared: Shared) -> None:
        self.track = track
        self._shared = shared
        self._context: Any = None
        self._meter: FrameMeter | None = None
        self._meter_form: tuple[int, bool, bool] | None = None
        self._video: Video | None = None
        self._head = b""
        self._mode = ""
        self._key_quantiser = math.nan
        self._size: tuple[int, int, str | None] | None = None
        self._is_shared = False
        self._last_key_s = math.nan
        self._interval_s = 0.0
        self._frame_s = 0.0

    def measure(self, lane: Lane, mode: str, is_end: bool, is_over: Callable[[], bool]) -> Seen:
        """Decode and measure a stretch; `is_over` says that the time for it is used up."""
        units, faults = lane.units, list[str]()
        if not units:
            return Seen(None)
        wanted = [unit for unit in units if unit.data] if mode != KEYFRAMES else self._keys(units)
        if mode != self._mode or lane.track.context is not None:
            self._context = None  # what another mode holds, or the decoder of a file before, goes on with nothing
        self._mode, self.track = mode, lane.track
        if self._context is None:
            self._context = self._begun(mode, wanted)
            if mode != KEYFRAMES:  # pictures before the first key picture refer to some that never came
                wanted = wanted[next((at for at, unit in enumerate(wanted) if unit.is_key), 0) :]
        key_s = {round(unit.pts_s * 1000) for unit in units if unit.is_key and not math.isnan(unit.pts_s)}
        rows: list[np.void] = []
        newest, newest_s, broken = None, math.nan, sum(unit.is_damaged for unit in units)
        head = next((unit for unit in reversed(wanted) if unit.is_key), wanted[0] if wanted else None)
        for frame, is_whole in self._frames(wanted, mode, is_end, is_over, faults):
            broken += not is_whole
            if frame is None:
                continue
            at_s = self._time(frame, rows)
            is_key = round(at_s * 1000) in key_s or bool(frame.key_frame)
            if mode == KEYFRAMES and not is_key:
                continue  # what followed a key picture was no field of it
            if self._video is None or head is not None:
                self._learn(head, frame)
                head = None
            row = self._row(frame, at_s, is_key)
            if row is None or len(rows) >= MOST_FRAMES:
                continue
            rows.append(row)
            if is_key or newest is None:
                newest, newest_s = frame, at_s
        aspect = self._context.sample_aspect_ratio
        if mode == KEYFRAMES:
            self._give_back()
        if not rows and (broken or is_end):
            faults.append(f"None of the {len(units)} pictures of {self.track.name} could be decoded.")
        stretch = self._stretch(units, rows, mode, broken)
        return Seen(stretch, newest, newest_s, aspect, tuple(faults))

    def forget(self) -> None:
        """Begin cold: what comes next does not follow what came before."""
        self._context = None
        self._last_key_s = math.nan
        if self._meter is not None:
            self._meter.forget()

    def _keys(self, units: list[Unit]) -> list[Unit]:
        """Return the key pictures; of an interlaced one also what follows it, which may be its second field."""
        whole = [(number, unit) for number, unit in enumerate(units) if unit.is_key and unit.data]
        if not whole or self.track.codec != "avc1" or self.track.is_prefixed or not self._is_interlaced(whole[0][1]):
            return [unit for _, unit in whole]
        pairs = [units[number : number + 2] for number, _ in whole]
        return [unit for pair in pairs for unit in pair if unit.data]

    def _is_interlaced(self, unit: Unit) -> bool:
        if self._video is not None:
            return self._video.is_interlaced
        found = formats.told(self.track, formats.headers(self.track, unit))
        return found is not None and found.is_interlaced

    def _begun(self, mode: str, wanted: list[Unit]) -> Any:
        """Return a decoder: a shared one for key pictures that bring all they need."""
        is_whole = bool(self.track.extradata) or (bool(wanted) and keys.has_sets(self.track.codec, wanted[0].data))
        self._is_shared = mode == KEYFRAMES and is_whole and self.track.context is None
        return self._shared.take(self.track, self._size) if self._is_shared else context_of(self.track)

    def _give_back(self) -> None:
        if self._is_shared:
            self._size = (self._context.width, self._context.height, self._context.pix_fmt)
            self._shared.give(self.track, self._size, self._context)
        self._context = None

    def _frames(
        self, units: list[Unit], mode: str, is_end: bool, is_over: Callable[[], bool], faults: list[str]
    ) -> Iterator[tuple[Any, bool]]:
        """Yield decoded frames in order of presentation, and None with False for what could not be decoded."""
        for number, unit in enumerate(units):
            if is_over():
                faults.append(f"Decoding took too long: {len(units) - number} pictures were left out.")
                return
            for frame, is_whole in self._decoded(_packet(unit)):
                if frame is not None or unit.is_key or mode != KEYFRAMES:
                    yield frame, is_whole
        if mode == KEYFRAMES or is_end:
            yield from self._decoded(None)
            if self._context is not None and mode != KEYFRAMES:
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

    def _time(self, frame: Any, rows: list[np.void]) -> float:
        if frame.pts is not None and frame.time_base:
            return float(frame.pts * frame.time_base)
        last = float(rows[-1]["at_s"]) if rows else 0.0
        return last + (self._frame_s or 0.04)

    def _learn(self, unit: Unit | None, frame: Any) -> None:
        """Take the format from the key picture's headers, where they are others than before."""
        head = formats.headers(self.track, unit) if unit is not None else b""
        if self._video is None or head != self._head:
            self._head = head
            self._key_quantiser = key_quantiser(head) if self.track.codec == "hvc1" else math.nan
            self._video = formats.video(self.track, head, frame)

    def _row(self, frame: Any, at_s: float, is_key: bool) -> np.void | None:
        plane = luma(frame)
        if plane is None or min(plane.shape) < LEAST_SIDE or self._video is None:
            return None
        depth = frame.format.components[0].bits
        form = (depth, int(frame.color_range) == 2, bool(frame.interlaced_frame) or self._video.is_interlaced)
        if self._meter is None or form != self._meter_form:
            self._meter, self._meter_form = FrameMeter(*form), form
        coarse = quantiser(frame)
        # of H.265 the library tells nothing: the newest key picture's own slice does
        coarse = self._key_quantiser if is_key and math.isnan(coarse) else coarse
        return self._meter.measure(plane, at_s, is_key, coarse)

    def _stretch(self, units: list[Unit], rows: list[np.void], mode: str, broken: int) -> PictureStretch | None:
        times = np.sort(np.array([unit.pts_s for unit in units if not math.isnan(unit.pts_s)]))
        if len(times) > 2:
            self._frame_s = float(np.median(np.diff(times)))
        self._interval(units)
        if self._video is None:
            return None
        frames = np.array(rows, FRAME) if rows else np.zeros(0, FRAME)
        if mode != KEYFRAMES and len(frames):
            times = frames["at_s"]
        if not len(times):
            return None
        start_s, end_s = float(times.min()), float(times.max()) + self._frame_s
        bits = 8 * sum(unit.size for unit in units)
        key_bits = 8 * sum(unit.size for unit in units if unit.is_key)
        video = self._told(bits, len(units))
        return PictureStretch(video, mode, start_s, end_s, frames, bits, self._interval_s, broken, key_bits)

    def _told(self, bits: int, count: int) -> Video:
        """Return the format with the frame rate of the time stamps, where the stream itself tells none."""
        assert self._video is not None
        rate = self._video.frame_rate or (round(1 / self._frame_s, 2) if self._frame_s else 0.0)
        seconds = count * self._frame_s
        bitrate = self._video.bitrate_bps or (round(bits / seconds) if seconds else 0)
        return replace(self._video, frame_rate=rate, bitrate_bps=bitrate)

    def _interval(self, units: list[Unit]) -> None:
        keys = [unit.pts_s for unit in units if unit.is_key and not math.isnan(unit.pts_s)]
        if not keys:
            return
        told = [*([] if math.isnan(self._last_key_s) else [self._last_key_s]), *keys]
        steps = np.diff(told)
        if len(steps):
            self._interval_s = float(np.median(steps[steps > 0])) if (steps > 0).any() else 0.0
        self._last_key_s = keys[-1]


def luma(frame: Any) -> NDArray[np.uint8] | NDArray[np.uint16] | None:
    """Return the luma plane (h, w) of a frame as a view, None where the picture has none (RGB, hardware)."""
    format = frame.format
    if format.is_rgb or not format.components or not frame.planes:
        return None
    wide = format.components[0].bits > 8
    if format.name not in _PLANAR and not format.name.startswith(("yuv4", "yuvj4", "gray", "nv12", "p010")):
        return None
    plane = frame.planes[0]
    kind = np.dtype(np.uint16 if wide else np.uint8)
    line = plane.line_size // kind.itemsize
    whole = np.frombuffer(plane, kind, line * frame.height).reshape(frame.height, line)
    view: NDArray[np.uint8] | NDArray[np.uint16] = whole[:, : frame.width]
    return view


_PLANAR = frozenset({"yuv420p", "yuv422p", "yuv444p", "yuvj420p"})


def _packet(unit: Unit) -> Any:
    if unit.packet is not None:
        return unit.packet
    packet = av.Packet(unit.data)
    packet.time_base = _BASE
    if not math.isnan(unit.pts_s):
        packet.pts = round(unit.pts_s * _HZ)
    return packet
