"""The decision tree: steps with their answers on a lit path, the open one selected, those to come dim."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from noc_console.views.channel_paint import CENTRE, Ink, width_of, write
from noc_console.views.drawer_sheet import wrapped_lines
from noc_console.views.glyphs import paint_hatch
from noc_console.views.guide_path import Node, State
from noc_console.views.theme import AXIS, BODY, MEDIUM, SEMIBOLD, Theme

_LEFT, _BOX, _TEXT, _RIGHT = 12, 22, 51, 12
_LINE, _PAD, _COMING = 17, 12, 56
_MOST_TITLE = 3


class GuideTree(QWidget):
    """Paints nodes under each other; `chosen` tells the place of the stay that was clicked."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._nodes: tuple[Node, ...] = ()
        self._selected = -1
        self.setAccessibleName("Decision tree")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_nodes(self, nodes: tuple[Node, ...], selected: int) -> None:
        """Show these steps; `selected` is the place of the stay the operator has chosen, -1 for none."""
        if (nodes, selected) != (self._nodes, self._selected):
            self._nodes, self._selected = nodes, selected
            self.setAccessibleDescription("; ".join(f"{one.number} {one.title} {one.chip}" for one in nodes))
            self._fit()
            self.update()

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The steps that are shown."""
        return self._nodes

    def box_of(self, place: int) -> QRectF:
        """Return where a stay is drawn; empty when it is not."""
        return next((box for node, box in self._boxes() if node.place == place >= 0), QRectF())

    def sizeHint(self) -> QSize:
        """Override: as high as the steps."""
        return QSize(300, int(sum(self._height(one) for one in self._nodes)) + 16)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: another width wraps texts differently."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override: choose a step that was walked."""
        hit = next((node for node, box in self._boxes() if box.contains(event.position())), None)
        if hit is not None and hit.place >= 0:
            self.chosen.emit(hit.place)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: the path, then every step."""
        painter = QPainter(self)
        boxes = self._boxes()
        for node, box in boxes:
            if node.state is State.NOW:
                painter.fillRect(box, self._theme.colours.selected_step)
        self._paint_path(painter, boxes)
        for node, box in boxes:
            self._paint_node(painter, node, box)
        painter.end()

    def _fit(self) -> None:
        self.setFixedHeight(self.sizeHint().height())
        self.updateGeometry()

    def _boxes(self) -> list[tuple[Node, QRectF]]:
        y, found = 4.0, []
        for node in self._nodes:
            height = self._height(node)
            found.append((node, QRectF(0, y, self.width(), height)))
            y += height
        return found

    def _title(self, node: Node) -> list[str]:
        width = self.width() - _TEXT - _RIGHT - (self._chip_width(node) + 10 if node.chip else 0)
        font = self._theme.font(BODY, MEDIUM if node.state is State.COMING else SEMIBOLD)
        return wrapped_lines(node.title, font, width)[:_MOST_TITLE]

    def _height(self, node: Node) -> float:
        if node.state is State.COMING:
            return max(_COMING - 12, len(self._title(node)) * _LINE + 22)
        lines = len(self._title(node)) + len(node.lines)
        return lines * _LINE + 3 + (26 if node.other else 8) + 2 * _PAD - 4

    def _chip_width(self, node: Node) -> float:
        return min(width_of(node.chip, self._theme.font(AXIS, SEMIBOLD)) + 16, self.width() * 0.42)

    def _paint_path(self, painter: QPainter, boxes: list[tuple[Node, QRectF]]) -> None:
        colours = self._theme.colours
        x = _LEFT + _BOX / 2 + 0.5
        for (node, box), (after, below) in itertools.pairwise(boxes):
            is_lit = node.state is State.DONE
            pen = QPen(colours.text if is_lit else colours.muted, 2 if is_lit else 1)
            if not is_lit or after.state is State.COMING:
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawLine(QPointF(x, box.top() + _PAD + _BOX), QPointF(x, below.top() + _PAD))

    def _paint_node(self, painter: QPainter, node: Node, box: QRectF) -> None:
        theme, colours = self._theme, self._theme.colours
        is_dim = node.state is State.COMING
        self._paint_number(painter, node, QRectF(_LEFT, box.top() + _PAD - 2, _BOX, _BOX))
        y = box.top() + _PAD
        font = theme.font(BODY, MEDIUM if is_dim else SEMIBOLD)
        for line in self._title(node):
            row = QRectF(_TEXT, y, self.width() - _TEXT - _RIGHT, _LINE)
            write(painter, row, line, Ink(font, colours.secondary if is_dim else colours.text))
            y += _LINE
        if node.chip:
            self._paint_chip(painter, node, box)
        y += 3
        for number, line in enumerate(node.lines):
            is_wanted = node.state is State.NOW and number == len(node.lines) - 1
            ink = Ink(theme.font(BODY), colours.accent if is_wanted else colours.secondary)
            write(painter, QRectF(_TEXT, y, self.width() - _TEXT - _RIGHT, _LINE), line, ink)
            y += _LINE
        if node.other:
            self._paint_other(painter, node, y + 12)
        if node.place == self._selected >= 0 and node.state is not State.NOW:
            painter.setPen(QPen(colours.accent, 1))
            painter.drawRect(box.adjusted(0.5, 2.5, -1.5, -2.5))

    def _paint_number(self, painter: QPainter, node: Node, box: QRectF) -> None:
        theme, colours = self._theme, self._theme.colours
        fill = {State.DONE: colours.data_line, State.NOW: colours.accent, State.OVER: colours.raised}.get(node.state)
        is_hollow = fill is None or node.is_skipped or node.has_no_data
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(fill if fill is not None and not is_hollow else colours.control_line, 1))
        painter.setBrush(colours.panel if is_hollow or fill is None else fill)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if node.has_no_data:
            paint_hatch(painter, theme, box.adjusted(1, 1, -1, -1))
        hue = colours.secondary if is_hollow or node.state is State.OVER else colours.bg
        write(painter, box, str(node.number), Ink(theme.font(BODY, SEMIBOLD), hue), CENTRE)

    def _paint_chip(self, painter: QPainter, node: Node, box: QRectF) -> None:
        theme, colours = self._theme, self._theme.colours
        width = self._chip_width(node)
        chip = QRectF(self.width() - _RIGHT - width, box.top() + _PAD - 1, width, 20)
        if node.has_no_data:
            paint_hatch(painter, theme, chip)
        else:
            painter.fillRect(chip, colours.raised if node.is_skipped else colours.band_high)
        hue = colours.secondary if node.is_skipped or node.has_no_data else colours.text
        write(painter, chip.adjusted(6, 0, -6, 0), node.chip, Ink(theme.font(AXIS, SEMIBOLD), hue), CENTRE)

    def _paint_other(self, painter: QPainter, node: Node, y: float) -> None:
        colours = self._theme.colours
        pen = QPen(colours.muted, 1)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(QPointF(_LEFT + _BOX / 2 + 6, y), QPointF(_TEXT - 8, y))
        painter.setPen(QPen(colours.muted, 1))
        for way in (-3, 3):
            painter.drawLine(QPointF(_TEXT - 6, y), QPointF(_TEXT - 9, y + way))
        row = QRectF(_TEXT + 2, y - _LINE / 2, self.width() - _TEXT - _RIGHT - 2, _LINE)
        write(painter, row, node.other, Ink(self._theme.font(BODY), colours.tertiary))
