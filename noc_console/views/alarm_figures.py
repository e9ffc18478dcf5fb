"""The row of cards above the alarms: how loaded the operator is, and what stands or is blind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from noc_console.model import Severity
from noc_console.views.channel_paint import Ink, card, width_of, write
from noc_console.views.figures import DASH, age
from noc_console.views.glyphs import paint_glyph
from noc_console.views.theme import AXIS, BODY, COUNTER, SEMIBOLD, Theme

Json = Mapping[str, Any]
_TEN_MIN_S, _DAY_S = 600.0, 86_400.0
TARGET, FLOOD = 2, 10
_BUCKETS = 9
_MIX = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR, Severity.WARNING)
_HEIGHT = 64


@dataclass(frozen=True, slots=True)
class Figure:
    """One card: label, figure and the note beside it; `severity` where the figure itself is a warning."""

    label: str
    value: str
    note: str = ""
    severity: Severity = Severity.CLEARED
    bars: tuple[int, ...] = ()
    mix: tuple[int, ...] = ()


def figures(
    open_: Sequence[Json], known: Iterable[Json], channels: Iterable[Json], now: float, load: Json | None = None
) -> tuple[Figure, ...]:
    """Return the cards; `known` are the alarms of the last hours, `load` the agent's figures per operator."""
    raised = sorted({alarm["id"]: float(alarm["raised_at"]) for alarm in (*known, *open_)}.values())
    shown = _between(raised, now - _TEN_MIN_S, now)
    bars = tuple(
        _between(raised, now - (index + 1) * _TEN_MIN_S, now - index * _TEN_MIN_S) for index in range(_BUCKETS)
    )
    standing = [alarm for alarm in open_ if now - float(alarm["raised_at"]) > _DAY_S]
    stale = [
        (channel["code"], one)
        for channel in channels
        if channel["enabled"]
        for one in channel["inputs"]
        if one["state"] in ("stale", "lost")
    ]
    unheld = [alarm for alarm in open_ if not alarm["acknowledged"]]
    oldest = max((now - float(alarm["raised_at"]) for alarm in unheld), default=0.0)
    return (
        Figure(
            "Shown in 10 min",
            str(shown),
            f"target 1{DASH}{TARGET}",
            Severity.MAJOR if shown > TARGET else Severity.CLEARED,
            tuple(reversed(bars)),
        ),
        Figure(
            "Flood",
            "Yes" if shown >= FLOOD else "No",
            f"limit {FLOOD} in 10 min",
            Severity.CRITICAL if shown >= FLOOD else Severity.CLEARED,
        ),
        Figure("Unacknowledged", str(len(unheld)), f"oldest {age(oldest)}" if unheld else "none waits"),
        *_load_figures(load or {}),
        Figure("Standing over 24 h", str(len(standing)), "target 0"),
        Figure("Stale inputs", str(len(stale)), stale[0][0] if stale else "all inputs measured"),
        Figure("Priority mix, open", "", mix=tuple(_of(open_, severity) for severity in _MIX)),
    )


def _load_figures(load: Json) -> tuple[Figure, ...]:
    """Return what only the agent can count: the load of one operator, and chattering alarms."""
    if not load:
        return ()
    chattering = load["chattering"]
    count = len(chattering) if isinstance(chattering, list) else int(chattering)
    over = load["judged"].get("per_10_min") == "over"
    return (
        Figure(
            "Per operator, 10 min",
            f"{load['per_10_min']:.1f}",
            f"target 1{DASH}{TARGET}",
            Severity.MAJOR if over else Severity.CLEARED,
        ),
        Figure("Chattering", str(count), "target 0", Severity.MINOR if count else Severity.CLEARED),
    )


def closed_line(closed: Sequence[Json]) -> str:
    """Return one line about the alarms closed in the last hour."""
    if not closed:
        return "none"
    held = [float(one["acknowledged_at"]) - float(one["raised_at"]) for one in closed if one["acknowledged_at"]]
    lasted = [float(one["resolved_at"]) - float(one["raised_at"]) for one in closed if one["resolved_at"]]
    parts = [f"{len(closed)} alarm{'s' if len(closed) > 1 else ''}"]
    parts += [f"median {age(median(held))} to acknowledge"] if held else []
    parts += [f"{age(median(lasted))} to clear"] if lasted else []
    return ", ".join(parts)


class FigureRow(QWidget):
    """Paints the cards side by side."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._figures: tuple[Figure, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Alarm load")

    def sizeHint(self) -> QSize:
        """Override: one row of cards."""
        return QSize(900, _HEIGHT)

    def show_figures(self, shown: tuple[Figure, ...]) -> None:
        """Show these cards."""
        if shown != self._figures:
            self._figures = shown
            self.setAccessibleDescription(", ".join(f"{one.label} {one.value} {one.note}" for one in shown))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: paint the cards; the first, with its bars, is the widest."""
        painter = QPainter(self)
        count = len(self._figures)
        if count:
            unit = (self.width() - (count - 1) * 8) / (count + 0.3)
            x = 0.0
            for index, one in enumerate(self._figures):
                width = unit * (1.3 if index == 0 else 1.0)
                self._paint_card(painter, QRectF(round(x), 0, round(width), _HEIGHT), one)
                x += width + 8
        painter.end()

    def _paint_card(self, painter: QPainter, box: QRectF, one: Figure) -> None:
        theme, colours = self._theme, self._theme.colours
        card(painter, theme, box)
        is_ill = one.severity.rank >= Severity.WARNING.rank
        if is_ill:
            painter.fillRect(QRectF(box.left(), box.top() + 1, 4, box.height() - 2), theme.severity[one.severity])
        label = QRectF(box.left() + 12, box.top() + 8, box.width() - 24, 18)
        write(painter, label, one.label, Ink(theme.font(BODY), colours.secondary))
        figure = QRectF(box.left() + 12, box.top() + 30, box.width() - 24, 24)
        used = write(painter, figure, one.value, Ink(theme.font(COUNTER, SEMIBOLD), colours.text))
        room = figure.adjusted(used + 10, 3, -80 if one.bars else 0, 0)
        write(painter, room, one.note, Ink(theme.font(BODY), colours.secondary))
        if one.bars:
            self._paint_bars(painter, QRectF(box.right() - 92, box.top() + 12, 80, box.height() - 22), one.bars)
        if one.mix:
            self._paint_mix(painter, figure, one.mix)

    def _paint_bars(self, painter: QPainter, box: QRectF, bars: tuple[int, ...]) -> None:
        colours = self._theme.colours
        top = max(*bars, TARGET * 2)
        each = box.width() / len(bars)
        for index, value in enumerate(bars):
            height = value / top * box.height()
            is_over = index == len(bars) - 1 and value > TARGET
            hue = self._theme.severity[Severity.MAJOR] if is_over else colours.normal
            painter.fillRect(QRectF(box.left() + index * each, box.bottom() - height, each - 2, height), hue)
        pen = QPen(colours.tertiary, 1)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        y = int(box.bottom() - TARGET / top * box.height())
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))

    def _paint_mix(self, painter: QPainter, box: QRectF, mix: tuple[int, ...]) -> None:
        theme, colours = self._theme, self._theme.colours
        x = box.left()
        ink = Ink(theme.font(BODY), colours.text)
        for severity, count in zip(_MIX, mix, strict=True):
            paint_glyph(painter, theme, severity, QPointF(x + 7, box.center().y() + 1), 14)
            write(painter, QRectF(x + 18, box.top() + 2, 40, box.height()), str(count), ink)
            x += 18 + width_of(str(count), theme.font(AXIS)) + 18


def _between(times: Iterable[float], start: float, end: float) -> int:
    return sum(start < at <= end for at in times)


def _of(alarms: Iterable[Json], severity: Severity) -> int:
    return sum(alarm["severity"] == severity for alarm in alarms)
