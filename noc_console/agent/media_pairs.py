"""What picture and sound of one input say together: how far they lie apart, and whether the feed is dead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from noc_console.media import av_sync
from noc_console.media.picture.seen import DEAD_FEED_S
from noc_console.media.stretch import PictureStretch, SoundStretch
from noc_console.model import Finding

_CURRENT_S = 30.0


@dataclass(frozen=True, slots=True)
class State:
    """For how long something lasts, seconds, as known at a moment; `what` is the operator's word for it."""

    at: float
    lasts_s: float
    what: str = ""


@dataclass(slots=True)
class Pairs:
    """The picture and the sounds of one input, held beside each other by the stream's clock.

    Where sound has playlists of its own the two come in stretches of their own, in any order.
    """

    _syncs: dict[str, av_sync.AvSync] = field(default_factory=dict)
    _picture: State = State(0.0, 0.0)
    _silences: dict[str, State] = field(default_factory=dict)
    _was_dead: bool = False

    def take_picture(self, picture: PictureStretch) -> dict[str, float]:
        """Take a picture; return the offsets by rung of the sounds it could be held beside (seconds)."""
        found = {rung: sync.picture(picture) for rung, sync in self._syncs.items()}
        return {rung: offset_s for rung, offset_s in found.items() if offset_s is not None}

    def take_sound(self, rung: str, sound: SoundStretch) -> dict[str, float]:
        """Take a sound; return its offset where it could be held beside a picture."""
        offset_s = self._syncs.setdefault(rung, av_sync.AvSync()).sound(sound)
        return {} if offset_s is None else {rung: offset_s}

    def feed(
        self, at: float, picture: Mapping[str, float] | None = None, sounds: Mapping[str, float] | None = None
    ) -> tuple[Finding, ...] | None:
        """Take the newest `video.*` metrics, or the newest silences by rung (seconds).

        Return the findings on the whole feed, None where there are none and were none.
        """
        if picture is not None:
            freeze_s, black_s = picture.get("video.freeze_s", 0.0), picture.get("video.black_s", 0.0)
            self._picture = State(at, max(freeze_s, black_s), "black" if black_s >= freeze_s else "frozen")
        for rung, silence_s in (sounds or {}).items():
            self._silences[rung] = State(at, silence_s)
        dead_s = self._dead_s(at)
        is_dead, was_dead = dead_s > DEAD_FEED_S, self._was_dead
        self._was_dead = is_dead
        if not is_dead:
            return () if was_dead else None
        text = f"The picture is {self._picture.what} and there is no sound for {dead_s:.0f} s, limit 10 s."
        return (Finding("media-dead-feed", text),)

    def _dead_s(self, at: float) -> float:
        current = [one for one in self._silences.values() if at - one.at < _CURRENT_S]
        if not current or at - self._picture.at >= _CURRENT_S:
            return 0.0
        return min(self._picture.lasts_s, *(one.lasts_s for one in current))
