"""A playlist as fetched: line numbers, calm highlighting, and each finding at the right of the line it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextBlock,
    QTextCharFormat,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from noc_console.model import Severity
from noc_console.views.channel_paint import LEFT, RIGHT, Ink, width_of, write
from noc_console.views.glyphs import paint_glyph
from noc_console.views.playlist_text import DiffLine, Part, part_of
from noc_console.views.theme import AXIS, BODY, MEDIUM, Theme

_MARGIN = 58
_NOTE_LEAST = 300


@dataclass(frozen=True, slots=True)
class LineFinding:
    """A finding about one line (1-based, of the newer fetch)."""

    line: int
    id: str
    severity: Severity
    text: str
    clause: str


class _Highlighter(QSyntaxHighlighter):
    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        colours = theme.colours
        self._formats = {}
        for part, colour in (
            (Part.TAG, colours.secondary),
            (Part.URI, colours.text),
            (Part.NOTE, colours.tertiary),
            (Part.REST, colours.secondary),
        ):
            shape = QTextCharFormat()
            shape.setForeground(colour)
            self._formats[part] = shape

    def highlightBlock(self, text: str) -> None:
        """Override: one colour a line."""
        self.setFormat(0, len(text), self._formats[part_of(text)])


class _Margin(QWidget):
    def __init__(self, view: PlaylistView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self) -> QSize:
        """Override: room for the numbers."""
        return QSize(_MARGIN, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the view knows its lines."""
        self._view.paint_margin(event)


class PlaylistView(QPlainTextEdit):
    """Read-only text with numbers at the left and findings at the right."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines: tuple[DiffLine, ...] = ()
        self._findings: dict[int, list[LineFinding]] = {}
        self.setReadOnly(True)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAccessibleName("Playlist as fetched")
        self.setStyleSheet(
            f"QPlainTextEdit {{ background: {theme.colours.panel.name()}; border: 0; padding: 0;"
            f' font-family: "JetBrains Mono"; font-size: {BODY}px; }}'
        )
        self.setFont(theme.mono(BODY))
        self.document().setDocumentMargin(2)
        self._margin = _Margin(self)
        self._highlighter = _Highlighter(theme, self.document())
        self.setViewportMargins(_MARGIN, 0, 0, 0)
        self.updateRequest.connect(self._on_update)

    def show_lines(self, lines: tuple[DiffLine, ...], findings: Sequence[LineFinding]) -> None:
        """Show these lines and findings; where the operator had scrolled to stays."""
        by_line: dict[int, list[LineFinding]] = defaultdict(list)
        for found in sorted(findings, key=lambda one: -one.severity.rank):
            by_line[found.line].append(found)
        place = self.verticalScrollBar().value()
        if lines != self._lines:
            self._lines = lines
            self.setPlainText("\n".join(line.text for line in lines))
        self._findings = dict(by_line)
        self._tint()
        self.verticalScrollBar().setValue(place)
        self._margin.update()
        self.viewport().update()

    def go_to_first_finding(self) -> None:
        """Scroll to the worst finding's line."""
        worst = max(
            (found for group in self._findings.values() for found in group),
            key=lambda one: one.severity.rank,
            default=None,
        )
        for index, line in enumerate(self._lines):
            if worst is not None and line.number == worst.line:
                cursor = self.textCursor()
                cursor.setPosition(self.document().findBlockByNumber(index).position())
                self.setTextCursor(cursor)
                self.centerCursor()
                return

    def findings_at(self, index: int) -> list[LineFinding]:
        """Return the findings drawn beside a shown line (0-based)."""
        return self._findings.get(self._lines[index].number, []) if self._lines[index].number else []

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: the margin keeps the view's height."""
        super().resizeEvent(event)
        area = self.contentsRect()
        self._margin.setGeometry(area.left(), area.top(), _MARGIN, area.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the text, then the findings over it."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        for index, box in self._visible():
            group = self.findings_at(index)
            if group:
                self._paint_finding(painter, box, group)
        painter.end()

    def paint_margin(self, _event: QPaintEvent) -> None:
        """Paint numbers, signs of the comparison, and the bar of a finding."""
        painter = QPainter(self._margin)
        theme, colours = self._theme, self._theme.colours
        painter.fillRect(self._margin.rect(), colours.panel)
        for index, box in self._visible():
            line = self._lines[index]
            group = self.findings_at(index)
            if group:
                painter.fillRect(QRectF(0, box.top(), _MARGIN, box.height()), self._tint_of(group[0].severity))
                painter.fillRect(QRectF(0, box.top(), 4, box.height()), theme.severity[group[0].severity])
            number = Ink(theme.mono(BODY), colours.secondary if group else colours.muted)
            row = QRectF(6, box.top(), 32, box.height())
            write(painter, row, str(line.number) if line.number else "", number, RIGHT)
            sign = Ink(theme.mono(BODY, MEDIUM), colours.accent if line.sign == "+" else colours.tertiary)
            write(painter, QRectF(42, box.top(), 12, box.height()), line.sign, sign, LEFT)
        painter.end()

    def _paint_finding(self, painter: QPainter, box: QRectF, group: list[LineFinding]) -> None:
        theme, colours = self._theme, self._theme.colours
        found = group[0]
        font = theme.mono(BODY, MEDIUM)
        text_end = box.left() + width_of(self._text_of(box), font) + 16
        # a line longer than the view gives its right half to the finding: the rest of it is scrolled to
        left = min(max(text_end, box.width() * 0.34), box.width() * 0.5)
        row = QRectF(left, box.top(), box.width() - left - 12, box.height())
        if row.width() < 60:
            return
        painter.fillRect(row.adjusted(-4, 0, 12, 0), self._tint_of(found.severity))
        paint_glyph(painter, theme, found.severity, QPointF(row.left() + 7, row.center().y()), 14)
        more = f" +{len(group) - 1}" if len(group) > 1 else ""
        used = 20 + write(painter, row.adjusted(20, 0, 0, 0), found.id + more, Ink(font, colours.text))
        rest = row.adjusted(used + 12, 0, 0, 0)
        if row.width() >= _NOTE_LEAST and found.clause:
            taken = write(painter, rest, found.clause, Ink(theme.font(AXIS), colours.tertiary), RIGHT)
            rest.setRight(rest.right() - taken - 12)
        if rest.width() > 40:
            write(painter, rest, found.text, Ink(theme.font(BODY), colours.text))

    def _text_of(self, box: QRectF) -> str:
        return self.cursorForPosition(box.center().toPoint()).block().text()

    def _visible(self) -> list[tuple[int, QRectF]]:
        rows = []
        block: QTextBlock = self.firstVisibleBlock()
        bottom = self.viewport().height()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > bottom:
                break
            shown = QRectF(0, box.top(), self.viewport().width(), box.height())
            if block.blockNumber() < len(self._lines):
                rows.append((block.blockNumber(), shown))
            block = block.next()
        return rows

    def _tint(self) -> None:
        selections = []
        for index, line in enumerate(self._lines):
            group = self.findings_at(index)
            if not group and not line.sign:
                continue
            selection = QTextEdit.ExtraSelection()
            colours = self._theme.colours
            tint = (
                self._tint_of(group[0].severity)
                if group
                else colours.selected_step
                if line.sign == "+"
                else colours.bg
            )
            selection.format.setBackground(tint)
            selection.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            if line.sign == "−":
                selection.format.setForeground(colours.tertiary)
            selection.cursor = self.textCursor()
            selection.cursor.setPosition(self.document().findBlockByNumber(index).position())
            selections.append(selection)
        self.setExtraSelections(selections)

    def _tint_of(self, severity: Severity) -> QColor:
        colours = self._theme.colours
        tints = {Severity.CRITICAL: colours.critical_tint, Severity.MAJOR: colours.major_tint}
        return tints.get(severity, colours.raised)

    def _on_update(self) -> None:
        self._margin.update()
