"""The reading matter of a guide's drawer: facts as in other drawers, and meters, countdowns and action items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from noc_console.views.channel_paint import RIGHT, Ink, write
from noc_console.views.drawer_sheet import Entry, Sheet, Special
from noc_console.views.theme import BODY, COUNTER, MEDIUM, SEMIBOLD

_LABEL, _METER = 96, 6


@dataclass(frozen=True, slots=True)
class Meter(Special):
    """A share as a bar between a label and its figure; `is_on` is the one that is looked at."""

    label: str
    share: float
    text: str
    note: str = ""
    is_on: bool = False
    marks: int = 0


@dataclass(frozen=True, slots=True)
class Countdown(Special):
    """A figure that runs down, what comes then, and a bar of what is gone."""

    figure: str
    text: str
    note: str
    share: float
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Check(Special):
    """Something to do, done or not, and by whom."""

    text: str
    who: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Contact(Special):
    """Whom to call: the role, the person, the number."""

    person: str
    role: str
    phone: str
    note: str = ""


_HEIGHTS: Mapping[type[Entry], float] = {Meter: 26.0, Countdown: 58.0, Check: 26.0, Contact: 66.0}


class GuideSheet(Sheet):
    """Paints what the drawer of a guide needs besides what every drawer has."""

    def _height(self, entry: Entry) -> float:
        own = _HEIGHTS.get(type(entry))
        if own is None:
            return super()._height(entry)
        return own + (18 if isinstance(entry, Meter | Contact) and entry.note else 0)

    def _paint(self, painter: QPainter, box: QRectF, entry: Entry, *, is_first: bool) -> None:
        match entry:
            case Meter():
                self._paint_meter(painter, box, entry)
            case Countdown():
                self._paint_countdown(painter, box, entry)
            case Check():
                self._paint_check(painter, box, entry)
            case Contact():
                self._paint_contact(painter, box, entry)
            case _:
                super()._paint(painter, box, entry, is_first=is_first)

    def _paint_meter(self, painter: QPainter, box: QRectF, one: Meter) -> None:
        theme, colours = self._theme, self._theme.colours
        font = theme.font(BODY, SEMIBOLD if one.is_on else 400)
        label = QRectF(box.left(), box.top(), _LABEL - 8, 20)
        write(painter, label, one.label, Ink(font, colours.text if one.is_on else colours.secondary))
        taken = write(
            painter, QRectF(box.left(), box.top(), box.width(), 20), one.text, Ink(font, colours.text), RIGHT
        )
        bar = QRectF(box.left() + _LABEL, box.top() + 7, max(box.width() - _LABEL - max(taken, 52) - 12, 24), _METER)
        painter.fillRect(bar, colours.bg)
        share = min(max(one.share, 0.0), 1.0)
        full = QRectF(bar.left(), bar.top(), bar.width() * share, bar.height())
        painter.fillRect(full, colours.accent if one.is_on else colours.data_line)
        painter.setPen(QPen(colours.raised, 1))
        for number in range(1, one.marks):
            x = round(bar.left() + full.width() * number / one.marks) + 0.5
            painter.drawLine(QPointF(x, bar.top()), QPointF(x, bar.bottom()))
        if one.note:
            row = QRectF(box.left() + _LABEL, box.top() + 20, box.width() - _LABEL, 18)
            write(painter, row, one.note, Ink(theme.font(BODY), colours.secondary))

    def _paint_countdown(self, painter: QPainter, box: QRectF, one: Countdown) -> None:
        theme, colours = self._theme, self._theme.colours
        font = theme.font(COUNTER + 6, MEDIUM)
        hue = colours.secondary if one.is_over else colours.text
        used = write(painter, QRectF(box.left(), box.top() - 2, 130, 34), one.figure, Ink(font, hue))
        text = QRectF(box.left() + used + 16, box.top() - 1, box.width() - used - 16, 17)
        write(painter, text, one.text, Ink(theme.font(BODY, SEMIBOLD), colours.text))
        write(painter, text.translated(0, 17), one.note, Ink(theme.font(BODY), colours.secondary))
        bar = QRectF(box.left(), box.top() + 40, box.width(), _METER)
        painter.fillRect(bar, colours.bg)
        share = min(max(one.share, 0.0), 1.0)
        painter.fillRect(QRectF(bar.left(), bar.top(), bar.width() * share, bar.height()), colours.tertiary)

    def _paint_check(self, painter: QPainter, box: QRectF, one: Check) -> None:
        theme, colours = self._theme, self._theme.colours
        square = QRectF(box.left() + 0.5, box.top() + 3.5, 12, 12)
        painter.setPen(QPen(colours.tertiary if one.is_done else colours.control_line, 1))
        painter.drawRect(square)
        if one.is_done:
            painter.setPen(QPen(colours.text, 1.5))
            painter.drawPolyline([square.topLeft() + QPointF(*spot) for spot in ((2.5, 6), (5, 9), (9.5, 3.5))])
        ink = Ink(theme.font(BODY), colours.tertiary if one.is_done else colours.text)
        row = QRectF(box.left() + 24, box.top(), box.width() - 24, 20)
        taken = write(painter, row, one.who, Ink(theme.font(BODY), colours.secondary), RIGHT)
        write(painter, row.adjusted(0, 0, -taken - 8, 0), one.text, ink)

    def _paint_contact(self, painter: QPainter, box: QRectF, one: Contact) -> None:
        theme, colours = self._theme, self._theme.colours
        row = QRectF(box.left(), box.top(), box.width(), 20)
        used = write(painter, row, one.person, Ink(theme.font(BODY, SEMIBOLD), colours.text))
        write(painter, row.adjusted(used + 12, 0, 0, 0), one.role, Ink(theme.font(BODY), colours.secondary))
        font = theme.font(COUNTER, MEDIUM) if one.phone else theme.font(BODY)
        words = one.phone or "no number in the contact book"
        write(painter, row.translated(0, 24), words, Ink(font, colours.text if one.phone else colours.tertiary))
        if one.note:
            write(painter, row.translated(0, 46), one.note, Ink(theme.font(BODY), colours.secondary))
