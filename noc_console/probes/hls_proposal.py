"""What *Add channel* proposes for an HLS address: segment duration as measured, ladder, languages, badges."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import Any

from noc_console.media.hls import Master
from noc_console.media.hls.rungs import rungs_of
from noc_console.probes.hls_rung import RungWatch

_HDR = ("PQ", "HLG")


def proposal(rungs: Mapping[str, RungWatch], master: Master | None) -> dict[str, Any]:
    """Return the proposal; `rungs` is what was watched, empty for a file."""
    offered = rungs_of(master) if master is not None else ()
    height = max((rung.height for rung in offered), default=0)
    height = max([height, *(track.height for rung in rungs.values() for track in _tracks(rung))])
    is_hdr = any(rung.video_range in _HDR for rung in offered)
    is_uhd = height >= 2000
    return {
        "segment_s": _segment_s(rungs),
        "rungs": [rung.label for rung in offered if rung.kind != "iframe"],
        "audio_languages": _languages(master, "AUDIO"),
        "subtitle_languages": _languages(master, "SUBTITLES"),
        "is_hdr": is_hdr,
        "badges": ["HLS", *_badges(rungs, is_hdr=is_hdr, is_uhd=is_uhd)],
        "class": "4K" if is_uhd else "HD" if height >= 720 else "SD" if height else "OTT",
        "template": "TPL_LIVE_4K_HDR" if is_uhd and is_hdr else "TPL_ABR_OTT",
    }


def _segment_s(rungs: Mapping[str, RungWatch]) -> float:
    """Return the usual segment duration in seconds, 0 where none is known.

    Measured from the media where it was fetched, else EXTINF; the last segment before a discontinuity is left out.
    """
    kinds = [rung for rung in rungs.values() if rung.rung.kind in ("video", "audio")]
    listed = [
        segment.duration_s
        for rung in kinds
        if rung.media is not None
        for segment, following in zip(rung.media.segments, (*rung.media.segments[1:], None), strict=False)
        if following is not None and not following.is_discontinuity
    ]
    if not listed:
        listed = [segment.duration_s for rung in kinds if rung.media for segment in rung.media.segments]
    if not listed:
        return 0.0
    usual = median(listed)
    measured = [head.duration_s for rung in kinds for _, head in rung.heads.values() if head.duration_s]
    # what was measured counts where the playlist is untrue; one short segment among few must not
    if len(measured) >= 3 and abs(median(measured) - usual) > 0.1 * usual:
        usual = median(measured)
    whole = round(usual * 2) / 2
    return whole if abs(usual - whole) < 0.02 * usual else round(usual, 2)


def _languages(master: Master | None, kind: str) -> list[str]:
    if master is None:
        return []
    found = [one.language for one in master.renditions if one.type == kind and one.language and not one.is_forced]
    return list(dict.fromkeys(found))


def _badges(rungs: Mapping[str, RungWatch], *, is_hdr: bool, is_uhd: bool) -> list[str]:
    media = [rung.media for rung in rungs.values() if rung.media is not None]
    badges = []
    if any(one.maps for one in media):
        badges.append("fMP4")
    elif any(head.kind == "ts" for rung in rungs.values() for _, head in rung.heads.values()):
        badges.append("TS")
    if any(one.part_target_s for one in media):
        badges.append("LL")
    if any(one.keys for one in media):
        badges.append("DRM" if any(key.system != "identity" for one in media for key in one.keys) else "AES")
    if is_uhd:
        badges.append("4K")
    if is_hdr:
        badges.append("HDR")
    return badges


def _tracks(rung: RungWatch) -> list[Any]:
    return [track for _, head in rung.heads.values() for track in head.tracks]
