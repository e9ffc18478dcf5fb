"""Checks the names in a guide: metrics, findings, alarm types, facts, diagnostics, causes, questions shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from noc_console.guides.check_conditions import conditions_below
from noc_console.guides.known import FILLS, PLACEHOLDERS, Vocabulary
from noc_console.guides.mistakes import Mistake, meant, quoted
from noc_console.guides.steps import CAUSES
from noc_console.guides.units import has_no_value, unit_of
from noc_console.guides.yaml_tree import Node

_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_FROM_RUN = {"ask": ("manual", "result"), "diagnostic": ("diagnostic", "run")}
_EVENT = re.compile(r"[A-Z][A-Za-z0-9]+")


def name_mistakes(file: str, tree: Node, words: Vocabulary) -> list[Mistake]:
    """Return every unknown or unused name of a file, and a file name that is not the guide's."""
    return list(_Names(file, tree, words).mistakes())


class _Names:
    """Walks the parts of a file that hold names; tolerant of wrong shapes, which are told elsewhere."""

    def __init__(self, file: str, tree: Node, words: Vocabulary) -> None:
        self.file = file
        self.tree = tree
        self.words = words
        asked = tree.child("questions")
        self.questions = asked.value if asked is not None and isinstance(asked.value, Mapping) else {}
        steps = tree.child("steps")
        self.steps = steps.value if steps is not None and isinstance(steps.value, tuple) else ()

    def mistakes(self) -> Iterator[Mistake]:
        yield from self._file_name()
        for node in self._many(self.tree.child("alarms")):
            yield from self._known(node, "alarm type", self.words.alarm_types)
        for name, question in self.questions.items():
            yield from self._question(name, question)
        for step in self.steps:
            yield from self._step(step)
        yield from self._twice("items", "id", self.steps)
        for step in self.steps:
            yield from self._twice("fields", "name", (step,))
        yield from self._for_nothing()
        yield from self._timers()
        yield from self._unused()
        yield from self._unfilled()

    def _file_name(self) -> Iterator[Mistake]:
        named = self.tree.child("guide")
        if named is None or not isinstance(named.value, str):
            return
        wanted = f"{named.value.lower()}.yaml"
        own = self.file.replace("\\", "/").rpartition("/")[2]
        if own not in (wanted, wanted.replace(".yaml", ".yml")):
            yield self._at(named, f"The guide {quoted(named.value)} must be in a file {quoted(wanted)}: rename one.")

    def _question(self, name: str, question: Node) -> Iterator[Mistake]:
        kind = self._word(question, "kind") or "metric"
        for key, what, known in (
            ("metric", "metric", self.words.metrics),
            ("finding", "finding", self.words.findings),
            ("fact", "fact", self.words.facts),
            ("diagnostic", "diagnostic", self.words.diagnostics),
        ):
            node = question.child(key)
            if node is not None and node.value != "":
                yield from self._known(node, what, known)
        for key in ("of", "minus", "to"):
            node = question.child(key)
            if kind in ("difference", "ratio") and node is not None:
                yield from self._question_name(node)
        if kind in ("difference", "ratio") and self._comes_back(name):
            yield self._at(question, f"The question {quoted(name)} rests on itself: take it from measured ones.")
        if kind == "difference":
            yield from self._difference(name, question)
        if kind == "peers":
            yield from self._peers(name, question)
        for node in self._many(question.child("events")):
            if isinstance(node.value, str) and not _EVENT.fullmatch(node.value):
                yield self._at(node, f"{quoted(node.value)} is no event: events are written like LadderChanged.")
        yield from self._unit(name, question)

    def _comes_back(self, start: str) -> bool:
        seen: set[str] = set()
        todo = [start]
        while todo:
            question = self.questions.get(todo.pop())
            for key in ("of", "minus", "to") if question is not None else ():
                name = self._word(question, key) if question is not None else ""
                if name == start:
                    return True
                if name and name not in seen:
                    seen.add(name)
                    todo.append(name)
        return False

    def _difference(self, name: str, question: Node) -> Iterator[Mistake]:
        units = [unit_of(self._word(question, key), self.questions, self.words) for key in ("of", "minus")]
        if None not in units and units[0] != units[1]:
            told = f"takes {quoted(units[1])} from {quoted(units[0])}"
            yield self._at(question, f"The question {quoted(name)} {told}: both must have the same unit.")

    def _peers(self, name: str, question: Node) -> Iterator[Mistake]:
        parts = [key for key in ("metric", "operator", "than") if question.child(key) is not None]
        if len(parts) not in (0, 3):
            yield self._at(
                question, f"The question {quoted(name)} needs metric, operator and than together, or none."
            )
        if parts and question.child("finding") is not None:
            yield self._at(question, f"The question {quoted(name)} asks for a metric and a finding: keep one.")

    def _unit(self, name: str, question: Node) -> Iterator[Mistake]:
        stated, own = question.child("unit"), unit_of(name, self.questions, self.words)
        if stated is None or own is None or self._word(question, "kind") == "ask":
            return
        if stated.value != own:
            told = f"says {quoted(stated.value)}, but its value is in {quoted(own)}"
            yield self._at(stated, f"The question {quoted(name)} {told}: correct it.")

    def _step(self, step: Node) -> Iterator[Mistake]:
        for node in self._many(step.child("show")):
            yield from self._question_name(node)
        chart = step.child("chart")
        if chart is not None and chart.value != "":
            yield from self._known(chart, "metric", self.words.metrics)
        run = step.child("run")
        if run is not None:
            yield from self._known(run, "diagnostic", self.words.diagnostics)
        for node in self._many(step.child("result")):
            yield from self._question_name(node, "ask")
        command = step.child("command")
        if command is not None:
            yield from self._command(command)
        for way in (step, *self._ways(step)):
            for key in ("blames", "secondary", "rules_out"):
                for node in self._many(way.child(key)):
                    yield from self._known(node, "cause", CAUSES)
        for field in self._many(step.child("fields")):
            yield from self._field(field)
        for item in self._many(step.child("items")):
            figure = item.child("figure")
            if figure is not None:
                yield from self._question_name(figure)

    def _field(self, field: Node) -> Iterator[Mistake]:
        fill = field.child("fill")
        if fill is not None and fill.value not in FILLS:
            yield from self._question_name(fill, also=FILLS)
        options = self._many(field.child("options"))
        if self._word(field, "kind") == "choice" and not options:
            yield self._at(
                field, f"The field {quoted(self._word(field, 'name'))} is a choice without options: add them."
            )

    def _command(self, node: Node) -> Iterator[Mistake]:
        for match in _BRACES.finditer(str(node.value)):
            name = match[1]
            if name is not None and name not in PLACEHOLDERS:
                text = f"Nothing fills {quoted('{' + name + '}')} of the command: use a known name, or {{{{ and }}}}."
                yield self._at(node, text + meant(name, PLACEHOLDERS))

    def _twice(self, list_key: str, key: str, steps: Iterable[Node]) -> Iterator[Mistake]:
        seen: set[str] = set()
        for node in (one for step in steps for one in self._many(step.child(list_key))):
            name = self._word(node, key)
            if name and name in seen:
                yield self._at(node, f"The {key} {quoted(name)} stands here a second time: give it another.")
            seen.add(name)

    def _for_nothing(self) -> Iterator[Mistake]:
        named = self.tree.child("guide")
        if (
            self._word(self.tree, "kind") == "playbook"
            and named is not None
            and not self._many(self.tree.child("alarms"))
        ):
            yield self._at(
                named, "This playbook opens for no alarm: name one with `alarms: …`, or make it a runbook."
            )

    def _timers(self) -> Iterator[Mistake]:
        for timer in self._many(self.tree.child("timers")):
            if self._word(timer, "do") == "offer" and not self._word(timer, "step"):
                yield self._at(timer, "This timer offers nothing: name the step it offers with `step: …`.")
            if self._word(timer, "do") in ("", "escalate", "notify") and not timer.child("to"):
                yield self._at(timer, "This timer tells nobody: name the roles with `to: …`.")

    def _unused(self) -> Iterator[Mistake]:
        used = set(self._names_used())
        for name, question in self.questions.items():
            if name not in used:
                text = f"The question {quoted(name)} is asked and never used: show it, compare it, or take it away."
                yield self._at(question, text)

    def _names_used(self) -> Iterator[str]:
        for step in self.steps:
            singles = [*self._many(step.child("show")), *self._many(step.child("result"))]
            singles += [one for item in self._many(step.child("items")) for one in [item.child("figure")] if one]
            singles += [one for field in self._many(step.child("fields")) for one in [field.child("fill")] if one]
            yield from (str(node.value) for node in singles)
            for condition in conditions_below(step):
                yield from (str(word).partition(".")[0] for word in _words_in(condition.plain()))
            if self._word(step, "kind") == "diagnostic":
                run = self._word(step, "run")
                yield from (name for name, asked in self.questions.items() if self._word(asked, "diagnostic") == run)
        for question in self.questions.values():
            yield from (self._word(question, key) for key in ("of", "minus", "to"))

    def _unfilled(self) -> Iterator[Mistake]:
        """An operator's or a diagnostic's question needs a step that gets its answer."""
        for name, question in self.questions.items():
            kind = self._word(question, "kind")
            if kind not in _FROM_RUN:
                continue
            step_kind, key = _FROM_RUN[kind]
            wanted = name if kind == "ask" else self._word(question, "diagnostic")
            own = [step for step in self.steps if self._word(step, "kind") == step_kind]
            if not any(node.value == wanted for step in own for node in self._many(step.child(key))):
                text = f"Nothing answers the question {quoted(name)}: add a {step_kind} step with `{key}: {wanted}`."
                yield self._at(question, text)

    def _question_name(self, node: Node, kind: str = "", also: frozenset[str] = frozenset()) -> Iterator[Mistake]:
        base = str(node.value).partition(".")[0]
        question = self.questions.get(base)
        if question is None:
            nearest = meant(base, {*self.questions, *also})
            yield self._at(node, f"The question {quoted(base)} is not asked: add it below questions.{nearest}")
        elif kind and self._word(question, "kind") != kind:
            yield self._at(node, f"The question {quoted(base)} is not of kind {kind}: only such are filled in here.")
        elif not kind and has_no_value(question):
            yield self._at(node, f"The question {quoted(base)} is a text: it is shown where it was typed.")

    def _known(
        self, node: Node, what: str, known: Mapping[str, Any] | frozenset[str] | tuple[str, ...]
    ) -> Iterator[Mistake]:
        if isinstance(node.value, str) and node.value not in known:
            text = f"The {what} {quoted(node.value)} is not in the catalogue: correct it."
            yield self._at(node, text + meant(node.value, known))

    def _ways(self, step: Node) -> Iterator[Node]:
        for key in ("branches", "options"):
            yield from self._many(step.child(key))
        yield from (way for key in ("otherwise", "no_data") for way in [step.child(key)] if way is not None)

    @staticmethod
    def _many(node: Node | None) -> tuple[Node, ...]:
        if node is None:
            return ()
        return node.value if isinstance(node.value, tuple) else (node,)

    @staticmethod
    def _word(node: Node, key: str) -> str:
        child = node.child(key)
        return child.value if child is not None and isinstance(child.value, str) else ""

    def _at(self, node: Node, text: str) -> Mistake:
        return Mistake(self.file, node.line, node.column, text)


def _words_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _words_in(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _words_in(part)
