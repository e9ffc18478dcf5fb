"""F9, *Is it us?*: the card over the window with the verdict, how sure it is, and everything it stands on."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QWidget

from noc_console.model import Severity
from noc_console.views.actions import add_action
from noc_console.views.channel_paint import RIGHT, Ink, write
from noc_console.views.desk import Desk
from noc_console.views.drawer_button import KeyButton
from noc_console.views.drawer_sheet import Plain, Sheet
from noc_console.views.is_it_us_values import CardHead, Json, entries_of, head_of, text_of
from noc_console.views.overlay import Overlay
from noc_console.views.records_feed import client_of
from noc_console.views.theme import BODY, COUNTER, SEMIBOLD, TITLE, Theme

_WIDTH, _HEAD_HEIGHT, _BAR, _SIDE = 720, 76, 160, 16
_LOOKING = "Looking at layers, sisters, requests, changes and ourselves"


class VerdictHead(QWidget):
    """The head: channel and time, the verdict, and a bar that says how sure it is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._head = CardHead("", "")
        self.setFixedHeight(_HEAD_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_head(self, head: CardHead) -> None:
        """Show channel, verdict and confidence."""
        self._head = head
        self.setAccessibleName(f"{head.title}: {head.says} {head.note}")
        self.update()

    def sizeHint(self) -> QSize:
        """Override: as wide as the card."""
        return QSize(_WIDTH, _HEAD_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: the title, the sentence, the bar, the note."""
        painter, theme, head = QPainter(self), self._theme, self._head
        colours, width = theme.colours, float(self.width() - 2 * _SIDE)
        painter.translate(_SIDE, 0)
        write(painter, QRectF(0, 0, width, 20), head.title, Ink(theme.font(TITLE, SEMIBOLD), colours.text))
        write(painter, QRectF(0, 0, width, 20), "Is it us?", Ink(theme.font(BODY), colours.tertiary), RIGHT)
        says = Ink(theme.font(COUNTER, SEMIBOLD), colours.text)
        write(painter, QRectF(0, 26, width, 26), head.says, says)
        left = 0.0
        if head.confidence >= 0:
            track = QRectF(0, 63, _BAR, 6)
            painter.fillRect(track, colours.band_low)
            filled = QRectF(0, 63, _BAR * min(1.0, head.confidence), 6)
            painter.fillRect(filled, theme.severity[Severity.MAJOR] if head.is_ill else colours.data_line)
            left = _BAR + 12.0
        write(painter, QRectF(left, 56, width - left, 20), head.note, Ink(theme.font(BODY), colours.secondary))
        painter.end()


class IsItUsCard(Overlay):
    """Asks for one channel and shows the answer; F9 asks again, Y copies it, Esc puts it away."""

    def __init__(self, window: QWidget, desk: Desk) -> None:
        super().__init__(window, desk.theme, _WIDTH)
        self._desk = desk
        self._channel_id = 0
        self._answer: Json | None = None
        self.setAccessibleName("Is it us?")
        self.head, self.sheet = VerdictHead(desk.theme), Sheet(desk.theme)
        self.area = QScrollArea()
        self.area.setWidget(self.sheet)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.copy_text = add_action(self, "Copy as text", "Y", self._copy, within=True)
        self.again = add_action(self, "Ask again", "Space", self._ask, within=True)
        self.way = add_action(self, "Open the channel", "O", self._open, within=True)
        self.said = QLabel()
        self.said.setProperty("look", "note")
        self.column.setContentsMargins(1, _SIDE, 1, _SIDE)
        self.column.addWidget(self.head)
        self.column.addWidget(self.area, 1)
        self.column.addWidget(self._foot())

    def ask(self, channel_id: int) -> None:
        """Show the card and ask about a channel."""
        self._channel_id = channel_id
        self._ask()
        self.pop_up()

    def sizeHint(self) -> QSize:
        """Override: as high as what it says; the window bounds it."""
        return QSize(_WIDTH, _HEAD_HEIGHT + self.sheet.sizeHint().height() + 96)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override: the arrow keys and Page scroll, Esc closes."""
        bar = self.area.verticalScrollBar()
        steps = {Qt.Key.Key_Down: 40, Qt.Key.Key_Up: -40, Qt.Key.Key_PageDown: 300, Qt.Key.Key_PageUp: -300}
        step = steps.get(Qt.Key(event.key()), 0)
        if step:
            bar.setValue(bar.value() + step)
        else:
            super().keyPressEvent(event)

    def _foot(self) -> QWidget:
        foot = QWidget()
        row = QHBoxLayout(foot)
        row.setContentsMargins(_SIDE, 0, _SIDE, 0)
        row.setSpacing(8)
        for number, action in enumerate((self.copy_text, self.again, self.way)):
            button = KeyButton(self._theme, action, is_primary=number == 0)
            button.setFixedWidth(176)
            row.addWidget(button)
        row.addWidget(self.said, 1)
        return foot

    def _ask(self) -> None:
        channel = self._desk.mirror.channels.get(self._channel_id)
        title = f"{channel['code']}  {channel['name']}" if channel else ""
        self._answer = None
        self.said.setText("")
        self.copy_text.setEnabled(False)
        self.head.show_head(CardHead(title, "Looking …", _LOOKING))
        self.sheet.show_entries(())
        self._desk.tasks.start(self._asked(self._channel_id), self._take, self._fail)

    async def _asked(self, channel_id: int) -> Json:
        wish = {"by": self._desk.operator.name or "operator"}
        client = client_of(self._desk)
        answer: Json = (await client.post(f"/channels/{channel_id}/is-it-us", wish))["answer"]
        return answer

    def _take(self, answer: Json) -> None:
        if answer["channel_id"] != self._channel_id:
            return
        self._answer = answer
        self.copy_text.setEnabled(True)
        self.head.show_head(head_of(answer))
        self.sheet.show_entries(entries_of(answer))
        self._fit()

    def _fail(self, sentence: str) -> None:
        self.head.show_head(CardHead("Is it us?", "The agent gave no answer."))
        self.sheet.show_entries((Plain(sentence),))
        self._fit()

    def _fit(self) -> None:
        if self.isVisible():
            self._place()

    def _copy(self) -> None:
        if self._answer is not None:
            QGuiApplication.clipboard().setText(text_of(self._answer))
            self.said.setText("Copied.")

    def _open(self) -> None:
        self.put_away()
        if self._channel_id:
            self._desk.ways.openChannel.emit(self._channel_id)
