"""What a diagnostic is given and what it gives back: a target, a kit of tools, a result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from noc_console.errors import KnownError
from noc_console.model import Input, Kind
from noc_console.settings import Settings

Row = Mapping[str, Any]
Point = tuple[float, float]  # at (Unix seconds), value


class Impossible(KnownError):
    """This diagnostic says nothing of this input: one sentence says why."""


class Ask(Protocol):
    """What only the agent can tell: its workers, its history, its folders."""

    async def inspect(self, entry: Input, seconds: float) -> Mapping[str, Any]:
        """Return the form of an inspection of the input, done by a worker; raises KnownError."""

    async def stream(self, entry: Input) -> Mapping[str, Any]:
        """Return the report of a transport stream that is received; raises KnownError."""

    async def points(self, entry: Input, metric: str, span_s: float) -> Mapping[str, Sequence[Point]]:
        """Return the recorded samples of the last seconds by rung; raises KnownError."""

    def log(self, name: str) -> bytes:
        """Return the end of a log file in an allowed folder, whole lines; raises KnownError."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is examined: an input, beside it the channel's others.

    `wish` holds what was asked beside it, as the name of a log file.
    """

    channel: str = ""
    entry: Input | None = None
    others: tuple[Input, ...] = ()
    wish: Mapping[str, str] = field(default_factory=dict)

    def served(self) -> Input:
        """Return the input, which is fetched over HTTP; raises Impossible where it is not."""
        if self.entry is None:
            raise Impossible("There is no input to look at.")
        if self.entry.kind is Kind.TS:
            raise Impossible("This input is a transport stream: nothing is fetched from a server.")
        return self.entry

    def streamed(self) -> Input:
        """Return the input, which is a transport stream; raises Impossible where it is not."""
        if self.entry is None:
            raise Impossible("There is no input to look at.")
        if self.entry.kind is not Kind.TS:
            raise Impossible(f"This input is {str(self.entry.kind).upper()}, not a transport stream.")
        return self.entry


@dataclass(frozen=True, slots=True)
class Kit:
    """The tools of one run: bounds, the time, where progress is told, and what the agent can be asked."""

    settings: Settings
    now: Callable[[], float]
    ask: Ask
    progress: Callable[[float, str], None] = lambda _ratio, _text: None


@dataclass(frozen=True, slots=True)
class Result:
    """What was found: `fields` as the guides' vocabulary names them (None: could not be told), `text` in words.

    `rows` is a table; `kept` are bytes to keep as evidence, each with its media type.
    """

    fields: Mapping[str, float | None]
    text: str
    rows: Sequence[Row] = ()
    kept: Sequence[tuple[str, bytes]] = ()


Examine = Callable[[Target, Kit], Awaitable[Result]]
