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


class _Sandbox(ImmutableSandboxedEnvironment):
    """No attribute beyond plain data, no number or text that grows without end."""

    intercepted_binops = frozenset({"**", "*", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Override: refuse powers, and products that are not of two numbers."""
        plain = isinstance(left, int | float) and isinstance(right, int | float)
        if operator == "**" or not plain or max(abs(left), abs(right)) > 1e12:
            raise jinja2.TemplateRuntimeError(f"{operator} is not allowed here")
        return super().call_binop(context, operator, left, right)


_ENVIRONMENT = _Sandbox(autoescape=False, undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
_ENVIRONMENT.globals.clear()
for _name in ("center", "format", "indent", "wordwrap", "pprint", "filesizeformat", "xmlattr", "urlize", "random"):
    _ENVIRONMENT.filters.pop(_name, None)
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
    for kind in (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends, nodes.Macro, nodes.CallBlock):
        for found in tree.find_all(kind):
            raise KnownError(f"The template, line {found.lineno}: only if, for and set are allowed here.")
    for loop in tree.find_all(nodes.For):
        if loop.recursive or any(True for _ in _inner(loop)):
            raise KnownError(f"The template, line {loop.lineno}: a loop within a loop is not allowed here.")


def _inner(loop: nodes.For) -> list[nodes.For]:
    return [
        one for part in loop.body for one in ([part] if isinstance(part, nodes.For) else part.find_all(nodes.For))
    ]
