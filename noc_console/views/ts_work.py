"""The lower row of the channel page where its input is a transport stream: PIDs, counted errors, packet."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from noc_console.views.desk import Desk
from noc_console.views.ts_feed import TsFeed
from noc_console.views.ts_packet import PacketCard
from noc_console.views.ts_tables import ErrorCard, PidCard


class TsWork(QWidget):
    """Holds three cards and asks for them; hidden as long as another kind of input is shown."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._feed = TsFeed(desk)
        self._input_id = 0
        self.pids, self.errors, self.packet = PidCard(desk.theme), ErrorCard(desk.theme), PacketCard(desk.theme)
        self.errors.chosen.connect(self.packet.show_error)
        self.errors.filtered.connect(self._feed.ask_for)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for card, share in ((self.pids, 40), (self.errors, 30), (self.packet, 30)):
            row.addWidget(card, share)
        self.hide()

    @property
    def revision(self) -> int:
        """Grows with every answer."""
        return self._feed.revision

    def show_input(self, channel: Any, one: Any) -> None:
        """Show an input, whatever its kind: only a transport stream is seen here."""
        is_ours = one is not None and one["kind"] == "ts"
        self.setVisible(is_ours)
        if not is_ours:
            return
        if one["id"] != self._input_id:
            self._input_id = one["id"]
            self._feed.forget()
            self.pids.forget()
            self.errors.forget()
            self.packet.show_error(None)
        self._feed.poll(int(channel["id"]), int(one["id"]))
        notice = self._feed.failure or "Loading"
        self.pids.show_report(self._feed.report, notice, one)
        self.errors.show_errors(self._feed.packets, self._feed.report or {}, notice)
