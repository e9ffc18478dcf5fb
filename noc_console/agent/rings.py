"""The newest requests of every rung, kept in memory for the waterfall."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

PER_RUNG = 30
Row = Mapping[str, Any]


class Rings:
    """One bounded ring of request rows per input and rung."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[str, deque[Row]]] = {}

    def add(self, rows: Iterable[Row]) -> None:
        """Take what a worker fetched."""
        for row in rows:
            rungs = self._rows.setdefault(int(row["input_id"]), {})
            rungs.setdefault(str(row.get("rung", "")), deque(maxlen=PER_RUNG)).append(row)

    def newest(self, input_id: int, rung: str, limit: int) -> list[Row]:
        """Return the newest rows of an input, of one rung or all, newest first."""
        rungs = self._rows.get(input_id, {})
        found = rungs.get(rung, ()) if rung else chain.from_iterable(rungs.values())
        return sorted(found, key=lambda row: float(row.get("at") or 0.0), reverse=True)[:limit]

    def keep_only(self, inputs: Iterable[int]) -> None:
        """Forget the inputs that are gone."""
        wanted = set(inputs)
        self._rows = {key: rungs for key, rungs in self._rows.items() if key in wanted}
