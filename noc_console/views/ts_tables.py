"""The cards that hold the tables of a transport stream: PIDs, PSI tree, counted errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableView,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from noc_console.views.drawer_choice import Choice
from noc_console.views.theme import Theme
from noc_console.views.ts_errors import COLUMNS as ERROR_COLUMNS
from noc_console.views.ts_errors import CUE, ErrorDelegate, ErrorModel, by_time, cue_rows
from noc_console.views.ts_pids import COLUMNS as PID_COLUMNS
from noc_console.views.ts_pids import PidDelegate, PidModel
from noc_console.views.ts_tree import TreeDelegate, TreeModel

_ROW = 24
_HEAD = 28
_PIDS_FIT, _ERRORS_FIT = 650, 340


class TableCard(QFrame):
    """A card with a title, a note, something at its right, and a view or one line why there is nothing."""

    def __init__(self, title: str, view: QAbstractItemView, aside: QWidget | None = None) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self.setMinimumSize(200, 120)
        self._view = view
        heading, self.note, self._notice = QLabel(title), QLabel(), QLabel("Loading")
        heading.setProperty("look", "heading")
        self.note.setProperty("look", "tertiary")
        self._notice.setProperty("look", "note")
        self._notice.setContentsMargins(12, 0, 12, 0)
        self._notice.setWordWrap(True)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 8, 4)
        head.setSpacing(8)
        head.addWidget(heading)
        head.addWidget(self.note, 1)
        if aside is not None:
            head.addWidget(aside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 6)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self._notice)
        layout.addWidget(view, 1)
        view.setAccessibleName(title)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def tell(self, notice: str) -> None:
        """Show one line above the view, or none."""
        self._notice.setText(notice)
        self._notice.setVisible(bool(notice))


class PidCard(TableCard):
    """The PIDs."""

    def __init__(self, theme: Theme) -> None:
        self.table, self.model, self._delegate = QTableView(), PidModel(), PidDelegate(theme)
        super().__init__("PIDs", self.table)
        self.table.setModel(self.model)
        self.table.setItemDelegate(self._delegate)
        _dress(self.table, [width for _, width in PID_COLUMNS])
        self.table.horizontalHeader().setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: a narrow card leaves out what the tree tells too."""
        super().resizeEvent(event)
        for number in (1, 3):
            self.table.setColumnHidden(number, self.width() < _PIDS_FIT)

    def forget(self) -> None:
        """Show nothing of the input before."""
        self.show_report({}, "Loading")

    def show_report(
        self, report: Mapping[str, Any] | None, notice: str, one: Mapping[str, Any] | None = None
    ) -> None:
        """Show the PIDs of an answer and of the board's input, or why there is none."""
        self.model.show_report(report or {}, one)
        count = self.model.rowCount()
        self.note.setText(f"{count} in the stream" if count else "")
        self.tell("" if count else "No PIDs seen yet" if report and not report.get("pids") else notice)


class TreeCard(TableCard):
    """Services and tables."""

    def __init__(self, theme: Theme) -> None:
        self.tree, self.model = QTreeView(), TreeModel()
        super().__init__("PSI and SI", self.tree)
        self.tree.setModel(self.model)
        self._delegate = TreeDelegate(theme)
        self.tree.setItemDelegate(self._delegate)
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(14)
        self.tree.setColumnWidth(0, 170)
        self.tree.header().setStretchLastSection(True)

    def forget(self) -> None:
        """Show nothing of the input before."""
        self.show_report({}, "Loading")

    def show_report(self, report: Mapping[str, Any] | None, notice: str) -> None:
        """Show the tree of an answer; services come unfolded, their descriptors folded."""
        if self.model.show_report(report or {}):
            self.tree.expandToDepth(0)
        services = len((report or {}).get("services", ()))
        self.note.setText(f"{services} service{'' if services == 1 else 's'}" if services else "")
        is_empty = not self.model.rowCount()
        self.tell("No PAT and no PMT seen yet" if is_empty and report else notice if is_empty else "")


class ErrorCard(TableCard):
    """The counted errors; `chosen` tells the one to show, `filtered` the indicator to ask for."""

    chosen = Signal(object)
    filtered = Signal(str)

    def __init__(self, theme: Theme) -> None:
        self.table, self.model, self._delegate = QTableView(), ErrorModel(), ErrorDelegate(theme)
        self.choice = Choice()
        self.choice.setAccessibleName("Indicator to show")
        self.choice.setMinimumWidth(92)
        self.choice.addItem("All", "")
        super().__init__("Errors and cues", self.table, self.choice)
        self.table.setModel(self.model)
        self.table.setItemDelegate(self._delegate)
        _dress(self.table, [width for _, width in ERROR_COLUMNS])
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.choice.currentIndexChanged.connect(self._on_choice)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: a narrow card leaves out the PID, which the packet tells too."""
        super().resizeEvent(event)
        self.table.setColumnHidden(2, self.width() < _ERRORS_FIT)

    def forget(self) -> None:
        """Show nothing of the input before."""
        self._offer({})
        self.show_errors(None, {}, "Loading")

    def show_errors(self, errors: Sequence[Mapping[str, Any]] | None, report: Mapping[str, Any], notice: str) -> None:
        """Show an answer, newest first; the chosen error stays chosen as long as it is kept."""
        cues = cue_rows(report)
        self._offer({**(report.get("indicators") or {}), **({CUE: len(cues)} if cues else {})})
        if errors is not None:
            chosen = str(self.choice.currentData() or "")
            errors = by_time([*(errors if chosen != CUE else ()), *(cues if chosen in ("", CUE) else ())])
        index = self.table.currentIndex()
        before = self.model.error(index.row()) if index.isValid() else None
        if self.model.show_errors(errors or ()) and before is not None:
            row = self.model.row_of(int(before["packet"]), str(before["indicator"]))
            if row >= 0:
                self.table.setCurrentIndex(self.model.index(row, 0))
        count = self.model.rowCount()
        self.note.setText(f"newest {count}" if count else "")
        self.tell("" if count else "No errors counted" if errors is not None else notice)

    def next(self) -> None:
        """Choose the next older error."""
        self._step(1)

    def previous(self) -> None:
        """Choose the next newer error."""
        self._step(-1)

    def _step(self, way: int) -> None:
        count = self.model.rowCount()
        if count:
            index = self.table.currentIndex()
            row = (index.row() + way) % count if index.isValid() else 0
            self.table.setCurrentIndex(self.model.index(row, 0))

    def _offer(self, indicators: Mapping[str, int]) -> None:
        known = [self.choice.itemData(place) for place in range(self.choice.count())]
        wanted = ["", *sorted(indicators)]
        if known == wanted:
            for place, indicator in enumerate(wanted[1:], 1):
                self.choice.setItemText(place, f"{indicator}  ({indicators[indicator]})")
            return
        chosen = str(self.choice.currentData() or "")
        self.choice.blockSignals(True)
        self.choice.clear()
        for indicator in wanted:
            self.choice.addItem(f"{indicator}  ({indicators[indicator]})" if indicator else "All", indicator)
        self.choice.setCurrentIndex(max(self.choice.findData(chosen), 0))
        self.choice.blockSignals(False)

    def _on_row(self, current: QModelIndex, _before: QModelIndex) -> None:
        self.chosen.emit(self.model.error(current.row()) if current.isValid() else None)

    def _on_choice(self, _place: int) -> None:
        self.filtered.emit(str(self.choice.currentData() or ""))


def _dress(table: QTableView, widths: Sequence[int]) -> None:
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(_ROW)
    header = table.horizontalHeader()
    header.setFixedHeight(_HEAD)
    header.setHighlightSections(False)
    header.setMinimumSectionSize(56)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    for number, width in enumerate(widths):
        table.setColumnWidth(number, width)
