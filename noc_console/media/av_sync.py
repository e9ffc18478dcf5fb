"""Sound against picture by the spans of their stretches: how far they have moved apart since the beginning.

What is seen are the time stamps: a source that was out of step from the first stretch on is not.
"""

from __future__ import annotations

from collections import deque

from noc_console.media.stretch import PictureStretch, SoundStretch
from noc_console.model import Finding

#: Requirement R-115.
LIMIT_S = 0.1
_LOOKS = 3
_SCATTER_S = 0.06
_FARTHEST_S = 2.0
_UNLIKE_S = 0.5


def lead_s(picture: PictureStretch, sound: SoundStretch) -> float | None:
    """Return by how many seconds the sound's span lies later than the picture's, None where they are no pair.

    A pair is of the same segment, or cut of the same bytes: it begins together and is equally long.
    """
    start, end = sound.start_s - picture.start_s, sound.end_s - picture.end_s
    if not (abs(start) <= _FARTHEST_S and abs(end) <= _FARTHEST_S and abs(start - end) <= _UNLIKE_S):
        return None
    return (start + end) / 2


class AvSync:
    """Remembers how sound and picture of one input lay at the beginning, and lately."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._newest: deque[float] = deque(maxlen=_LOOKS)

    def step(self, picture: PictureStretch, sound: SoundStretch) -> float | None:
        """Return `media.av_offset_s`: by how much the sound comes later than at the beginning, negative earlier.

        None until three pairs in a row agree within 60 ms: a single odd cut is no offset.
        """
        lead = lead_s(picture, sound)
        if lead is None:
            return None
        self._newest.append(lead)
        if len(self._newest) < _LOOKS or max(self._newest) - min(self._newest) > _SCATTER_S:
            return None
        usual = sorted(self._newest)[_LOOKS // 2]
        if self._first is None:
            self._first = usual
        return usual - self._first


def findings(offset_s: float | None) -> tuple[Finding, ...]:
    """Return the finding `media-av-sync` where sound and picture are more than 100 ms apart."""
    if offset_s is None or abs(offset_s) <= LIMIT_S:
        return ()
    side = "later" if offset_s > 0 else "earlier"
    text = (
        f"The sound comes {abs(offset_s) * 1000:.0f} ms {side} against the picture than at the beginning; "
        f"the limit is {LIMIT_S * 1000:.0f} ms."
    )
    return (Finding("media-av-sync", text),)
