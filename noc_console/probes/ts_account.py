"""What was lost on the way of an input, second by second: RTP gaps, and what this machine itself dropped."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from noc_console.media.rtp import RtpCounts
from noc_console.model import Finding
from noc_console.probes.ts_receiver import Receiver

_WINDOW = 10
_LOSS_LIMIT = 0.001  # operator R-062


@dataclass(slots=True)
class Account:
    """Compares the counters of a receiver from look to look."""

    receiver: Receiver
    _rtp: RtpCounts = field(default_factory=RtpCounts)
    _ours: int = 0
    _window: deque[tuple[float, float, float]] = field(default_factory=lambda: deque(maxlen=_WINDOW))

    def ours(self) -> int:
        """Return how many datagrams were lost on our side since the last call: by the kernel, or by a slow look."""
        now = self.receiver.drops + self.receiver.overrun
        passed, self._ours = now - self._ours, now
        return passed

    def second(self, packets: int, broken: int, ours: int) -> tuple[dict[str, float], list[Finding]]:
        """Return metrics and findings of one more second.

        `broken` are the continuity errors among the packets: the least that is missing where there is no RTP.
        """
        order = self.receiver.order
        if order is None:
            self._window.append((float(broken), 0.0, float(packets)))
            return {"ts.packet_loss_ratio": self._ratio(), "ts.socket_drops": float(ours)}, []
        passed, self._rtp = order.counts.since(self._rtp), order.counts
        # what this machine dropped is missing in the sequence too, and is not the stream's fault
        lost = max(0, passed.lost - ours)
        self._window.append((float(lost), float(passed.reordered), float(passed.received)))
        metrics = {
            "ts.rtp_lost": float(lost),
            "ts.rtp_reordered": float(passed.reordered),
            "ts.rtp_duplicates": float(passed.duplicates),
            "ts.packet_loss_ratio": self._ratio(),
            "ts.socket_drops": float(ours),
        }
        return metrics, self._findings()

    def _ratio(self) -> float:
        lost, _, received = self._sums()
        return lost / (lost + received) if lost + received else 0.0

    def _findings(self) -> list[Finding]:
        lost, reordered, received = self._sums()
        share = (lost + reordered) / (lost + received) if lost + received else 0.0
        if share <= _LOSS_LIMIT:
            return []
        text = f"{lost:.0f} RTP datagrams lost and {reordered:.0f} out of order in 10 s: {share:.2%}, limit 0.1 %."
        return [Finding("ts-rtp-loss", text, {"lost": int(lost), "reordered": int(reordered)})]

    def _sums(self) -> tuple[float, float, float]:
        lost, reordered, received = (sum(column) for column in zip(*self._window, strict=True))
        return lost, reordered, received
