"""The rules of a channel with who says so; one is edited, replayed on the past, and applied with its proof."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from noc_console.errors import KnownError
from noc_console.views import workshop_calls as calls
from noc_console.views.actions import add_action
from noc_console.views.desk import Desk
from noc_console.views.drawer_choice import Choice, chosen_text
from noc_console.views.records_card import RecordsCard
from noc_console.views.records_table import RecordsTable
from noc_console.views.workshop_editor import RuleEditor
from noc_console.views.workshop_values import RULE_COLUMNS, SPAN_COLUMNS, replay_text, rule_record, span_records


class RuleBench(QWidget):
    """Channel, rules, the two lists of a replay, and the editor."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._rules: list[dict[str, Any]] = []
        self._asked = 0
        self._job = ""
        self._listed: tuple[int, ...] = ()
        self.channel = Choice(30)
        self.channel.setAccessibleName("Channel")
        self.channel.setFixedWidth(360)
        self.table = RecordsTable(desk.theme, RULE_COLUMNS, "Rules")
        self.raised = RecordsTable(desk.theme, SPAN_COLUMNS, "Only with the change", row=28)
        self.missed = RecordsTable(desk.theme, SPAN_COLUMNS, "Only today", row=28)
        self.card = RecordsCard(desk.theme, "Rules", self.table)
        self._raised_card = RecordsCard(desk.theme, "Raised by the change", self.raised)
        self._missed_card = RecordsCard(desk.theme, "Missed by the change", self.missed)
        self._replay = add_action(self, "Replay", "Ctrl+Return", self._on_replay, within=True)
        self._apply = add_action(self, "Apply", "Ctrl+S", self._on_apply, within=True)
        add_action(self, "Next rule", "J", partial(self.table.step, 1), within=True)
        add_action(self, "Previous rule", "K", partial(self.table.step, -1), within=True)
        self.editor = RuleEditor(desk.theme, (self._replay, self._apply))
        self._apply.setEnabled(False)
        self._forget_replay()
        self.channel.currentIndexChanged.connect(self._on_channel)
        self.table.chosen.connect(self._on_chosen)
        self.table.opened.connect(self._on_opened)
        self._lay_out()
        self.setFocusProxy(self.table)

    def refresh(self) -> None:
        """Offer the channels there are; ask for the first one's rules."""
        mirror = self._desk.mirror
        if mirror.order != self._listed:
            self._listed = mirror.order
            chosen = chosen_text(self.channel)
            self.channel.blockSignals(True)
            self.channel.clear()
            for key in mirror.order:
                self.channel.addItem(f"{mirror.channels[key]['code']}  {mirror.channels[key]['name']}", str(key))
            self.channel.setCurrentIndex(max(self.channel.findData(chosen), 0) if mirror.order else -1)
            self.channel.blockSignals(False)
        if self._asked != self._channel_id() and self._desk.agent.client is not None:
            self._on_channel()
        if not mirror.order and mirror.rev:
            self.table.show_records((), "No channels yet: rules hold for channels")

    def open(self, channel_id: int) -> None:
        """Show the rules of a channel."""
        self.refresh()
        self.channel.setCurrentIndex(max(self.channel.findData(str(channel_id)), 0))

    def close_drawer(self) -> bool:
        """Take a replay off the screen; say whether there was one."""
        had = bool(self._job)
        self._forget_replay()
        return had

    def status_text(self) -> str:
        """Return the count for the status line."""
        return f"{len(self._rules)} rules"

    def _channel_id(self) -> int:
        return int(chosen_text(self.channel) or 0)

    def _on_channel(self) -> None:
        self._asked = self._channel_id()
        if self._asked:
            self._desk.tasks.start(calls.rules(self._desk, self._asked), self._take, self._fault)

    def _take(self, rules: list[dict[str, Any]]) -> None:
        self._rules = rules
        changed = sum(any(one["below"] for one in rule["fields"]) for rule in rules)
        self.card.say(f"{changed} differ from the shipped ones", f"{len(rules)}")
        self.table.show_records([rule_record(rule) for rule in rules], "No rule holds for this channel")
        channel = self._desk.mirror.channels.get(self._channel_id())
        tier = int(channel["tier"]) if channel is not None else 1
        code = str(channel["code"]) if channel is not None else ""
        self.editor.show_scopes(
            (
                (f"this channel, {code}", f"channel:{self._channel_id()}"),
                (f"tier {tier}, its tier", f"tier:{tier}"),
                *((f"tier {other}", f"tier:{other}") for other in (1, 2, 3) if other != tier),
                ("every tier", "tier:0"),
            )
        )
        self._draw_editor()

    def _fault(self, sentence: str) -> None:
        self.table.show_records((), sentence)

    def _draw_editor(self) -> None:
        rule = next((one for one in self._rules if one["rule"] == self.table.key), None)
        self.editor.show_rule(rule)
        self._replay.setEnabled(rule is not None)

    def _on_chosen(self, _key: str) -> None:
        self._forget_replay()
        self._draw_editor()

    def _on_opened(self, _key: str) -> None:
        self.editor.focus_first()

    def _on_replay(self) -> None:
        try:
            wish = self.editor.wish()
        except KnownError as error:
            self.editor.tell(str(error))
            return
        if not wish["changes"]:
            self.editor.tell("Change a value first: the rule is as it holds today.")
            return
        self._forget_replay()
        self._replay.setEnabled(False)
        self.editor.tell("Replaying")
        self._desk.tasks.start(calls.replay(self._desk, wish, self._on_progress), self._on_result, self._on_failed)

    def _on_progress(self, part: float) -> None:
        self.editor.tell(f"Replaying, {part * 100:.0f} %")

    def _on_result(self, found: tuple[str, dict[str, Any]]) -> None:
        self._job, result = found
        self._replay.setEnabled(True)
        self._apply.setEnabled(True)
        self.editor.tell(replay_text(result))
        self.raised.show_records(span_records(result["raised"]["alarms"]), "It would raise nothing new")
        self.missed.show_records(span_records(result["missed"]["alarms"]), "It would miss nothing")
        self._raised_card.say("not raised today", str(result["raised"]["count"]))
        self._missed_card.say("raised today", str(result["missed"]["count"]))

    def _on_failed(self, sentence: str) -> None:
        self._replay.setEnabled(True)
        self.editor.tell(sentence)

    def _on_apply(self) -> None:
        if self._job:
            self._apply.setEnabled(False)
            work = calls.apply(self._desk, self._job, self.editor.note.text().strip())
            self._desk.tasks.start(work, self._on_applied, self._on_failed)

    def _on_applied(self, sentence: str) -> None:
        self._forget_replay()
        self._on_channel()
        self._desk.ways.say.emit(sentence)

    def _forget_replay(self) -> None:
        self._job = ""
        self._apply.setEnabled(False)
        self.editor.tell("A change is tried on the past before it is applied.")
        for table in (self.raised, self.missed):
            table.show_records((), "Change a value and replay: Ctrl+Enter")
        self._raised_card.say("")
        self._missed_card.say("")

    def _lay_out(self) -> None:
        lists = QHBoxLayout()
        lists.setSpacing(8)
        lists.addWidget(self._raised_card)
        lists.addWidget(self._missed_card)
        page = QVBoxLayout()
        page.setContentsMargins(16, 0, 16, 8)
        page.setSpacing(8)
        page.addWidget(self.channel)
        page.addWidget(self.card, 3)
        page.addLayout(lists, 2)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(page, 1)
        row.addWidget(self.editor)
