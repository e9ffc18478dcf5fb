"""One mean value a minute of the last hour: the lines on the wall's tiles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

MINUTES = 60


@dataclass(slots=True)
class Minutes:
    """Means of the last hour, newest last; None for a minute in which nothing was measured."""

    digits: int = 3
    minute: int = 0
    _past: list[float | None] = field(default_factory=list)
    _sum: float = 0.0
    _count: int = 0

    def add(self, at: float, value: float | None) -> None:
        """Let time go on to `at` (Unix seconds) and take a value of that minute."""
        minute = int(at // 60)
        if minute > self.minute:
            if self.minute:
                self._past.append(self._mean())
                self._past += [None] * min(minute - self.minute - 1, MINUTES)
                del self._past[:-MINUTES]
            self.minute, self._sum, self._count = minute, 0.0, 0
        if value is not None:
            self._sum, self._count = self._sum + value, self._count + 1

    def fill(self, values: Iterable[float | None], at: float) -> None:
        """Take the last hour as the history has it; `at` is within its last minute."""
        self._past, self.minute = list(values)[-MINUTES:], int(at // 60)

    def shown(self) -> list[float | None]:
        """Return at most an hour, with the minute that has begun where it has a value."""
        return (self._past + ([self._mean()] if self._count else []))[-MINUTES:]

    def _mean(self) -> float | None:
        return round(self._sum / self._count, self.digits) if self._count else None
