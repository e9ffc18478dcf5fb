"""Reads the text of one guide file: a checked guide, or every mistake in it with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from noc_console.guides.check_conditions import condition_mistakes
from noc_console.guides.check_names import name_mistakes
from noc_console.guides.check_ways import way_mistakes
from noc_console.guides.guide import Guide
from noc_console.guides.known import Vocabulary, shipped_vocabulary
from noc_console.guides.mistakes import Mistake, meant, quoted
from noc_console.guides.questions import QUESTION_KINDS
from noc_console.guides.shaping import shape_mistakes
from noc_console.guides.steps import STEP_KINDS
from noc_console.guides.yaml_tree import Node, read_tree


@dataclass(frozen=True, slots=True)
class Read:
    """What a file gave: the guide, or the mistakes because of which there is none."""

    file: str
    guide: Guide | None
    mistakes: tuple[Mistake, ...] = ()
    links: tuple[tuple[str, int, int], ...] = ()


def read_guide(file: str, text: str, vocabulary: Vocabulary | None = None) -> Read:
    """Return the guide in a file's text, or all of its mistakes; names of other guides are checked by the shelf."""
    words = vocabulary or shipped_vocabulary()
    tree, mistakes = read_tree(file, text)
    if tree is None:
        return Read(file, None, mistakes)
    if not isinstance(tree.value, Mapping):
        return Read(file, None, (*mistakes, Mistake(file, 1, 1, "A guide is a mapping: begin with `guide: ID`.")))
    guide, shape = _shaped(file, tree)
    found = [*mistakes, *shape, *condition_mistakes(file, tree, words), *name_mistakes(file, tree, words)]
    found += way_mistakes(file, tree)
    if found or guide is None:
        return Read(file, None, tuple(sorted(set(found))))
    return Read(file, guide, (), tuple(_links(tree)))


def _shaped(file: str, tree: Node) -> tuple[Guide | None, list[Mistake]]:
    """Check every question and step by its own kind, so that one broken one does not hide the others."""
    mistakes: list[Mistake] = []
    plain: dict[str, Any] = tree.plain()
    for key, kinds in (("questions", QUESTION_KINDS), ("steps", STEP_KINDS)):
        mistakes += _of_kind(file, tree.child(key), kinds, "question" if key == "questions" else "step")
    if isinstance(plain.get("questions"), dict):
        plain["questions"] = {
            name: {"kind": "metric"} | asked if isinstance(asked, dict) else asked
            for name, asked in plain["questions"].items()
        }
    try:
        guide = _adapter(Guide).validate_json(json.dumps(plain))
    except ValidationError as refused:
        own = [error for error in refused.errors(include_url=False) if not _is_inner(error["loc"])]
        mistakes += shape_mistakes(file, tree, own, _keys(Guide))
        return None, mistakes
    return guide, mistakes


def _is_inner(place: tuple[Any, ...]) -> bool:
    """True for mistakes inside one question or step, which were told by its own kind already."""
    return len(place) > 1 and (place[0] == "steps" or (place[0] == "questions" and place[2:] != ("[key]",)))


def _of_kind(file: str, holder: Node | None, kinds: Mapping[str, type[Any]], what: str) -> Iterator[Mistake]:
    if holder is None:
        return
    nodes = holder.value.values() if isinstance(holder.value, Mapping) else holder.value
    for node in nodes if not isinstance(nodes, str | int | float | bool | None) else ():
        if not isinstance(node.value, Mapping):
            yield Mistake(file, node.line, node.column, f"A {what} is a mapping such as {{kind: …}}.")
            continue
        place = node.child("kind") or node
        kind = place.value if node.child("kind") else ("metric" if what == "question" else None)
        if not isinstance(kind, str) or kind not in kinds:
            told = f"has the unknown kind {quoted(kind)}" if node.child("kind") else "has no kind"
            nearest = meant(kind, kinds) if isinstance(kind, str) else ""
            text = f"This {what} {told}: use one of {', '.join(kinds)}.{nearest}"
            yield Mistake(file, place.line, place.column, text)
            continue
        yield from _one(file, node, kinds[kind])


def _one(file: str, node: Node, shape: Any) -> list[Mistake]:
    try:
        _adapter(shape).validate_json(json.dumps(node.plain()))
    except ValidationError as refused:
        return shape_mistakes(file, node, refused.errors(include_url=False), _keys(shape))
    return []


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


@cache
def _keys(shape: Any) -> frozenset[str]:
    """Every key that may stand anywhere within a shape, for the nearest to a wrong one."""
    schema = _adapter(shape).json_schema()
    parts = [schema, *schema.get("$defs", {}).values()] if shape is not Guide else [schema]
    return frozenset(key for part in parts for key in part.get("properties", ()))


def _links(tree: Node) -> Iterator[tuple[str, int, int]]:
    """Yield every other guide this one names, with its place."""
    see = tree.child("see")
    if see is not None:
        yield from ((str(node.value), node.line, node.column) for node in _each(see))
    for step in _each(tree.child("steps")):
        items = [item.child("guide") for item in _each(step.child("items"))]
        for node in (step.child("guide"), *items):
            if node is not None and node.value:
                yield str(node.value), node.line, node.column


def _each(node: Node | None) -> tuple[Node, ...]:
    if node is None:
        return ()
    return node.value if isinstance(node.value, tuple) else (node,)
