"""Learns from an MPD's UTCTiming how far our clock is from the time its server means."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from noc_console.media.cache_headers import age_s
from noc_console.media.dash import Mpd
from noc_console.media.dash.values import instant
from noc_console.net.fetch import Reply, Request
from noc_console.probes.tools import Tools

AGAIN_S = 600.0
GRACE_S = 0.2
_PUBLISHED_AHEAD_S = 1.0
_MOST_TRIED = 3
_SCHEME = "urn:mpeg:dash:utc:"


@dataclass(frozen=True, slots=True)
class ServerTime:
    """Our clock ahead of the server's in seconds, and how far that may be wrong."""

    offset_s: float
    doubt_s: float

    @property
    def grace_s(self) -> float:
        """How long after its availability time a segment may be missing: 200 ms (DVB-DASH), or what is in doubt."""
        return max(GRACE_S, self.doubt_s)

    @property
    def believed_s(self) -> float:
        """The offset to reckon with: none where the measurement cannot tell it from zero."""
        return self.offset_s if abs(self.offset_s) > self.doubt_s else 0.0


async def ask(tools: Tools, mpd: Mpd, reply: Reply | None) -> ServerTime | None:
    """Ask the first UTCTiming source that answers; `reply` is the answer that brought the MPD.

    The strangers that UTCTiming names get no header and no token of ours.
    """
    for timing in mpd.utc_timings[:_MOST_TRIED]:
        scheme = timing.scheme.lower().removeprefix(_SCHEME).partition(":")[0]
        if scheme == "direct":
            found = _against(reply, instant(timing.value), timing.value) if reply else None
            host = urlsplit(mpd.url).netloc
        elif scheme in ("http-xsdate", "http-iso", "http-head"):
            url = urljoin(mpd.url, timing.value.split()[0]) if timing.value.split() else ""
            if urlsplit(url).scheme not in ("http", "https"):
                continue
            method = "HEAD" if scheme == "http-head" else "GET"
            answer = await tools.fetch(Request(url, method=method, max_bytes=4096, timeout_s=5.0))
            found, host = _read(answer, method), urlsplit(url).netloc
        else:
            continue
        if found is not None:
            tools.world.add(host, found.offset_s)
            return found
    return None


def from_date(reply: Reply, mpd: Mpd, now: float) -> ServerTime | None:
    """Return what the Date of an answer tells, where no UTCTiming does; an answer out of a cache tells nothing.

    The Date is the web server's, the MPD the packager's: a Date that disagrees with our clock is believed only where
    the time of publishing fits it better, for nothing was published in the future, and the newest fits best.
    """
    if not reply.is_ok or age_s(reply.headers) > 0:
        return None
    told = _dated(reply)
    if told is None or not told.believed_s or mpd.published_at is None:
        return told
    by_ours, by_date = now - mpd.published_at, now - told.offset_s - mpd.published_at
    is_ours = by_ours >= -_PUBLISHED_AHEAD_S and not -_PUBLISHED_AHEAD_S <= by_date < by_ours
    return ServerTime(0.0, told.doubt_s) if is_ours else told


def _dated(reply: Reply) -> ServerTime | None:
    try:
        return _against(reply, parsedate_to_datetime(reply.headers.get("date", "")).timestamp(), "")
    except (ValueError, TypeError, OverflowError):
        return None


def _read(answer: Reply, method: str) -> ServerTime | None:
    if not answer.is_ok:
        return None
    if method == "HEAD":
        return _dated(answer)
    text = answer.body[:64].decode("ascii", "replace")
    return _against(answer, instant(text), text)


def _against(answer: Reply, theirs: float | None, text: str) -> ServerTime | None:
    if theirs is None:
        return None
    ours = answer.at + answer.dns_s + answer.connect_s + answer.tls_s + answer.ttfb_s / 2
    # without a fraction the second has begun already, half of it on average
    is_coarse = "." not in text
    grain = 0.5 if is_coarse else 0.0
    return ServerTime(ours - (theirs + grain), grain + answer.ttfb_s / 2 + 0.01)
