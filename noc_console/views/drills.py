"""Drills: the instructor starts one and sees the live score; trainees see that it runs; below, those held before."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from noc_console.views import drill_calls as calls
from noc_console.views import drill_values as values
from noc_console.views.actions import add_action
from noc_console.views.desk import Desk
from noc_console.views.drawer_button import KeyButton
from noc_console.views.records_card import RecordsCard, head_row
from noc_console.views.records_feed import Feed
from noc_console.views.records_table import RecordsTable

_EVERY_S = 2.0
_HIDDEN = "Only its instructor sees what happens"


class DrillsScreen(QWidget):
    """Ctrl+Enter starts the chosen drill, Delete ends the one this console leads."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self._who = calls.Instructor()
        self._told: calls.Told | None = None
        theme = desk.theme
        self.feed = Feed(desk, self._ask, self._take, _EVERY_S)
        self.scenarios = RecordsTable(theme, values.SCENARIO_COLUMNS, "Drills to start")
        self.faults = RecordsTable(theme, values.FAULT_COLUMNS, "Faults of the drill")
        self.steps = RecordsTable(theme, values.STEP_COLUMNS, "False steps")
        self.held = RecordsTable(theme, values.HELD_COLUMNS, "Drills held")
        self.team = QLineEdit()
        self.team.setPlaceholderText("Team, as it shall stand in the training record")
        self.team.setAccessibleName("Team")
        self.team.setMaxLength(100)
        self.reply = QLabel()
        self.reply.setProperty("look", "note")
        self._begin = add_action(self, "Start the drill", "Ctrl+Return", self._on_begin, within=True)
        self._end = add_action(self, "End the drill", "Delete", self._on_end, within=True)
        self.held.chosen.connect(self._on_held)
        self.scenarios.chosen.connect(self._on_scenario)
        self._lay_out()
        self.setFocusProxy(self.scenarios)
        self._draw()

    def refresh(self) -> None:
        """Ask when it is time; the time left counts down."""
        self.feed.poll()
        self._draw()

    def status_text(self) -> str:
        """Return for the status line whether a drill is running."""
        return values.headline(self._told.running if self._told else None, self._desk.mirror.now())

    # -- answers

    async def _ask(self, client: Any) -> calls.Told:
        return await calls.asked(client, self._who)

    def _take(self, told: calls.Told) -> None:
        self._told = told
        self.scenarios.show_records([values.scenario_record(one) for one in told.scenarios], "There is no drill")
        self.held.show_records(values.rows_of(told.drills), "No drill was held yet")
        self._on_scenario(self.scenarios.key)
        self._draw()

    def _draw(self) -> None:
        now, told = self._desk.mirror.now(), self._told
        running = told.running if told else None
        self._begin.setEnabled(told is not None and running is None and bool(self.scenarios.key))
        self._end.setEnabled(running is not None and running["drill_id"] == self._who.drill_id)
        shown = running if running is not None else self._past()
        self._draw_one(shown, now)
        self.score.say(self.feed.age_note() or values.headline(running, now), self._points(shown))

    def _draw_one(self, shown: calls.Json | None, now: float) -> None:
        if shown is None or not values.is_open(shown):
            empty = self.feed.notice(_HIDDEN if shown is not None else "Choose a drill held, or start one")
            self.faults.show_records([], empty)
            self.steps.show_records([], "")
            return
        self.faults.show_records(values.fault_records(shown, now), "Nothing is broken in this one")
        self.steps.show_records(values.step_records(shown), "No false step")

    def _past(self) -> calls.Json | None:
        rows = self._told.drills if self._told else ()
        return next((one for one in rows if str(one["drill_id"]) == self.held.key), None)

    def _points(self, shown: calls.Json | None) -> str:
        return f"{shown['sheet']['points']:g} of 100 points" if shown is not None and values.is_open(shown) else ""

    # -- orders

    def _on_held(self, _key: str) -> None:
        self._draw()

    def _on_scenario(self, key: str) -> None:
        rows = self._told.scenarios if self._told else ()
        chosen = next((one for one in rows if one["name"] == key), None)
        self.about.setText(chosen["text"] if chosen else "")

    def _on_begin(self) -> None:
        if not self._desk.operator.name:
            self._say("Say who you are first: F2.")
            return
        self._desk.tasks.start(
            calls.start(self._desk, self.scenarios.key, self.team.text(), self._who), self._say, self._say
        )

    def _on_end(self) -> None:
        self._desk.tasks.start(calls.end(self._desk, self._who), self._say, self._say)

    def _say(self, sentence: str) -> None:
        self.reply.setText(sentence)
        self.feed.hurry()

    # -- layout

    def _lay_out(self) -> None:
        theme = self._desk.theme
        note = QLabel("On the lab's channels only. Nobody outside is told of its alarms.")
        note.setProperty("look", "note")
        self.about = QLabel()
        self.about.setWordWrap(True)
        self.about.setProperty("look", "note")
        start, self.score = (
            RecordsCard(theme, "Start a drill", self.scenarios),
            RecordsCard(theme, "Score", self.faults),
        )
        under = QVBoxLayout()
        under.setContentsMargins(16, 0, 16, 12)
        for widget in (self.about, self.team, KeyButton(theme, self._begin, is_primary=True), self.reply):
            under.addWidget(widget)
        start.column.addLayout(under)
        end = KeyButton(theme, self._end)
        end.setFixedWidth(240)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 0, 16, 12)
        foot.addWidget(end)
        foot.addStretch()
        self.score.column.addWidget(self.steps, 1)
        self.score.column.addLayout(foot)
        upper = QHBoxLayout()
        upper.setSpacing(8)
        upper.addWidget(start, 2)
        upper.addWidget(self.score, 3)
        page = QVBoxLayout(self)
        page.setContentsMargins(16, 6, 16, 8)
        page.setSpacing(8)
        page.addLayout(head_row("Drills", note, None))
        page.addLayout(upper, 3)
        page.addWidget(RecordsCard(theme, "Training record", self.held), 2)
