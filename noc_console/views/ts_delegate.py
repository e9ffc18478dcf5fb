"""Paints the TR 101 290 matrix: glyph and count where something is wrong, a dot where nothing is, hours as bars."""

from __future__ import annotations

from math import isnan, log10

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from noc_console.model import Severity
from noc_console.views.channel_paint import LEFT, RIGHT, Ink, write
from noc_console.views.desk import Desk
from noc_console.views.glyphs import paint_glyph, paint_hatch
from noc_console.views.theme import AXIS, BODY, MEDIUM
from noc_console.views.ts_columns import COLUMNS, Column
from noc_console.views.ts_facts import CALM, TsRow, brief
from noc_console.views.ts_history import MINUTES, Hour, Key, TsHistory
from noc_console.views.ts_model import ROW, Index

HEIGHT = 36
_PAD = 8
_OF_PRIORITY = {1: Severity.CRITICAL, 2: Severity.MAJOR, 3: Severity.MINOR}
_LETTERS_AT = 40


class TsDelegate(QStyledItemDelegate):
    """Draws one cell from the row it is given and the hours fetched so far."""

    def __init__(self, desk: Desk, history: TsHistory) -> None:
        super().__init__()
        self._desk = desk
        self._history = history
        self._strips: dict[Key, tuple[Hour, QPixmap]] = {}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override: ground, then what the column asks for."""
        row, column = index.data(ROW), COLUMNS[index.column()]
        if not isinstance(row, TsRow):
            return
        is_calm = column.kind == "cell" and column.title not in row.cells and row.state == "ok"
        if is_calm and not option.state & QStyle.StateFlag.State_Selected:
            self._paint_calm(painter, option.rect, column)
            return
        painter.save()
        box = QRectF(option.rect)
        self._ground(painter, box, row, bool(option.state & QStyle.StateFlag.State_Selected))
        if column.begins:
            painter.fillRect(QRectF(box.x(), box.y(), 1, box.height()), self._desk.theme.colours.hairline)
        match column.kind:
            case "state":
                self._state(painter, box, row)
            case "cell":
                self._cell(painter, box, row, column)
            case "hour":
                self._hour(painter, box, row, column.priority)
            case _:
                self._text(painter, box, row, str(index.data()), column)
        painter.restore()

    def _paint_calm(self, painter: QPainter, box: QRect, column: Column) -> None:
        """Paint a cell with nothing wrong: most of the matrix, so done with three rectangles."""
        colours = self._desk.theme.colours
        painter.fillRect(box.x(), box.bottom(), box.width(), 1, colours.table_line)
        if column.begins:
            painter.fillRect(box.x(), box.y(), 1, box.height(), colours.hairline)
        centre = box.center()
        painter.fillRect(centre.x() - 1, centre.y() - 1, 3, 3, colours.muted)

    def _ground(self, painter: QPainter, box: QRectF, row: TsRow, is_selected: bool) -> None:
        theme = self._desk.theme
        if is_selected:
            painter.fillRect(box, theme.colours.selected_row)
        elif row.state in ("stale", "lost"):
            paint_hatch(painter, theme, box)
        painter.fillRect(QRectF(box.x(), box.bottom() - 1, box.width(), 1), theme.colours.table_line)

    def _state(self, painter: QPainter, box: QRectF, row: TsRow) -> None:
        theme, severity = self._desk.theme, row.severity
        if row.state in ("stale", "lost") and severity is Severity.CLEARED:
            severity = Severity.INDETERMINATE
        if severity.rank >= Severity.MINOR.rank:
            painter.fillRect(QRectF(box.x(), box.y(), 4, box.height() - 1), theme.severity[severity])
        if row.state not in ("disabled", "loading"):
            paint_glyph(painter, theme, severity, QPointF(box.x() + 22, box.center().y()), 16)

    def _text(self, painter: QPainter, box: QRectF, row: TsRow, text: str, column: Column) -> None:
        theme, colours = self._desk.theme, self._desk.theme.colours
        is_ill = row.severity.rank >= Severity.MINOR.rank
        colour = colours.text if is_ill and column.kind in ("code", "name") else colours.secondary
        if row.state != "ok":
            colour = colours.tertiary
        if column.kind == "code" and row.state in ("stale", "lost", "loading", "disabled"):
            text = f"{text}  {row.state}"
        font = theme.mono(BODY, MEDIUM) if column.kind == "code" else theme.font(BODY)
        if column.kind == "address":
            font = theme.mono(AXIS)
        write(
            painter,
            box.adjusted(_PAD, 0, -_PAD, -1),
            text,
            Ink(font, colour),
            RIGHT if column.kind == "rate" else LEFT,
        )

    def _cell(self, painter: QPainter, box: QRectF, row: TsRow, column: Column) -> None:
        theme = self._desk.theme
        cell = row.cells.get(column.title, CALM)
        if not cell.count:
            if row.state == "ok":
                dot = box.center().toPoint()
                painter.fillRect(dot.x() - 1, dot.y() - 1, 3, 3, theme.colours.muted)
            return
        tints = {Severity.CRITICAL: theme.colours.critical_tint, Severity.MAJOR: theme.colours.major_tint}
        if cell.severity in tints:
            painter.fillRect(box.adjusted(1, 0, 0, -1), tints[cell.severity])
        # the shape and its letter say how grave it is, the figure how often: colour is never the only sign
        paint_glyph(painter, theme, cell.severity, QPointF(box.center().x(), box.y() + 11), 14)
        ink = Ink(theme.font(AXIS, MEDIUM), theme.colours.text if row.state == "ok" else theme.colours.tertiary)
        under = QRectF(box.x(), box.y() + 19, box.width(), 15)
        write(painter, under, brief(cell.count), ink, Qt.AlignmentFlag.AlignCenter)

    def _hour(self, painter: QPainter, box: QRectF, row: TsRow, priority: int) -> None:
        theme = self._desk.theme
        hour = self._history.hours.get((row.id, priority))
        if hour is None:
            said = "not answered" if self._history.failure else "Loading"
            ink = Ink(theme.font(AXIS), theme.colours.tertiary)
            write(painter, box.adjusted(_PAD, 0, -_PAD, -1), said, ink)
            return
        strip = QRectF(box.x() + _PAD, box.y() + 6, 2 * MINUTES, box.height() - 12)
        painter.drawPixmap(strip.topLeft(), self._strip(row.id, priority, hour, strip, painter))
        total = hour.total
        ink = Ink(theme.font(AXIS), theme.colours.text if total else theme.colours.tertiary)
        right = QRectF(strip.right(), box.y(), box.right() - strip.right() - 4, box.height() - 1)
        write(painter, right, brief(total), ink, RIGHT)

    def _strip(self, input_id: int, priority: int, hour: Hour, box: QRectF, painter: QPainter) -> QPixmap:
        """Return the bars of an hour; they change every half minute, and are painted then."""
        scale = painter.device().devicePixelRatio()
        known = self._strips.get((input_id, priority))
        if known is not None and known[0] is hour and known[1].devicePixelRatio() == scale:
            return known[1]
        strip = QPixmap(round(box.width() * scale), round(box.height() * scale))
        strip.setDevicePixelRatio(scale)
        strip.fill(Qt.GlobalColor.transparent)
        inner = QPainter(strip)
        self._bars(inner, round(box.height()) - 1, hour, priority)
        inner.end()
        self._strips[input_id, priority] = (hour, strip)
        return strip

    def _bars(self, painter: QPainter, foot: int, hour: Hour, priority: int) -> None:
        theme = self._desk.theme
        painter.fillRect(0, foot, 2 * MINUTES - 1, 1, theme.colours.axis_line)
        hue = theme.severity[_OF_PRIORITY[priority]]
        for minute, count in enumerate(hour.counts.tolist()):
            if isnan(count):
                painter.fillRect(2 * minute, foot - 2, 2, 1, theme.colours.hatch)
            elif count > 0:
                # one error is seen as well as a thousand: the height is the number of digits
                height = min(foot, round(6 + 5 * log10(max(count, 1.0))))
                painter.fillRect(2 * minute, foot - height, 2, height, hue)
