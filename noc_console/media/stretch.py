"""What was measured of one stretch of media, a segment or some seconds of a transport stream: from decoder to watch.

A decoder (in a worker that may die) measures frames and blocks of sound; what is remembered between stretches (a
picture frozen since, the loudness of the last minute) is a watch in the core of the agent. So a stretch that kills
its decoder costs itself and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noc_console.media.es.format import Audio, Video

#: One decoded frame. Shares and levels are 0 to 1; luma is of the nominal range (0 black, 1 white).
FRAME = np.dtype(
    [
        ("at_s", "f8"),  # presentation time by the stream's own clock
        ("is_key", "?"),
        ("luma_mean", "f4"),
        ("luma_deviation", "f4"),
        ("luma_low", "f4"),  # 1 % of the picture is darker
        ("luma_high", "f4"),  # 1 % of the picture is brighter
        ("black_ratio", "f4"),  # share of pixels as dark as black
        ("lit_ratio", "f4"),  # share of pixels brighter than black outside the corners, where logos and clocks are
        ("difference", "f4"),  # mean absolute difference to the frame measured before; nan for the first of a decoder
        ("moved_ratio", "f4"),  # share of the picture that changed visibly since that frame; nan likewise
        ("step", "f4"),  # largest difference of a block of 16 pixels to that frame; nan likewise
        ("has_moved", "?"),  # visibly another picture than the one held so far, however slowly it became so
        ("blockiness", "f4"),  # 0 none to 1, on the codec's own grid
        ("blur", "f4"),  # 0 sharp to 1
        ("detail", "f4"),  # mean step between neighbouring pixels, of 8-bit levels
        ("plain_ratio", "f4"),  # how much of the picture is without detail, where faults show most
        ("quantiser", "f4"),  # mean, on the scale of H.264 (0 to 51); nan where the decoder does not tell it
        ("bars", "f4"),  # likeness to colour bars, 0 to 1
        ("combing", "f4"),  # share of the picture with interlace combing
        ("active", "f4", 4),  # left, top, right, bottom of the active picture (letterbox left out), as shares
        ("hash", "u8"),  # perceptual hash of the picture, for slates
    ]
)

#: Length of one block of sound, seconds; a block's `at_s` is its start.
BLOCK_S = 0.01
MOST_CHANNELS = 8

#: One block of sound of every channel; mean squares and peaks are linear, full scale 1.
BLOCK = np.dtype(
    [
        ("at_s", "f8"),  # presentation time by the stream's own clock
        ("energy", "f4"),  # weighted sum over channels of the K-weighted mean squares (BS.1770)
        ("true_peak", "f4"),  # largest over channels, at least 4 times oversampled
        ("level", "f4", MOST_CHANNELS),  # mean square of each channel, not weighted
        ("correlation", "f4"),  # of left and right in this block, -1 to 1; nan where one of them is silent
        ("clipped", "u2"),  # runs at full scale that become 3 samples long here, all channels
    ]
)


@dataclass(frozen=True, slots=True)
class PictureStretch:
    """The frames of one video stream, in order of presentation; `frames` has the type FRAME.

    `mode` says which frames: `keyframes` (only those), `full` (all of them). `start_s` and `end_s` are the
    presentation span of all frames of the stretch by the stream's clock, also of those not decoded;
    `bits` is their size, `key_bits` that of the key frames among them.
    """

    format: Video
    mode: str
    start_s: float
    end_s: float
    frames: NDArray[np.void]
    bits: int = 0
    key_interval_s: float = 0.0
    broken_frames: int = 0
    key_bits: int = 0


@dataclass(frozen=True, slots=True)
class SoundStretch:
    """The blocks of one audio stream, without gaps; `blocks` has the type BLOCK.

    `layout` names the channels as FFmpeg does (`FL`, `FR`, `FC`, `LFE`, ...); empty: the usual one of their number.
    """

    format: Audio
    start_s: float
    end_s: float
    blocks: NDArray[np.void]
    bits: int = 0
    broken_frames: int = 0
    layout: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """The newest key frame as a small JPEG; `at_s` by the stream's own clock."""

    at_s: float
    width: int
    height: int
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Stretch:
    """All that was measured of one stretch; pictures and sounds by rung (`1080p50@6.0M`, `audio-en`, `pid/0x0101`).

    `at` is when the stretch is presented (Unix seconds, UTC) as far as that is known, else when it was fetched.
    `faults` are sentences about what could not be decoded; `decode_s` is the CPU time it took.
    """

    input_id: int
    at: float
    pictures: Mapping[str, PictureStretch] = field(default_factory=dict)
    sounds: Mapping[str, SoundStretch] = field(default_factory=dict)
    thumbnails: Mapping[str, Thumbnail] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    decode_s: float = 0.0
    facts: Mapping[str, Any] = field(default_factory=dict)
