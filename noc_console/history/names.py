"""The numbers of series: (input, rung, metric) to a small number that is kept for ever."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from noc_console.history import schema


@dataclass(frozen=True, slots=True)
class Name:
    """What a series is called."""

    input: int
    rung: str
    metric: str


class Names:
    """Gives numbers at once; new ones are written with the next commit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: dict[Name, int] = {}
        self._names: dict[int, Name] = {}
        self._by_input: dict[tuple[int, str], list[int]] = {}
        self._by_metric: dict[str, list[int]] = {}
        self._unwritten: list[tuple[int, Name]] = []
        self._last = 0

    def load(self, connection: Connection) -> None:
        """Read the numbers given before."""
        for row in connection.execute(select(schema.series)):
            self._add(row.series_id, Name(row.input_id, row.rung, row.metric))

    def id_of(self, name: Name) -> int:
        """Return the number of a series, a new one when it has none yet."""
        found = self._ids.get(name)
        if found is not None:
            return found
        with self._lock:
            found = self._ids.get(name)
            if found is None:
                found = self._last + 1
                self._add(found, name)
                self._unwritten.append((found, name))
            return found

    def name_of(self, series: int) -> Name | None:
        """Return what a number stands for."""
        return self._names.get(series)

    def of_input(self, input_id: int, metric: str, rung: str) -> tuple[int, ...]:
        """Return the series of a metric on an input: of one rung, or of all for "*"."""
        if rung != "*":
            found = self._ids.get(Name(input_id, rung, metric))
            return () if found is None else (found,)
        with self._lock:
            return tuple(self._by_input.get((input_id, metric), ()))

    def of_metric(self, metric: str) -> tuple[int, ...]:
        """Return every series of a metric, by number."""
        with self._lock:
            return tuple(sorted(self._by_metric.get(metric, ())))

    def last(self) -> int:
        """Return the highest number given, 0 where there is none."""
        return self._last

    def unwritten(self) -> list[tuple[int, Name]]:
        """Return the numbers the store does not know yet."""
        with self._lock:
            return list(self._unwritten)

    def write(self, connection: Connection, new: list[tuple[int, Name]]) -> None:
        """Write new numbers."""
        if new:
            rows = [
                {"series_id": number, "input_id": name.input, "rung": name.rung, "metric": name.metric}
                for number, name in new
            ]
            connection.execute(insert(schema.series), rows)

    def written(self, count: int) -> None:
        """Forget the first `count` unwritten numbers: they are in the store now."""
        with self._lock:
            del self._unwritten[:count]

    def _add(self, number: int, name: Name) -> None:
        self._last = max(self._last, number)
        self._ids[name] = number
        self._names[number] = name
        self._by_input.setdefault((name.input, name.metric), []).append(number)
        self._by_metric.setdefault(name.metric, []).append(number)
