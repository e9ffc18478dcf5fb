"""Add a channel from one URL, or edit one: inspect, correct what is proposed, save; disable and delete in place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from noc_console.errors import KnownError
from noc_console.views import channel_calls as calls
from noc_console.views.add_channel_meter import Meter
from noc_console.views.add_channel_seen import seen_entries
from noc_console.views.add_channel_watch import WATCH_S, Seen, Watching
from noc_console.views.desk import Desk
from noc_console.views.drawer_button import KeyButton
from noc_console.views.drawer_sheet import Sheet
from noc_console.views.edit_channel_form import ChannelForm
from noc_console.views.edit_channel_inputs import Inputs, inputs_of
from noc_console.views.edit_channel_inputs_row import InputsRow
from noc_console.views.edit_channel_life import LifeRow
from noc_console.views.edit_channel_values import (
    Values,
    body,
    complaint,
    from_catalogue,
    from_url,
    is_stream,
    with_proposal,
)


class AddChannelScreen(QWidget):
    """`open(0)` adds, `open(id)` edits. Enter in the URL inspects, Ctrl+Enter saves, Esc leaves.

    A channel may have several inputs: one is in the form, the row above it goes from one to the other.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self._known: dict[str, Any] | None = None
        self._inputs = Inputs()
        self.title = QLabel("Add channel")
        self.title.setProperty("look", "title")
        self.url = QLineEdit()
        self.url.setMaxLength(2048)
        self.url.setPlaceholderText("https://edge.example/live/news-1/master.m3u8")
        self.url.setAccessibleName("URL of the playlist or MPD")
        self.url.returnPressed.connect(self._on_inspect)
        self.address = QLabel(Inputs().title)
        self.meter = Meter(desk.theme)
        self.form = ChannelForm()
        self.inputs = InputsRow(desk.theme, self)
        self.inputs.chosen.connect(self._on_input)
        self.inputs.adding.connect(self._on_add_input)
        self.inputs.removing.connect(self._on_remove_input)
        self.reply = QLabel()
        self.reply.setWordWrap(True)
        self.life = LifeRow(desk)
        self.life.done.connect(self._on_lived)
        self.sheet = Sheet(desk.theme)
        self.watching = Watching(desk)
        self.watching.seen.connect(self._on_seen)
        self.watching.progressed.connect(self.meter.show_progress)
        self.watching.failed.connect(self._on_failed)
        self._inspect = self._action("Inspect", "Ctrl+I", self._on_inspect)
        self._save = self._action("Save", "Ctrl+Return", self._on_save)
        self._leave = self._action("Cancel", "", desk.ways.back.emit)
        self._lay_out()
        self.setFocusProxy(self.url)

    def open(self, channel_id: int) -> None:
        """Add a channel (0), or edit one."""
        self.watching.stop()
        self._known = None
        self.form.forget_touches()
        self._inputs = Inputs()
        self.form.show_values(Values())
        self.url.clear()
        self._tell_inputs()
        self.meter.say("")
        self.reply.clear()
        self.sheet.show_entries(seen_entries({}, {}))
        self.title.setText("Edit channel" if channel_id else "Add channel")
        self.life.show_channel(None)
        self._desk.tasks.start(self._load(channel_id), self._on_loaded, self._on_failed)
        self.url.setFocus()

    def refresh(self) -> None:
        """Nothing here follows the board."""

    def close_drawer(self) -> bool:
        """Leave a question, else the screen; there is always something to close."""
        if not self.life.leave():
            self.watching.stop()
            self._desk.ways.back.emit()
        return True

    async def _load(self, channel_id: int) -> tuple[list[str], dict[str, Any] | None]:
        client = self._desk.agent.client
        if client is None:
            raise KnownError("No agent is linked: nothing can be saved.")
        names = [str(one["name"]) for one in await calls.templates(client)]
        return names, await calls.channel(client, channel_id) if channel_id else None

    def _on_loaded(self, loaded: tuple[list[str], dict[str, Any] | None]) -> None:
        names, known = loaded
        if names:
            self.form.offer_templates(tuple(names))
        if known is not None:
            self._known, self._inputs = known, inputs_of(known)
            values = from_catalogue(known)
            self.title.setText(f"Edit {known['code']}")
            self.url.setText(values.url)
            self.form.show_values(values)
            self.life.show_channel(known)
            self._tell_inputs()

    def _on_inspect(self) -> None:
        url = self.url.text().strip()
        if not url.startswith(("http://", "https://")) and not is_stream(url):
            self.meter.say("The URL must begin with http:// or https://.", is_wrong=True)
            return
        if self._known is None and not self._inputs.place:
            guess = from_url(url)
            kept = self.form.values(url)
            names = {name: getattr(kept, name) for name in self.form.touched}
            self.form.show_values(replace(guess, **names))
        if is_stream(url):
            self.meter.say("A transport stream is measured as soon as it is saved: there is nothing to propose.")
            return
        self.meter.show_progress(0.0, "Asking the agent to look")
        self.watching.start(url, WATCH_S)

    def _on_seen(self, seen: Seen) -> None:
        self.sheet.show_entries(seen_entries(seen.result, seen.proposal))
        current = self.form.values(self.url.text().strip())
        self.form.show_values(with_proposal(current, seen.proposal, self.form.touched))
        if seen.is_final:
            self.meter.say("Watched for a minute: the proposal is complete.")
        else:
            self.meter.note("First look done: you can save now, or wait for the minute to end.")

    def _on_failed(self, sentence: str) -> None:
        self.meter.say(sentence, is_wrong=True)

    def _on_save(self) -> None:
        values = self.form.values(self.url.text().strip())
        wrong = complaint(values)
        self._inputs = self._inputs.kept(values)
        empty = [place for place, row in enumerate(self._inputs.rows) if not row.get("url")]
        if not wrong and empty:
            wrong = f"Input {empty[0] + 1} has no URL: give one, or remove it."
        if wrong:
            self.reply.setText(wrong)
            return
        self._desk.tasks.start(self._send(values), self._on_saved, self._on_refused)

    async def _send(self, values: Values) -> str:
        client = self._desk.agent.client
        if client is None:
            raise KnownError("No agent is linked: nothing was saved.")
        channel_id = int(self._known["id"]) if self._known is not None else 0
        await calls.save_channel(client, channel_id, body(values, self._inputs.rows), self._desk.operator.name)
        return values.code

    def _on_input(self, place: int) -> None:
        self._show(self._inputs.kept(self.form.values(self.url.text().strip())).at(place))

    def _on_add_input(self) -> None:
        self._show(self._inputs.kept(self.form.values(self.url.text().strip())).added())
        self.url.setFocus()

    def _on_remove_input(self) -> None:
        self._show(self._inputs.removed())

    def _show(self, inputs: Inputs) -> None:
        """Put another input into the form; what is said of the channel stays."""
        self.watching.stop()
        self._inputs = inputs
        values = inputs.shown(self.form.values(self.url.text().strip()))
        self.form.forget_touches()
        self.url.setText(values.url)
        self.form.show_values(values)
        self.meter.say("")
        self.reply.clear()
        self._tell_inputs()

    def _tell_inputs(self) -> None:
        self.inputs.show_inputs(self._inputs)
        self.address.setText(self._inputs.title)

    def _on_saved(self, code: str) -> None:
        self.watching.stop()
        self._desk.ways.say.emit(f"{code} is saved and measured.")
        self._desk.ways.back.emit()

    def _on_refused(self, sentence: str) -> None:
        self.reply.setText(sentence)
        if "with the code" in sentence:
            self.form.code.setFocus()
            self.form.code.selectAll()

    def _on_lived(self, sentence: str) -> None:
        self._desk.ways.say.emit(sentence)
        self._desk.ways.back.emit()

    def _action(self, text: str, key: str, slot: Any) -> QAction:
        action = QAction(text, self)
        if key:
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.addAction(action)
        action.triggered.connect(slot)
        return action

    def _lay_out(self) -> None:
        theme = self._desk.theme
        self.address.setBuddy(self.url)
        self.address.setProperty("look", "note")
        ask = QHBoxLayout()
        ask.setSpacing(8)
        inspect = KeyButton(theme, self._inspect)
        inspect.setFixedWidth(150)
        ask.addWidget(self.url, 1)
        ask.addWidget(inspect)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for action, key in ((self._save, ""), (self._leave, "Esc")):
            button = KeyButton(theme, action, is_primary=not key, key=key)
            button.setFixedWidth(180)
            buttons.addWidget(button)
        buttons.addWidget(self.reply, 1)
        left = QFrame()
        left.setProperty("look", "card")
        column = QVBoxLayout(left)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.inputs)
        fields = QScrollArea()
        fields.setWidget(self.form)
        fields.setWidgetResizable(True)
        fields.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column.addWidget(fields, 1)
        column.addLayout(buttons)
        column.addWidget(self.life)
        seen = QFrame()
        seen.setProperty("look", "card")
        scroll = QScrollArea()
        scroll.setWidget(self.sheet)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        reading = QVBoxLayout(seen)
        reading.setContentsMargins(1, 12, 1, 8)
        reading.addWidget(_heading("Seen", indent=16))
        reading.addWidget(scroll, 1)
        cards = QHBoxLayout()
        cards.setSpacing(8)
        cards.addWidget(left, 7)
        cards.addWidget(seen, 3)
        main = QVBoxLayout(self)
        main.setContentsMargins(16, 8, 16, 16)
        main.setSpacing(8)
        main.addWidget(self.title)
        main.addWidget(self.address)
        main.addLayout(ask)
        main.addWidget(self.meter)
        main.addLayout(cards, 1)


def _heading(text: str, indent: int = 0) -> QLabel:
    label = QLabel(text)
    label.setProperty("look", "heading")
    label.setIndent(indent)
    return label
