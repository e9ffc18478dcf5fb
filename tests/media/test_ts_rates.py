"""Bitrates against their bands, five-minute averages, sound against picture, drift of the PCR's clock."""

from __future__ import annotations

import numpy as np
import pytest
from ts_packets_making import AUDIO, RATE, stream
from ts_packets_making import stamp as stamp_bytes

from noc_console.media.ts.analyser import Analyser, Measures
from noc_console.media.ts.bands import AVERAGE_S, LEARN, Bands
from noc_console.media.ts.outcome import WHOLE_STREAM
from noc_console.media.ts.profile import Profile
from noc_console.media.ts.windows import BITS, Windows


def feed(bands: Bands, rate: float, seconds: int) -> set[str]:
    found = ()
    for _ in range(seconds):
        found = bands.feed({WHOLE_STREAM: 6e6, 0x100: rate})
    return {finding.id for finding in found}


def test_a_band_is_learned_before_anything_is_judged() -> None:
    bands = Bands(Profile())
    assert feed(bands, 4e6, AVERAGE_S * (LEARN - 1)) == set()
    assert bands.band(0x100) is None
    assert feed(bands, 5e6, AVERAGE_S) == set()
    assert bands.band(0x100) == (0.8 * 4e6, 1.25 * 5e6)
    assert feed(bands, 3.3e6, AVERAGE_S) == set()
    assert feed(bands, 3.1e6, AVERAGE_S) == {"ts-bitrate-off"}
    assert feed(bands, 4e6, AVERAGE_S) == set()


def test_the_template_needs_no_learning() -> None:
    bands = Bands(Profile(bitrate_bps=8e6))
    assert feed(bands, 4e6, AVERAGE_S) == {"ts-bitrate-off"}


def test_the_long_average_is_of_the_newest_five_minutes() -> None:
    windows = Windows()
    windows.begin(0.0)
    for second in range(1, 601):
        windows.add(np.full(100 if second <= 300 else 300, 5, np.uint16))
        windows.close(float(second))
        if second % 5 == 1:
            windows.remember(float(second))
    assert windows.long_rates(windows.totals(), 600.0)[5] == pytest.approx(300 * BITS, rel=0.02)


def run_live(packets: np.ndarray, ppm: float = 0.0) -> Measures:
    analyser = Analyser()
    for second in range(len(packets) // RATE):
        rows = slice(second * RATE, (second + 1) * RATE)
        times = 1000.0 + np.arange(rows.start, rows.stop) / RATE * (1 - ppm / 1e6)
        analyser.feed(packets[rows], times)
        measures = analyser.tick(float(times[-1]) + 1 / RATE)
    return measures


def test_sound_that_runs_away_from_the_picture_is_measured() -> None:
    packets = stream(26.0)
    pid = (packets[:, 1].astype(int) & 0x1F) << 8 | packets[:, 2]
    for row in np.flatnonzero((pid == AUDIO) & (packets[:, 1] & 0x40 != 0)).tolist():
        ahead_s = 0.3 + (0.12 if row >= 13 * RATE else 0.0)
        ticks = int((10 + row / RATE) * 90_000) + int(ahead_s * 90_000)
        packets[row, 13:18] = np.frombuffer(stamp_bytes(ticks), np.uint8)
    measures = run_live(packets)
    assert measures.metrics["ts"]["ts.av_drift_s"] == pytest.approx(0.12, abs=0.005)
    assert measures.metrics["service/1"]["ts.av_drift_s"] == pytest.approx(0.12, abs=0.005)


def test_a_clock_that_runs_fast_is_measured_in_ppm() -> None:
    assert run_live(stream(40.0), ppm=50.0).metrics["ts"]["ts.pcr_drift_ppm"] == pytest.approx(50, abs=2)
