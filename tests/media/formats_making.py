"""Pictures and sounds by their headers, as a decoder tells them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from noc_console.media.es.format import Audio, Colour, Mastering, Video
from noc_console.media.stretch import BLOCK, FRAME, PictureStretch, SoundStretch, Stretch

SDR = Video("hevc", "Main 10", "5.1", 3840, 2160, 50.0, bit_depth=10, colour=Colour(1, 1, 1))
BT709 = SDR
SILENT = replace(SDR, colour=Colour())
PQ = replace(SDR, colour=Colour(9, 16, 9))
HDR10 = replace(PQ, mastering=Mastering(((8500, 39850), (6550, 2300), (35400, 14600), (15635, 16450)), 1000.0, 0.005))
HLG = replace(SDR, colour=Colour(9, 18, 9))
LATE_HLG = replace(SDR, colour=Colour(9, 14, 9, alternative=18))
HD = Video("h264", "High", "4.0", 1920, 1080, 25.0)
STEREO = Audio("aac", "LC", 48000, 2)
SURROUND = Audio("eac3", "", 48000, 6, has_lfe=True)


def stretch(video: Video, seconds: float = 6.0, mbps: float = 6.0) -> PictureStretch:
    """Return a stretch of pictures of which only headers and size matter."""
    return PictureStretch(video, "keyframes", 0.0, seconds, np.zeros(0, FRAME), round(mbps * 1e6 * seconds))


def sound(audio: Audio, seconds: float = 6.0) -> SoundStretch:
    """Return a stretch of sound of which only the headers matter."""
    return SoundStretch(audio, 0.0, seconds, np.zeros(0, BLOCK))


def sounds(**by_rung: Audio) -> Stretch:
    """Return a stretch with sounds only."""
    return Stretch(1, 0.0, sounds={rung: sound(audio) for rung, audio in by_rung.items()})
