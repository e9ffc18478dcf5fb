"""Bitrates against what they should be: the template's, or the band a PID kept to while it was learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from noc_console.media.ts.outcome import WHOLE_STREAM
from noc_console.media.ts.profile import Profile
from noc_console.model import Finding

AVERAGE_S = 10
LEARN = 30  # averages
_BELOW, _ABOVE = 0.8, 1.25


@dataclass(slots=True)
class _Band:
    """The least and most of the averages learned, and the sum of the one under way."""

    learned: int = 0
    least: float = 0.0
    most: float = 0.0
    sum_bps: float = 0.0
    seconds: int = 0
    finding: Finding | None = field(default=None)


class Bands:
    """Takes bitrates once a second; judges averages of ten seconds."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._bands: dict[int, _Band] = {}

    def feed(self, rates: Mapping[int, float]) -> tuple[Finding, ...]:
        """Take bit/s by PID (WHOLE_STREAM for all of it); return what is off now."""
        for pid, rate in rates.items():
            band = self._bands.setdefault(pid, _Band())
            band.sum_bps += rate
            band.seconds += 1
            if band.seconds >= AVERAGE_S:
                self._judge(pid, band)
        for pid in [pid for pid in self._bands if pid not in rates]:
            del self._bands[pid]
        return tuple(band.finding for band in self._bands.values() if band.finding)

    def band(self, pid: int) -> tuple[float, float] | None:
        """Return the band of a PID in bit/s, None while it is being learned."""
        band = self._bands.get(pid)
        if band is None or band.learned < LEARN:
            return None
        return _BELOW * band.least, _ABOVE * band.most

    def _judge(self, pid: int, band: _Band) -> None:
        average = band.sum_bps / band.seconds
        band.sum_bps, band.seconds, band.finding = 0.0, 0, None
        told, part = self._profile.bitrate_bps, self._profile.bitrate_tolerance
        if pid == WHOLE_STREAM and told:
            limits: tuple[float, float] | None = ((1 - part) * told, (1 + part) * told)
        else:
            limits = self.band(pid)
        if limits is not None:
            band.finding = _off(pid, average, limits)
        elif band.learned < LEARN:
            band.least = min(band.least, average) if band.learned else average
            band.most = max(band.most, average)
            band.learned += 1


def _off(pid: int, average: float, limits: tuple[float, float]) -> Finding | None:
    low, high = limits
    if low <= average <= high:
        return None
    name = "The stream" if pid == WHOLE_STREAM else f"PID 0x{pid:04x}"
    text = f"{name} has {average / 1e6:.3f} Mbit/s over 10 s, usual are {low / 1e6:.3f} to {high / 1e6:.3f} Mbit/s."
    return Finding("ts-bitrate-off", text, {} if pid == WHOLE_STREAM else {"pid": pid})
