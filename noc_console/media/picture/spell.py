"""Follows one condition of the picture (frozen, black, a test picture) from frame to frame and stretch to stretch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from noc_console.media.picture.pieces import Piece
from noc_console.media.picture.seen import Span


@dataclass(frozen=True, slots=True)
class Moment:
    """One frame as a spell sees it: since when the condition would hold, were it the first to meet it."""

    is_on: bool
    at_s: float
    since_s: float
    name: str = ""


class Spell:
    """The memory of one condition: whether it holds, since when by the stream's clock and the world's, until when."""

    def __init__(self, least_s: float) -> None:
        self._least_s = least_s
        self._start: Span | None = None
        self._last_s = 0.0

    def step(self, moments: Iterable[Moment], piece: Piece) -> tuple[list[Span], Span | None]:
        """Return the spans longer than the least that ended, and the one that still holds, if it is longer."""
        over = []
        for moment in moments:
            if self._start is not None and (not moment.is_on or moment.name != self._start.name):
                # of key frames only those that meet the condition say for sure how long it held
                over += self.end(moment.at_s, moment.at_s if piece.is_full else self._last_s)
            if moment.is_on:
                self._last_s = moment.at_s
                if self._start is None:
                    self._start = Span(moment.since_s, 0.0, moment.since_s + piece.offset_s, False, moment.name)
        now = self._until(piece.until_s)
        return over, now if now and now.length_s > self._least_s else None

    def end(self, at_s: float, sure_s: float | None = None) -> list[Span]:
        """End the spell at a time; return it, as a list of one, where it surely was longer than the least."""
        sure = self._until(at_s if sure_s is None else sure_s)
        span, self._start = self._until(at_s), None
        return [replace(span, is_over=True)] if span and sure and sure.length_s > self._least_s else []

    def is_long(self, at_s: float) -> bool:
        """Return whether the condition has held for longer than the least."""
        now = self._until(at_s)
        return now is not None and now.length_s > self._least_s

    def length_s(self, at_s: float) -> float:
        """Return how long the condition has held, however short; 0 when it does not."""
        now = self._until(at_s)
        return now.length_s if now else 0.0

    def _until(self, at_s: float) -> Span | None:
        start = self._start
        return None if start is None else replace(start, length_s=max(0.0, at_s - start.start_s))
