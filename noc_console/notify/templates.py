"""Templates of the operator: jinja2 in a sandbox, with bounds on loops, sizes and output."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from noc_console.errors import KnownError

MAX_TEMPLATE = 16_000
MAX_OUTPUT = 256 * 1024


#: filters that make nothing much longer; join does, so it may only be the first in its chain
_FILTERS = frozenset(
    {"upper", "lower", "capitalize", "title", "trim", "default", "d", "json", "int", "float", "round", "length"}
    | {
        "first",
        "last",
        "sort",
        "unique",
        "escape",
        "e",
        "truncate",
        "striptags",
        "urlencode",
        "join",
        "string",
        "abs",
    }
)
_LONGEST_CHAIN = 4
_BANNED = (
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Extends,
    nodes.Block,
    nodes.Macro,
    nodes.CallBlock,
    nodes.FilterBlock,
    nodes.Assign,
    nodes.AssignBlock,
    nodes.Call,
)


class _Sandbox(ImmutableSandboxedEnvironment):
    """No attribute beyond plain data, no number or text that grows without end."""

    intercepted_binops = frozenset({"**", "*", "%", "+"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Override: count with numbers only."""
        plain = isinstance(left, int | float) and isinstance(right, int | float)
        if operator == "**" or not plain or max(abs(left), abs(right)) > 1e12:
            raise jinja2.TemplateRuntimeError(f"{operator} is for numbers here")
        return super().call_binop(context, operator, left, right)


_ENVIRONMENT = _Sandbox(autoescape=False, undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
_ENVIRONMENT.globals.clear()
_ENVIRONMENT.filters["json"] = lambda value: json.dumps(value, ensure_ascii=False, default=str)


def check(text: str) -> None:
    """Raise `KnownError`, with the line, for a template that cannot be used."""
    _compiled(text)


def render(text: str, values: Mapping[str, Any]) -> str:
    """Return a template filled with values; `KnownError` says in one sentence what is wrong with it."""
    pieces: list[str] = []
    size = 0
    try:
        for piece in _compiled(text).generate(dict(values)):
            size += len(piece)
            if size > MAX_OUTPUT:
                raise KnownError("The template makes a text of more than 256 KiB.")
            pieces.append(piece)
    except (jinja2.TemplateError, ArithmeticError, TypeError, ValueError, LookupError, RecursionError) as error:
        raise KnownError(f"The template fails: {error}.") from None
    return "".join(pieces)


@lru_cache(maxsize=64)
def _compiled(text: str) -> jinja2.Template:
    if len(text) > MAX_TEMPLATE:
        raise KnownError("The template is longer than 16,000 characters.")
    try:
        tree = _ENVIRONMENT.parse(text)
        _check(tree)
        return _ENVIRONMENT.from_string(text)
    except jinja2.TemplateSyntaxError as error:
        raise KnownError(f"The template cannot be read, line {error.lineno}: {error.message}.") from None
    except RecursionError:
        raise KnownError("The template is nested too deeply.") from None


def _check(tree: nodes.Template) -> None:
    for kind in _BANNED:
        for found in tree.find_all(kind):
            raise KnownError(f"The template, line {found.lineno}: only if, for and filters are allowed here.")
    for loop in tree.find_all(nodes.For):
        if loop.recursive or _inner(loop):
            raise KnownError(f"The template, line {loop.lineno}: a loop within a loop is not allowed here.")
    for one in tree.find_all(nodes.Filter):
        _check_filter(one)


def _check_filter(one: nodes.Filter) -> None:
    if one.name not in _FILTERS:
        raise KnownError(f"The template, line {one.lineno}: there is no filter {one.name} here.")
    chain, below = 1, one.node
    while isinstance(below, nodes.Filter):
        chain, below = chain + 1, below.node
    if chain > _LONGEST_CHAIN or (one.name == "join" and chain > 1):
        raise KnownError(f"The template, line {one.lineno}: join comes first, and at most four filters follow.")


def _inner(loop: nodes.For) -> list[nodes.For]:
    return [
        one for part in loop.body for one in ([part] if isinstance(part, nodes.For) else part.find_all(nodes.For))
    ]
