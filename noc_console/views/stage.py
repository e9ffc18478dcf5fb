"""The stage: makes each screen when it is first shown and leads from one to the other along the desk's ways."""

from __future__ import annotations

from typing import Protocol, cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QStackedWidget, QWidget

from noc_console.views.desk import Desk
from noc_console.views.penalty_model import PenaltyModel
from noc_console.views.registry import build


class Screen(Protocol):
    """What every screen can do."""

    def refresh(self) -> None:
        """Draw what changed."""


class Stage(QStackedWidget):
    """Shows one screen at a time and remembers the way back."""

    shown = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._made: dict[str, QWidget] = {}
        self._before: list[tuple[str, int | None]] = []
        self.name = ""
        self._argument: int | None = None
        ways = desk.ways
        ways.openScreen.connect(self.show_screen)
        ways.openChannel.connect(self.open_channel)
        ways.editChannel.connect(self.edit_channel)
        ways.addChannel.connect(self.add_channel)
        ways.importChannels.connect(self.import_channels)
        ways.openAlarm.connect(self.open_alarm)
        ways.explainAlarm.connect(self.explain_alarm)
        ways.askTold.connect(self.ask_told)
        ways.openIncident.connect(self.open_incident)
        ways.openGuide.connect(self.open_guide)
        ways.openRun.connect(self.open_run)
        ways.openChecklist.connect(self.open_checklist)
        ways.openLab.connect(self.open_lab)
        ways.openTransport.connect(self.open_transport)
        ways.back.connect(self.back)

    def show_screen(self, name: str, argument: int | None = None) -> None:
        """Show a screen; `argument` (a channel's or an alarm's id) goes to its `open`."""
        if self.name and (name, argument) != (self.name, self._argument):
            self._before = [*self._before[-9:], (self.name, self._argument)]
        self._put_up(name, argument)

    def back(self) -> None:
        """Return to the screen before."""
        if self._before:
            self._put_up(*self._before.pop())

    def refresh(self) -> None:
        """Let the visible screen pull what changed."""
        screen = self.currentWidget()
        if screen is not None:
            cast(Screen, screen).refresh()

    def note(self) -> str:
        """Return what the visible screen adds to the status line."""
        words = getattr(self.currentWidget(), "status_text", None)
        return str(words()) if words else ""

    def keys(self) -> list[QAction]:
        """Return the visible screen's own actions."""
        screen = self.currentWidget()
        return screen.actions() if screen is not None else []

    def close_drawer(self) -> bool:
        """Close the visible screen's drawer; say whether there was one."""
        close = getattr(self.currentWidget(), "close_drawer", None)
        return bool(close()) if close else False

    def channel_in_hand(self) -> int:
        """Return the channel that is selected here, else the worst one that is ill, 0 where all are well."""
        told = getattr(self.currentWidget(), "channel_in_hand", None)
        channel_id = int(told()) if told else 0
        if channel_id in self._desk.mirror.channels:
            return channel_id
        model = PenaltyModel(self._desk.mirror)
        model.rank()
        return model.next_ill(0)

    def next_ill(self) -> None:
        """On the wall and the list select the next ill channel, elsewhere open it."""
        screen = self.currentWidget()
        step = getattr(screen, "next_ill", None)
        if step is not None:
            step()
            return
        model = PenaltyModel(self._desk.mirror)
        model.rank()
        channel_id = model.next_ill(self._argument or 0 if self.name == "channel" else 0)
        if channel_id:
            self.open_channel(channel_id)

    def open_channel(self, channel_id: int) -> None:
        """Show a channel's page."""
        self.show_screen("channel", channel_id)

    def edit_channel(self, channel_id: int) -> None:
        """Show the form of a channel."""
        self.show_screen("add-channel", channel_id)

    def add_channel(self) -> None:
        """Show the empty form."""
        self.show_screen("add-channel", 0)

    def import_channels(self) -> None:
        """Show the import of a list."""
        self.show_screen("import")

    def open_alarm(self, alarm_id: int) -> None:
        """Show the alarm list at an alarm."""
        self.show_screen("alarms", alarm_id)

    def explain_alarm(self, alarm_id: int) -> None:
        """Show what hides an alarm."""
        self.show_screen("maintenance", alarm_id)

    def ask_told(self, alarm_id: int) -> None:
        """Show who is told of an alarm."""
        self.show_screen("notices", alarm_id)

    def open_transport(self, input_id: int) -> None:
        """Show a transport stream input."""
        self.show_screen("ts-input", input_id)

    def open_incident(self, incident_id: int) -> None:
        """Show the page of an incident."""
        self.show_screen("incident", incident_id)

    def open_guide(self, alarm_id: int) -> None:
        """Begin or join the guide of an alarm and show it."""
        self.show_screen("guide", -alarm_id)

    def open_run(self, run_id: int) -> None:
        """Show a walk through a guide."""
        self.show_screen("guide", run_id)

    def open_checklist(self, run_id: int) -> None:
        """Show a walk through a checklist."""
        self.show_screen("checklist", run_id)

    def open_lab(self) -> None:
        """Show the lab's panel."""
        self.show_screen("lab")

    def _put_up(self, name: str, argument: int | None) -> None:
        screen = self._made.get(name)
        if screen is None:
            screen = self._made[name] = build(name, self._desk)
            self.addWidget(screen)
        self.name, self._argument = name, argument
        opener = getattr(screen, "open", None)
        if argument is not None and opener is not None:
            opener(argument)
        self.setCurrentWidget(screen)
        self.refresh()
        screen.setFocus()
        self.shown.emit(name)
