"""What the decoders do and what they leave out, of the last minute: nothing is skipped silently."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_WINDOW_S = 60.0


@dataclass(slots=True)
class Second:
    """What happened in one second."""

    at: float
    decoded: int = 0
    cpu_s: float = 0.0
    waited_s: float = 0.0
    skipped: Counter[tuple[int, str]] = field(default_factory=Counter)


@dataclass(slots=True)
class Load:
    """Counts by second; `lost` are stretches that cost a decoder its life, or could not be read, since the start."""

    lost: int = 0
    _seconds: deque[Second] = field(default_factory=deque)

    def decoded(self, at: float, cpu_s: float, waited_s: float) -> None:
        """Count a stretch that was decoded."""
        second = self._second(at)
        second.decoded += 1
        second.cpu_s += cpu_s
        second.waited_s = max(second.waited_s, waited_s)

    def skipped(self, at: float, tier: int, why: str) -> None:
        """Count a stretch, or the picture of one, that is not decoded."""
        self._second(at).skipped[tier, why] += 1

    def facts(self, at: float) -> Mapping[str, Any]:
        """Return the figures of the last minute."""
        self._forget(at)
        skipped: Counter[tuple[int, str]] = Counter()
        for second in self._seconds:
            skipped.update(second.skipped)
        tiers: dict[str, dict[str, int]] = {}
        for (tier, why), count in sorted(skipped.items()):
            tiers.setdefault(str(tier), {})[why] = count
        return {
            "decoded_per_min": sum(second.decoded for second in self._seconds),
            "cores_used": round(sum(second.cpu_s for second in self._seconds) / _WINDOW_S, 3),
            "waited_s": round(max((second.waited_s for second in self._seconds), default=0.0), 2),
            "skipped_per_min": tiers,
            "lost": self.lost,
        }

    def _second(self, at: float) -> Second:
        if not self._seconds or at - self._seconds[-1].at >= 1.0:
            self._seconds.append(Second(at))
            self._forget(at)
        return self._seconds[-1]

    def _forget(self, at: float) -> None:
        while self._seconds and at - self._seconds[0].at > _WINDOW_S:
            self._seconds.popleft()
