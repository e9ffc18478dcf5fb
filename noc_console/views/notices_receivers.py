"""The view of receivers: how each is doing, whether its secret is set, a trial, a field that only takes secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from noc_console.views import notices_calls as calls
from noc_console.views.actions import add_action
from noc_console.views.desk import Desk
from noc_console.views.drawer_place import DrawerPlace
from noc_console.views.notices_values import RECEIVER_COLUMNS, receiver_entries, receiver_record
from noc_console.views.records import Cell
from noc_console.views.records_card import RecordsCard
from noc_console.views.records_drawer import RecordsDrawer
from noc_console.views.records_feed import Feed
from noc_console.views.records_table import RecordsTable

Last = Callable[[], Mapping[str, Mapping[str, Any]]]
_EMPTY = "No receivers yet: they are written in notify.toml, nothing is sent until then"


class ReceiverList(QWidget):
    """List and drawer; `last` gives the newest outcome of each receiver."""

    def __init__(self, desk: Desk, last: Last) -> None:
        super().__init__()
        self._desk, self._last = desk, last
        self._rows: list[dict[str, Any]] = []
        self.feed = Feed(desk, calls.receivers, self._take)
        self.table = RecordsTable(desk.theme, RECEIVER_COLUMNS, "Receivers")
        self.card = RecordsCard(desk.theme, "Receivers", self.table)
        self._actions = self._make_actions()
        self.drawer = RecordsDrawer(desk.theme, self._actions)
        page = QVBoxLayout()
        page.setContentsMargins(16, 0, 16, 8)
        page.addWidget(self.card)
        self.place = DrawerPlace(self, page, self.drawer)
        self.table.chosen.connect(self._on_chosen)
        self.setFocusProxy(self.table)
        self._draw_drawer()

    def refresh(self) -> None:
        """Ask when it is time."""
        self.feed.poll()
        self.card.say(self.feed.age_note() or "who is told, by which way", f"{len(self._rows)} receivers")
        if not self._rows:
            self.table.show_records((), self.feed.notice(_EMPTY))

    def close_drawer(self) -> bool:
        """Leave the secret's line, else the drawer that lies over the list."""
        return self.drawer.leave() or self.place.close()

    def status_text(self) -> str:
        """Return the counts for the status line."""
        failing = sum(row["state"] == "failing" for row in self._rows)
        return f"{len(self._rows)} receivers · {failing} failing"

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: a small screen has the drawer over the page."""
        super().resizeEvent(event)
        self.place.fit()

    def _take(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows
        last, now = self._last(), self._desk.mirror.now()
        records = [receiver_record(row, last.get(str(row["name"])), now) for row in rows]
        self.table.show_records(records, self.feed.notice(_EMPTY))
        self._draw_drawer()

    def _chosen(self) -> dict[str, Any] | None:
        return next((row for row in self._rows if row["name"] == self.table.key), None)

    def _on_chosen(self, _key: str) -> None:
        self.drawer.tell("")
        self.drawer.leave()
        self._draw_drawer()

    def _draw_drawer(self) -> None:
        row = self._chosen()
        for action in self._actions:
            action.setEnabled(row is not None)
        if row is None:
            self.drawer.show_head(Cell("No receiver chosen"), "", "J and K move through the list")
            self.drawer.show_entries(())
            return
        now = self._desk.mirror.now()
        state = receiver_record(row, None, now).cells[2]
        self.drawer.show_head(Cell(str(row["name"]), state.tone, state.mark), str(row["kind"]), state.text)
        self.drawer.show_entries(receiver_entries(row, now))

    def _on_test(self) -> None:
        row = self._chosen()
        if row is not None:
            self.drawer.tell("Sending a test")
            work = calls.try_out(self._desk, str(row["name"]), self._by())
            self._desk.tasks.start(work, self._on_done, self._on_done)

    def _on_secret(self) -> None:
        row = self._chosen()
        if row is not None:
            what = row.get("secret") or "secret"
            self.place.open()
            self.drawer.ask(f"New {what} of {row['name']}; empty removes it", self._keep(row), is_secret=True)

    def _keep(self, row: Mapping[str, Any]) -> Callable[[str], object]:
        def keep(secret: str) -> None:
            work = calls.set_secret(self._desk, str(row["name"]), secret, self._by())
            self._desk.tasks.start(work, self._on_done, self._on_done)

        return keep

    def _on_done(self, sentence: str) -> None:
        self.drawer.tell(sentence)
        self.feed.hurry()

    def _by(self) -> str:
        return self._desk.operator.name or "operator"

    def _make_actions(self) -> list[QAction]:
        made = [
            add_action(self, "Send a test", "T", self._on_test, within=True),
            add_action(self, "Set the secret", "Shift+S", self._on_secret, within=True),
        ]
        add_action(self, "Next receiver", "J", self._on_next, within=True)
        add_action(self, "Previous receiver", "K", self._on_previous, within=True)
        return made

    def _on_next(self) -> None:
        self.table.step(1)

    def _on_previous(self) -> None:
        self.table.step(-1)
