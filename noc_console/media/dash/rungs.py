"""The ladder of an MPD: one rung for each representation that is played."""

from __future__ import annotations

from dataclasses import dataclass, replace

from noc_console.media.dash.model import AdaptationSet, Mpd, Period, Representation
from noc_console.media.ladder import Rung, labelled

_KINDS = ("video", "audio", "subtitles")
_RANGES = {16: "PQ", 18: "HLG"}
_UNTOLD = (0, 2)  # reserved, unspecified


@dataclass(frozen=True, slots=True)
class Offer:
    """One representation of one period under its label; stable over periods as long as the ladder is."""

    rung: Rung
    period: Period
    set: AdaptationSet
    representation: Representation

    @property
    def label(self) -> str:
        """The label of the rung."""
        return self.rung.label


def offers(period: Period) -> tuple[Offer, ...]:
    """Return what a period offers, in its order; pictures and data are no rungs."""
    found = [(one, rep) for one in period.sets if one.kind in _KINDS for rep in one.representations]
    rungs = labelled(_rung(one, rep) for one, rep in found)
    return tuple(Offer(rung, period, one, rep) for rung, (one, rep) in zip(rungs, found, strict=True))


def offers_of(mpd: Mpd, period: Period) -> tuple[Offer, ...]:
    """Return what a period offers, worked out once: a live MPD is asked at every segment."""
    known = mpd.memo.get(id(period))
    if isinstance(known, tuple):
        return known
    made = offers(period)
    mpd.memo[id(period)] = made
    return made


def ladder(mpd: Mpd) -> tuple[Rung, ...]:
    """Return the rungs of the newest period that has any."""
    for period in reversed(mpd.periods):
        if made := offers_of(mpd, period):
            return tuple(offer.rung for offer in made)
    return ()


def _rung(one: AdaptationSet, rep: Representation) -> Rung:
    kind = "iframe" if one.is_trick else one.kind
    rung = Rung(
        label="",
        kind=kind,
        uri=rep.base_url,
        bandwidth_bps=rep.bandwidth_bps,
        codecs=rep.codecs,
        width=rep.width,
        height=rep.height,
        frame_rate=rep.frame_rate,
        language=one.language,
        group=one.id,
        video_range=_RANGES.get(rep.transfer, "" if rep.transfer in _UNTOLD else "SDR"),
        supplemental_codecs=rep.supplemental_codecs,
        is_atmos=rep.is_atmos,
    )
    return replace(rung, frame_rate=0.0) if kind == "iframe" else rung
