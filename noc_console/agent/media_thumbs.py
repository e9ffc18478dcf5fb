"""The newest small pictures of every channel, and the strip of its last minute, in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from noc_console.media.stretch import Thumbnail

STRIP_S = 60.0
STRIP_EVERY_S = 5.0
_MOST_BYTES = 64 * 1024**2
_AWAY_S = 30.0


@dataclass(frozen=True, slots=True)
class Shown:
    """One small picture: `seq` counts those of all channels, `at` is when it was presented (Unix seconds)."""

    seq: int
    at: float
    channel_id: int
    input_id: int
    width: int
    height: int
    jpeg: bytes


@dataclass(slots=True)
class Strip:
    """The newest picture of a channel and those of the last minute, oldest first; `layer` is that of its input."""

    newest: Shown
    layer: int
    frames: deque[Shown] = field(default_factory=deque)


@dataclass(slots=True)
class Thumbnails:
    """The small pictures of this agent's channels; each channel shows the input that is nearest to its viewers."""

    most_bytes: int = _MOST_BYTES
    seq: int = 0
    held_bytes: int = 0
    _strips: dict[int, Strip] = field(default_factory=dict)
    _order: deque[Shown] = field(default_factory=deque)

    def take(self, channel_id: int, input_id: int, layer: int, at: float, one: Thumbnail) -> Shown | None:
        """Take a picture; None where another input shows the channel now, or a newer one is there."""
        strip = self._strips.get(channel_id)
        if strip is not None and not _goes_before(strip, input_id, layer, at):
            return None
        self.seq += 1
        shown = Shown(self.seq, at, channel_id, input_id, one.width, one.height, one.jpeg)
        if strip is None or strip.newest.input_id != input_id:
            strip = self._strips[channel_id] = Strip(shown, layer, strip.frames if strip else deque())
        strip.newest = shown
        if not strip.frames or at - strip.frames[-1].at >= STRIP_EVERY_S:
            strip.frames.append(shown)
            self._order.append(shown)
            self.held_bytes += len(shown.jpeg)
        while at - strip.frames[0].at > STRIP_S:
            self._forget(strip.frames.popleft())
        self._bound()
        return shown

    def newest(self, channel_id: int) -> Shown | None:
        """Return the newest picture of a channel."""
        strip = self._strips.get(channel_id)
        return strip.newest if strip else None

    def strip(self, channel_id: int) -> tuple[Shown, ...]:
        """Return the pictures of a channel's last minute, oldest first, the newest always among them."""
        strip = self._strips.get(channel_id)
        if strip is None:
            return ()
        last = () if strip.frames and strip.frames[-1] is strip.newest else (strip.newest,)
        return (*strip.frames, *last)

    def since(self, seq: int, most_bytes: int) -> tuple[list[Shown], int]:
        """Return the newest pictures after a number, in order, and the number to go on with; at least one if any."""
        fresh = sorted((s.newest for s in self._strips.values() if s.newest.seq > seq), key=lambda one: one.seq)
        taken = list(_fitting(fresh, most_bytes))
        return taken, taken[-1].seq if len(taken) < len(fresh) else self.seq

    def keep_only(self, channels: Iterable[int]) -> None:
        """Forget the channels that are gone."""
        for channel_id in self._strips.keys() - set(channels):
            for frame in self._strips.pop(channel_id).frames:
                self._forget(frame)

    def _bound(self) -> None:
        """Forget the oldest of all strips where they are too much; the newest of a channel stays."""
        while self.held_bytes > self.most_bytes and self._order:
            oldest = self._order.popleft()
            strip = self._strips.get(oldest.channel_id)
            if strip and strip.frames and strip.frames[0] is oldest:
                strip.frames.popleft()
                self.held_bytes -= len(oldest.jpeg)
        while self._order and not self._is_held(self._order[0]):
            self._order.popleft()

    def _is_held(self, one: Shown) -> bool:
        strip = self._strips.get(one.channel_id)
        return bool(strip and strip.frames and strip.frames[0].seq <= one.seq)

    def _forget(self, one: Shown) -> None:
        self.held_bytes -= len(one.jpeg)


def _goes_before(strip: Strip, input_id: int, layer: int, at: float) -> bool:
    newest = strip.newest
    if newest.input_id == input_id:
        return at > newest.at
    return layer > strip.layer or at - newest.at > _AWAY_S


def _fitting(shown: Iterable[Shown], most_bytes: int) -> Iterator[Shown]:
    size = 0
    for count, one in enumerate(shown):
        size += len(one.jpeg)
        if count and size > most_bytes:
            return
        yield one
