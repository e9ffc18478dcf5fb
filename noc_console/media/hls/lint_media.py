"""Judge one media playlist by itself; what needs memory is in `live`, what needs peers in `renditions`."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

from noc_console.media.hls.lint_parts import lint_parts
from noc_console.media.hls.playlist import Media, Segment
from noc_console.model import Finding, Severity

_FMP4 = (".m4s", ".cmfv", ".cmfa", ".cmft", ".m4f", ".m4v", ".m4a", ".mp4")
_WINDOW_TOLERANCE = 0.95


def lint_media(media: Media) -> tuple[Finding, ...]:
    """Return the findings one media playlist has by itself."""
    findings = [*media.problems, *_target(media), *_versions(media)]
    if media.segments:
        findings.extend(_durations(media))
        findings.extend(_dates(media))
        findings.extend(_map(media))
        findings.extend(_gaps(media))
    if media.is_live:
        findings.extend(_live(media))
    if media.part_target_s or "EXT-X-PART" in media.tags or media.control.line:
        findings.extend(lint_parts(media))
    return tuple(findings)


def _target(media: Media) -> Iterator[Finding]:
    if not media.target_duration_s:
        # RFC 8216 4.3.3.1: EXT-X-TARGETDURATION is required
        yield Finding("hls-targetduration-missing", "The playlist has no usable TARGETDURATION.")


def _durations(media: Media) -> Iterator[Finding]:
    target = media.target_duration_s
    if "EXT-X-IMAGES-ONLY" in media.tags:
        return
    # one look at the longest segment decides whether any has to be named
    if not target or max(segment.duration_s for segment in media.segments) < target + 0.5:
        return
    # HLS rule 1: EXTINF rounded to the nearest integer (halves up) must not exceed the target duration
    rounded = [segment for segment in media.segments if floor(segment.duration_s + 0.5) > target]
    yield _worst(
        "hls-extinf-exceeds-target",
        rounded,
        f"EXTINF {{:.3f}} s, rounded, exceeds the target duration of {target} s.",
    )
    over = [segment for segment in media.segments if segment.duration_s > target + 0.5]
    if over:
        # HLS authoring 7.7
        yield _worst(
            "hls-segment-over-half-second",
            over,
            f"EXTINF {{:.3f}} s is more than the target duration of {target} s + 0.5 s.",
        )


def _worst(finding_id: str, segments: list[Segment], text: str) -> Finding:
    worst = max(segments, key=_duration)
    return Finding(
        finding_id,
        text.format(worst.duration_s),
        {"line": worst.line, "sequence": worst.sequence, "uri": worst.uri},
        len(segments),
    )


def _duration(segment: Segment) -> float:
    return segment.duration_s


def _dates(media: Media) -> Iterator[Finding]:
    if "EXT-X-PROGRAM-DATE-TIME" not in media.tags:
        if media.is_live and not media.is_iframes_only:
            yield Finding("hls-pdt-missing", "The live playlist has no PROGRAM-DATE-TIME.")
        return
    limit = 2 * media.target_duration_s
    jumps = 0
    first: tuple[Segment, float] | None = None
    end: float | None = None
    start: float | None = None
    for segment in media.segments:
        date = segment.date
        if end is not None and segment.is_dated and date is not None and start is not None:
            # HLS rule 12: the date goes on with the media, unless a discontinuity stands between
            lead = date - end
            if not -1.0 <= lead <= 1.0 and not segment.is_discontinuity and (date < start or date - start > limit):
                jumps += 1
                first = first or (segment, lead)
        start = date
        end = None if date is None else date + segment.duration_s
    if first is not None:
        segment, lead = first
        yield Finding(
            "hls-pdt-jump",
            f"PROGRAM-DATE-TIME jumps by {lead:+.1f} s without a discontinuity.",
            {"line": segment.line, "sequence": segment.sequence},
            jumps,
        )


def _map(media: Media) -> Iterator[Finding]:
    for segment in media.segments:
        if segment.map is None and _path(segment.uri).endswith(_FMP4):
            # RFC 8216 3.3: an fMP4 segment needs EXT-X-MAP
            yield Finding(
                "hls-map-missing", "fMP4 segments have no EXT-X-MAP.", {"line": segment.line, "uri": segment.uri}
            )
            return
        if segment.map is not None:
            return


def _path(uri: str) -> str:
    return uri.partition("?")[0].partition("#")[0].lower()


def _gaps(media: Media) -> Iterator[Finding]:
    if "EXT-X-GAP" not in media.tags:
        return
    gaps = [segment for segment in media.segments if segment.is_gap]
    if gaps:
        yield Finding(
            "hls-gap-present",
            f"{len(gaps)} segments are marked EXT-X-GAP: media is missing.",
            {"line": gaps[0].line, "sequence": gaps[0].sequence},
            len(gaps),
        )


def _live(media: Media) -> Iterator[Finding]:
    if media.playlist_type:
        yield Finding(
            "hls-playlist-type-in-live",
            f"A live playlist has PLAYLIST-TYPE {media.playlist_type}.",
            {"line": media.tags.get("EXT-X-PLAYLIST-TYPE", 0)},
        )
    # HLS rule 6: removal must leave three target durations; a playlist that has just begun has removed nothing
    needed = 3 * media.target_duration_s
    window = media.duration_s + sum(part.duration_s for part in media.parts)
    if media.media_sequence > len(media.segments) and window < needed * _WINDOW_TOLERANCE:
        yield Finding(
            "hls-window-too-short",
            f"The playlist holds {window:.1f} s, at least 3 x target duration = {needed} s are needed.",
        )


def _versions(media: Media) -> Iterator[Finding]:
    needed, tag, line = max(_needs(media))
    if media.version < needed:
        yield Finding(
            "hls-version-too-low",
            f"{tag} needs EXT-X-VERSION {needed}, the playlist has {media.version}.",
            {"line": line},
            severity=None if needed > 3 else Severity.WARNING,
        )


def _needs(media: Media) -> Iterator[tuple[int, str, int]]:
    # RFC 8216 7 and 8216bis 8: protocol version compatibility
    tags = media.tags
    yield 1, "", 0
    if not media.has_integer_durations:
        yield 3, "A fractional EXTINF", tags.get("EXTINF", 0)
    if "EXT-X-BYTERANGE" in tags or "EXT-X-I-FRAMES-ONLY" in tags:
        tag = "EXT-X-BYTERANGE" if "EXT-X-BYTERANGE" in tags else "EXT-X-I-FRAMES-ONLY"
        yield 4, tag, tags[tag]
    if "EXT-X-MAP" in tags:
        yield (5 if media.is_iframes_only else 6), "EXT-X-MAP", tags["EXT-X-MAP"]
    if "EXT-X-DEFINE" in tags:
        yield 8, "EXT-X-DEFINE", tags["EXT-X-DEFINE"]
    if media.skipped_segments:
        yield 9, "EXT-X-SKIP", tags["EXT-X-SKIP"]
    for key in media.keys:
        if key.keyformat != "identity" or key.keyformat_versions:
            yield 5, "KEYFORMAT", key.line
        elif key.iv:
            yield 2, "IV", key.line
