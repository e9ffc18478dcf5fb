"""What operators do with an incident: each thing a QAction; what it needs is asked in the drawer's one line."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from noc_console.incidents.incident import CAUSES
from noc_console.views import incident_calls as calls
from noc_console.views.actions import add_action
from noc_console.views.desk import Desk

Json = Mapping[str, Any]
Ask = Callable[[str, Callable[[str], object]], object]
_TASK = re.compile(r"(?P<text>.+?)(?:\s+@(?P<owner>\S[^@]*?))?(?:\s+in\s+(?P<count>\d{1,4})\s*(?P<unit>m|h|d))?\s*")
_UNITS = {"m": 60.0, "h": 3600.0, "d": 86_400.0}
_LIVE = ("open", "mitigated")
_SEVERITIES = ("critical", "major", "minor", "warning")
_REVIEW = (
    ("happened", "Review 1 of 4: what happened?"),
    ("why", "Review 2 of 4: why?"),
    ("fix", "Review 3 of 4: what fixed it?"),
    ("prevention", "Review 4 of 4: what prevents it from now on?"),
)


class IncidentActs(QObject):
    """Holds the actions of a page; `told` brings one sentence back, after `done` the page asks anew."""

    told = Signal(str)
    done = Signal()

    def __init__(self, desk: Desk, screen: QWidget, shown: Callable[[], Json | None], ask: Ask) -> None:
        super().__init__(screen)
        self._desk, self._shown, self._ask = desk, shown, ask
        self._task_of: Callable[[], Json | None] = lambda: None
        self._alarm_of: Callable[[], int] = lambda: 0
        self._by_name: dict[str, QAction] = {}
        for name, text, key, act in (
            ("note", "Note", "Shift+N", self._on_note),
            ("task", "Add task", "T", self._on_task),
            ("done", "Task done, or not", "D", self._on_done),
            ("take", "Take command", "O", self._on_take),
            ("viewers", "Customer impact", "V", self._on_viewers),
            ("cause", "Cause", "U", self._on_cause),
            ("ticket", "Ticket", "Shift+T", self._on_ticket),
            ("severity", "Severity", "S", self._on_severity),
            ("title", "Rename", "Shift+R", self._on_title),
            ("part", "Take alarm out", "Del", self._on_part),
            ("mitigate", "Mitigated", "M", self._on_mitigate),
            ("close", "Close", "C", self._on_close),
            ("review", "Review", "R", self._on_review),
            ("reopen", "Open again", "Shift+O", self._on_reopen),
        ):
            self._by_name[name] = add_action(screen, text, key, act, within=True)

    def action(self, name: str) -> QAction:
        """Return an action by its name."""
        return self._by_name[name]

    def choose_by(self, task_of: Callable[[], Json | None], alarm_of: Callable[[], int]) -> None:
        """Take who knows which task and which alarm (0: none) are chosen."""
        self._task_of, self._alarm_of = task_of, alarm_of

    def follow(self) -> None:
        """Enable what can be done to the incident as it stands."""
        one = self._shown()
        state = one["state"] if one is not None and not self._desk.mirror.is_read_only else ""
        may = {
            "mitigate": state == "open",
            "close": state in _LIVE,
            "review": state == "review_due",
            "reopen": state in ("review_due", "closed"),
            "part": bool(state) and bool(self._alarm_of()),
            "done": bool(state) and self._task_of() is not None,
        }
        for name, action in self._by_name.items():
            action.setEnabled(may.get(name, bool(state)))

    # -- slots

    def _on_note(self) -> None:
        self._ask("Note", partial(self._say, "notes", "text", "The note is kept."))

    def _say(self, verb: str, name: str, said: str, text: str) -> None:
        if text:
            self._start(lambda number: calls.post(self._desk, number, verb, {name: text}, said))

    def _on_task(self) -> None:
        self._ask("Task? As: what is to be done @owner in 2h", self._add_task)

    def _add_task(self, text: str) -> None:
        body = task_of(text, self._desk.mirror.now())
        if body:
            self._start(lambda number: calls.post(self._desk, number, "tasks", body, "The task is kept."))

    def _on_done(self) -> None:
        task = self._task_of()
        if task is None:
            return
        key, is_done = int(task["id"]), task["done_at"] is None
        said = "Done." if is_done else "Not done yet."
        self._start(lambda number: calls.change_task(self._desk, number, key, {"done": is_done}, said))

    def _on_take(self) -> None:
        name = self._desk.operator.name or "operator"
        self._change({"commander": name}, f"{name} commands.")

    def _on_viewers(self) -> None:
        one = self._shown()
        known = one["impact"]["viewers"] if one is not None else ""
        self._ask(f"What did viewers have of it?{f' Now: {known}' if known else ''}", self._set_viewers)

    def _set_viewers(self, text: str) -> None:
        if text:
            self._change({"impact": {"viewers": text}}, "The impact is kept.")

    def _on_cause(self) -> None:
        self._ask(f"Cause? {', '.join(CAUSES)}; more words behind it", self._set_cause)

    def _set_cause(self, text: str) -> None:
        said = cause_of(text)
        if said:
            self._change(said, "The cause is kept.")
        elif text:
            self.told.emit(f"The first word must be one of: {', '.join(CAUSES)}.")

    def _on_ticket(self) -> None:
        self._ask("Ticket?", self._set_ticket)

    def _set_ticket(self, text: str) -> None:
        if text:
            self._change({"ticket": text}, "The ticket is kept.")

    def _on_severity(self) -> None:
        self._ask(f"Severity? {', '.join(_SEVERITIES)}", self._set_severity)

    def _set_severity(self, text: str) -> None:
        if text.lower() in _SEVERITIES:
            self._change({"severity": text.lower()}, "The severity is kept.")
        elif text:
            self.told.emit(f"It is one of: {', '.join(_SEVERITIES)}.")

    def _on_title(self) -> None:
        self._ask("What is it called?", self._set_title)

    def _set_title(self, text: str) -> None:
        if text:
            self._change({"title": text}, "It is renamed.")

    def _on_part(self) -> None:
        alarm_id = self._alarm_of()
        if alarm_id:
            self._start(lambda number: calls.part(self._desk, number, alarm_id))

    def _on_mitigate(self) -> None:
        self._start(lambda number: calls.post(self._desk, number, "mitigate", None, "Mitigated."))

    def _on_close(self) -> None:
        one = self._shown()
        if one is not None and one["cause"]:
            self._close({})
        else:
            self._ask(f"Close with which cause? {', '.join(CAUSES)}", self._close_with)

    def _close_with(self, text: str) -> None:
        said = cause_of(text)
        if said:
            self._close(said)
        else:
            self.told.emit(f"The first word must be one of: {', '.join(CAUSES)}.")

    def _close(self, said: dict[str, str]) -> None:
        words = "Closed. The review is due in 24 h."
        self._start(lambda number: calls.post(self._desk, number, "close", said, words))

    def _on_reopen(self) -> None:
        self._start(lambda number: calls.post(self._desk, number, "reopen", None, "Open again."))

    def _on_review(self) -> None:
        self._ask_review({})

    def _ask_review(self, answers: dict[str, str]) -> None:
        """Ask the next of the four questions; an empty answer leaves the review for later."""
        name, question = _REVIEW[len(answers)]
        self._ask(question, partial(self._answer_review, answers, name))

    def _answer_review(self, answers: dict[str, str], name: str, text: str) -> None:
        if not text:
            self.told.emit("The review is left for later: nothing was kept.")
            return
        said = {**answers, name: text}
        if len(said) < len(_REVIEW):
            self._ask_review(said)
        else:
            self._start(lambda number: calls.post(self._desk, number, "review", said, "The review is held."))

    def _change(self, body: Json, said: str) -> None:
        self._start(lambda number: calls.change(self._desk, number, body, said))

    def _start(self, call: Callable[[int], Coroutine[Any, Any, str]]) -> None:
        one = self._shown()
        if one is not None:
            self._desk.tasks.start(call(int(one["id"])), self._on_came, self.told.emit)

    def _on_came(self, sentence: str) -> None:
        self.told.emit(sentence)
        self.done.emit()


def task_of(text: str, now: float) -> dict[str, Any]:
    """Return a task as typed: words, then `@owner`, then `in 2h`; empty without words."""
    found = _TASK.fullmatch(text.strip())
    if found is None or not found["text"].strip():
        return {}
    body: dict[str, Any] = {"text": found["text"].strip()}
    if found["owner"]:
        body["owner"] = found["owner"].strip()
    if found["count"]:
        body["due_at"] = now + int(found["count"]) * _UNITS[found["unit"]]
    return body


def cause_of(text: str) -> dict[str, str]:
    """Return the cause as typed: its class first, then words; empty where the class is none of ours."""
    first, _, rest = text.strip().partition(" ")
    key = first.rstrip(",:;.").lower()
    if key not in CAUSES:
        return {}
    return {"cause": key, "cause_text": rest.strip()} if rest.strip() else {"cause": key}
