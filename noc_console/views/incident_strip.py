"""The strip above an incident: its five moments on one line, what lies between them, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from noc_console.model import Severity
from noc_console.views.channel_paint import Ink, card, width_of, write
from noc_console.views.figures import age
from noc_console.views.incident_values import when
from noc_console.views.theme import BODY, COUNTER, SEMIBOLD, Theme

Json = Mapping[str, Any]
_HEIGHT, _GAP = 64, 8


@dataclass(frozen=True, slots=True)
class Moment:
    """One card: label, figure, note; `is_ill` where it waits too long."""

    label: str
    value: str
    note: str = ""
    is_ill: bool = False


def moments(one: Json, now: float) -> tuple[Moment, ...]:
    """Return the cards of an incident."""
    times, impact = one["times"], one["impact"]
    start = times["start"]
    told = [Moment("Start", when(start, now), "and detected" if times["detected"] == start else "")]
    for key, label, waits in (
        ("acknowledged", "Acknowledged", "nobody yet"),
        ("mitigated", "Mitigated", "not yet"),
        ("ended", "End", "still on"),
    ):
        at = times[key]
        after = f"after {age(at - start)}" if at is not None and start is not None else ""
        told.append(Moment(label, when(at, now) if at is not None else "—", after or waits))
    minutes = impact["minutes"]
    channels = len(impact["channels"])
    told.append(Moment("Customer minutes", "—" if minutes is None else f"{minutes:g}", f"{channels} channels"))
    done = sum(task["done_at"] is not None for task in one["tasks"])
    late = one["overdue"]
    total = len(one["tasks"])
    told.append(Moment("Tasks done", f"{done} of {total}", f"{late} overdue" if late else "", bool(late)))
    return tuple(told)


class Strip(QWidget):
    """Paints the cards side by side."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._moments: tuple[Moment, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Times of the incident")

    def show_moments(self, shown: tuple[Moment, ...]) -> None:
        """Show these cards."""
        if shown != self._moments:
            self._moments = shown
            self.setAccessibleDescription("; ".join(f"{one.label} {one.value} {one.note}" for one in shown))
            self.update()

    def sizeHint(self) -> QSize:
        """Override: one row of cards."""
        return QSize(600, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the cards, and nothing before the answer."""
        painter = QPainter(self)
        count = len(self._moments) or 6
        width = (self.width() - (count - 1) * _GAP) / count
        for number in range(count):
            box = QRectF(number * (width + _GAP), 0, width, _HEIGHT)
            card(painter, self._theme, box)
            if self._moments:
                self._paint(painter, box.adjusted(12, 8, -12, -8), self._moments[number])
        painter.end()

    def _paint(self, painter: QPainter, box: QRectF, one: Moment) -> None:
        theme, colours = self._theme, self._theme.colours
        write(painter, QRectF(box.x(), box.y(), box.width(), 16), one.label, Ink(theme.font(), colours.secondary))
        big = theme.font(COUNTER, SEMIBOLD)
        line = QRectF(box.x(), box.y() + 22, box.width(), 24)
        write(painter, line, one.value, Ink(big, colours.text))
        taken = width_of(one.value, big) + 8
        hue = theme.severity[Severity.MAJOR] if one.is_ill else colours.tertiary
        font = theme.font(BODY, SEMIBOLD) if one.is_ill else theme.font()
        write(painter, line.adjusted(taken, 2, 0, 2), one.note, Ink(font, hue))
