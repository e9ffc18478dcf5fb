"""What each layer of telling says of the dynamic range: the stream itself, its container, the manifest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from noc_console.media.es.format import HLG, PQ, Video

SDR = "SDR"
DOLBY_VISION = "Dolby Vision"
HDR10 = ("HDR10", "HDR10+")
_UNTOLD = (0, 2)  # ISO/IEC 23091-2: reserved, unspecified
_NAMES = {PQ: "PQ", HLG: "HLG"}
#: `dvh1.08.07` of CODECS and SUPPLEMENTAL-CODECS: profile and level (Dolby Vision within HLS and DASH).
_DOLBY_CODEC = re.compile(r"\b(?:dvh1|dvhe|dva1|dvav|dav1)\.(\d{1,2})\.(\d{1,2})\b", re.IGNORECASE)
#: What a player without Dolby Vision makes of the picture, by bl_signal_compatibility_id (0: nothing, it is IPT-PQ).
_BASES = {0: "PQ", 1: "PQ", 2: SDR, 4: "HLG", 6: "PQ"}


@dataclass(frozen=True, slots=True)
class Told:
    """What one layer says: `hdr` is SDR, HLG, PQ, HDR10, HDR10+ or Dolby Vision, empty where it says nothing.

    `curve` is the transfer alone (SDR, HLG, PQ); `dolby` the profile and level of Dolby Vision, as `8.1 level 6`,
    empty where they are not told.
    """

    hdr: str = ""
    curve: str = ""
    dolby: str = ""

    @property
    def is_hdr(self) -> bool:
        """Whether this layer calls the picture high dynamic range."""
        return self.hdr not in ("", SDR)

    @property
    def text(self) -> str:
        """Return it as an operator says it."""
        return f"{self.hdr} {self.dolby}".strip()


UNTOLD = Told()


def of_stream(video: Video) -> Told:
    """Return what the stream's own headers and messages say; a transfer left unspecified is not told."""
    colour = video.colour
    if colour.transfer == PQ:
        curve = "PQ"
    elif HLG in (colour.transfer, colour.alternative):
        curve = "HLG"
    else:
        curve = "" if colour.transfer in _UNTOLD else SDR
    return Told(curve if video.hdr == SDR else video.hdr, curve)


def of_container(facts: Mapping[str, Any]) -> Told:
    """Return what boxes of MP4 say (colr, mdcv, clli, dvcC), or descriptors of a transport stream's PMT."""
    transfer = int((facts.get("colour") or {}).get("transfer", 0))
    curve = _NAMES.get(transfer, "" if transfer in _UNTOLD else SDR)
    dolby = facts.get("dolby_vision")
    if dolby:
        profile, compatibility = int(dolby.get("profile", 0)), int(dolby.get("compatibility", 0))
        exact = f"{profile}.{compatibility}" if compatibility else f"{profile}"
        return Told(DOLBY_VISION, curve or _BASES.get(compatibility, ""), f"{exact} level {dolby.get('level', 0)}")
    has_metadata = bool(facts.get("has_mastering") or facts.get("light"))
    return Told("HDR10" if curve == "PQ" and has_metadata else curve, curve)


def of_manifest(rung: Mapping[str, Any]) -> Told:
    """Return what a playlist or MPD says of a rung: VIDEO-RANGE or transfer characteristics, and the codecs."""
    curve = str(rung.get("video_range") or "")
    curve = curve if curve in (SDR, "PQ", "HLG") else ""
    found = _DOLBY_CODEC.search(f"{rung.get('codecs') or ''} {rung.get('supplemental_codecs') or ''}")
    if found is None:
        return Told(curve, curve)
    return Told(DOLBY_VISION, curve, f"{int(found[1])} level {int(found[2])}")
