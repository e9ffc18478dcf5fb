"""A drawer's button: what it does at the left, its key at the right, both painted; it triggers a QAction."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy

from noc_console.views.channel_paint import Ink, key_cap, write
from noc_console.views.theme import BODY, MEDIUM, SEMIBOLD, Theme


class KeyButton(QPushButton):
    """A button for one action; it follows the action's text and whether it is enabled.

    `key` is shown where the key belongs to somebody else, as Esc does to the window.
    """

    def __init__(self, theme: Theme, action: QAction, *, is_primary: bool = False, key: str = "") -> None:
        super().__init__()
        self._theme = theme
        self._action = action
        self._is_primary = is_primary
        self._key = key
        self.setFixedHeight(32)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setEnabled(self._action.isEnabled())
        self.setAccessibleName(self._action.text())
        self.setToolTip(self._action.toolTip())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: ground, label, key."""
        painter = QPainter(self)
        theme, colours = self._theme, self._theme.colours
        is_primary = self._is_primary and self.isEnabled()
        ground = colours.accent if is_primary else colours.raised
        border = colours.accent if is_primary or self.hasFocus() else colours.control_line
        if is_primary and self.hasFocus():
            border = colours.text
        if self.underMouse() and self.isEnabled() and not is_primary:
            border = colours.tertiary
        ink = colours.bg if is_primary else colours.text if self.isEnabled() else colours.tertiary
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(border, 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        key = self._key or self._action.shortcut().toString().replace("Return", "Enter")
        width = 0.0
        if key:
            cap = colours.bg if is_primary else colours.secondary if self.isEnabled() else colours.muted
            width = key_cap(painter, theme, QPointF(self.width() - 10, self.height() / 2), key, cap)
        font = theme.font(BODY, SEMIBOLD if is_primary else MEDIUM)
        text = QRectF(12, 0, self.width() - 30 - width, self.height())
        write(painter, text, self._action.text(), Ink(font, ink))
        painter.end()
