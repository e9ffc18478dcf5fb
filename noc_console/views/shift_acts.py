"""What a shift lead does in a checklist: mark lines, sign, hand over, tick off; each thing a QAction with its key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from noc_console.views import guide_calls as calls
from noc_console.views.actions import add_action
from noc_console.views.desk import Desk
from noc_console.views.guide_feed import RunFeed
from noc_console.views.shift_values import Row, open_lines, sign_roles

Json = Mapping[str, Any]
Ask = Callable[..., object]
_ROLE = re.compile(r"(?P<number>\d{1,2})\s*")
_KEYS = (
    ("done", "Done", "D"),
    ("not_applicable", "Not applicable", "X"),
    ("reopen", "Open again", "O"),
    ("sign", "Sign", "S"),
    ("hand_over", "Hand over", "H"),
    ("tick", "Tick off", "T"),
    ("note", "Note", "Shift+N"),
    ("end", "Give up the checklist", "Shift+X"),
)


class ShiftActs(QObject):
    """Holds the actions of a checklist's page; `told` brings one sentence back, `marked` wants the next line."""

    told = Signal(str)
    marked = Signal()

    def __init__(self, desk: Desk, screen: QWidget, feed: RunFeed, ask: Ask) -> None:
        super().__init__(screen)
        self._desk, self._feed, self._ask = desk, feed, ask
        self._row: Row | None = None
        self.by_name: dict[str, QAction] = {
            name: add_action(screen, text, key, getattr(self, f"_on_{name}"), within=True)
            for name, text, key in _KEYS
        }

    def follow(self, row: Row | None) -> None:
        """Enable what can be done to the chosen line and the walk."""
        self._row = row
        run, guide = self._feed.run, self._feed.guide
        may_do = run is not None and not self._desk.mirror.is_read_only and not self._desk.mirror.is_lost
        live = may_do and run is not None and run["ended_at"] is None
        roles = sign_roles(guide, run)[1] if guide is not None and run is not None else []
        may = {
            "done": live and row is not None and row.state != "done",
            "not_applicable": live and row is not None and row.state != "not applicable",
            "reopen": live and row is not None and not row.is_open,
            "sign": live and bool(roles),
            "tick": may_do and self._first_handed() is not None,
            "hand_over": may_do,
            "note": may_do,
            "end": live,
        }
        for name, action in self.by_name.items():
            action.setEnabled(bool(may[name]))

    def _on_done(self) -> None:
        row = self._row
        if row is None:
            return
        deed = {"kind": "marked", "item": row.item, "state": "done"}
        if row.is_well is False:
            hint = f" ({row.if_not})" if row.if_not else ""
            self._ask(f"{row.figure} is outside {row.limit}: what was done?{hint}", partial(self._reasoned, deed))
        else:
            self._do(deed, then_next=True)

    def _on_not_applicable(self) -> None:
        if self._row is not None:
            deed = {"kind": "marked", "item": self._row.item, "state": "not-applicable"}
            self._ask("Not applicable: why?", partial(self._reasoned, deed))

    def _on_reopen(self) -> None:
        if self._row is not None:
            self._do({"kind": "marked", "item": self._row.item, "state": "open"})

    def _on_sign(self) -> None:
        run, guide = self._feed.run, self._feed.guide
        if run is None or guide is None:
            return
        waiting = open_lines(run)
        if waiting:
            self.told.emit(
                f"{waiting} {'line is' if waiting == 1 else 'lines are'} open: the checklist cannot be signed yet."
            )
            return
        step, roles, _ = sign_roles(guide, run)
        if len(roles) == 1:
            self._ask(
                f"Sign as {roles[0]} in the name of {calls.who(self._desk)}? Enter signs.",
                partial(self._sign, step, roles),
            )
            return
        said = ", ".join(f"{number} {role}" for number, role in enumerate(roles, 1))
        self._ask(f"Sign as which role? {said}", partial(self._sign, step, roles))

    def _sign(self, step: str, roles: list[str], text: str) -> None:
        found = _ROLE.match(text)
        number = int(found["number"]) if found is not None else 1 if len(roles) == 1 else 0
        role = roles[number - 1] if 1 <= number <= len(roles) else text if text in roles else ""
        if not role:
            self.told.emit("Name the role by its number.")
            return
        self._do({"kind": "signed", "step": step, "role": role}, f"Signed as {role}.")

    def _on_hand_over(self) -> None:
        self._ask("What must the next shift know?", partial(self._noted, True))

    def _on_note(self) -> None:
        self._ask("Note", partial(self._noted, False))

    def _noted(self, hands_over: bool, text: str) -> None:
        if text:
            deed = {"kind": "noted", "text": text, "hands_over": hands_over}
            self._do(deed, "The next shift will see it." if hands_over else "The note is kept.")

    def _on_tick(self) -> None:
        number = self._first_handed()
        if number is not None:
            self._do({"kind": "ticked-off", "note": number}, "Ticked off.")

    def _on_end(self) -> None:
        self._ask("Give the checklist up. Why?", partial(self._reasoned, {"kind": "closed"}))

    def _first_handed(self) -> int | None:
        run = self._feed.run
        notes = run["run"]["inherited"] if run is not None else ()
        return next((number for number, note in enumerate(notes) if note["ticked_at"] is None), None)

    def _reasoned(self, deed: Json, text: str) -> None:
        if not text:
            self.told.emit("A note is needed: say it in a few words.")
            return
        self._do({**deed, "reason": text}, then_next=deed["kind"] == "marked")

    def _do(self, deed: Json, said: str = "", *, then_next: bool = False) -> None:
        self.told.emit("")
        work = calls.done(self._desk, self._feed.run_id, deed)
        self._desk.tasks.start(work, partial(self._on_answered, said, then_next), self.told.emit)

    def _on_answered(self, said: str, then_next: bool, run: dict[str, Any]) -> None:
        self.told.emit(said)
        self._feed.take(run)
        if then_next:
            self.marked.emit()
