"""The lines of the NMS log the screen has: the newest asked again and again, older ones page by page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from noc_console.views.desk import Desk
from noc_console.views.records_feed import Feed, client_of

if TYPE_CHECKING:
    from noc_console.net.api_client import ApiClient

PAGE = 200
MOST = 5000


class NmsLines:
    """Holds lines by number; a change of search or direction begins anew."""

    def __init__(self, desk: Desk, changed: Callable[[], object]) -> None:
        self._desk, self._changed = desk, changed
        self._asked: tuple[str, str] = ("", "")
        self._is_whole = False
        self._busy: asyncio.Task[None] | None = None
        self.by_seq: dict[int, dict[str, Any]] = {}
        self.feed = Feed(desk, self._newest, self._take)

    def poll(self) -> None:
        """Ask for the newest when it is time."""
        self.feed.poll()

    def ask(self, direction: str, text: str) -> None:
        """Show lines of a direction with a text in them."""
        if (direction, text) != self._asked:
            self._asked, self.by_seq, self._is_whole = (direction, text), {}, False
            self.feed.hurry()
            self.feed.poll()

    def older(self) -> None:
        """Ask for the page before the oldest line there is."""
        is_busy = self._busy is not None and not self._busy.done()
        if self._is_whole or is_busy or not self.by_seq or len(self.by_seq) >= MOST:
            return
        before = min(self.by_seq)
        self._busy = self._desk.tasks.start(self._page(before), self._take_older, self._ignore)

    @property
    def newest_first(self) -> list[dict[str, Any]]:
        """The lines, newest first."""
        return [self.by_seq[seq] for seq in sorted(self.by_seq, reverse=True)]

    @property
    def end_note(self) -> str:
        """Say whether there is more below."""
        if len(self.by_seq) >= MOST:
            return f"the newest {MOST}, search for older ones"
        return "all there are" if self._is_whole else "older ones load on scrolling"

    async def one(self, seq: int) -> dict[str, Any]:
        """Return a line with its raw content."""
        return dict((await client_of(self._desk).get(f"/nms-log/{seq}"))["line"])

    async def _newest(self, client: ApiClient) -> tuple[tuple[str, str], list[dict[str, Any]]]:
        asked = self._asked
        return asked, await self._lines(client, asked, 0)

    async def _page(self, before: int) -> tuple[tuple[str, str], list[dict[str, Any]]]:
        asked = self._asked
        return asked, await self._lines(client_of(self._desk), asked, before)

    async def _lines(self, client: ApiClient, asked: tuple[str, str], before: int) -> list[dict[str, Any]]:
        params: dict[str, str | int] = {"direction": asked[0], "text": asked[1], "before": before, "limit": PAGE}
        return list((await client.get("/nms-log", params))["lines"])

    def _take(self, answer: tuple[tuple[str, str], list[dict[str, Any]]]) -> None:
        asked, lines = answer
        if asked != self._asked:
            self.feed.hurry()
            return
        if self.by_seq and lines and min(int(one["seq"]) for one in lines) > max(self.by_seq) and len(lines) == PAGE:
            self.by_seq, self._is_whole = {}, False  # more came than one page holds: what lies between is not known
        is_first = not self.by_seq
        self.by_seq |= {int(one["seq"]): one for one in lines}
        self._is_whole = self._is_whole or (is_first and len(lines) < PAGE)
        self._changed()

    def _take_older(self, answer: tuple[tuple[str, str], list[dict[str, Any]]]) -> None:
        asked, lines = answer
        if asked == self._asked:
            self.by_seq |= {int(one["seq"]): one for one in lines}
            self._is_whole = len(lines) < PAGE
            self._changed()

    def _ignore(self, _sentence: str) -> None:
        # the next scroll asks again; the banner tells of a lost agent
        return
