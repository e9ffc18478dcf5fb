"""The master playlist under watch: the ladder it offers, what is wrong with it, and when it changes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from noc_console.media.hls import BadPlaylist, Master, Media, parse
from noc_console.media.hls.answers import lint_answer
from noc_console.media.hls.lint_master import lint_master
from noc_console.media.hls.rungs import ladder_changes, rungs_of
from noc_console.media.ladder import Rung, labelled
from noc_console.model import Finding, Input
from noc_console.net.fetch import Reply
from noc_console.probes.beside import beside
from noc_console.probes.hls_rung import token_findings, unreachable
from noc_console.probes.tools import Tools

_LEAST_S = 6.0


class MasterWatch:
    """What a probe remembers of an input's address, be it a master or a media playlist."""

    def __init__(self, input: Input, tools: Tools, given: Reply | None = None) -> None:
        self._input = input
        self._tools = tools
        self._body = b""
        self._bad: BadPlaylist | None = None
        self._due = 0.0
        self._lint: tuple[Finding, ...] = ()
        self._first: Reply | None = None
        self._given = given
        self._is_media = False
        self.master: Master | None = None
        self.rungs: tuple[Rung, ...] = ()
        self.findings: tuple[Finding, ...] = ()

    @property
    def variables(self) -> Mapping[str, str]:
        """The variables the media playlists may import."""
        return self.master.variables if self.master else {}

    def take_first(self) -> Reply | None:
        """Return once the answer that turned out to be a media playlist, so that it is not fetched twice."""
        reply, self._first = self._first, None
        return reply

    async def look_when_due(self, at: float, target_s: float) -> None:
        """Fetch and judge the master once per target duration; a media playlist has none."""
        if self._is_media or at < self._due:
            return
        # in half rounds too: a round that sets a new phase must not leave the master unseen for long
        self._due = at + (self._input.poll_s - 0.05 if self._input.poll_s else 0.45 * max(target_s, _LEAST_S))
        reply, self._given = self._given, None
        if reply is None:
            reply = await self._tools.fetch(self._tools.request(self._input.url, accept_gzip=True))
        if reply.is_ok and reply.body != self._body:
            await self._read(reply)
        if self._is_media:
            return
        if not reply.is_ok:
            self.findings = (unreachable("hls-master-unreachable", "master playlist", reply),)
        elif self._bad is not None:
            self.findings = (self._bad.finding(reply.effective_url),)
        else:
            answer = (*lint_answer(reply.headers, len(reply.body)), *token_findings(self._tools, reply))
            self.findings = (*self._lint, *answer)
        self._tools.look("master", reply.at, self._metrics(reply), self.findings)
        if reply.is_ok:
            self._tools.keep_body("master", reply.effective_url, reply.at, reply.body)

    async def _read(self, reply: Reply) -> None:
        self._body, self._bad = reply.body, None
        try:
            playlist = await beside(len(reply.body), partial(parse, reply.body, reply.effective_url))
        except BadPlaylist as bad:
            self._bad = bad
            return
        if isinstance(playlist, Media):
            if self.master is not None:
                self._bad = BadPlaylist("hls-master-parse-error", "A media playlist arrived instead of the master.")
                return
            self._is_media, self._first = True, reply
            if self.findings:
                self.findings = ()
                self._tools.look(
                    "master", reply.at, {}
                )  # it was not there before, now it is: no master, but a playlist
            self.rungs = labelled([Rung(label="", kind="video", uri=self._input.url)])
            self._tools.tell_ladder(self.rungs)
            return
        self._learn(playlist, reply.at)

    def _learn(self, master: Master, at: float) -> None:
        rungs = rungs_of(master)
        changes = ladder_changes(self.rungs, rungs) if self.master is not None else ()
        self.master, self.rungs = master, rungs
        self._tools.tell_ladder(rungs)
        self._lint = lint_master(master, self._input.expected)
        if changes:
            data = {"kind": "LadderChanged", "at": at, "text": f"{'; '.join(changes[:8])}.", "changes": list(changes)}
            self._tools.note("event", {**data, "finding": "hls-ladder-changed"})

    def _metrics(self, reply: Reply) -> dict[str, float]:
        metrics = {
            "playlist.fetch_s": reply.total_s,
            "playlist.ttfb_s": reply.ttfb_s,
            "playlist.status": float(reply.status),
            "playlist.is_valid": float(reply.is_ok and self._bad is None),
        }
        video = [rung.bandwidth_bps for rung in self.rungs if rung.kind == "video" and rung.bandwidth_bps]
        if reply.is_ok and self._bad is None:
            metrics["ladder.rungs"] = float(sum(rung.kind != "iframe" for rung in self.rungs))
            if self._input.expected.rungs:
                metrics["ladder.rungs_expected"] = float(len(self._input.expected.rungs))
            if video:
                metrics["ladder.min_bandwidth_bps"] = float(min(video))
                metrics["ladder.max_bandwidth_bps"] = float(max(video))
        return metrics
