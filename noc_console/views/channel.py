"""The channel page: head, way of the signal, live charts, ladder, waterfall, playlist, and the alarm's drawer."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from noc_console.model import Severity
from noc_console.views.alarm_acts import AlarmActs
from noc_console.views.alarm_drawer import AlarmDrawer
from noc_console.views.channel_header import ChannelHeader
from noc_console.views.channel_path import PathRow, input_ids, steps
from noc_console.views.channel_plots import Plots
from noc_console.views.channel_saving import Saving
from noc_console.views.channel_work import WorkRow
from noc_console.views.channels_acts import ChannelActs
from noc_console.views.desk import Desk
from noc_console.views.drawer_place import DrawerPlace
from noc_console.views.guide_way import add_guide_way, alarm_of_channel
from noc_console.views.picture_cards import MediaRow
from noc_console.views.picture_charts import Aspect
from noc_console.views.picture_strip import PictureStrip
from noc_console.views.ts_work import TsWork


class ChannelScreen(QWidget):
    """One channel, told by `open(id)`; refreshed by the frame timer while visible."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self._channel_id = 0
        self._input_id = 0
        self._alarm_id = 0
        self._seen = 0
        self._boot = ""
        self._drawn_second = 0
        self.header = ChannelHeader(desk)
        self.path = PathRow(desk)
        self.plots = Plots(desk)
        self.work = WorkRow(desk)
        self.pictures = PictureStrip(desk)
        self.media = MediaRow(desk)
        self.stream = TsWork(desk)
        self.acts = AlarmActs(desk, self, self._chosen_alarms)
        self.drawer = AlarmDrawer(desk, self.acts)
        self.saving = Saving(desk, self)
        self.path.chosen.connect(self._on_input)
        self.plots.aspectChosen.connect(self._on_aspect)
        self._lay_out()
        self._add_actions()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: a small screen has the drawer over the page."""
        super().resizeEvent(event)
        self.place.fit()

    def channel_in_hand(self) -> int:
        """Return the shown channel's id, 0 for none."""
        return self._channel_id

    def open(self, channel_id: int) -> None:
        """Show another channel."""
        if channel_id != self._channel_id:
            self._channel_id, self._input_id, self._alarm_id, self._seen = channel_id, 0, 0, 0
            self._drawn_second = 0
            self.plots.forget()
            self.work.forget()
            self.pictures.forget()
        self.refresh()

    def refresh(self) -> None:
        """Draw what changed; called five times a second at most."""
        mirror = self._desk.mirror
        channel = mirror.channels.get(self._channel_id)
        if channel is None:
            self._leave_gone()
            return
        if mirror.boot != self._boot:
            # another agent, or the same one anew: what was fetched from it before may be another channel's
            self._boot = mirror.boot
            self.plots.forget()
        changes = mirror.changes(self._seen)
        is_new = not self._seen or changes.everything or self._channel_id in changes.channels or bool(changes.alarms)
        self._seen = mirror.revision
        second = int(mirror.now())
        is_due = second != self._drawn_second or self.plots.has_news
        if is_new or is_due:
            self._drawn_second = second
            self._draw(channel, with_plots=is_due)

    def status_text(self) -> str:
        """Return what the status line says at its right end."""
        channel = self._desk.mirror.channels.get(self._channel_id)
        if channel is None:
            return "no channel chosen"
        count = len(channel["inputs"])
        return f"{channel['code']} · {count} input{'' if count == 1 else 's'}"

    def close_drawer(self) -> bool:
        """Close the note field or leave the pause; say whether there was something to close."""
        return self.drawer.close_note() or self.place.close() or self.plots.resume()

    def _leave_gone(self) -> None:
        """A channel that is deleted while it is shown is no page to stay on: its last figures would pass for live."""
        if self._seen and self._desk.mirror.agent and self.isVisible():
            self._channel_id = self._seen = 0
            self._desk.ways.say.emit("This channel is no longer watched: it was deleted.")
            self._desk.ways.back.emit()

    def _draw(self, channel: Any, *, with_plots: bool) -> None:
        mirror = self._desk.mirror
        one = self._input_of(channel)
        alarms = [alarm for alarm in mirror.open_alarms() if alarm["channel_id"] == channel["id"]]
        alarm = next((a for a in alarms if a["id"] == self._alarm_id), alarms[0] if alarms else None)
        self._alarm_id = alarm["id"] if alarm is not None else 0
        self.header.show_channel(channel)
        self.path.show_steps(steps(channel, mirror.channel_state(channel), self._input_id), self._input_id)
        if with_plots:
            self.plots.show_input(channel, one, alarms)
        self.pictures.show_channel(channel, alarm, self.plots.quality())
        self._draw_work(channel, one, alarms)
        self.drawer.show_alarm(alarm, channel)
        self.acts.follow()

    def _draw_work(self, channel: Any, one: Any, alarms: list[Any]) -> None:
        """Fill the lower row: picture and sound where the charts are about them, else how the stream comes."""
        is_media = self.plots.aspect in (Aspect.PICTURE, Aspect.SOUND)
        is_stream = one is not None and one["kind"] == "ts" and not is_media
        self.media.setVisible(is_media)
        self.work.setVisible(not is_stream and not is_media)
        if is_media:
            self.media.show_input(channel, one)
        elif not is_stream:
            self.work.show_input(channel, one, alarms, self.plots.limits.limits)
        self.stream.show_input(channel, one if is_stream else None)

    def _input_of(self, channel: Any) -> Any:
        inputs = channel["inputs"]
        if not inputs:
            return None
        chosen = next((one for one in inputs if one["id"] == self._input_id), None)
        chosen = chosen or max(inputs, key=lambda one: (Severity(one["severity"]).rank, -one["layer"]))
        self._input_id = chosen["id"]
        return chosen

    def _chosen_alarms(self) -> list[Any]:
        alarm = self._desk.mirror.alarms.get(self._alarm_id)
        return [alarm] if alarm is not None else []

    def _lay_out(self) -> None:
        main = QVBoxLayout()
        main.setContentsMargins(16, 8, 16, 8)
        main.setSpacing(8)
        main.addWidget(self.header)
        main.addWidget(self.path)
        main.addWidget(self.pictures)
        main.addWidget(self.plots, 5)
        main.addWidget(self.work, 4)
        main.addWidget(self.stream, 4)
        main.addWidget(self.media, 4)
        self.place = DrawerPlace(self, main, self.drawer)
        self.acts.asked.connect(self.place.open)

    def _add_actions(self) -> None:
        for text, key, slot in (
            ("Pause the charts", "Space", self.plots.toggle_pause),
            ("Compare playlist with the fetch before", "D", self.work.playlist.toggle_diff),
            ("All, delivery, picture or sound", "M", self.plots.next_aspect),
            ("Pictures of the last minute or around the alarm", "V", self.pictures.toggle),
            ("Next alarm of this channel", "J", self._on_next),
            ("Previous alarm of this channel", "K", self._on_previous),
            ("Shorter window", "-", self.plots.shorter),
            ("Longer window", "+", self.plots.longer),
            ("Edit this channel", "Ctrl+E", self._on_edit),
            ("Open its transport stream", "Ctrl+T", self._on_transport),
            ("Facts of the alarm", "I", self.place.toggle),
            ("Next input, along the way of the signal", "L", self._on_next_input),
            ("Input before", "Shift+L", self._on_input_before),
            ("Export what the charts show", "E", self._on_export),
            ("Raise a test alarm", "Shift+T", self._on_test_alarm),
        ):
            action = QAction(text, self)
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(slot)
            self.addAction(action)
        self.drawer.add_way(add_guide_way(self, self._desk, self._guided))

    def _guided(self) -> int:
        return self._alarm_id or alarm_of_channel(self._desk, self._channel_id)

    def _on_input(self, input_id: int) -> None:
        if input_id == self._input_id:
            # a second click on a transport stream's box opens its own page
            self._on_shown_again()
            return
        self._input_id, self._seen, self._drawn_second = input_id, 0, 0
        self.plots.forget()
        self.work.forget()
        self.refresh()

    def _on_aspect(self) -> None:
        self._seen = self._drawn_second = 0
        self.refresh()

    def _on_next_input(self) -> None:
        self._step_input(1)

    def _on_input_before(self) -> None:
        self._step_input(-1)

    def _step_input(self, way: int) -> None:
        channel = self._desk.mirror.channels.get(self._channel_id)
        ids = input_ids(channel) if channel is not None else []
        if len(ids) > 1 and self._input_id in ids:
            self._on_input(ids[(ids.index(self._input_id) + way) % len(ids)])

    def _on_export(self) -> None:
        channel = self._desk.mirror.channels.get(self._channel_id)
        if channel is not None:
            self.saving.ask(self.plots.shown(str(channel["code"])))

    def _on_test_alarm(self) -> None:
        channel = self._desk.mirror.channels.get(self._channel_id)
        if channel is not None:
            ChannelActs(self._desk).test_alarm(channel)

    def _on_edit(self) -> None:
        if self._channel_id:
            self._desk.ways.editChannel.emit(self._channel_id)

    def _on_shown_again(self) -> None:
        channel = self._desk.mirror.channels.get(self._channel_id)
        kinds = {one["id"]: one["kind"] for one in channel["inputs"]} if channel is not None else {}
        if kinds.get(self._input_id) == "ts":
            self._desk.ways.openTransport.emit(self._input_id)

    def _on_transport(self) -> None:
        channel = self._desk.mirror.channels.get(self._channel_id)
        streams = [one["id"] for one in channel["inputs"] if one["kind"] == "ts"] if channel is not None else []
        if streams:
            self._desk.ways.openTransport.emit(self._input_id if self._input_id in streams else streams[0])

    def _on_next(self) -> None:
        self._step(1)

    def _on_previous(self) -> None:
        self._step(-1)

    def _step(self, way: int) -> None:
        ids = [one["id"] for one in self._desk.mirror.open_alarms() if one["channel_id"] == self._channel_id]
        if self._alarm_id in ids:
            self._alarm_id, self._seen = ids[(ids.index(self._alarm_id) + way) % len(ids)], 0
            self.refresh()
