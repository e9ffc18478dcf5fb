"""What the lines of a playlist or MPD are, and how two fetches differ; plain data, no Qt."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from enum import Enum

MOST_LINES = 20_000


class Part(Enum):
    """What a line is, which decides how it is drawn."""

    TAG = "tag"
    URI = "uri"
    NOTE = "note"
    REST = "rest"


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a comparison: its sign (`+`, `−` or empty), text, and number in the newer fetch (0 if gone)."""

    sign: str
    text: str
    number: int


_XML_NOTE = re.compile(r"^\s*<(!--|\?xml)")


def part_of(line: str) -> Part:
    """Tell what a line is (RFC 8216 4.1: blank, comment, tag, or URI; else XML)."""
    text = line.strip()
    if not text:
        return Part.REST
    if text.startswith("#EXT"):
        return Part.TAG
    if text.startswith("#") or _XML_NOTE.match(line):
        return Part.NOTE
    return Part.TAG if text.startswith("<") else Part.URI


def compared(before: str, after: str) -> tuple[DiffLine, ...]:
    """Return the newer text with the lines that went away left in their places.

    Texts beyond MOST_LINES are cut there: comparing is quadratic at worst.
    """
    old, new = before.splitlines()[:MOST_LINES], after.splitlines()[:MOST_LINES]
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=len(old) + len(new) > 2000)
    lines: list[DiffLine] = []
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind in ("delete", "replace"):
            lines += [DiffLine("−", text, 0) for text in old[old_from:old_to]]
        sign = "" if kind == "equal" else "+"
        lines += [DiffLine(sign, text, new_from + index + 1) for index, text in enumerate(new[new_from:new_to])]
    return tuple(lines)


def plain(text: str) -> tuple[DiffLine, ...]:
    """Return a text's lines without comparison."""
    return tuple(DiffLine("", line, index + 1) for index, line in enumerate(text.splitlines()[:MOST_LINES]))


def differences(lines: tuple[DiffLine, ...]) -> tuple[int, int]:
    """Return how many lines came and how many went."""
    return sum(line.sign == "+" for line in lines), sum(line.sign == "−" for line in lines)
