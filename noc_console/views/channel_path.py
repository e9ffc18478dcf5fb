"""The way of a channel from contribution to client: one box a layer, the first ill one lit, the rest honest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from noc_console.model import Layer, Severity
from noc_console.views.channel_paint import RIGHT, Ink, width_of, write
from noc_console.views.desk import Desk
from noc_console.views.figures import bits, number
from noc_console.views.glyphs import paint_glyph, paint_hatch
from noc_console.views.theme import BODY, SEMIBOLD

_HEIGHT, _BETWEEN = 56, 30


@dataclass(frozen=True, slots=True)
class Step:
    """One layer of the way; `input_id` is 0 where nothing is measured."""

    layer: Layer
    input_id: int = 0
    severity: Severity = Severity.CLEARED
    text: str = "not measured"
    state: str = ""
    is_first_ill: bool = False
    place: str = ""
    """`2 of 3` where a layer has several inputs: which of them is told."""

    @property
    def title(self) -> str:
        """The layer's name for people."""
        name = self.layer.name.capitalize()
        return f"{name} {self.place}" if self.place else name


def steps(channel: dict[str, Any], state: str, input_id: int = 0) -> tuple[Step, ...]:
    """Return the six layers of a channel; the first ill one in the way of the signal is marked.

    A layer with several inputs tells the one with `input_id`, else its worst; its colour is always that of the worst.
    """
    by_layer: dict[int, list[dict[str, Any]]] = {}
    for one in channel["inputs"]:
        by_layer.setdefault(one["layer"], []).append(one)
    ill = [layer for layer in sorted(by_layer) if _worst(by_layer[layer]).rank >= Severity.WARNING.rank]
    return tuple(
        _step(layer, by_layer[layer], state, input_id, is_first_ill=ill[:1] == [layer])
        if layer in by_layer
        else Step(layer)
        for layer in Layer
    )


def input_ids(channel: Mapping[str, Any]) -> list[int]:
    """Return the inputs along the way of the signal."""
    return [one["id"] for one in sorted(channel["inputs"], key=lambda one: (one["layer"], one["id"]))]


def _step(layer: Layer, inputs: list[dict[str, Any]], state: str, input_id: int, *, is_first_ill: bool) -> Step:
    worst = _worst(inputs)
    one = next((one for one in inputs if one["id"] == input_id), None)
    one = one or next(one for one in inputs if Severity(one["severity"]) is worst)
    shown = state if state in ("lost", "disabled") else one["state"]
    place = f"{inputs.index(one) + 1} of {len(inputs)}" if len(inputs) > 1 else ""
    return Step(layer, one["id"], worst, _facts(one, Severity(one["severity"]), shown), shown, is_first_ill, place)


def _worst(inputs: list[dict[str, Any]]) -> Severity:
    return max((Severity(one["severity"]) for one in inputs), key=lambda severity: severity.rank)


def _facts(one: dict[str, Any], severity: Severity, state: str) -> str:
    if state in ("stale", "lost", "disabled", "loading"):
        return {"lost": "link lost", "loading": "Loading"}.get(state, state)
    metrics = one["metrics"]
    worst = max(one["findings"], key=lambda found: Severity(found["severity"]).rank, default=None)
    if worst is not None and severity.rank >= Severity.WARNING.rank:
        return str(worst["text"])
    parts = []
    if "ts.bitrate_bps" in metrics:
        parts.append(bits(metrics["ts.bitrate_bps"]))
    if "ts.cc_errors" in metrics:
        parts.append(f"CC {number(metrics['ts.cc_errors'], 0)}")
    if "playlist.age_ratio" in metrics:
        parts.append(f"age {number(metrics['playlist.age_ratio'], 1, '×')}")
    if "segment.download_s" in metrics:
        parts.append(f"load {_seconds(metrics['segment.download_s'])}")
    return "   ".join(parts) or f"{one['kind'].upper()}, {one['level']}"


def _seconds(value: float) -> str:
    return number(value * 1e3, 0, "ms") if value < 0.1 else number(value, 2, "s")


class PathRow(QWidget):
    """Six boxes with arrows; `chosen` tells the input of the box the operator picked."""

    chosen = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._steps: tuple[Step, ...] = ()
        self._input_id = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Way of the signal, layer by layer")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Override: one row of boxes."""
        return QSize(900, _HEIGHT)

    def show_steps(self, shown: tuple[Step, ...], input_id: int) -> None:
        """Show these layers; the one with `input_id` is the one measured below."""
        if (shown, input_id) != (self._steps, self._input_id):
            self._steps, self._input_id = shown, input_id
            self.setAccessibleDescription(
                ", ".join(f"L{step.layer} {step.title} {step.text}" for step in shown if step.input_id)
            )
            self.update()

    def box(self, index: int) -> QRectF:
        """Return the place of a layer's box."""
        count = max(len(self._steps), 1)
        width = (self.width() - (count - 1) * _BETWEEN) / count
        return QRectF(round(index * (width + _BETWEEN)), 0, round(width), _HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override: a click on a live box chooses its input."""
        for index, step in enumerate(self._steps):
            if step.input_id and self.box(index).contains(event.position()):
                self.chosen.emit(step.input_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override: Left and Right go to the next measured layer."""
        live = [step.input_id for step in self._steps if step.input_id]
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if way is None or self._input_id not in live:
            super().keyPressEvent(event)
            return
        self.chosen.emit(live[(live.index(self._input_id) + way) % len(live)])

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: paint arrows, then boxes."""
        painter = QPainter(self)
        for index, step in enumerate(self._steps):
            if index:
                self._paint_arrow(painter, self.box(index - 1).right(), self.box(index).left(), step)
            self._paint_box(painter, self.box(index), step)
        painter.end()

    def _paint_arrow(self, painter: QPainter, left: float, right: float, step: Step) -> None:
        colour = self._desk.theme.colours.control_line
        pen = QPen(colour, 1)
        if not step.input_id:
            pen.setDashPattern([3, 3])
        painter.setPen(pen)
        y = _HEIGHT / 2
        painter.drawLine(QPointF(left + 1, y), QPointF(right - 5, y))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, 1))
        tip = QPointF(right - 3, y)
        painter.drawPolyline(QPolygonF([tip + QPointF(-5, -4), tip, tip + QPointF(-5, 4)]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_box(self, painter: QPainter, box: QRectF, step: Step) -> None:
        theme, colours = self._desk.theme, self._desk.theme.colours
        hue = theme.severity[step.severity]
        is_stale = step.state in ("stale", "lost")
        tints = {Severity.CRITICAL: colours.critical_tint, Severity.MAJOR: colours.major_tint}
        ground = tints.get(step.severity, colours.raised) if step.is_first_ill else colours.panel
        if is_stale:
            paint_hatch(painter, theme, box)
        border = hue if step.is_first_ill else colours.hairline
        if step.input_id == self._input_id and step.input_id and not step.is_first_ill:
            border = colours.control_line
        if self.hasFocus() and step.input_id == self._input_id and step.input_id:
            border = colours.accent
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(border, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush if is_stale else ground)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if step.is_first_ill:
            painter.fillRect(QRectF(box.left(), box.top() + 1, 4, box.height() - 2), hue)
        self._paint_texts(painter, box, step)

    def _paint_texts(self, painter: QPainter, box: QRectF, step: Step) -> None:
        theme, colours = self._desk.theme, self._desk.theme.colours
        is_live = bool(step.input_id)
        head = QRectF(box.left() + 16, box.top() + 9, box.width() - 56, 18)
        write(painter, head, f"L{step.layer.value}", Ink(theme.mono(BODY), colours.tertiary))
        title = Ink(theme.font(BODY, SEMIBOLD), colours.text if is_live else colours.tertiary)
        write(painter, head.adjusted(24, 0, 0, 0), step.title, title)
        if is_live:
            glyph = QPointF(box.right() - 20, box.top() + 19)
            paint_glyph(painter, theme, step.severity, glyph, 20 if step.is_first_ill else 14)
        under = QRectF(box.left() + 16, box.top() + 29, box.width() - 28, 18)
        differ = "first to differ"
        if step.is_first_ill and box.width() > 240:
            hue = Ink(theme.font(BODY), theme.severity[step.severity])
            write(painter, under, differ, hue, RIGHT)
            under.setRight(under.right() - width_of(differ, theme.font(BODY)) - 10)
        colour = colours.text if step.is_first_ill else colours.secondary if is_live else colours.tertiary
        write(painter, under, step.text, Ink(theme.font(BODY), colour))
