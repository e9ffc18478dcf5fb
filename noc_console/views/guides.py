"""Guides: every playbook, runbook and checklist in force, walks through them, and mistakes in their files."""

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
from noc_console.views.guide_path import cause
from noc_console.views.guide_words import said
from noc_console.views.guides_values import (
    GUIDE_COLUMNS,
    MISTAKE_COLUMNS,
    WALK_COLUMNS,
    guide_record,
    mistake_record,
    walk_record,
)
from noc_console.views.records import Cell, Mark
from noc_console.views.records_card import RecordsCard, ViewRow, head_row
from noc_console.views.records_drawer import RecordsDrawer
from noc_console.views.records_feed import Feed
from noc_console.views.records_table import RecordsTable

Json = Mapping[str, Any]
_VIEWS = ("All guides", "Walks", "Mistakes in files")
_EMPTY = (
    "No guide is in force",
    "No guide was walked yet: G on an alarm begins one",
    "No mistake: every file is in force",
)


class GuidesScreen(QWidget):
    """Three lists and a drawer; refreshed by the frame timer while visible."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self._told: dict[str, Any] = {"guides": [], "runs": [], "mistakes": []}
        self._view = 0
        self.feed = Feed(desk, calls.listed, self._take)
        columns = (GUIDE_COLUMNS, WALK_COLUMNS, MISTAKE_COLUMNS)
        self.tables = [RecordsTable(desk.theme, one, name) for one, name in zip(columns, _VIEWS, strict=True)]
        self.cards = [RecordsCard(desk.theme, name, one) for name, one in zip(_VIEWS, self.tables, strict=True)]
        self.views = ViewRow(self, _VIEWS)
        self._on_row = self._make_actions()
        self.drawer = RecordsDrawer(desk.theme, self._on_row)
        self._lay_out()
        self.views.chosen.connect(self._on_view)
        for table in self.tables:
            table.chosen.connect(self._on_chosen)
            table.opened.connect(self._on_opened)
        self._on_view(0)

    def refresh(self) -> None:
        """Ask when it is time."""
        self.feed.poll()
        self._draw()

    def status_text(self) -> str:
        """Return the counts for the status line."""
        wrong = len(self._told["mistakes"])
        return f"{len(self._told['guides'])} guides" + (f" \u00b7 {wrong} mistakes in files" if wrong else "")

    def close_drawer(self) -> bool:
        """Leave a question, or close the drawer over the list."""
        return self.drawer.leave() or self.place.close()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: a small screen has the drawer over the page."""
        super().resizeEvent(event)
        self.place.fit()

    @property
    def table(self) -> RecordsTable:
        """The list that is shown."""
        return self.tables[self._view]

    # -- drawing

    def _take(self, told: dict[str, Any]) -> None:
        self._told = told
        self._draw()

    def _draw(self) -> None:
        now = self._desk.mirror.now()
        rows = (
            [guide_record(one) for one in _in_order(self._told["guides"])],
            [walk_record(one, now) for one in self._told["runs"]],
            [mistake_record(number, one) for number, one in enumerate(self._told["mistakes"])],
        )
        for number, table in enumerate(self.tables):
            table.show_records(rows[number], self.feed.notice(_EMPTY[number]))
            self.cards[number].say(self.feed.age_note() or self._note(number), str(len(rows[number])))
        self._draw_drawer()

    def _note(self, number: int) -> str:
        wrong = len(self._told["mistakes"])
        if number == 0 and wrong:
            return f"{wrong} {'mistake' if wrong == 1 else 'mistakes'} in files: key 3"
        return ("by kind", "newest first", "the last good version of the file stays in force")[number]

    def _draw_drawer(self) -> None:
        one = self._chosen()
        begin, review = self._on_row
        begin.setEnabled(one is not None and self._view != 2)
        begin.setText("Open" if self._view == 1 else "Begin")
        review.setEnabled(one is not None and self._view == 0 and not self._desk.mirror.is_read_only)
        if one is None:
            self.drawer.show_head(Cell("Nothing chosen"), "", "J and K move through the list")
            self.drawer.show_entries(())
        elif self._view == 0:
            self.drawer.show_head(Cell(said(one["title"])), f"v{one['version']}", f"{one['guide']}, {one['kind']}")
            self.drawer.show_entries(_of_guide(one))
        elif self._view == 1:
            took = age((one["ended_at"] or self._desk.mirror.now()) - one["started_at"])
            self.drawer.show_head(
                Cell(said(one["title"])), took, f"Run {one['run_id']}, {one['channel'] or 'no channel'}"
            )
            self.drawer.show_entries(_of_walk(one))
        else:
            self.drawer.show_head(Cell(str(one["file"]), mark=Mark.WARNING), "", f"line {one['line']}")
            self.drawer.show_entries([Head("Mistake"), Plain(str(one["text"]))])

    def _chosen(self) -> dict[str, Any] | None:
        key = self.table.key
        match self._view:
            case 0:
                return next((one for one in self._told["guides"] if one["guide"] == key), None)
            case 1:
                return next((one for one in self._told["runs"] if str(one["run_id"]) == key), None)
        return next((one for number, one in enumerate(self._told["mistakes"]) if str(number) == key), None)

    # -- orders

    def _on_view(self, view: int) -> None:
        self._view = view
        for number, card in enumerate(self.cards):
            card.setVisible(number == view)
        self.setFocusProxy(self.table)
        self.table.setFocus()
        self._draw_drawer()

    def _on_chosen(self, _key: str) -> None:
        self.drawer.tell("")
        self._draw_drawer()

    def _on_opened(self, _key: str) -> None:
        self._open()

    def _open(self) -> None:
        one = self._chosen()
        if one is None or self._view == 2:
            return
        if self._view == 1:
            self._show(one["kind"], int(one["run_id"]))
        elif one["kind"] == "checklist":
            self._begin(one, "")
        else:
            self.place.open()
            self.drawer.ask("Which channel? Its code, or empty for none", partial(self._begin, one))

    def _begin(self, guide: Json, code: str) -> None:
        channels = self._desk.mirror.channels
        wanted = code.strip().casefold()
        found = next((key for key, one in channels.items() if one["code"].casefold() == wanted), 0)
        if wanted and not found:
            self.drawer.tell(f"There is no channel {code}.")
            return
        work = calls.started(self._desk, {"guide": guide["guide"], "channel_id": found})
        self._desk.tasks.start(work, partial(self._show, guide["kind"]), self.drawer.tell)

    def _show(self, kind: str, run_id: int) -> None:
        ways = self._desk.ways
        (ways.openChecklist if kind == "checklist" else ways.openRun).emit(run_id)

    def _review(self) -> None:
        one = self._chosen()
        if one is not None and self._view == 0:
            self._desk.tasks.start(calls.reviewed(self._desk, one["guide"]), self._on_reviewed, self.drawer.tell)

    def _on_reviewed(self, said_: str) -> None:
        self.drawer.tell(said_)
        self.feed.hurry()

    def _step(self, way: int) -> None:
        self.table.step(way)

    def _make_actions(self) -> list[QAction]:
        on_row = [
            add_action(self, "Begin", "Return", self._open, within=True),
            add_action(self, "Looked through", "W", self._review, within=True),
        ]
        add_action(self, "Next", "J", partial(self._step, 1), within=True)
        add_action(self, "Previous", "K", partial(self._step, -1), within=True)
        return on_row

    def _lay_out(self) -> None:
        page = QVBoxLayout()
        page.setContentsMargins(16, 6, 16, 8)
        page.setSpacing(8)
        page.addLayout(head_row("Guides", self.views, None))
        for card in self.cards:
            page.addWidget(card, 1)
        self.place = DrawerPlace(self, page, self.drawer)
        add_action(self, "Facts", "I", self.place.toggle, within=True)


_KINDS = ("playbook", "runbook", "checklist")


def _in_order(guides: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(guides, key=lambda one: (_KINDS.index(one["kind"]), said(one["title"])))


def _of_guide(one: Json) -> list[Entry]:
    found: list[Entry] = [
        Head("About", "of this site" if one["is_site"] else "shipped"),
        Plain(said(one["summary"]) or "\u2014"),
    ]
    found += [Fact("Opens for", ", ".join(one["alarms"]))] if one["alarms"] else []
    found += [Fact("Act within", age(one["respond_s"]))] if one["respond_s"] else []
    found += [Fact("Usual time", f"{one['minutes']:g} min")] if one["minutes"] else []
    found += [Fact("Steps", str(one["steps"])), Fact("File", str(one["file"]))]
    found += [Fact("Changed", f"{day_and_clock(one['changed_at'])[:-3]} ICT")]
    reviewed = one["reviewed"]
    words = (
        f"version {reviewed['version']} by {reviewed['by']}, {day_and_clock(reviewed['at'])[:-3]}"
        if reviewed
        else "never"
    )
    return [*found, Fact("Reviewed", words)]


def _of_walk(one: Json) -> list[Entry]:
    causes = ", ".join(cause(name) for name in one["verdict"]) or "not determined"
    ended = f"{day_and_clock(one['ended_at'])} ICT" if one["ended_at"] is not None else "not yet"
    return [
        Head("Walk", f"version {one['version']}"),
        Fact("People", ", ".join(one["people"]) or "\u2014"),
        Fact("Alarm", one["alarm_type"] or "none"),
        Fact("Started", f"{day_and_clock(one['started_at'])} ICT"),
        Fact("Ended", ended),
        Fact("Cause", f"{causes}, confidence {one['confidence'] * 100:.0f} %"),
    ]
