"""Checks where the steps of a guide lead: nowhere, nowhere from, in a circle, out of a lane, to no form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from noc_console.guides.mistakes import Mistake, meant, quoted
from noc_console.guides.steps import END, JOIN
from noc_console.guides.yaml_tree import Node

# kinds that are walked without a person and without time
_AUTOMATIC = frozenset(("evidence", "decide", "conclude", "lanes"))
_ENDS = {
    "playbook": ("form", "link"),
    "runbook": ("form", "link"),
    "checklist": ("sign-off", "form", "link"),
}
_END_DEFAULT = frozenset(("form", "link", "sign-off"))


@dataclass(frozen=True, slots=True)
class _Way:
    """One arrow of the tree: from a step to a name, and where that name is written."""

    start: str
    to: str
    node: Node


def way_mistakes(file: str, tree: Node) -> list[Mistake]:
    """Return every mistake in the ways between the steps of a file."""
    steps = tree.child("steps")
    if steps is None or not isinstance(steps.value, tuple) or not steps.value:
        return []
    named = [step for step in steps.value if isinstance(_word(step, "id"), str)]
    return sorted(_Ways(file, tree, named).mistakes())


class _Ways:
    """The steps of one file by id, and the arrows between them."""

    def __init__(self, file: str, tree: Node, steps: list[Node]) -> None:
        self.file = file
        self.kind = _word(tree, "kind") or "playbook"
        self.tree = tree
        self.all = steps
        self.steps = {str(_word(step, "id")): step for step in reversed(steps)}
        self.ways = [way for step in self.steps.values() for way in _ways(step)]
        self.lanes = [way for step in self.steps.values() for way in _lane_starts(step)]

    def mistakes(self) -> Iterator[Mistake]:
        yield from self._twice()
        yield from self._unknown()
        yield from self._unreachable()
        yield from self._circles()
        yield from self._ends()
        yield from self._joins()
        yield from self._checks()

    def _twice(self) -> Iterator[Mistake]:
        for step in self.all:
            id = str(_word(step, "id"))
            if id in (END, JOIN):
                yield self._at(step, f"A step cannot be called {quoted(id)}: that word is where ways end.")
            if self.steps[id] is not step:
                yield self._at(step, f"The step {quoted(id)} stands here a second time: give it another id.")

    def _unknown(self) -> Iterator[Mistake]:
        offered = [
            _Way("", name, node)
            for timer in _many(self.tree.child("timers"))
            if (node := timer.child("step")) is not None and isinstance(name := node.value, str) and name
        ]
        for way in (*self.ways, *self.lanes, *offered):
            if way.to not in self.steps and (way.to not in (END, JOIN) or way in offered):
                text = f"The step {quoted(way.to)} is not in this guide: correct the name or add the step."
                yield self._at(way.node, text + meant(way.to, self.steps))

    def _unreachable(self) -> Iterator[Mistake]:
        offered = (_word(timer, "step") for timer in _many(self.tree.child("timers")))
        first = str(_word(self.all[0], "id")) if self.all else ""
        reached = self._from((first, *(str(name) for name in offered if name)))
        for id, step in self.steps.items():
            if id not in reached:
                yield self._at(step, f"Nothing leads to the step {quoted(id)}: name it in a `next`, or take it away.")

    def _from(self, starts: Iterable[str]) -> set[str]:
        """Every step that can be reached; a lanes step leads into its lanes and to what follows."""
        onward: dict[str, list[str]] = {}
        for way in (*self.ways, *self.lanes):
            onward.setdefault(way.start, []).append(way.to)
        reached: set[str] = set()
        todo = [name for name in starts if name in self.steps]
        while todo:
            id = todo.pop()
            if id not in reached and id in self.steps:
                reached.add(id)
                todo += onward.get(id, [])
        return reached

    def _circles(self) -> Iterator[Mistake]:
        """A circle of steps that all walk by themselves would never stop."""
        onward: dict[str, list[_Way]] = {}
        for way in self.ways:
            if self._is_automatic(way.start) and self._is_automatic(way.to):
                onward.setdefault(way.start, []).append(way)
        left = dict.fromkeys(self.steps, 0)
        for ways in onward.values():
            for way in ways:
                left[way.to] += 1
        # Kahn, 1962: what cannot be sorted stands in a circle, or behind one
        todo = [id for id, count in left.items() if not count]
        while todo:
            for way in onward.get(todo.pop(), ()):
                left[way.to] -= 1
                if not left[way.to]:
                    todo.append(way.to)
        in_circle = {id for id, count in left.items() if count}
        for ways in onward.values():
            for way in ways:
                if way.start in in_circle and self._returns(way.to, way.start, onward):
                    told = f"from {quoted(way.start)} over {quoted(way.to)} go in a circle without end"
                    yield self._at(way.node, f"The steps {told}: put a wait or a question in.")

    @staticmethod
    def _returns(start: str, goal: str, onward: Mapping[str, list[_Way]]) -> bool:
        seen: set[str] = set()
        todo = [start]
        while todo:
            id = todo.pop()
            if id == goal:
                return True
            if id not in seen:
                seen.add(id)
                todo += [way.to for way in onward.get(id, ())]
        return False

    def _is_automatic(self, id: str) -> bool:
        step = self.steps.get(id)
        return step is not None and _word(step, "kind") in _AUTOMATIC

    def _ends(self) -> Iterator[Mistake]:
        allowed = _ENDS.get(self.kind, ())
        for way in self.ways:
            kind = _word(self.steps[way.start], "kind")
            if way.to == END and kind not in allowed:
                wanted = "a sign-off" if self.kind == "checklist" else "a resolution form"
                text = f"The {self.kind} ends at the step {quoted(way.start)} without {wanted}: lead it to one first."
                yield self._at(way.node, text)

    def _joins(self) -> Iterator[Mistake]:
        within: dict[str, str] = {}
        for start in self.lanes:
            reached = self._from((start.to,))
            for id in sorted(reached):
                if id in within and within[id] != start.to:
                    text = f"The step {quoted(id)} is in two lanes: give each lane steps of its own."
                    yield self._at(self.steps[id], text)
                within[id] = start.to
                if _word(self.steps[id], "kind") == "lanes":
                    yield self._at(
                        self.steps[id], f"The lanes {quoted(id)} stand within a lane: put them after the join."
                    )
            ways = [way for way in self.ways if way.start in reached]
            if reached and not any(way.to == JOIN for way in ways):
                yield self._at(start.node, f"The lane from {quoted(start.to)} never joins: end it with `next: join`.")
            for way in ways:
                if way.to == END:
                    yield self._at(
                        way.node, "A lane cannot end the guide: write `next: join`, and end after the lanes."
                    )
        for way in self.ways:
            if way.to == JOIN and way.start not in within:
                yield self._at(
                    way.node, f"The step {quoted(way.start)} is in no lane: `join` is only for the ends of lanes."
                )

    def _checks(self) -> Iterator[Mistake]:
        """A wait that checks something needs the ways for no and for no data, as a decision does."""
        for id, step in self.steps.items():
            checks = _word(step, "kind") == "wait" and step.child("then_check") is not None
            for key, when in (("otherwise", "the check fails"), ("no_data", "a value is missing")):
                if checks and step.child(key) is None:
                    yield self._at(step, f"{quoted(key)} of {quoted(id)} is missing: say where to go when {when}.")

    def _at(self, node: Node, text: str) -> Mistake:
        return Mistake(self.file, node.line, node.column, text)


def _ways(step: Node) -> Iterator[_Way]:
    id = str(_word(step, "id"))
    holders = [step]
    for key in ("branches", "options", "otherwise", "no_data"):
        holders += _many(step.child(key))
    for holder in holders:
        to = holder.child("next")
        if to is not None and isinstance(to.value, str):
            yield _Way(id, to.value, to)
    if step.child("next") is None and _word(step, "kind") in _END_DEFAULT:
        yield _Way(id, END, step)


def _lane_starts(step: Node) -> Iterator[_Way]:
    for lane in _many(step.child("lanes")):
        first = lane.child("first")
        if first is not None and isinstance(first.value, str):
            yield _Way(str(_word(step, "id")), first.value, first)


def _many(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    return node.value if isinstance(node.value, tuple) else (node,)


def _word(node: Node, key: str) -> str | None:
    child = node.child(key)
    return child.value if child is not None and isinstance(child.value, str) else None
