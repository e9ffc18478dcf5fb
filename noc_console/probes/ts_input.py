"""One live transport stream: what arrived goes through the analyser; a second's measures become one look."""

from __future__ import annotations

from noc_console.media.ts.packets import Continuity, judge_breaks, read_heads
from noc_console.probes.tools import Tools
from noc_console.probes.ts_receiver import Receiver


class TsInput:
    """The memory of one input from look to look."""

    def __init__(self, tools: Tools, receiver: Receiver) -> None:
        self._tools = tools
        self._receiver = receiver
        self._memory = Continuity()
        self.packets = 0
        self.errors = 0

    def look(self, at: float) -> None:
        """Take what came and tell what it was."""
        arrived = self._receiver.take()
        block = arrived.data[: len(arrived.data) // 188 * 188].reshape(-1, 188)
        heads = read_heads(block, self._memory)
        errors = len(judge_breaks(block, heads, self._memory).errors)
        self.packets += len(block)
        self.errors += errors
        metrics = {
            "ts.packets_per_s": float(len(block)),
            "ts.cc_errors": float(errors),
            "ts.socket_drops": float(self._receiver.drops),
            "ts.igmp_joined": 1.0,
        }
        self._tools.look("ts", at, metrics)
