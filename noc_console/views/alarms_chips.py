"""The chips above the alarm list: each with its count, and a cross while it is on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLayout, QPushButton, QSizePolicy, QWidget

from noc_console.views.alarm_filter import Chip
from noc_console.views.channel_paint import Ink, width_of, write
from noc_console.views.theme import BODY, MEDIUM, Theme


class ChipButton(QPushButton):
    """One chip, 24 high: title, count in tertiary, a cross when on."""

    def __init__(self, theme: Theme, chip: Chip) -> None:
        super().__init__()
        self._theme = theme
        self.chip = chip
        self.setCheckable(True)
        self.setProperty("look", "chip")
        self.setFixedHeight(24)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_chip(chip)

    def show_chip(self, chip: Chip) -> None:
        """Show another count."""
        self.chip = chip
        self.setAccessibleName(f"{chip.title}, {chip.count}")
        self.setFixedWidth(self.sizeHint().width())
        self.update()

    def sizeHint(self) -> QSize:
        """Override: as wide as title, count and room for the cross."""
        font = self._theme.font(BODY)
        width = width_of(self.chip.title, self._theme.font(BODY, MEDIUM)) + width_of(str(self.chip.count), font)
        return QSize(int(width + 28 + (14 if self.isChecked() else 0)), 24)

    def nextCheckState(self) -> None:
        """Override: the cross needs room."""
        super().nextCheckState()
        self.setFixedWidth(self.sizeHint().width())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: outline, title, count, cross."""
        painter = QPainter(self)
        theme, colours = self._theme, self._theme.colours
        is_on = self.isChecked()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.accent if is_on or self.hasFocus() else colours.control_line, 1))
        painter.setBrush(colours.raised if is_on else colours.panel)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        box = QRectF(10, 0, self.width() - 18, self.height())
        title = Ink(theme.font(BODY, MEDIUM), colours.text if is_on else colours.secondary)
        used = write(painter, box, self.chip.title, title) + 8
        count = Ink(theme.font(BODY), colours.tertiary)
        used += write(painter, box.adjusted(used, 0, 0, 0), str(self.chip.count), count) + 6
        if is_on:
            write(painter, box.adjusted(used, 0, 4, 0), "×", count)
        painter.end()


class ChipRow(QWidget):
    """The chips; `chosen` tells the keys that are on. Open is on when nothing else is."""

    chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._buttons: dict[str, ChipButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        # on a small screen the last chips fold away instead of widening the window
        self._row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(24)

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the chips that are on, without Open."""
        return frozenset(key for key, button in self._buttons.items() if button.isChecked() and key != "open")

    def show_chips(self, chips: Sequence[Chip]) -> None:
        """Show these chips; one that is on stays even at a count of nought."""
        wanted = [chip for chip in chips if chip.count or chip.key in ("open", "mine", "unacknowledged", *self.keys)]
        if [chip.key for chip in wanted] != list(self._buttons):
            self._rebuild(wanted)
        for chip in wanted:
            if self._buttons[chip.key].chip != chip:
                self._buttons[chip.key].show_chip(chip)

    def clear(self) -> None:
        """Switch every filter off."""
        for key, button in self._buttons.items():
            button.setChecked(key == "open")
            button.setFixedWidth(button.sizeHint().width())
        self.chosen.emit(self.keys)

    def _rebuild(self, chips: Sequence[Chip]) -> None:
        on = self.keys
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._buttons = {}
        for chip in chips:
            button = ChipButton(self._theme, chip)
            button.setChecked(chip.key in on or (chip.key == "open" and not on))
            button.show_chip(chip)
            button.clicked.connect(self._on_clicked)
            self._buttons[chip.key] = button
            self._row.addWidget(button)
        self._row.addStretch()

    def _on_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, ChipButton) and button.chip.key == "open":
            self.clear()
            return
        opened = self._buttons.get("open")
        if opened is not None:
            opened.setChecked(not self.keys)
            opened.setFixedWidth(opened.sizeHint().width())
        self.chosen.emit(self.keys)
