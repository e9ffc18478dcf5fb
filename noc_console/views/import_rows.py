"""What an import would do, as rows: added, changed (which values), wrong lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]
_SHOWN = (("name", "name"), ("tier", "tier"), ("class", "class"), ("template", "template"), ("labels", "labels"))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the difference: its sign (`+`, `~`, `!`), the channel or line, and what happens to it."""

    sign: str
    what: str
    text: str


def rows(answer: Json) -> tuple[Row, ...]:
    """Return the rows of an answer of POST /channels/import: wrong lines first, then changes, then new ones."""
    wrong = [Row("!", f"line {one['line']}", str(one["message"])) for one in answer["errors"]]
    changed = [
        Row("~", str(one["code"]), "; ".join(changes(one["before"], one["after"]))) for one in answer["change"]
    ]
    added = [Row("+", str(one["code"] or "(code by the agent)"), _told(one)) for one in answer["add"]]
    return (*wrong, *changed, *added)


def changes(before: Json, after: Json) -> list[str]:
    """Return what differs between two forms of a channel, in words."""
    found = [
        f"{title}: {_plain(before.get(key))} → {_plain(after.get(key))}"
        for key, title in _SHOWN
        if before.get(key) != after.get(key)
    ]
    if _urls(before) != _urls(after):
        found.append(f"URL: {', '.join(_urls(before)) or 'none'} → {', '.join(_urls(after)) or 'none'}")
    if bool(before.get("enabled")) != bool(after.get("enabled")):
        found.append("enabled" if after.get("enabled") else "disabled")
    return found or ["settings of its input"]


def summary(answer: Json, *, is_dry: bool) -> str:
    """Return one line: how many are added, changed, the same, wrong."""
    added, changed, wrong = len(answer["add"]), len(answer["change"]), len(answer["errors"])
    verb = ("to add", "to change") if is_dry else ("added", "changed")
    parts = [f"{added} {verb[0]}", f"{changed} {verb[1]}", f"{answer['same']} the same"]
    return ", ".join(parts + ([f"{wrong} wrong, left out"] if wrong else []))


def _told(one: Json) -> str:
    return f"{one['name']}, tier {one['tier']}, {', '.join(_urls(one)) or 'no URL'}"


def _urls(one: Json) -> list[str]:
    return [str(each["url"]) for each in one.get("inputs", ())]


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)
