"""A worker process is started with its end of a pipe, judged by silence and memory, and ends with the pipe."""

from __future__ import annotations

import os
import time
from pathlib import Path

from noc_console.agent.machine import MachineGauge, resident_bytes
from noc_console.agent.slot import start_worker
from noc_console.net.pipe import FrameType

MUCH = 10**12


async def test_a_worker_tells_its_health_on_the_cores_clock_and_ends_with_its_pipe() -> None:
    origin = time.time() - time.monotonic() - 5000
    running = await start_worker(origin)
    frame = await running.read()
    assert frame is not None
    assert frame.type is FrameType.NOTE
    health = frame.json()
    assert health["kind"] == "health"
    assert health["pid"] == running.pid
    assert abs(health["at"] - (origin + time.monotonic())) < 60
    assert running.fault(60, MUCH) == ""
    assert running.fault(60, 1024**2).endswith("MiB, limit 1 MiB")
    running.heard_at -= 100
    assert running.fault(60, MUCH).startswith("silent for 10")
    assert await running.end(10) == 0
    assert resident_bytes(running.pid) == 0


def test_the_machine_is_read_in_shares(tmp_path: Path) -> None:
    gauge = MachineGauge(tmp_path)
    machine = gauge.read()
    assert 0 <= machine.cpu_ratio <= 1
    assert 0 < machine.memory_ratio < 1
    assert 0 < machine.disk_ratio < 1
    assert MachineGauge(tmp_path / "gone").read().disk_ratio == 0
    assert resident_bytes(os.getpid()) > 1024**2
