"""Maintenance: windows and suppressions, what each hides, which hide nothing, and what hides an alarm."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from noc_console.errors import KnownError
from noc_console.views import maintenance_calls as calls
from noc_console.views.actions import add_action
from noc_console.views.ask_bar import AskBar
from noc_console.views.channel_paint import HEAD_HEIGHT
from noc_console.views.desk import Desk
from noc_console.views.drawer_place import DrawerPlace
from noc_console.views.maintenance_form import WindowForm
from noc_console.views.maintenance_values import (
    COLUMNS,
    HIDING_COLUMNS,
    body_of,
    codes_of,
    entries,
    form_of,
    fresh,
    hiding_records,
    record,
    state_cell,
)
from noc_console.views.records import Cell
from noc_console.views.records_card import RecordsCard, head_row
from noc_console.views.records_drawer import RecordsDrawer
from noc_console.views.records_feed import Feed
from noc_console.views.records_table import HEAD, ROW, RecordsTable

_WIDTH = 440


class MaintenanceScreen(QWidget):
    """List and drawer; `open(alarm_id)` answers what hides that alarm."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self._rows: list[dict[str, Any]] = []
        self._editing = 0
        self._alarm_id = 0
        self.feed = Feed(desk, calls.windows, self._take)
        self.table = RecordsTable(desk.theme, COLUMNS, "Windows and suppressions")
        self.card = RecordsCard(desk.theme, "Windows and suppressions", self.table)
        self.hiding = RecordsTable(desk.theme, HIDING_COLUMNS, "What hides the alarm")
        self.hiding_card = RecordsCard(desk.theme, "What hides this alarm?", self.hiding)
        self.hiding_card.hide()
        self.ask = AskBar(desk.theme)
        self._on_row, self._save, self._leave = self._make_actions()
        self.drawer = RecordsDrawer(desk.theme, self._on_row, width=_WIDTH)
        self.form = WindowForm(desk.theme, self._save, self._leave)
        self.side = QStackedWidget()
        self.side.setFixedWidth(_WIDTH)
        self.side.addWidget(self.drawer)
        self.side.addWidget(self.form)
        self._lay_out()
        self.table.chosen.connect(self._on_chosen)
        self.table.opened.connect(self._on_edit)
        self.setFocusProxy(self.table)
        self._draw_drawer()

    def open(self, alarm_id: int) -> None:
        """Answer what hides an alarm."""
        self._alarm_id = alarm_id
        self._fit_hiding(1)
        self.hiding_card.show()
        self.hiding.show_records((), "Loading")
        self.hiding_card.say(f"alarm {alarm_id}", "Esc closes")
        self._desk.tasks.start(calls.hiding(self._desk, alarm_id), self._show_hiding, self._no_hiding)

    def refresh(self) -> None:
        """Ask when it is time."""
        self.feed.poll()
        self._say()

    def status_text(self) -> str:
        """Return the counts for the status line."""
        return f"{len(self._rows)} windows · {sum(bool(row['is_open']) for row in self._rows)} open"

    def close_drawer(self) -> bool:
        """Close, the innermost first: a question, a line, the form, the alarm's answer, the drawer over the list."""
        if self.ask.put_away() or self.drawer.leave():
            return True
        if self.side.currentWidget() is self.form:
            self._on_leave()
            return True
        if self.hiding_card.isVisible():
            self.hiding_card.hide()
            return True
        return self.place.close()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: a small screen has the drawer over the page."""
        super().resizeEvent(event)
        self.place.fit()

    # -- answers

    def _take(self, rows: list[dict[str, Any]]) -> None:
        self._rows = sorted(rows, key=lambda row: (not row["is_open"], row["next_turn"] or float("inf"), row["id"]))
        now, codes = self._desk.mirror.now(), self._codes()
        empty = "Nothing is planned and nothing is suppressed"
        self.table.show_records([record(row, now, codes) for row in self._rows], self.feed.notice(empty))
        self._draw_drawer()

    def _say(self) -> None:
        if not self._rows:
            self.table.show_records((), self.feed.notice("Nothing is planned and nothing is suppressed"))
        hidden = sum(len(row["hides"]) for row in self._rows)
        idle = sum(bool(row.get("warning")) for row in self._rows)
        many = f"{hidden} alarm{'s' if hidden != 1 else ''} hidden now"
        self.card.say(self.feed.age_note() or many, f"{idle} with a warning" if idle else "")

    def _show_hiding(self, answer: dict[str, Any]) -> None:
        alarm = self._desk.mirror.alarms.get(self._alarm_id)
        name = f"{alarm['channel_code']} {alarm['type']}" if alarm is not None else f"alarm {self._alarm_id}"
        self.hiding_card.say(name, "Esc closes")
        rows = hiding_records(answer)
        self.hiding.show_records(rows, "Nothing hides it, and no window is about it")
        self._fit_hiding(len(rows))

    def _fit_hiding(self, rows: int) -> None:
        self.hiding_card.setFixedHeight(HEAD_HEIGHT + HEAD + ROW * min(max(rows, 1), 4) + 4)

    def _no_hiding(self, sentence: str) -> None:
        self.hiding.show_records((), sentence)

    def _draw_drawer(self) -> None:
        row = self._chosen()
        for action in self._on_row[1:]:
            action.setEnabled(row is not None)
        if row is None:
            self.drawer.show_head(Cell("No window chosen"), "", "W plans a new one")
            self.drawer.show_entries(())
            return
        now = self._desk.mirror.now()
        state = state_cell(row, now)
        self.drawer.show_head(Cell(str(row["name"]), state.tone, state.mark), "", state.text)
        self.drawer.show_entries(entries(row, now, self._codes(), self._desk.mirror.alarms))

    def _chosen(self) -> dict[str, Any] | None:
        return next((row for row in self._rows if str(row["id"]) == self.table.key), None)

    def _codes(self) -> dict[int, str]:
        return codes_of(self._desk.mirror.channels, self._desk.mirror.order)

    # -- orders

    def _on_chosen(self, _key: str) -> None:
        self.drawer.tell("")
        self._draw_drawer()

    def _on_new(self) -> None:
        self._editing = 0
        self._show_form("New window", fresh(self._desk.mirror.now()))

    def _on_edit(self, *_key: object) -> None:
        row = self._chosen()
        if row is not None:
            self._editing = int(row["id"])
            self._show_form(f"Edit {row['name']}", form_of(row, self._codes()))

    def _show_form(self, title: str, form: Any) -> None:
        self.form.show_form(form, title)
        self.side.setCurrentWidget(self.form)
        self.place.open()
        self.form.setFocus()
        for action in (self._save, self._leave):
            action.setEnabled(True)

    def _on_save(self) -> None:
        known = next((row for row in self._rows if row["id"] == self._editing), None)
        try:
            body = body_of(self.form.form(), self._codes(), known)
        except KnownError as error:
            self.form.tell(str(error))
            return
        self._desk.tasks.start(calls.save(self._desk, self._editing, body), self._on_saved, self.form.tell)

    def _on_saved(self, window: dict[str, Any]) -> None:
        self._on_leave()
        self._later(f"{window['name']} is kept.")

    def _on_leave(self) -> None:
        self.side.setCurrentWidget(self.drawer)
        for action in (self._save, self._leave):
            action.setEnabled(False)
        self.table.setFocus()

    def _on_clone(self) -> None:
        row = self._chosen()
        if row is not None:
            self._desk.tasks.start(calls.clone(self._desk, int(row["id"])), self._on_cloned, self.drawer.tell)

    def _on_cloned(self, window: dict[str, Any]) -> None:
        self._rows = [*self._rows, {**window, "hid_30d": 0, "inputs": 0, "warning": ""}]
        self._editing = int(window["id"])
        self._show_form(f"Edit {window['name']}", form_of(window, self._codes()))
        self.feed.hurry()

    def _on_end(self) -> None:
        self._order("End {name} now? What it hides is shown again.", "End it", calls.end)

    def _on_remove(self) -> None:
        self._order("Remove {name}? What it hides is shown again.", "Remove", calls.remove)

    def _order(self, question: str, word: str, call: Callable[[Desk, int], Coroutine[Any, Any, str]]) -> None:
        row = self._chosen()
        if row is not None:
            act = partial(self._do, call, int(row["id"]))
            self.ask.ask(question.format(name=row["name"]), word, act)

    def _do(self, call: Callable[[Desk, int], Coroutine[Any, Any, str]], window_id: int) -> None:
        self._desk.tasks.start(call(self._desk, window_id), self._later, self._later)

    def _on_reclassify(self) -> None:
        row = self._chosen()
        if row is not None:
            self.place.open()
            question = "Count the alarms of its time as its own: why?"
            self.drawer.ask(question, partial(self._reclassify, int(row["id"])))

    def _reclassify(self, window_id: int, reason: str) -> None:
        if not reason:
            self.drawer.tell("A reason is needed: say why in a few words.")
            return
        work = calls.reclassify(self._desk, window_id, reason)
        self._desk.tasks.start(work, self._later, self._later)

    def _later(self, sentence: str) -> None:
        self.drawer.tell(sentence)
        self.feed.hurry()
        self.feed.poll()

    def _make_actions(self) -> tuple[list[QAction], QAction, QAction]:
        on_row = [
            add_action(self, text, key, act, within=True)
            for text, key, act in (
                ("New window", "W", self._on_new),
                ("Edit", "E", self._on_edit),
                ("Clone", "C", self._on_clone),
                ("End now", "Shift+E", self._on_end),
                ("Reclassify", "Shift+R", self._on_reclassify),
                ("Remove", "Del", self._on_remove),
            )
        ]
        add_action(self, "Next window", "J", partial(self.table.step, 1), within=True)
        add_action(self, "Previous window", "K", partial(self.table.step, -1), within=True)
        save = add_action(self, "Keep", "Ctrl+S", self._on_save, within=True)
        leave = add_action(self, "Cancel", "", self._on_leave, within=True)
        for action in (save, leave):
            action.setEnabled(False)
        add_action(self, "Rules", "L", self._on_rules, within=True)
        return on_row, save, leave

    def _on_rules(self) -> None:
        self._desk.ways.openScreen.emit("rules")

    def _lay_out(self) -> None:
        rules = QPushButton("Rules")
        rules.setProperty("look", "chip")
        rules.clicked.connect(self._on_rules)
        page = QVBoxLayout()
        page.setContentsMargins(16, 6, 16, 8)
        page.setSpacing(8)
        page.addLayout(head_row("Maintenance", None, rules))
        page.addWidget(self.hiding_card)
        page.addWidget(self.card, 1)
        page.addWidget(self.ask)
        self.place = DrawerPlace(self, page, self.side)
