"""The page of one incident: its moments, the timeline that writes itself, alarms, tasks, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from noc_console.model import Severity
from noc_console.views import incident_calls as calls
from noc_console.views.actions import add_action
from noc_console.views.desk import Desk
from noc_console.views.drawer_place import DrawerPlace
from noc_console.views.figures import age
from noc_console.views.incident_acts import IncidentActs
from noc_console.views.incident_saving import IncidentFiles
from noc_console.views.incident_strip import Strip, moments
from noc_console.views.incident_values import (
    ALARM_COLUMNS,
    LINE_COLUMNS,
    TASK_COLUMNS,
    alarm_record,
    entries,
    lasted,
    line_record,
    state_cell,
    task_record,
)
from noc_console.views.records import Cell
from noc_console.views.records_card import RecordsCard
from noc_console.views.records_drawer import RecordsDrawer
from noc_console.views.records_feed import Feed
from noc_console.views.records_table import RecordsTable

if TYPE_CHECKING:
    from noc_console.net.api_client import ApiClient

Json = Mapping[str, Any]
_ROW = 28
_LOW = 212


class IncidentScreen(QWidget):
    """`open(id)` shows an incident; several operators see the same one, asked anew every two seconds."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self._id = 0
        self._one: dict[str, Any] | None = None
        self.feed = self._new_feed()
        self.title = QLabel()
        self.title.setProperty("look", "title")
        self.title.setFixedHeight(24)
        self.strip = Strip(desk.theme)
        self.lines = RecordsTable(desk.theme, LINE_COLUMNS, "Timeline", _ROW)
        self.line_card = RecordsCard(desk.theme, "Timeline", self.lines)
        self.alarms = RecordsTable(desk.theme, ALARM_COLUMNS, "Alarms of the incident", _ROW)
        self.alarm_card = RecordsCard(desk.theme, "Alarms", self.alarms)
        self.tasks = RecordsTable(desk.theme, TASK_COLUMNS, "Tasks", _ROW)
        self.task_card = RecordsCard(desk.theme, "Tasks", self.tasks)
        self.acts = IncidentActs(desk, self, self.shown, self._ask)
        self.acts.choose_by(self._chosen_task, self._chosen_alarm)
        self.files = IncidentFiles(desk, self)
        self._export, self._capsule = self._make_actions()
        names = ("note", "task", "mitigate", "close", "review")
        buttons = [*map(self.acts.action, names), self.acts.action("done"), self._export, self._capsule]
        self.drawer = RecordsDrawer(desk.theme, buttons)
        self._lay_out()
        self._connect()
        self._draw()

    def open(self, incident_id: int) -> None:
        """Show an incident."""
        if incident_id != self._id:
            self._id, self._one = incident_id, None
            self.feed = self._new_feed()
            self.drawer.leave()
            self.drawer.tell("")
            self._draw()
        self.feed.hurry()

    def shown(self) -> Json | None:
        """Return the incident that is shown, None before its first answer."""
        return self._one

    def refresh(self) -> None:
        """Ask when it is time; durations go on between the answers."""
        if self._id:
            self.feed.poll()
        self._draw()

    def status_text(self) -> str:
        """Return the count of lines for the status line."""
        return f"{len(self._one['lines'])} lines in the timeline" if self._one is not None else ""

    def close_drawer(self) -> bool:
        """Leave a question, or close the drawer over the page."""
        return self.drawer.leave() or self.place.close()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: a small screen has the drawer over the page."""
        super().resizeEvent(event)
        self.place.fit()

    # -- drawing

    def _new_feed(self) -> Feed:
        async def ask(client: ApiClient, incident_id: int = self._id) -> dict[str, Any]:
            return await calls.whole(client, incident_id)

        return Feed(self._desk, ask, self._take, 2.0)

    def _take(self, one: dict[str, Any]) -> None:
        if one["id"] == self._id:
            is_at_end = self._is_at_end()
            self._one = one
            self._draw()
            if is_at_end:
                self.lines.scrollToBottom()

    def _is_at_end(self) -> bool:
        bar = self.lines.verticalScrollBar()
        return self._one is None or bar.value() >= bar.maximum() - _ROW

    def _draw(self) -> None:
        one, now = self._one, self._desk.mirror.now()
        self.acts.follow()
        self._export.setEnabled(one is not None)
        self._capsule.setEnabled(one is not None and not self._desk.mirror.is_read_only)
        if one is None:
            self._draw_nothing()
            return
        self.title.setText(f"Incident {one['id']}: {one['title']}")
        self.strip.show_moments(moments(one, now))
        self.lines.show_records([line_record(line, now) for line in one["lines"]], "The journal has nothing of it")
        self.alarms.show_records([alarm_record(a, now) for a in one["alarm_objects"]], "No alarm is grouped here")
        self.tasks.show_records(
            [task_record(task, now) for task in one["tasks"]], "Nothing is promised: T adds a task"
        )
        note = self.feed.age_note()
        self.line_card.say(note or "made from the journal", f"{len(one['lines'])}")
        self.alarm_card.say(f"{one['open_alarms']} open", f"{len(one['alarms'])}")
        self.task_card.say(f"{one['overdue']} overdue" if one["overdue"] else "", f"{len(one['tasks'])}")
        state = state_cell(one)
        under = f"{state.text}, {one['commander'] or 'no commander: O takes it'}"
        title = Cell(f"Incident {one['id']}", severity=Severity(one["severity"]))
        self.drawer.show_head(title, age(lasted(one, now)), under)
        self.drawer.show_entries(entries(one, now))

    def _draw_nothing(self) -> None:
        notice = self.feed.notice("Loading")
        self.title.setText(f"Incident {self._id}" if self._id else "Incident")
        for table in (self.lines, self.alarms, self.tasks):
            table.show_records((), notice)
        self.strip.show_moments(())
        self.drawer.show_head(Cell(f"Incident {self._id}" if self._id else "No incident chosen"), "", notice)
        self.drawer.show_entries(())

    # -- orders

    def _ask(self, question: str, act: Any) -> None:
        self.place.open()
        self.drawer.ask(question, act)

    def _chosen_task(self) -> Json | None:
        tasks = self._one["tasks"] if self._one is not None else ()
        return next((task for task in tasks if str(task["id"]) == self.tasks.key), None)

    def _chosen_alarm(self) -> int:
        """Return the alarm the keys are about: only while its table has them, so that Del means what is seen."""
        return int(self.alarms.key) if self.alarms.hasFocus() and self.alarms.key else 0

    def _on_done(self) -> None:
        self.feed.hurry()
        self.feed.poll()

    def _on_task_chosen(self, _key: str) -> None:
        self.acts.follow()

    def _on_alarm(self, key: str) -> None:
        self._desk.ways.openAlarm.emit(int(key))

    def _on_export(self) -> None:
        self.files.ask_report(self._id)

    def _on_capsule(self) -> None:
        self.files.ask_capsule(self._id)

    def _on_picture(self) -> None:
        if self._one is not None:
            self.files.ask_picture(self._id)

    def _on_list(self) -> None:
        self._desk.ways.openScreen.emit("incidents")

    def _make_actions(self) -> tuple[QAction, QAction]:
        add_action(self, "Attach a picture", "P", self._on_picture, within=True)
        add_action(self, "All incidents", "L", self._on_list, within=True)
        add_action(self, "Next line", "J", partial(self.lines.step, 1), within=True)
        add_action(self, "Previous line", "K", partial(self.lines.step, -1), within=True)
        export = add_action(self, "Export report", "E", self._on_export, within=True)
        return export, add_action(self, "Capsule", "X", self._on_capsule, within=True)

    def _connect(self) -> None:
        self.acts.told.connect(self.drawer.tell)
        self.acts.done.connect(self._on_done)
        self.files.told.connect(self.drawer.tell)
        self.files.attached.connect(self._on_done)
        self.tasks.chosen.connect(self._on_task_chosen)
        self.alarms.opened.connect(self._on_alarm)
        self.setFocusProxy(self.lines)

    def _lay_out(self) -> None:
        low = QHBoxLayout()
        low.setSpacing(8)
        for card, weight in ((self.alarm_card, 3), (self.task_card, 2)):
            card.setFixedHeight(_LOW)
            low.addWidget(card, weight)
        page = QVBoxLayout()
        page.setContentsMargins(16, 6, 16, 8)
        page.setSpacing(8)
        page.addWidget(self.title)
        page.addWidget(self.strip)
        page.addWidget(self.line_card, 1)
        page.addLayout(low)
        self.place = DrawerPlace(self, page, self.drawer)
