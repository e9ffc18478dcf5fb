"""The running console: application, window, link to the agent, and the way out."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from noc_console.views.closing import ClosingCard, at_stake
from noc_console.views.desk import AgentDoor, Desk, Frame, Operator, Ways
from noc_console.views.endpoint import Attached, Embedded, Source
from noc_console.views.link import AgentLink
from noc_console.views.prompt import Prompt
from noc_console.views.sheet import dress
from noc_console.views.sound_voice import Voice
from noc_console.views.state import BoardMirror
from noc_console.views.tasks import Tasks
from noc_console.views.theme import Theme
from noc_console.views.theme import theme as theme_named
from noc_console.views.tidy import calm_collector, collect_here
from noc_console.views.window import Window

log = logging.getLogger(__name__)


def open_console(source: Source, theme: str) -> int:
    """Open the window on an agent and return the exit code when it has closed. Raises KnownError."""
    look = theme_named(theme)
    application = application_for(look)
    loop = QEventLoop(application)
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(Console(look, source).live())
    return 0


def application_for(look: Theme) -> QApplication:
    """Return the dressed application."""
    known = QApplication.instance()
    application = known if isinstance(known, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("noc-console")
    application.setOrganizationName("noc-console")
    # the last word is ours: qasync's loop must not end when a window closes
    application.setQuitOnLastWindowClosed(False)
    dress(application, look)
    return application


def desk_for(look: Theme, settings: QSettings | None = None) -> Desk:
    """Return a desk with an empty mirror."""
    kept = settings if settings is not None else QSettings()
    return Desk(BoardMirror(), look, Ways(), Frame(), Operator(kept), AgentDoor(), Tasks())


class Console:
    """The running program: window, link, and the way out."""

    def __init__(self, look: Theme, source: Source) -> None:
        self.desk = desk_for(look)
        self.window = Window(self.desk)
        self.link = AgentLink(source, self.desk.mirror, self.desk.agent, self.desk.ways.say.emit)
        self.voice = Voice(self.desk, self.window)
        self._source = source
        self._closed = asyncio.Event()
        self._closing = ClosingCard(self.window, look)
        self._token = Prompt(
            self.window, look, "Token of this agent?", "It stands in the agent's token file.", is_secret=True
        )
        self.window.closing.connect(self._leave)
        self.window.tryNow.connect(self.link.try_now)
        self.window.removeDemo.connect(self._remove_demo)
        self._closing.stopped.connect(self._closed.set)
        self._closing.kept.connect(self._keep)
        self._token.answered.connect(self._begin_with)

    def _on_signal(self, _number: int, _frame: object) -> None:
        """End as the closed window does: an exception out of a paint event would be lost in Qt."""
        self._closed.set()

    async def live(self) -> None:
        """Show the window, follow the agent, and return when the window has closed, or a signal asks to end."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        self.window.resize(1600, 900)
        self.window.showMaximized()
        await asyncio.sleep(0)
        calm_collector()
        self.desk.tasks.start(collect_here())
        self.voice.start()
        if isinstance(self._source, Attached) and not self._source.token:
            self._token.ask()
        else:
            self._begin()
        await self._closed.wait()
        self.voice.stop()
        self.window.may_close = True
        self.window.close()
        await self.desk.tasks.stop()
        self._source.let_go()

    def leave(self) -> None:
        """End without asking."""
        self._closed.set()

    def _begin(self) -> None:
        self.desk.tasks.start(self.link.run())
        if not (self.desk.operator.name or self._is_exhibit()):
            self.window.ask_operator()

    def _is_exhibit(self) -> bool:
        """Say whether a capsule or a backup is shown, where nobody's name is needed."""
        return isinstance(self._source, Embedded) and self._source.is_read_only

    def _begin_with(self, token: str) -> None:
        if isinstance(self._source, Attached):
            self._source.token = token
        self._begin()

    def _leave(self) -> None:
        channels = at_stake(self.desk.mirror)
        if isinstance(self._source, Embedded) and channels:
            self._closing.ask(channels)
        else:
            self._closed.set()

    def _keep(self) -> None:
        client = self.desk.agent.client
        if client is None:
            self.desk.ways.say.emit("The agent does not answer, so it cannot be told to go on.")
            return
        self.desk.tasks.start(client.keep(True), self._kept)

    def _kept(self, _nothing: object) -> None:
        self._closed.set()

    def _remove_demo(self) -> None:
        client = self.desk.agent.client
        if client is not None:
            self.desk.tasks.start(client.post("/demo/remove"))
