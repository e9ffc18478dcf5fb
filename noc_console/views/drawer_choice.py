"""A small choice for card heads: a combo box as high as a chip, with its arrow drawn in the theme's ink."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QComboBox, QLineEdit


class Choice(QComboBox):
    """A combo box 24 high in heads, 30 in forms."""

    def __init__(self, height: int = 24) -> None:
        super().__init__()
        self.setFixedHeight(height)
        self.setStyleSheet(f"QComboBox {{ min-height: {height - 4}px; max-height: {height - 4}px; }}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the box, then the arrow the style sheet has taken away."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.PlaceholderText), 1.2))
        tip = QPointF(self.width() - 13, self.height() / 2 + 2)
        painter.drawPolyline(QPolygonF([tip + QPointF(-4, -4), tip, tip + QPointF(4, -4)]))
        painter.end()


class Figure(QLineEdit):
    """A number with its unit behind it; what is not a number within its bounds counts as the nearest one."""

    def __init__(self, low: float, high: float, digits: int, unit: str) -> None:
        super().__init__()
        self._low, self._high, self._digits, self._unit = low, high, digits, unit
        self.setFixedHeight(30)
        self.setMaxLength(16)
        self.setValue(low)

    def setValue(self, value: float) -> None:
        """Show a number."""
        text = f"{value:.{self._digits}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        if text != self._number():
            self.setText(f"{text} {self._unit}")

    def value(self) -> float:
        """Return the number, within its bounds; the lower bound where there is none."""
        try:
            value = float(self._number())
        except ValueError:
            return self._low
        return min(max(value, self._low), self._high) if value == value else self._low

    def _number(self) -> str:
        return self.text().strip().removesuffix(self._unit).strip().replace(",", ".")


def chosen_text(choice: QComboBox) -> str:
    """Return the data of the chosen row as text, empty for none."""
    return str(choice.currentData(Qt.ItemDataRole.UserRole) or "")
