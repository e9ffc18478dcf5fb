"""The strip over the wall: title, filter chips, legend of the marks; and the line below that explains the figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QLabel, QPushButton, QWidget

from noc_console.model import Severity
from noc_console.views.desk import Desk
from noc_console.views.glyphs import paint_glyph, paint_hatch
from noc_console.views.state import Json
from noc_console.views.theme import AXIS, BODY

HEIGHT = 40

Filter = Callable[[Json], bool]


def _everything(channel: Json) -> bool:
    return True


def _tier_1(channel: Json) -> bool:
    return bool(channel["tier"] == 1)


def _is_4k(channel: Json) -> bool:
    return channel["class"] in ("4K", "UHD") or "4K" in channel["badges"]


def _is_hd(channel: Json) -> bool:
    return bool(channel["class"] == "HD")


def _is_ott(channel: Json) -> bool:
    return bool(channel["class"] == "OTT" or "OTT" in channel["template"])


def _is_ill(channel: Json) -> bool:
    return channel["severity"] != "cleared" or channel["state"] in ("stale", "lost")


FILTERS: Mapping[str, Filter] = {
    "All": _everything,
    "Tier 1": _tier_1,
    "4K": _is_4k,
    "HD": _is_hd,
    "OTT": _is_ott,
    "Ill only": _is_ill,
}


class Chips(QWidget):
    """Filter chips, one of them on."""

    changed = Signal(str)

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for name in names:
            chip = QPushButton(name)
            chip.setProperty("look", "chip")
            chip.setCheckable(True)
            chip.setChecked(name == names[0])
            chip.setAccessibleName(f"Show {name}")
            self._group.addButton(chip)
            row.addWidget(chip)
        self._group.buttonClicked.connect(self._tell)

    @property
    def chosen(self) -> str:
        """The name of the chip that is on."""
        button = self._group.checkedButton()
        return button.text() if button else "All"

    def choose(self, name: str) -> None:
        """Switch a chip on, as if it were pressed."""
        for button in self._group.buttons():
            if button.text() == name and not button.isChecked():
                button.setChecked(True)
                self.changed.emit(name)

    def _tell(self, button: QAbstractButton) -> None:
        self.changed.emit(button.text())


class WallHead(QWidget):
    """Title, count, chips, legend."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        title = QLabel("Wall")
        title.setProperty("look", "title")
        self.count = QLabel("")
        self.count.setProperty("look", "note")
        self.chips = Chips(list(FILTERS))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 12, 1)
        row.setSpacing(12)
        for widget in (title, self.count, self.chips):
            row.addWidget(widget)
        row.addStretch(1)
        self.legend = Legend(desk)
        row.addWidget(self.legend)
        self.setFixedHeight(HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: ground and hairline."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._desk.theme.colours.bg)
        painter.fillRect(0, HEIGHT - 1, self.width(), 1, self._desk.theme.colours.hairline)
        painter.end()


class Legend(QWidget):
    """What the marks on a tile mean; it goes when there is no room."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setMinimumWidth(0)
        self.setFixedSize(474, HEIGHT - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the marks with their words."""
        theme = self._desk.theme
        painter = QPainter(self)
        middle = (HEIGHT - 1) / 2
        x = 0.0
        painter.setFont(theme.font(BODY))
        x = self._words(painter, x, "Layer dots L1 L2 L3 L4", 20)
        for severity, acked, words in (
            (Severity.CLEARED, False, "normal"),
            (Severity.MAJOR, False, "open"),
            (Severity.MAJOR, True, "acknowledged"),
        ):
            paint_glyph(painter, theme, severity, QPointF(x + 6, middle), 12, acked=acked)
            x = self._words(painter, x + 18, words, 14)
        paint_hatch(painter, theme, QRectF(x, middle - 6, 12, 12))
        self._words(painter, x + 18, "stale", 0)
        painter.end()

    def _words(self, painter: QPainter, x: float, text: str, gap: float) -> float:
        painter.setPen(self._desk.theme.colours.secondary)
        width = QFontMetricsF(painter.font()).horizontalAdvance(text)
        painter.drawText(QRectF(x, 0, width + 2, HEIGHT - 1), Qt.AlignmentFlag.AlignVCenter, text)
        return x + width + gap


class WallFoot(QWidget):
    """What line, bar and dots of a tile measure, and how many tiles there are."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._left = self._right = ""
        self.setFixedHeight(26)

    def say(self, left: str, right: str) -> None:
        """Show these words."""
        if (left, right) != (self._left, self._right):
            self._left, self._right = left, right
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: two texts."""
        theme = self._desk.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colours.bg)
        painter.setFont(theme.font(AXIS))
        painter.setPen(theme.colours.tertiary)
        box = QRectF(12, 0, self.width() - 24, 26)
        metrics = QFontMetricsF(painter.font())
        room = box.width() - metrics.horizontalAdvance(self._right) - 16
        left = metrics.elidedText(self._left, Qt.TextElideMode.ElideRight, room)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, left)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), self._right)
        painter.end()
