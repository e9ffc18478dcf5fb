"""The alarms screen: chips, load figures, timeline, the list worst first, and the drawer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from noc_console.views.alarm_acts import AlarmActs
from noc_console.views.alarm_drawer import AlarmDrawer
from noc_console.views.alarm_figures import FigureRow, closed_line, figures
from noc_console.views.alarm_filter import Order, Query, chips, in_order, is_put_away, listed
from noc_console.views.alarm_model import AlarmModel
from noc_console.views.alarms_card import ListCard, TimelineCard
from noc_console.views.alarms_chips import ChipRow
from noc_console.views.alarms_past import PastAlarms
from noc_console.views.alarms_table import AlarmTable
from noc_console.views.desk import Desk
from noc_console.views.drawer_place import DrawerPlace
from noc_console.views.guide_way import add_guide_way
from noc_console.views.incident_calls import incident_for
from noc_console.views.timeline import Span, span_of

Json = Mapping[str, Any]
_HOUR_S = 3600.0
_DEFAULT_S = 2 * _HOUR_S


class AlarmsScreen(QWidget):
    """All alarms; `open(id)` selects one. Refreshed by the frame timer while visible."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self._seen = -1
        self._second = 0
        self._blink = True
        self._wanted = 0
        self._window = (0.0, 0.0)
        self._has_closed = False
        self._order = Order()
        self._spans: dict[int, tuple[Json, Span]] = {}
        self._past = PastAlarms(desk)
        self.chips = ChipRow(desk.theme)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search text, code, owner")
        self.search.setAccessibleName("Search alarms")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(150)
        self.search.setMaximumWidth(264)
        self.figures = FigureRow(desk.theme)
        self.timeline = TimelineCard(desk.theme)
        self.model = AlarmModel(self._alarm_of, desk.mirror.now, self)
        self.table = AlarmTable(desk.theme, self.model)
        self.list = ListCard(desk.theme, self.table)
        self.acts = AlarmActs(desk, self, self._chosen)
        self.drawer = AlarmDrawer(desk, self.acts, width=384, has_way=True)
        self.setFocusProxy(self.table)
        self._lay_out()
        self._connect()

    def showEvent(self, event: QShowEvent) -> None:
        """Override: the list has the keys, not the search field."""
        super().showEvent(event)
        self.table.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: a small screen has the drawer over the page."""
        super().resizeEvent(event)
        self.place.fit()

    def open(self, alarm_id: int) -> None:
        """Select an alarm, clearing filters that hide it."""
        self._wanted = alarm_id
        self._seen = -1
        self.refresh()

    def refresh(self) -> None:
        """Draw what changed; called five times a second at most."""
        mirror = self._desk.mirror
        changes = mirror.changes(max(self._seen, 0))
        is_new = self._seen < 0 or changes.everything or bool(changes.alarms)
        self._past.poll(is_changed=is_new)
        self._follow_blink()
        second = int(mirror.now())
        if not is_new and second == self._second and not changes:
            return
        self._seen, self._second = mirror.revision, second
        self._draw_list()
        self.model.changed(changes.alarms)
        self.model.tick()
        self._draw_drawer()
        QTimer.singleShot(0, self, self._draw_load)  # the list is painted first: in a storm both fill a frame

    def status_text(self) -> str:
        """Return what the status line says at its right end."""
        mirror = self._desk.mirror
        return f"{len(mirror.open_alarms())} open alarms · {len(mirror.channels)} channels"

    def close_drawer(self) -> bool:
        """Close the note field, else the filters; say whether there was something to close."""
        if self.drawer.close_note() or self.place.close():
            return True
        if self.search.text() or self.chips.keys:
            self.search.clear()
            self.chips.clear()
            return True
        return False

    def _draw_list(self) -> None:
        mirror = self._desk.mirror
        open_ = mirror.open_alarms()
        tiers = {id_: int(channel["tier"]) for id_, channel in mirror.channels.items()}
        operator = self._desk.operator.name
        self.chips.show_chips(chips(open_, operator, tiers))
        query = Query(self.chips.keys, self.search.text())
        shown = in_order(listed(open_, query, operator, tiers), self._order, mirror.now())
        closed = self._past.closed_since(mirror.now() - _HOUR_S)
        rows = [*shown, *(listed(closed, query, operator, tiers) if self._has_closed else ())]
        self.model.show_ids([int(alarm["id"]) for alarm in rows])
        self._keep_selection()
        away = 0 if "suppressed" in self.chips.keys else sum(is_put_away(alarm) for alarm in open_)
        hidden = len(open_) - len(shown) - away
        said = f"{len(shown)} of {len(open_)} open" + (f", {hidden} hidden by the filter" if hidden > 0 else "")
        said += f"; {away} suppressed, not listed" if away else ""
        nothing = "No open alarms" if mirror.agent else "Loading"
        empty = nothing if not open_ else "No alarm passes the filter: Esc clears it"
        self.list.show_state(said, closed_line(closed), "" if rows else empty)

    def _keep_selection(self) -> None:
        if self._wanted:
            if self._wanted in self._desk.mirror.alarms and not self.table.choose(self._wanted):
                wanted, self._wanted = self._wanted, 0
                self.search.clear()
                self.chips.clear()
                self.table.choose(wanted)
            self._wanted = 0
        elif not self.table.current_id() and self.model.ids:
            self.table.choose(self.model.ids[0])

    def _draw_load(self) -> None:
        mirror = self._desk.mirror
        now = mirror.now()
        open_ = mirror.open_alarms()
        self.figures.show_figures(
            figures(open_, self._past.by_id.values(), mirror.channels.values(), now, self._past.load)
        )
        window = self._window if self._window[1] else (now - _DEFAULT_S, now)
        known = {**self._past.by_id, **{int(alarm["id"]): alarm for alarm in open_}}
        self._spans = {key: self._span(key, alarm) for key, alarm in known.items()}
        spans = [span for _, span in self._spans.values()]
        self.timeline.show_spans(spans, window, now, bool(self._window[1]))

    def _span(self, key: int, alarm: Json) -> tuple[Json, Span]:
        """Return an alarm's span, that of before where the board has the same alarm still."""
        known = self._spans.get(key)
        return known if known is not None and known[0] is alarm else (alarm, span_of(alarm))

    def _draw_drawer(self) -> None:
        alarm = self._alarm_of(self.table.current_id())
        channel = self._desk.mirror.channels.get(alarm["channel_id"]) if alarm is not None else None
        self.drawer.show_alarm(alarm, channel)
        self.acts.follow()

    def _follow_blink(self) -> None:
        if self._blink != self._desk.frame.is_lit:
            self._blink = self._desk.frame.is_lit
            self.table.delegate.is_lit = self._blink
            self.table.viewport().update(0, 0, self.table.columnWidth(0), self.table.viewport().height())

    def _alarm_of(self, alarm_id: int) -> Json | None:
        return self._desk.mirror.alarms.get(alarm_id) or self._past.by_id.get(alarm_id)

    def channel_in_hand(self) -> int:
        """Return the id of the chosen alarm's channel, 0 for none."""
        return next((int(alarm["channel_id"]) for alarm in self._chosen()), 0)

    def _chosen(self) -> list[Json]:
        return [alarm for id_ in self.table.chosen_ids() if (alarm := self._alarm_of(id_)) is not None]

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        title = QLabel("Alarms")
        title.setProperty("look", "title")
        head.addWidget(title)
        head.addSpacing(4)
        head.addWidget(self.chips, 4)
        head.addWidget(self.search, 1)
        main = QVBoxLayout()
        main.setContentsMargins(16, 6, 16, 8)
        main.setSpacing(8)
        main.addLayout(head)
        main.addWidget(self.figures)
        main.addWidget(self.timeline)
        main.addWidget(self.list, 1)
        self.place = DrawerPlace(self, main, self.drawer)
        self.acts.asked.connect(self.place.open)

    def _connect(self) -> None:
        self.chips.chosen.connect(self._on_filter)
        self.table.horizontalHeader().sectionClicked.connect(self._on_head)
        self.search.textChanged.connect(self._on_filter)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.table.opened.connect(self._on_opened)
        self.drawer.channelWanted.connect(self._desk.ways.openChannel)
        self.timeline.windowChosen.connect(self._on_window)
        self.list.closedWanted.connect(self._on_closed)
        for text, key, slot in (
            ("Next alarm", "J", self._on_next),
            ("Previous alarm", "K", self._on_previous),
            ("Search alarms", "/", self._on_search),
            ("What hides this alarm?", "H", self._on_hiding),
            ("Who is told of this alarm?", "W", self._on_told),
            ("Facts of the alarm", "I", self.place.toggle),
            ("Incident", "Shift+I", self._on_incident),
            ("Select all listed alarms", "Ctrl+A", self.table.selectAll),
            ("Show alarms closed in the last hour", "C", self.list.toggle_closed),
        ):
            action = QAction(text, self)
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(slot)
            self.addAction(action)
            if key == "Shift+I":
                self.drawer.add_way(action)
        self.drawer.add_way(add_guide_way(self, self._desk, self.table.current_id))

    def _on_filter(self) -> None:
        self._draw_list()
        self._draw_drawer()

    def _on_head(self, column: int) -> None:
        self._order = self._order.clicked(column)
        self.table.show_order(self._order)
        self._draw_list()

    def _on_selected(self) -> None:
        self._draw_drawer()

    def _on_opened(self, alarm_id: int) -> None:
        alarm = self._alarm_of(alarm_id)
        if alarm is not None and alarm["channel_id"]:
            self._desk.ways.openChannel.emit(int(alarm["channel_id"]))

    def _on_window(self, start: float, end: float) -> None:
        self._window = (start, end)
        if end:
            self._past.widen(self._desk.mirror.now() - start)
        self._draw_load()

    def _on_closed(self, is_on: bool) -> None:
        self._has_closed = is_on
        self._draw_list()

    def _on_next(self) -> None:
        self.table.step(1)

    def _on_previous(self) -> None:
        self.table.step(-1)

    def _on_hiding(self) -> None:
        if self.table.current_id():
            self._desk.ways.explainAlarm.emit(self.table.current_id())

    def _on_told(self) -> None:
        if self.table.current_id():
            self._desk.ways.askTold.emit(self.table.current_id())

    def _on_incident(self) -> None:
        """Open the incident of the chosen alarms, a new one where there is none."""
        chosen = [int(alarm["id"]) for alarm in self._chosen()]
        if chosen:
            self._desk.tasks.start(incident_for(self._desk, chosen), self._desk.ways.openIncident.emit)

    def _on_search(self) -> None:
        self.search.setFocus()
