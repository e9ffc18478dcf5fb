"""How a worker itself is doing: CPU, memory, lateness of its loop, requests and traffic, once a second."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from noc_console.probes.clock import WorldClock, is_synced
from noc_console.probes.worker_outbox import Outbox

_STATM = Path("/proc/self/statm")


class Health:
    """Counts between two reports; `late` is told the lateness of each turn of the loop."""

    def __init__(self, outbox: Outbox, world: WorldClock, now: Callable[[], float]) -> None:
        self._outbox = outbox
        self._world = world
        self._now = now
        self._lag_s = 0.0
        self._before = (now(), time.process_time(), 0, 0)

    def late(self, lag_s: float) -> None:
        """Take the lateness of one turn of the loop in seconds; the worst one is reported."""
        self._lag_s = max(self._lag_s, lag_s)

    def report(self, inputs: int, ring_bytes: int = 0) -> Mapping[str, Any]:
        """Return the `health` note since the last one; `ring_bytes` is the memory of evidence, within a budget."""
        now, cpu = self._now(), time.process_time()
        requests, received = self._outbox.requests, self._outbox.received_bytes
        then, cpu_then, requests_then, received_then = self._before
        self._before = (now, cpu, requests, received)
        passed_s = max(now - then, 1e-3)
        lag_s, self._lag_s = self._lag_s, 0.0
        return {
            "kind": "health",
            "at": now,
            "pid": os.getpid(),
            "inputs": inputs,
            "cpu_ratio": (cpu - cpu_then) / passed_s,
            "rss_bytes": rss_bytes(),
            "ring_bytes": ring_bytes,
            "lag_s": lag_s,
            "requests_per_s": (requests - requests_then) / passed_s,
            "bandwidth_bps": (received - received_then) * 8 / passed_s,
            "dropped": self._outbox.dropped,
            "clock": {
                "offset_s": self._world.offset_s,
                "hosts": self._world.hosts,
                "is_synced": is_synced(),
            },
        }


def rss_bytes() -> int:
    """Return the resident memory of this process, 0 where the system does not tell."""
    try:
        pages = int(_STATM.read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
