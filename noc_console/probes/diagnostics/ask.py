"""Who answers a diagnostic that runs without an agent: nobody; each question is refused in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from noc_console.model import Input
from noc_console.probes.diagnostics.values import Impossible, Point


class NoAsk:
    """Refuses everything: quick looks ask servers only."""

    async def inspect(self, entry: Input, seconds: float) -> Mapping[str, Any]:
        """Refuse."""
        _refuse()

    async def stream(self, entry: Input) -> Mapping[str, Any]:
        """Refuse."""
        _refuse()

    async def points(self, entry: Input, metric: str, span_s: float) -> Mapping[str, Sequence[Point]]:
        """Refuse."""
        _refuse()

    def log(self, name: str) -> bytes:
        """Refuse."""
        _refuse()


def _refuse() -> NoReturn:
    raise Impossible("No agent is there to be asked.")
