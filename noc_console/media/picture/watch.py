"""Follows one rung's picture from stretch to stretch: what is frozen, black or a test picture, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from noc_console.media.picture import judge
from noc_console.media.picture.letterbox import Letterbox
from noc_console.media.picture.moments import Holding, black, plain, shows_bars, slates
from noc_console.media.picture.mos import Mos, estimate
from noc_console.media.picture.pieces import Edge, Piece, pieces
from noc_console.media.picture.seen import LEAST_S, Seen, Span
from noc_console.media.picture.spell import Moment, Spell
from noc_console.media.stretch import PictureStretch


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a channel: whether it stands by nature, its slates' hashes by name, whether it comes as TS.

    `screen_height` in lines is that of the screen the picture is judged on; 0 is one that suits the picture, so that
    a small rung is not called bad for being small.
    """

    is_still: bool = False
    slates: Mapping[str, int] = field(default_factory=dict)
    is_ts: bool = False
    screen_height: int = 0


class PictureWatch:
    """The memory of one picture between its stretches."""

    def __init__(self) -> None:
        self._edge: Edge | None = None
        self._holding = Holding()
        self._letterbox = Letterbox()
        self._spells = {name: Spell(least_s) for name, least_s in LEAST_S.items()}

    def step(self, stretch: PictureStretch, at: float, known: Known | None = None) -> Seen:
        """Return what a stretch shows; `at` is when its first moment is presented (Unix seconds, UTC)."""
        known = known or Known()
        spans: dict[str, list[Span]] = {name: [] for name in self._spells}
        held: dict[str, Span | None] = {}
        looks_ill = False
        for number, piece in enumerate(pieces(stretch, at)):
            gap = self._gap(stretch, number)
            is_bridged = gap is not None and gap.bridges(piece)
            if gap and not (is_bridged and self._spells["freeze"].is_long(gap.until_s)):
                self._holding.forget()
            moments = self._moments(piece, known)
            for name, spell in self._spells.items():
                if gap and not (is_bridged and spell.is_long(gap.until_s) and moments[name][0].is_on):
                    spans[name] += spell.end(gap.until_s)
                over, held[name] = spell.step(moments[name], piece)
                spans[name] += over
            looks_ill |= self._holding.has_begun() or any(moment.is_on for moment in moments["black"])
            self._edge = Edge(piece.until_s, stretch.end_s, piece.offset_s)
        for name, span in held.items():
            spans[name] += [span] if span else []
        mos = _mos(stretch, known, spans["freeze"])
        seen = judge.seen(stretch, known.is_ts, spans, mos, looks_ill)
        changed = self._letterbox.step(stretch.frames)
        if changed is None:
            return seen
        changed_s, before, now = changed
        event = judge.reshaped(changed_s - stretch.start_s + at, before, now)
        return replace(seen, events=(*seen.events, event))

    def _gap(self, stretch: PictureStretch, number: int) -> Edge | None:
        """Return where the picture was last seen, if what comes now does not follow on from there."""
        is_next = self._edge is None or (number == 0 and self._edge.joins(stretch))
        return None if is_next else self._edge

    def _moments(self, piece: Piece, known: Known) -> dict[str, list[Moment]]:
        names = slates(piece.frames, known.slates)
        is_black, is_test = black(piece.frames), shows_bars(piece.frames)
        times = piece.frames["at_s"].tolist()
        # black, test pictures and slates stand by nature, as some channels do
        is_other = is_black | is_test | np.array([bool(name) for name in names]) | known.is_still
        return {
            "freeze": self._holding.moments(piece, is_other),
            "black": plain(piece.frames, is_black),
            "bars": plain(piece.frames, is_test),
            "slate": [Moment(bool(name), at_s, at_s, name) for name, at_s in zip(names, times, strict=True)],
        }


def _mos(stretch: PictureStretch, known: Known, freezes: list[Span]) -> Mos | None:
    """Return the estimate of a stretch; of black there is none."""
    if not len(stretch.frames) or black(stretch.frames).all():
        return None
    length_s = stretch.end_s - stretch.start_s
    frozen_s = sum(max(0.0, span.start_s + span.length_s - max(span.start_s, stretch.start_s)) for span in freezes)
    return estimate(stretch, known.screen_height, min(1.0, frozen_s / length_s) if length_s > 0 else 0.0)
