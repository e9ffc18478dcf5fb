"""The reading matter of a drawer: facts, evidence and people, painted line under line from plain values."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from noc_console.model import Severity
from noc_console.views.channel_paint import LEFT, RIGHT, Ink, write
from noc_console.views.glyphs import paint_glyph
from noc_console.views.theme import AXIS, BODY, MEDIUM, SEMIBOLD, Theme

_FACT_LABEL, _SAID_LABEL, _ITEM_INDENT, _SIDE = 96, 72, 32, 16
_LINE = 17


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value; coloured where the value is what is wrong."""

    label: str
    value: str
    severity: Severity = Severity.CLEARED


@dataclass(frozen=True, slots=True)
class Head:
    """A section's head in capitals, with a hairline above it, and a note at the right."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A finding or another thing with a state: two lines beside a glyph."""

    severity: Severity
    text: str
    note: str = ""
    right: str = ""
    is_acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """Something somebody did, at a time."""

    when: str
    text: str


@dataclass(frozen=True, slots=True)
class Plain:
    """A line of secondary text, as for an empty section."""

    text: str


class Special:
    """An entry that one drawer alone has; its own sheet paints it."""

    __slots__ = ()


Entry = Fact | Head | Item | Said | Plain | Special


class Sheet(QWidget):
    """Paints entries; its height follows from them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._entries: tuple[Entry, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show these entries."""
        if entries == self._entries:
            return
        self._entries = entries
        self.setAccessibleDescription("; ".join(_spoken(entry) for entry in entries))
        self._fit()
        self.update()

    def sizeHint(self) -> QSize:
        """Override: as high as the entries."""
        return QSize(300, int(sum(self._height(entry) for entry in self._entries)) + 16)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: another width wraps texts differently."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self.sizeHint().height())
        self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: paint the entries from the top."""
        painter = QPainter(self)
        y = 8.0
        for index, entry in enumerate(self._entries):
            height = self._height(entry)
            box = QRectF(_SIDE, y, self.width() - 2 * _SIDE, height)
            self._paint(painter, box, entry, is_first=index == 0)
            y += height
        painter.end()

    def _paint(self, painter: QPainter, box: QRectF, entry: Entry, *, is_first: bool) -> None:
        match entry:
            case Fact():
                self._paint_fact(painter, box, entry)
            case Head():
                self._paint_head(painter, box, entry, is_first=is_first)
            case Item():
                self._paint_item(painter, box, entry)
            case Said():
                self._paint_said(painter, box, entry)
            case Plain():
                self._wrapped(painter, box, entry.text, Ink(self._theme.font(BODY), self._theme.colours.secondary))

    def _height(self, entry: Entry) -> float:
        inner = self.width() - 2 * _SIDE
        match entry:
            case Fact():
                return max(25.0, self._lines(entry.value, inner - _FACT_LABEL) * _LINE + 8)
            case Head():
                return 46.0
            case Item():
                note = _LINE if entry.note else 0
                return self._lines(entry.text, inner - _ITEM_INDENT - (60 if entry.right else 0)) * _LINE + note + 9
            case Said():
                return self._lines(entry.text, inner - _SAID_LABEL) * _LINE + 6
            case Plain():
                return self._lines(entry.text, inner) * _LINE + 6
            case _:
                return 0.0

    def _lines(self, text: str, width: float) -> int:
        return sum(len(wrapped_lines(part, self._theme.font(BODY, SEMIBOLD), width)) for part in text.split("\n"))

    def _paint_fact(self, painter: QPainter, box: QRectF, fact: Fact) -> None:
        theme, colours = self._theme, self._theme.colours
        label = QRectF(box.left(), box.top(), _FACT_LABEL - 8, _LINE + 4)
        write(painter, label, fact.label, Ink(theme.font(BODY), colours.secondary), LEFT)
        is_ill = fact.severity.rank >= Severity.WARNING.rank
        ink = Ink(
            theme.font(BODY, SEMIBOLD if is_ill else MEDIUM),
            theme.severity[fact.severity] if is_ill else colours.text,
        )
        self._wrapped(painter, box.adjusted(_FACT_LABEL, 2, 0, 0), fact.value, ink)

    def _paint_head(self, painter: QPainter, box: QRectF, head: Head, *, is_first: bool) -> None:
        theme, colours = self._theme, self._theme.colours
        if not is_first:
            painter.setPen(QPen(colours.hairline, 1))
            painter.drawLine(QPointF(box.left(), box.top() + 8), QPointF(box.right(), box.top() + 8))
        row = QRectF(box.left(), box.top() + 16, box.width(), 24)
        write(painter, row, head.text.upper(), Ink(theme.font(AXIS, SEMIBOLD), colours.secondary))
        write(painter, row, head.note, Ink(theme.font(AXIS), colours.tertiary), RIGHT)

    def _paint_item(self, painter: QPainter, box: QRectF, item: Item) -> None:
        theme, colours = self._theme, self._theme.colours
        glyph = QPointF(box.left() + 9, box.top() + 10)
        paint_glyph(painter, theme, item.severity, glyph, 16, acked=item.is_acknowledged)
        text = box.adjusted(_ITEM_INDENT, 1, -60 if item.right else 0, 0)
        used = self._wrapped(painter, text, item.text, Ink(theme.font(BODY), colours.text))
        if item.right:
            right = QRectF(box.right() - 60, box.top() + 1, 60, _LINE)
            write(painter, right, item.right, Ink(theme.font(BODY), colours.secondary), RIGHT)
        if item.note:
            note = QRectF(text.left(), text.top() + used, box.right() - text.left(), _LINE)
            write(painter, note, item.note, Ink(theme.font(BODY), colours.secondary))
        painter.setPen(QPen(colours.table_line, 1))
        painter.drawLine(QPointF(text.left(), box.bottom() - 4), QPointF(box.right(), box.bottom() - 4))

    def _paint_said(self, painter: QPainter, box: QRectF, said: Said) -> None:
        theme, colours = self._theme, self._theme.colours
        when = QRectF(box.left(), box.top(), _SAID_LABEL - 6, _LINE)
        write(painter, when, said.when, Ink(theme.font(BODY), colours.secondary))
        self._wrapped(painter, box.adjusted(_SAID_LABEL, 0, 0, 0), said.text, Ink(theme.font(BODY), colours.text))

    def _wrapped(self, painter: QPainter, box: QRectF, text: str, ink: Ink) -> float:
        painter.setFont(ink.font)
        painter.setPen(ink.colour)
        measure = self._theme.font(BODY, SEMIBOLD)
        lines = [line for part in text.split("\n") for line in wrapped_lines(part, measure, box.width())]
        for index, line in enumerate(lines):
            row = QRectF(box.left(), box.top() + index * _LINE, box.width() + 4, _LINE)
            painter.drawText(row, LEFT | Qt.TextFlag.TextSingleLine, line)
        return len(lines) * _LINE


def wrapped_lines(text: str, font: QFont, width: float) -> list[str]:
    """Return a text cut at blanks, or anywhere where a word is longer than the line, as a URL is."""
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout = QTextLayout(text, font)
    layout.setTextOption(option)
    layout.beginLayout()
    lines = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, 40.0))
        lines.append(text[line.textStart() : line.textStart() + line.textLength()].rstrip())
    layout.endLayout()
    return lines or [""]


def _spoken(entry: Entry) -> str:
    match entry:
        case Fact():
            return f"{entry.label}: {entry.value}"
        case Item():
            return f"{entry.severity}: {entry.text} {entry.note}"
        case Said():
            return f"{entry.when} {entry.text}"
        case Head() | Plain():
            return entry.text
        case _:
            return str(entry)
