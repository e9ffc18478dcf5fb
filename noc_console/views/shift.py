"""Shift: checklists that are due, running and to be begun when needed; what was signed before; Enter opens one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from noc_console.views import guide_calls as calls
from noc_console.views.actions import add_action
from noc_console.views.desk import Desk
from noc_console.views.drawer_place import DrawerPlace
from noc_console.views.drawer_sheet import Entry, Fact, Head, Plain
from noc_console.views.figures import age, day_and_clock
from noc_console.views.guide_words import said
from noc_console.views.records import Cell, Mark
from noc_console.views.records_card import RecordsCard, ViewRow, head_row
from noc_console.views.records_drawer import RecordsDrawer
from noc_console.views.records_feed import Feed
from noc_console.views.records_table import RecordsTable
from noc_console.views.shift_values import (
    RUN_COLUMNS,
    TURN_COLUMNS,
    list_record,
    run_record,
    today,
    turn_key,
    turn_record,
)

Json = Mapping[str, Any]
_EMPTY = "No checklist is due: a guide of the kind checklist with a schedule makes one"


class ShiftScreen(QWidget):
    """Two lists and a drawer; refreshed by the frame timer while visible."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self._told: dict[str, Any] = {"turns": [], "guides": [], "runs": []}
        self.feed = Feed(desk, calls.shifts, self._take)
        self.table = RecordsTable(desk.theme, TURN_COLUMNS, "Checklists")
        self.card = RecordsCard(desk.theme, "Today", self.table)
        self.past = RecordsTable(desk.theme, RUN_COLUMNS, "Walks through checklists")
        self.past_card = RecordsCard(desk.theme, "Running and past", self.past)
        self.views = ViewRow(self, ("Today", "History"))
        self._on_row = self._make_actions()
        self.drawer = RecordsDrawer(desk.theme, self._on_row)
        self._lay_out()
        self.views.chosen.connect(self._on_view)
        for table in (self.table, self.past):
            table.chosen.connect(self._on_chosen)
            table.opened.connect(self._on_opened)
        self.setFocusProxy(self.table)
        self._draw()

    def refresh(self) -> None:
        """Ask when it is time; what is due grows older between the answers."""
        self.feed.poll()
        self._draw()

    def status_text(self) -> str:
        """Return what waits, for the status line."""
        waits = sum(turn["state"] in ("due", "overdue") for turn in self._told["turns"])
        return f"{waits} checklists wait" if waits else "No checklist waits"

    def close_drawer(self) -> bool:
        """Leave a question, or close the drawer over the list."""
        return self.drawer.leave() or self.place.close()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: a small screen has the drawer over the page."""
        super().resizeEvent(event)
        self.place.fit()

    # -- drawing

    def _take(self, told: dict[str, Any]) -> None:
        self._told = told
        self._draw()

    def _draw(self) -> None:
        now = self._desk.mirror.now()
        guides = {one["guide"]: one for one in self._told["guides"]}
        turns = today(self._told["turns"], now)
        lists = [list_record(one) for one in self._told["guides"] if not one["schedule"]]
        known = {turn["run_id"] for turn in turns}
        begun = [run for run in self._told["runs"] if run["ended_at"] is None and run["run_id"] not in known]
        rows = [
            *(run_record(run, now) for run in begun),
            *(turn_record(turn, guides, now) for turn in turns),
            *lists,
        ]
        self.table.show_records(rows, self.feed.notice(_EMPTY))
        waits = sum(turn["state"] in ("due", "overdue") for turn in turns)
        self.card.say(self.feed.age_note() or (f"{waits} wait" if waits else "nothing waits"), f"{len(turns)} turns")
        runs = self._told["runs"]
        notice = self.feed.notice("No checklist was walked yet")
        self.past.show_records([run_record(run, now) for run in runs], notice)
        is_open = sum(run["ended_at"] is None for run in runs)
        self.past_card.say("newest first", f"{is_open} running, {len(runs) - is_open} past")
        self._draw_drawer()

    def _draw_drawer(self) -> None:
        now = self._desk.mirror.now()
        turn, run, guide = self._chosen()
        self._on_row[0].setEnabled(bool(turn or run or guide))
        if turn is not None:
            self._on_row[0].setText("Continue" if turn["run_id"] else "Begin")
            self.drawer.show_head(*_turn_head(turn, now))
        elif run is not None:
            self._on_row[0].setText("Open")
            took = age((run["ended_at"] or now) - run["started_at"])
            self.drawer.show_head(Cell(said(run["title"])), took, f"Run {run['run_id']}")
        elif guide is not None:
            self._on_row[0].setText("Begin")
            self.drawer.show_head(Cell(said(guide["title"])), "", "begun when it is needed")
        else:
            self._on_row[0].setText("Open")
            self.drawer.show_head(Cell("No checklist chosen"), "", "J and K move through the list")
        self.drawer.show_entries(self._entries(turn, run, guide))

    def _entries(self, turn: Json | None, run: Json | None, guide: Json | None) -> list[Entry]:
        found: list[Entry] = []
        known = guide or self._guide((turn or run or {}).get("guide", ""))
        if known is not None:
            found += [Head("Checklist", f"version {known['version']}"), Plain(said(known["summary"]) or "\u2014")]
            found += [Fact("Usual time", f"{known['minutes']:g} min")] if known["minutes"] else []
            times = known["schedule"] or ()
            found += [Fact("Times", ", ".join(times))] if times else []
            found += [Fact("File", str(known["file"]))]
        if turn is not None:
            overdue = day_and_clock(turn["overdue_at"])[:-3]
            found += [
                Head("This turn"),
                Fact("Role", turn["role"] or "anybody"),
                Fact("Overdue", f"from {overdue} ICT"),
            ]
        if run is not None:
            found += [Head("Walk"), Fact("People", ", ".join(run["people"]) or "\u2014")]
            found += [Fact("Started", f"{day_and_clock(run['started_at'])} ICT")]
            ended = f"{day_and_clock(run['ended_at'])} ICT" if run["ended_at"] is not None else "not yet"
            found += [Fact("Ended", ended), Plain("Open it for its lines, signatures, PDF and CSV.")]
        return found

    def _chosen(self) -> tuple[Json | None, Json | None, Json | None]:
        """Return the chosen turn, walk, or checklist without times."""
        key = self._list().key
        turn = next((one for one in self._told["turns"] if turn_key(one) == key), None)
        run = next((one for one in self._told["runs"] if f"run/{one['run_id']}" == key), None)
        guide = self._guide(key.removeprefix("guide/")) if key.startswith("guide/") else None
        return turn, run, guide

    def _list(self) -> RecordsTable:
        return self.past if self.past_card.isVisibleTo(self) else self.table

    def _guide(self, name: str) -> Json | None:
        return next((one for one in self._told["guides"] if one["guide"] == name), None)

    # -- orders

    def _on_view(self, view: int) -> None:
        self.card.setVisible(view == 0)
        self.past_card.setVisible(view == 1)
        self.setFocusProxy(self._list())
        self._list().setFocus()
        self._draw_drawer()

    def _on_chosen(self, _key: str) -> None:
        self.drawer.tell("")
        self._draw_drawer()

    def _on_opened(self, _key: str) -> None:
        self._open()

    def _open(self) -> None:
        turn, run, guide = self._chosen()
        if run is not None or (turn is not None and turn["run_id"]):
            self._desk.ways.openChecklist.emit(int((run or turn or {})["run_id"]))
        elif turn is not None or guide is not None:
            wish = {"guide": (turn or guide or {})["guide"]}
            work = calls.started(self._desk, wish)
            self._desk.tasks.start(work, self._desk.ways.openChecklist.emit, self.drawer.tell)

    def _step(self, way: int) -> None:
        self._list().step(way)

    def _make_actions(self) -> list[QAction]:
        on_row = [add_action(self, "Open", "Return", self._open, within=True)]
        add_action(self, "Next checklist", "J", partial(self._step, 1), within=True)
        add_action(self, "Previous checklist", "K", partial(self._step, -1), within=True)
        return on_row

    def _lay_out(self) -> None:
        page = QVBoxLayout()
        page.setContentsMargins(16, 6, 16, 8)
        page.setSpacing(8)
        page.addLayout(head_row("Shift", self.views, None))
        page.addWidget(self.card, 1)
        page.addWidget(self.past_card, 1)
        self.past_card.hide()
        self.place = DrawerPlace(self, page, self.drawer)
        add_action(self, "Facts of the checklist", "I", self.place.toggle, within=True)


def _turn_head(turn: Json, now: float) -> tuple[Cell, str, str]:
    is_late = turn["state"] in ("due", "overdue")
    figure = age(abs(now - turn["due_at"]))
    under = f"{turn['state']}, {'since' if is_late else 'at'} {day_and_clock(turn['due_at'])[:-3]} ICT"
    return Cell(said(turn["title"]), mark=Mark.WARNING if turn["state"] == "overdue" else Mark.NONE), figure, under
