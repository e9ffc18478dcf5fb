"""What the media itself says against what the playlist says of it: durations, key frames, time stamps, codecs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from noc_console.media.container import Head, Track
from noc_console.media.hls.playlist import Segment
from noc_console.media.ladder import Rung
from noc_console.model import Finding

_EXTINF_S = 0.1
_GAP_S = 0.1
_BREAK_S = 5.0
_MISMATCH_S = 0.5
_WRAP_S = 2**33 / 90_000
_FAMILIES = {
    "avc1": "avc", "avc2": "avc", "avc3": "avc", "avc4": "avc", "hvc1": "hevc", "hev1": "hevc", "dvh1": "hevc",
    "dvhe": "hevc", "dvav": "avc", "dva1": "avc", "dav1": "av1", "av01": "av1", "vp09": "vp9", "vvc1": "vvc",
    "vvi1": "vvc", "mp4a": "aac", "ac-3": "ac3", "ec-3": "eac3", "ac-4": "ac4", "Opus": "opus", "opus": "opus",
    "fLaC": "flac", "alac": "alac", "dtsc": "dts", "dtse": "dts", "dtsx": "dts",
}  # fmt: skip


def judge_segment(segment: Segment, head: Head, rung: Rung) -> list[Finding]:
    """Return what the head of one segment, as it came, says against the playlist."""
    place = where(segment, rung)
    if any(fault.code in ("html", "empty") for fault in head.errors):
        return [Finding("hls-segment-missing", head.errors[0].text, place)]
    findings = []
    if head.is_truncated:
        text = f"Segment {segment.sequence} ends in the middle of its media: {head.size_bytes} bytes came."
        findings.append(Finding("hls-segment-incomplete", text, place))
    findings.extend(_duration(segment, head, place))
    # HLS authoring 7.4: a segment starts with an IDR
    if head.starts_with_idr is False and rung.kind == "video":
        text = f"Segment {segment.sequence} does not start with a key frame."
        findings.append(Finding("hls-segment-no-idr", text, place))
    findings.extend(_codecs(head, rung, place))
    return findings


def where(segment: Segment, rung: Rung) -> Mapping[str, str | int | float]:
    """Return the place a finding on a segment names."""
    return {"uri": segment.uri, "rung": rung.label, "sequence": segment.sequence, "line": segment.line}


def _duration(segment: Segment, head: Head, place: Mapping[str, str | int | float]) -> Iterator[Finding]:
    measured = head.duration_s
    if measured is None or head.is_truncated or rung_is_text(head):
        return
    off = measured - segment.duration_s
    if abs(off) > _EXTINF_S:
        text = f"Segment {segment.sequence} lasts {measured:.3f} s, EXTINF says {segment.duration_s:.3f} s."
        yield Finding("hls-extinf-rounding", text, place)


def rung_is_text(head: Head) -> bool:
    """Say whether a segment carries text only, whose times tell nothing about its length."""
    return head.kind == "webvtt" or all(track.kind not in ("video", "audio") for track in head.tracks)


def _codecs(head: Head, rung: Rung, place: Mapping[str, str | int | float]) -> Iterator[Finding]:
    if not rung.codecs or rung.kind not in ("video", "audio"):
        return
    declared = {_family(codec) for codec in rung.codecs.split(",")}
    for track in head.tracks:
        family = _family(track.codec)
        if track.kind in ("video", "audio") and family and family not in declared:
            # 8216bis 4.4.6.2: CODECS lists every format present
            text = f"The media carries {track.codec}, CODECS says {rung.codecs}."
            yield Finding("hls-codecs-mismatch", text, place)


def _family(codec: str) -> str:
    return _FAMILIES.get(codec.strip().partition(".")[0], "")


def judge_neighbours(before: Head, after: Head, segment: Segment, rung: Rung) -> list[Finding]:
    """Return what is wrong between two consecutive segments without a discontinuity; `segment` is the second."""
    place = where(segment, rung)
    changed = _format_change(before, after)
    if changed:
        # HLS rule 9: a change of format needs EXT-X-DISCONTINUITY
        text = f"{changed} at segment {segment.sequence} without a discontinuity."
        return [Finding("hls-discontinuity-unsignalled", text, place)]
    last, first = before.main, after.main
    if last is None or first is None or last.end_s is None or first.first_s is None:
        return []
    if last.kind not in ("video", "audio"):
        return []
    gap = _difference(first.first_s, last.end_s, after.kind)
    if abs(gap) <= _GAP_S + 2 * first.frame_s:
        return []
    if abs(gap) > _BREAK_S:
        text = f"Time stamps jump by {gap:+.1f} s at segment {segment.sequence} without a discontinuity."
        return [Finding("hls-discontinuity-unsignalled", text, place)]
    text = (
        f"Time stamps {'leave a gap of' if gap > 0 else 'overlap by'} {abs(gap):.3f} s at segment {segment.sequence}."
    )
    return [Finding("hls-segment-tfdt-gap", text, place)]


def _difference(one: float, other: float, kind: str) -> float:
    gap = one - other
    if kind == "ts" and abs(gap) > _WRAP_S / 2:
        # ISO/IEC 13818-1 2.4.3.7: a PTS has 33 bits
        gap -= _WRAP_S if gap > 0 else -_WRAP_S
    return gap


def _format_change(before: Head, after: Head) -> str:
    if before.kind != after.kind and "unknown" not in (before.kind, after.kind):
        return f"The container changes from {before.kind} to {after.kind}"
    old, new = _formats(before.tracks), _formats(after.tracks)
    for key, track in new.items():
        known = old.get(key)
        if known is None or not known.width or not track.width:
            continue
        if (known.width, known.height) != (track.width, track.height):
            return f"The picture changes from {known.width}x{known.height} to {track.width}x{track.height}"
    kinds_before, kinds_after = {key[0] for key in old}, {key[0] for key in new}
    if "video" in kinds_before and "video" not in kinds_after:
        return "The video track vanishes"
    for kind in ("video", "audio"):
        families = ({_family(track.codec) for track in (*old.values(),) if track.kind == kind} - {""},
                    {_family(track.codec) for track in (*new.values(),) if track.kind == kind} - {""})  # fmt: skip
        if all(families) and families[0].isdisjoint(families[1]):
            return f"The {kind} codec changes from {'/'.join(families[0])} to {'/'.join(families[1])}"
    return ""


def _formats(tracks: Sequence[Track]) -> dict[tuple[str, int], Track]:
    return {(track.kind, track.id): track for track in tracks}


def judge_alignment(starts: Mapping[str, tuple[str, float]], sequence: int) -> list[Finding]:
    """Return the rungs whose time stamps differ for the same content; `starts` is container and first stamp by rung.

    HLS rule 11: matching content has matching timestamps. Stamps of different containers are not comparable.
    """
    findings = []
    for kind in {kind for kind, _ in starts.values()}:
        same = sorted((start, label) for label, (its, start) in starts.items() if its == kind)
        middle = same[len(same) // 2][0]
        for start, label in same:
            off = _difference(start, middle, kind)
            if len(same) > 1 and abs(off) > _MISMATCH_S:
                text = f"Segment {sequence} of {label} begins {off:+.2f} s from the other variants."
                findings.append(Finding("hls-timestamp-mismatch", text, {"rung": label, "sequence": sequence}))
    return findings
