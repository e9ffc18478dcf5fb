"""The drawer of an alarm: facts, evidence, people, and what can be done; notes are written in place, no box opens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from noc_console.model import Severity
from noc_console.views.alarm_acts import Act, AlarmActs
from noc_console.views.alarm_facts import alarm_entries, channel_entries, state_line
from noc_console.views.channel_charts import titled
from noc_console.views.channel_paint import RIGHT, Ink, width_of, write
from noc_console.views.desk import Desk
from noc_console.views.drawer_button import KeyButton
from noc_console.views.drawer_sheet import Sheet
from noc_console.views.figures import age
from noc_console.views.glyphs import paint_glyph
from noc_console.views.notices_told import history_of, told_of
from noc_console.views.theme import BODY, SEMIBOLD, TITLE

Json = Mapping[str, Any]
_HEAD = 72


class AlarmDrawer(QFrame):
    """Shows one alarm, or a channel when it has none; `channelWanted` tells the way to its page.

    The actions belong to the screen that holds the drawer, so that their keys work beside it.
    """

    channelWanted = Signal(int)  # noqa: N815 - Qt's spelling of signals

    def __init__(self, desk: Desk, acts: AlarmActs, *, width: int = 360, has_way: bool = False) -> None:
        super().__init__()
        self._desk = desk
        self._told = told_of(desk)
        self._history = history_of(desk)
        self._acts = acts
        self._alarm: Json | None = None
        self._channel: Json | None = None
        self._has_way = has_way
        self._ways = 0
        self._focus_before: QWidget | None = None
        self.setFixedWidth(width)
        self.setProperty("look", "raised")
        self.sheet = Sheet(desk.theme)
        scroll = QScrollArea()
        scroll.setWidget(self.sheet)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.note = _NoteField()
        self.note.setAccessibleName("Note")
        self.note_label = QLabel("&Note")
        self.note_label.setBuddy(self.note)
        self.note_label.setProperty("look", "tertiary")
        self.reply = QLabel()
        self.reply.setWordWrap(True)
        self.reply.setProperty("look", "note")
        self.open_channel = QAction("Open channel", self)
        self.open_channel.setShortcut("Return")
        self.open_channel.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.open_channel.triggered.connect(self._on_open)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, _HEAD, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addWidget(self._foot(has_way))
        acts.asked.connect(self._on_asked)
        acts.told.connect(self._on_told)
        self.note.returnPressed.connect(self._on_note)
        self.note.left.connect(self._on_left)
        self._hide_note()

    def show_alarm(self, alarm: Json | None, channel: Json | None) -> None:
        """Show an alarm with its channel's evidence; without one the channel itself."""
        was = self._alarm["id"] if self._alarm is not None else 0
        self._alarm, self._channel = alarm, channel
        if (alarm["id"] if alarm is not None else 0) != was:
            self._hide_note()
            self.reply.hide()
        now = self._desk.mirror.now()
        if alarm is not None:
            others = [one for one in self._alarms_of(channel) if one["id"] != alarm["id"]] if channel else []
            kin = [one for key in alarm.get("children", ()) if (one := self._desk.mirror.alarms.get(key)) is not None]
            told = [*self._told.entries(alarm), *self._history.entries(alarm)]
            self.sheet.show_entries(alarm_entries(alarm, channel, others, now, kin, told))
        elif channel is not None:
            self.sheet.show_entries(channel_entries(channel, self._alarms_of(channel), now))
        else:
            self.sheet.show_entries(())
        self.update()

    @property
    def is_writing(self) -> bool:
        """Say whether the note field is open."""
        return self.note.isVisible()

    def close_note(self) -> bool:
        """Close the note field; say whether it was open."""
        was = self.is_writing
        self._hide_note()
        return was

    def _alarms_of(self, channel: Json) -> list[Json]:
        return [alarm for alarm in self._desk.mirror.open_alarms() if alarm["channel_id"] == channel["id"]]

    def _foot(self, has_way: bool) -> QWidget:
        foot = QWidget()
        grid = self._buttons = QGridLayout(foot)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setSpacing(8)
        grid.addWidget(self.reply, 0, 0, 1, 2)
        grid.addWidget(self.note_label, 1, 0, 1, 2)
        grid.addWidget(self.note, 2, 0, 1, 2)
        theme = self._desk.theme
        grid.addWidget(KeyButton(theme, self._acts.action(Act.ACKNOWLEDGE), is_primary=True), 3, 0)
        grid.addWidget(KeyButton(theme, self._acts.action(Act.SHELVE)), 3, 1)
        grid.addWidget(KeyButton(theme, self._acts.action(Act.NOTE)), 4, 0)
        grid.addWidget(KeyButton(theme, self._acts.action(Act.RESOLVE)), 4, 1)
        grid.addWidget(KeyButton(theme, self._acts.action(Act.FALSE)), 5, 0)
        last = self.open_channel if has_way else self._acts.action(Act.UNSHELVE)
        grid.addWidget(KeyButton(theme, last), 5, 1)
        return foot

    def add_way(self, action: QAction) -> None:
        """Add a button for an action of the screen under the others."""
        self._buttons.addWidget(KeyButton(self._desk.theme, action), 6 + self._ways // 2, self._ways % 2)
        self._ways += 1

    def _hide_note(self) -> None:
        if self.note.hasFocus() and self._focus_before is not None:
            self._focus_before.setFocus()
        self.note.hide()
        self.note_label.hide()
        self.note.clear()

    def _on_asked(self, question: str) -> None:
        self.note_label.setText(question)
        before = QApplication.focusWidget()
        self._focus_before = before if before is not self.note else self._focus_before
        self.note_label.show()
        self.note.show()
        self.note.setFocus()

    def _on_note(self) -> None:
        text = self.note.text().strip()
        self._hide_note()
        self._acts.answer(text)

    def _on_left(self) -> None:
        self._hide_note()
        self._acts.leave()

    def _on_told(self, sentence: str) -> None:
        self.reply.setText(sentence)
        self.reply.setVisible(bool(sentence))

    def _on_open(self) -> None:
        if self._alarm is not None:
            self.channelWanted.emit(int(self._alarm["channel_id"]))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: the border at the left, then the head."""
        super().paintEvent(event)
        painter = QPainter(self)
        colours = self._desk.theme.colours
        painter.setPen(QPen(colours.hairline, 1))
        painter.drawLine(0, 0, 0, self.height())
        if self._alarm is not None:
            self._paint_alarm(painter, self._alarm)
        elif self._channel is not None:
            self._paint_head(painter, Severity.CLEARED, (self._channel["name"], "", "Normal: no open alarm"))
        else:
            self._paint_head(painter, Severity.CLEARED, ("No alarm chosen", "", "J and K move through the list"))
        painter.drawLine(QPointF(16, _HEAD - 1), QPointF(self.width() - 16, _HEAD - 1))
        painter.end()

    def _paint_alarm(self, painter: QPainter, alarm: Json) -> None:
        ended = alarm["resolved_at"] or alarm["cleared_at"] or self._desk.mirror.now()
        duration = age(ended - alarm["raised_at"])
        code = f"{alarm['channel_code'] or 'Agent'}   " if self._has_way else ""
        texts = (titled(alarm), duration, f"{code}{state_line(alarm)}")
        self._paint_head(painter, Severity(alarm["severity"]), texts, is_acknowledged=alarm["acknowledged"])

    def _paint_head(
        self, painter: QPainter, severity: Severity, texts: tuple[str, str, str], *, is_acknowledged: bool = False
    ) -> None:
        theme, colours = self._desk.theme, self._desk.theme.colours
        title, figure, under = texts
        paint_glyph(painter, theme, severity, QPointF(28, 34), 26, acked=is_acknowledged)
        bold = theme.font(TITLE, SEMIBOLD)
        taken = width_of(figure, bold)
        row = QRectF(50, 15, self.width() - 66, 20)
        write(painter, row, figure, Ink(bold, colours.text), RIGHT)
        write(painter, row.adjusted(0, 0, -taken - 8, 0), title, Ink(bold, colours.text))
        write(painter, row.translated(0, 21), under, Ink(theme.font(BODY), colours.secondary))
        painter.setPen(QPen(colours.hairline, 1))


class _NoteField(QLineEdit):
    """A line for a note; Esc leaves it."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setPlaceholderText("Enter sends, Esc leaves")
        self.setMaxLength(500)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override: Esc leaves the field."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)
