"""Asks for what a player asks for: the master or MPD, the best rung's playlist, its newest segment."""

from __future__ import annotations

from dataclasses import dataclass, replace

from noc_console.errors import KnownError
from noc_console.media import dash, hls
from noc_console.media.cache_headers import age_s, cache_status
from noc_console.model import Input, Kind
from noc_console.net.fetch import Fetcher, Reply, Request
from noc_console.net.sites import access_for
from noc_console.probes.diagnostics.values import Row
from noc_console.probes.secrets import Secrets
from noc_console.settings import Settings

SLOW_TTFB_S = 1.0
_KEPT = 4096
_LONGEST_URL = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: `what` is master, playlist, mpd or segment; `fault` says why the body is not what it should be.

    `duration_s` is the media time of a segment, 0 of anything else.
    """

    what: str
    reply: Reply
    duration_s: float = 0.0
    fault: str = ""

    @property
    def wrong(self) -> str:
        """What is wrong with it in a few words, empty where nothing is."""
        if self.reply.error:
            return self.reply.error_text
        if not self.reply.is_ok:
            return f"answered {self.reply.status}"
        return self.fault

    @property
    def slow(self) -> str:
        """What took too long in a few words, empty where nothing did."""
        if self.duration_s and self.reply.total_s > self.duration_s:
            return f"took {self.reply.total_s:.1f} s for {self.duration_s:.1f} s of media"
        if self.reply.ttfb_s > SLOW_TTFB_S:
            return f"waited {self.reply.ttfb_s:.1f} s for the first byte"
        return ""

    def row(self, secrets: Secrets) -> Row:
        """Return it as a line of a table."""
        reply = self.reply
        phases = ("dns_s", "connect_s", "tls_s", "ttfb_s", "body_s", "total_s")
        return {
            "what": self.what,
            "url": secrets.hide(reply.url)[:_LONGEST_URL],
            "peer": reply.peer,
            "status": reply.status,
            **{name: round(getattr(reply, name), 4) for name in phases},
            "size_bytes": reply.size_bytes,
            "protocol": reply.protocol,
            "redirects": reply.redirects,
            "cache": cache_status(reply.headers),
            "age_s": age_s(reply.headers),
            "wrong": secrets.hide(self.wrong) or self.slow,
        }


@dataclass(frozen=True, slots=True)
class Way:
    """How an input is asked: with which fetcher, within which bounds, at which address (empty: as the name says)."""

    entry: Input
    fetcher: Fetcher
    settings: Settings
    pin: str = ""
    timeout_s: float = 10.0

    async def ask(self, url: str, *, is_media: bool = False) -> Reply:
        """Fetch one address; of media only the beginning is kept."""
        access = access_for(self.entry.access, url, self.entry.url)
        bound = self.settings.max_segment_bytes if is_media else self.settings.max_playlist_bytes
        request = Request(
            url,
            max_bytes=bound,
            timeout_s=self.timeout_s,
            max_redirects=self.settings.max_redirects,
            access=replace(access, pin=self.pin) if self.pin else access,
            accept_gzip=not is_media,
        )
        return await self.fetcher.fetch(replace(request, keep_bytes=_KEPT) if is_media else request)


async def along(way: Way, at: float) -> tuple[Asked, ...]:
    """Ask for everything from the input's address to the newest segment; ends where an answer leads no further."""
    if way.entry.kind is Kind.DASH:
        return await _along_dash(way, at)
    return await _along_hls(way)


async def _along_hls(way: Way) -> tuple[Asked, ...]:
    asked: list[Asked] = []
    url = way.entry.url
    for _ in range(2):
        reply = await way.ask(url)
        playlist, fault = playlist_of(reply)
        if isinstance(playlist, hls.Master):
            asked.append(Asked("master", reply))
            best = max(playlist.variants, key=lambda one: one.bandwidth_bps, default=None)
            if best is None:
                return (*asked[:-1], replace(asked[-1], fault="lists no rung"))
            url = playlist.absolute(best.uri)
            continue
        if isinstance(playlist, hls.Media) and playlist.segments:
            newest = playlist.segments[-1]
            segment = await way.ask(playlist.absolute(newest.uri), is_media=True)
            return (*asked, Asked("playlist", reply), segment_of(segment, newest.duration_s))
        what = "playlist" if asked or playlist is not None else "master"
        return (*asked, Asked(what, reply, fault=fault or "lists no segment"))
    return tuple(asked)


def playlist_of(reply: Reply) -> tuple[hls.Master | hls.Media | None, str]:
    """Return the playlist of an answer, or why it is none; nothing of an answer that failed."""
    if not reply.is_ok:
        return None, ""
    try:
        return hls.parse(reply.body, reply.effective_url), ""
    except KnownError as bad:
        return None, str(bad)


async def _along_dash(way: Way, at: float) -> tuple[Asked, ...]:
    reply = await way.ask(way.entry.url)
    if not reply.is_ok:
        return (Asked("mpd", reply),)
    try:
        mpd = dash.parse(reply.body, reply.effective_url)
    except KnownError as bad:
        return (Asked("mpd", reply, fault=str(bad)),)
    newest = newest_of(mpd, at)
    if newest is None:
        return (Asked("mpd", reply, fault="lists no segment"),)
    segment = await way.ask(newest.url, is_media=True)
    return Asked("mpd", reply), segment_of(segment, newest.duration_s)


def newest_of(mpd: dash.Mpd, at: float) -> dash.Segment | None:
    """Return the newest segment but one of the best picture: clocks that differ a little make it no fault."""
    for period in reversed(mpd.periods):
        video = [one for one in period.sets if one.kind == "video" and not one.is_trick]
        reps = [rep for one in video for rep in one.representations]
        if reps:
            best = max(reps, key=lambda rep: rep.bandwidth_bps)
            return next(iter(dash.segments(mpd, period, best, at, limit=2)), None)
    return None


def segment_of(reply: Reply, duration_s: float) -> Asked:
    """Return the request of a segment, with what its beginning shows to be wrong."""
    fault = ""
    if reply.is_ok:
        head = reply.body[:64].lstrip().lower()
        if head.startswith((b"<!doctype", b"<html")):
            fault = "is an HTML page, not media"
        elif not reply.size_bytes:
            fault = "is empty"
    return Asked("segment", reply, duration_s, fault)
