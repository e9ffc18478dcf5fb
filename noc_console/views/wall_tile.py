"""Paints the still part of a tile: ground, border, words, dots, glyph; the wall keeps it as a pixmap."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap

from noc_console.model import Severity
from noc_console.views.glyphs import paint_glyph, paint_hatch, paint_head_glyph, paint_waiting
from noc_console.views.theme import AXIS, BODY, MEDIUM, REGULAR, TITLE, Theme
from noc_console.views.wall_geometry import Form
from noc_console.views.wall_rows import SEVERITIES, Label


@dataclass(frozen=True, slots=True)
class Face:
    """Everything the still part of a tile depends on; equal faces share one pixmap."""

    label: Label
    severity: Severity
    is_acked: bool
    state: str
    layers: tuple[int, ...]
    is_shown: bool
    text: str = ""
    """The alarm's sentence; only the large form has room for it."""
    is_waiting: bool = False
    """An alarm's condition has gone, and it waits for acknowledgement; the channel itself is well."""
    is_stopped: bool = False
    """The picture stands still, or does not come any more: hatched."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of a tile stand, per form (SCREENS 4); None where the form has no such part."""

    glyph: tuple[float, float, int]
    code: tuple[int, int]
    name_y: int | None
    strip: tuple[int, int, int, int]
    """x, y, height, width of the age bar; the strip keeps the same distance at the right as at the left."""
    dots_y: int
    badge_base: int | None
    text_y: int = 0
    """Top of the alarm's sentence; 0: no room for it."""
    head: int = 18
    """Height of a critical's filled head."""
    size: int = AXIS
    """Type size of code."""


PLACES = {
    Form.HUGE: Places((17, 15, 18), (8, 7), 30, (8, 48, 26, 10), 118, 122, 77, 26, TITLE),
    Form.LARGE: Places((13, 11, 16), (6, 4), 20, (6, 38, 18, 8), 79, 84, 60, 18, BODY),
    Form.FULL: Places((10, 10, 14), (4, 4), 18, (4, 31, 13, 8), 51, 55),
    Form.SMALL: Places((10, 37, 14), (4, 3), None, (4, 17, 12, 6), 38, None, head=16),
    Form.TINY: Places((7, 8, 10), (3, 3), None, (3, 19, 10, 0), 32, None, head=16),
}


def is_blinking(face: Face) -> bool:
    """Say whether the glyph blinks: critical or major and not acknowledged, with live data behind it."""
    is_grave = face.severity.rank >= Severity.MAJOR.rank and not face.is_acked
    return is_grave and face.state == "ok" and face.is_shown


def render(theme: Theme, form: Form, face: Face, size: tuple[int, int], scale: float) -> QPixmap:
    """Return the still part of a tile, without the glyph when that blinks."""
    pixmap = QPixmap(round(size[0] * scale), round(size[1] * scale))
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(theme.colours.bg)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    _Tile(painter, theme, form, face, QRectF(0, 0, *size)).paint()
    painter.end()
    return pixmap


def paint_tile_glyph(painter: QPainter, theme: Theme, form: Form, face: Face, right: float, top: float) -> None:
    """Paint the glyph of a tile whose right upper corner is given."""
    dx, dy, size = PLACES[form].glyph
    centre = QPointF(right - dx, top + dy)
    if has_head(face) and form is not Form.SMALL:
        paint_head_glyph(painter, theme, face.severity, centre, size)
    elif face.is_waiting and _shape(face) is Severity.CLEARED:
        paint_waiting(painter, theme, centre, max(size, 14))
    else:
        paint_glyph(painter, theme, _shape(face), centre, size, acked=face.is_acked)


def has_head(face: Face) -> bool:
    """Say whether the tile wears the filled head of an unacknowledged critical."""
    return face.severity is Severity.CRITICAL and not face.is_acked and face.state == "ok" and face.is_shown


def _shape(face: Face) -> Severity:
    """Return the state to show: nothing measured is `?` whatever the alarm was, unless that is graver."""
    if face.state in ("stale", "lost") and face.severity.rank < Severity.MINOR.rank:
        return Severity.INDETERMINATE
    return face.severity


class _Tile:
    """One painting of one tile."""

    def __init__(self, painter: QPainter, theme: Theme, form: Form, face: Face, rect: QRectF) -> None:
        self.painter, self.theme, self.form, self.face, self.rect = painter, theme, form, face, rect
        self.places = PLACES[form]
        self.is_ill = face.severity is not Severity.CLEARED and face.state in ("ok", "stale", "lost")

    def paint(self) -> None:
        if not self.face.is_shown:
            self._code(self.theme.colours.muted)
            return
        self._ground()
        self._border()
        self._words()
        if self.face.state == "ok":
            self._dots()
            self._badges()
        if not is_blinking(self.face) and self.face.state not in ("disabled", "loading"):
            paint_tile_glyph(self.painter, self.theme, self.form, self.face, self.rect.right(), 0)

    def _ground(self) -> None:
        colours, face = self.theme.colours, self.face
        ground = colours.panel
        if face.state in ("stale", "lost"):
            paint_hatch(self.painter, self.theme, self.rect)
            return
        if face.is_stopped and face.state == "ok":
            paint_hatch(self.painter, self.theme, self.rect)
            self._filled_head()
            return
        if face.state == "disabled":
            ground = colours.bg
        elif face.severity is Severity.CRITICAL and not face.is_acked:
            ground = colours.critical_tile
        elif face.severity is Severity.MAJOR and not face.is_acked:
            ground = colours.major_tint
        self.painter.fillRect(self.rect, ground)
        self._filled_head()

    def _filled_head(self) -> None:
        if has_head(self.face):
            head = QRectF(0, 0, self.rect.width(), self.places.head)
            self.painter.fillRect(head, self.theme.severity[self.face.severity])

    def _border(self) -> None:
        face = self.face
        if face.state == "disabled":
            self._frame(self.theme.colours.hairline, 1, Qt.PenStyle.SolidLine)
        if not self.is_ill or face.severity.rank < Severity.WARNING.rank:
            return
        if face.is_acked:
            self._frame(self.theme.severity[face.severity], 1, Qt.PenStyle.DashLine)
        elif face.severity is Severity.CRITICAL:
            self._frame(self.theme.severity[face.severity], 2, Qt.PenStyle.SolidLine)
        elif face.severity is Severity.MAJOR:
            self._frame(self.theme.severity[face.severity], 1, Qt.PenStyle.SolidLine)
        else:
            self._frame(self.theme.dim[face.severity], 1, Qt.PenStyle.SolidLine)

    def _frame(self, hue: QColor, line: int, style: Qt.PenStyle) -> None:
        pen = QPen(hue, line)
        pen.setStyle(style)
        if style is Qt.PenStyle.DashLine:
            pen.setDashPattern([3, 2])
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        self.painter.setPen(pen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = line / 2
        self.painter.drawRect(self.rect.adjusted(inset, inset, -inset, -inset))

    def _words(self) -> None:
        colours, face = self.theme.colours, self.face
        is_live = face.state in ("ok", "loading")
        if has_head(face):
            self._code(colours.bg)
        elif self.is_ill and is_live:
            self._code(colours.text)
        else:
            self._code(colours.data_line if is_live else colours.tertiary)
        if self.places.name_y is None:
            return
        loud = self.is_ill and is_live and face.severity.rank >= Severity.MINOR.rank
        self._line(self.places.name_y, face.label.name, colours.text if loud else colours.tertiary)
        note = {"loading": "Loading", "disabled": "disabled"}.get(face.state, "")
        if note:
            self._line(self.places.strip[1], note, colours.tertiary)
        elif self.is_ill and face.text:
            self._line(self.places.text_y, face.text, colours.text if loud else colours.secondary)

    def _code(self, colour: QColor) -> None:
        x, y = self.places.code
        self.painter.setFont(self.theme.mono(self.places.size, MEDIUM if self.is_ill else REGULAR))
        self.painter.setPen(colour)
        text = self.face.label.code
        if self.form is Form.TINY:
            text = text.rpartition("_")[2]
        beside = self.places.glyph[0] + self.places.glyph[2] / 2 if self.places.name_y is not None else 2
        room = self.rect.width() - x - beside
        self._text(QRectF(x, y + self.places.size - AXIS, room, 14), text, Qt.TextElideMode.ElideMiddle)

    def _line(self, y: int, text: str, colour: QColor) -> None:
        x = self.places.code[0]
        self.painter.setFont(self.theme.font(AXIS))
        self.painter.setPen(colour)
        self._text(QRectF(x, y, self.rect.width() - 2 * x, 14), text, Qt.TextElideMode.ElideRight)

    def _text(self, box: QRectF, text: str, cut: Qt.TextElideMode) -> None:
        metrics = QFontMetricsF(self.painter.font())
        shown = metrics.elidedText(text, cut, box.width())
        self.painter.drawText(QPointF(box.x(), box.y() + 10), shown)

    def _dots(self) -> None:
        x, y = self.places.code[0], self.places.dots_y
        small = self.form is Form.TINY
        self.painter.setPen(Qt.PenStyle.NoPen)
        for place, level in enumerate(self.face.layers[1:5]):
            left = x + place * (6 if small else 7)
            if level > 1 + Severity.INDETERMINATE.rank:
                hue = self.theme.severity[SEVERITIES[level - 1]]
                self.painter.fillRect(QRectF(left - 1, y - 3, 6, 6), hue)
                continue
            self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.painter.setBrush(self.theme.colours.muted if level else self.theme.colours.hairline)
            self.painter.drawEllipse(QRectF(left, y - 2, 4, 4))
            self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        source = self.face.layers[0]
        if source > 1 + Severity.INDETERMINATE.rank:
            self.painter.fillRect(QRectF(x, y + 4, 25, 1), self.theme.severity[SEVERITIES[source - 1]])

    def _badges(self) -> None:
        if self.places.badge_base is None or not self.face.label.badges:
            return
        text = " ".join(self.face.label.badges)
        self.painter.setFont(self.theme.font(AXIS))
        colours = self.theme.colours
        self.painter.setPen(colours.secondary if self.is_ill else colours.tertiary)
        width = QFontMetricsF(self.painter.font()).horizontalAdvance(text)
        room = self.rect.width() - self.places.code[0] - 34
        if width <= room:
            self.painter.drawText(QPointF(self.rect.right() - 4 - width, self.places.badge_base), text)
