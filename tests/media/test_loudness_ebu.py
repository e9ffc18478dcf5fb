"""The acceptance signals of EBU Tech 3341 and 3342, built as their text and ebu_cases.json describe them."""

from __future__ import annotations

import numpy as np
import pytest
from loudness_making import RATE, blocks_of, stereo, tone
from numpy.typing import NDArray

from noc_console.media.loudness.lufs import HOP, MOMENTARY, SHORT_TERM, decibel, gated, loudness_range, lufs, windows
from noc_console.media.loudness.tally import Tally


def momentary(blocks: NDArray[np.void]) -> NDArray[np.float64]:
    return lufs(windows(blocks["energy"], MOMENTARY))


def short_term(blocks: NDArray[np.void]) -> NDArray[np.float64]:
    return lufs(windows(blocks["energy"], SHORT_TERM))


def integrated(blocks: NDArray[np.void]) -> float:
    value = gated(windows(blocks["energy"], MOMENTARY, HOP))
    assert value is not None
    return value


@pytest.mark.parametrize("level", [pytest.param(-23.0, id="case 1"), pytest.param(-33.0, id="case 2")])
def test_a_steady_tone_reads_its_level_on_all_three_scales(level: float) -> None:
    blocks = blocks_of(stereo([(20, level)]))
    assert momentary(blocks)[100:] == pytest.approx(level, abs=0.1)
    assert short_term(blocks) == pytest.approx(level, abs=0.1)
    assert integrated(blocks) == pytest.approx(level, abs=0.1)


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([(10, -36), (60, -23), (10, -36)], id="case 3"),
        pytest.param([(10, -72), (10, -36), (60, -23), (10, -36), (10, -72)], id="case 4"),
        pytest.param([(20, -26), (20.1, -20), (20, -26)], id="case 5"),
    ],
)
def test_the_gates_leave_out_what_is_quiet(parts: list[tuple[float, float]]) -> None:
    blocks = blocks_of(stereo(parts))
    assert integrated(blocks) == pytest.approx(-23.0, abs=0.1)
    tally = Tally()
    tally.add(windows(blocks["energy"], MOMENTARY, HOP), windows(blocks["energy"], SHORT_TERM, HOP))
    assert tally.integrated_lufs == pytest.approx(integrated(blocks), abs=0.01)


@pytest.mark.parametrize("layout", [("FL", "FR", "FC", "SL", "SR"), ("FL", "FR", "FC", "BL", "BR")])
def test_five_channels_are_weighted(layout: tuple[str, ...]) -> None:
    """Case 6; surrounds are called side or back channels by different encoders."""
    samples = np.stack([tone([(20, level)]) for level in (-28, -28, -24, -30, -30)]).astype(np.float32)
    assert integrated(blocks_of(samples, layout)) == pytest.approx(-23.0, abs=0.1)


def test_short_term_stays_constant_over_a_period_of_three_seconds() -> None:
    """Case 9."""
    assert short_term(blocks_of(stereo([(1.34, -20), (1.66, -30)] * 5))) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("number", range(20))
def test_a_tone_of_three_seconds_fills_the_short_term_window_wherever_it_starts(number: int) -> None:
    """Case 10."""
    blocks = blocks_of(stereo([(number * 0.15, None), (3, -23), (1, None)]))
    assert short_term(blocks).max() == pytest.approx(-23.0, abs=0.1)


def test_each_tone_of_three_seconds_is_read_live() -> None:
    """Case 11."""
    parts = [((number * 0.15, None), (3, -38 + number), (3 - number * 0.15, None)) for number in range(20)]
    read = short_term(blocks_of(stereo([part for three in parts for part in three])))
    for number in range(20):
        window = read[number * 600 : number * 600 + 300 + 1]
        assert window.max() == pytest.approx(-38 + number, abs=0.1)


def test_momentary_stays_constant_over_a_period_of_400_ms() -> None:
    """Case 12."""
    assert momentary(blocks_of(stereo([(0.18, -20), (0.22, -30)] * 25)))[60:] == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("number", range(20))
def test_a_tone_of_400_ms_fills_the_momentary_window_wherever_it_starts(number: int) -> None:
    """Case 13, which a meter that steps by 100 ms misses."""
    blocks = blocks_of(stereo([(number * 0.02, None), (0.4, -23), (1, None)]))
    assert momentary(blocks).max() == pytest.approx(-23.0, abs=0.1)


def test_each_tone_of_400_ms_is_read_live() -> None:
    """Case 14."""
    parts = [((number * 0.02, None), (0.4, -38 + number), (0.4 - number * 0.02, None)) for number in range(20)]
    read = momentary(blocks_of(stereo([part for three in parts for part in three])))
    for number in range(20):
        assert read[number * 80 : number * 80 + 41].max() == pytest.approx(-38 + number, abs=0.1)


def _faded(wave: NDArray[np.float64]) -> NDArray[np.float32]:
    fade = np.ones(len(wave))
    fade[: RATE // 100] = np.linspace(0, 1, RATE // 100)
    fade[-RATE // 100 :] = np.linspace(1, 0, RATE // 100)
    return np.tile((wave * fade).astype(np.float32), (2, 1))


@pytest.mark.parametrize(
    ("divisor", "amplitude", "degrees", "expected"),
    [
        pytest.param(4, 0.50, 0.0, -6.0, id="case 15"),
        pytest.param(4, 0.50, 45.0, -6.0, id="case 16"),
        pytest.param(6, 0.50, 60.0, -6.0, id="case 17"),
        pytest.param(8, 0.50, 67.5, -6.0, id="case 18"),
        pytest.param(4, 1.41, 45.0, 3.0, id="case 19"),
    ],
)
def test_true_peak_is_read_between_the_samples(
    divisor: int, amplitude: float, degrees: float, expected: float
) -> None:
    wave = amplitude * np.sin(2 * np.pi * np.arange(RATE) / divisor + np.radians(degrees))
    peak = decibel(float(blocks_of(_faded(wave))["true_peak"].max()) ** 2)
    assert expected - 0.4 <= peak <= expected + 0.2


@pytest.mark.parametrize("offset", range(4), ids=lambda offset: f"case {20 + offset}")
def test_true_peak_of_a_burst_is_read_at_every_offset_of_sampling(offset: int) -> None:
    """Cases 20 to 23: made at four times the rate, one period of fs/4 at full scale in fs/6, then every fourth."""
    high, middle = 4 * RATE, 2 * RATE
    at = np.arange(high)
    wave = 0.5 * np.sin(2 * np.pi * at / 24)
    period = np.arange(16)
    wave[middle : middle + 16] = np.sin(2 * np.pi * period / 16)
    rest = np.arange(high - middle - 16)
    wave[middle + 16 :] = 0.5 * np.sin(2 * np.pi * rest / 24)
    spectrum = np.fft.rfft(wave)
    spectrum[np.fft.rfftfreq(high, 1 / high) > 20_000] = 0
    low = np.fft.irfft(spectrum, high)[offset::4]
    peak = decibel(float(blocks_of(_faded(low))["true_peak"].max()) ** 2)
    assert -0.4 <= peak <= 0.2


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        pytest.param((-20, -30), 10, id="case 1"),
        pytest.param((-20, -15), 5, id="case 2"),
        pytest.param((-40, -20), 20, id="case 3"),
        pytest.param((-50, -35, -20, -35, -50), 15, id="case 4"),
    ],
)
def test_loudness_range_of_steps(levels: tuple[float, ...], expected: float) -> None:
    """EBU Tech 3342, table 1."""
    blocks = blocks_of(stereo([(20, level) for level in levels]))
    ranging = windows(blocks["energy"], SHORT_TERM, HOP)
    assert loudness_range(ranging) == pytest.approx(expected, abs=1)
    tally = Tally()
    tally.add(windows(blocks["energy"], MOMENTARY, HOP), ranging)
    assert tally.range_lu == pytest.approx(expected, abs=1)
