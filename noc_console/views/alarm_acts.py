"""What an operator does with alarms: acknowledge, note, resolve, shelve; one path for list, drawer and page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from noc_console.errors import KnownError
from noc_console.views.channel_calls import act_on_alarm
from noc_console.views.desk import Desk

Json = Mapping[str, Any]
_TIME = re.compile(r"(\d{1,4}(?:\.\d)?)(m|h)")


@dataclass(frozen=True, slots=True)
class _Kind:
    text: str
    key: str
    hint: str
    needs_note: bool


class Act(Enum):
    """The things, each with its key."""

    ACKNOWLEDGE = _Kind("Acknowledge", "A", "I know of it and own it; a note is optional", False)
    NOTE = _Kind("Note", "Shift+N", "Write a note", True)
    RESOLVE = _Kind("Resolve", "R", "The work is done; refused while the condition holds", False)
    FALSE = _Kind("False alarm", "F", "Resolve although the condition holds; the note says why", True)
    SHELVE = _Kind("Shelve", "S", "Hide it for a time, with a reason; it comes back by itself", True)
    UNSHELVE = _Kind("Off the shelf", "Shift+S", "Show a shelved alarm again", False)


class AlarmActs(QObject):
    """Asks for the note, calls the agent, tells the outcome; holds the actions of a screen.

    `chosen` gives the alarms meant. `asked` wants a note field opened, `told` brings one sentence back.
    """

    asked = Signal(str)
    told = Signal(str)

    def __init__(self, desk: Desk, screen: QWidget, chosen: Callable[[], list[Json]]) -> None:
        super().__init__(screen)
        self._desk = desk
        self._chosen = chosen
        self._pending: tuple[Act, list[Json]] | None = None
        self._actions = {act: self._new_action(act, screen) for act in Act}
        slots = (
            self._on_acknowledge,
            self._on_note,
            self._on_resolve,
            self._on_false,
            self._on_shelve,
            self._on_unshelve,
        )
        for act, slot in zip(Act, slots, strict=True):
            self._actions[act].triggered.connect(slot)

    def action(self, act: Act) -> QAction:
        """Return the action of one thing."""
        return self._actions[act]

    def follow(self) -> None:
        """Enable what can be done to the chosen alarms."""
        alarms = self._chosen()
        is_open = any(not alarm["resolved"] for alarm in alarms)
        self._actions[Act.ACKNOWLEDGE].setEnabled(any(_is_unheld(alarm) for alarm in alarms))
        for act in (Act.NOTE, Act.RESOLVE, Act.FALSE):
            self._actions[act].setEnabled(is_open)
        self._actions[Act.SHELVE].setEnabled(any(_is_shown(alarm) for alarm in alarms))
        self._actions[Act.UNSHELVE].setEnabled(any(_is_shelved(alarm) for alarm in alarms))

    def answer(self, note: str) -> None:
        """Do what was asked for, with the note written."""
        pending, self._pending = self._pending, None
        if pending is None:
            return
        act, alarms = pending
        if act.value.needs_note and not (shelf_of(note)[1] if act is Act.SHELVE else note):
            self.told.emit("A note is needed: say why in a few words.")
            return
        self._desk.tasks.start(self._do(act, alarms, note), self.told.emit, self.told.emit)

    def leave(self) -> None:
        """Forget what was asked for."""
        self._pending = None

    async def _do(self, act: Act, alarms: list[Json], note: str) -> str:
        client = self._desk.agent.client
        if client is None:
            raise KnownError("No agent is linked: nothing was sent.")
        verb, body = _order(act, self._desk.operator.name or "operator", note)
        async with asyncio.TaskGroup() as group:
            calls = [group.create_task(_tried(act_on_alarm(client, alarm["id"], verb, body))) for alarm in alarms]
        refused = [call.result() for call in calls if call.result()]
        done = len(calls) - len(refused)
        said = _SAID[verb]
        if refused:
            return refused[0] if not done else f"{done} {said}, {len(refused)} refused: {refused[0]}"
        return f"{said.capitalize()}." if done == 1 else f"{done} alarms {said}."

    def _ask(self, act: Act) -> None:
        alarms = [alarm for alarm in self._chosen() if not alarm["resolved"]]
        if act in _MEANT:
            alarms = [alarm for alarm in alarms if _MEANT[act](alarm)]
        if not alarms:
            return
        self._pending = (act, alarms)
        self.told.emit("")
        many = f" {len(alarms)} alarms" if len(alarms) > 1 else ""
        note = "a note is needed" if act.value.needs_note else "note optional"
        note = "a reason; begin with 30m or 4h, else 1 h" if act is Act.SHELVE else note
        self.asked.emit(f"{act.value.text}{many}: {note}")

    def _on_acknowledge(self) -> None:
        self._ask(Act.ACKNOWLEDGE)

    def _on_note(self) -> None:
        self._ask(Act.NOTE)

    def _on_resolve(self) -> None:
        self._ask(Act.RESOLVE)

    def _on_false(self) -> None:
        self._ask(Act.FALSE)

    def _on_shelve(self) -> None:
        self._ask(Act.SHELVE)

    def _on_unshelve(self) -> None:
        self._ask(Act.UNSHELVE)

    def _new_action(self, act: Act, screen: QWidget) -> QAction:
        action = QAction(act.value.text, screen)
        action.setShortcut(act.value.key)
        action.setToolTip(act.value.hint)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setEnabled(False)
        screen.addAction(action)
        return action


def _is_unheld(alarm: Json) -> bool:
    return not alarm["acknowledged"] and not alarm["resolved"]


def _is_shelved(alarm: Json) -> bool:
    return bool(alarm.get("shelved")) and not alarm["resolved"]


def _is_shown(alarm: Json) -> bool:
    return not alarm.get("shelved") and not alarm["resolved"]


_MEANT = {Act.ACKNOWLEDGE: _is_unheld, Act.SHELVE: _is_shown, Act.UNSHELVE: _is_shelved}
_SAID = {
    "acknowledge": "acknowledged",
    "note": "noted",
    "resolve": "resolved",
    "shelve": "shelved",
    "unshelve": "shown again",
}


def shelf_of(note: str) -> tuple[float, str]:
    """Return hours and reason of `30m waiting for the vendor`; one hour where no time is written."""
    first, _, rest = note.strip().partition(" ")
    found = _TIME.fullmatch(first)
    if found is None:
        return 1.0, note.strip()
    return float(found[1]) / (60.0 if found[2] == "m" else 1.0), rest.strip()


def _order(act: Act, by: str, note: str) -> tuple[str, dict[str, Any]]:
    """Return the verb and the body the agent is sent."""
    match act:
        case Act.SHELVE:
            hours, reason = shelf_of(note)
            return "shelve", {"by": by, "reason": reason, "hours": hours}
        case Act.UNSHELVE:
            return "unshelve", {"by": by}
    verb = {Act.ACKNOWLEDGE: "acknowledge", Act.NOTE: "note"}.get(act, "resolve")
    return verb, {"by": by, "note": note, "is_false": act is Act.FALSE}


async def _tried(call: Any) -> str:
    try:
        await call
    except KnownError as error:
        return str(error)
    return ""
