"""The navigation at the left: one button per screen, icon over label, in a button group."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from noc_console.views.icons import paint_icon
from noc_console.views.theme import AXIS, Theme

PITCH = 60


class NavigationButton(QAbstractButton):
    """One entry: raised with a 3 px accent bar while its screen is shown."""

    def __init__(self, name: str, titles: tuple[str, str], icon: str, theme: Theme) -> None:
        super().__init__()
        self.name = name
        self._icon, self._theme = icon, theme
        title, label = titles
        self.setText(label or title)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(title)
        self.setToolTip(title)

    def sizeHint(self) -> QSize:
        """Override: the pitch of the navigation."""
        return QSize(56, PITCH)

    def minimumSizeHint(self) -> QSize:
        """Override: on a low screen the entries move together."""
        return QSize(48, 36)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: fill, bar, icon, label."""
        colours = self._theme.colours
        painter = QPainter(self)
        is_on = self.isChecked()
        if is_on or self.underMouse():
            painter.fillRect(self.rect().adjusted(0, 2, -1, -2), colours.raised)
        if is_on:
            painter.fillRect(0, 2, 3, self.height() - 4, colours.accent)
        if self.hasFocus():
            painter.setPen(colours.accent)
            painter.drawRect(self.rect().adjusted(0, 2, -2, -3))
        colour = colours.text if is_on else colours.secondary
        is_labelled = self.width() > 50
        top = max(2, self.height() // 2 - 18) if is_labelled else (self.height() - 20) // 2
        paint_icon(painter, self._icon, QRectF((self.width() - 18) / 2, top, 18, 18), colour)
        if is_labelled:
            painter.setPen(colour)
            painter.setFont(self._theme.font(AXIS))
            painter.drawText(QRectF(0, top + 24, self.width(), 16), Qt.AlignmentFlag.AlignHCenter, self.text())
        painter.end()


class Navigation(QWidget):
    """The column of buttons; narrower and without labels on a small screen."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._group = QButtonGroup(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 1, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self._group.buttonClicked.connect(self._choose)
        self.setAccessibleName("Screens")
        self.set_narrow(False)

    def add(self, name: str, title: str, icon: str, label: str = "") -> None:
        """Add a screen at the end; `label` stands under the icon where the title is too long."""
        button = NavigationButton(name, (title, label), icon, self._theme)
        self._group.addButton(button)
        self._column.insertWidget(self._column.count() - 1, button)

    def show_only(self, names: set[str]) -> None:
        """Show these entries and hide the others."""
        for button in self.buttons():
            button.setVisible(button.name in names)

    def buttons(self) -> list[NavigationButton]:
        """Return the entries from top to bottom."""
        return [button for button in self._group.buttons() if isinstance(button, NavigationButton)]

    def mark(self, name: str) -> None:
        """Mark the entry of the screen that is shown; none when it has no entry."""
        self._group.setExclusive(False)
        for button in self.buttons():
            button.setChecked(button.name == name)
        self._group.setExclusive(True)

    def set_narrow(self, is_narrow: bool) -> None:
        """Take 48 px without labels instead of 56."""
        self.setFixedWidth(48 if is_narrow else 56)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: panel and hairline at the right."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colours.panel)
        painter.fillRect(self.width() - 1, 0, 1, self.height(), self._theme.colours.hairline)
        painter.end()

    def _choose(self, button: QAbstractButton) -> None:
        if isinstance(button, NavigationButton):
            self.chosen.emit(button.name)
