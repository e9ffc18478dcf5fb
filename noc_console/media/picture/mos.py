"""Estimates how good a picture looks, 1 (bad) to 5 (excellent): our own estimate, no score of the ITU (R-066).

Method, coefficients and how well it does are told in docs/picture-quality.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from noc_console.media.stretch import PictureStretch

#: Height of the screen, in lines, that a picture is judged on where nothing else is said.
SCREEN_HEIGHT = 1080
#: On a screen of its own a small picture is not enlarged more than so: it is watched on a small screen.
MOST_ENLARGED = 1.5

# All coefficients. Loss is told in dB: -10 log10(1 - SSIM) of the luma, fitted on the films of bench.media_pictures.
#: Loss by coding: constant, quantiser (tens from 30), detail, plainness (both in doublings), MPEG-2, H.265 and later.
_CODING = (16.11, -5.785, 2.436, 2.39, 0.929, 2.206)
_LATER = frozenset({"hevc", "vp9", "av1", "libdav1d", "vvc"})
#: Loss by size: constant, size (doublings of the height from the screen's), detail, size times detail.
_SIZE = (16.988, 0.945, -0.074, 1.87)
#: The quantiser from the bits where no decoder tells it: constant, bits per pixel of key frames and of the others
#: (doublings), detail, plainness.
_FROM_BITS = (5.618, -5.357, -1.52, -0.276, -6.837)
#: What codecs save against H.264, as a quantiser.
_SAVED = {"mpeg2video": 7.0, "mpeg1video": 8.0, "hevc": 0.0, "vp9": 0.0, "libdav1d": -1.5, "av1": -1.5}
#: A guess from bits is never taken as coarser: it must not call a picture bad by itself.
_COARSEST_GUESS = 40.0
#: By how much frames between key frames are usually quantised more coarsely, on the mean of all frames.
_KEY_FINER = 3.5
#: A loss in dB as a score: the middle of the scale, and how fast it goes.
_MIDDLE_DB, _STEEPNESS_DB, _BEST_DB = 9.0, 3.0, 25.0
#: Frames per second at which motion is two thirds as smooth as it can be; from this rate on it is taken as smooth.
_SMOOTH_HZ, _CINEMA_HZ = 9.0, 24.0
#: Points lost: blockiness above what clean pictures have, freeze (share of time), broken frames (share), combing.
_BLOCKS_FREE, _BLOCKS, _FROZEN, _BROKEN, _MOST_BROKEN, _COMBED_FREE, _COMBED = 0.05, 1.5, 3.0, 20.0, 2.5, 0.05, 5.0


@dataclass(frozen=True, slots=True)
class Mos:
    """Scores 1 to 5: the whole, by coding, by size, by frame rate, and what artefacts leave of 5."""

    total: float
    encoding: float
    size: float
    motion: float
    artefacts: float


def estimate(stretch: PictureStretch, screen_height: int = 0, frozen_ratio: float = 0.0) -> Mos | None:
    """Return the estimate for a stretch, None where neither bits nor quantiser are known.

    `screen_height` in lines is that of the screen it is judged on; 0 is a screen that suits the picture.
    `frozen_ratio` is the share of the time in which the picture stood.
    """
    height = min(stretch.format.width, stretch.format.height)
    coarse = _quantiser(stretch)
    if math.isnan(coarse) or height <= 0:
        return None
    screen = screen_height or min(SCREEN_HEIGHT, round(height * MOST_ENLARGED))
    coding_db = _clipped(_coding(stretch, coarse))
    whole_db, size_db = coding_db, _BEST_DB
    if height < screen:
        size_db = _clipped(_shrunk(stretch, math.log2(height / screen)))
        whole_db = -10 * math.log10(10 ** (-coding_db / 10) + 10 ** (-size_db / 10))
    motion, lost = _motion(stretch.format.frame_rate), _lost(stretch, frozen_ratio)
    smooth = min(1.0, (motion - 1) / (_motion(_CINEMA_HZ) - 1))
    total = 1 + (_score(whole_db) - 1) * smooth - lost
    return Mos(max(1.0, total), _score(coding_db), _score(size_db), motion, max(1.0, 5 - lost))


def _coding(stretch: PictureStretch, coarse: float) -> float:
    is_old = float(stretch.format.codec.startswith("mpeg"))
    values = (
        1.0,
        (coarse - 30) / 10,
        _detail(stretch),
        _plain(stretch),
        is_old,
        float(stretch.format.codec in _LATER),
    )
    return math.fsum(weight * value for weight, value in zip(_CODING, values, strict=True))


def _shrunk(stretch: PictureStretch, size: float) -> float:
    detail = _detail(stretch)
    values = (1.0, size, detail, size * detail)
    return math.fsum(weight * value for weight, value in zip(_SIZE, values, strict=True))


def _quantiser(stretch: PictureStretch) -> float:
    """Return the mean quantiser of all frames on the scale of H.264: as told, else as the bits tell it."""
    frames = stretch.frames
    if not len(frames):
        return math.nan
    is_told = ~np.isnan(frames["quantiser"])
    if is_told.any():
        told = frames[is_told]
        return float(told["quantiser"].mean()) + (_KEY_FINER if told["is_key"].all() else 0.0)
    pixels, rate = stretch.format.width * stretch.format.height, stretch.format.frame_rate
    seconds = stretch.end_s - stretch.start_s
    keys = int(frames["is_key"].sum())
    if not stretch.bits or not pixels or not rate or seconds <= 0:
        return math.nan
    others = max(round(seconds * rate) - keys, 1)
    own_bits = max(stretch.bits - stretch.key_bits, 1)
    of_keys = stretch.key_bits / keys if keys and stretch.key_bits else stretch.bits / (others + keys)
    values = (
        1.0,
        math.log2(of_keys / pixels),
        math.log2(own_bits / others / pixels),
        _detail(stretch),
        _plain(stretch),
    )
    from_bits = math.fsum(weight * value for weight, value in zip(_FROM_BITS, values, strict=True))
    return min(max(from_bits + _SAVED.get(stretch.format.codec, 0.0), 0.0), _COARSEST_GUESS)


def _detail(stretch: PictureStretch) -> float:
    return math.log2(0.25 + float(stretch.frames["detail"].mean()))


def _plain(stretch: PictureStretch) -> float:
    return math.log2(max(float(stretch.frames["plain_ratio"].mean()), 1e-3))


def _lost(stretch: PictureStretch, frozen_ratio: float) -> float:
    frames = stretch.frames
    blocks = max(0.0, float(frames["blockiness"].mean()) - _BLOCKS_FREE) * _BLOCKS
    combed = max(0.0, float(frames["combing"].mean()) - _COMBED_FREE) * _COMBED
    broken = min(_MOST_BROKEN, stretch.broken_frames / max(len(frames) + stretch.broken_frames, 1) * _BROKEN)
    return blocks + combed + broken + frozen_ratio * _FROZEN


def _motion(rate_hz: float) -> float:
    return 1 + 4 * (1 - math.exp(-(rate_hz or _CINEMA_HZ) / _SMOOTH_HZ))


def _score(loss_db: float) -> float:
    return 1 + 4 / (1 + math.exp(-(loss_db - _MIDDLE_DB) / _STEEPNESS_DB))


def _clipped(loss_db: float) -> float:
    return min(max(loss_db, 0.0), _BEST_DB)
