"""Makes sound for tests: tones as EBU Tech 3341 and 3342 describe them, noise, and what the meter says of it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from noc_console.media.es.format import Audio
from noc_console.media.loudness.meter import Meter
from noc_console.media.stretch import SoundStretch

RATE = 48_000
STEREO = ("FL", "FR")
Samples = NDArray[np.float32]


def tone(parts: Iterable[tuple[float, float | None]], hertz: float = 1000.0) -> NDArray[np.float64]:
    """Return one channel of parts (seconds, dBFS; None is silence), the phase going on from part to part."""
    levels = [
        np.full(round(seconds * RATE), 0.0 if level is None else 10 ** (level / 20)) for seconds, level in parts
    ]
    amplitude = np.concatenate(levels)
    return np.asarray(amplitude * np.sin(2 * np.pi * hertz * np.arange(len(amplitude)) / RATE))


def stereo(parts: Iterable[tuple[float, float | None]]) -> Samples:
    return np.asarray(np.tile(tone(parts), (2, 1)), np.float32)


def programme(seconds: float, seed: int, channels: int = 2) -> Samples:
    """Return coloured noise whose level wanders by 30 dB, channels alike in part, as speech and music are."""
    dice = np.random.default_rng(seed)
    size = round(seconds * RATE)
    white = dice.standard_normal((channels, size)) + dice.standard_normal(size)
    spectrum = np.fft.rfft(white, axis=1)
    hertz = np.maximum(np.fft.rfftfreq(size, 1 / RATE), 1.0)
    coloured = np.fft.irfft(spectrum / (1 + hertz / 400), size, axis=1)
    coloured /= coloured.std()
    knots = dice.uniform(-45, -15, int(seconds) + 2)
    level = np.interp(np.arange(size) / RATE, np.arange(len(knots)), knots)
    return np.asarray(coloured * 10 ** (level / 20), np.float32)


def blocks_of(samples: Samples, layout: tuple[str, ...] = STEREO, at_s: float = 0.0) -> NDArray[np.void]:
    return Meter(RATE, layout).feed(samples, at_s)


def stretch_of(blocks: NDArray[np.void], layout: tuple[str, ...] = STEREO) -> SoundStretch:
    start_s = float(blocks["at_s"][0]) if len(blocks) else 0.0
    return SoundStretch(
        Audio("aac", "", RATE, len(layout)), start_s, start_s + len(blocks) / 100, blocks, layout=layout
    )
