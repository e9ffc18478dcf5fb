"""The overview's newest alarms: a list with a delegate, newest first; it keeps ids, the board keeps the alarms."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from noc_console.model import Severity
from noc_console.views import figures
from noc_console.views.card import HEAD, Card
from noc_console.views.channel_paint import RIGHT, Ink, width_of, write
from noc_console.views.desk import Desk
from noc_console.views.glyphs import paint_glyph
from noc_console.views.state import BoardMirror, Json
from noc_console.views.theme import BODY, MEDIUM

Index = QModelIndex | QPersistentModelIndex
_ROW = 48


class NewestModel(QAbstractListModel):
    """Ids of the open alarms, the newest first."""

    def __init__(self, mirror: BoardMirror) -> None:
        super().__init__()
        self._mirror = mirror
        self._ids: list[int] = []

    def refresh(self) -> None:
        """Order anew when alarms came or went."""
        ids = [one["id"] for one in sorted(self._mirror.open_alarms(), key=_newest)]
        if ids != self._ids:
            self.beginResetModel()
            self._ids = ids
            self.endResetModel()
        elif ids:
            self.dataChanged.emit(self.index(0, 0), self.index(len(ids) - 1, 0))

    def alarm(self, row: int) -> Json | None:
        """Return the alarm of a row, None when it has just gone."""
        return self._mirror.alarms.get(self._ids[row])

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Override: number of open alarms."""
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Override: the alarm in words."""
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        alarm = self.alarm(index.row())
        return f"{alarm['severity']}, {alarm['channel_code']}, {alarm['message']}" if alarm else None


class _NewestDelegate(QStyledItemDelegate):
    def __init__(self, desk: Desk, model: NewestModel) -> None:
        super().__init__()
        self._desk, self._model = desk, model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Override: two lines."""
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override: glyph, code and name, sentence; time and layer at the right."""
        alarm = self._model.alarm(index.row())
        if alarm is None:
            return
        painter.save()
        box, colours = QRectF(option.rect), self._desk.theme.colours
        # what waits only for an answer is no longer ill: it is drawn as quietly as what somebody has taken
        severity, acked = Severity(alarm["severity"]), bool(alarm["acknowledged"] or alarm.get("latched"))
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, colours.selected_row)
        elif severity is Severity.CRITICAL and not acked:
            painter.fillRect(box, colours.critical_tint)
        painter.fillRect(QRectF(box.x() + 12, box.bottom() - 1, box.width() - 24, 1), colours.table_line)
        is_grave = severity.rank >= Severity.MAJOR.rank and not acked
        if not is_grave or self._desk.frame.is_lit:
            centre = QPointF(box.x() + 22, box.center().y())
            paint_glyph(painter, self._desk.theme, severity, centre, 16, acked=acked)
        self._words(painter, box.adjusted(46, 6, -12, -6), alarm, severity)
        painter.restore()

    def _words(self, painter: QPainter, box: QRectF, alarm: Json, severity: Severity) -> None:
        theme, colours = self._desk.theme, self._desk.theme.colours
        plain = theme.font(BODY)
        upper, lower = box.adjusted(0, 0, 0, -18), box.adjusted(0, 18, 0, 0)
        time = figures.clock(alarm["raised_at"])
        write(painter, upper, time, Ink(theme.font(BODY, MEDIUM), colours.text), RIGHT)
        where = (
            ("gone · " if alarm.get("latched") else "")
            + f"L{alarm['layer']}"
            + (f" · ack {alarm['acknowledged_by']}" if alarm["acknowledged"] else "")
        )
        write(painter, lower, where, Ink(plain, colours.tertiary), RIGHT)
        mono = theme.mono(BODY, MEDIUM)
        room = upper.adjusted(0, 0, -width_of(time, plain) - 12, 0)
        used = write(painter, room, alarm["channel_code"] or "Agent", Ink(mono, colours.text))
        channel = self._desk.mirror.channels.get(alarm["channel_id"])
        name = room.adjusted(used + 8, 0, 0, 0)
        if channel is not None and name.width() > 20:
            write(painter, name, channel["name"], Ink(plain, colours.tertiary))
        loud = colours.text if severity.rank >= Severity.MAJOR.rank else colours.secondary
        write(painter, lower.adjusted(0, 0, -width_of(where, plain) - 12, 0), alarm["message"], Ink(plain, loud))


class NewestAlarms(Card):
    """The card around the list."""

    opened = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, "Newest alarms")
        self._desk = desk
        self.model = NewestModel(desk.mirror)
        self.list = QListView()
        self.list.setModel(self.model)
        self._delegate = _NewestDelegate(desk, self.model)
        self.list.setItemDelegate(self._delegate)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setAccessibleName("Newest alarms")
        self.list.activated.connect(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, HEAD, 1, 2)
        column.addWidget(self.list)

    def refresh(self) -> None:
        """Pull the open alarms."""
        self.model.refresh()
        alarms = self._desk.mirror.open_alarms()
        acked = sum(bool(one["acknowledged"]) for one in alarms)
        self.say(f"{len(alarms)} open, {acked} acknowledged" if alarms else "")
        self.list.setVisible(bool(alarms))
        self.list.viewport().update()

    def paint_body(self, painter: QPainter, box: QRectF) -> None:
        """Override: the empty line."""
        if not self.model.rowCount():
            self.paint_empty(painter, box, "No open alarms" if self._desk.mirror.agent else "Loading")

    def _open(self, index: QModelIndex) -> None:
        alarm = self.model.alarm(index.row())
        if alarm is not None:
            self.opened.emit(alarm["id"])


def _newest(alarm: Json) -> tuple[float, int]:
    return (-alarm["raised_at"], -alarm["id"])
