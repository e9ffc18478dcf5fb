"""All playlists of one channel held beside each other: what RFC 8216 6.2.4 asks of matching renditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from noc_console.media.hls.playlist import Media, Segment
from noc_console.media.ladder import Rung
from noc_console.model import Finding, Severity

_SAME_S = 0.5
_REPORT_GRACE_S = 1.0


@dataclass(frozen=True, slots=True)
class Peer:
    """One rung with its newest playlist and when that was fetched (Unix time)."""

    rung: Rung
    media: Media
    at: float


def compare_renditions(peers: Sequence[Peer]) -> tuple[tuple[Finding, ...], dict[str, float]]:
    """Return findings and metrics of the set; I-frame playlists are left out, they may differ by practice."""
    peers = [peer for peer in peers if peer.rung.kind != "iframe"]
    heard = [peer for peer in peers if peer.rung.kind != "subtitles"]
    spread = edge_spread(heard)
    findings = [
        *_targets(heard),
        *_discontinuities(heard),
        *_misaligned(heard, spread),
        *_dates(peers),
        *_dateranges(heard),
        *_reports(peers),
    ]
    return tuple(findings), {} if spread is None else {"ladder.edge_spread": spread}


def _targets(peers: Sequence[Peer]) -> Iterator[Finding]:
    # HLS rule 10: all renditions have the same target duration (subtitles and I-frame lists excepted by practice)
    told = {peer.media.target_duration_s for peer in peers if peer.media.target_duration_s}
    video = {peer.media.target_duration_s for peer in peers if peer.rung.kind == "video"} - {0}
    if len(told) < 2:
        return
    named = ", ".join(f"{peer.rung.label} {peer.media.target_duration_s}" for peer in peers[:12])
    yield Finding(
        "hls-targetduration-mismatch",
        f"TARGETDURATION differs between renditions: {named}.",
        # players care for the variants they switch between; audio beside them may be cut a little otherwise
        severity=None if len(video) > 1 or max(told) - min(told) > 1 else Severity.WARNING,
    )


def _discontinuities(peers: Sequence[Peer]) -> Iterator[Finding]:
    # HLS rule 8: the discontinuity sequence number of the same content is the same in all renditions
    counted = [peer for peer in peers if "EXT-X-DISCONTINUITY-SEQUENCE" in peer.media.tags and peer.media.segments]
    if len(counted) < 2:
        return
    first = counted[0]
    for other in counted[1:]:
        pair = _match(first.media, other.media)
        if pair is None or pair[0].discontinuity_sequence == pair[1].discontinuity_sequence:
            continue
        yield Finding(
            "hls-dseq-mismatch",
            f"Segment {pair[1].sequence} of {other.rung.label} has discontinuity sequence "
            f"{pair[1].discontinuity_sequence}, in {first.rung.label} it is {pair[0].discontinuity_sequence}.",
            {"rung": other.rung.label, "sequence": pair[1].sequence},
        )


def _match(one: Media, other: Media) -> tuple[Segment, Segment] | None:
    """Return the newest segments of the same content: by date where both have one, else by number."""
    last, peer = one.segments[-1], other.segments[-1]
    if last.date is not None and peer.date is not None:
        return _match_dates(one, other)
    newest = min(last.sequence, peer.sequence)
    mine_at, theirs_at = newest - one.segments[0].sequence, newest - other.segments[0].sequence
    if mine_at < 0 or theirs_at < 0:
        return None
    return one.segments[mine_at], other.segments[theirs_at]


def _match_dates(one: Media, other: Media) -> tuple[Segment, Segment] | None:
    """Walk both lists back from their ends, always the one that is ahead."""
    mine_at, theirs_at = len(one.segments) - 1, len(other.segments) - 1
    while mine_at >= 0 and theirs_at >= 0:
        mine, theirs = one.segments[mine_at], other.segments[theirs_at]
        if mine.date is None or theirs.date is None:
            return None
        if abs(theirs.date - mine.date) <= _SAME_S:
            return mine, theirs
        if mine.date > theirs.date:
            mine_at -= 1
        else:
            theirs_at -= 1
    return None


def edge_spread(peers: Sequence[Peer]) -> float | None:
    """Return how many segments lie between the first and the last rung at the live edge, None where unknown.

    By dates where all variants have them, else by sequence numbers, which are comparable only where the windows meet.
    """
    video = [peer for peer in peers if peer.rung.kind == "video" and peer.media.segments and peer.media.is_live]
    if len(video) < 2:
        return None
    # the playlists were fetched at slightly different moments: only those of the same round are compared
    newest = max(peer.at for peer in video)
    target = max(peer.media.target_duration_s for peer in video) or 1
    video = [peer for peer in video if peer.at > newest - target / 2]
    edges = [peer.media.edge_date for peer in video]
    dates = [edge for edge in edges if edge is not None]
    if len(dates) == len(video) >= 2:
        usual = min(peer.media.duration_s / len(peer.media.segments) for peer in video) or 1.0
        return round((max(dates) - min(dates)) / usual, 1)
    first, last = min(peer.media.last_sequence for peer in video), max(peer.media.last_sequence for peer in video)
    window = max(len(peer.media.segments) for peer in video)
    return float(last - first) if len(video) >= 2 and last - first <= 4 * window else None


def _misaligned(peers: Sequence[Peer], spread: float | None) -> Iterator[Finding]:
    if spread is None or spread <= 1.5:
        return
    behind = min(
        (peer for peer in peers if peer.rung.kind == "video" and peer.media.segments),
        key=lambda peer: peer.media.edge_date or peer.media.last_sequence,
    )
    yield Finding(
        "hls-rung-misaligned",
        f"The rungs are {spread:g} segments apart at the live edge, limit 1; {behind.rung.label} is behind.",
        {"rung": behind.rung.label},
    )


def _dates(peers: Sequence[Peer]) -> Iterator[Finding]:
    filled = [peer for peer in peers if peer.media.segments and peer.media.is_live]
    dated = [peer for peer in filled if "EXT-X-PROGRAM-DATE-TIME" in peer.media.tags]
    lacking = [peer for peer in filled if "EXT-X-PROGRAM-DATE-TIME" not in peer.media.tags]
    if not dated or not lacking:
        return
    # HLS rule 12: if one has PROGRAM-DATE-TIME, all have; players forgive subtitles
    only_text = all(peer.rung.kind == "subtitles" for peer in lacking)
    yield Finding(
        "hls-pdt-partial",
        f"PROGRAM-DATE-TIME is missing in {', '.join(peer.rung.label for peer in lacking[:8])}, others have it.",
        {"rung": lacking[0].rung.label},
        len(lacking),
        severity=Severity.WARNING if only_text else None,
    )


def _dateranges(peers: Sequence[Peer]) -> Iterator[Finding]:
    video = [peer for peer in peers if peer.rung.kind == "video" and peer.media.edge_date is not None]
    if len(video) < 2 or not any(peer.media.dateranges for peer in video):
        return
    for peer in video:
        own = {span.id for span in peer.media.dateranges}
        edge = peer.media.edge_date or 0.0
        start, settled = edge - peer.media.duration_s, edge - 2 * peer.media.target_duration_s
        missing = {
            span.id
            for other in video
            for span in other.media.dateranges
            if span.start is not None and start <= span.start <= settled and span.id not in own
        }
        if missing:
            yield Finding(
                "hls-daterange-mismatch",
                f"DATERANGE {sorted(missing)[0][:60]!r} is missing in {peer.rung.label}, other renditions have it.",
                {"rung": peer.rung.label},
                len(missing),
            )


def _reports(peers: Sequence[Peer]) -> Iterator[Finding]:
    low = [peer for peer in peers if peer.media.part_target_s and peer.media.is_live]
    if len(low) < 2:
        return
    for peer in low:
        told = {peer.media.absolute(report.uri).partition("?")[0]: report for report in peer.media.reports}
        for other in low:
            if other is peer or abs(other.at - peer.at) > _REPORT_GRACE_S:
                continue
            report = told.get(other.rung.uri.partition("?")[0])
            if report is None:
                text = f"{peer.rung.label} has no RENDITION-REPORT for {other.rung.label}."
            elif 0 <= report.last_sequence < other.media.last_sequence - 1:
                text = (
                    f"RENDITION-REPORT for {other.rung.label} says segment {report.last_sequence}, "
                    f"it is at {other.media.last_sequence}."
                )
            else:
                continue
            yield Finding("llhls-rendition-report-stale", text, {"rung": peer.rung.label})
            break
