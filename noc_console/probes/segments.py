"""Takes one listed segment: how it was fetched, its `segment.*` figures, and whether it is missing, slow or cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from noc_console.media.digits import last_digits
from noc_console.model import Finding
from noc_console.net.fetch import Reply
from noc_console.probes.tools import Tools

SLOW_S = 2.0  # operator R-031
DURATION_TOLERANCE = 0.10  # operator R-032
FIRST_BYTES = "0-1023"
_HEAD_BYTES = 64 * 1024
#: When a failed request is made again, seconds after the answer: a playlist may run ahead of its segments by a
#: moment on the way from packager to edge, but what is not there within a second is missing.
RETRIES_S = (0.25, 0.5)
_GONE = (404, 410)
_FINAL = ("too-large", "redirects", "tls", "url", "timeout")  # asking again cannot help, or not in time


@dataclass(frozen=True, slots=True)
class Listed:
    """One segment as its playlist or MPD lists it; `family` is `hls` or `dash`, the prefix of its findings.

    `url` is absolute, `byte_range` as in `Request`. `is_exempt` leaves the duration unjudged: the last segment
    before a discontinuity or the end of a period. `line` is its place in the playlist, 0 where it has none.
    `complete_at` (Unix seconds) is when the last byte exists of one that is fetched while it is still being made:
    what is waited for until then is no slowness of the download.
    """

    family: str
    rung: str
    url: str
    duration_s: float
    sequence: int = 0
    byte_range: str = ""
    is_exempt: bool = False
    line: int = 0
    complete_at: float | None = None

    @property
    def where(self) -> Mapping[str, str | int | float]:
        """Return the place a finding on this segment names."""
        place: dict[str, str | int | float] = {"uri": self.url, "rung": self.rung, "sequence": self.sequence}
        return {**place, "line": self.line} if self.line else place


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a segment gave: the last answer, figures and findings of the scope `segment/RUNG`.

    The probe adds what the container says and hands all of it on in one look, because findings of a scope
    replace each other.
    """

    listed: Listed
    reply: Reply
    metrics: Mapping[str, float]
    findings: tuple[Finding, ...]
    tries: int

    @property
    def is_had(self) -> bool:
        """Whether bytes of the segment are there to be looked into."""
        return self.reply.is_ok and bool(self.reply.body)


async def take(
    tools: Tools,
    listed: Listed,
    *,
    is_whole: bool,
    keep_bytes: int = 1 << 62,
    retries_s: tuple[float, ...] = RETRIES_S,
) -> Taken:
    """Fetch a segment whole, or only its first bytes (level light); a failure is tried again within a second.

    `keep_bytes` bounds what of the body the reply carries, `retries_s` are the pauses before each further try.
    """
    request = tools.request(
        listed.url,
        byte_range=listed.byte_range if is_whole or listed.byte_range else FIRST_BYTES,
        max_bytes=tools.settings.max_segment_bytes,  # a server without ranges sends it whole
        keep_bytes=keep_bytes if is_whole else min(keep_bytes, _HEAD_BYTES),
        timeout_s=tools.settings.request_timeout_s + max((listed.complete_at or 0.0) - tools.now(), 0.0),
    )
    reply = await tools.fetch(request, rung=listed.rung, duration_s=listed.duration_s)
    tries = 1
    for pause_s in retries_s:
        if not _is_missing(reply) or reply.error in _FINAL:
            break
        await tools.sleep(pause_s)
        reply = await tools.fetch(request, rung=listed.rung, duration_s=listed.duration_s)
        tries += 1
    expected_s = tools.input.expected.segment_s
    findings = tuple(judged(listed, reply, expected_s, is_whole=is_whole))
    metrics = figures(listed, reply, expected_s, is_whole=is_whole)
    return Taken(listed, reply, metrics, findings, tries)


def figures(listed: Listed, reply: Reply, expected_s: float, *, is_whole: bool) -> dict[str, float]:
    """Return the `segment.*` metrics of one answer; those of the body only where it came whole."""
    metrics = {
        "segment.status": float(reply.status),
        "segment.is_missing": float(_is_missing(reply)),
        "segment.duration_s": listed.duration_s,
        "segment.sequence": last_digits(listed.sequence),
    }
    if expected_s > 0 and not listed.is_exempt:
        metrics["segment.duration_ratio"] = listed.duration_s / expected_s
    if not reply.is_ok:
        return metrics
    metrics |= {
        "segment.dns_s": reply.dns_s,
        "segment.connect_s": reply.connect_s,
        "segment.tls_s": reply.tls_s,
        "segment.ttfb_s": reply.ttfb_s,
        "segment.body_s": reply.body_s,
    }
    if is_whole:
        metrics["segment.download_s"] = download_s(listed, reply)
        metrics["segment.size_bytes"] = float(reply.size_bytes)
        if listed.duration_s > 0:
            metrics["segment.bitrate_bps"] = reply.size_bytes * 8 / listed.duration_s
            metrics["segment.speed_ratio"] = listed.duration_s / max(download_s(listed, reply), 1e-6)
    return metrics


def download_s(listed: Listed, reply: Reply) -> float:
    """Return how long the download took, without what it had to wait for the segment to be made."""
    if listed.complete_at is None:
        return reply.total_s
    waited = min(max(listed.complete_at - reply.at, 0.0), reply.total_s)
    return max(reply.total_s - waited, min(reply.ttfb_s, reply.total_s))


def judged(listed: Listed, reply: Reply, expected_s: float, *, is_whole: bool) -> list[Finding]:
    """Return what is wrong with one answer; `expected_s` 0 leaves the duration unjudged."""
    found = []
    if reply.error == "truncated":
        found.append(_cut(listed, reply))
    elif _is_missing(reply):
        found.append(_finding(listed, "segment-missing", f"Segment {listed.sequence} {_why(reply)}."))
    elif is_whole and reply.is_ok and download_s(listed, reply) > _slow_limit(listed):
        text = f"Segment {listed.sequence} took {download_s(listed, reply):.1f} s, limit {_slow_limit(listed):.1f} s."
        found.append(_finding(listed, "segment-slow", text))
    if _is_off(listed, expected_s):
        text = f"Segment {listed.sequence} lasts {listed.duration_s:.2f} s, expected {expected_s:.2f} s ± 10 %."
        found.append(_finding(listed, "segment-duration-off", text))
    return found


def _cut(listed: Listed, reply: Reply) -> Finding:
    announced = reply.headers.get("content-length", "more")
    text = f"Segment {listed.sequence} came incomplete: {reply.size_bytes} of {announced} bytes."
    # the catalogue names an incomplete segment for HLS only; in DASH one that never comes whole is missing
    return _finding(listed, "segment-incomplete" if listed.family == "hls" else "segment-missing", text)


def _finding(listed: Listed, name: str, text: str) -> Finding:
    return Finding(f"{listed.family}-{name}", text, listed.where)


def _is_missing(reply: Reply) -> bool:
    return not reply.is_ok or not reply.size_bytes


def _why(reply: Reply) -> str:
    if reply.error:
        return f"was not delivered: {reply.error_text.rstrip('.')}"
    if reply.status in _GONE:
        return f"is listed but not there ({reply.status})"
    if reply.status >= 300:
        return f"was not delivered ({reply.status})"
    return "came empty"


def _slow_limit(listed: Listed) -> float:
    return min(SLOW_S, listed.duration_s) if listed.duration_s > 0 else SLOW_S


def _is_off(listed: Listed, expected_s: float) -> bool:
    if listed.is_exempt or expected_s <= 0:
        return False
    return abs(listed.duration_s - expected_s) > DURATION_TOLERANCE * expected_s + 1e-6
