"""Sound against picture by their time stamps: how far a break of one of the time lines has moved them apart.

Two time lines that go on without a break stay in step, however their segments are cut: sound and picture of a
segment may begin apart, and by another amount in every segment. So an offset takes two witnesses: a break in one time
line that the other has not, and segments that lie apart by as much from then on. A break alone is sound that is
missing. What was out of step from the beginning is not seen.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from noc_console.media.stretch import BLOCK_S, PictureStretch, SoundStretch
from noc_console.model import Finding

#: Requirement R-115.
LIMIT_S = 0.1
_AGREEING = 3
_SCATTER_S = 0.06
_FARTHEST_S = 2.0
_UNLIKE_S = 0.5
_KEPT = 6


@dataclass(frozen=True, slots=True)
class _Span:
    start_s: float
    end_s: float

    def later_than(self, other: _Span) -> float | None:
        """Return by how many seconds this lies later, None where the two are no pair: of another place or length."""
        start, end = self.start_s - other.start_s, self.end_s - other.end_s
        is_pair = abs(start) <= _FARTHEST_S and abs(end) <= _FARTHEST_S and abs(start - end) <= _UNLIKE_S
        return (start + end) / 2 if is_pair else None


class _Line:
    """One time line: the newest spans that found no partner yet, and where the last one ended."""

    def __init__(self) -> None:
        self.alone: deque[_Span] = deque(maxlen=_KEPT)
        self._end_s = float("nan")

    def take(self, span: _Span) -> float:
        """Take the next span; return by how much the line broke before it, 0 where stretches were left out."""
        break_s = span.start_s - self._end_s
        self._end_s = span.end_s
        self.alone.append(span)
        return break_s if _SCATTER_S <= abs(break_s) <= _FARTHEST_S else 0.0


class AvSync:
    """Follows one picture and one sound of an input; their stretches come together or apart, in any order."""

    def __init__(self) -> None:
        self._picture, self._sound = _Line(), _Line()
        self._newest: deque[float] = deque(maxlen=_AGREEING)
        self._lead_s: float | None = None
        self._broke_s = 0.0
        self._offset_s = 0.0

    def picture(self, stretch: PictureStretch) -> float | None:
        """Take a stretch of picture; return as `sound` does."""
        self._broke_s -= self._picture.take(_Span(stretch.start_s, stretch.end_s))
        return self._paired()

    def sound(self, stretch: SoundStretch) -> float | None:
        """Take a stretch of sound; return `media.av_offset_s`: by how much it comes later than at the beginning.

        In seconds, negative: earlier. None while the partner is missing, and until three pairs agree within 60 ms.
        """
        self._broke_s += self._sound.take(_Span(stretch.start_s, stretch.end_s))
        within_s = stretch.end_s - stretch.start_s - len(stretch.blocks) * BLOCK_S
        if _SCATTER_S <= abs(within_s) <= _FARTHEST_S:
            self._broke_s += within_s
        return self._paired()

    def _paired(self) -> float | None:
        for sound in self._sound.alone:
            for picture in self._picture.alone:
                if (lead_s := sound.later_than(picture)) is not None:
                    self._sound.alone.remove(sound)
                    self._picture.alone.remove(picture)
                    return self._judged(lead_s)
        return None

    def _judged(self, lead_s: float) -> float | None:
        self._newest.append(lead_s)
        if len(self._newest) < _AGREEING or max(self._newest) - min(self._newest) > _SCATTER_S:
            return None
        usual = sorted(self._newest)[_AGREEING // 2]
        moved_s = 0.0 if self._lead_s is None else usual - self._lead_s
        if abs(self._broke_s) >= _SCATTER_S and abs(moved_s - self._broke_s) <= _SCATTER_S:
            self._offset_s += moved_s
        self._lead_s, self._broke_s = usual, 0.0
        return self._offset_s


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
