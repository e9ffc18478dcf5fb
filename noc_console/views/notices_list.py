"""The view of notices: each with its state in shape and word; in the drawer what was said and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from noc_console.views import notices_calls as calls
from noc_console.views.actions import add_action
from noc_console.views.alarms_chips import ChipRow
from noc_console.views.desk import Desk
from noc_console.views.drawer_place import DrawerPlace
from noc_console.views.notices_values import (
    NOTICE_COLUMNS,
    alarm_of,
    chips,
    fits,
    notice_entries,
    notice_record,
    state_cell,
)
from noc_console.views.records_card import RecordsCard
from noc_console.views.records_drawer import RecordsDrawer
from noc_console.views.records_feed import Feed
from noc_console.views.records_table import RecordsTable


class NoticeList(QWidget):
    """Chips, search, list, drawer."""

    def __init__(self, desk: Desk, screen: QWidget) -> None:
        super().__init__()
        self._desk = desk
        self._rows: list[dict[str, Any]] = []
        self._history: dict[int, list[dict[str, Any]]] = {}
        self._asked = 0
        self.feed = Feed(desk, calls.notices, self._take)
        self.chips, self.search = ChipRow(desk.theme), QLineEdit()
        self.search.setPlaceholderText("Search text, code, receiver")
        self.search.setAccessibleName("Search notices")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(264)
        self.table = RecordsTable(desk.theme, NOTICE_COLUMNS, "Notices")
        self.card = RecordsCard(desk.theme, "Notices", self.table)
        self.actions_ = self._make_actions(screen)
        self.drawer = RecordsDrawer(desk.theme, self.actions_)
        self._lay_out()
        self.chips.chosen.connect(self._draw)
        self.search.textChanged.connect(self._draw)
        self.table.chosen.connect(self._on_chosen)
        self.table.opened.connect(self._on_opened)
        self.setFocusProxy(self.table)
        self._draw_drawer()

    def refresh(self) -> None:
        """Ask when it is time; say how old the answer is."""
        self.feed.poll()
        self._say()

    def close_drawer(self) -> bool:
        """Close what covers the list, else the filters."""
        if self.drawer.leave() or self.place.close():
            return True
        if self.search.text() or self.chips.keys:
            self.search.clear()
            self.chips.clear()
            return True
        return False

    def status_text(self) -> str:
        """Return the counts for the status line."""
        waiting = sum(row["state"] in ("queued", "sending", "held") for row in self._rows)
        return f"{len(self._rows)} notices · {waiting} waiting"

    def last_by_receiver(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the newest notice of each receiver that something became of."""
        found: dict[str, Mapping[str, Any]] = {}
        for row in self._rows:
            if row["outcome"]:
                found.setdefault(str(row["receiver"]), row)
        return found

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: a small screen has the drawer over the page."""
        super().resizeEvent(event)
        self.place.fit()

    def _take(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows
        self._history = {}
        self.chips.show_chips(chips(rows))
        self._draw()

    def _draw(self, *_told: object) -> None:
        now = self._desk.mirror.now()
        shown = [row for row in self._rows if fits(row, self.chips.keys, self.search.text())]
        empty = "No notices yet" if not self._rows else "No notice passes the filter: Esc clears it"
        self.table.show_records([notice_record(row, now) for row in shown], self.feed.notice(empty))
        self._say()
        self._draw_drawer()

    def _say(self) -> None:
        shown = len(self.table.records.records)
        many = f"{shown} of {len(self._rows)}" if shown != len(self._rows) else f"{shown}"
        self.card.say(self.feed.age_note() or "newest first", f"{many} shown" if self._rows else "")

    def _chosen(self) -> dict[str, Any] | None:
        return next((row for row in self._rows if str(row["notice_id"]) == self.table.key), None)

    def _on_chosen(self, _key: str) -> None:
        self._draw_drawer()

    def _draw_drawer(self) -> None:
        row = self._chosen()
        for action in self.actions_[:2]:
            action.setEnabled(row is not None and bool(alarm_of(row)))
        if row is None:
            self.drawer.show_head(state_cell("skipped"), "", "J and K move through the list")
            self.drawer.show_entries(())
            return
        alarm_id, now = int(row["alarm_id"]), self._desk.mirror.now()
        alarm = alarm_of(row)
        under = f"{alarm.get('channel_code') or 'Agent'}   {alarm.get('type') or 'trial'}"
        self.drawer.show_head(state_cell(str(row["state"])), str(row["receiver"]), under)
        entries = notice_entries(row, self._history.get(alarm_id, ()), now)
        body = row["body"]
        self.drawer.show_entries(entries, f"{body.get('subject', '')}\n\n{body.get('text', '')}".strip())
        if alarm_id not in self._history and self._asked != alarm_id:
            self._asked = alarm_id
            self._desk.tasks.start(self._fetch(alarm_id), self._take_history, self.drawer.tell)

    async def _fetch(self, alarm_id: int) -> tuple[int, list[dict[str, Any]]]:
        return alarm_id, await calls.history(self._desk, alarm_id)

    def _take_history(self, found: tuple[int, list[dict[str, Any]]]) -> None:
        self._history[found[0]], self._asked = found[1], 0
        row = self._chosen()
        if row is not None and int(row["alarm_id"]) == found[0]:
            self._draw_drawer()

    def _on_alarm(self) -> None:
        row = self._chosen()
        if row is not None and row["alarm_id"]:
            self._desk.ways.openAlarm.emit(int(row["alarm_id"]))

    def _on_channel(self) -> None:
        row = self._chosen()
        if row is not None and alarm_of(row).get("channel_id"):
            self._desk.ways.openChannel.emit(int(alarm_of(row)["channel_id"]))

    def _on_opened(self, _key: str) -> None:
        self._on_alarm()

    def _make_actions(self, screen: QWidget) -> list[QAction]:
        del screen  # the keys belong to this view: the others of the screen have their own J and K
        made = [
            add_action(self, "Open the alarm", "Ctrl+O", self._on_alarm, within=True),
            add_action(self, "Open channel", "Shift+C", self._on_channel, within=True),
        ]
        add_action(self, "Next notice", "J", self._on_next, within=True)
        add_action(self, "Previous notice", "K", self._on_previous, within=True)
        add_action(self, "Search notices", "/", self.search.setFocus, within=True)
        return made

    def _on_next(self) -> None:
        self.table.step(1)

    def _on_previous(self) -> None:
        self.table.step(-1)

    def _lay_out(self) -> None:
        filters = QHBoxLayout()
        filters.setSpacing(8)
        filters.addWidget(self.chips, 4)
        filters.addWidget(self.search, 1)
        page = QVBoxLayout()
        page.setContentsMargins(16, 0, 16, 8)
        page.setSpacing(8)
        page.addLayout(filters)
        page.addWidget(self.card, 1)
        self.place = DrawerPlace(self, page, self.drawer)
