"""Paints one row of the penalty box: bar, glyph, layer, code, name, age, what is wrong, who has it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from noc_console.model import Severity
from noc_console.views import figures
from noc_console.views.desk import Desk
from noc_console.views.glyphs import paint_glyph, paint_waiting
from noc_console.views.penalty_model import WAITING_TEXT, Index, PenaltyModel, Row, dark_text
from noc_console.views.state import Json
from noc_console.views.theme import AXIS, BODY, MEDIUM, SEMIBOLD

_HEIGHTS = {Row.ILL: 60, Row.HEADING: 40, Row.DARK: 28, Row.WAITING_HEADING: 40, Row.WAITING: 28}
_LEFT = 48
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PenaltyDelegate(QStyledItemDelegate):
    """Draws from the board; a grave and unacknowledged glyph blinks with the one shared phase."""

    def __init__(self, desk: Desk, model: PenaltyModel) -> None:
        super().__init__()
        self._desk, self._model = desk, model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Override: the height of the row's kind."""
        return QSize(200, _HEIGHTS[self._model.place(index.row()).kind])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override: one row."""
        painter.save()
        box = QRectF(option.rect)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        match self._model.place(index.row()).kind:
            case Row.ILL:
                self._ill(painter, box, self._model.channel(index.row()), is_selected)
            case Row.DARK:
                self._dark(painter, box, self._model.channel(index.row()), is_selected)
            case Row.HEADING:
                self._say(painter, box.adjusted(12, 10, -12, 0), "NOT MEASURED", self._font(AXIS, SEMIBOLD))
            case Row.WAITING:
                self._waiting(painter, box, self._model.channel(index.row()), is_selected)
            case Row.WAITING_HEADING:
                self._say(painter, box.adjusted(12, 10, -12, 0), self._model.waiting_text, self._font())
        painter.restore()

    def _ill(self, painter: QPainter, box: QRectF, channel: Json, is_selected: bool) -> None:
        theme, colours = self._desk.theme, self._desk.theme.colours
        severity, acked = Severity(channel["severity"]), bool(channel["acknowledged"])
        if severity is Severity.CRITICAL and not acked:
            painter.fillRect(box, colours.critical_tint)
        elif is_selected:
            painter.fillRect(box, colours.selected_row)
        painter.fillRect(QRectF(box.x() + 8, box.bottom() - 1, box.width() - 16, 1), colours.table_line)
        self._bar(painter, box, theme.severity[severity], acked)
        is_grave = severity.rank >= Severity.MAJOR.rank and not acked
        if not is_grave or self._desk.frame.is_lit:
            paint_glyph(painter, theme, severity, QPointF(box.x() + 28, box.y() + 20), 18, acked=acked)
        layer = f"L{worst_layer(channel)}"
        self._say(painter, QRectF(box.x() + 12, box.y() + 34, 32, 16), layer, self._font(AXIS), centre=True)
        age = figures.age(self._desk.mirror.now() - channel["since"])
        right = box.right() - 16
        used = self._right(painter, right, box.y() + 11, age, self._font(BODY, MEDIUM), colours.text)
        left = self._code(painter, box, channel, right - used - 8)
        self._cut(
            painter, QRectF(left, box.y() + 11, right - used - 8 - left, 17), channel["name"], colours.secondary
        )
        used = self._right(painter, right, box.y() + 29, channel["owner"], self._font(), colours.secondary)
        loud = colours.text if severity.rank >= Severity.MAJOR.rank else colours.secondary
        room = QRectF(box.x() + _LEFT, box.y() + 29, right - used - 8 - box.x() - _LEFT, 17)
        self._cut(painter, room, channel["text"], loud)
        if is_selected:
            self._ring(painter, box)

    def _dark(self, painter: QPainter, box: QRectF, channel: Json, is_selected: bool) -> None:
        colours = self._desk.theme.colours
        if is_selected:
            painter.fillRect(box, colours.selected_row)
        centre = QPointF(box.x() + 28, box.center().y())
        paint_glyph(painter, self._desk.theme, Severity.INDETERMINATE, centre, 14)
        right, top = box.right() - 16, box.center().y() - 8.5
        age = figures.age(self._desk.mirror.now() - channel["at"]) if channel["at"] else "never"
        used = self._right(painter, right, top, age, self._font(), colours.secondary)
        left = self._code(painter, QRectF(box.x(), top - 11, box.width(), 60), channel, right - used - 8)
        text = dark_text(channel, self._desk.mirror)
        self._cut(painter, QRectF(left, top, right - used - 8 - left, 17), text, colours.secondary)
        if is_selected:
            self._ring(painter, box)

    def _waiting(self, painter: QPainter, box: QRectF, channel: Json, is_selected: bool) -> None:
        colours = self._desk.theme.colours
        if is_selected:
            painter.fillRect(box, colours.selected_row)
        paint_waiting(painter, self._desk.theme, QPointF(box.x() + 28, box.center().y()), 14)
        top = box.center().y() - 8.5
        code = QRectF(box.x(), top - 11, box.width(), 60)
        left = self._code(painter, code, channel, box.right() - 24, colours.secondary)
        self._cut(painter, QRectF(left, top, box.right() - 16 - left, 17), WAITING_TEXT, colours.tertiary)
        if is_selected:
            self._ring(painter, box)

    def _bar(self, painter: QPainter, box: QRectF, hue: QColor, acked: bool) -> None:
        if acked:
            painter.setPen(hue)
            painter.drawRect(QRectF(box.x() + 0.5, box.y() + 0.5, 3, box.height() - 2))
        else:
            painter.fillRect(QRectF(box.x(), box.y(), 4, box.height() - 1), hue)

    def _code(
        self, painter: QPainter, box: QRectF, channel: Json, limit: float, colour: QColor | None = None
    ) -> float:
        """Write the code; return where the next word begins."""
        font = self._desk.theme.mono(BODY, MEDIUM)
        place = QRectF(box.x() + _LEFT, box.y() + 11, limit - box.x() - _LEFT, 17)
        self._cut(painter, place, channel["code"], colour or self._desk.theme.colours.text, font)
        width = min(QFontMetricsF(font).horizontalAdvance(channel["code"]), place.width())
        return place.x() + width + 8

    def _say(self, painter: QPainter, box: QRectF, text: str, font: QFont, *, centre: bool = False) -> None:
        painter.setFont(font)
        painter.setPen(self._desk.theme.colours.secondary)
        align = Qt.AlignmentFlag.AlignHCenter if centre else Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, int(align | Qt.AlignmentFlag.AlignVCenter), text)

    def _right(self, painter: QPainter, right: float, top: float, text: str, font: QFont, colour: QColor) -> float:
        width = QFontMetricsF(font).horizontalAdvance(text)
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(QRectF(right - width - 2, top, width + 2, 17), int(_RIGHT), text)
        return width

    def _cut(self, painter: QPainter, box: QRectF, text: str, colour: QColor, font: QFont | None = None) -> None:
        if box.width() < 16:
            return
        painter.setFont(font or self._font())
        painter.setPen(colour)
        shown = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box.adjusted(0, 0, 2, 0), Qt.AlignmentFlag.AlignVCenter, shown)

    def _ring(self, painter: QPainter, box: QRectF) -> None:
        painter.setPen(QPen(self._desk.theme.colours.accent, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -1.5))

    def _font(self, size: int = BODY, weight: int = 400) -> QFont:
        return self._desk.theme.font(size, weight)


def worst_layer(channel: Json) -> int:
    """Return the lowest layer that shows the channel's severity, else the lowest measured one."""
    inputs = channel["inputs"]
    same = [source["layer"] for source in inputs if source["severity"] == channel["severity"]]
    return int(min(same or [source["layer"] for source in inputs] or [2]))
