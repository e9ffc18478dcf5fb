"""Rows of the plain lists (notices, NMS log, windows, rules) as values: columns, cells, their tones and marks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from noc_console.model import Severity


class Tone(StrEnum):
    """How loud a text is; hues only for what is wrong."""

    TEXT = "text"
    SECONDARY = "secondary"
    TERTIARY = "tertiary"
    ILL = "ill"
    DOUBT = "doubt"


class Mark(Enum):
    """The shape before a word, so that a state is never colour alone."""

    NONE = "none"
    DOT = "dot"
    RING = "ring"
    CLOCK = "clock"
    TICK = "tick"
    CROSS = "cross"
    QUESTION = "question"
    DASH = "dash"
    IN = "in"
    OUT = "out"
    SPANNER = "spanner"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Cell:
    """One text with its look; a severity paints that severity's glyph before it."""

    text: str
    tone: Tone = Tone.TEXT
    mark: Mark = Mark.NONE
    is_mono: bool = False
    is_strong: bool = False
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One row; `key` keeps the choice when the list is asked for anew."""

    key: str
    cells: tuple[Cell, ...]
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A head; width 0 takes what is left; `is_wide_only` folds away on a small screen."""

    title: str
    width: int = 0
    is_right: bool = False
    is_wide_only: bool = False
