"""Fetches an MPD at its pace: conditional, hashed, parsed only when it changed, judged each time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from noc_console.media.cache_headers import age_s
from noc_console.media.dash import BadMpd, Mpd, parse
from noc_console.model import Finding
from noc_console.net.fetch import Reply
from noc_console.probes.beside import beside
from noc_console.probes.tools import Tools

SCOPE = "mpd"
_FASTEST_S = 0.5
_MOST_REDIRECTS = 2


@dataclass(frozen=True, slots=True)
class Polled:
    """One fetch of the MPD: `mpd` is None where none came; `is_new` says that the body differs from the last."""

    reply: Reply
    mpd: Mpd | None
    is_new: bool = False
    findings: tuple[Finding, ...] = ()

    @property
    def metrics(self) -> dict[str, float]:
        """The figures of the request itself."""
        told = {"playlist.status": float(self.reply.status), "playlist.is_valid": float(self.mpd is not None)}
        if self.reply.error:
            return told
        return told | {
            "playlist.fetch_s": self.reply.total_s,
            "playlist.ttfb_s": self.reply.ttfb_s,
            "playlist.http_age_s": age_s(self.reply.headers),
        }


class Poller:
    """Remembers the last body and its validators."""

    def __init__(self, tools: Tools, url: str) -> None:
        self._tools = tools
        self._url = url
        self._body = b""
        self._mpd: Mpd | None = None
        self._bad: BadMpd | None = None
        self._validators: dict[str, str] = {}

    async def poll(self) -> Polled:
        """Fetch once."""
        asked = dict(self._validators)
        request = self._tools.request(self._url, accept_gzip=True, headers=asked)
        return await self.take(await self._tools.fetch(request), asked)

    async def take(self, reply: Reply, asked: dict[str, str] | None = None) -> Polled:
        """Read one answer; also the first one of an inspection, which somebody else has fetched."""
        if reply.status == 304 and not reply.error and self._mpd is not None:
            return Polled(reply, self._mpd)
        if not reply.is_ok:
            return Polled(reply, None, findings=(_unreachable(reply), *_redirected(reply)))
        self._remember(reply)
        if reply.body == self._body and (self._mpd or self._bad):
            if self._bad:
                return Polled(reply, None, findings=(_bad(self._bad),))
            return Polled(reply, self._mpd, findings=(*_ignored(reply, asked or {}), *_redirected(reply)))
        self._body = reply.body
        self._tools.keep_body(SCOPE, reply.effective_url, reply.at, reply.body)
        try:
            self._mpd = await beside(len(reply.body), partial(parse, reply.body, reply.effective_url))
            self._bad = None
        except BadMpd as error:
            self._mpd, self._bad = None, error
            return Polled(reply, None, True, (_bad(error),))
        # 5.15: where the presentation has moved to, later versions are asked for
        if self._mpd.locations and self._mpd.locations[0].startswith(("http://", "https://")):
            self._url = self._mpd.locations[0]
        return Polled(reply, self._mpd, True, _redirected(reply))

    def _remember(self, reply: Reply) -> None:
        self._validators = {}
        if etag := reply.headers.get("etag"):
            self._validators["If-None-Match"] = etag
        if modified := reply.headers.get("last-modified"):
            self._validators["If-Modified-Since"] = modified


def pace_s(mpd: Mpd | None, poll_s: float, idle_s: float) -> float:
    """Return how long to wait between two fetches: minimumUpdatePeriod, not under half a segment, not over one."""
    if poll_s > 0:
        return poll_s
    if mpd is None:
        return 2.0
    if not mpd.is_dynamic or mpd.update_s is None:
        return idle_s
    segment = mpd.segment_s or mpd.update_s or 2.0
    is_number = any(rep.addressing.kind == "number" for rep in mpd.each())
    longest = max(segment, min(mpd.update_s, idle_s)) if is_number else segment
    return max(min(max(mpd.update_s, segment / 2), longest), _FASTEST_S)


def _unreachable(reply: Reply) -> Finding:
    why = reply.error_text if reply.error else f"The server answered {reply.status} instead of the MPD."
    return Finding("dash-mpd-unreachable", why, {"uri": reply.url})


def _bad(error: BadMpd) -> Finding:
    return Finding("dash-mpd-parse-error", str(error), {"line": error.line} if error.line else {})


def _redirected(reply: Reply) -> tuple[Finding, ...]:
    if reply.error == "redirects":
        return (Finding("cdn-redirect-chain", reply.error_text, {"uri": reply.url}),)
    if reply.redirects > _MOST_REDIRECTS:
        text = f"The MPD was reached over {reply.redirects} redirects, more than {_MOST_REDIRECTS}."
        return (Finding("cdn-redirect-chain", text, {"uri": reply.url}),)
    return ()


def _ignored(reply: Reply, asked: dict[str, str]) -> tuple[Finding, ...]:
    """Judge a whole answer to a conditional request for what has not changed (IOP 12)."""
    if "If-None-Match" not in asked or reply.headers.get("etag") != asked["If-None-Match"]:
        return ()
    text = "The server sends the whole MPD although it has not changed: If-None-Match is ignored."
    return (Finding("dash-conditional-get", text),)
