"""A small choice for card heads: a combo box as high as a chip, with its arrow drawn in the theme's ink."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QComboBox


class Choice(QComboBox):
    """A combo box 24 high."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(24)
        self.setStyleSheet("QComboBox { min-height: 20px; max-height: 20px; }")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the box, then the arrow the style sheet has taken away."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.PlaceholderText), 1.2))
        tip = QPointF(self.width() - 13, self.height() / 2 + 2)
        painter.drawPolyline(QPolygonF([tip + QPointF(-4, -4), tip, tip + QPointF(4, -4)]))
        painter.end()


def chosen_text(choice: QComboBox) -> str:
    """Return the data of the chosen row as text, empty for none."""
    return str(choice.currentData(Qt.ItemDataRole.UserRole) or "")
