"""The ladder a master playlist offers, as rungs, and what changed in it."""

from __future__ import annotations

from collections.abc import Iterable

from noc_console.media.hls.playlist import Master, Rendition, Variant
from noc_console.media.ladder import Rung, labelled

_VIDEO_CODECS = ("avc", "hvc", "hev", "dvh", "dva", "vp0", "vp8", "vp9", "av01", "vvc", "vvi", "mp4v", "jpeg")


def rungs_of(master: Master) -> tuple[Rung, ...]:
    """Return every playlist of the ladder once: variants, renditions with a URI, I-frame playlists."""
    found: dict[str, Rung] = {}
    for variant in master.variants:
        rung = _of_variant(master, variant, "video" if has_video(variant) else "audio")
        known = found.get(rung.uri)
        # one playlist may be offered with several audio groups: the richest offer names it
        if known is None or known.bandwidth_bps < rung.bandwidth_bps:
            found[rung.uri] = rung
    for rendition in master.renditions:
        if rendition.uri and rendition.type in ("AUDIO", "SUBTITLES", "VIDEO"):
            rung = _of_rendition(master, rendition)
            found.setdefault(rung.uri, rung)
    for iframe in master.iframes:
        if iframe.uri:
            rung = _of_variant(master, iframe, "iframe")
            found.setdefault(rung.uri, rung)
    return labelled(found.values())


def has_video(variant: Variant) -> bool:
    """Say whether a variant carries pictures: a resolution, a video codec, or nothing that says otherwise."""
    if variant.width or variant.frame_rate or not variant.codecs:
        return True
    return any(codec.strip().lower().startswith(_VIDEO_CODECS) for codec in variant.codecs.split(","))


def _of_variant(master: Master, variant: Variant, kind: str) -> Rung:
    return Rung(
        label="",
        kind=kind,
        uri=master.absolute(variant.uri),
        bandwidth_bps=variant.bandwidth_bps,
        average_bandwidth_bps=variant.average_bandwidth_bps,
        codecs=variant.codecs,
        width=variant.width,
        height=variant.height,
        frame_rate=variant.frame_rate,
        group=variant.audio,
        video_range=variant.video_range,
        supplemental_codecs=variant.supplemental_codecs,
        is_atmos=any(one.group == variant.audio and not one.uri and _has_objects(one) for one in master.renditions),
    )


def _of_rendition(master: Master, rendition: Rendition) -> Rung:
    return Rung(
        label="",
        kind={"SUBTITLES": "subtitles", "AUDIO": "audio"}.get(rendition.type, "video"),
        uri=master.absolute(rendition.uri),
        language=rendition.language,
        group=rendition.group,
        is_atmos=_has_objects(rendition),
    )


def _has_objects(rendition: Rendition) -> bool:
    """CHANNELS tells objects behind the number of channels, as `16/JOC` (8216bis, 4.4.6.1)."""
    return rendition.type == "AUDIO" and "JOC" in rendition.channels.upper().split("/")[1:]


def ladder_changes(before: Iterable[Rung], after: Iterable[Rung]) -> tuple[str, ...]:
    """Return one sentence for each rung added, removed, or offered with another codec."""
    old = {rung.label: rung for rung in before}
    new = {rung.label: rung for rung in after}
    added = [f"Rung {label} added" for label in new if label not in old]
    removed = [f"Rung {label} removed" for label in old if label not in new]
    codecs = [
        f"Rung {label}: codecs {old[label].codecs or 'not told'} became {rung.codecs or 'not told'}"
        for label, rung in new.items()
        if label in old and old[label].codecs != rung.codecs
    ]
    return (*added, *removed, *codecs)
