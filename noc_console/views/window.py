"""The main window: bar, banner, navigation, stage and status line around the one frame timer."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QMainWindow, QWidget

from noc_console.views import notices
from noc_console.views.actions import add_action, hints
from noc_console.views.banner import Banner, Notice
from noc_console.views.desk import Desk
from noc_console.views.finds import everything
from noc_console.views.is_it_us import IsItUsCard
from noc_console.views.keys import KeyCard
from noc_console.views.navigation import Navigation
from noc_console.views.overlay import Overlay
from noc_console.views.palette import Find, Palette
from noc_console.views.prompt import Prompt
from noc_console.views.registry import SCREENS, in_navigation, keys_of
from noc_console.views.stage import Stage
from noc_console.views.statusline import StatusLine
from noc_console.views.topbar import TopBar
from noc_console.views.ts_facts import has_streams

_PULL_MS = 100
_BLINK_PULLS = 4
"""Half a period of blinking: 1.25 Hz, half lit; even, because the screen is drawn at every second pull."""
_NARROW = 1500


class Window(QMainWindow):
    """Everything the operator sees; `closing` asks the program, which sets `may_close`."""

    closing = Signal()
    tryNow = Signal()  # noqa: N815
    removeDemo = Signal()  # noqa: N815

    def __init__(self, desk: Desk, first: str = "wall") -> None:
        super().__init__()
        self.desk = desk
        self._said: Notice | None = None
        self._closed: Notice | None = None
        self._pulls = 0
        self._streams_seen, self._has_streams = -1, False
        self.may_close = False
        self.cards: list[Overlay] = []
        """Further cards over the window that Esc puts away."""
        self.aside = ""
        """What the status line says besides the screen's own words: the sound."""
        self.setWindowTitle("noc-console")
        self.top, self.banner = TopBar(desk), Banner(desk.theme)
        self.navigation, self.stage, self.status = Navigation(desk.theme), Stage(desk), StatusLine(desk)
        self._lay_out()
        self.keys = self._make_actions()
        self.find_card = Palette(self, desk.theme, self._finds)
        self.key_card = KeyCard(self, desk.theme)
        note = "Your name stands beside what you acknowledge. F2 changes it."
        self.us_card = IsItUsCard(self, desk)
        self.who = Prompt(self, desk.theme, "Who is here?", note)
        self._connect()
        self.stage.show_screen(first)
        self._timer = QTimer(self)
        self._timer.setInterval(_PULL_MS)
        self._timer.timeout.connect(self.pull)
        self._timer.start()

    def pull(self) -> None:
        """Let everything visible pull what changed; called by the one frame timer."""
        self._pulls += 1
        self.desk.frame.is_lit = self._pulls // _BLINK_PULLS % 2 == 0
        # the frame and the screen take turns, so that neither keeps a key waiting for both
        if self._pulls % 2:
            self.stage.refresh()
        else:
            self.pull_frame()

    def pull_frame(self) -> None:
        """Let what surrounds the screen pull what changed."""
        self.top.refresh()
        self._tell()
        self._show_entries()
        self.status.refresh(" · ".join(part for part in (self.aside, self.stage.note()) if part))

    def show_lit(self) -> None:
        """Draw the lit half of the blinking: what a picture should show."""
        self._pulls = 0
        self.desk.frame.is_lit = True
        self.stage.refresh()
        self.pull_frame()

    def say(self, text: str) -> None:
        """Show one sentence in the banner until it is closed."""
        self._said = Notice(text)
        self._tell()

    def is_it_us(self) -> None:
        """Ask whether the fault of the channel in hand is ours; without one of the worst there is."""
        channel_id = self.stage.channel_in_hand()
        if channel_id:
            self.us_card.ask(channel_id)
        else:
            self.say("Is it us? Choose a channel first: there is none that is ill.")

    def ask_operator(self) -> None:
        """Ask who sits here."""
        self.who.ask(self.desk.operator.name)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Override: the program decides when the window may go."""
        if self.may_close:
            self._timer.stop()
            event.accept()
        else:
            event.ignore()
            self.closing.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: a small screen has a narrow navigation."""
        self.navigation.set_narrow(self.width() < _NARROW)

    def _lay_out(self) -> None:
        page = QWidget()
        page.setObjectName("page")
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.top, 0, 0, 1, 2)
        grid.addWidget(self.banner, 1, 0, 1, 2)
        grid.addWidget(self.navigation, 2, 0)
        grid.addWidget(self.stage, 2, 1)
        grid.addWidget(self.status, 3, 0, 1, 2)
        grid.setRowStretch(2, 1)
        grid.setColumnStretch(1, 1)
        self.setCentralWidget(page)
        for name in in_navigation():
            self.navigation.add(name, SCREENS[name].title, SCREENS[name].icon, SCREENS[name].label)

    def _make_actions(self) -> list[QAction]:
        ways = self.desk.ways
        screens = [
            add_action(self, SCREENS[name].title, key, partial(self.stage.show_screen, name))
            for name, key in keys_of(in_navigation()).items()
        ]
        return screens + [
            add_action(self, text, key, act)
            for text, key, act in (
                ("Find channel, alarm, action", "Ctrl+K", self._find),
                ("Next ill channel", "N", self.stage.next_ill),
                ("Is it us?", "F9", self.is_it_us),
                ("Add channel", "Ctrl+N", ways.addChannel.emit),
                ("Import channels", "Ctrl+Shift+I", ways.importChannels.emit),
                ("NMS log", "Ctrl+L", partial(self.stage.show_screen, "nms")),
                ("Rules", "Ctrl+R", partial(self.stage.show_screen, "rules")),
                ("Say who is here", "F2", self.ask_operator),
                ("All keys", "?", self.show_keys),
                ("Close, back", "Esc", self._escape),
                ("Full screen", "F11", self._full_screen),
                ("Close the console", "Ctrl+Q", self.close),
            )
        ]

    def _connect(self) -> None:
        self.navigation.chosen.connect(self.stage.show_screen)
        self.stage.shown.connect(self._mark)
        self.banner.acted.connect(self.tryNow)
        self.banner.closed.connect(self._close_notice)
        self.top.operatorClicked.connect(self.ask_operator)
        self.top.removeDemo.connect(self.removeDemo)
        self.who.answered.connect(self.desk.operator.rename)
        self.desk.ways.say.connect(self.say)
        self.desk.tasks.failed.connect(self.say)

    def _mark(self, name: str) -> None:
        within = {"channel": "channels", "add-channel": "channels", "import": "channels", "ts-input": "ts"}
        within |= {"nms": "notices", "rules": "maintenance", "incident": "incidents", "guide": "guides"}
        within |= {"checklist": "shift"}
        self.status.show_hints(hints(name))
        self.navigation.mark(within.get(name, name))

    def _tell(self) -> None:
        standing = notices.standing(self.desk.mirror)
        self.banner.tell(self._said if standing is None or standing == self._closed else standing)

    def _close_notice(self, notice: Notice) -> None:
        """Keep a closed notice away until there is another one."""
        if notice == self._said:
            self._said = None
        else:
            self._closed = notice
        self._tell()

    def _show_entries(self) -> None:
        has_lab = bool(self.desk.mirror.agent.get("lab"))
        if self.desk.mirror.revision != self._streams_seen:
            self._streams_seen = self.desk.mirror.revision
            self._has_streams = has_streams(self.desk.mirror)
        shown = (
            name
            for name in in_navigation()
            if (has_lab or not SCREENS[name].needs_lab) and (self._has_streams or not SCREENS[name].needs_streams)
        )
        self.navigation.show_only(set(shown))

    def _find(self) -> None:
        self.find_card.pop_up()

    def _finds(self) -> list[Find]:
        return everything(self.desk, [*self.keys, *self.stage.keys()])

    def show_keys(self) -> None:
        """Show the card of all keys that work here."""
        title = SCREENS[self.stage.name].title
        self.key_card.show_keys([("Everywhere", self.keys), (title, self.stage.keys())])

    def _escape(self) -> None:
        for card in (self.find_card, self.key_card, self.us_card, self.who, *self.cards):
            if card.isVisible():
                card.put_away()
                return
        if self._said is not None:
            self._said = None
            self._tell()
        elif not self.stage.close_drawer():
            self.stage.back()

    def _full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()
