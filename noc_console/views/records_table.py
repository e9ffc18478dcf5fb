"""The table of the plain lists: painted cells, keyboard moves, one chosen row that outlives a new answer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from noc_console.model import Severity
from noc_console.views.channel_paint import LEFT, RIGHT, Ink, write
from noc_console.views.glyphs import paint_glyph
from noc_console.views.records import Cell, Column, Mark, Record, Tone
from noc_console.views.records_marks import mark_box, paint_mark
from noc_console.views.records_model import CELL_ROLE, RecordsModel
from noc_console.views.theme import BODY, MEDIUM, SEMIBOLD, Theme

ROW, HEAD = 36, 32
_NARROW = 1000
Index = QModelIndex | QPersistentModelIndex


class RecordsDelegate(QStyledItemDelegate):
    """Paints one cell: ground, mark or glyph, text, hairline, the accent frame of the chosen row."""

    def __init__(self, theme: Theme, columns: Sequence[Column], parent: QTableView | None = None) -> None:
        super().__init__(parent)
        self._theme, self._columns = theme, tuple(columns)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override: one cell."""
        cell: Cell = index.data(CELL_ROLE)
        colours, box = self._theme.colours, QRectF(option.rect)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(box, colours.selected_row if is_chosen else colours.panel)
        painter.setPen(QPen(colours.table_line, 1))
        painter.drawLine(QPointF(box.left(), box.bottom() - 0.5), QPointF(box.right(), box.bottom() - 0.5))
        self._paint_text(painter, box.adjusted(8, 0, -8, 0), cell, index.column())
        if is_chosen:
            self._paint_frame(painter, box, index)

    def _paint_text(self, painter: QPainter, box: QRectF, cell: Cell, column: int) -> None:
        theme, hue = self._theme, tone_colour(self._theme, cell.tone)
        if cell.severity is not None:
            paint_glyph(painter, theme, cell.severity, mark_box(box), 16)
            box = box.adjusted(24, 0, 0, 0)
        elif cell.mark is not Mark.NONE:
            paint_mark(painter, cell.mark, mark_box(box), hue)
            box = box.adjusted(22, 0, 0, 0)
        weight = SEMIBOLD if cell.tone is Tone.ILL else MEDIUM
        is_heavy = cell.is_strong or cell.tone is Tone.ILL
        font = theme.mono(BODY, MEDIUM if is_heavy else 400) if cell.is_mono else theme.font(BODY)
        if is_heavy and not cell.is_mono:
            font = theme.font(BODY, weight)
        colour = hue if cell.tone in (Tone.TEXT, Tone.SECONDARY, Tone.TERTIARY) else theme.colours.text
        write(painter, box, cell.text, Ink(font, colour), RIGHT if self._columns[column].is_right else LEFT)

    def _paint_frame(self, painter: QPainter, box: QRectF, index: Index) -> None:
        painter.setPen(QPen(self._theme.colours.accent, 1))
        frame = box.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawLine(frame.topLeft(), frame.topRight())
        painter.drawLine(frame.bottomLeft(), frame.bottomRight())
        if index.column() == 0:
            painter.drawLine(frame.topLeft(), frame.bottomLeft())
        if index.column() == len(self._columns) - 1:
            painter.drawLine(frame.topRight(), frame.bottomRight())


class RecordsTable(QTableView):
    """Shows records; `chosen` tells the key of the current row, `opened` Enter, `endReached` the end in sight."""

    chosen = Signal(str)
    opened = Signal(str)
    endReached = Signal()  # noqa: N815 - Qt's spelling of signals

    def __init__(self, theme: Theme, columns: Sequence[Column], name: str, row: int = ROW) -> None:
        super().__init__()
        self._theme, self._notice, self._key = theme, "Loading", ""
        self.records = RecordsModel(columns, self)
        self.setModel(self.records)
        self.setItemDelegate(RecordsDelegate(theme, columns, self))
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(row)
        self.verticalHeader().setMinimumSectionSize(16)
        self._dress_head(self.horizontalHeader(), HEAD if row >= ROW else 28)
        self.selectionModel().currentRowChanged.connect(self._on_current)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.doubleClicked.connect(self._on_opened)

    @property
    def key(self) -> str:
        """The key of the chosen row; empty without one."""
        return self._key

    def show_records(self, shown: Sequence[Record], notice: str) -> None:
        """Show these rows, or the notice where the first would be; the chosen row stays chosen."""
        self._notice = notice
        wanted, place = self._key, self.verticalScrollBar().value()
        if self.records.show_records(shown):
            if not self.choose(wanted) and shown:
                self.choose(shown[0].key)
            self.verticalScrollBar().setValue(place)
            if not shown and wanted:
                self._key = ""
                self.chosen.emit("")
        self.viewport().update()

    def choose(self, key: str) -> bool:
        """Choose a row by its key; say whether it is listed."""
        row = self.records.row_of(key)
        if row < 0:
            return False
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(self.records.index(row, 0), flags)
        return True

    def step(self, way: int) -> None:
        """Choose the next (1) or the previous (-1) row."""
        if self.records.records:
            row = min(max(self.currentIndex().row() + way, 0), len(self.records.records) - 1)
            self.choose(self.records.records[row].key)
            self.scrollTo(self.records.index(row, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override: Enter opens; letters are the screen's, not a search in the table."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._key:
            self.opened.emit(self._key)
        elif event.text().isalnum() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the rows, or the notice."""
        super().paintEvent(event)
        if self._notice and not self.records.records:
            painter = QPainter(self.viewport())
            ink = Ink(self._theme.font(), self._theme.colours.secondary)
            write(painter, QRectF(8, 0, self.viewport().width() - 16, 36), self._notice, ink)
            painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: columns of less weight fold away where there is little room."""
        super().resizeEvent(event)
        for number, column in enumerate(self.records.columns):
            self.setColumnHidden(number, column.is_wide_only and self.width() < _NARROW)

    def _dress_head(self, header: QHeaderView, height: int) -> None:
        header.setFixedHeight(height)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for number, column in enumerate(self.records.columns):
            if column.width:
                self.setColumnWidth(number, column.width)
            else:
                header.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)

    def _on_current(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            before, self._key = self._key, self.records.records[current.row()].key
            if self._key != before:
                self.chosen.emit(self._key)

    def _on_scrolled(self, value: int) -> None:
        if value >= self.verticalScrollBar().maximum() - 4 * ROW:
            self.endReached.emit()

    def _on_opened(self) -> None:
        if self._key:
            self.opened.emit(self._key)


def tone_colour(theme: Theme, tone: Tone) -> QColor:
    """Return the colour of a tone."""
    match tone:
        case Tone.ILL:
            return theme.severity[Severity.MAJOR]
        case Tone.DOUBT:
            return theme.severity[Severity.MINOR]
        case _:
            plain: QColor = getattr(theme.colours, tone.value)
            return plain
