"""Judges the PCRs of a stream (TR 101 290, 2.3 and 2.4), and tells whether its bitrate is constant."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts.accuracy import Accuracy, Judged
from noc_console.media.ts.arrival import ArrivalClock
from noc_console.media.ts.clock import PCR_HZ
from noc_console.media.ts.ledger import Ledger
from noc_console.media.ts.outcome import PcrReport
from noc_console.media.ts.pcr import PcrMemory, Pcrs, Steps, copy, measure
from noc_console.media.ts.profile import Profile
from noc_console.media.ts.second import PcrSecond

_SLACK_S = 1e-9
_TURNS = 1024

Ints = NDArray[np.int64]


class PcrJudge:
    """What is known of the PCRs; `steady` tells from which packet on the bitrate is constant, or not."""

    def __init__(self, profile: Profile, ledger: Ledger) -> None:
        self.steady: list[tuple[int, bool]] = []
        self._profile = profile
        self._ledger = ledger
        self._counted = PcrMemory()
        self._sound: PcrMemory | None = None
        self._accuracy = Accuracy(profile.pcr_accuracy_ns)
        self._arrival = ArrivalClock()
        self._constant: dict[int, bool] = {}
        self._intervals: dict[int, float] = {}

    def judge(self, pcrs: Pcrs, is_sound: NDArray[np.bool_], has_arrival: bool) -> Steps | None:
        """Judge PCRs; return the steps between those that are believed, None where there are none."""
        if self._sound is None and not is_sound.all():
            self._sound = copy(self._counted)
        steps = measure(pcrs, self._counted)
        self._judge_gaps(steps)
        if self._sound is not None:
            # what stands in a packet with a transport error is counted, its value is not believed
            rows = np.flatnonzero(is_sound)
            if not len(rows):
                return None
            steps = measure(pcrs.rows(rows), self._sound)
        if has_arrival:
            self._arrival.feed(steps)
        self._tell("2.3.b", steps, steps.is_jump)
        self._tell_accuracy(self._accuracy.feed(steps))
        return steps

    def finish(self) -> None:
        """The input ends: judge the accuracy of what waits."""
        self._tell_accuracy(self._accuracy.finish())

    def note_constancy(self, edge: int) -> bool:
        """Settle, by the PCRs before packet `edge`, whether the bitrate is constant."""
        accuracy = self._accuracy
        told = sorted(one for one in accuracy.told if one[0] < edge)
        accuracy.told = [one for one in accuracy.told if one[0] >= edge]
        self._constant.update((pid, so) for _, pid, so in told)
        is_constant = bool(self._constant) and all(self._constant.values())
        if not self.steady or self.steady[-1][1] != is_constant:
            self.steady.append((edge, is_constant))
            del self.steady[:-_TURNS]
        return is_constant

    def is_constant(self) -> bool | None:
        """Say whether the bitrate is constant as far as is known, None where it cannot be told."""
        told = list(self._accuracy.constant.values())
        return all(told) if told else None

    def second(self, at: float, has_arrival: bool) -> dict[int, PcrSecond]:
        """Return what the PCRs of each PID were since the last call."""
        arrivals = self._arrival.close(at) if has_arrival else {}
        intervals, self._intervals = self._intervals, {}
        accuracies, self._accuracy.newest = self._accuracy.newest, {}
        return {
            pid: PcrSecond(intervals.get(pid), accuracies.get(pid), *arrivals.get(pid, (None, None)))
            for pid in {*arrivals, *intervals, *accuracies}
        }

    def report(self, pid: int) -> PcrReport | None:
        """Return what was counted of a PID's PCRs, None where it has none."""
        row, counted = self._counted.row(pid), self._counted
        if row < 0:
            return None
        longest = int(counted.longest.rows[row])
        return PcrReport(
            count=int(counted.count.rows[row]),
            max_interval_ms=longest / (PCR_HZ / 1000) if longest >= 0 else None,
            over_40ms=int(counted.over_40ms.rows[row]),
            over_100ms=int(counted.over_100ms.rows[row]),
            backward=int(counted.backward.rows[row]),
            max_accuracy_ns=self._accuracy.worst.get(pid),
            over_500ns=self._accuracy.over.get(pid, 0),
        )

    def _judge_gaps(self, steps: Steps) -> None:
        """TR 101 290, 2.3.a: the newer text has 100 ms, the older 40 ms."""
        gap, pid = _intervals(steps), steps.pcrs.pid
        warning, error = self._profile.pcr_warning_s + _SLACK_S, self._profile.pcr_error_s + _SLACK_S
        longest = np.fmax.reduceat(gap, steps.starts).tolist()
        for one, most in zip(pid[steps.starts].tolist(), longest, strict=True):
            if most == most:
                self._intervals[one] = max(self._intervals.get(one, 0.0), most)
        judged = steps.has_before & ~steps.pcrs.is_flagged
        self._tell("2.3.a", steps, judged & (gap > error))
        self._tell("2.3.a-40", steps, judged & (gap > warning) & (gap <= error))

    def _tell(self, indicator: str, steps: Steps, wrong: NDArray[np.bool_]) -> None:
        rows = np.flatnonzero(wrong)
        if not len(rows):
            return
        rows = rows[np.argsort(steps.pcrs.index[rows])]
        pcrs = steps.pcrs

        intervals = _intervals(steps)

        def told(row: int) -> tuple[str, float]:
            one = rows[row]
            pid, gap = int(pcrs.pid[one]), float(intervals[one])
            if indicator == "2.3.b":
                jump, passed = float(steps.step[one]) / PCR_HZ, float(steps.gap[one])
                return (
                    f"PID 0x{pid:04x}: the PCR jumps by {jump:+.3f} s in {passed:.3f} s, and no flag tells it.",
                    jump,
                )
            limit = self._profile.pcr_error_s if indicator == "2.3.a" else self._profile.pcr_warning_s
            return f"PID 0x{pid:04x}: no PCR for {gap * 1000:.1f} ms, the limit is {limit * 1000:.0f} ms.", gap

        self._ledger.many(indicator, pcrs.index[rows], pcrs.pid[rows], pcrs.at[rows], told)

    def _tell_accuracy(self, judged: Judged | None) -> None:
        if judged is None:
            return
        limit = self._profile.pcr_accuracy_ns
        rows = np.argsort(judged.index, kind="stable")

        def told(row: int) -> tuple[str, float]:
            pid, error = int(judged.pid[rows[row]]), float(judged.error_ns[rows[row]])
            return f"PID 0x{pid:04x}: the PCR is {error:+.0f} ns off its place, the limit is ±{limit:.0f} ns.", error

        self._ledger.many("2.4", judged.index[rows], judged.pid[rows], judged.at[rows], told)


def _intervals(steps: Steps) -> NDArray[np.float64]:
    """Return the time between PCRs: what passed between their packets, or what they say themselves if that is less.

    A network that holds packets back makes no PCR late.
    """
    said = steps.step / PCR_HZ
    return np.where(said > 0, np.minimum(steps.gap, said), steps.gap)
