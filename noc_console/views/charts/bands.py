"""The calm bands behind the curves: the range in which each was during the last 24 h."""

from __future__ import annotations

from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from noc_console.views.theme import Theme

NAME = "24 h band"


@dataclass(frozen=True, slots=True)
class Band:
    """The normal range of a curve, lower and upper end."""

    low: float
    high: float

    def scaled(self, scale: float) -> Band:
        """Return the band in another unit."""
        return Band(self.low * scale, self.high * scale)


class Bands(pg.GraphicsObject):  # type: ignore[misc]
    """Paints bands across a chart; where two overlap they are one."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._bands: tuple[Band, ...] = ()
        self._box = QRectF()
        self.setZValue(-20)

    def show_bands(self, bands: tuple[Band, ...], box: QRectF) -> None:
        """Draw these bands across the box, all in the chart's coordinates; what lies outside is cut off."""
        if (bands, box) == (self._bands, self._box):
            return
        self.prepareGeometryChange()
        self._bands, self._box = bands, box
        self.update()

    def boundingRect(self) -> QRectF:
        """Override: the box of the chart."""
        return self._box

    def paint(self, painter: QPainter, _option: object, _widget: object) -> None:
        """Override: paint the bands, at least a hairline high."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        pixel = abs(1 / (painter.transform().m22() or 1.0))
        for band in self._bands:
            low, high = max(band.low, self._box.top()), min(band.high, self._box.bottom())
            if high >= low:
                shown = QRectF(self._box.left(), low, self._box.width(), max(high - low, 2 * pixel))
                painter.fillRect(shown, self._theme.colours.band_low)
