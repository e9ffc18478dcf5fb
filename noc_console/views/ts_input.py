"""The page of one transport stream: figures, PIDs, PSI, PCR, bitrate, and every counted error with its packet."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from noc_console.views.actions import add_action
from noc_console.views.desk import Desk
from noc_console.views.ts_bitrate import BitrateCard
from noc_console.views.ts_facts import TsRow, find
from noc_console.views.ts_feed import TsFeed
from noc_console.views.ts_head import TsHead
from noc_console.views.ts_packet import PacketCard
from noc_console.views.ts_plots import TsPlots
from noc_console.views.ts_tables import ErrorCard, PidCard, TreeCard

_NEVER = (0, 0, 0, "")


class TsInputScreen(QWidget):
    """One input, told by `open(id)`; refreshed by the frame timer while visible."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self._input_id = 0
        self._drawn: tuple[int, int, int, str] = _NEVER
        theme = desk.theme
        self.head, self.feed = TsHead(desk), TsFeed(desk)
        self.pids, self.tree, self.errors = PidCard(theme), TreeCard(theme), ErrorCard(theme)
        self.packet, self.bitrate = PacketCard(theme), BitrateCard(theme)
        self.plots = TsPlots(desk, self.bitrate)
        self.errors.chosen.connect(self.packet.show_error)
        self.errors.filtered.connect(self._on_filter)
        self._lay_out()
        for text, key, act in (
            ("Pause the charts", "Space", self.plots.toggle_pause),
            ("Shorter window", "-", self.plots.shorter),
            ("Longer window", "+", self.plots.longer),
            ("Copy the packet's bytes", "Y", self.packet.copy),
            ("Next counted error", "J", self.errors.next),
            ("Previous counted error", "K", self.errors.previous),
            ("Open the channel", "C", self._open_channel),
            ("All transport streams", "M", self._open_matrix),
        ):
            add_action(self, text, key, act, within=True)
        self.setFocusProxy(self.errors.table)

    def open(self, input_id: int) -> None:
        """Show another input."""
        if input_id != self._input_id:
            self._input_id = input_id
            self._drawn = _NEVER
            self.feed.forget()
            self.plots.forget()
            for part in (self.pids, self.tree, self.errors):
                part.forget()
            self.packet.show_error(None)
        self.refresh()

    def refresh(self) -> None:
        """Pull what changed; called five times a second at most."""
        row = find(self._desk.mirror, self._input_id)
        if row is not None and row.state != "lost":
            self.feed.poll(int(row.channel["id"]), row.id)
        state = row.state if row is not None else "gone"
        drawn = (int(self._desk.mirror.now()), self.feed.revision, self.plots.revision, state)
        if drawn != self._drawn:
            self._drawn = drawn
            self._draw(row)

    def status_text(self) -> str:
        """Return what the status line says at its right end."""
        row = find(self._desk.mirror, self._input_id)
        return f"{row.channel['code']} · {row.input['url']}" if row is not None else "no input chosen"

    def close_drawer(self) -> bool:
        """Esc lets paused charts run again."""
        return self.plots.resume()

    def current(self) -> TsRow | None:
        """Return the input that is shown."""
        return find(self._desk.mirror, self._input_id)

    def channel_in_hand(self) -> int:
        """Return the id of the chosen input's channel, 0 for none."""
        row = self.current()
        return int(row.channel["id"]) if row is not None else 0

    def _draw(self, row: TsRow | None) -> None:
        report = self.feed.report
        self.head.show_row(row, report or {})
        notice = self.feed.failure or ("Loading" if row is not None else "This input is no longer there")
        self.pids.show_report(report, notice, row.input if row is not None else None)
        self.tree.show_report(report, notice)
        self.errors.show_errors(self.feed.packets, report or {}, notice)
        self.plots.show_input(row, report or {})

    def _lay_out(self) -> None:
        upper, lower = QGridLayout(), QHBoxLayout()
        upper.setSpacing(8)
        upper.addWidget(self.pids, 0, 0)
        upper.addWidget(self.plots, 0, 1)
        upper.setColumnStretch(0, 42)
        upper.setColumnStretch(1, 58)
        lower.setSpacing(8)
        for part, share in ((self.tree, 25), (self.bitrate, 26), (self.errors, 23), (self.packet, 26)):
            lower.addWidget(part, share)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(8)
        column.addWidget(self.head)
        column.addLayout(upper, 5)
        column.addLayout(lower, 4)

    def _on_filter(self, indicator: str) -> None:
        self.feed.ask_for(indicator)

    def _open_channel(self) -> None:
        row = self.current()
        if row is not None:
            self._desk.ways.openChannel.emit(row.channel["id"])

    def _open_matrix(self) -> None:
        self._desk.ways.openScreen.emit("ts")
