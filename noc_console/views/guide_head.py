"""The head of a guide: alarm, channel, badges, who works on it, where it stands; lanes as chips at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QWidget

from noc_console.model import Severity
from noc_console.views.channel_paint import Ink, badge, width_of, write
from noc_console.views.glyphs import paint_glyph
from noc_console.views.theme import BODY, MEDIUM, SEMIBOLD, TITLE, Theme

_HEIGHT = 56


@dataclass(frozen=True, slots=True)
class GuideHead:
    """What the head says."""

    severity: Severity
    title: str
    code: str
    name: str
    badges: tuple[str, ...]
    under: str
    is_acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class LaneChip:
    """A lane: its key in the run, its name, how it stands."""

    lane: str
    name: str
    state: str


class GuideHeadBar(QWidget):
    """Paints the head; `laneChosen` tells the lane that was clicked."""

    laneChosen = Signal(str)  # noqa: N815 - Qt's spelling of signals

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._head: GuideHead | None = None
        self._lanes: tuple[LaneChip, ...] = ()
        self._group = QButtonGroup(self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 16, 0)
        self._row.setSpacing(6)
        self._row.addStretch(1)
        self._title = QLabel("Lanes")
        self._title.setProperty("look", "note")
        self._row.addWidget(self._title)
        self._title.hide()
        self.setFixedHeight(_HEIGHT)
        self._group.idClicked.connect(self._on_chip)

    def show_head(self, head: GuideHead, lanes: Sequence[LaneChip], lane: str) -> None:
        """Show the head, and the lanes where there is more than one."""
        shown = tuple(lanes) if len(lanes) > 1 else ()
        if head != self._head:
            self._head = head
            self.setAccessibleName(f"{head.title} {head.code} {head.under}")
            self.update()
        if shown != self._lanes:
            self._lanes = shown
            self._make_chips()
        for number, one in enumerate(shown):
            self._group.button(number).setChecked(one.lane == lane)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: ground, glyph, two lines."""
        painter = QPainter(self)
        theme, colours = self._theme, self._theme.colours
        painter.fillRect(self.rect(), colours.panel)
        painter.setPen(QPen(colours.hairline, 1))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        head = self._head
        if head is not None:
            glyph = QPointF(30, 28)
            paint_glyph(painter, theme, head.severity, glyph, 26, acked=head.is_acknowledged)
            self._paint_texts(painter, head)
        painter.end()

    def _paint_texts(self, painter: QPainter, head: GuideHead) -> None:
        theme, colours = self._theme, self._theme.colours
        right = self._title.x() - 12 if self._lanes else self.width() - 16
        x = 52.0
        x += write(painter, QRectF(x, 10, right - x, 20), head.title, Ink(theme.font(TITLE, SEMIBOLD), colours.text))
        x += 16
        if x < right - 40 and head.code:
            x += write(painter, QRectF(x, 11, right - x, 18), head.code, Ink(theme.mono(BODY, MEDIUM), colours.text))
            x += 10
        if x < right - 40 and head.name:
            x += write(painter, QRectF(x, 11, right - x, 18), head.name, Ink(theme.font(BODY), colours.secondary))
            x += 12
        for words in head.badges:
            if x + width_of(words, theme.font(BODY)) + 16 > right:
                break
            x += badge(painter, theme, QPointF(x, 20), words) + 4
        write(painter, QRectF(52, 31, right - 52, 18), head.under, Ink(theme.font(BODY), colours.secondary))

    def _make_chips(self) -> None:
        for button in self._group.buttons():
            self._group.removeButton(button)
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        for number, one in enumerate(self._lanes):
            chip = QPushButton(f"{one.name}   {one.state}")
            chip.setCheckable(True)
            chip.setProperty("look", "chip")
            chip.setAccessibleName(f"Lane {one.name}, {one.state}")
            self._group.addButton(chip, number)
            self._row.addWidget(chip)
        self._title.setVisible(bool(self._lanes))

    def _on_chip(self, number: int) -> None:
        self.laneChosen.emit(self._lanes[number].lane)
