"""The band of a day: what most five-minute lows and highs lie between, whatever a short trouble did."""

from __future__ import annotations

from typing import Any

import numpy as np

from noc_console.history import Tick, baseline_of

METRIC = "video.mos"
HOUR = 3600.0
NOON = 1_790_000_100.0


def points(values: list[float], step_s: float = 300.0) -> list[tuple[float, float, float, float, int]]:
    return [(NOON + step_s * number, value - 0.1, value, value + 0.1, 10) for number, value in enumerate(values)]


def test_a_steady_day_has_a_narrow_band_around_its_values() -> None:
    band = baseline_of(points([4.2] * 288))
    assert band is not None
    assert (round(band.low, 3), round(band.mean, 3), round(band.high, 3)) == (4.1, 4.2, 4.3)
    assert (band.n, band.covered_s) == (2880, 86_400.0)


def test_two_hours_of_trouble_in_a_day_are_not_normal() -> None:
    band = baseline_of(points([4.2] * 264 + [1.5] * 24))
    assert band is not None
    assert round(band.low, 3) == 4.1
    assert 3.9 < band.mean < 4.0


def test_what_a_day_is_like_by_night_is_normal_too() -> None:
    band = baseline_of(points([4.2] * 192 + [3.0] * 96))
    assert band is not None
    assert round(band.low, 3) == 2.9
    assert round(band.high, 3) == 4.3


def test_less_than_an_hour_is_no_baseline_however_many_values_it_has() -> None:
    assert baseline_of(points([4.2] * 11)) is None
    assert baseline_of(points([4.2] * 1000, step_s=3.0)) is None
    assert baseline_of(()) is None


async def test_sealed_and_open_windows_give_one_band_of_the_last_day(desk: Any) -> None:
    history = await desk.open()
    series = history.series_id(1, "1080p", METRIC)
    noise = np.random.default_rng(3)
    kept: list[tuple[float, float]] = []
    for _ in range(30 * 60):
        desk.clock.at += 60.0
        value = float(noise.uniform(4.0, 4.5)) if desk.clock.at % (24 * HOUR) > 2 * HOUR else 2.0
        kept.append((desk.clock.at, value))
        await history.commit(
            Tick(desk.clock.at, np.array([series], "u4"), np.array([desk.clock.at]), np.array([value], "f4")), ()
        )
    await history.settle()
    end = desk.clock.at
    band = await history.baseline(1, METRIC, "1080p", end)
    inside = [value for at, value in kept if end - 24 * HOUR <= at < end]
    assert band.n == len(inside)
    assert abs(band.mean - float(np.mean(inside))) < 0.01
    assert 4.0 <= band.low < 4.15
    assert 4.35 < band.high <= 4.5
    assert await history.baseline(1, METRIC, "720p", end) is None
