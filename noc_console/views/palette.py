"""Ctrl+K: finds every channel, alarm and action by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from noc_console.model import Severity
from noc_console.views.fuzzy import best
from noc_console.views.glyphs import paint_glyph
from noc_console.views.overlay import Overlay
from noc_console.views.theme import AXIS, Theme

Index = QModelIndex | QPersistentModelIndex
_SHOWN = 14


@dataclass(frozen=True, slots=True)
class Find:
    """One thing that can be found: its words, what it is, and what opening it does."""

    text: str
    note: str
    act: Callable[[], None]
    severity: Severity | None = None
    key: str = ""


class FindModel(QAbstractListModel):
    """The finds that match, best first."""

    def __init__(self) -> None:
        super().__init__()
        self._finds: Sequence[Find] = ()

    def show(self, finds: Sequence[Find]) -> None:
        """Show these."""
        self.beginResetModel()
        self._finds = finds
        self.endResetModel()

    def find(self, row: int) -> Find:
        """Return the find of a row."""
        return self._finds[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Override: number of finds."""
        return 0 if parent.isValid() else len(self._finds)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Override: the words for screen readers; the delegate paints the rest."""
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        found = self._finds[index.row()]
        return f"{found.text}, {found.note}"


class _FindDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, model: FindModel) -> None:
        super().__init__()
        self._theme, self._model = theme, model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Override: one line."""
        return QSize(200, 28)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override: glyph, words, note or key at the right."""
        theme, found, box = self._theme, self._model.find(index.row()), QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.colours.selected_row)
        if found.severity is not None:
            paint_glyph(painter, theme, found.severity, QPointF(box.x() + 16, box.center().y()), 14)
        painter.setFont(theme.font())
        painter.setPen(theme.colours.text)
        room = box.adjusted(32, 0, -96, 0)
        text = QFontMetricsF(painter.font()).elidedText(found.text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        painter.setFont(theme.mono(AXIS) if found.key else theme.font(AXIS))
        painter.setPen(theme.colours.tertiary)
        align = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(box.adjusted(0, 0, -12, 0), align, found.key or found.note)


class Palette(Overlay):
    """A line to type in and the finds below; arrows choose, Enter opens."""

    def __init__(self, window: QWidget, theme: Theme, source: Callable[[], list[Find]]) -> None:
        super().__init__(window, theme, 640)
        self._source = source
        self._all: list[Find] = []
        self.line = QLineEdit()
        self.line.setPlaceholderText("Channel, alarm or action")
        self.line.setAccessibleName("Find")
        self.line.textEdited.connect(self._search)
        self.line.returnPressed.connect(self._open)
        self.line.installEventFilter(self)
        self.model = FindModel()
        self.list = QListView()
        self.list.setModel(self.model)
        self._delegate = _FindDelegate(theme, self.model)
        self.list.setItemDelegate(self._delegate)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFixedHeight(28 * _SHOWN)
        self.list.clicked.connect(self._open)
        self.column.addWidget(self.line)
        self.column.addWidget(self.list)

    def pop_up(self) -> None:
        """Show what can be found now, with an empty line."""
        self._all = self._source()
        self.line.clear()
        self._search("")
        super().pop_up()
        self.line.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Override: arrows in the line move in the list."""
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step and self.model.rowCount():
                row = (self.list.currentIndex().row() + step) % self.model.rowCount()
                self.list.setCurrentIndex(self.model.index(row, 0))
                return True
        return super().eventFilter(watched, event)

    def _search(self, text: str) -> None:
        self.model.show(best(text, self._all, key=_words, count=50))
        if self.model.rowCount():
            self.list.setCurrentIndex(self.model.index(0, 0))

    def _open(self) -> None:
        row = self.list.currentIndex().row()
        if 0 <= row < self.model.rowCount():
            found = self.model.find(row)
            self.put_away()
            found.act()


def _words(found: Find) -> str:
    return f"{found.text} {found.note}"
