"""The operator's guideline for the bitrate of a picture (R-079), judged over the last minute."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from noc_console.media.es.format import Video
from noc_console.media.stretch import PictureStretch
from noc_console.model import Finding

_WINDOW_S, _LEAST_S = 60.0, 30.0
_SD_LINES, _HD_LINES, _UHD_LINES = (480, 576), (1080,), (2160,)
#: Class, lines of the picture, codec: Mbit/s from and to.
_GUIDE = (
    ("SD", _SD_LINES, "h264", 2.0, 3.0),
    ("HD", _HD_LINES, "h264", 5.0, 8.0),
    ("HD", _HD_LINES, "hevc", 2.0, 4.0),
    ("4K", _UHD_LINES, "hevc", 15.0, 25.0),
)


@dataclass(slots=True)
class Bitrate:
    """How many bits the picture of a rung had lately."""

    _parts: deque[tuple[float, int]] = field(default_factory=deque)  # seconds, bits

    def step(self, stretch: PictureStretch) -> Finding | None:
        """Take a stretch; return the finding when the last minute lies outside the guideline for its class."""
        length_s = stretch.end_s - stretch.start_s
        if length_s > 0 and stretch.bits:
            self._parts.append((length_s, stretch.bits))
        seconds = sum(part[0] for part in self._parts)
        while len(self._parts) > 1 and seconds - self._parts[0][0] >= _WINDOW_S:
            seconds -= self._parts.popleft()[0]
        if seconds < _LEAST_S:
            return None
        return _judged(stretch.format, sum(part[1] for part in self._parts) / seconds / 1e6)


def _judged(video: Video, mbps: float) -> Finding | None:
    for name, lines, codec, least, most in _GUIDE:
        if video.height in lines and video.codec == codec and not least <= mbps <= most:
            text = f"The picture has {mbps:.2f} Mbit/s; the guideline for {name} in {codec} is {least:g} to {most:g}."
            return Finding("media-bitrate-guideline", text, {"mbps": round(mbps, 3), "least": least, "most": most})
    return None
