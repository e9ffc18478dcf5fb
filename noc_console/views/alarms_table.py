"""The alarm list's table: columns shaped to the width, keyboard moves, several rows at once."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from noc_console.views.alarm_delegate import AlarmDelegate
from noc_console.views.alarm_filter import Order
from noc_console.views.alarm_model import OCC, TEXT, TYPE, AlarmModel
from noc_console.views.channel_paint import Ink, write
from noc_console.views.theme import Theme

ROW, HEAD = 36, 32
_WIDTHS = (60, 84, 86, 128, 56, 190, 0, 110, 56)
_NARROW = 1000


class AlarmTable(QTableView):
    """Shows an AlarmModel; `opened` tells Enter or a double click on an alarm."""

    opened = Signal(int)

    def __init__(self, theme: Theme, model: AlarmModel) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self._notice = ""
        self.setModel(model)
        self.delegate = AlarmDelegate(theme, model, self)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName("Alarms")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setFixedHeight(HEAD)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionsClickable(True)
        header.setSectionResizeMode(TEXT, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate(_WIDTHS):
            if width:
                self.setColumnWidth(column, width)
        self.doubleClicked.connect(self._on_opened)

    def chosen_ids(self) -> list[int]:
        """Return the selected alarms from the top."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._model.ids[row] for row in rows if row < len(self._model.ids)]

    def current_id(self) -> int:
        """Return the alarm of the current row, 0 without one."""
        row = self.currentIndex().row()
        return self._model.ids[row] if 0 <= row < len(self._model.ids) else 0

    def choose(self, alarm_id: int) -> bool:
        """Select one alarm; say whether it is listed."""
        row = self._model.row_of(alarm_id)
        if row < 0:
            return False
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(self._model.index(row, 0), flags)
        self.scrollTo(self._model.index(row, 0))
        return True

    def step(self, way: int) -> None:
        """Select the next (1) or the previous (-1) row."""
        count = self._model.rowCount()
        if count:
            row = min(max(self.currentIndex().row() + way, 0), count - 1)
            self.choose(self._model.ids[row])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override: Enter opens; letters are the screen's, not a search in the table."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current_id():
            self.opened.emit(self.current_id())
            return
        if event.text().isalnum() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        super().keyPressEvent(event)

    def show_order(self, order: Order) -> None:
        """Mark the head the list is sorted by; rank is unmarked."""
        header = self.horizontalHeader()
        header.setSortIndicatorShown(bool(order.column))
        direction = Qt.SortOrder.DescendingOrder if order.is_descending else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(order.column, direction)

    def show_notice(self, notice: str) -> None:
        """Say this where the first row would be, as when there is no alarm."""
        self._notice = notice
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the rows, or the notice."""
        super().paintEvent(event)
        if self._notice and not self._model.rowCount():
            painter = QPainter(self.viewport())
            ink = Ink(self._theme.font(), self._theme.colours.secondary)
            write(painter, QRectF(20, 0, self.viewport().width() - 40, ROW), self._notice, ink)
            painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: where there is little room, type and count fold into the text's tooltip."""
        super().resizeEvent(event)
        is_narrow = self.width() < _NARROW
        self.setColumnHidden(TYPE, is_narrow)
        self.setColumnHidden(OCC, is_narrow)

    def _on_opened(self) -> None:
        if self.current_id():
            self.opened.emit(self.current_id())
