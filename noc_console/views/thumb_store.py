"""The newest small picture of every channel, as the console holds it: JPEGs in bounded memory, no Qt."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from noc_console.errors import KnownError

_MOST_BYTES = 24 * 1024**2
_MOST_CHANNELS = 2000
_LARGEST_JPEG = 256 * 1024


@dataclass(frozen=True, slots=True)
class Thumb:
    """One small picture; `seq` grows over all channels, `at` is when it was presented (Unix seconds)."""

    channel_id: int
    seq: int
    at: float
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """One answer of the agent; `next_seq` is what to ask after."""

    boot: str
    next_seq: int
    thumbs: tuple[Thumb, ...]


def told_of(body: bytes) -> Told:
    """Return what an answer of `GET /thumbnails` says. Raises KnownError where it says nothing that can be read."""
    try:
        answer = json.loads(body)
        return Told(str(answer["boot"]), int(answer["next"]), _thumbs(answer["thumbnails"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KnownError("The agent's pictures cannot be read.") from None


def strip_of(body: bytes) -> tuple[Thumb, ...]:
    """Return the pictures of an answer of `GET /channels/{id}/thumbnails`, oldest first. Raises KnownError."""
    try:
        return _thumbs(json.loads(body)["thumbnails"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KnownError("The agent's pictures cannot be read.") from None


@dataclass(slots=True)
class ThumbStore:
    """The newest picture by channel; `changed` tells a screen what is new since it looked."""

    most_bytes: int = _MOST_BYTES
    boot: str = ""
    next_seq: int = 0
    revision: int = 0
    held_bytes: int = 0
    _newest: dict[int, Thumb] = field(default_factory=dict)
    _revisions: dict[int, int] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many channels have a picture here."""
        return len(self._newest)

    def take(self, told: Told) -> None:
        """Take an answer; another boot of the agent forgets everything."""
        if told.boot != self.boot:
            self.forget()
            self.boot = told.boot
        self.next_seq = told.next_seq
        for one in told.thumbs:
            known = self._newest.get(one.channel_id)
            if known is None or one.seq > known.seq:
                self._put(one)
        self._bound()

    def newest(self, channel_id: int) -> Thumb | None:
        """Return the newest picture of a channel that is held."""
        return self._newest.get(channel_id)

    def changed(self, since: int) -> frozenset[int]:
        """Return the channels whose picture is newer than a revision of this store."""
        return frozenset(key for key, revision in self._revisions.items() if revision > since)

    def forget(self) -> None:
        """Hold nothing, and ask for everything anew."""
        self.revision += 1
        self.boot, self.next_seq, self.held_bytes = "", 0, 0
        self._newest.clear()
        self._revisions.clear()

    def keep_only(self, channels: Iterable[int]) -> None:
        """Forget the channels that are gone."""
        for gone in self._newest.keys() - set(channels):
            self._drop(gone)

    def _put(self, one: Thumb) -> None:
        self._drop(one.channel_id)
        self.revision += 1
        self._newest[one.channel_id] = one  # newest last: the first is the one to forget
        self._revisions[one.channel_id] = self.revision
        self.held_bytes += len(one.jpeg)

    def _drop(self, channel_id: int) -> None:
        known = self._newest.pop(channel_id, None)
        self._revisions.pop(channel_id, None)
        self.held_bytes -= len(known.jpeg) if known is not None else 0

    def _bound(self) -> None:
        while self._newest and (self.held_bytes > self.most_bytes or len(self._newest) > _MOST_CHANNELS):
            self._drop(next(iter(self._newest)))


def _thumbs(rows: Iterable[Mapping[str, Any]]) -> tuple[Thumb, ...]:
    return tuple(one for row in rows if (one := _thumb(row)) is not None)


def _thumb(row: Mapping[str, Any]) -> Thumb | None:
    """Return one picture; None for one that is none or far too large."""
    text = str(row["jpeg"])
    if len(text) * 3 // 4 > _LARGEST_JPEG:
        return None
    try:
        jpeg = base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
    return Thumb(int(row["channel_id"]), int(row["seq"]), float(row["at"]), jpeg)
