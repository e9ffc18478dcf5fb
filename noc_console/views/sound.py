"""The console's voice: an earcon per severity until somebody answers; mute with a time-out, quiet hours, one note."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSettings, QTimer, Signal

from noc_console.errors import KnownError
from noc_console.views.desk import Desk
from noc_console.views.figures import ICT, age
from noc_console.views.sound_bell import Bell, Quiet, muted, quiet_of, step, unanswered
from noc_console.views.sound_player import earcon, play, player

MUTE_S = 900.0
_EVERY_MS = 500
_AGAIN_S = 60.0
Play = Callable[[Path], Coroutine[Any, Any, None]]


class Sound(QObject):
    """Looks twice a second at the board; `note` is what the status line says, empty while all is as usual."""

    changed = Signal(str)

    def __init__(self, desk: Desk, settings: QSettings, ring: Play | None = None) -> None:
        super().__init__()
        self._desk, self._settings = desk, settings
        self._command = player()
        self._ring = ring or self._played
        self._bell = Bell()
        self._fault, self._failed_at = "", -_AGAIN_S
        self._is_ringing = False
        self._note = ""
        try:
            self._quiet = quiet_of(str(settings.value("sound/quiet", "")))
        except KnownError:
            self._quiet = Quiet()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Begin to look."""
        self._timer.start()

    def stop(self) -> None:
        """Be silent for good."""
        self._timer.stop()

    @property
    def quiet(self) -> str:
        """The quiet hours as they are written."""
        return str(self._quiet)

    @property
    def note(self) -> str:
        """What the status line says of the sound."""
        return self._note

    def look(self) -> None:
        """Ring when it is due, and say how things stand."""
        mirror = self._desk.mirror
        now, alarms = mirror.now(), mirror.open_alarms()
        moment = datetime.fromtimestamp(now, ICT)
        is_quiet = self._quiet.is_on(moment.hour * 60 + moment.minute)
        self._bell, due = step(self._bell, alarms, now, is_quiet=is_quiet)
        if due is not None and not self._is_ringing and mirror.monotonic() - self._failed_at >= _AGAIN_S:
            self._is_ringing = True
            self._desk.tasks.start(self._sounded(str(due)), self._on_heard, self._on_fault)
        self._say(self._words(now, is_quiet=is_quiet, waits=bool(unanswered(alarms))))

    def toggle_mute(self) -> None:
        """Mute for 15 minutes, or let it ring again."""
        now = self._desk.mirror.now()
        self._bell = muted(self._bell, 0.0 if self._bell.left_s(now) else now + MUTE_S)
        self.look()

    def set_quiet(self, text: str) -> None:
        """Keep other quiet hours; what is none is one sentence in the banner."""
        try:
            self._quiet = quiet_of(text)
        except KnownError as error:
            self._desk.ways.say.emit(str(error))
            return
        self._settings.setValue("sound/quiet", str(self._quiet))
        self.look()

    async def _sounded(self, name: str) -> None:
        try:
            await self._ring(earcon(name))
        finally:
            self._is_ringing = False

    async def _played(self, file: Path) -> None:
        await play(file, self._command)

    def _words(self, now: float, *, is_quiet: bool, waits: bool) -> str:
        if left := self._bell.left_s(now):
            return f"sound muted, {age(left)} left"
        if self._fault and waits:
            return self._fault
        return f"quiet hours {self._quiet}: only critical sounds" if is_quiet else ""

    def _say(self, words: str) -> None:
        if words != self._note:
            self._note = words
            self.changed.emit(words)

    def _on_heard(self, _nothing: object) -> None:
        self._fault = ""

    def _on_fault(self, sentence: str) -> None:
        self._fault, self._failed_at = sentence.rstrip("."), self._desk.mirror.monotonic()
