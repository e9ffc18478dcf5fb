"""What an operator does in a guide: each thing a QAction with its key; deeds go out in the operator's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QWidget

from noc_console.views import guide_calls as calls
from noc_console.views.actions import add_action
from noc_console.views.channel_calls import act_on_alarm
from noc_console.views.desk import Desk
from noc_console.views.guide_drawer_values import next_timer, people
from noc_console.views.guide_feed import RunFeed
from noc_console.views.guide_path import step_of, way_words, ways
from noc_console.views.guide_step import StepCard
from noc_console.views.guide_step_values import StepView
from noc_console.views.records_feed import client_of

Json = Mapping[str, Any]
Ask = Callable[..., object]
_WAY = re.compile(r"(?P<number>[1-9])\W*(?P<reason>.*)", re.DOTALL)
_TICKETS = ("ticket-file", "jira", "servicenow")
_WAITS = {
    "wait": "Waiting for the time",
    "verify": "Waiting for the figures",
    "diagnostic": "Running",
    "action": "Waiting for approval",
    "lanes": "Lanes are open: L",
}
_KEYS = (
    ("primary", "Go on", "Return"),
    ("back", "Back", "Backspace"),
    ("skip", "Skip step", "X"),
    ("copy", "Copy", "Y"),
    ("phone", "Copy phone", "P"),
    ("acknowledge", "Acknowledge", "A"),
    ("escalate", "Escalate", "E"),
    ("ticket", "Create ticket", "T"),
    ("resolve", "Resolve", "R"),
    ("disagree", "Disagree with a verdict", "D"),
    ("note", "Note", "Shift+N"),
    ("picture", "Attach a picture", "Ctrl+P"),
    ("offer", "Take what is offered", "O"),
    ("approve", "Approve", "Shift+A"),
    ("deny", "Refuse approval", "Shift+D"),
    ("end", "End the guide", "Shift+X"),
)


class GuideActs(QObject):
    """Holds the actions of the guide screen; `told` brings one sentence back."""

    told = Signal(str)
    pictureWanted = Signal()  # noqa: N815 - Qt's spelling of signals

    def __init__(self, desk: Desk, screen: QWidget, feed: RunFeed, ask: Ask) -> None:
        super().__init__(screen)
        self._desk, self._feed, self._ask = desk, feed, ask
        self._view: StepView | None = None
        self._card: StepCard | None = None
        self._lane = ""
        self._chosen = -1
        self.book: list[dict[str, Any]] = []
        self.by_name: dict[str, QAction] = {
            name: add_action(screen, text, key, getattr(self, f"_on_{name}"), within=True)
            for name, text, key in _KEYS
        }
        keys = [QKeySequence(one) for one in ("Return", "Enter", "Ctrl+Return", "Ctrl+Enter")]
        self.by_name["primary"].setShortcuts(keys)
        for number in range(9):
            add_action(screen, f"Answer {number + 1}", str(number + 1), partial(self._on_digit, number), within=True)

    def take_card(self, card: StepCard) -> None:
        """Take the card whose fields are read when a step is done."""
        self._card = card

    def follow(self, view: StepView | None, lane: str, chosen: int) -> None:
        """Enable what can be done now; `chosen` is the stay the operator has chosen in the tree, -1 for none."""
        self._view, self._lane, self._chosen = view, lane, chosen
        run = self._feed.run
        is_open = run is not None and run["ended_at"] is None
        may_do = not self._desk.mirror.is_read_only and not self._desk.mirror.is_lost
        alarm = (run or {}).get("alarm") or {}
        live = is_open and may_do
        may = {
            "primary": live and view is not None and bool(view.primary) and self._is_answered(view),
            "back": live and view is not None and view.number > 1,
            "skip": live and view is not None and view.can_skip,
            "copy": view is not None and view.command is not None,
            "phone": bool(self._phone()),
            "acknowledge": may_do and bool(alarm) and not alarm.get("acknowledged") and not alarm.get("resolved"),
            "resolve": may_do and bool(alarm) and not alarm.get("resolved"),
            "note": may_do and run is not None,
            "picture": may_do and run is not None,
            "disagree": live and self._disputed() is not None,
            "offer": live and bool((run or {}).get("offered")),
            "approve": live and self._waits_for_me(),
            "deny": live and self._waits_for_me(),
        }
        for name, action in self.by_name.items():
            action.setEnabled(bool(may.get(name, live)))
        primary = view.primary if view is not None else ""
        if view is not None and view.answers and self._card is not None and self._card.answers.answer is not None:
            primary = f"Answer \u201c{self._card.answers.answer.words.lower()}\u201d"
        waits = _WAITS.get(view.kind, "Go on") if view is not None else "Go on"
        self.by_name["primary"].setText(primary or waits)

    def attach(self, file: str) -> None:
        """Attach a picture to the open step."""
        from pathlib import Path

        step = self._view.id if self._view is not None else ""
        self._start(calls.attached(self._desk, self._feed.run_id, step, Path(file)), "The picture is attached.")

    # -- the one accent button

    def _on_primary(self) -> None:
        view, card = self._view, self._card
        if view is None or card is None:
            return
        match view.kind:
            case "question" | "decide":
                self._answer(view, card)
            case "action":
                self._act(view)
            case "diagnostic":
                self._diagnose(view)
            case "form":
                self._fill(view, card)
            case "items" | "sign-off":
                self._desk.ways.openChecklist.emit(self._feed.run_id)
            case _:
                self._did(view, card)

    def _answer(self, view: StepView, card: StepCard) -> None:
        answer = card.answers.answer
        if answer is None:
            self.told.emit("Choose an answer first: keys 1 to 9.")
            return
        deed = {"kind": "chose", "step": view.id, "way": answer.way}
        suggested = next((one for one in view.answers if one.is_suggested), None)
        if view.kind == "decide" and suggested is not None and suggested.way != answer.way and not card.written():
            self._ask("The data say otherwise. Why?", partial(self._reasoned, deed))
            return
        self._do({**deed, "reason": card.written()})

    def _act(self, view: StepView) -> None:
        run = self._feed.run
        guide = self._feed.guide
        if run is None or guide is None:
            return
        step = step_of(guide, view.id)
        approval = run["run"]["approvals"].get(view.id)
        if step.get("approval") and approval is None:
            self._ask(
                f"Why is it needed? {step['approval']} is asked.",
                partial(self._reasoned, {"kind": "asked-approval", "step": view.id}),
            )
        elif step.get("approval") and not approval["given_by"]:
            self._on_approve()
        else:
            known = approval["reason"] if approval else ""
            question = "It is done? Say why it was, in a few words."
            self._ask(question, partial(self._reasoned, {"kind": "did", "step": view.id}), known=known)

    def _diagnose(self, view: StepView) -> None:
        if view.diagnosed is not None and view.diagnosed["state"] == "done":
            self._do({"kind": "did", "step": view.id})
        else:
            self._start(calls.diagnosed(self._desk, self._feed.run_id, view.id), "")

    def _fill(self, view: StepView, card: StepCard) -> None:
        missing, wrong = card.fields.missing(), card.fields.wrong()
        if missing or wrong:
            self.told.emit(wrong or f"Still empty: {', '.join(missing)}.")
            first = card.fields.first()
            if first is not None:
                first.setFocus()
            return
        self._do({"kind": "filled", "step": view.id, "values": card.fields.values()}, "The guide is finished.")

    def _did(self, view: StepView, card: StepCard) -> None:
        wrong = card.fields.wrong()
        if wrong:
            self.told.emit(wrong)
            return
        typed = card.fields.values()
        values = {one.name: typed.get(one.name) for one in view.fields if one.kind != "text"}
        numbers = {name: None if value is None else float(value) for name, value in values.items()}
        texts = [str(typed[one.name]) for one in view.fields if one.kind == "text" and typed.get(one.name)]
        result = "\n".join([*texts, card.written()]).strip()
        self._do({"kind": "did", "step": view.id, "result": result, "values": numbers})

    # -- the other keys

    def _on_digit(self, number: int) -> None:
        if self._card is not None:
            self._card.answers.choose(number)

    def _on_back(self) -> None:
        self._do({"kind": "went-back", "lane": self._lane})

    def _on_skip(self) -> None:
        if self._view is not None:
            deed = {"kind": "skipped", "step": self._view.id}
            self._ask(
                "Skip the step. Why? (optional, named in the report)", lambda text: self._do({**deed, "reason": text})
            )

    def _on_copy(self) -> None:
        if self._view is not None and self._view.command is not None:
            QGuiApplication.clipboard().setText(self._view.command.text)
            self.told.emit("The command is in the clipboard.")

    def _on_phone(self) -> None:
        QGuiApplication.clipboard().setText(self._phone())
        self.told.emit(f"{self._phone()} is in the clipboard.")

    def _on_acknowledge(self) -> None:
        self._alarm_verb("acknowledge", "", "Acknowledged.")

    def _on_resolve(self) -> None:
        self._ask("Resolve the alarm: what was done?", lambda text: self._alarm_verb("resolve", text, "Resolved."))

    def _on_escalate(self) -> None:
        run, guide = self._feed.run, self._feed.guide
        if run is None or guide is None:
            return
        coming = next_timer(run) or {}
        known = (coming.get("to") or guide["contacts"] or ["shift-lead"])[0]
        self._ask("Escalate to whom, and why? As: role why", self._escalate, known=f"{known} ")

    def _escalate(self, text: str) -> None:
        to, _, why = text.partition(" ")
        if to:
            deed = {"kind": "escalated", "to": [one for one in to.split(",") if one], "reason": why.strip()}
            self._do(deed, f"{to} is called.")

    def _on_ticket(self) -> None:
        names = [one["name"] for one in self.book if one["kind"] in _TICKETS and one.get("enabled", True)]
        if not names:
            self.told.emit("No ticket system is set up: Notices, Receivers adds a file, Jira or ServiceNow.")
            return
        run = self._feed.run or {}
        known = f"{run.get('channel', '')}: {(run.get('alarm') or {}).get('message', '')}".strip(": ")
        self._ask(f"Ticket to {', '.join(names)}: what does it say?", partial(self._ticket, names), known=known)

    def _ticket(self, names: list[str], text: str) -> None:
        if text:
            self._do({"kind": "escalated", "to": names, "reason": f"Ticket: {text}"}, "The ticket is on its way.")

    def _on_disagree(self) -> None:
        stay, guide = self._disputed(), self._feed.guide
        if stay is None or guide is None:
            return
        step = step_of(guide, stay["step"])
        others = [(key, way) for key, way in ways(step) if key not in ("next", stay["way"])]
        said = ", ".join(f"{n} {way_words(key, way)}" for n, (key, way) in enumerate(others, 1))
        keys = [key for key, _ in others]
        self._ask(f"What is right? {said}; then why", partial(self._disagree, stay["step"], keys))

    def _disagree(self, step: str, keys: list[str], text: str) -> None:
        found = _WAY.fullmatch(text)
        if found is None or int(found["number"]) > len(keys) or not found["reason"].strip():
            self.told.emit("Begin with the number of what is right, then say why: 2 the picture is fine.")
            return
        way = keys[int(found["number"]) - 1]
        self._do({"kind": "disagreed", "step": step, "way": way, "reason": found["reason"].strip()})

    def _on_note(self) -> None:
        step = self._view.id if self._view is not None else ""
        self._ask("Note", lambda text: self._do({"kind": "noted", "text": text, "step": step}, "The note is kept."))

    def _on_picture(self) -> None:
        self.pictureWanted.emit()

    def _on_offer(self) -> None:
        run = self._feed.run
        if run is not None and run["offered"]:
            self._do({"kind": "took-offer", "step": run["offered"][-1]})

    def _on_approve(self) -> None:
        if self._view is not None:
            self._do({"kind": "approved", "step": self._view.id, "is_given": True}, "Approved.")

    def _on_deny(self) -> None:
        if self._view is not None:
            deed = {"kind": "approved", "step": self._view.id, "is_given": False}
            self._ask("Refused. Why?", partial(self._reasoned, deed))

    def _on_end(self) -> None:
        self._ask("End the guide before its form. Why?", partial(self._reasoned, {"kind": "closed"}))

    # -- sending

    def _reasoned(self, deed: Json, text: str) -> None:
        if not text:
            self.told.emit("A reason is needed: say it in a few words.")
            return
        self._do({**deed, "reason": text})

    def _do(self, deed: Json, said: str = "") -> None:
        if deed.get("kind") == "noted" and not deed.get("text"):
            return
        self._start(calls.done(self._desk, self._feed.run_id, deed), said)

    def _start(self, work: Coroutine[Any, Any, dict[str, Any]], said: str) -> None:
        self.told.emit("")
        self._desk.tasks.start(work, partial(self._on_done, said), self.told.emit)

    def _on_done(self, said: str, run: dict[str, Any]) -> None:
        self.told.emit(said)
        before = set((self._feed.run or {}).get("linked") or ())
        self._feed.take(run)
        fresh = [one for one in run["linked"] if one not in before]
        if fresh and run["run_id"] == self._feed.run_id:
            self._desk.ways.openRun.emit(int(fresh[-1]))

    def _alarm_verb(self, verb: str, note: str, said: str) -> None:
        run = self._feed.run
        if run is not None and run["alarm_id"]:
            body = {"by": calls.who(self._desk), "note": note, "is_false": False}
            work = self._verb(int(run["alarm_id"]), verb, body, said)
            self._desk.tasks.start(work, self.told.emit, self.told.emit)

    async def _verb(self, alarm_id: int, verb: str, body: Json, said: str) -> str:
        await act_on_alarm(client_of(self._desk), alarm_id, verb, dict(body))
        return said

    # -- what is meant

    def _is_answered(self, view: StepView) -> bool:
        return not view.answers or (self._card is not None and self._card.answers.answer is not None)

    def _phone(self) -> str:
        guide = self._feed.guide
        found = people(guide, self.book) if guide is not None else []
        return str(found[0][1].get("phone") or "") if found else ""

    def _disputed(self) -> Json | None:
        """Return the stay that would be disagreed with: the chosen one, else the last that was decided."""
        run, guide = self._feed.run, self._feed.guide
        if run is None or guide is None:
            return None
        stays = run["run"]["stays"]
        if 0 <= self._chosen < len(stays):
            stay = stays[self._chosen]
            return stay if _is_decided(guide, stay) else None
        return next((stay for stay in reversed(stays) if _is_decided(guide, stay)), None)

    def _waits_for_me(self) -> bool:
        run, view = self._feed.run, self._view
        if run is None or view is None or view.kind != "action":
            return False
        approval = run["run"]["approvals"].get(view.id)
        if approval is None or approval["given_by"]:
            return False
        return str(approval["asked_by"]).strip().casefold() != calls.who(self._desk).strip().casefold()


def _is_decided(guide: Json, stay: Json) -> bool:
    if stay["left_at"] is None or stay["is_undone"]:
        return False
    return step_of(guide, stay["step"]).get("kind") in ("decide", "question")
