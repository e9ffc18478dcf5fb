"""Blocking reload and delta updates of a low-latency playlist: what to ask, and whether the answer is right."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from noc_console.media.hls.playlist import Media
from noc_console.model import Finding


@dataclass(frozen=True, slots=True)
class Ask:
    """The next part of a playlist: its segment's number and its index in it, -1 where there are no parts."""

    sequence: int
    part: int = -1

    @property
    def query(self) -> str:
        """The delivery directives of 8216bis 6.2.5.2."""
        return f"_HLS_msn={self.sequence}" + (f"&_HLS_part={self.part}" if self.part >= 0 else "")


def next_ask(media: Media) -> Ask:
    """Return the part (or segment) that is not there yet."""
    return Ask(media.last_sequence + 1, len(media.parts) if media.part_target_s else -1)


def with_query(url: str, query: str) -> str:
    """Return an address with more query."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query))


def judge_blocked(ask: Ask, status: int, answer: Media | None, waited_s: float, target_s: float) -> list[Finding]:
    """Return the finding when a blocking request came back without what it waited for, or not in time.

    HLS rule 15: the answer is held until the part is there; blocked longer than 3 x target duration gives 503.
    """
    if answer is None:
        if status in (0, 503) and waited_s > 3 * target_s:
            text = f"A blocking reload for segment {ask.sequence} was not answered within {waited_s:.1f} s."
        else:
            text = f"A blocking reload for segment {ask.sequence} was answered with {status or 'nothing'}."
        return [Finding("llhls-blocking-broken", text)]
    if _has(answer, ask):
        return []
    text = f"A blocking reload came back after {waited_s:.2f} s without segment {ask.sequence}"
    return [Finding("llhls-blocking-broken", f"{text}, part {ask.part}." if ask.part >= 0 else f"{text}.")]


def _has(answer: Media, ask: Ask) -> bool:
    if answer.last_sequence >= ask.sequence:
        return True
    return 0 <= ask.part < len(answer.parts) and answer.last_sequence == ask.sequence - 1


def judge_refusals(far_status: int, lone_part_status: int) -> list[Finding]:
    """Return what should have been refused with 400: a far `_HLS_msn`, and `_HLS_part` alone; 0 was not asked."""
    findings = []
    if far_status and far_status != 400:
        text = f"A request for a segment far ahead was answered with {far_status} instead of 400."
        findings.append(Finding("llhls-msn-range-not-400", text))
    if lone_part_status and lone_part_status != 400:
        text = f"A request with _HLS_part but no _HLS_msn was answered with {lone_part_status} instead of 400."
        findings.append(Finding("llhls-part-without-msn-not-400", text))
    return findings


def judge_delta(full: Media, delta: Media) -> list[Finding]:
    """Return the finding when a delta update does not give the full playlist again (8216bis 4.4.5.2)."""
    if not delta.skipped_segments:
        return []
    known = {segment.sequence: segment for segment in full.segments}
    skipped = range(delta.media_sequence, delta.media_sequence + delta.skipped_segments)
    missing = [number for number in skipped if number >= full.media_sequence and number not in known]
    wrong = [
        segment
        for segment in delta.segments
        if segment.sequence in known and known[segment.sequence].uri != segment.uri
    ]
    if not missing and not wrong:
        return []
    at = missing[0] if missing else wrong[0].sequence
    text = f"A delta update skips {delta.skipped_segments} segments and does not fit the playlist at segment {at}."
    return [Finding("llhls-delta-wrong", text, {"sequence": at})]
