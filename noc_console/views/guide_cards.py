"""Evidence cards: what was asked, its value, samples and window; ill, unknown and old ones so drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from noc_console.model import Severity
from noc_console.views.channel_paint import Ink, write
from noc_console.views.glyphs import paint_glyph, paint_hatch
from noc_console.views.theme import AXIS, BODY, SEMIBOLD, TITLE, Theme

_HEIGHT, _GAP, _LEAST = 66, 8, 168


@dataclass(frozen=True, slots=True)
class EvidenceCard:
    """One card; `severity` is that of the alarm where this value speaks for a fault."""

    label: str
    value: str
    note: str
    severity: Severity = Severity.CLEARED
    is_unknown: bool = False
    is_old: bool = False
    tip: str = ""


class EvidenceCards(QWidget):
    """A grid of cards as wide as there is room; its height follows from their number."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._cards: tuple[EvidenceCard, ...] = ()
        self.setAccessibleName("Evidence")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_cards(self, cards: Sequence[EvidenceCard]) -> None:
        """Show these cards."""
        if tuple(cards) != self._cards:
            self._cards = tuple(cards)
            self.setAccessibleDescription("; ".join(f"{one.label} {one.value}, {one.note}" for one in cards))
            self.setVisible(bool(cards))
            self._fit()
            self.update()

    @property
    def cards(self) -> tuple[EvidenceCard, ...]:
        """The cards that are shown."""
        return self._cards

    def sizeHint(self) -> QSize:
        """Override: as many rows as the cards need."""
        rows = -(-len(self._cards) // self._columns()) if self._cards else 0
        return QSize(400, max(0, rows * (_HEIGHT + _GAP) - _GAP))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: another width, other columns."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Override: everything known of a card is its tool tip."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            spot = QPointF(event.pos())
            tip = next((card.tip for card, box in self._boxes() if box.contains(spot)), "")
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: every card."""
        painter = QPainter(self)
        for card, box in self._boxes():
            self._paint(painter, card, box)
        painter.end()

    def _columns(self) -> int:
        count = max(1, len(self._cards))
        fit = max(1, int((self.width() + _GAP) // (_LEAST + _GAP)))
        return min(count, fit) if count <= fit else -(-count // -(-count // fit))

    def _boxes(self) -> list[tuple[EvidenceCard, QRectF]]:
        columns = self._columns()
        width = (self.width() - _GAP * (columns - 1)) / columns
        return [
            (card, QRectF(n % columns * (width + _GAP), n // columns * (_HEIGHT + _GAP), width, _HEIGHT))
            for n, card in enumerate(self._cards)
        ]

    def _fit(self) -> None:
        height = self.sizeHint().height()
        if height != self.height():
            self.setFixedHeight(height)
            self.updateGeometry()

    def _paint(self, painter: QPainter, card: EvidenceCard, box: QRectF) -> None:
        theme, colours = self._theme, self._theme.colours
        is_ill = card.severity.rank >= Severity.WARNING.rank
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.severity[card.severity] if is_ill else colours.hairline, 1))
        painter.setBrush(_ground(theme, card.severity) if is_ill else colours.raised)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if card.is_unknown or card.is_old:
            paint_hatch(painter, theme, box.adjusted(1, 1, -1, -1))
        inner = box.adjusted(12, 6, -12 - (26 if is_ill else 0), 0)
        label = Ink(theme.font(BODY), colours.secondary)
        write(painter, QRectF(inner.left(), inner.top(), inner.width(), 18), card.label, label)
        ink = Ink(theme.font(TITLE, SEMIBOLD), colours.secondary if card.is_unknown else colours.text)
        write(painter, QRectF(inner.left(), inner.top() + 18, inner.width(), 20), card.value, ink)
        note = QRectF(inner.left(), inner.top() + 38, box.width() - 24, 16)
        write(painter, note, card.note, Ink(theme.font(AXIS), colours.tertiary))
        if is_ill:
            paint_glyph(painter, theme, card.severity, QPointF(box.right() - 22, box.top() + 26), 16)


def _ground(theme: Theme, severity: Severity) -> QColor:
    colours = theme.colours
    return {Severity.CRITICAL: colours.critical_tint, Severity.MAJOR: colours.major_tint}.get(
        severity, colours.raised
    )
