"""The overview: key figures, charts over all channels, system, newest alarms, the alarms of 24 hours."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from noc_console.views.card import HEAD, PAD, Card
from noc_console.views.desk import Desk
from noc_console.views.kpi import KpiCard
from noc_console.views.overview_alarms import NewestAlarms
from noc_console.views.overview_charts import AgeChart, DeliveryChart, OldestList, ShareChart
from noc_console.views.overview_figures import ages, by_class, by_tier, delivery, slowest
from noc_console.views.overview_kpis import TITLES, kpis
from noc_console.views.overview_system import SystemBox
from noc_console.views.state import Json
from noc_console.views.summary import summarise
from noc_console.views.timeline import Timeline, span_of

_DAY_S = 86_400.0
_HISTORY_EVERY_S = 30.0
_NARROW = 1400


class TimelineCard(Card):
    """The alarm timeline in a card."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.theme, "Alarm timeline", "24 h, one lane per layer")
        self.timeline = Timeline(desk.theme, 40)
        column = QVBoxLayout(self)
        column.setContentsMargins(PAD, HEAD, PAD, 8)
        column.addWidget(self.timeline)

    def paint_body(self, painter: QPainter, box: QRectF) -> None:
        """Override: the timeline paints itself."""


class OverviewScreen(QWidget):
    """Refreshes once a second; history is asked every half minute."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._second = -1
        self._asked_at = -_HISTORY_EVERY_S
        self._past: dict[int, Json] = {}
        theme = desk.theme
        self.kpis = [KpiCard(theme, title) for title in TITLES]
        self.delivery, self.shares = DeliveryChart(theme), ShareChart(theme)
        self.ages, self.oldest = AgeChart(theme), OldestList(theme)
        self.system, self.newest, self.history = SystemBox(theme, desk.mirror), NewestAlarms(desk), TimelineCard(desk)
        self.newest.opened.connect(desk.ways.openAlarm)
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        self._is_narrow: bool | None = None
        self._lay_out()

    def refresh(self) -> None:
        """Pull once a second, and when the blink phase changes let the list repaint."""
        mirror = self._desk.mirror
        self.newest.refresh()
        second = int(mirror.now())
        if second != self._second:
            self._second = second
            self._ask_history()
            self.show_now()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: three columns of cards, one on a small screen."""
        self._arrange(self.width() < _NARROW)

    def _lay_out(self) -> None:
        title = QLabel("Overview")
        title.setProperty("look", "title")
        note = QLabel("All channels of this agent. Curves show the last hour.")
        note.setProperty("look", "note")
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(16)
        head.addWidget(title)
        head.addWidget(note)
        head.addStretch(1)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 0, 16, 8)
        column.setSpacing(0)
        strip = QWidget()
        strip.setLayout(head)
        strip.setFixedHeight(40)
        column.addWidget(strip)
        column.addLayout(self._grid, 1)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        self.delivery.setMinimumHeight(220)
        self.ages.setMinimumHeight(180)
        self.system.setMinimumHeight(220)
        self.newest.setMinimumHeight(200)
        self._arrange(False)

    def _arrange(self, is_narrow: bool) -> None:
        if is_narrow is self._is_narrow:
            return
        self._is_narrow = is_narrow
        grid = self._grid
        while grid.count():
            grid.takeAt(0)
        row = 0
        across = 3 if is_narrow else 6
        for number, kpi in enumerate(self.kpis):
            row, column = divmod(number, across)
            grid.addWidget(kpi, row, column * (12 // across), 1, 12 // across)
        row += 1
        places: tuple[tuple[Card, int, int], ...] = (
            ((self.delivery, 0, 12), (self.shares, 0, 6), (self.ages, 6, 6), (self.oldest, 0, 6), (self.system, 6, 6))
            if is_narrow
            else (
                (self.delivery, 0, 5),
                (self.shares, 5, 3),
                (self.system, 8, 4),
                (self.ages, 0, 4),
                (self.oldest, 4, 4),
            )
        )
        rows = (0, 1, 1, 2, 2) if is_narrow else (0, 0, 0, 1, 1)
        for (card, column, span), down in zip(places, rows, strict=True):
            grid.addWidget(card, row + down, column, 1, span)
        last = row + rows[-1] + (1 if is_narrow else 0)
        if is_narrow:
            grid.addWidget(self.history, last, 0, 1, 12)
            grid.addWidget(self.newest, last + 1, 0, 1, 12)
        else:
            grid.addWidget(self.newest, last, 8, 2, 4)
            grid.addWidget(self.history, last + 1, 0, 1, 8)
        for column in range(12):
            grid.setColumnStretch(column, 1)
        for number in range(10):
            grid.setRowStretch(number, 0)
        grid.setRowStretch(row, 3)
        grid.setRowStretch(row + 1, 2)

    def show_now(self) -> None:
        """Draw all cards from the board as it is."""
        mirror = self._desk.mirror
        summary, found = summarise(mirror), delivery(mirror)
        alarms = {**self._past, **mirror.alarms}
        for card, kpi in zip(self.kpis, kpis(mirror, summary, found, alarms.values()), strict=True):
            card.show_kpi(kpi)
        if mirror.agent:
            self.delivery.show_delivery(found, mirror.now())
        self.ages.show_ages(ages(mirror))
        self.shares.show_shares(by_tier(mirror), by_class(mirror))
        self.oldest.show_channels(slowest(mirror, 12))
        self.system.refresh()
        now = mirror.now()
        spans = [span_of(alarm) for alarm in alarms.values()]
        self.history.timeline.show_spans(spans, (now - _DAY_S, now), now)
        open_now = sum(span.end is None for span in spans)
        self.history.say(f"{len(spans)} alarms, {open_now} open" if spans else "no alarm in 24 h")

    def _ask_history(self) -> None:
        mirror, client = self._desk.mirror, self._desk.agent.client
        now = mirror.now()
        if client is None or now - self._asked_at < _HISTORY_EVERY_S:
            return
        self._asked_at = now
        asked = {"start": now - _DAY_S, "end": now, "limit": 1000}
        self._desk.tasks.start(client.get("/alarms", asked), self._take_history, self._no_history)

    def _take_history(self, answer: Json) -> None:
        self._past = {alarm["id"]: alarm for alarm in answer["alarms"]}

    def _no_history(self, text: str) -> None:
        """Keep what was known: the link's own banner already says what is wrong."""
