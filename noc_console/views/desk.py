"""What every screen is given in its constructor: the board, the look, the agent's API, and the ways to other screens.

A screen is a QWidget made as `Screen(desk)` with a method `refresh()`, which the one frame timer calls while the
screen is visible (five times a second at most) and once when it is shown: it asks `desk.mirror.changes(seen)` and
draws what changed. A screen that shows one thing has `open(id)`. A screen may have `status_text() -> str` for the
right end of the status line, `close_drawer() -> bool` for Esc, and `actions()` (QWidget's own) whose QActions appear
on the key card and in the palette, and `channel_in_hand() -> int` for F9. `desk.frame.is_lit` is the one blink phase.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Signal

from noc_console.views.state import BoardMirror
from noc_console.views.tasks import Tasks
from noc_console.views.theme import Theme
from noc_console.views.thumb_feed import ThumbFeed
from noc_console.views.thumb_pixmaps import Pixmaps

if TYPE_CHECKING:  # httpx is loaded when the first answer is needed, not before the window shows
    from noc_console.net.api_client import ApiClient


class Ways(QObject):
    """The ways between screens; the window listens, screens emit."""

    openScreen = Signal(str)  # noqa: N815 - Qt's spelling of signals
    openChannel = Signal(int)  # noqa: N815
    editChannel = Signal(int)  # noqa: N815
    addChannel = Signal()  # noqa: N815
    importChannels = Signal()  # noqa: N815
    openAlarm = Signal(int)  # noqa: N815
    explainAlarm = Signal(int)  # noqa: N815
    """What hides this alarm?"""
    askTold = Signal(int)  # noqa: N815
    """Who is told of this alarm?"""
    openTransport = Signal(int)  # noqa: N815
    openIncident = Signal(int)  # noqa: N815
    openGuide = Signal(int)  # noqa: N815
    """Begin or join the guide of an alarm."""
    openRun = Signal(int)  # noqa: N815
    """Show a walk through a guide by its number."""
    openChecklist = Signal(int)  # noqa: N815
    """Show a walk through a checklist by its number."""
    openLab = Signal()  # noqa: N815
    back = Signal()
    say = Signal(str)
    """One plain sentence for the operator, shown in the banner."""


class Frame(QObject):
    """The one clock of the screen: blink phase of unacknowledged critical and major glyphs, 2 Hz at most."""

    def __init__(self) -> None:
        super().__init__()
        self.is_lit = True


class Operator(QObject):
    """Who sits here: asked once, kept between starts, changed at shift change."""

    changed = Signal(str)

    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        self._settings = settings

    @property
    def name(self) -> str:
        """The operator's name; empty until it was asked for."""
        return str(self._settings.value("operator/name", ""))

    def rename(self, name: str) -> None:
        """Keep another name."""
        self._settings.setValue("operator/name", name.strip())
        self.changed.emit(name.strip())


class AgentDoor(QObject):
    """The way to the agent's API; `client` is None until an agent answers."""

    client: ApiClient | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a screen needs; nothing looks up a parent or a global."""

    mirror: BoardMirror
    theme: Theme
    ways: Ways
    frame: Frame
    operator: Operator
    agent: AgentDoor
    tasks: Tasks
    thumbs: ThumbFeed = field(default_factory=ThumbFeed)
    pixmaps: Pixmaps = field(default_factory=Pixmaps)
