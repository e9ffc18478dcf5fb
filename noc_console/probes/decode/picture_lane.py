"""One stream of pictures from stretch to stretch: decoded wholly or by its key pictures, and measured."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noc_console.media.es.format import Video
from noc_console.media.es.hevc_slice import key_quantiser
from noc_console.media.picture.frame_meter import LEAST_SIDE, FrameMeter
from noc_console.media.picture.quantiser import quantiser
from noc_console.media.stretch import FRAME, PictureStretch
from noc_console.probes.decode import formats
from noc_console.probes.decode.codecs import Shared
from noc_console.probes.decode.job import KEYFRAMES
from noc_console.probes.decode.picture_decoder import PictureDecoder
from noc_console.probes.decode.units import Lane, Track, Unit

MOST_FRAMES = 8192


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen in a stretch: the measures, and the newest key picture (the library's frame) for a thumbnail."""

    stretch: PictureStretch | None
    newest: Any = None
    newest_s: float = math.nan
    aspect: Fraction | None = None
    faults: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    """What the frames of a stretch have given so far."""

    broken: int = 0
    rows: list[np.void] = field(default_factory=list)
    newest: Any = None
    newest_s: float = math.nan


class PictureLane:
    """The decoder and meter of one track; they live as long as stretches follow each other."""

    def __init__(self, track: Track, shared: Shared) -> None:
        self.track = track
        self._decoder = PictureDecoder(track, shared)
        self._meter: FrameMeter | None = None
        self._meter_form: tuple[int, bool, bool] | None = None
        self._video: Video | None = None
        self._head = b""
        self._head_of: Unit | None = None
        self._key_quantiser = math.nan
        self._last_key_s = math.nan
        self._interval_s = 0.0
        self._frame_s = 0.0

    def measure(self, lane: Lane, mode: str, is_end: bool, is_over: Callable[[], bool]) -> Seen:
        """Decode and measure a stretch; `is_over` says that the time for it is used up."""
        units, faults = lane.units, list[str]()
        if not units:
            return Seen(None)
        self.track = lane.track
        known = None if self._video is None else self._video.is_interlaced
        wanted = self._decoder.begin(lane.track, units, mode, known)
        self._head_of = next((unit for unit in reversed(wanted) if unit.is_key), wanted[0] if wanted else None)
        key_s = {round(unit.pts_s * 1000) for unit in units if unit.is_key and not math.isnan(unit.pts_s)}
        found = _Found(broken=sum(unit.is_damaged for unit in units))
        for frame, is_whole in self._decoder.frames(wanted, is_end, is_over, faults):
            found.broken += not is_whole
            if frame is not None:
                self._look(frame, mode, key_s, found)
        aspect = self._decoder.end()
        if not found.rows and (found.broken or is_end):
            faults.append(f"None of the {len(units)} pictures of {self.track.name} could be decoded.")
        stretch = self._stretch(units, found.rows, mode, found.broken)
        return Seen(stretch, found.newest, found.newest_s, aspect, tuple(faults))

    def forget(self) -> None:
        """Begin cold: what comes next does not follow what came before."""
        self._decoder.forget()
        self._last_key_s = math.nan
        if self._meter is not None:
            self._meter.forget()

    def _look(self, frame: Any, mode: str, key_s: set[int], found: _Found) -> None:
        """Measure one frame."""
        at_s = self._time(frame, found.rows)
        is_key = round(at_s * 1000) in key_s or bool(frame.key_frame)
        if mode == KEYFRAMES and not is_key:
            return  # what followed a key picture was no field of it
        if self._video is None or self._head_of is not None:
            self._learn(self._head_of, frame)
            self._head_of = None
        row = self._row(frame, at_s, is_key)
        if row is None or len(found.rows) >= MOST_FRAMES:
            return
        found.rows.append(row)
        if is_key or found.newest is None:
            found.newest, found.newest_s = frame, at_s

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
        if any(unit.is_damaged for unit in units):
            self._last_key_s = keys[-1]  # the key pictures between were lost on the way, not left out by the encoder
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
