"""One media playlist under watch: fetch it, parse it only when it changed, judge it, hand the look on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import partial

from noc_console.media.cache_headers import age_s
from noc_console.media.container import Head
from noc_console.media.hls import BadPlaylist, Media, Segment, parse_media
from noc_console.media.hls.answers import lint_answer, lint_token
from noc_console.media.hls.bandwidth import Size
from noc_console.media.hls.live import Memory, Step, advance
from noc_console.media.hls.stale import Seen
from noc_console.media.ladder import Rung
from noc_console.model import Finding
from noc_console.net.fetch import Reply
from noc_console.probes.beside import beside
from noc_console.probes.hls_keys import KeyWatch
from noc_console.probes.hls_stream import SegmentStream
from noc_console.probes.tools import Tools

_LEAST_PATIENCE_S = 3.0

#: One initialisation section: its address and byte range as written.
InitKey = tuple[str, tuple[int, int] | None]


@dataclass(slots=True)
class RungWatch:
    """What a probe remembers of one rung; `findings` are those of its newest look."""

    rung: Rung
    memory: Memory = field(default_factory=Memory)
    body: bytes = b""
    bad: BadPlaylist | None = None
    looked_at: float = 0.0
    findings: tuple[Finding, ...] = ()
    keys: KeyWatch = field(default_factory=KeyWatch)
    inits: dict[InitKey, bytes | None] = field(default_factory=dict)
    sizes: tuple[Size, ...] = ()
    heads: dict[int, tuple[Segment, Head]] = field(default_factory=dict)
    deferred: Segment | None = None
    stream: SegmentStream = field(default_factory=SegmentStream)

    @property
    def media(self) -> Media | None:
        """The newest playlist that could be read."""
        return self.memory.media


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll gave: whether there is a new version, and the segments not seen before."""

    watch: RungWatch
    is_changed: bool = False
    fresh: tuple[Segment, ...] = ()


async def poll(watch: RungWatch, tools: Tools, variables: Mapping[str, str], reply: Reply | None = None) -> Polled:
    """Fetch a media playlist once (or take `reply`), judge it, and hand on the look."""
    if reply is None:
        # who has no playlist after one and a half target durations must ask again, not wait
        patience_s = max(_LEAST_PATIENCE_S, 1.5 * watch.memory.target_s or _LEAST_PATIENCE_S * 2)
        request = tools.request(
            watch.rung.uri, accept_gzip=True, timeout_s=min(tools.settings.request_timeout_s, patience_s)
        )
        reply = await tools.fetch(request, rung=watch.rung.label)
    watch.looked_at = reply.at
    before = watch.media
    judge = partial(_judged, watch, reply, variables, tools.clock_offset_s)
    step, found = await beside(len(reply.body), judge)
    if reply.is_ok:
        found = (*found, *token_findings(tools, reply))
    watch.memory = step.memory
    if watch.media is not None and watch.media is not before:
        watch.keys.learn(watch.media)
    if reply.is_ok:
        tools.keep_body(f"playlist/{watch.rung.label}", reply.effective_url, reply.at, reply.body)
        found = (*found, *await watch.keys.check(tools, watch.rung.label))
    watch.findings = found
    metrics = {**step.metrics, **_figures(reply, is_valid=reply.is_ok and watch.bad is None)}
    tools.look(f"playlist/{watch.rung.label}", reply.at, metrics, found)
    return Polled(watch, watch.media is not before, step.fresh)


def _judged(
    watch: RungWatch, reply: Reply, variables: Mapping[str, str], offset_s: float | None
) -> tuple[Step, tuple[Finding, ...]]:
    is_same = reply.is_ok and reply.body == watch.body
    seen = Seen(reply.at, age_s(reply.headers), date_of(reply) if is_same else None, offset_s)
    if not reply.is_ok:
        step = advance(watch.memory, None, seen)
        return step, (unreachable("hls-media-unreachable", "media playlist", reply), *step.findings)
    if not is_same:
        watch.body, watch.bad = reply.body, None
    answer = lint_answer(reply.headers, len(reply.body))
    media = watch.media
    # an unchanged body is not parsed again, be it good or bad
    if not is_same or (media is None and watch.bad is None):
        try:
            media = parse_media(reply.body, reply.effective_url, variables)
        except BadPlaylist as bad:
            watch.bad = bad
    if watch.bad is not None or media is None:
        step = advance(watch.memory, None, seen)
        return step, (*((watch.bad.finding(reply.effective_url),) if watch.bad else ()), *answer)
    step = advance(watch.memory, media, seen)
    return step, (*step.findings, *answer)


def _figures(reply: Reply, *, is_valid: bool) -> dict[str, float]:
    metrics = {
        "playlist.fetch_s": reply.total_s,
        "playlist.ttfb_s": reply.ttfb_s,
        "playlist.status": float(reply.status),
        "playlist.is_valid": float(is_valid),
    }
    if "age" in reply.headers:
        metrics["playlist.http_age_s"] = age_s(reply.headers)
    return metrics


def token_findings(tools: Tools, reply: Reply) -> list[Finding]:
    """Return the finding when the token runs out: the one in the address, or the one the input adds to it."""
    url = reply.url
    if tools.input.access.query:
        url += ("&" if "?" in url else "?") + tools.input.access.query.lstrip("?&")
    return lint_token(url, reply.at) if "?" in url or "=" in url else []


def unreachable(finding_id: str, what: str, reply: Reply) -> Finding:
    """Return the finding for a playlist that was not delivered: why, and from where."""
    why = reply.error_text or f"The server answered {reply.status}."
    return Finding(finding_id, f"The {what} was not delivered. {why}", {"uri": reply.url, "status": reply.status})


def date_of(reply: Reply) -> float | None:
    """Return the Date of an answer as Unix time, None where it has none that can be read."""
    try:
        return parsedate_to_datetime(reply.headers["date"][:64]).timestamp()
    except (KeyError, ValueError, TypeError, IndexError, OverflowError):
        return None
