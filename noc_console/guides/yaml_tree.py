"""Reads YAML into a tree of nodes that know their line, scalars by YAML 1.2; what could be endless is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from noc_console.guides.mistakes import Mistake, quoted

MOST_CHARACTERS = 256 * 1024
MOST_NODES = 20_000
MOST_DEPTH = 24
# libyaml is 25 times as fast as a parser in Python and in every wheel of pyyaml; a pyyaml built without it parses by
# itself, and also refuses a question mark before a comma
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# a text that cannot be encoded (lone surrogates) is a ValueError
_PARSER_FAULTS = (yaml.YAMLError, ValueError)
# YAML 1.2, 10.3.2 (core schema): yes and no are texts
_PLAIN = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,15}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]{1,20}|[0-9]{1,15}(\.[0-9]{0,20})?)([eE][-+]?[0-9]{1,2})?")

Event = Any
Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the file and where it stands (from 1): a scalar, a tuple of nodes, or a mapping of keys to nodes."""

    value: Scalar | tuple[Node, ...] | Mapping[str, Node]
    line: int
    column: int

    def plain(self) -> Any:
        """Return the value without its places: texts, numbers, tuples and dicts."""
        if isinstance(self.value, tuple):
            return tuple(node.plain() for node in self.value)
        if isinstance(self.value, Mapping):
            return {key: node.plain() for key, node in self.value.items()}
        return self.value

    def child(self, key: str | int) -> Node | None:
        """Return what stands below a key or at a place of a list, None where nothing does."""
        if isinstance(self.value, Mapping) and isinstance(key, str):
            return self.value.get(key)
        if isinstance(self.value, tuple) and isinstance(key, int) and 0 <= key < len(self.value):
            return self.value[key]
        return None

    def below(self, path: tuple[str | int, ...]) -> Node:
        """Return the node a path leads to, or the last one on the way that is there."""
        node = self
        for key in path:
            node = node.child(key) or node
        return node


class Refused(Exception):
    """The text cannot be read further; carries the mistake that ended it."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.text)
        self.mistake = mistake


def read_tree(file: str, text: str) -> tuple[Node | None, tuple[Mistake, ...]]:
    """Return the tree of a file's text and the mistakes in its writing; no tree where it cannot be read at all."""
    if len(text) > MOST_CHARACTERS:
        return None, (
            Mistake(file, 1, 1, f"The file is longer than {MOST_CHARACTERS // 1024} KiB: split the guide."),
        )
    reader = _Reader(file)
    try:
        return reader.read(text), tuple(reader.mistakes)
    except Refused as refused:
        return None, (*reader.mistakes, refused.mistake)
    except _PARSER_FAULTS as fault:
        return None, (*reader.mistakes, _of_parser(file, text, fault))


def _of_parser(file: str, text: str, fault: Exception) -> Mistake:
    mark = getattr(fault, "problem_mark", None) or getattr(fault, "context_mark", None)
    problem = " ".join(str(getattr(fault, "problem", None) or "a character that no text may hold").split())[:160]
    line, column = (mark.line + 1, mark.column + 1) if mark else _of_character(text, fault)
    return Mistake(file, line, column, f"This is not YAML here: {problem}. Look at indent, quotes and brackets.")


def _of_character(text: str, fault: Exception) -> tuple[int, int]:
    before = text[: max(0, int(getattr(fault, "position", 0) or 0))]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


class _Reader:
    """Builds nodes from the parser's events; depth and number of nodes are bounded."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.mistakes: list[Mistake] = []
        self.nodes = 0

    def read(self, text: str) -> Node | None:
        root: Node | None = None
        events: Iterator[Event] = iter(yaml.parse(text, Loader=_LOADER))
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refused(event, "The file holds a second document (---): one file is one guide.")
            elif isinstance(event, AliasEvent | ScalarEvent | MappingStartEvent | SequenceStartEvent):
                root = self._node(event, events, 0)
        if root is None:
            raise Refused(Mistake(self.file, 1, 1, "The file is empty: a guide begins with `guide: ID`."))
        return root

    def _node(self, event: Event, events: Iterator[Event], depth: int) -> Node:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise self._refused(event, f"The file holds more than {MOST_NODES} values: split the guide.")
        if depth > MOST_DEPTH:
            raise self._refused(event, f"This is nested more than {MOST_DEPTH} deep: make it flatter.")
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise self._refused(event, "Anchors and aliases (& and *) are not allowed: write the value out.")
        tag = getattr(event, "tag", None)
        if tag is not None and not isinstance(event, MappingStartEvent | SequenceStartEvent | ScalarEvent):
            raise self._refused(event, "This cannot stand here.")
        if tag is not None:
            raise self._refused(event, f"The tag {quoted(tag)} is not allowed: write the value without it.")
        if isinstance(event, MappingStartEvent):
            return self._mapping(event, events, depth)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(event, events, depth)
        return self._scalar(event)

    def _mapping(self, start: Event, events: Iterator[Event], depth: int) -> Node:
        children: dict[str, Node] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            if not isinstance(event, ScalarEvent) or event.anchor or event.tag:
                raise self._refused(event, "A key must be a plain word.")
            key = str(event.value)
            value = self._node(next(events), events, depth + 1)
            if key in children:
                self.mistakes.append(self._mistake(event, f"The key {quoted(key)} stands here twice: take one away."))
            children.setdefault(key, value)
        return Node(children, *_place(start))

    def _sequence(self, start: Event, events: Iterator[Event], depth: int) -> Node:
        children: list[Node] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            children.append(self._node(event, events, depth + 1))
        return Node(tuple(children), *_place(start))

    def _scalar(self, event: Any) -> Node:
        value: Scalar = event.value
        if event.implicit[0]:
            value = _plain(event.value)
        return Node(value, *_place(event))

    def _mistake(self, event: Event, text: str) -> Mistake:
        return Mistake(self.file, *_place(event), text)

    def _refused(self, event: Event, text: str) -> Refused:
        return Refused(self._mistake(event, text))


def _plain(text: str) -> Scalar:
    if text in _PLAIN:
        return _PLAIN[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def _place(event: Event) -> tuple[int, int]:
    mark: Any = event.start_mark
    return mark.line + 1, mark.column + 1
