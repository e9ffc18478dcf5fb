"""The NMS log: what came in and what went out, searchable, each line with its raw content."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from noc_console.views.actions import add_action
from noc_console.views.desk import Desk
from noc_console.views.drawer_choice import Choice, chosen_text
from noc_console.views.drawer_place import DrawerPlace
from noc_console.views.nms_lines import NmsLines
from noc_console.views.nms_values import COLUMNS, entries, raw_text, record
from noc_console.views.records import Cell
from noc_console.views.records_card import RecordsCard, head_row
from noc_console.views.records_drawer import RecordsDrawer
from noc_console.views.records_table import RecordsTable

_WAYS = (("In and out", ""), ("What came in", "in"), ("What went out", "out"))


class NmsScreen(QWidget):
    """Head with way and search, list, drawer. J and K move, / searches, D changes the way."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self._raw: dict[int, dict[str, Any]] = {}
        self._asked = 0
        self.lines = NmsLines(desk, self._draw)
        self.way, self.search = Choice(24), QLineEdit()
        for text, value in _WAYS:
            self.way.addItem(text, value)
        self.way.setAccessibleName("In or out")
        self.way.setFixedWidth(150)
        self.search.setPlaceholderText("Search everything, raw content too; Enter asks")
        self.search.setAccessibleName("Search the NMS log")
        self.search.setClearButtonEnabled(True)
        self.search.setMaxLength(200)
        self.search.setFixedWidth(340)
        self.table = RecordsTable(desk.theme, COLUMNS, "NMS log")
        self.card = RecordsCard(desk.theme, "Lines", self.table)
        self._actions = self._make_actions()
        self.drawer = RecordsDrawer(desk.theme, self._actions, width=440)
        page = QVBoxLayout()
        page.setContentsMargins(16, 6, 16, 8)
        page.setSpacing(8)
        page.addLayout(head_row("NMS log", self.way, None, self.search))
        page.addWidget(self.card, 1)
        self.place = DrawerPlace(self, page, self.drawer)
        self.way.currentIndexChanged.connect(self._on_asked)
        self.search.returnPressed.connect(self._on_asked)
        self.search.textChanged.connect(self._on_cleared)
        self.table.chosen.connect(self._on_chosen)
        self.table.endReached.connect(self.lines.older)
        self.table.opened.connect(self._on_opened)
        self.setFocusProxy(self.table)
        self._draw_drawer()

    def refresh(self) -> None:
        """Ask for the newest when it is time."""
        self.lines.poll()
        self._say()

    def status_text(self) -> str:
        """Return the counts for the status line."""
        return f"{len(self.lines.by_seq)} lines of the NMS log"

    def close_drawer(self) -> bool:
        """Close what covers the list, else the search."""
        if self.drawer.leave() or self.place.close():
            return True
        if self.search.text() or self.way.currentIndex():
            self.search.clear()
            self.way.setCurrentIndex(0)
            return True
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: a small screen has the drawer over the page."""
        super().resizeEvent(event)
        self.place.fit()

    def _on_asked(self) -> None:
        self.lines.ask(chosen_text(self.way), self.search.text().strip())
        self._draw()

    def _on_cleared(self, text: str) -> None:
        if not text:
            self._on_asked()

    def _draw(self) -> None:
        now = self._desk.mirror.now()
        is_asked = bool(self.search.text() or chosen_text(self.way))
        empty = "No line passes the search: Esc clears it" if is_asked else "Nothing came in and nothing went out yet"
        self.table.show_records([record(one, now) for one in self.lines.newest_first], self.lines.feed.notice(empty))
        self._say()
        self._draw_drawer()

    def _say(self) -> None:
        count = len(self.lines.by_seq)
        note = self.lines.feed.age_note() or f"newest first, {self.lines.end_note}"
        self.card.say(note if count else "", f"{count} lines" if count else "")

    def _on_chosen(self, _key: str) -> None:
        self._draw_drawer()

    def _on_opened(self, _key: str) -> None:
        self.place.open()

    def _seq(self) -> int:
        return int(self.table.key or 0)

    def _draw_drawer(self) -> None:
        seq, now = self._seq(), self._desk.mirror.now()
        line = self._raw.get(seq) or self.lines.by_seq.get(seq)
        self._actions[0].setEnabled(line is not None and bool(line["channel_id"]))
        if line is None:
            self.drawer.show_head(Cell("No line chosen"), "", "J and K move through the log")
            self.drawer.show_entries(())
            return
        way, outcome = record(line, now).cells[1], record(line, now).cells[5]
        self.drawer.show_head(Cell(str(line["means"]), way.tone, way.mark), str(line["peer"]), outcome.text)
        self.drawer.show_entries(entries(line, now), raw_text(line))
        if seq not in self._raw and self._asked != seq:
            self._asked = seq
            self._desk.tasks.start(self.lines.one(seq), self._take_raw, self._on_fault)

    def _take_raw(self, line: dict[str, Any]) -> None:
        if len(self._raw) > 500:
            self._raw.clear()
        self._raw[int(line["seq"])] = line
        self._asked = 0
        self._draw_drawer()

    def _on_fault(self, sentence: str) -> None:
        self.drawer.tell(sentence)

    def _make_actions(self) -> list[QAction]:
        made = [
            add_action(self, "Open channel", "Shift+C", self._on_channel, within=True),
            add_action(self, "Notices", "Ctrl+O", self._on_notices, within=True),
        ]
        for text, key, act in (
            ("Next line", "J", self._on_next),
            ("Previous line", "K", self._on_previous),
            ("Search the log", "/", self.search.setFocus),
            ("In, out, or both", "D", self._on_way),
        ):
            add_action(self, text, key, act, within=True)
        return made

    def _on_channel(self) -> None:
        line = self.lines.by_seq.get(self._seq())
        if line is not None and line["channel_id"]:
            self._desk.ways.openChannel.emit(int(line["channel_id"]))

    def _on_notices(self) -> None:
        self._desk.ways.openScreen.emit("notices")

    def _on_way(self) -> None:
        self.way.setCurrentIndex((self.way.currentIndex() + 1) % self.way.count())

    def _on_next(self) -> None:
        self.table.step(1)

    def _on_previous(self) -> None:
        self.table.step(-1)
