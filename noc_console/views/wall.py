"""The wall: one widget that paints every channel's tile from arrays; only dirty tiles are painted anew."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from noc_console.views import figures
from noc_console.views.desk import Desk
from noc_console.views.state import Json
from noc_console.views.thumb_tip import PictureTip
from noc_console.views.wall_curves import Marks, Strip, as_image, paint_bars, paint_curves
from noc_console.views.wall_facts import facts_of, figures_of
from noc_console.views.wall_geometry import Form, Grid, lay_out
from noc_console.views.wall_rows import CURVE_FAULT, MARK_FAULT, SEVERITIES, STATES, WallRows
from noc_console.views.wall_tile import PLACES, Face, is_blinking, paint_tile_glyph, render

_FACES_KEPT = 4


class Wall(QWidget):
    """Paints the tiles; arrow keys move the selection, Enter opens, hovering tells the facts."""

    opened = Signal(int)
    selected = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.rows = WallRows()
        self.grid: Grid = lay_out(0, 1480)
        self.current = 0
        """The selected channel's id; 0: none."""
        self._seen = 0
        self._was_lit = True
        self._second = 0
        self._faces: list[Face] = []
        self._pixmaps: dict[tuple[Form, Face], QPixmap] = {}
        self._strip = Strip(0, 0, 0, 0)
        self._pixels = np.zeros((0, 0, 0, 4), np.uint8)
        self._tip = PictureTip(self)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("Channel wall")

    def refresh(self) -> None:
        """Pull what changed from the board and ask for a repaint of those tiles."""
        changes = self._desk.mirror.changes(self._seen)
        self._seen = changes.revision
        is_moved = self.devicePixelRatioF() != self._strip.scale  # to a screen of another density
        if changes.order or changes.everything or is_moved:
            self._lay_out()
        elif changes.channels:
            self._dirty(self.rows.fill(self._desk.mirror, changes.channels))
        self._blink()
        self._count_ages()

    def show_only(self, shown: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
        """Show these rows; the others keep their place as an empty slot with the code."""
        if not np.array_equal(shown, self.rows.shown):
            self.rows.shown = shown
            self._dirty(list(range(len(self.rows))))

    def select(self, channel_id: int) -> None:
        """Move the selection to a channel, if it is on the wall."""
        if channel_id not in self.rows.row_of or channel_id == self.current:
            return
        self._update_tile(self.rows.row_of.get(self.current, -1))
        self.current = channel_id
        self._update_tile(self.rows.row_of[channel_id])
        self.selected.emit(channel_id)

    def tile_rect(self, row: int) -> QRect:
        """Return where a tile stands."""
        return QRect(*self.grid.place(row), self.grid.width, self.grid.height)

    def sizeHint(self) -> QSize:
        """Override: as high as all rows."""
        return QSize(self.width(), self.grid.full_height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: columns follow the width."""
        if event.size().width() != event.oldSize().width():
            self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: paint the tiles that the dirty region touches."""
        painter = QPainter(self)
        rows: set[int] = set()
        for rect in event.region():  # type: ignore[attr-defined]
            painter.fillRect(rect, self._desk.theme.colours.bg)
            rows.update(self.grid.inside(rect.left(), rect.top(), rect.right(), rect.bottom()))
        image = as_image(self._pixels, self._strip.scale)
        for row in sorted(rows):
            self._paint_tile(painter, row, image)
        if self.rows.row_of.get(self.current, -1) in rows:
            painter.setPen(QPen(self._desk.theme.colours.accent, 1 if self.hasFocus() else 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.tile_rect(self.rows.row_of[self.current]).adjusted(-1, -1, 0, 0))
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override: arrows move the selection, Enter opens it."""
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self.grid.columns,
            Qt.Key.Key_Down: self.grid.columns,
        }
        key = Qt.Key(event.key())
        if key in steps and len(self.rows):
            row = self.rows.row_of.get(self.current)
            target = 0 if row is None else row + steps[key]
            self.select(self.rows.ids[min(max(target, 0), len(self.rows) - 1)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current:
            self.opened.emit(self.current)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override: a click selects."""
        row = self.grid.hit(event.position().x(), event.position().y())
        if row >= 0:
            self.select(self.rows.ids[row])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Override: a double click opens."""
        row = self.grid.hit(event.position().x(), event.position().y())
        if row >= 0:
            self.opened.emit(self.rows.ids[row])

    def event(self, event: QEvent) -> bool:
        """Override: the tooltip tells the facts of the tile below the pointer."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._tell(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def _tell(self, where: QPoint, on_screen: QPoint) -> None:
        row = self.grid.hit(where.x(), where.y())
        if row < 0:
            QToolTip.hideText()
            return
        channel_id, mirror = self.rows.ids[row], self._desk.mirror
        QToolTip.showText(on_screen, facts_of(mirror.channels[channel_id], mirror), self)
        self._tip.ask(self._desk, channel_id, on_screen)

    def _lay_out(self) -> None:
        shown = dict(zip(self.rows.ids, self.rows.shown, strict=True))
        self.rows.lay_out(self._desk.mirror)
        for row, key in enumerate(self.rows.ids):
            self.rows.shown[row] = shown.get(key, True)
        self.grid = lay_out(len(self.rows), self.width())
        x, _top, height, bar = PLACES[self.grid.form].strip
        room = self.grid.width - 2 * x
        strip = Strip(room, height, room - bar - (6 if bar else 0), bar).at_scale(self.devicePixelRatioF())
        self._strip = strip
        self._pixels = np.zeros((len(self.rows), strip.height, strip.width, 4), np.uint8)
        self._pixmaps.clear()
        self._faces = [self._face(row) for row in range(len(self.rows))]
        self.setMinimumHeight(self.grid.full_height)
        self._dirty(list(range(len(self.rows))))

    def _dirty(self, rows: list[int]) -> None:
        if not rows:
            return
        for row in rows:
            self._faces[row] = self._face(row)
        self._paint_strips(np.array(rows))
        if len(self._pixmaps) > _FACES_KEPT * max(64, len(self.rows)):
            self._pixmaps.clear()
        if len(rows) * 3 > len(self.rows):
            self.update()
        else:
            for row in rows:
                self.update(self.tile_rect(row))

    def _face(self, row: int) -> Face:
        rows, channel = self.rows, self._channel(row)
        return Face(
            rows.labels[row],
            SEVERITIES[rows.rank[row]],
            bool(rows.acked[row]),
            STATES[rows.state[row]],
            tuple(rows.layer[row].tolist()),
            bool(rows.shown[row]),
            str(channel["text"]) if PLACES[self.grid.form].text_y and rows.rank[row] else "",
            bool(channel.get("latched")),
            bool(rows.stopped[row]),
        )

    def _channel(self, row: int) -> Json:
        return self._desk.mirror.channels[self.rows.ids[row]]

    def _paint_strips(self, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> None:
        """Curve in grey, brighter when the channel is ill; in the state's colour where the value itself is over."""
        theme, data = self._desk.theme, self.rows
        hues = np.array([_bgr(theme.severity[severity]) for severity in SEVERITIES], np.uint8)
        rank = data.rank[rows]
        calm = np.where(
            (rank > 0)[:, None], np.array(_bgr(theme.colours.data_line)), np.array(_bgr(theme.colours.tertiary))
        ).astype(np.uint8)
        curve_hue = np.zeros((len(data), 3), np.uint8)
        bar_hue = np.zeros((len(data), 3), np.uint8)
        is_curve, is_mark = data.fault[rows] == CURVE_FAULT, data.fault[rows] == MARK_FAULT
        curve_hue[rows] = np.where(is_curve[:, None], hues[rank], calm)
        bar_hue[rows] = np.where(is_mark[:, None], hues[rank], np.array(_bgr(theme.colours.secondary)))
        paint_curves(self._pixels, rows, data.curve, curve_hue, self._strip)
        ground = (theme.colours.bg, theme.colours.band_high)
        paint_bars(self._pixels, rows, Marks(data.mark, data.band), bar_hue, ground, self._strip)

    def _paint_tile(self, painter: QPainter, row: int, image: object) -> None:
        face = self._faces[row]
        x, y = self.grid.place(row)
        painter.drawPixmap(x, y, self._pixmap(face))
        if face.state == "ok" and face.is_shown:
            left, top, _, _ = PLACES[self.grid.form].strip
            strip = self._strip
            painter.drawImage(x + left, y + top, image, 0, row * strip.height, strip.width, strip.height)  # type: ignore[call-overload]
            if self.grid.form is Form.HUGE:
                self._paint_figures(painter, row, x, y)
            if is_blinking(face) and self._desk.frame.is_lit:
                self._paint_glyph(painter, face, x, y)
        elif face.state in ("stale", "lost") and face.is_shown:
            self._paint_age(painter, row, QRectF(x, y, self.grid.width, self.grid.height))

    def _paint_glyph(self, painter: QPainter, face: Face, x: int, y: int) -> None:
        paint_tile_glyph(painter, self._desk.theme, self.grid.form, face, x + self.grid.width, y)

    def _paint_age(self, painter: QPainter, row: int, box: QRectF) -> None:
        if self.grid.form is Form.TINY or not self.rows.at[row]:
            return
        painter.setFont(self._desk.theme.font(11, 500))
        painter.setPen(self._desk.theme.colours.text)
        text = figures.age(self._desk.mirror.now() - self.rows.at[row])
        # the small tile has its glyph in the right lower corner
        side = Qt.AlignmentFlag.AlignLeft if self.grid.form is Form.SMALL else Qt.AlignmentFlag.AlignRight
        painter.drawText(box.adjusted(4, 0, -4, -3), int(side | Qt.AlignmentFlag.AlignBottom), text)

    def _paint_figures(self, painter: QPainter, row: int, x: int, y: int) -> None:
        theme = self._desk.theme
        painter.setFont(theme.font(11))
        painter.setPen(theme.colours.secondary if self.rows.rank[row] else theme.colours.tertiary)
        box = QRectF(x + 8, y + 94, self.grid.width - 16, 16)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft), figures_of(self._channel(row)))

    def _pixmap(self, face: Face) -> QPixmap:
        key = (self.grid.form, face)
        found = self._pixmaps.get(key)
        if found is None:
            size = (self.grid.width, self.grid.height)
            found = render(self._desk.theme, self.grid.form, face, size, self.devicePixelRatioF())
            self._pixmaps[key] = found
        return found

    def _blink(self) -> None:
        if self._desk.frame.is_lit is self._was_lit:
            return
        self._was_lit = self._desk.frame.is_lit
        for row, face in enumerate(self._faces):
            if is_blinking(face):
                dx, dy, size = PLACES[self.grid.form].glyph
                x, y = self.grid.place(row)
                box = QRectF(x + self.grid.width - dx - size, y + dy - size, 2 * size, 2 * size)
                self.update(box.toAlignedRect())

    def _count_ages(self) -> None:
        """Repaint the ages of stale and lost tiles once a second."""
        second = int(self._desk.mirror.now())
        if second == self._second:
            return
        self._second = second
        for row, face in enumerate(self._faces):
            if face.state in ("stale", "lost"):
                self._update_tile(row)

    def _update_tile(self, row: int) -> None:
        if row >= 0:
            self.update(self.tile_rect(row).adjusted(-1, -1, 1, 1))


def _bgr(colour: QColor) -> tuple[int, int, int]:
    return colour.blue(), colour.green(), colour.red()
