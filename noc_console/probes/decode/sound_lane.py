"""One stream of sound from stretch to stretch: decoded, brought to 48 kHz, measured, its time told by its stamps."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from noc_console.media.es.format import Audio
from noc_console.media.loudness.channels import usual_layout
from noc_console.media.loudness.meter import SAMPLE_RATE, Meter
from noc_console.media.stretch import SoundStretch
from noc_console.probes.decode import formats
from noc_console.probes.decode.codecs import BROKEN, context_of
from noc_console.probes.decode.units import Lane, Track, Unit

Samples = NDArray[np.float32]
_HZ = 90_000
_BASE = Fraction(1, _HZ)
#: Time stamps further than this from where the samples end begin anew; nearer ones only pull gently.
JUMP_S = 0.015
_PULL = 0.1
_TOLD_S = 0.03
_MOST_FAULTS = 8
# the first frames of a decoder that starts in the middle miss what the frame before would have added to them
_PRIMING = {"aac": 1, "aac_latm": 1, "mp2": 1, "mp3": 2, "mp2float": 1, "mp3float": 2, "ac3": 1, "eac3": 1}
_MOST_PRIMING = 2


@dataclass(slots=True)
class _Run:
    """Samples that follow each other without a gap; `at_s` is the time of the first."""

    at_s: float
    layout: tuple[str, ...]
    parts: list[Samples] = field(default_factory=list)


class SoundLane:
    """The decoder, resampler and meter of one track; they live as long as stretches follow each other."""

    def __init__(self, track: Track) -> None:
        self.track = track
        self._context = context_of(track)
        self._resampler: Any = None
        self._layout: tuple[str, ...] = ()
        self._names: tuple[str, ...] = ()
        self._form = ""
        self._has_stamps = self._is_cold = False
        self._meter: Meter | None = None
        self._next_s = math.nan
        self._drops = 0 if track.context is not None else _PRIMING.get(track.decoder, 0)
        self._audio: Audio | None = None

    def measure(self, lane: Lane, is_end: bool = False) -> tuple[SoundStretch | None, list[str]]:
        """Return what was heard in a stretch, None where nothing was decoded, and what was missing."""
        runs: list[_Run] = []
        faults: list[str] = []
        broken = 0
        self._has_stamps = any(not math.isnan(unit.pts_s) for unit in lane.units)
        if lane.units and not math.isnan(self._next_s):
            self._pull(lane.units)
        for unit in lane.units:
            broken += not self._decode(unit, runs, faults)
        if is_end and self._resampler is not None:
            self._take_resampled(None, runs)
        blocks = self._metered(runs)
        if not blocks or self._audio is None:
            if broken or (self._audio is None and len(lane.units) > _MOST_PRIMING):
                faults.append(f"No sound of {self.track.name} could be decoded, of {len(lane.units)} frames.")
            return None, faults
        joined = np.concatenate(blocks) if len(blocks) > 1 else blocks[0]
        bits = 8 * sum(unit.size for unit in lane.units)
        start_s = runs[0].at_s
        audio = _with_rate(self._audio, bits, self._next_s - start_s)
        return SoundStretch(audio, start_s, self._next_s, joined, bits, broken, self._layout), faults

    def _metered(self, runs: list[_Run]) -> list[NDArray[np.void]]:
        """Return the blocks of runs; a run whose layout is another than the one before begins a new meter."""
        blocks = []
        for run in runs:
            if run.layout != self._layout or self._meter is None:
                self._layout, self._meter = run.layout, Meter(SAMPLE_RATE, run.layout)
            if run.parts:
                blocks.append(self._meter.feed(np.concatenate(run.parts, axis=1), run.at_s))
        return blocks

    def _decode(self, unit: Unit, runs: list[_Run], faults: list[str]) -> bool:
        """Decode one frame; return whether it was whole."""
        if not unit.data:
            return False
        packet = unit.packet
        if packet is None:
            packet = av.Packet(unit.data)
            packet.time_base = _BASE
            if not math.isnan(unit.pts_s):
                packet.pts = round(unit.pts_s * _HZ)
        try:
            decoded = self._context.decode(packet)
        except BROKEN:
            return False
        for frame in decoded:
            if self._drops:
                self._drops -= 1
                self._skip(frame)
                continue
            if frame.samples:
                self._take(frame, unit, runs, faults)
        return True

    def _skip(self, frame: Any) -> None:
        """Leave out a frame that lacks what came before it; the time goes on."""
        at_s = _at(frame)
        self._is_cold = True
        self._next_s = (self._next_s if math.isnan(at_s) else at_s) + frame.samples / frame.sample_rate

    def _take(self, frame: Any, unit: Unit, runs: list[_Run], faults: list[str]) -> None:
        at_s = _at(frame)
        if math.isnan(self._next_s):
            if math.isnan(at_s) and self._has_stamps:
                return  # the first time stamp comes later in this stretch
            self._next_s = 0.0 if math.isnan(at_s) else at_s
        form = f"{frame.format.name} {frame.layout.name} {frame.sample_rate}"
        if form != self._form:
            self._begin(frame, form, unit)
            runs.append(_Run(self._next_s, self._names))
        if not math.isnan(at_s) and abs(at_s - self._next_s) > JUMP_S:
            missing = at_s - self._next_s
            if abs(missing) > _TOLD_S and len(faults) < _MOST_FAULTS and not self._is_cold:
                faults.append(_gap(missing, self._next_s))
            self._next_s = at_s
            runs.append(_Run(at_s, self._names))
            self._resampler = _resampler(frame) if self._resampler is not None else None
        if not runs:
            runs.append(_Run(self._next_s, self._names))
        self._is_cold = False
        if self._resampler is None:
            self._add(_planes(frame), runs)
        else:
            self._take_resampled(frame, runs)

    def _take_resampled(self, frame: Any, runs: list[_Run]) -> None:
        if frame is not None:
            frame.pts = None
        for out in self._resampler.resample(frame):
            if out.samples and runs:
                self._add(_planes(out), runs)
        if frame is None:
            self._resampler = None
            self._form = ""

    def _add(self, samples: Samples, runs: list[_Run]) -> None:
        runs[-1].parts.append(samples)
        self._next_s += samples.shape[1] / SAMPLE_RATE

    def _begin(self, frame: Any, form: str, unit: Unit) -> None:
        """Begin with a format: the first one, or another than before."""
        names = tuple(channel.name for channel in frame.layout.channels)
        if not names or len(set(names)) != len(names) or any(name.startswith("UNSD") for name in names):
            names = usual_layout(frame.layout.nb_channels)
        self._form = form
        self._names = names
        is_ready = frame.format.name == "fltp" and frame.sample_rate == SAMPLE_RATE
        self._resampler = None if is_ready else _resampler(frame)
        self._audio = formats.audio(self.track, unit, self._context, names)

    def _pull(self, units: list[Unit]) -> None:
        """Follow the stream's clock gently: what samples count and stamps tell differs by parts per million."""
        first = next((unit for unit in units[:8] if not math.isnan(unit.pts_s)), None)
        if first is not None and first is units[0] and abs(first.pts_s - self._next_s) < JUMP_S:
            self._next_s += (first.pts_s - self._next_s) * _PULL


def _at(frame: Any) -> float:
    return float(frame.pts * frame.time_base) if frame.pts is not None and frame.time_base else math.nan


def _gap(missing_s: float, at_s: float) -> str:
    what = f"Sound is missing for {missing_s:.2f} s" if missing_s > 0 else f"Sound goes back by {-missing_s:.2f} s"
    return f"{what} at {at_s:.2f} s by the stream's clock."


def _resampler(frame: Any) -> Any:
    return av.AudioResampler(format="fltp", layout=frame.layout.name, rate=SAMPLE_RATE)


def _planes(frame: Any) -> Samples:
    """Return the samples (channels, n) of a planar frame; a copy, the frame's memory is the decoder's."""
    return np.stack([np.frombuffer(plane, np.float32, frame.samples) for plane in frame.planes])


def _with_rate(audio: Audio, bits: int, seconds: float) -> Audio:
    if audio.bitrate_bps or seconds <= 0:
        return audio
    return replace(audio, bitrate_bps=round(bits / seconds))
