"""What the time since the last look was like: the measures of an analyser, once a second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from noc_console.media.ts import second
from noc_console.media.ts.bands import Bands
from noc_console.media.ts.lipsync import LipSync
from noc_console.media.ts.outcome import Measures
from noc_console.media.ts.windows import BITS
from noc_console.model import Finding

if TYPE_CHECKING:
    from noc_console.media.ts.analyser import Analyser


class Ticker:
    """Remembers the last look at an analyser."""

    def __init__(self, analyser: Analyser) -> None:
        self._analyser = analyser
        self._bands = Bands(analyser.profile)
        self._lips = LipSync()
        self._at = float("nan")
        self._totals: dict[int, int] = {}
        self._hidden = (0, 0)

    def measures(self, at: float, is_live: bool) -> Measures:
        """Return metrics by scope, and findings."""
        one = self._analyser
        counts, places, found = second.counted(one.ledger, one.presence.lasting())
        rates, length = self._rates(at)
        pcr = one.pcrs.second(at, is_live)
        whole = {**second.error_metrics(counts), **second.pcr_metrics(second.worst_pcr(pcr.values()))}
        drifts = self._drifts()
        if drifts:
            whole["ts.av_drift_s"] = max(drifts.values(), key=abs)
        metrics = {"ts": whole}
        kinds = np.flatnonzero(one.stamps.kinds).tolist()
        if length > 0:
            long_rates = one.windows.long_rates(self._totals, at)
            whole |= second.rate_metrics(rates, long_rates)
            metrics |= self._pids(rates, long_rates, places, pcr)
            metrics |= self._services(rates, drifts)
            found += self._bands.feed(second.rates_for_bands(rates, kinds))
        found += second.other_findings(one.profile, whole, one.pcrs.is_constant())
        return Measures(at, metrics, found + self._scrambling(kinds))

    def _rates(self, at: float) -> tuple[dict[int, float], float]:
        """Return bit/s by PID since the last look, and how long that was."""
        windows = self._analyser.windows
        now = windows.totals()
        before, self._totals = self._totals, now
        begin = self._at if self._at == self._at else windows.began_at
        self._at = at
        length = at - begin
        if not length > 0:
            return {}, 0.0
        return {pid: (count - before.get(pid, 0)) * BITS / length for pid, count in now.items()}, length

    @staticmethod
    def _pids(
        rates: Mapping[int, float],
        long_rates: Mapping[int, float],
        places: Mapping[tuple[str, int], int],
        pcr: Mapping[int, second.PcrSecond],
    ) -> dict[str, dict[str, float]]:
        told = {}
        for pid, rate in rates.items():
            own = {"ts.bitrate_bps": rate, "ts.cc_errors": float(places.get(("1.4", pid), 0))}
            if pid in long_rates:
                own["ts.bitrate_5min_bps"] = long_rates[pid]
            if pid in pcr:
                own |= second.pcr_metrics(pcr[pid])
            told[second.scope_of(pid)] = own
        return told

    def _drifts(self) -> dict[int, float]:
        """Return how sound and picture of each programme have moved against each other."""
        found, stamps = {}, self._analyser.stamps
        for service in self._analyser.psi.tree.views():
            pids = [stream.pid for stream in service.streams]
            video = next((pid for pid in pids if stamps.kinds[pid] == 1), None)
            audio = next((pid for pid in pids if stamps.kinds[pid] == 2), None)
            if video is not None and audio is not None:
                drift = self._lips.drift(video, audio, stamps.memory)
                if drift is not None:
                    found[service.id] = drift
        return found

    def _services(self, rates: Mapping[int, float], drifts: Mapping[int, float]) -> dict[str, dict[str, float]]:
        told = {}
        for service in self._analyser.psi.tree.views():
            pids = {service.pmt_pid, service.pcr_pid, *(stream.pid for stream in service.streams)}
            own = {"ts.bitrate_bps": sum(rates.get(pid, 0.0) for pid in pids)}
            if service.id in drifts:
                own["ts.av_drift_s"] = drifts[service.id]
            told[f"service/{service.name or service.id}"] = own
        return told

    def _scrambling(self, kinds: Sequence[int]) -> tuple[Finding, ...]:
        hidden = sum(self._analyser.scrambled.get(pid, 0) for pid in kinds)
        packets = sum(self._totals.get(pid, 0) for pid in kinds)
        (before, packets_before), self._hidden = self._hidden, (hidden, packets)
        return second.scrambling_finding(self._analyser.profile, hidden - before, packets - packets_before)
