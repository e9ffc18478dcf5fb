"""What is wrong with a guide's file: one plain sentence with file, line and column; and the name that was meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake of one file; `line` and `column` count from 1, `text` says what, where and what to do."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"


def meant(word: str, known: Iterable[str]) -> str:
    """Return ` Did you mean "x"?` for the nearest known word, or nothing where none is near."""
    near = get_close_matches(word[:80], sorted(known), n=1, cutoff=0.6)
    return f" Did you mean {quoted(near[0])}?" if near else ""


def quoted(word: object) -> str:
    """Return a word of the file as it is shown in a sentence, never longer than a line."""
    text = " ".join(str(word).split())
    return f'"{text[:60]}…"' if len(text) > 60 else f'"{text}"'
