"""Paints one tile of the mosaic: head with code, age and glyph, the picture, its words, the loudness beside it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from noc_console.model import Severity
from noc_console.views import figures
from noc_console.views.channel_paint import CENTRE, RIGHT, Ink, width_of, write
from noc_console.views.glyphs import glyph_pixmap, paint_hatch
from noc_console.views.meter_bars import paint_bars
from noc_console.views.mosaic_facts import Tile
from noc_console.views.mosaic_geometry import HEAD, METERS, SIDE, MosaicGrid
from noc_console.views.theme import AXIS, MEDIUM, Theme

_GLYPH = 14
_VEIL_PITCH = 12


class TilePainter:
    """Paints tiles of one grid; `now` is the agent's time."""

    def __init__(self, painter: QPainter, theme: Theme, parts: Parts, grid: MosaicGrid, now: float) -> None:
        self.painter, self.theme, self.parts, self.grid, self.now = painter, theme, parts, grid, now
        self.scale = painter.device().devicePixelRatioF()

    def paint(self, place: tuple[int, int], tile: Tile, picture: QPixmap | None, *, is_lit: bool) -> None:
        """Paint a tile at its left upper corner; `picture` is None while none is there."""
        x, y = place
        box = QRectF(x, y, self.grid.width, self.grid.height)
        frame = QRectF(x + SIDE, y + HEAD, self.grid.picture_width, self.grid.picture_height)
        self._ground(box, tile)
        self._head(box, tile, is_lit)
        self._picture(frame, tile, picture)
        meters = QRectF(frame.right() + SIDE, frame.y(), METERS, frame.height())
        fault = self.theme.severity[tile.severity] if tile.is_sound_ill else None
        paint_bars(self.painter, self.theme, meters, tile.levels, fault)

    def _ground(self, box: QRectF, tile: Tile) -> None:
        colours, severity = self.theme.colours, tile.severity
        if tile.state in ("stale", "lost"):
            paint_hatch(self.painter, self.theme, box)
        else:
            is_open = not tile.is_acked
            tint = {Severity.CRITICAL: colours.critical_tile, Severity.MAJOR: colours.major_tint}.get(severity)
            self.painter.fillRect(box, tint if tint is not None and is_open else colours.panel)
        if severity.rank < Severity.WARNING.rank or tile.state == "disabled":
            return
        hue = self.theme.severity[severity] if severity.rank >= Severity.MAJOR.rank else self.theme.dim[severity]
        line = 2 if severity is Severity.CRITICAL and not tile.is_acked else 1
        pen = QPen(hue, line, Qt.PenStyle.SolidLine)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        if tile.is_acked:
            pen.setDashPattern([3, 2])
        self.painter.setPen(pen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawRect(box.adjusted(line / 2, line / 2, -line / 2, -line / 2))

    def _head(self, box: QRectF, tile: Tile, is_lit: bool) -> None:
        colours, theme = self.theme.colours, self.theme
        is_ill = tile.severity.rank >= Severity.WARNING.rank
        line = QRectF(box.x() + 6, box.y() + 2, box.width() - 12, 16)
        if is_lit or tile.is_acked or tile.severity.rank < Severity.MAJOR.rank:
            glyph = self.parts.glyph(_shown(tile), tile.is_acked, self.scale)
            self.painter.drawPixmap(QPointF(line.right() - _GLYPH + 2, line.y() + 1), glyph)
        age_room = line.adjusted(0, 0, -_GLYPH - 2, 0)
        age = figures.age(self.now - tile.picture_at) if tile.picture_at else ""
        taken = write(self.painter, age_room, age, Ink(theme.font(AXIS), self._age_colour(tile)), RIGHT)
        room = age_room.adjusted(0, 0, -taken - 6, 0)
        code = Ink(theme.mono(AXIS, MEDIUM if is_ill else 400), colours.text if is_ill else colours.data_line)
        used = write(self.painter, room, tile.code, code)
        if room.width() - used > 30:
            name = Ink(theme.font(AXIS), colours.text if is_ill else colours.tertiary)
            write(self.painter, room.adjusted(used + 6, 0, 0, 0), tile.name, name)

    def _age_colour(self, tile: Tile) -> QColor:
        is_odd = tile.is_stopped or tile.state in ("stale", "lost")
        return self.theme.colours.text if is_odd else self.theme.colours.tertiary

    def _picture(self, frame: QRectF, tile: Tile, picture: QPixmap | None) -> None:
        colours, painter = self.theme.colours, self.painter
        painter.fillRect(frame, colours.bg)
        if picture is not None and not picture.isNull() and tile.state != "disabled":
            size = picture.deviceIndependentSize()
            left = frame.x() + (frame.width() - size.width()) / 2
            painter.drawPixmap(QPointF(left, frame.y() + (frame.height() - size.height()) / 2), picture)
            if tile.is_stopped or tile.state in ("stale", "lost"):
                painter.drawPixmap(
                    frame.topLeft(), self.parts.veil(self.grid.picture_width, self.grid.picture_height)
                )
        else:
            self._absent(frame, tile, picture)
        self._words(frame, tile)

    def _absent(self, frame: QRectF, tile: Tile, picture: QPixmap | None) -> None:
        if tile.state == "disabled":
            text = "Disabled"
        elif tile.state == "loading":
            text = "Loading"
        elif picture is not None:
            text = "Picture cannot be shown"
        else:
            text = tile.absent or "Loading"
        ink = Ink(self.theme.font(AXIS), self.theme.colours.tertiary)
        head, _, rest = text.partition(": ")
        middle = frame.center().y()
        if not rest:
            write(self.painter, QRectF(frame.x() + 4, middle - 8, frame.width() - 8, 16), head, ink, CENTRE)
            return
        write(self.painter, QRectF(frame.x() + 4, middle - 16, frame.width() - 8, 16), head, ink, CENTRE)
        write(self.painter, QRectF(frame.x() + 4, middle, frame.width() - 8, 16), rest, ink, CENTRE)

    def _words(self, frame: QRectF, tile: Tile) -> None:
        """What is wrong, on a ground of its own at the picture's foot: read on any picture."""
        font, y = self.theme.font(AXIS, MEDIUM), frame.bottom() - 16
        for text in reversed(tile.words):
            width = min(width_of(text, font) + 8, frame.width())
            box = QRectF(frame.x(), y, width, 16)
            self.painter.fillRect(box, self.theme.colours.bg)
            write(self.painter, box, text, Ink(font, self.theme.colours.text), CENTRE)
            y -= 17


def _shown(tile: Tile) -> Severity:
    """Return the state to show: nothing measured is `?` whatever the alarm was, unless that is graver."""
    is_dark = tile.state in ("stale", "lost") and tile.severity.rank < Severity.MINOR.rank
    return Severity.INDETERMINATE if is_dark else tile.severity


class Parts:
    """Glyphs and hatching as pixmaps, made once: most tiles have the same."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._glyphs: dict[tuple[Severity, bool, float], QPixmap] = {}
        self._veils: dict[tuple[int, int], QPixmap] = {}

    def glyph(self, severity: Severity, is_acked: bool, scale: float) -> QPixmap:
        """Return the glyph of a state."""
        key = (severity, is_acked, scale)
        if key not in self._glyphs:
            self._glyphs[key] = glyph_pixmap(self._theme, severity, _GLYPH, acked=is_acked, scale=scale)
        return self._glyphs[key]

    def veil(self, width: int, height: int) -> QPixmap:
        """Return the hatching of stale data over a picture, which stays visible between its lines."""
        if (width, height) not in self._veils:
            self._veils[width, height] = _veil(self._theme, width, height)
        return self._veils[width, height]


def _veil(theme: Theme, width: int, height: int) -> QPixmap:
    veil = QPixmap(width, height)
    veil.fill(Qt.GlobalColor.transparent)
    painter = QPainter(veil)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, line in ((theme.colours.hatch_ground, 4.0), (theme.colours.hatch, 1.5)):
        painter.setPen(QPen(colour, line))
        for reach in range(0, width + height, _VEIL_PITCH):
            painter.drawLine(QPointF(reach, 0), QPointF(reach - height, height))
    painter.end()
    return veil
