"""Once an hour: does a low-latency playlist keep its promises of blocking reload and delta updates."""

from __future__ import annotations

from noc_console.media.hls import BadPlaylist, Media, parse_media
from noc_console.media.hls.blocking import Ask, judge_blocked, judge_delta, judge_refusals, next_ask, with_query
from noc_console.model import Finding
from noc_console.net.fetch import Reply
from noc_console.probes.hls_rung import RungWatch
from noc_console.probes.tools import Tools

EVERY_S = 3600.0
_FIRST_AFTER_S = 20.0
_FAR = 1000


class BlockingTest:
    """The active test of one channel; its verdict stands until the next hour's."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._due = tools.now() + _FIRST_AFTER_S
        self.findings: tuple[Finding, ...] = ()

    def is_due(self, watch: RungWatch, at: float) -> bool:
        """Say whether the test is to be made now: only where blocking reload is announced."""
        media = watch.media
        return at >= self._due and media is not None and media.is_live and media.control.can_block_reload

    async def run(self, watch: RungWatch) -> None:
        """Ask one playlist for what is not there yet, for what must be refused, and for a delta."""
        self._due = self._tools.now() + EVERY_S
        media = watch.media
        if media is None:
            return
        found = [*await self._blocked(watch, media, next_ask(media))]
        far = await self._ask(watch, f"_HLS_msn={media.last_sequence + _FAR}")
        lone = await self._ask(watch, "_HLS_part=0")
        found.extend(judge_refusals(far.status, lone.status))
        if media.control.can_skip_until_s:
            found.extend(await self._delta(watch))
        self.findings = tuple(found)

    async def _blocked(self, watch: RungWatch, media: Media, ask: Ask) -> list[Finding]:
        reply = await self._ask(watch, ask.query)
        answer = _read(reply)
        # the answer may have come between our look and our question: what is there already proves nothing
        return judge_blocked(ask, reply.status, answer, reply.total_s, float(media.target_duration_s))

    async def _delta(self, watch: RungWatch) -> list[Finding]:
        full = _read(await self._tools.fetch(self._tools.request(watch.rung.uri), rung=watch.rung.label))
        delta = _read(await self._ask(watch, "_HLS_skip=YES"))
        return judge_delta(full, delta) if full and delta else []

    async def _ask(self, watch: RungWatch, query: str) -> Reply:
        media = watch.media
        longest = 3.0 * media.target_duration_s + 1.0 if media else 1.0
        request = self._tools.request(with_query(watch.rung.uri, query), timeout_s=min(longest, 60.0))
        return await self._tools.fetch(request, rung=watch.rung.label, is_counted=False)


def _read(reply: Reply) -> Media | None:
    if not reply.is_ok:
        return None
    try:
        return parse_media(reply.body, reply.effective_url)
    except BadPlaylist:
        return None
