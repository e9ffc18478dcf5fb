"""The strokes shared by the channel and alarm screens: texts, badges, card heads, keys."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from noc_console.views.theme import AXIS, BODY, MEDIUM, SEMIBOLD, Theme

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter
HEAD_HEIGHT = 36


@dataclass(frozen=True, slots=True)
class Ink:
    """A font and a colour."""

    font: QFont
    colour: QColor


def write(painter: QPainter, box: QRectF, text: str, ink: Ink, align: Qt.AlignmentFlag = LEFT) -> float:
    """Write one line of text cut to its box with an ellipsis; return the width it took."""
    painter.setFont(ink.font)
    painter.setPen(ink.colour)
    shown, width = _fitted(ink.font, text, box.width())
    painter.drawText(box, _SINGLE_LINE.get(align) or align | Qt.TextFlag.TextSingleLine, shown)
    return width


_Fitted = tuple[str, float]
_fits: dict[tuple[str, str, float], _Fitted] = {}
_MOST_FITS = 8192
_SINGLE_LINE = {align: align | Qt.TextFlag.TextSingleLine for align in (LEFT, RIGHT, CENTRE)}


def _fitted(font: QFont, text: str, width: float) -> _Fitted:
    """Return a text as it fits a width, and its own: asking the font costs more than drawing, and most stay."""
    key = (font.key(), text, width)
    found = _fits.get(key)
    if found is None:
        if len(_fits) >= _MOST_FITS:
            _fits.clear()
        metrics = QFontMetricsF(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        found = _fits[key] = shown, metrics.horizontalAdvance(shown)
    return found


def width_of(text: str, font: QFont) -> float:
    """Return the width of a text in pixels."""
    return QFontMetricsF(font).horizontalAdvance(text)


def badge(painter: QPainter, theme: Theme, at: QPointF, text: str, colour: QColor | None = None) -> float:
    """Paint an outlined badge, 16 high, its left middle at a point; return its width."""
    font = theme.font(AXIS, MEDIUM)
    box = QRectF(at.x(), at.y() - 8, width_of(text, font) + 10, 16)
    _outline(painter, theme, box)
    write(painter, box, text, Ink(font, colour or theme.colours.secondary), CENTRE)
    return box.width()


def key_cap(painter: QPainter, theme: Theme, right_middle: QPointF, key: str, colour: QColor) -> float:
    """Paint a key's cap, its right middle at a point; return its width."""
    font = theme.mono(AXIS, MEDIUM)
    width = width_of(key, font) + 9
    box = QRectF(right_middle.x() - width, right_middle.y() - 8, width, 16)
    _outline(painter, theme, box, colour)
    write(painter, box, key, Ink(font, colour), CENTRE)
    return width


def card(painter: QPainter, theme: Theme, box: QRectF) -> None:
    """Paint a card's ground and border."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colours.hairline, 1))
    painter.setBrush(theme.colours.panel)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def card_head(painter: QPainter, theme: Theme, box: QRectF, texts: tuple[str, str, str]) -> None:
    """Write a card's title, the note beside it and the figure at the right."""
    title, note, figure = texts
    line = QRectF(box.left() + 12, box.top() + 6, box.width() - 24, 28)
    used = write(painter, line, title, Ink(theme.font(BODY, SEMIBOLD), theme.colours.text))
    right = Ink(theme.font(BODY), theme.colours.secondary)
    taken = write(painter, line, figure, right, RIGHT) if figure else 0.0
    rest = line.adjusted(used + 10, 0, -taken - 12, 0)
    write(painter, rest, note, Ink(theme.font(BODY), theme.colours.tertiary))


def _outline(painter: QPainter, theme: Theme, box: QRectF, colour: QColor | None = None) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour or theme.colours.control_line, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(box.toAlignedRect()).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
