"""Sound and tray beside the window: their actions, and their words in the status line."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings

from noc_console.views.actions import add_action
from noc_console.views.desk import Desk
from noc_console.views.prompt import Prompt
from noc_console.views.sound import Sound
from noc_console.views.tray import Tray
from noc_console.views.window import Window


class Voice(QObject):
    """Made by the running program only: pictures and tests are silent."""

    def __init__(self, desk: Desk, window: Window) -> None:
        super().__init__()
        self._window = window
        self.sound, self.tray = Sound(desk, QSettings()), Tray(desk)
        note = "Local hours in which only critical alarms sound, like 22:00-06:00; none for never."
        self._hours = Prompt(window, desk.theme, "Quiet hours?", note)
        self._hours.answered.connect(self.sound.set_quiet)
        window.cards.append(self._hours)
        self.sound.changed.connect(self._on_changed)
        self.tray.clicked.connect(self._on_clicked)
        window.keys += [
            add_action(window, "Mute the sound for 15 min, or not", "Ctrl+M", self.sound.toggle_mute),
            add_action(window, "Quiet hours of the sound", "Ctrl+Shift+M", self._on_hours),
        ]

    def start(self) -> None:
        """Begin to listen."""
        self.sound.start()
        self.tray.start()

    def stop(self) -> None:
        """Be silent and take the icon away."""
        self.sound.stop()
        self.tray.stop()

    def _on_changed(self, words: str) -> None:
        self._window.aside = words

    def _on_clicked(self) -> None:
        self._window.showNormal() if self._window.isMinimized() else self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    def _on_hours(self) -> None:
        self._hours.ask(self.sound.quiet)
