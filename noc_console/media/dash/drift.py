"""Does the media clock run at the pace of UTC? The smallest lag of each ten minutes, compared over hours (IOP 5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from noc_console.media.dash.model import Mpd
from noc_console.model import Finding

_SPAN_S = 600.0
_KEPT = 24
_LEAST_SPAN_S = 3600.0
_LIMIT_S_PER_HOUR = 0.1
_LEAST_SHIFT_S = 0.2


@dataclass(frozen=True, slots=True)
class Drift:
    """The smallest lag of the live edge behind UTC in each span of ten minutes, oldest first.

    The smallest, because polling, caches and a slow packager only ever add to it.
    """

    lags: tuple[tuple[float, float], ...] = ()

    def seen(self, at: float, lag_s: float) -> Drift:
        """Return what is known after the edge moved at `at` (Unix seconds), `lag_s` behind UTC."""
        if self.lags and at - self.lags[-1][0] < _SPAN_S:
            since, least = self.lags[-1]
            return replace(self, lags=(*self.lags[:-1], (since, min(least, lag_s))))
        return replace(self, lags=(*self.lags, (at, lag_s))[-_KEPT:])

    def per_hour_s(self) -> float | None:
        """Return how many seconds an hour the lag grows, None before an hour of whole spans is known."""
        whole = self.lags[:-1]
        if len(whole) < 3 or whole[-1][0] - whole[0][0] < _LEAST_SPAN_S:
            return None
        mean_at = sum(at for at, _ in whole) / len(whole)
        mean_lag = sum(lag for _, lag in whole) / len(whole)
        spread = sum((at - mean_at) ** 2 for at, _ in whole)
        return 3600 * sum((at - mean_at) * (lag - mean_lag) for at, lag in whole) / spread

    def findings(self, mpd: Mpd) -> Iterator[Finding]:
        """Yield the finding when the drift is over 100 ms an hour and more than polling can explain."""
        pace = self.per_hour_s()
        if pace is None or abs(pace) <= _LIMIT_S_PER_HOUR:
            return
        span = self.lags[-2][0] - self.lags[0][0]
        if abs(pace) * span / 3600 > _LEAST_SHIFT_S:
            word = "slow" if pace > 0 else "fast"
            text = f"The media clock runs {word} by {abs(pace) * 1000:.0f} ms an hour, limit 100 ms."
            yield Finding("dash-clock-drift", text, {"line": mpd.line})
