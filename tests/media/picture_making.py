"""Moving pictures made by hand, measured and cut into stretches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from noc_console.media.es.format import Video
from noc_console.media.picture import FrameMeter, Known, PictureWatch, Seen
from noc_console.media.stretch import FRAME, PictureStretch

WIDTH, HEIGHT, RATE = 320, 240, 25
Picture = NDArray[np.uint8]


def texture(seed: int = 0, width: int = WIDTH * 3, height: int = HEIGHT * 2) -> Picture:
    """A landscape as a camera sees it: waves of all lengths, the long ones strong."""
    waves = np.hypot(np.fft.fftfreq(height)[:, None] * height, np.fft.rfftfreq(width)[None, :] * width)
    waves[0, 0] = 1.0
    noise = np.fft.rfft2(np.random.default_rng(seed).normal(size=(height, width)))
    land = np.fft.irfft2(noise / waves**1.2, s=(height, width))
    return np.clip(110 + land * 45 / land.std(), 20, 235).astype(np.uint8)


def moving(frames: int, start: int = 0, step: int = 2) -> list[Picture]:
    """A camera that goes to the right over the landscape."""
    land = texture()
    return [land[40 : 40 + HEIGHT, (at := (start + n) * step) : at + WIDTH].copy() for n in range(frames)]


def noisy(picture: Picture, count: int, sigma: float = 1.5) -> list[Picture]:
    """The same picture coded anew every time: a little noise."""
    rng = np.random.default_rng(1)
    return [np.clip(picture + rng.normal(0, sigma, picture.shape), 0, 255).astype(np.uint8) for _ in range(count)]


def black_picture(count: int) -> list[Picture]:
    """Black as an encoder gives it, with some noise."""
    return noisy(np.full((HEIGHT, WIDTH), 17, np.uint8), count, 0.7)


def measured(
    pictures: Iterable[Picture], first: int = 0, meter: FrameMeter | None = None, key_every: int = 25
) -> NDArray[np.void]:
    """The FRAME rows of pictures; `first` is the number of the first one since the stream's zero."""
    meter = meter or FrameMeter()
    rows = [meter.measure(one, (first + n) / RATE, (first + n) % key_every == 0) for n, one in enumerate(pictures)]
    return np.array(rows, FRAME)


def stretch_of(
    rows: NDArray[np.void], mode: str = "full", bits: int = 0, key_interval_s: float = 0.0
) -> PictureStretch:
    """A stretch of these frames that begins with the first and ends one frame after the last."""
    if mode == "keyframes":
        start_s, end_s = float(rows["at_s"][0]), float(rows["at_s"][-1]) + 1 / RATE
        rows = rows[rows["is_key"]]
    else:
        start_s, end_s = float(rows["at_s"][0]), float(rows["at_s"][-1]) + 1 / RATE
    form = Video("h264", "High", "4.0", WIDTH, HEIGHT, float(RATE))
    return PictureStretch(form, mode, start_s, end_s, rows, bits, key_interval_s)


def watched(pictures: Sequence[Picture], *lengths: int, known: Known | None = None) -> list[Seen]:
    """What a watch sees of pictures cut into stretches of these lengths (all in one where none is given)."""
    rows, watch, seen, at = measured(pictures), PictureWatch(), [], 0
    for length in lengths or (len(rows),):
        part = rows[at : at + length]
        seen.append(watch.step(stretch_of(part), 1000.0 + at / RATE, known))
        at += length
    return seen


def ids(seen: Seen) -> set[str]:
    """The findings' ids."""
    return {finding.id for finding in seen.findings}
