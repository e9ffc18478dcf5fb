"""Where the drawer stands: beside the page where there is room, over its right edge on a small screen."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLayout, QWidget

ROOM = 1400


class DrawerPlace:
    """Lays out a screen's page and drawer. On a small screen the drawer is closed until it is asked for."""

    def __init__(self, screen: QWidget, page: QLayout, drawer: QWidget) -> None:
        self._screen = screen
        self._drawer = drawer
        self._is_over = False
        self._row = QHBoxLayout(screen)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addLayout(page, 1)
        self._row.addWidget(drawer)

    @property
    def is_over(self) -> bool:
        """Say whether the drawer lies over the page."""
        return self._is_over

    def toggle(self) -> None:
        """Open or close a drawer that lies over the page."""
        if self._is_over:
            self._drawer.setVisible(self._drawer.isHidden())

    def open(self) -> None:
        """Open the drawer."""
        self._drawer.show()
        self._drawer.raise_()

    def close(self) -> bool:
        """Close a drawer that lies over the page; say whether it was open."""
        was = self._is_over and not self._drawer.isHidden()
        if was:
            self._drawer.hide()
        return was

    def fit(self) -> None:
        """Follow the screen's size; called by its resizeEvent."""
        is_over = self._screen.width() < ROOM
        if is_over != self._is_over:
            self._is_over = is_over
            if is_over:
                self._row.removeWidget(self._drawer)
            else:
                self._row.addWidget(self._drawer)
            self._drawer.setVisible(not is_over)
        if is_over:
            width = self._drawer.width()
            self._drawer.setGeometry(self._screen.width() - width, 0, width, self._screen.height())
            self._drawer.raise_()
