"""The drawer of a chosen record: head, facts, a raw text in mono, a line that asks for a reason, and buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from noc_console.views.channel_paint import RIGHT, Ink, width_of, write
from noc_console.views.drawer_button import KeyButton
from noc_console.views.drawer_sheet import Entry, Sheet
from noc_console.views.glyphs import paint_glyph
from noc_console.views.records import Cell, Mark
from noc_console.views.records_marks import paint_mark
from noc_console.views.records_table import tone_colour
from noc_console.views.theme import BODY, SEMIBOLD, TITLE, Theme

_HEAD = 72


class RecordsDrawer(QFrame):
    """Shows one record. The actions belong to the screen, so that their keys work beside the drawer.

    Without a head the sheet begins at the top, and no button is the accent's: the page has one already.
    """

    def __init__(
        self, theme: Theme, actions: Sequence[QAction], *, width: int = 384, sheet: Sheet | None = None
    ) -> None:
        super().__init__()
        self._has_head = sheet is None
        self._theme = theme
        self._head: tuple[Cell, str, str] = (Cell(""), "", "")
        self._act: Callable[[str], object] | None = None
        self._before: QWidget | None = None
        self.setFixedWidth(width)
        self.setProperty("look", "raised")
        self.sheet, self.raw = sheet or Sheet(theme), QPlainTextEdit()
        self.raw.setReadOnly(True)
        self.raw.setProperty("look", "raw")
        self.raw.setTabChangesFocus(True)
        self.raw.setAccessibleName("Raw content")
        self.raw.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.raw.hide()
        scroll = QScrollArea()
        scroll.setWidget(self.sheet)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.line = _AskLine(self.leave)
        self.question, self.reply = QLabel(), QLabel()
        self.question.setProperty("look", "tertiary")
        self.question.setBuddy(self.line)
        self.reply.setProperty("look", "note")
        self.reply.setWordWrap(True)
        self.line.returnPressed.connect(self._on_answer)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, _HEAD if self._has_head else 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scroll, 3)
        column.addWidget(self.raw, 2)
        column.addWidget(self._foot(actions))
        self.leave()
        self.reply.hide()

    def show_head(self, cell: Cell, figure: str, under: str) -> None:
        """Show what is chosen: title with its mark, a figure at the right, a line under it."""
        if (cell, figure, under) != self._head:
            self._head = (cell, figure, under)
            self.setAccessibleName(f"{cell.text} {figure}")
            self.update()

    def show_entries(self, entries: Sequence[Entry], raw: str = "") -> None:
        """Show facts, and a raw text below them where there is one."""
        self.sheet.show_entries(tuple(entries))
        if raw != self.raw.toPlainText():
            self.raw.setPlainText(raw)
        self.raw.setVisible(bool(raw))

    def ask(self, question: str, act: Callable[[str], object], *, is_secret: bool = False, known: str = "") -> None:
        """Ask for one line in place; Enter answers, Esc leaves it. A secret is never shown nor kept."""
        self._act = act
        self._before = self.window().focusWidget()
        self.question.setText(question)
        self.line.setEchoMode(QLineEdit.EchoMode.Password if is_secret else QLineEdit.EchoMode.Normal)
        self.line.setMaxLength(8192 if is_secret else 1000)
        self.line.setAccessibleName(question)
        self.line.setText(known)
        for widget in (self.question, self.line):
            widget.setVisible(True)
        self.line.setFocus()
        self.line.selectAll()

    def leave(self) -> bool:
        """Put the line away unanswered; say whether it was open."""
        was = not self.line.isHidden()
        self._act = None
        self.line.clear()
        self.line.hide()
        self.question.hide()
        if was and self._before is not None:
            self._before.setFocus()
        return was

    def tell(self, sentence: str) -> None:
        """Show what came of an order."""
        self.reply.setText(sentence)
        self.reply.setVisible(bool(sentence))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the border at the left, then the head."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QPen(self._theme.colours.hairline, 1))
        painter.drawLine(0, 0, 0, self.height())
        if self._has_head:
            self._paint_head(painter)
        painter.end()

    def _paint_head(self, painter: QPainter) -> None:
        theme, colours = self._theme, self._theme.colours
        cell, figure, under = self._head
        bold, left = theme.font(TITLE, SEMIBOLD), 16.0
        if cell.severity is not None:
            paint_glyph(painter, theme, cell.severity, QPointF(26, 34), 20)
            left = 48.0
        elif cell.mark is not Mark.NONE:
            paint_mark(painter, cell.mark, QPointF(25, 25), tone_colour(theme, cell.tone))
            left = 40.0
        taken = width_of(figure, bold)
        row = QRectF(left, 15, self.width() - left - 16, 20)
        write(painter, row, figure, Ink(bold, colours.text), RIGHT)
        write(painter, row.adjusted(0, 0, -taken - 8, 0), cell.text, Ink(bold, colours.text))
        write(painter, row.translated(0, 21), under, Ink(theme.font(BODY), colours.secondary))
        painter.setPen(QPen(colours.hairline, 1))
        painter.drawLine(QPointF(16, _HEAD - 1), QPointF(self.width() - 16, _HEAD - 1))

    def _foot(self, actions: Sequence[QAction]) -> QWidget:
        foot = QWidget()
        grid = QGridLayout(foot)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setSpacing(8)
        for row, widget in enumerate((self.reply, self.question, self.line)):
            grid.addWidget(widget, row, 0, 1, 2)
        for number, action in enumerate(actions):
            grid.addWidget(
                KeyButton(self._theme, action, is_primary=number == 0 and self._has_head), 3 + number // 2, number % 2
            )
        return foot

    def _on_answer(self) -> None:
        act, text = self._act, self.line.text().strip()
        self.leave()
        if act is not None:
            act(text)


class _AskLine(QLineEdit):
    """A line; Esc leaves it."""

    def __init__(self, leave: Callable[[], object]) -> None:
        super().__init__()
        self._leave = leave
        self.setPlaceholderText("Enter sends, Esc leaves")

    def event(self, event: QEvent) -> bool:
        """Override: Enter is the line's while it is open, not a key of the screen."""
        is_asked = isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride
        if is_asked and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override: Esc leaves the line."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
            return
        super().keyPressEvent(event)
