"""Captions (CEA-608/708) inside the picture: expected by the record, and absent for a quarter of an hour (M042)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from noc_console.media.es.format import Video
from noc_console.model import Finding

WINDOW_S = 900.0
#: Where captions of other codecs lie is not read: MPEG-2 has them in user data.
_READ = ("h264", "hevc")


@dataclass(slots=True)
class Captions:
    """When captions were seen last in a rung; what follows a pause begins anew."""

    _seen_at: float = math.nan
    _newest_at: float = math.nan

    def step(self, video: Video, at: float, has_to: bool) -> Finding | None:
        """Take what the headers of a picture tell; return the finding when captions that have to be there are not."""
        is_paused = not at - self._newest_at < WINDOW_S
        self._newest_at = at
        if video.has_captions or is_paused or not has_to or video.codec not in _READ:
            self._seen_at = at
            return None
        missing_s = at - self._seen_at
        if missing_s < WINDOW_S:
            return None
        text = f"No captions (CEA-608/708) in the picture for {missing_s / 60:.0f} min, limit 15 min."
        return Finding("media-captions-missing", text, {"length_s": round(missing_s, 1)})
