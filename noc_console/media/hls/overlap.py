"""Two versions of one media playlist held beside each other: what was removed, what is new, what changed."""

from __future__ import annotations

from dataclasses import dataclass

from noc_console.media.hls.playlist import Media, Segment
from noc_console.model import Finding, Severity

_DATE_GRAIN_S = 0.5
_DURATION_GRAIN_S = 0.001


@dataclass(frozen=True, slots=True)
class Overlap:
    """What changed from one version to the next; `is_restart` says that the numbering began anew."""

    removed: tuple[Segment, ...] = ()
    fresh: tuple[Segment, ...] = ()
    findings: tuple[Finding, ...] = ()
    is_restart: bool = False


def compare(old: Media, new: Media, elapsed_s: float) -> Overlap:
    """Return what happened between two versions fetched `elapsed_s` apart (HLS rules 2, 4, 5, 8)."""
    findings = [*_header(old, new)]
    shift = new.media_sequence - old.media_sequence
    if shift < 0:
        findings.append(_decreased(old, new))
        return Overlap((), _unknown(old, new), tuple(findings), is_restart=True)
    if shift > len(old.segments):
        if not _is_progress(old, shift, elapsed_s):
            findings.append(_jump(old, new, shift))
        findings.extend(_discontinuity_header(old, new))
        return Overlap(old.segments, new.segments, tuple(findings), is_restart=True)
    common = old.segments[shift:]
    step = _step(old, new, shift)
    if step is not None:
        findings.append(step)
        return Overlap((), _unknown(old, new), tuple(findings))
    findings.extend(_common(common, new))
    findings.extend(_discontinuities(old, common, new))
    return Overlap(old.segments[:shift], new.segments[len(common) :], tuple(findings))


def _header(old: Media, new: Media) -> list[Finding]:
    findings = []
    if old.target_duration_s and new.target_duration_s and old.target_duration_s != new.target_duration_s:
        # HLS rule 2: the target duration never changes
        findings.append(
            Finding(
                "hls-targetduration-changed",
                f"TARGETDURATION changed from {old.target_duration_s} to {new.target_duration_s}.",
                {"line": new.tags.get("EXT-X-TARGETDURATION", 0)},
            )
        )
    if old.version != new.version:
        findings.append(
            Finding(
                "hls-version-changed",
                f"EXT-X-VERSION changed from {old.version} to {new.version}.",
                {"line": new.tags.get("EXT-X-VERSION", 0)},
            )
        )
    return findings


def _decreased(old: Media, new: Media) -> Finding:
    line = {"line": new.tags.get("EXT-X-MEDIA-SEQUENCE", 0)}
    text = f"MEDIA-SEQUENCE went back from {old.media_sequence} to {new.media_sequence}"
    known = {segment.uri for segment in old.segments}
    if new.segments and new.segments[-1].uri in known:
        return Finding(
            "hls-media-sequence-decreased", f"{text}: an older version is served again.", {**line, "cause": "cache"}
        )
    return Finding("hls-media-sequence-decreased", f"{text}: the packager began anew.", {**line, "cause": "origin"})


def _is_progress(old: Media, shift: int, elapsed_s: float) -> bool:
    # we looked late (requests failed): what went by meanwhile is no jump
    usual = old.duration_s / len(old.segments) if old.segments else float(old.target_duration_s)
    return bool(old.segments) and shift * usual <= 1.5 * elapsed_s + 2 * old.target_duration_s


def _jump(old: Media, new: Media, shift: int) -> Finding:
    return Finding(
        "hls-media-sequence-jump",
        f"MEDIA-SEQUENCE jumped by {shift} to {new.media_sequence}; the playlist had {len(old.segments)} segments.",
        {"line": new.tags.get("EXT-X-MEDIA-SEQUENCE", 0)},
    )


def _discontinuity_header(old: Media, new: Media) -> list[Finding]:
    if new.discontinuity_sequence >= old.discontinuity_sequence:
        return []
    return [_dseq_decreased(old.discontinuity_sequence, new.discontinuity_sequence, new)]


def _dseq_decreased(before: int, now: int, new: Media) -> Finding:
    return Finding(
        "hls-dseq-decreased",
        f"DISCONTINUITY-SEQUENCE went back from {before} to {now}.",
        {"line": new.tags.get("EXT-X-DISCONTINUITY-SEQUENCE", 0)},
    )


def _step(old: Media, new: Media, shift: int) -> Finding | None:
    """Return the finding when the number of segments removed is not what MEDIA-SEQUENCE says."""
    if not new.segments or (shift < len(old.segments) and _same_bytes(old.segments[shift], new.segments[0])):
        return None
    first = new.segments[0]
    removed = next((index for index, segment in enumerate(old.segments) if _place(segment) == _place(first)), None)
    if removed is None or removed == shift:
        return None
    # HLS rule 4: the number grows by exactly one for each segment removed
    return Finding(
        "hls-media-sequence-step",
        f"MEDIA-SEQUENCE grew by {shift}, but {removed} segments were removed.",
        {"line": new.tags.get("EXT-X-MEDIA-SEQUENCE", 0), "uri": first.uri},
    )


def _unknown(old: Media, new: Media) -> tuple[Segment, ...]:
    known = {_place(segment) for segment in old.segments}
    return tuple(segment for segment in new.segments if _place(segment) not in known)


def _place(segment: Segment) -> tuple[str, tuple[int, int] | None]:
    """Return where a segment's bytes are: many segments may be ranges of one file."""
    return segment.uri, segment.byterange


def _same_bytes(one: Segment, other: Segment) -> bool:
    return _same_uri(one, other) and one.byterange == other.byterange


def _same_uri(one: Segment, other: Segment) -> bool:
    if one.uri == other.uri:
        return True
    # a token in the query may be renewed at every fetch without the segment being another one
    return "?" in one.uri and one.uri.partition("?")[0] == other.uri.partition("?")[0]


def _common(common: tuple[Segment, ...], new: Media) -> list[Finding]:
    findings: list[Finding] = []
    changed: list[tuple[Segment, str]] = []
    dropped: list[Segment] = []
    if len(new.segments) < len(common):
        last = common[-1]
        changed.append((last, f"segment {last.sequence} vanished from the end"))
    for before, now in zip(common, new.segments, strict=False):
        what = _difference(before, now, is_first=now is new.segments[0])
        if what:
            changed.append((now, what))
        if before.keys is not now.keys and before.keys and not now.keys:
            dropped.append(now)
    if changed:
        segment, what = changed[0]
        # HLS rule 5: nothing but the ends of the playlist may change
        findings.append(
            Finding(
                "hls-history-changed",
                f"Segment {segment.sequence} was already published, but {what}.",
                {"line": segment.line, "sequence": segment.sequence, "uri": segment.uri},
                len(changed),
            )
        )
    if dropped:
        findings.append(
            Finding(
                "hls-key-tag-dropped",
                f"EXT-X-KEY vanished while it still applies to segment {dropped[0].sequence}.",
                {"line": dropped[0].line, "sequence": dropped[0].sequence},
                len(dropped),
            )
        )
    return findings


def _difference(before: Segment, now: Segment, *, is_first: bool) -> str:
    if before.uri != now.uri and not _same_uri(before, now):
        return f"its URI changed from {before.uri[:80]} to {now.uri[:80]}"
    if abs(before.duration_s - now.duration_s) > _DURATION_GRAIN_S:
        return f"its EXTINF changed from {before.duration_s:g} to {now.duration_s:g} s"
    # the tag of the topmost segment may go with the sequence number counted up instead
    if before.is_discontinuity != now.is_discontinuity and not is_first:
        return f"its discontinuity tag was {'removed' if before.is_discontinuity else 'added'}"
    if before.byterange != now.byterange:
        return "its byte range changed"
    if now.is_dated and before.date is not None and now.date is not None and before.is_dated:
        shift = now.date - before.date
        if abs(shift) > _DATE_GRAIN_S:
            return f"its PROGRAM-DATE-TIME moved by {shift:+.1f} s"
    return ""


def _discontinuities(old: Media, common: tuple[Segment, ...], new: Media) -> list[Finding]:
    if not common or not new.segments or not _same_uri(common[0], new.segments[0]):
        return []
    before, now = common[0].discontinuity_sequence, new.segments[0].discontinuity_sequence
    if before == now:
        return []
    if new.discontinuity_sequence < old.discontinuity_sequence:
        return [_dseq_decreased(old.discontinuity_sequence, new.discontinuity_sequence, new)]
    # HLS rule 8: it counts the discontinuity tags removed, so that each segment keeps its own number
    has_tag = "EXT-X-DISCONTINUITY-SEQUENCE" in new.tags
    told = f"{new.discontinuity_sequence}" if has_tag else "not written"
    header = common[0].discontinuity_sequence - (1 if new.segments[0].is_discontinuity else 0)
    return [
        Finding(
            "hls-dseq-not-incremented",
            f"DISCONTINUITY-SEQUENCE is {told}, by the tags removed it should be {header}.",
            {"line": new.tags.get("EXT-X-DISCONTINUITY-SEQUENCE", 0), "sequence": new.media_sequence},
            # a packager that never writes the tag breaks no player that starts from it, but seeking and sync suffer
            severity=None if has_tag else Severity.WARNING,
        )
    ]
