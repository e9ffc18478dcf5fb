"""The view "Who would be told?": an open alarm or one that might be, and the answer of the policy in two lists."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from noc_console.catalogues import alarm_types
from noc_console.model import Severity
from noc_console.views import notices_calls as calls
from noc_console.views.actions import add_action
from noc_console.views.desk import Desk
from noc_console.views.drawer_button import KeyButton
from noc_console.views.drawer_choice import Choice, Figure, chosen_text
from noc_console.views.notices_values import LEFT_OUT_COLUMNS, TOLD_COLUMNS, left_out_records, told_records
from noc_console.views.records_card import RecordsCard
from noc_console.views.records_table import RecordsTable

_SEVERITIES = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR, Severity.WARNING)


class DryRun(QWidget):
    """A form at the left, who is told and who is not at the right. Ctrl+Enter asks; nobody is told anything."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._listed: tuple[object, ...] = ()
        self.alarm, self.channel, self.type, self.severity = Choice(30), Choice(30), Choice(30), Choice(30)
        self.hours = Figure(0, 168, 1, "h from now")
        self.reply = QLabel("Nobody is told anything by asking.")
        self.reply.setProperty("look", "note")
        self.reply.setWordWrap(True)
        self.told = RecordsTable(desk.theme, TOLD_COLUMNS, "Who would be told")
        self.left_out = RecordsTable(desk.theme, LEFT_OUT_COLUMNS, "Who would not be told")
        self._ask = add_action(self, "Who would be told?", "Ctrl+Return", self._on_ask, within=True)
        _fill(self.severity, [("as the alarm type says", ""), *((str(one), str(one)) for one in _SEVERITIES)])
        types = sorted(alarm_types().items())
        _fill(self.type, [("no type in particular", ""), *((name, name) for name, _ in types)])
        self.alarm.currentIndexChanged.connect(self._on_alarm)
        self._lay_out()
        self.told.show_records((), "Ask first: Ctrl+Enter")
        self.left_out.show_records((), "Ask first: Ctrl+Enter")
        self.setFocusProxy(self.alarm)

    def refresh(self) -> None:
        """Offer the open alarms and the channels there are."""
        mirror = self._desk.mirror
        alarms = [
            (f"{one['channel_code'] or 'Agent'}  {one['type']}", str(one["id"])) for one in mirror.open_alarms()
        ]
        codes = [str(mirror.channels[key]["code"]) for key in mirror.order]
        listed = (tuple(alarms), tuple(codes))
        if listed != self._listed and not self.alarm.view().isVisible():
            self._listed = listed
            _fill(self.alarm, [("an alarm that might be, as below", ""), *alarms])
            _fill(self.channel, [("no channel in particular", ""), *((code, code) for code in codes)])
            self._on_alarm()

    def close_drawer(self) -> bool:
        """There is nothing to close."""
        return False

    def status_text(self) -> str:
        """Return nothing: the status line says its own."""
        return ""

    def ask_of(self, alarm_id: int) -> None:
        """Ask about an open alarm at once."""
        self.refresh()
        self.alarm.setCurrentIndex(max(self.alarm.findData(str(alarm_id)), 0))
        self._on_ask()

    def _on_alarm(self) -> None:
        is_free = not chosen_text(self.alarm)
        for field in (self.channel, self.type, self.severity, self.hours):
            field.setEnabled(is_free)

    def _on_ask(self) -> None:
        self.reply.setText("Asking the policy")
        self._desk.tasks.start(calls.dry_run(self._desk, self._question()), self._show, self.reply.setText)

    def _question(self) -> dict[str, Any]:
        if alarm := chosen_text(self.alarm):
            return {"alarm": int(alarm)}
        asked: dict[str, Any] = {"at": self._desk.mirror.now() + self.hours.value() * 3600}
        for name, field in (("channel", self.channel), ("type", self.type), ("severity", self.severity)):
            if value := chosen_text(field):
                asked[name] = value
        return asked

    def _show(self, answer: dict[str, Any]) -> None:
        told, left_out = told_records(answer, self._desk.mirror.now()), left_out_records(answer)
        self.told.show_records(told, "Nobody would be told")
        self.left_out.show_records(left_out, "Nobody is left out")
        routes = ", ".join(answer["routes"]) or "no route fits"
        self._told_card.say("in the order of time", f"{len(told)}")
        self._left_card.say("and why not", f"{len(left_out)}")
        self.reply.setText(f"By: {routes}.")

    def _lay_out(self) -> None:
        theme = self._desk.theme
        form = RecordsCard(theme, "Which alarm?", pad=16)
        form.column.setContentsMargins(16, 44, 16, 16)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        fields = (
            ("&Open alarm", self.alarm),
            ("&Channel", self.channel),
            ("&Type", self.type),
            ("Se&verity", self.severity),
            ("&When", self.hours),
        )
        for row, (text, field) in enumerate(fields):
            label = QLabel(text)
            label.setBuddy(field)
            label.setProperty("look", "note")
            field.setAccessibleName(text.replace("&", ""))
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
        grid.setColumnStretch(1, 1)
        form.column.addLayout(grid)
        form.column.addWidget(KeyButton(theme, self._ask, is_primary=True))
        form.column.addWidget(self.reply)
        form.column.addStretch(1)
        form.setFixedWidth(420)
        self._told_card = RecordsCard(theme, "Told", self.told)
        self._left_card = RecordsCard(theme, "Not told", self.left_out)
        lists = QVBoxLayout()
        lists.setSpacing(8)
        lists.addWidget(self._told_card, 3)
        lists.addWidget(self._left_card, 2)
        both = QHBoxLayout(self)
        both.setContentsMargins(16, 0, 16, 8)
        both.setSpacing(8)
        both.addWidget(form)
        both.addLayout(lists, 1)


def _fill(choice: Choice, rows: list[tuple[str, str]]) -> None:
    chosen = chosen_text(choice)
    choice.blockSignals(True)
    choice.clear()
    for text, value in rows:
        choice.addItem(text, value)
    choice.setCurrentIndex(max(choice.findData(chosen), 0))
    choice.blockSignals(False)
