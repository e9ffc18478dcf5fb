"""One checklist: parts with minutes, lines with figure, limit and change, handover, signatures, PDF and CSV."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from noc_console.model import Severity
from noc_console.views import guide_calls as calls
from noc_console.views.actions import add_action
from noc_console.views.desk import Desk
from noc_console.views.drawer_place import DrawerPlace
from noc_console.views.drawer_sheet import Entry, Fact, Head, Plain, Said
from noc_console.views.figures import age, clock, day_and_clock
from noc_console.views.guide_feed import RunFeed
from noc_console.views.guide_saving import WalkFiles
from noc_console.views.guide_words import said
from noc_console.views.incident_strip import Moment, Strip
from noc_console.views.records import Cell
from noc_console.views.records_card import RecordsCard, ViewRow
from noc_console.views.records_drawer import RecordsDrawer
from noc_console.views.records_table import RecordsTable
from noc_console.views.shift_acts import ShiftActs
from noc_console.views.shift_values import LINE_COLUMNS, Row, line_record, lines_of, open_lines, parts, people_of

Json = Mapping[str, Any]


class ChecklistScreen(QWidget):
    """`open(run_id)` shows a walk through a checklist; several people see the same one live."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self._rows: list[Row] = []
        self._view = 0
        self.feed = RunFeed(desk)
        self.title, self.under = QLabel("Checklist"), QLabel()
        self.title.setProperty("look", "title")
        self.under.setProperty("look", "note")
        self.strip = Strip(desk.theme)
        self.strip.setAccessibleName("Parts of the checklist")
        self.table = RecordsTable(desk.theme, LINE_COLUMNS, "Lines", 32)
        self.card = RecordsCard(desk.theme, "Lines", self.table)
        self.views = ViewRow(self, ("Exceptions first", "In order", "Open only"))
        self.acts = ShiftActs(desk, self, self.feed, self._ask)
        self.files = WalkFiles(desk, self, self.feed)
        self._export = add_action(self, "PDF or CSV", "E", self.files.ask, within=True)
        names = ("done", "not_applicable", "sign", "hand_over", "tick", "note")
        buttons = [*(self.acts.by_name[name] for name in names), self._export]
        self.drawer = RecordsDrawer(desk.theme, buttons)
        self._lay_out()
        self._connect()
        self._draw()

    def open(self, run_id: int) -> None:
        """Show a walk through a checklist."""
        if run_id != self.feed.run_id:
            self.drawer.leave()
            self.drawer.tell("")
        self.feed.open(run_id)
        self._draw()

    def refresh(self) -> None:
        """Ask when it is time; the time taken goes on."""
        self.feed.poll()
        self._draw_head()

    def status_text(self) -> str:
        """Return how many lines are open, for the status line."""
        run = self.feed.run
        return f"{open_lines(run)} lines open · {run['guide']} v{run['version']}" if run is not None else ""

    def close_drawer(self) -> bool:
        """Leave a question, or close the drawer over the list."""
        return self.drawer.leave() or self.place.close()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: a small screen has the drawer over the page."""
        super().resizeEvent(event)
        self.place.fit()

    # -- drawing

    def _draw(self) -> None:
        run, guide = self.feed.run, self.feed.guide
        self._rows = []
        if run is not None and guide is not None:
            self._rows = lines_of(guide, run, in_order=self._view == 1)
            if self._view == 2:
                self._rows = [row for row in self._rows if row.is_open]
        notice = self.feed.fault or (
            "Loading" if run is None else "No line is open: S signs" if self._view == 2 else "No lines"
        )
        self.table.show_records([line_record(row) for row in self._rows], notice)
        self._draw_head()
        self._draw_drawer()

    def _draw_head(self) -> None:
        run, guide = self.feed.run, self.feed.guide
        if run is None or guide is None:
            self.title.setText("Checklist")
            self.under.setText(self.feed.fault or "Loading")
            self.strip.show_moments(())
            return
        now = self._desk.mirror.now()
        self.title.setText(said(run["title"]))
        ended = f", ended {day_and_clock(run['ended_at'])[:-3]}" if run["ended_at"] is not None else ""
        took = age((run["ended_at"] or now) - run["started_at"])
        usual = f" of {guide['minutes']:g} min" if guide["minutes"] else ""
        lost = " The agent does not answer: this is what was known." if self._desk.mirror.is_lost else ""
        people = ", ".join(run["people"]) or "the agent"
        began = day_and_clock(run["started_at"])[:-3]
        self.under.setText(f"Started {began} ICT by {people}, {took}{usual}{ended}.{lost}")
        self.strip.show_moments(tuple(Moment(*part) for part in parts(guide, run)))
        ill = sum(line["is_well"] is False for line in run["lines"])
        unknown = sum(bool(line["figure"]) and line["is_well"] is None for line in run["lines"])
        self.card.say(
            f"{ill} outside their limit, {unknown} without data", f"{open_lines(run)} of {len(run['lines'])} open"
        )

    def _draw_drawer(self) -> None:
        run, guide = self.feed.run, self.feed.guide
        row = next((one for one in self._rows if one.item == self.table.key), None)
        self.acts.follow(row)
        self._export.setEnabled(run is not None)
        if run is None or guide is None:
            self.drawer.show_head(Cell("No line chosen"), "", self.feed.fault or "Loading")
            self.drawer.show_entries(())
            return
        if row is None:
            self.drawer.show_head(Cell("No line chosen"), "", "J and K move through the lines")
        else:
            cell = Cell(row.text, severity=Severity.MAJOR if row.is_well is False and row.is_open else None)
            self.drawer.show_head(cell, row.figure, f"{row.part}, {row.state}")
        self.drawer.show_entries(_entries(guide, run, row))

    # -- orders

    def _ask(self, question: str, act: Any, *, known: str = "") -> None:
        self.place.open()
        self.drawer.ask(question, act, known=known)

    def _on_view(self, view: int) -> None:
        self._view = view
        self._draw()

    def _on_chosen(self, _key: str) -> None:
        self.drawer.tell("")
        self._draw_drawer()

    def _on_marked(self) -> None:
        """Go to the next open line."""
        keys = [row.item for row in self._rows]
        at = keys.index(self.table.key) if self.table.key in keys else -1
        after = [row.item for row in (*self._rows[at + 1 :], *self._rows[: at + 1]) if row.is_open]
        if after:
            self.table.choose(after[0])
        self._draw_drawer()

    def _on_guide(self) -> None:
        row = next((one for one in self._rows if one.item == self.table.key), None)
        if row is None or not row.guide:
            self.drawer.tell("No guide belongs to this line.")
            return
        self._desk.tasks.start(
            calls.started(self._desk, {"guide": row.guide}), self._desk.ways.openRun.emit, self.drawer.tell
        )

    def _on_list(self) -> None:
        self._desk.ways.openScreen.emit("shift")

    def _connect(self) -> None:
        self.feed.changed.connect(self._draw)
        self.acts.told.connect(self.drawer.tell)
        self.acts.marked.connect(self._on_marked)
        self.files.told.connect(self.drawer.tell)
        self.views.chosen.connect(self._on_view)
        self.table.chosen.connect(self._on_chosen)
        self.setFocusProxy(self.table)

    def _lay_out(self) -> None:
        page = QVBoxLayout()
        page.setContentsMargins(16, 6, 16, 8)
        page.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.title)
        row.addWidget(self.under, 1)
        row.addWidget(self.views)
        page.addLayout(row)
        page.addWidget(self.strip)
        page.addWidget(self.card, 1)
        self.place = DrawerPlace(self, page, self.drawer)
        for text, key, act in (
            ("Next line", "J", partial(self.table.step, 1)),
            ("Previous line", "K", partial(self.table.step, -1)),
            ("Guide of this line", "G", self._on_guide),
            ("All checklists", "L", self._on_list),
            ("Facts of the line", "I", self.place.toggle),
        ):
            add_action(self, text, key, act, within=True)


def _entries(guide: Json, run: Json, row: Row | None) -> list[Entry]:
    found: list[Entry] = []
    if row is not None:
        found += [Head("Line"), Fact("Figure", row.figure or "none")]
        found += [Fact("Limit", row.limit or "none"), Fact("Change", row.change or "no earlier check")]
        if row.is_well is False:
            found[1] = Fact("Figure", row.figure, Severity.MAJOR)
        found += [Fact("If not", row.if_not)] if row.if_not else []
        found += [Fact("Guide", f"{row.guide} (G)")] if row.guide else []
        found += [Fact("Note", row.note)] if row.note else []
    inherited = run["run"]["inherited"]
    if inherited:
        left = sum(note["ticked_at"] is None for note in inherited)
        found += [Head("From the last shift", f"{left} to tick off" if left else "all ticked off")]
        found += [Said("ticked" if note["ticked_at"] is not None else "to do", _told(note)) for note in inherited]
    found += [Head("Signatures", "sealed" if run.get("seal") else "")]
    found += [Fact(role, name) for role, name in people_of(guide, run)]
    if run.get("seal"):
        found += [Plain(f"Seal {run['seal'][:32]}\u2026 (SHA-256)")]
    own = run["run"]["notes"]
    if own:
        found += [Head("Notes and handover", str(len(own)))]
        found += [Said(clock(note["at"])[:5], _note(note)) for note in reversed(own[-8:])]
    return found


def _told(note: Json) -> str:
    by = (
        f" (ticked off by {note['ticked_by']}, {clock(note['ticked_at'])[:5]})"
        if note["ticked_at"] is not None
        else ""
    )
    return f"{note['by']}: {note['text']}{by}"


def _note(note: Json) -> str:
    return f"{note['by']}: {note['text']}{' (for the next shift)' if note['hands_over'] else ''}"
