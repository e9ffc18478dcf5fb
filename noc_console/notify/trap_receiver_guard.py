"""Who may send how many notices: addresses, and a bucket for each source and for all together. Pure."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

MAX_SOURCES = 1024
BURST_S = 2.0


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float

    def take(self, rate: float, now: float) -> bool:
        """Return whether one more may pass; two seconds' worth may come at once."""
        self.level = min(rate * BURST_S, self.level + max(0.0, now - self.at) * rate)
        self.at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


@dataclass(slots=True)
class Guard:
    """Lets notices pass or not and counts those that do not, by the reason; times are seconds of any clock.

    Sources beyond the newest 1024 are forgotten, so that forged addresses cannot fill the memory; the bucket of all
    holds them back.
    """

    per_second: float
    per_source_per_second: float
    max_bytes: int
    sources: Sequence[str] = ()
    refused: Counter[str] = field(default_factory=Counter)
    _all: _Bucket | None = None
    _each: OrderedDict[str, _Bucket] = field(default_factory=OrderedDict)

    def refusal(self, source: str, size: int, now: float) -> str:
        """Return why a datagram is not taken, empty when it is."""
        reason = self._refusal(source, size, now)
        if reason:
            self.refused[reason] += 1
        return reason

    def count(self, reason: str) -> None:
        """Count a refusal that was found later."""
        self.refused[reason[:100]] += 1

    def taken(self) -> dict[str, int]:
        """Return the counts since the last time, and begin anew."""
        counts, self.refused = dict(self.refused.most_common(20)), Counter()
        return counts

    def _refusal(self, source: str, size: int, now: float) -> str:
        if size > self.max_bytes:
            return f"longer than {self.max_bytes} bytes"
        if self.sources and not self._is_allowed(source):
            return "from an address that is not in sources"
        bucket = self._each.pop(source, None) or _Bucket(self.per_source_per_second * BURST_S, now)
        self._each[source] = bucket
        if len(self._each) > MAX_SOURCES:
            self._each.popitem(last=False)
        if not bucket.take(self.per_source_per_second, now):
            return "too many from one address"
        if self._all is None:
            self._all = _Bucket(self.per_second * BURST_S, now)
        return "" if self._all.take(self.per_second, now) else "too many in all"

    def _is_allowed(self, source: str) -> bool:
        try:
            address = ip_address(source.partition("%")[0])
        except ValueError:
            return False
        return any(address in ip_network(one, strict=False) for one in self.sources)
