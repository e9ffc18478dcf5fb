"""The meter's blocks: against FFmpeg's ebur128 and known recordings, cut anyhow, and with broken samples."""

from __future__ import annotations

import csv
import itertools
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loudness_making import RATE, STEREO, blocks_of, programme, stereo
from numpy.typing import NDArray

from noc_console.media.loudness import channels
from noc_console.media.loudness.lufs import HOP, MOMENTARY, SHORT_TERM, decibel, gated, loudness_range, lufs, windows
from noc_console.media.loudness.meter import Meter

FIVE_ONE = ("FL", "FR", "FC", "LFE", "SL", "SR")
FIELDS = ("at_s", "energy", "true_peak", "level", "correlation", "clipped")


def ebur128(samples: NDArray[np.float32], layout: str) -> dict[str, float]:
    """Return the last words of FFmpeg's filter over samples at 48 kHz; its true peaks are linear."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="fltp", layout=layout, time_base=Fraction(1, RATE))
    measured, sink = graph.add("ebur128", "metadata=1:peak=true"), graph.add("abuffersink")
    source.link_to(measured)
    measured.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    graph.push(frame)
    said: dict[str, str] = {}
    while True:
        try:
            said = dict(graph.pull().metadata)
        except (av.error.BlockingIOError, av.error.EOFError):
            return {key.removeprefix("lavfi.r128."): float(value) for key, value in said.items()}


@pytest.mark.parametrize(
    ("layout", "names"),
    [
        pytest.param("mono", ("FC",), id="mono"),
        pytest.param("stereo", STEREO, id="stereo"),
        pytest.param("5.1(side)", FIVE_ONE, id="5.1"),
        pytest.param("5.1", ("FL", "FR", "FC", "LFE", "BL", "BR"), id="5.1 with back channels"),
    ],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_programme_reads_as_in_ffmpeg(layout: str, names: tuple[str, ...], seed: int) -> None:
    samples = programme(12, seed, len(names))
    blocks, said = blocks_of(samples, names), ebur128(samples, layout)
    energies = blocks["energy"]
    assert lufs(windows(energies, MOMENTARY))[-1] == pytest.approx(said["M"], abs=0.02)
    assert lufs(windows(energies, SHORT_TERM))[-1] == pytest.approx(said["S"], abs=0.02)
    assert gated(windows(energies, MOMENTARY, HOP)) == pytest.approx(said["I"], abs=0.05)
    assert decibel(float(blocks["true_peak"].max()) ** 2) == pytest.approx(decibel(said["true_peak"] ** 2), abs=0.2)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_range_of_a_minute_reads_as_in_ffmpeg(seed: int) -> None:
    samples = programme(60, seed, 1)
    ranging = windows(blocks_of(samples, ("FC",))["energy"], SHORT_TERM, HOP)
    assert loudness_range(ranging) == pytest.approx(ebur128(samples, "mono")["LRA"], abs=0.1)


def test_recordings_of_known_loudness_read_so(testdata: Path) -> None:
    """pyloudnorm's test files; the gate tests are of ITU-R BS.2217."""
    folder = testdata / "loudness" / "pyloudnorm"
    for row in csv.DictReader((folder / "expected.csv").read_text().splitlines()):
        expected = float(row["integrated_LUFS"].split()[0])
        samples, names = decoded(folder / row["file"])
        loudness = gated(windows(blocks_of(samples, names)["energy"], MOMENTARY, HOP))
        assert loudness == pytest.approx(expected, abs=0.1), row["file"]


def decoded(path: Path) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="fltp", layout=stream.layout.name, rate=RATE)
        frames = [new for frame in container.decode(stream) for new in resampler.resample(frame)]
        frames += resampler.resample(None)
        names = tuple(channel.name for channel in stream.layout.channels)
    return np.concatenate([frame.to_ndarray() for frame in frames], axis=1), names


SAMPLES = programme(0.6, 5)
SAMPLES[:, 5000:5200] *= 40  # some of it beyond full scale
WHOLE = Meter(RATE, STEREO).feed(SAMPLES, 100.0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, SAMPLES.shape[1]), max_size=40))
def test_cutting_the_samples_anyhow_changes_no_block(cuts: list[int]) -> None:
    meter = Meter(RATE, STEREO)
    edges = [0, *sorted(cuts), SAMPLES.shape[1]]
    parts = [meter.feed(SAMPLES[:, a:b], 100.0 + a / RATE) for a, b in itertools.pairwise(edges)]
    together = np.concatenate(parts)
    assert len(together) == len(WHOLE) == SAMPLES.shape[1] // 480
    for field in FIELDS:
        np.testing.assert_allclose(together[field], WHOLE[field], rtol=2e-6, atol=1e-12, err_msg=field)


def test_long_sound_is_measured_as_its_pieces_are() -> None:
    samples = programme(9, 6)
    meter = Meter(RATE, STEREO)
    pieces = [meter.feed(samples[:, at : at + 1024], at / RATE) for at in range(0, samples.shape[1], 1024)]
    together, whole = np.concatenate(pieces), blocks_of(samples)
    for field in FIELDS:
        np.testing.assert_allclose(together[field], whole[field], rtol=2e-6, atol=1e-12, err_msg=field)


def test_blocks_tell_levels_correlation_and_time() -> None:
    left = stereo([(1, -20.0)])[0]
    blocks = blocks_of(np.stack([left, -left * 0.5]), at_s=7.0)
    assert blocks["at_s"] == pytest.approx(7.0 + np.arange(100) / 100)
    assert 10 * np.log10(blocks["level"][:, :2]) == pytest.approx(np.tile([-23.01, -29.03], (100, 1)), abs=0.05)
    assert not blocks["level"][:, 2:].any()
    assert blocks["correlation"] == pytest.approx(-1.0, abs=1e-5)


def test_correlation_is_unknown_where_one_side_is_silent() -> None:
    left = stereo([(0.1, -20.0)])[0]
    assert np.isnan(blocks_of(np.stack([left, left * 0]))["correlation"]).all()
    assert np.isnan(blocks_of(left[None], ("FC",))["correlation"]).all()


@pytest.mark.parametrize(("length", "runs"), [(2, 0), (3, 1), (4, 1), (900, 1)])
def test_a_run_at_full_scale_counts_once_from_three_samples_on(length: int, runs: int) -> None:
    samples = np.zeros((2, 4800), np.float32)
    samples[0, 478 : 478 + length] = -1.0
    samples[1, 3000:3002] = 1.0
    assert blocks_of(samples)["clipped"].sum() == runs


def test_the_lfe_is_not_loud_and_surrounds_are_by_41_percent() -> None:
    tone = stereo([(1, -20.0)])[0]
    reads = {}
    for at, name in enumerate(FIVE_ONE):
        samples = np.zeros((6, RATE), np.float32)
        samples[at] = tone
        reads[name] = float(blocks_of(samples, FIVE_ONE)["energy"][50:].mean())
    assert reads["LFE"] == 0
    assert reads["SL"] == pytest.approx(1.41 * reads["FL"], rel=1e-3)
    assert reads["FC"] == pytest.approx(reads["FR"], rel=1e-6)


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        (("FC",), (1.0,)),
        (("L", "R", "C", "LFE", "Ls", "Rs"), (1, 1, 1, 0, 1.41, 1.41)),
        (("FL", "FR", "FC", "LFE", "BL", "BR"), (1, 1, 1, 0, 1.41, 1.41)),
        (("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"), (1, 1, 1, 0, 1, 1, 1.41, 1.41)),
        (channels.usual_layout(8), (1, 1, 1, 0, 1, 1, 1.41, 1.41)),
        (channels.usual_layout(5), (1, 1, 1, 1.41, 1.41)),
        (channels.usual_layout(7), (1.0,) * 7),
    ],
)
def test_channels_weigh_by_their_place(layout: tuple[str, ...], expected: tuple[float, ...]) -> None:
    assert channels.weights(layout) == expected


def test_after_a_jump_nothing_of_before_is_left() -> None:
    meter = Meter(RATE, STEREO)
    meter.feed(stereo([(0.507, -3.0)]), 0.0)
    quiet = stereo([(0.5, -40.0)])
    after = meter.feed(quiet, 60.0)
    np.testing.assert_array_equal(after, blocks_of(quiet, at_s=60.0))


def test_a_jump_into_a_loud_wave_makes_no_peak_above_it() -> None:
    wave = np.full((2, 4800), 0.9, np.float32)
    assert blocks_of(wave)["true_peak"].max() == pytest.approx(0.9, abs=1e-4)


def test_rounded_time_stamps_are_no_jump() -> None:
    samples = programme(1, 8)
    meter = Meter(RATE, STEREO)
    frames = range(0, RATE, 1024)
    parts = [meter.feed(samples[:, at : at + 1024], round(at / RATE * 1000) / 1000) for at in frames]
    np.testing.assert_allclose(np.concatenate(parts)["energy"], blocks_of(samples)["energy"], rtol=2e-6)


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf, 1e30])
def test_broken_samples_spoil_only_their_own_moment(broken: float) -> None:
    samples = stereo([(3, -23.0)])
    samples[0, 20_000:20_010] = broken
    blocks = blocks_of(samples)
    for field in ("energy", "true_peak", "level"):
        assert np.isfinite(blocks[field]).all()
    assert lufs(windows(blocks["energy"], MOMENTARY))[-1] == pytest.approx(-23.0, abs=0.1)


def test_samples_without_a_time_follow_those_before() -> None:
    samples = programme(1, 9)
    meter = Meter(RATE, STEREO)
    parts = [meter.feed(samples[:, at : at + 4800], 3.0 if at == 0 else float("nan")) for at in range(0, RATE, 4800)]
    np.testing.assert_allclose(np.concatenate(parts)["at_s"], blocks_of(samples, at_s=3.0)["at_s"])


def test_odd_feeds_are_taken_or_refused_plainly() -> None:
    meter = Meter(RATE, STEREO)
    assert len(meter.feed(np.empty((2, 0), np.float32), 0.0)) == 0
    assert len(meter.feed(np.zeros((2, 480)), 0.0)) == 1
    with pytest.raises(ValueError, match="for 2 channels"):
        meter.feed(np.zeros((1, 480), np.float32), 0.01)
    with pytest.raises(ValueError, match="48000 samples"):
        Meter(44_100, STEREO)
    with pytest.raises(ValueError, match="1 to 64 channels"):
        Meter(RATE, ())


def test_silence_after_sound_is_silence_however_long() -> None:
    blocks = blocks_of(stereo([(1, -20.0), (8, None)]))
    assert lufs(blocks["energy"][-1]) == -100.0
    assert not blocks["level"][-500:].any()


def test_ten_channels_are_measured_and_eight_told() -> None:
    layout = tuple(f"CH{number}" for number in range(10))
    tone = stereo([(0.5, -20.0)])[:1]
    many, one = blocks_of(np.repeat(tone, 10, axis=0), layout), blocks_of(tone, ("FC",))
    assert many["energy"] == pytest.approx(10 * one["energy"], rel=1e-5)
    assert (many["level"] == one["level"][:, :1]).all()
