"""Packets of a file are due when the PCR says so, whatever the division into blocks."""

from __future__ import annotations

import numpy as np
import pytest

from noc_console.media.ts.pace import Pace


def clocked(seconds: float, flags: int = 0x10) -> bytes:
    ticks = round(seconds * 27_000_000) % ((1 << 33) * 300)
    field = ((ticks // 300) << 15 | 0x7E00 | ticks % 300).to_bytes(6, "big")
    return bytes((0x47, 0x01, 0x00, 0x30, 7, flags)) + field + bytes(176)


def stream(count: int, every: int, step_s: float, start_s: float = 10.0) -> np.ndarray:
    plain = bytes((0x47, 0x01, 0x01, 0x10)) + bytes(184)
    packets = [clocked(start_s + step_s * (n // every)) if n % every == 0 else plain for n in range(count)]
    return np.frombuffer(b"".join(packets), np.uint8).reshape(-1, 188)


@pytest.mark.parametrize("cut", [1000, 7, 100, 101])
def test_a_constant_stream_is_paced_evenly(cut: int) -> None:
    block, pace = stream(1000, 100, 0.04), Pace()
    times = np.concatenate([pace.times(block[at : at + cut]) for at in range(0, 1000, cut)])
    assert np.all(np.diff(times) >= 0)
    assert times[900] - times[0] == pytest.approx(0.36, abs=0.02)


def test_a_clock_that_wraps_goes_on() -> None:
    wrap_s = (1 << 33) / 90_000
    times = Pace().times(stream(300, 100, 0.04, start_s=wrap_s - 0.06))
    assert times[200] - times[100] == pytest.approx(0.04, abs=1e-6)


def test_a_jump_of_the_clock_takes_no_time() -> None:
    pace = Pace()
    pace.times(stream(300, 100, 0.04))
    end = pace.times(stream(300, 100, 0.04, start_s=5000.0))[-1]
    assert end < 0.4


def test_a_stream_without_a_clock_is_paced_by_the_usual_rate() -> None:
    plain = np.frombuffer((bytes((0x47, 0x01, 0x01, 0x10)) + bytes(184)) * 1000, np.uint8).reshape(-1, 188)
    assert Pace().times(plain)[-1] == pytest.approx(1000 * 188 * 8 / 8e6, rel=0.01)
