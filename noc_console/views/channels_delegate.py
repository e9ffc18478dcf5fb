"""Paints the cells of the channel list: glyph and letter, codes in mono, layer dots, figures in grey."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from noc_console.model import Severity
from noc_console.views.channels_columns import COLUMNS, Column
from noc_console.views.channels_model import CHANNEL, Index
from noc_console.views.desk import Desk
from noc_console.views.glyphs import paint_glyph, paint_hatch, paint_waiting
from noc_console.views.state import Json
from noc_console.views.theme import BODY, MEDIUM

ROW = 36
_PAD = 8
_LAYERS = range(1, 5)


class ChannelsDelegate(QStyledItemDelegate):
    """Draws one cell from the board."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Override: ground, then what the column asks for."""
        channel = self._desk.mirror.channels.get(index.data(CHANNEL))
        if channel is None:
            return
        painter.save()
        box, column = QRectF(option.rect), COLUMNS[index.column()]
        self._ground(painter, box, channel, bool(option.state & QStyle.StateFlag.State_Selected))
        if column.key == "severity":
            self._severity(painter, box, channel)
        elif column.key == "layers":
            self._layers(painter, box, channel)
        else:
            self._text(painter, box, column, channel)
        if column.key == "severity":
            self._bar(painter, box, channel)
        painter.restore()

    def _ground(self, painter: QPainter, box: QRectF, channel: Json, is_selected: bool) -> None:
        colours = self._desk.theme.colours
        is_critical = channel["severity"] == "critical" and not channel["acknowledged"]
        if is_selected:
            painter.fillRect(box, colours.selected_row)
        elif is_critical and channel["state"] != "disabled":
            painter.fillRect(box, colours.critical_tint)
        elif self._desk.mirror.channel_state(channel) in ("stale", "lost"):
            paint_hatch(painter, self._desk.theme, box)
        painter.fillRect(QRectF(box.x(), box.bottom() - 1, box.width(), 1), colours.table_line)

    def _bar(self, painter: QPainter, box: QRectF, channel: Json) -> None:
        severity = Severity(channel["severity"])
        if severity.rank < Severity.MINOR.rank or channel["state"] == "disabled":
            return
        hue = self._desk.theme.severity[severity]
        if channel["acknowledged"]:
            painter.setPen(hue)
            painter.drawRect(QRectF(box.x() + 0.5, box.y() + 0.5, 3, box.height() - 2))
        else:
            painter.fillRect(QRectF(box.x(), box.y(), 4, box.height() - 1), hue)

    def _severity(self, painter: QPainter, box: QRectF, channel: Json) -> None:
        severity, acked = Severity(channel["severity"]), bool(channel["acknowledged"])
        state = self._desk.mirror.channel_state(channel)
        if state in ("disabled", "loading"):
            return
        if state in ("stale", "lost") and severity is Severity.CLEARED:
            severity = Severity.INDETERMINATE
        is_grave = severity.rank >= Severity.MAJOR.rank and not acked and state == "ok"
        if severity is Severity.CLEARED and channel.get("latched"):
            paint_waiting(painter, self._desk.theme, QPointF(box.x() + 24, box.center().y()), 16)
            return
        if not is_grave or self._desk.frame.is_lit:
            centre = QPointF(box.x() + 24, box.center().y())
            paint_glyph(painter, self._desk.theme, severity, centre, 16, acked=acked)

    def _layers(self, painter: QPainter, box: QRectF, channel: Json) -> None:
        theme = self._desk.theme
        worst: dict[int, int] = {}
        for source in channel["inputs"]:
            rank = Severity(source["severity"]).rank
            worst[source["layer"]] = max(rank, worst.get(source["layer"], 0))
        painter.setFont(theme.font(11))
        for place, layer in enumerate(_LAYERS):
            x, y = box.x() + _PAD + place * 24, box.center().y()
            rank = worst.get(layer, -1)
            if rank > Severity.INDETERMINATE.rank:
                painter.fillRect(QRectF(x, y - 3, 6, 6), theme.severity[list(Severity)[rank]])
            else:
                self._dot(painter, QPointF(x + 3, y), theme.colours.muted if rank >= 0 else theme.colours.hairline)
            painter.setPen(theme.colours.tertiary if rank >= 0 else theme.colours.hairline)
            painter.drawText(QPointF(x + 9, y + 4), str(layer))

    def _dot(self, painter: QPainter, centre: QPointF, colour: QColor) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(centre, 2.0, 2.0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _text(self, painter: QPainter, box: QRectF, column: Column, channel: Json) -> None:
        theme = self._desk.theme
        text = column.text(channel, self._desk.mirror)
        painter.setFont(theme.mono(BODY, MEDIUM) if column.is_mono else theme.font(BODY))
        painter.setPen(self._colour(column, channel, text))
        room = box.adjusted(_PAD, 0, -_PAD, -1)
        shown = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        align = Qt.AlignmentFlag.AlignRight if column.is_figure else Qt.AlignmentFlag.AlignLeft
        painter.drawText(room, int(align | Qt.AlignmentFlag.AlignVCenter), shown)

    def _colour(self, column: Column, channel: Json, text: str) -> QColor:
        colours = self._desk.theme.colours
        state = self._desk.mirror.channel_state(channel)
        is_ill = channel["severity"] != "cleared"
        if text == "n/a" or state == "disabled":
            return colours.tertiary
        if column.key == "state":
            return colours.text if state in ("stale", "lost") else colours.tertiary
        if state != "ok":
            return colours.tertiary
        if column.key == "wrong" and not is_ill:
            return colours.tertiary
        if column.key in ("code", "wrong", "alarms"):
            return colours.text if is_ill or column.key != "code" else colours.data_line
        return colours.text if is_ill and column.key == "name" else colours.secondary
