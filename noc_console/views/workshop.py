"""The rule workshop: what holds for a channel and who says so, replay, import, severity profiles."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from noc_console.views.desk import Desk
from noc_console.views.records_card import ViewRow, head_row
from noc_console.views.workshop_import import RuleImport
from noc_console.views.workshop_profile import ProfileView
from noc_console.views.workshop_rules import RuleBench


class WorkshopScreen(QWidget):
    """Three views under one head; `open(channel_id)` shows a channel's rules."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self.bench, self.brought, self.profile = RuleBench(desk), RuleImport(desk), ProfileView(desk)
        self._views = (self.bench, self.brought, self.profile)
        self.stack = QStackedWidget()
        for view in self._views:
            self.stack.addWidget(view)
        self.views = ViewRow(self, ("Rules of a channel", "Import from Prometheus", "Severity profile"))
        self.views.chosen.connect(self._on_view)
        head = head_row("Rules", self.views, None)
        head.setContentsMargins(16, 0, 16, 0)
        main = QVBoxLayout(self)
        main.setContentsMargins(0, 6, 0, 0)
        main.setSpacing(8)
        main.addLayout(head)
        main.addWidget(self.stack, 1)

    def open(self, channel_id: int) -> None:
        """Show the rules of a channel."""
        self.views.go(0)
        self.bench.open(channel_id)

    def refresh(self) -> None:
        """Draw the view that is shown."""
        self._current().refresh()

    def status_text(self) -> str:
        """Return what the status line says at its right end."""
        return self._current().status_text()

    def close_drawer(self) -> bool:
        """Close what the view has open."""
        return self._current().close_drawer()

    def showEvent(self, event: QShowEvent) -> None:
        """Override: the view has the keys."""
        super().showEvent(event)
        self._current().setFocus()

    def _current(self) -> RuleBench | RuleImport | ProfileView:
        return self._views[self.stack.currentIndex()]

    def _on_view(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        self.refresh()
        self._current().setFocus()
