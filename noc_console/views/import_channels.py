"""Import channels from a CSV or M3U list: paste or choose a file, see what would change, apply."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from noc_console.errors import KnownError
from noc_console.views import channel_calls as calls
from noc_console.views.add_channel_meter import Meter
from noc_console.views.channel_paint import HEAD_HEIGHT, card_head
from noc_console.views.desk import Desk
from noc_console.views.drawer_button import KeyButton
from noc_console.views.import_model import ImportDelegate, ImportModel
from noc_console.views.import_rows import rows, summary

MAX_BYTES = 4 * 1024**2
_EXAMPLE = "channel_code,channel_name,input_url,tier\nCH_OTT_NEWS_1,News 1,https://edge.example/news/master.m3u8,1"


class ImportScreen(QWidget):
    """Ctrl+Enter checks the list, Ctrl+S applies what was checked, Esc leaves."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self._checked = ""
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText(f"Paste a CSV or M3U list here.\n\n{_EXAMPLE}")
        self.text.setAccessibleName("List to import")
        self.text.setTabChangesFocus(True)
        self.text.setFont(desk.theme.mono())
        self.text.textChanged.connect(self._on_edited)
        self.meter = Meter(desk.theme)
        self.model = ImportModel(self)
        self.table = _DiffTable(desk, self.model)
        self._open = self._action("Open a file", "Ctrl+O", self._on_file)
        self._check = self._action("Check the list", "Ctrl+Return", self._on_check)
        self._apply = self._action("Apply", "Ctrl+S", self._on_apply)
        self._leave = self._action("Cancel", "", desk.ways.back.emit)
        self._apply.setEnabled(False)
        self._lay_out()
        self.setFocusProxy(self.text)

    def refresh(self) -> None:
        """Nothing here follows the board."""

    def close_drawer(self) -> bool:
        """Leave the screen; there is always something to close."""
        self._desk.ways.back.emit()
        return True

    def read_file(self, path: Path) -> None:
        """Take a file's text into the field; a file that cannot be read is one sentence."""
        try:
            if path.stat().st_size > MAX_BYTES:
                raise KnownError(f"{path.name} is larger than {MAX_BYTES // 1024**2} MiB.")
            text = path.read_bytes().decode("utf-8-sig", "replace")
        except OSError as error:
            self.meter.say(f"{path.name} cannot be read: {error.strerror}.", is_wrong=True)
            return
        except KnownError as error:
            self.meter.say(str(error), is_wrong=True)
            return
        self.text.setPlainText(text)
        self._on_check()

    def _on_file(self) -> None:
        dialog = QFileDialog(self, "Channel list", "", "Channel lists (*.csv *.m3u *.m3u8 *.txt);;All files (*)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._on_chosen)
        dialog.open()

    def _on_chosen(self, path: str) -> None:
        self.read_file(Path(path))

    def _on_edited(self) -> None:
        if self._checked != self.text.toPlainText():
            self._apply.setEnabled(False)

    def _on_check(self) -> None:
        text = self.text.toPlainText()
        if not text.strip():
            self.meter.say("Paste a list first, or open a file.", is_wrong=True)
            return
        self.meter.say("Checking the list")
        self._desk.tasks.start(self._send(text, is_dry=True), self._on_checked, self._on_failed)

    def _on_apply(self) -> None:
        self._apply.setEnabled(False)
        self._desk.tasks.start(self._send(self._checked, is_dry=False), self._on_applied, self._on_failed)

    async def _send(self, text: str, *, is_dry: bool) -> tuple[str, dict[str, Any]]:
        client = self._desk.agent.client
        if client is None:
            raise KnownError("No agent is linked: nothing was imported.")
        return text, await calls.import_channels(client, text, is_dry=is_dry, by=self._desk.operator.name)

    def _on_checked(self, sent: tuple[str, dict[str, Any]]) -> None:
        self._checked, answer = sent
        self.model.show_rows(rows(answer))
        self.table.say("" if self.model.rowCount() else "Nothing would change")
        self.meter.say(summary(answer, is_dry=True))
        is_same = self._checked == self.text.toPlainText()
        self._apply.setEnabled(is_same and bool(answer["add"] or answer["change"]))

    def _on_applied(self, sent: tuple[str, dict[str, Any]]) -> None:
        self._desk.ways.say.emit(f"Imported: {summary(sent[1], is_dry=False)}.")
        self._desk.ways.back.emit()

    def _on_failed(self, sentence: str) -> None:
        self.meter.say(sentence, is_wrong=True)

    def _action(self, text: str, key: str, slot: Any) -> QAction:
        action = QAction(text, self)
        if key:
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.addAction(action)
        action.triggered.connect(slot)
        return action

    def _lay_out(self) -> None:
        title = QLabel("Import channels")
        title.setProperty("look", "title")
        label = QLabel("&List: CSV with a head line (channel_code, channel_name, input_url, tier …) or M3U")
        label.setBuddy(self.text)
        label.setProperty("look", "note")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for action, is_primary in (
            (self._open, False),
            (self._check, False),
            (self._apply, True),
            (self._leave, False),
        ):
            key = "Esc" if action is self._leave else ""
            button = KeyButton(self._desk.theme, action, is_primary=is_primary, key=key)
            button.setFixedWidth(190)
            buttons.addWidget(button)
        buttons.addStretch()
        main = QVBoxLayout(self)
        main.setContentsMargins(16, 8, 16, 16)
        main.setSpacing(8)
        main.addWidget(title)
        main.addWidget(label)
        main.addWidget(self.text, 2)
        main.addWidget(self.meter)
        main.addWidget(self.table, 3)
        main.addLayout(buttons)


class _DiffTable(QFrame):
    """The card with the differences."""

    def __init__(self, desk: Desk, model: ImportModel) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self._desk = desk
        self._notice = "Check a list to see what it would change"
        self._model = model
        view = QTableView()
        view.setModel(model)
        view.setItemDelegate(ImportDelegate(desk.theme, view))
        view.setAccessibleName("What the import changes")
        view.setShowGrid(False)
        view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(28)
        header = view.horizontalHeader()
        header.setFixedHeight(28)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.setColumnWidth(0, 40)
        view.setColumnWidth(1, 240)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, HEAD_HEIGHT, 1, 1)
        layout.addWidget(view)

    def say(self, notice: str) -> None:
        """Say why there is no row."""
        self._notice = notice
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the card and its head."""
        super().paintEvent(event)
        painter = QPainter(self)
        card_head(painter, self._desk.theme, QRectF(self.rect()), ("What would change", self._notice, ""))
        painter.end()
