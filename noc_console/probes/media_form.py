"""The stable JSON of measured streams: what each is, its figures, and its freezes, blacks and silences."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from noc_console.media.formats.tellings import DOLBY_VISION, of_container, of_stream
from noc_console.media.formats.verdict import Verdict
from noc_console.media.loudness.summary import Summary
from noc_console.media.picture.mos import estimate
from noc_console.media.stretch import PictureStretch

if TYPE_CHECKING:
    from noc_console.probes.media_measure import Picture, Sound

_SOUND_FIGURES = ("integrated_lufs", "momentary_max_lufs", "short_term_max_lufs", "range_lu", "true_peak_dbtp")
_PICTURE_FIGURES = ("blockiness", "blur", "luma_mean", "luma_deviation", "combing")
Form = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One stream as it is told: its form, its metrics, and its spans by kind, counted from the start."""

    rung: str
    form: Form
    metrics: Mapping[str, float]
    spans: Mapping[str, list[Form]]


@dataclass(frozen=True, slots=True)
class Streams:
    """Tells streams; `start_s` is the stream's clock at the start of the file."""

    start_s: float
    languages: Mapping[str, str]
    container: Mapping[str, Form]

    def audio(self, rung: str, sound: Sound, summary: Summary) -> Told:
        """Return a stream of sound as it is told."""
        is_, seconds, told = sound.format, sound.heard_s, self.container.get(rung, {})
        figures = {name: _rounded(getattr(summary, name), 2) for name in _SOUND_FIGURES}
        form: Form = {
            "rung": rung,
            "codec": is_.codec,
            "profile": is_.profile,
            "sample_rate": is_.sample_rate,
            "channels": is_.channels,
            "layout": list(sound.layout),
            "language": self.languages.get(rung, ""),
            "atmos": is_.is_atmos or bool(told.get("atmos")),
            "bitrate_bps": round(sound.bits / seconds) if seconds else is_.bitrate_bps,
            "duration_s": round(seconds, 3),
            **figures,
            "phase_correlation": _rounded(summary.correlation, 3),
            "clipped_runs": summary.clipped_runs,
            "broken_frames": sound.broken,
            "text": is_.text,
        }
        silences = [
            _span(rung, one.start - self.start_s, one.length_s) for one in summary.silences if one.length_s > 0
        ]
        metrics = {f"audio.{name}": value for name, value in figures.items() if value is not None}
        return Told(rung, form, metrics, {"silence": silences})

    def video(self, rung: str, picture: Picture, whole: PictureStretch) -> Told:
        """Return a stream of pictures as it is told."""
        is_, told, frames = whole.format, self.container.get(rung, {}), whole.frames
        verdict = Verdict(of_stream(is_), of_container(told))
        form: Form = {
            "rung": rung,
            "codec": is_.codec,
            "profile": is_.profile,
            "level": is_.level,
            "width": is_.width,
            "height": is_.height,
            "frame_rate": round(is_.frame_rate, 3),
            "interlaced": is_.is_interlaced,
            "bit_depth": is_.bit_depth,
            "chroma": is_.chroma,
            "hdr": verdict.hdr,
            "dolby_vision": verdict.hdr == DOLBY_VISION,
            "dolby_vision_profile": verdict.dolby_vision,
            "hdr_told": {"stream": verdict.stream.text, "container": verdict.container.text},
            "container": dict(told),
            "captions": is_.has_captions,
            "bitrate_bps": round(picture.bits / picture.seen_s) if picture.seen_s else is_.bitrate_bps,
            "duration_s": round(picture.seen_s, 3),
            "frames": len(frames),
            "broken_frames": picture.broken,
            "key_interval_s": round(picture.newest.key_interval_s, 3),
            "text": is_.text,
            **{f"{name}_ratio": _mean(frames[name]) for name in _PICTURE_FIGURES},
        }
        spans = {
            name: [
                _span(rung, one.start_s - self.start_s, one.length_s)
                for one in (*picture.spans[name], *picture.open.get(name, ()))
            ]
            for name in picture.spans
        }
        frozen_s = sum(float(one["length_s"]) for one in spans["freeze"])
        scores = _scores(whole, frozen_s / picture.seen_s if picture.seen_s else 0.0)
        return Told(rung, {**form, **scores}, {f"video.{name}": value for name, value in scores.items()}, spans)


def _scores(whole: PictureStretch, frozen_ratio: float) -> dict[str, float]:
    """Return the estimate of quality and what it is made of; empty where nothing is known of the coding."""
    mos = estimate(whole, frozen_ratio=min(1.0, frozen_ratio)) if len(whole.frames) else None
    if mos is None:
        return {}
    scores = {"mos": mos.total, "mos_encoding": mos.encoding, "mos_size": mos.size}
    scores |= {"mos_motion": mos.motion, "mos_artefacts": mos.artefacts}
    return {name: round(value, 3) for name, value in scores.items() if math.isfinite(value)}


def longest(spans: Iterable[Form]) -> Form | None:
    """Return the longest span."""
    return max(spans, key=lambda one: float(one["length_s"]), default=None)


def _span(rung: str, start_s: float, length_s: float) -> Form:
    return {"rung": rung, "start_s": round(max(0.0, start_s), 3), "length_s": round(length_s, 3)}


def _mean(values: NDArray[Any]) -> float | None:
    known = values[np.isfinite(values)]
    return round(float(known.mean()), 4) if len(known) else None


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
