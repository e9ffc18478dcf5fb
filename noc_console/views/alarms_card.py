"""The two cards of the alarms screen: the timeline with its head, and the list with its foot."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from noc_console.views.alarms_table import AlarmTable
from noc_console.views.channel_paint import HEAD_HEIGHT, RIGHT, Ink, card_head, key_cap, width_of, write
from noc_console.views.figures import GAP, age
from noc_console.views.theme import BODY, SEMIBOLD, Theme
from noc_console.views.timeline import Span, Timeline

_FOOT = 76
_KEYS = (
    ("J K", "move"),
    ("Shift", "select several"),
    ("A", "acknowledge"),
    ("R", "resolve"),
    ("Enter", "open channel"),
)


class TimelineCard(QFrame):
    """A titled timeline; `windowChosen` is passed on from it."""

    windowChosen = Signal(float, float)  # noqa: N815 - Qt's spelling of signals

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self._theme = theme
        self._texts = ("Timeline", "", "")
        self.timeline = Timeline(theme)
        self.timeline.windowChosen.connect(self.windowChosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, HEAD_HEIGHT - 4, 8, 6)
        layout.addWidget(self.timeline)

    def sizeHint(self) -> QSize:
        """Override: head and lanes."""
        return QSize(800, HEAD_HEIGHT + self.timeline.sizeHint().height() + 4)

    def show_spans(self, spans: Sequence[Span], window: tuple[float, float], now: float, is_chosen: bool) -> None:
        """Show spans in a window; say how to set it, or how to go back."""
        length = age(round(window[1] - window[0])).removesuffix(f"00{GAP}m").strip()
        hint = "double click goes back to 2 h" if is_chosen else "drag or wheel sets the window"
        texts = ("Timeline", f"{length}, one lane per layer", hint)
        if texts != self._texts:
            self._texts = texts
            self.update()
        self.timeline.show_spans(spans, window, now)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the card and its head."""
        super().paintEvent(event)
        painter = QPainter(self)
        card_head(painter, self._theme, QRectF(self.rect()), self._texts)
        painter.end()


class ListCard(QFrame):
    """The table with how much it shows, the keys, and the alarms closed in the last hour."""

    closedWanted = Signal(bool)  # noqa: N815 - Qt's spelling of signals

    def __init__(self, theme: Theme, table: AlarmTable) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self._theme = theme
        self._texts = ("", "", "")
        self._table = table
        self.show_closed = QPushButton("show")
        self.show_closed.setProperty("look", "link")
        self.show_closed.setCheckable(True)
        self.show_closed.setAccessibleName("Show alarms closed in the last hour")
        self.show_closed.toggled.connect(self._on_toggled)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 46, 12, 6)
        foot.addStrut(_FOOT - 52)  # the height stays when the button hides
        foot.addStretch()
        foot.addWidget(self.show_closed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(table, 1)
        layout.addLayout(foot)

    def show_state(self, listed: str, closed: str, empty: str) -> None:
        """Say how many are listed, what closed, and why there is no row."""
        if (listed, closed, empty) != self._texts:
            self._texts = (listed, closed, empty)
            self.show_closed.setVisible(closed != "none")
            self._table.show_notice(empty)
            self.update()

    def toggle_closed(self) -> None:
        """Show or hide the closed alarms."""
        self.show_closed.toggle()

    def _on_toggled(self, is_on: bool) -> None:
        self.show_closed.setText("hide" if is_on else "show")
        self.closedWanted.emit(is_on)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the card and its foot."""
        super().paintEvent(event)
        painter = QPainter(self)
        theme, colours = self._theme, self._theme.colours
        top = self.height() - _FOOT
        painter.setPen(QPen(colours.hairline, 1))
        painter.drawLine(QPointF(1, top), QPointF(self.width() - 2, top))
        painter.drawLine(QPointF(1, top + 38), QPointF(self.width() - 2, top + 38))
        listed, closed, _ = self._texts
        plain = Ink(theme.font(BODY), colours.secondary)
        write(painter, QRectF(12, top, 500, 38), listed, plain)
        self._paint_keys(painter, top + 19)
        box = QRectF(12, top + 38, self.width() - 120, 38)
        used = write(painter, box, "Closed in the last hour", Ink(theme.font(BODY, SEMIBOLD), colours.text))
        write(painter, box.adjusted(used + 10, 0, 0, 0), closed, plain)
        painter.end()

    def _paint_keys(self, painter: QPainter, y: float) -> None:
        theme, colours = self._theme, self._theme.colours
        x = self.width() - 12.0
        for key, text in reversed(_KEYS):
            width = width_of(text, theme.font(BODY))
            write(
                painter,
                QRectF(x - width, y - 10, width + 1, 20),
                text,
                Ink(theme.font(BODY), colours.secondary),
                RIGHT,
            )
            x -= width + 8
            x -= key_cap(painter, theme, QPointF(x, y), key, colours.text) + 14
