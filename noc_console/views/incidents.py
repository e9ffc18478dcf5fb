"""Incidents: the list of what was and is wrong as a whole, its facts beside it; Enter opens the page of one."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from noc_console.model import Severity
from noc_console.views import incident_calls as calls
from noc_console.views.actions import add_action
from noc_console.views.desk import Desk
from noc_console.views.drawer_place import DrawerPlace
from noc_console.views.figures import age
from noc_console.views.incident_values import INCIDENT_COLUMNS, entries, incident_record, lasted, state_cell
from noc_console.views.records import Cell
from noc_console.views.records_card import RecordsCard, ViewRow, head_row
from noc_console.views.records_drawer import RecordsDrawer
from noc_console.views.records_feed import Feed
from noc_console.views.records_table import RecordsTable

_VIEWS = ("Not closed", "Overdue", "All")
_EMPTY = ("No incident is open: Shift+I on an alarm opens one", "Nothing is overdue", "There was no incident yet")


class IncidentsScreen(QWidget):
    """List and drawer; refreshed by the frame timer while visible."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self._rows: list[dict[str, Any]] = []
        self._view = 0
        self.feed = Feed(desk, calls.listed, self._take)
        self.table = RecordsTable(desk.theme, INCIDENT_COLUMNS, "Incidents")
        self.card = RecordsCard(desk.theme, "Incidents", self.table)
        self.views = ViewRow(self, _VIEWS)
        self._on_row = self._make_actions()
        self.drawer = RecordsDrawer(desk.theme, self._on_row)
        self._lay_out()
        self.views.chosen.connect(self._on_view)
        self.table.chosen.connect(self._on_chosen)
        self.table.opened.connect(self._on_open)
        self.setFocusProxy(self.table)
        self._draw_drawer()

    def refresh(self) -> None:
        """Ask when it is time."""
        self.feed.poll()
        self._draw()

    def status_text(self) -> str:
        """Return the counts for the status line."""
        opened = sum(one["state"] in ("open", "mitigated") for one in self._rows)
        late = sum(bool(one["overdue"] or one["review_overdue"]) for one in self._rows)
        return f"{opened} incidents open · {late} with something overdue"

    def close_drawer(self) -> bool:
        """Leave a question, or close the drawer over the list."""
        return self.drawer.leave() or self.place.close()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: a small screen has the drawer over the page."""
        super().resizeEvent(event)
        self.place.fit()

    # -- answers

    def _take(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows
        self._draw()

    def _draw(self) -> None:
        now = self._desk.mirror.now()
        shown = [one for one in self._rows if self._is_shown(one)]
        self.table.show_records([incident_record(one, now) for one in shown], self.feed.notice(_EMPTY[self._view]))
        self.card.say(self.feed.age_note() or f"{len(shown)} of {len(self._rows)}", "newest first" if shown else "")
        self._draw_drawer()

    def _is_shown(self, one: dict[str, Any]) -> bool:
        if self._view == 1:
            return bool(one["overdue"] or one["review_overdue"])
        return self._view == 2 or one["state"] != "closed"

    def _draw_drawer(self) -> None:
        one = self._chosen()
        for action in self._on_row[::2]:
            action.setEnabled(one is not None)
        if one is None:
            self.drawer.show_head(Cell("No incident chosen"), "", "W opens a new one")
            self.drawer.show_entries(())
            return
        now, state = self._desk.mirror.now(), state_cell(one)
        under = f"incident {one['id']}, {state.text}, {one['commander'] or 'no commander'}"
        self.drawer.show_head(Cell(one["title"], severity=Severity(one["severity"])), age(lasted(one, now)), under)
        self.drawer.show_entries(entries(one, now))

    def _chosen(self) -> dict[str, Any] | None:
        return next((one for one in self._rows if str(one["id"]) == self.table.key), None)

    # -- orders

    def _on_view(self, view: int) -> None:
        self._view = view
        self._draw()

    def _on_chosen(self, _key: str) -> None:
        self.drawer.tell("")
        self._draw_drawer()

    def _on_open(self, *_key: object) -> None:
        one = self._chosen()
        if one is not None:
            self._desk.ways.openIncident.emit(int(one["id"]))

    def _on_new(self) -> None:
        self.place.open()
        self.drawer.ask("New incident: what is wrong, in one line?", self._open_new)

    def _open_new(self, title: str) -> None:
        if not title:
            self.drawer.tell("An incident needs a title.")
            return
        self._desk.tasks.start(calls.opened(self._desk, title), self._desk.ways.openIncident.emit, self.drawer.tell)

    def _make_actions(self) -> list[QAction]:
        on_row = [
            add_action(self, "Open incident", "Return", self._on_open, within=True),
            add_action(self, "New incident", "W", self._on_new, within=True),
        ]
        add_action(self, "Next incident", "J", partial(self.table.step, 1), within=True)
        add_action(self, "Previous incident", "K", partial(self.table.step, -1), within=True)
        return on_row

    def _lay_out(self) -> None:
        page = QVBoxLayout()
        page.setContentsMargins(16, 6, 16, 8)
        page.setSpacing(8)
        page.addLayout(head_row("Incidents", self.views, None))
        page.addWidget(self.card, 1)
        self.place = DrawerPlace(self, page, self.drawer)
