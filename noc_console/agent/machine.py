"""The health of the machine under the agent: processor, memory and disk, read from /proc once in a while."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Machine:
    """Shares between 0 and 1; NaN-free: what cannot be read is 0."""

    cpu_ratio: float = 0.0
    memory_ratio: float = 0.0
    disk_ratio: float = 0.0


@dataclass(slots=True)
class MachineGauge:
    """Reads the machine; the processor's share is that since the reading before."""

    folder: Path
    _busy: float = field(default=0.0, init=False)
    _total: float = field(default=0.0, init=False)

    def read(self) -> Machine:
        """Return the machine's state now."""
        return Machine(self._cpu_ratio(), _memory_ratio(), self._disk_ratio())

    def _disk_ratio(self) -> float:
        try:
            disk = shutil.disk_usage(self.folder)
        except OSError:
            return 0.0
        return disk.used / (disk.used + disk.free) if disk.used + disk.free else 0.0

    def _cpu_ratio(self) -> float:
        try:
            fields = [float(text) for text in (_PROC / "stat").read_text().split("\n", 1)[0].split()[1:9]]
        except (OSError, ValueError):
            return 0.0
        total, idle = sum(fields), sum(fields[3:5])
        passed, busy = total - self._total, (total - idle) - self._busy
        self._total, self._busy = total, total - idle
        return min(1.0, max(0.0, busy / passed)) if passed > 0 else 0.0


def resident_bytes(pid: int) -> int:
    """Return the memory a process holds, 0 when it is gone or cannot be read."""
    try:
        return int((_PROC / str(pid) / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _memory_ratio() -> float:
    try:
        rows = dict(line.split(":", 1) for line in (_PROC / "meminfo").read_text().splitlines() if ":" in line)
        total, free = (float(rows[name].split()[0]) for name in ("MemTotal", "MemAvailable"))
    except (OSError, ValueError, KeyError, IndexError):
        return 0.0
    return 1.0 - free / total if total else 0.0
