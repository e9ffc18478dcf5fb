"""MPEG-DASH: an MPD read, its live edge, its ladder, and what is wrong with it, now and over time."""

from __future__ import annotations

from noc_console.media.dash.model import (
    AdaptationSet,
    Addressing,
    BadMpd,
    Mpd,
    Period,
    Representation,
    Segment,
)
from noc_console.media.dash.parse import parse
from noc_console.media.dash.rungs import Offer, ladder, offers
from noc_console.media.dash.segments import edge, init_url, segments

__all__ = [
    "AdaptationSet",
    "Addressing",
    "BadMpd",
    "Mpd",
    "Offer",
    "Period",
    "Representation",
    "Segment",
    "edge",
    "init_url",
    "ladder",
    "offers",
    "parse",
    "segments",
]
