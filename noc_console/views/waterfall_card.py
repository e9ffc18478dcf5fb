"""The card of the channel page that asks for the newest requests of a rung and shows their waterfall."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from noc_console.views.channel_paint import HEAD_HEIGHT, card_head
from noc_console.views.desk import Desk
from noc_console.views.drawer_choice import Choice
from noc_console.views.waterfall import Limit, Waterfall, request

_NARROW = 340


class WaterfallCard(QFrame):
    """Holds the rung selector; `rungChosen` tells another rung, empty for all of them."""

    rungChosen = Signal(str)  # noqa: N815 - Qt's spelling of signals

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self._desk = desk
        self.waterfall = Waterfall(desk.theme)
        self.rungs = Choice()
        self.rungs.setAccessibleName("Rung of the waterfall")
        self.rungs.setMinimumWidth(120)
        self.rungs.currentIndexChanged.connect(self._on_chosen)
        label = QLabel("&Rung")
        label.setBuddy(self.rungs)
        label.setProperty("look", "tertiary")
        self._label = label
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 8, 0)
        head.addStretch()
        head.addWidget(label)
        head.addWidget(self.rungs)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.waterfall, 1)

    @property
    def rung(self) -> str:
        """The chosen rung, empty for all."""
        return str(self.rungs.currentData() or "")

    def show_rungs(self, rungs: list[str]) -> None:
        """Offer these rungs, keeping the choice where it is still there."""
        known = [self.rungs.itemData(index) for index in range(1, self.rungs.count())]
        if known == rungs and self.rungs.count():
            return
        chosen = self.rung
        self.rungs.blockSignals(True)
        self.rungs.clear()
        self.rungs.addItem("all rungs", "")
        for rung in rungs:
            self.rungs.addItem(rung.partition("@")[0], rung)
        self.rungs.setCurrentIndex(max(self.rungs.findData(chosen), 0))
        self.rungs.blockSignals(False)

    def show_rows(self, rows: list[dict[str, Any]], limit: Limit | None) -> None:
        """Show the answer of `GET /channels/{id}/requests`."""
        ordered = sorted(rows, key=lambda row: float(row.get("at") or 0.0))
        self.waterfall.show_requests(
            [request(row) for row in ordered], limit, "" if rows else "No segment among the newest requests"
        )

    def say(self, notice: str) -> None:
        """Show a notice instead of requests."""
        self.waterfall.show_requests((), None, notice)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: the label goes first where there is little room."""
        super().resizeEvent(event)
        self._label.setVisible(self.width() >= _NARROW)

    def _on_chosen(self, _index: int) -> None:
        self.rungChosen.emit(self.rung)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the card and its head."""
        super().paintEvent(event)
        painter = QPainter(self)
        card_head(
            painter,
            self._desk.theme,
            QRectF(self.rect()).adjusted(0, 0, 0, HEAD_HEIGHT),
            ("Segment waterfall", "", ""),
        )
        painter.end()
