"""The lower row of the channel page: ladder, waterfall and playlist, asked for at most every two seconds."""

from __future__ import annotations

import asyncio
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from noc_console.model import Severity
from noc_console.views import channel_calls as calls
from noc_console.views.channel_charts import measured_rungs
from noc_console.views.channel_limits import SHIPPED, Limits
from noc_console.views.desk import Desk
from noc_console.views.ladder import LadderCard
from noc_console.views.playlist_card import PlaylistCard
from noc_console.views.waterfall import Limit
from noc_console.views.waterfall_card import WaterfallCard

_EVERY_S = 2.0
_MOST_ROWS = 120


class WorkRow(QWidget):
    """Holds the three cards and fetches for the last two."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._round = 0
        self._asked_at = 0.0
        self._busy: asyncio.Task[None] | None = None
        self._channel_id = 0
        self._input: Any = None
        self._limit: Limit | None = None
        self.ladder = LadderCard(desk)
        self.waterfall = WaterfallCard(desk)
        self.playlist = PlaylistCard(desk)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for card, share in ((self.ladder, 30), (self.waterfall, 27), (self.playlist, 43)):
            card.setMinimumWidth(200)
            row.addWidget(card, share)
        self.waterfall.rungChosen.connect(self._on_choice)
        self.playlist.scopeChosen.connect(self._on_choice)

    def forget(self) -> None:
        """Show nothing of the input before."""
        self._round += 1
        self._asked_at = 0.0
        self.waterfall.say("Loading")
        self.playlist.say("Loading")

    def show_input(self, channel: Any, one: Any, alarms: list[Any], limits: Limits = SHIPPED) -> None:
        """Show an input of a channel; without one say that nothing is measured."""
        self._channel_id, self._input = channel["id"], one
        if one is None:
            self.ladder.show_input({"rungs": [], "findings": []})
            self.waterfall.say("Not measured: this channel has no input")
            self.playlist.say("Not measured: this channel has no input")
            return
        self.ladder.show_input(one)
        self._limit = _limit(one, alarms, limits)
        rungs = [rung["rung"] for rung in measured_rungs(one)]
        self.waterfall.show_rungs(rungs)
        self.playlist.show_scopes(_scopes(one, rungs))
        self._poll()

    def _poll(self) -> None:
        now = self._desk.mirror.monotonic()
        if self._desk.agent.client is None or (self._busy is not None and not self._busy.done()):
            return
        if self._asked_at and now - self._asked_at < _EVERY_S:
            return
        self._asked_at = now
        self._busy = self._desk.tasks.start(self._fetch(self._round), None, self._on_failed)

    async def _fetch(self, round_: int) -> None:
        client, one = self._desk.agent.client, self._input
        if client is None or one is None:
            return
        asked = calls.requests(client, self._channel_id, one["id"], self.waterfall.rung, _MOST_ROWS)
        rows = await asked
        if round_ != self._round:
            return
        self.waterfall.show_rows([row for row in rows if float(row.get("duration_s") or 0) > 0], self._limit)
        answer = await calls.playlist(client, self._channel_id, one["id"], self.playlist.scope)
        if round_ == self._round:
            self.playlist.show_answer(answer)

    def _on_choice(self, _name: str) -> None:
        self._round += 1
        self._asked_at = 0.0
        self._busy = None
        self._poll()

    def _on_failed(self, sentence: str) -> None:
        self.playlist.say(sentence)


def _scopes(one: Any, rungs: list[str]) -> list[str]:
    if one["kind"] == "dash":
        return ["mpd"]
    found = [finding["scope"] for finding in one["findings"] if finding["scope"].startswith("playlist/")]
    ordered = ["master", *(f"playlist/{rung}" for rung in rungs)]
    return sorted(ordered, key=lambda scope: (scope not in found, ordered.index(scope))) if found else ordered


def _limit(one: Any, alarms: list[Any], limits: Limits) -> Limit | None:
    """Return the limit of a download: that of an open alarm, else of the rule, else the segment's own duration."""
    slow = next((alarm for alarm in alarms if alarm["type"] == "SEGMENT_SLOW" and alarm.get("threshold")), None)
    if slow is not None:
        return Limit(float(slow["threshold"]), Severity(slow["severity"]))
    if limits.download_s:
        return Limit(limits.download_s, Severity.MAJOR)
    length = float(one["metrics"].get("segment.duration_s") or 0.0)
    return Limit(length, Severity.MAJOR) if length else None
