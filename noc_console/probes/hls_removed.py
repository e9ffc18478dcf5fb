"""A sample of segments that left the playlist: are they still there as long as they must be (HLS rule 7)."""

from __future__ import annotations

from collections.abc import Iterable

from noc_console.model import Finding
from noc_console.probes.hls_rung import RungWatch
from noc_console.probes.tools import Tools

_EVERY_S = 60.0
_GONE = (404, 410)


class RemovedWatch:
    """Asks for one removed segment a minute; its verdict stands until the next."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._due = 0.0
        self._turn = 0
        self._finding: Finding | None = None

    async def check(self, rungs: Iterable[RungWatch], at: float) -> tuple[Finding, ...]:
        """Return the finding when the segment asked for last had vanished too early."""
        if at >= self._due:
            await self._ask([one for one in rungs if one.memory.removed], at)
        return (self._finding,) if self._finding else ()

    async def _ask(self, rungs: list[RungWatch], at: float) -> None:
        if not rungs:
            return
        self._due = at + _EVERY_S
        self._turn += 1
        watch = rungs[self._turn % len(rungs)]
        removed = watch.memory.removed[0]
        if removed.until <= at + 1.0:
            return
        request = self._tools.request(removed.uri, method="HEAD")
        reply = await self._tools.fetch(request, rung=watch.rung.label, is_counted=False)
        self._finding = None
        if reply.status in _GONE:
            left = removed.until - at
            text = f"A removed segment is gone ({reply.status}), it must stay for {left:.0f} s more."
            self._finding = Finding("hls-removed-segment-gone", text, {"uri": removed.uri, "rung": watch.rung.label})
