"""What lies over a stack of charts: alarm marks, crosshair, names of limits, gaps and data states."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from noc_console.model import Severity
from noc_console.views.charts.reduce import Window
from noc_console.views.charts.trace import Gap
from noc_console.views.figures import DASH, clock
from noc_console.views.glyphs import paint_glyph, paint_hatch
from noc_console.views.theme import AXIS, BODY, MEDIUM, Theme

_GLYPH = 14
BEFORE = "before the first sample"
_LEAST_TEXT_WIDTH = 118


@dataclass(frozen=True, slots=True)
class Mark:
    """An alarm on the time axis."""

    at: float
    text: str
    severity: Severity
    is_acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class LimitName:
    """A threshold's label, in its chart's row; coloured once it is crossed."""

    row: int
    part: float
    text: str
    severity: Severity | None


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything the overlay paints, in one value."""

    window: Window
    rows: tuple[QRectF, ...] = ()
    marks: tuple[Mark, ...] = ()
    limits: tuple[LimitName, ...] = ()
    gaps: tuple[Gap, ...] = ()
    stale_from: float | None = None
    notices: tuple[str, ...] = ()

    def x(self, at: float) -> float:
        """Return the pixel of a time."""
        box = self.rows[0]
        return box.left() + (at - self.window.start) / (self.window.end - self.window.start) * box.width()

    def at(self, x: float) -> float:
        """Return the time of a pixel."""
        box = self.rows[0]
        return self.window.start + (x - box.left()) / box.width() * (self.window.end - self.window.start)


class Overlay(QWidget):
    """Paints a Scene above the charts and lets the mouse through."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._theme = theme
        self._scene: Scene | None = None
        self._cross: float | None = None

    def show_scene(self, scene: Scene) -> None:
        """Paint this from now on."""
        if scene != self._scene:
            self._scene = scene
            self.update()

    def show_crosshair(self, x: float | None) -> None:
        """Move the crosshair; only the two thin strips it touches are painted anew."""
        for place in (self._cross, x):
            if place is not None:
                self.update(int(place) - 2, 0, 5, self.height())
        self._cross = x

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: paint gaps, limits, marks, crosshair, then the notices."""
        scene = self._scene
        if scene is None or not scene.rows:
            return
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        for gap in scene.gaps:
            self._paint_gap(painter, scene, gap)
        if scene.stale_from is not None:
            self._paint_stale(painter, scene, scene.stale_from)
        self._paint_limits(painter, scene)
        for mark in scene.marks:
            self._paint_mark(painter, scene, mark)
        if scene.marks:
            self._paint_mark_name(painter, scene, scene.marks[-1])
        if self._cross is not None:
            painter.setPen(QPen(self._theme.colours.accent, 1))
            top, bottom = scene.rows[0].top() - 16, scene.rows[-1].bottom()
            painter.drawLine(QPointF(int(self._cross), top), QPointF(int(self._cross), bottom))
        self._paint_notices(painter, scene)
        painter.end()

    def _paint_gap(self, painter: QPainter, scene: Scene, gap: Gap) -> None:
        left, right = self._clipped(scene, gap.start, gap.end)
        if right - left < 1:
            return
        is_before = gap.reason == BEFORE
        text = f"no data {clock(gap.start)[:5]}{DASH}{clock(gap.end)[:5]}"
        text = f"no data before {clock(gap.end)[:5]}" if is_before else text
        text = "not recorded" if gap.reason == "not recorded" else text
        for row in scene.rows:
            part = QRectF(left, row.top(), right - left, row.height())
            if is_before or gap.reason == "not recorded":
                painter.fillRect(part, self._theme.colours.panel)
                self._dotted_base(painter, part)
            else:
                paint_hatch(painter, self._theme, part)
        self._say_in(painter, scene, left, right, text)

    def _paint_stale(self, painter: QPainter, scene: Scene, since: float) -> None:
        left, right = self._clipped(scene, since, scene.window.end)
        if right - left < 2:
            return
        for row in scene.rows:
            paint_hatch(painter, self._theme, QRectF(left, row.top(), right - left, row.height()))

    def _say_in(self, painter: QPainter, scene: Scene, left: float, right: float, text: str) -> None:
        if right - left < _LEAST_TEXT_WIDTH:
            return
        painter.setFont(self._theme.font(AXIS))
        painter.setPen(self._theme.colours.secondary)
        for row, notice in zip(scene.rows, scene.notices, strict=True):
            if not notice:
                box = QRectF(left, row.top(), right - left, row.height())
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _dotted_base(self, painter: QPainter, part: QRectF) -> None:
        pen = QPen(self._theme.colours.muted, 1)
        pen.setDashPattern([1, 3])
        painter.setPen(pen)
        painter.drawLine(QPointF(part.left(), part.bottom() - 1), QPointF(part.right(), part.bottom() - 1))

    def _clipped(self, scene: Scene, start: float, end: float) -> tuple[float, float]:
        window = scene.window
        left, right = max(start, window.start), min(end, window.end)
        return (scene.x(left), scene.x(right)) if right > left else (0.0, 0.0)

    def _paint_limits(self, painter: QPainter, scene: Scene) -> None:
        painter.setFont(self._theme.font(AXIS))
        taken: list[tuple[int, float]] = []
        for limit in sorted(scene.limits, key=lambda one: -one.part):
            box = scene.rows[limit.row]
            y = box.bottom() - limit.part * box.height()
            if any(row == limit.row and abs(other - y) < 14 for row, other in taken):
                continue
            taken.append((limit.row, y))
            hue = (
                self._theme.severity[limit.severity] if limit.severity is not None else self._theme.colours.secondary
            )
            width = painter.fontMetrics().horizontalAdvance(limit.text)
            label = QRectF(box.left() + 3, y - 15, width + 2, 14)
            painter.fillRect(label, self._theme.colours.panel)
            painter.setPen(hue)
            painter.drawText(label, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, limit.text)

    def _paint_mark(self, painter: QPainter, scene: Scene, mark: Mark) -> None:
        if not scene.window.start <= mark.at <= scene.window.end:
            return
        pen = QPen(self._theme.severity[mark.severity], 1)
        pen.setDashPattern([2, 2])
        painter.setPen(pen)
        x = int(scene.x(mark.at))
        painter.drawLine(QPointF(x, scene.rows[0].top()), QPointF(x, scene.rows[-1].bottom()))

    def _paint_mark_name(self, painter: QPainter, scene: Scene, mark: Mark) -> None:
        if not scene.window.start <= mark.at <= scene.window.end:
            return
        text = f"{mark.text} {clock(mark.at)}"
        painter.setFont(self._theme.font(AXIS))
        width = painter.fontMetrics().horizontalAdvance(text)
        x = scene.x(mark.at)
        y = scene.rows[0].top() - 9
        left = x - width - _GLYPH
        is_right = left < scene.rows[0].left()
        painter.setPen(self._theme.severity[mark.severity])
        painter.drawText(
            QRectF(x + _GLYPH if is_right else left, y - 9, width + 2, 18),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            text,
        )
        paint_glyph(painter, self._theme, mark.severity, QPointF(x, y), _GLYPH, acked=mark.is_acknowledged)

    def _paint_notices(self, painter: QPainter, scene: Scene) -> None:
        colour: QColor = self._theme.colours.secondary
        painter.setPen(colour)
        painter.setFont(self._theme.font(BODY, MEDIUM))
        for row, text in zip(scene.rows, scene.notices, strict=False):
            painter.drawText(row, Qt.AlignmentFlag.AlignCenter, text)
