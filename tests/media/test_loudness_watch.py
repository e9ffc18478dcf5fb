"""What is remembered from stretch to stretch: loudness of the last minute, since a reset, and stereo faults."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loudness_making import RATE, STEREO, Samples, blocks_of, programme, stereo, stretch_of
from numpy.typing import NDArray

from noc_console.media.es.format import Audio
from noc_console.media.loudness.lufs import HOP, MOMENTARY, SHORT_TERM, gated, loudness_range, windows
from noc_console.media.loudness.meter import Meter
from noc_console.media.loudness.tally import Tally
from noc_console.media.loudness.watch import Heard, SoundWatch
from noc_console.media.stretch import BLOCK, SoundStretch
from noc_console.model import Severity

AT = 1_800_000_000.0
STRETCH = 6 * RATE


def watched(
    samples: Samples, layout: tuple[str, ...] = STEREO, watch: SoundWatch | None = None, start: float = 0.0
) -> list[Heard]:
    """Return what a watch says of samples that come in stretches of 6 s."""
    meter, watch = Meter(RATE, layout), watch or SoundWatch()
    heard = []
    for at in range(0, samples.shape[1], STRETCH):
        blocks = meter.feed(samples[:, at : at + STRETCH], start + at / RATE)
        heard.append(watch.step(stretch_of(blocks, layout), AT + start + at / RATE))
    return heard


def ids(heard: Heard) -> list[str]:
    return [finding.id for finding in heard.findings]


def test_a_programme_at_its_target_is_told_and_not_blamed() -> None:
    heard = watched(stereo([(30, -23.0)]))[-1]
    for key in ("momentary", "short_term", "loudness", "integrated"):
        assert heard.metrics[f"audio.{key}_lufs"] == pytest.approx(-23.0, abs=0.1)
    assert heard.metrics["audio.true_peak_dbtp"] == pytest.approx(-23.0, abs=0.1)
    assert heard.metrics["audio.level_dbfs"] == pytest.approx(-26.01, abs=0.1)
    assert heard.metrics["audio.range_lu"] == pytest.approx(0, abs=0.1)
    assert heard.metrics["audio.phase_correlation"] == pytest.approx(1.0, abs=1e-4)
    assert heard.metrics["audio.left_active"] == heard.metrics["audio.right_active"] == 1
    assert heard.metrics["audio.silence_s"] == heard.metrics["audio.clipped_runs"] == 0
    assert heard.levels_dbfs == pytest.approx((-26.01, -26.01), abs=0.1)
    assert heard.findings == () == heard.events


@pytest.mark.parametrize(
    ("level", "severity", "text"),
    [
        pytest.param(-15.0, None, "-15.0 LUFS, 8.0 LU above the target of -23.0 LUFS; the limit is ±2", id="loud"),
        pytest.param(-26.0, None, "-26.0 LUFS, 3.0 LU below the target of -23.0 LUFS; the limit is ±2", id="quiet"),
        pytest.param(-21.5, Severity.WARNING, "-21.5 LUFS, 1.5 LU above", id="advisory"),
    ],
)
def test_loudness_off_its_target_is_found(level: float, severity: Severity | None, text: str) -> None:
    finding = watched(stereo([(30, level)]))[-1].findings[0]
    assert (finding.id, finding.severity) == ("media-loudness", severity)
    assert text in finding.text


def test_loudness_is_not_judged_in_the_first_seconds() -> None:
    assert not any(ids(heard) for heard in watched(stereo([(18, -30.0)])))


def test_the_last_minute_forgets_what_was_before() -> None:
    heard = watched(stereo([(30, -15.0), (72, -23.0)]))
    assert "media-loudness" in ids(heard[6])
    assert heard[-1].metrics["audio.loudness_lufs"] == pytest.approx(-23.0, abs=0.1)
    assert heard[-1].metrics["audio.integrated_lufs"] > -19


def test_a_pause_is_not_too_quiet() -> None:
    """Noise at -62 dBFS passes the gate of -70 LUFS, but is silence."""
    noise = np.random.default_rng(1).standard_normal((2, 60 * RATE)).astype(np.float32) * 10 ** (-62 / 20)
    heard = watched(noise)[-1]
    assert ids(heard) == ["media-silence"]
    assert "audio.loudness_lufs" not in heard.metrics
    mixed = watched(np.concatenate([stereo([(18, -23.0)]), noise[:, : 36 * RATE]], axis=1))[-1]
    assert mixed.metrics["audio.loudness_lufs"] == pytest.approx(-23.0, abs=0.2)


def test_integrated_loudness_begins_anew_on_reset() -> None:
    watch = SoundWatch()
    watched(stereo([(30, -15.0)]), watch=watch)
    assert watch.since == AT
    watch.reset()
    heard = watched(stereo([(12, -23.0)]), watch=watch, start=30.0)[-1]
    assert watch.since == AT + 30
    # the window of 400 ms at the seam still holds the end of what was before
    assert heard.metrics["audio.integrated_lufs"] == pytest.approx(-23.0, abs=0.3)
    assert heard.metrics["audio.loudness_lufs"] > -17


def test_windows_go_on_over_the_border_of_stretches() -> None:
    samples = stereo([(1.34, -20), (1.66, -30)] * 8)
    meter, watch = Meter(RATE, STEREO), SoundWatch()
    read = []
    for at in range(0, samples.shape[1], 48_128):
        heard = watch.step(stretch_of(meter.feed(samples[:, at : at + 48_128], at / RATE)), AT + at / RATE)
        read.append(heard.metrics.get("audio.short_term_lufs"))
    assert read[:2] == [None, None]
    assert read[3:] == pytest.approx([-23.0] * len(read[3:]), abs=0.1)


@pytest.mark.parametrize("gap_s", [6.0, -90.0, 20_000.0])
def test_a_gap_or_jump_of_time_makes_no_loudness_and_no_silence(gap_s: float) -> None:
    watch = SoundWatch()
    watched(stereo([(12, -23.0)]), watch=watch)
    first = watch.step(stretch_of(blocks_of(stereo([(2, -40.0)]), at_s=12.0 + gap_s)), AT + 18)
    assert "audio.short_term_lufs" not in first.metrics
    assert first.metrics["audio.momentary_lufs"] == pytest.approx(-40.0, abs=0.1)
    assert first.events == ()
    assert "media-silence" not in ids(first)


def test_a_missing_side_is_found_after_a_minute_and_gone_when_it_is_back() -> None:
    sound = stereo([(78, -20.0)])
    sound[0, 6 * RATE : 70 * RATE] = 0
    heard = watched(sound)
    assert [("media-channel-missing" in ids(each)) for each in heard] == [False] * 10 + [True, False, False]
    assert heard[10].findings[-1].text == (
        "The left channel was silent for 60 s in which the right one had sound; the limit is 60 s."
    )
    assert heard[5].metrics["audio.left_active"] == 0
    assert heard[5].metrics["audio.right_active"] == 1


def test_a_pause_of_both_sides_is_no_missing_side() -> None:
    sound = stereo([(20, -20.0), (70, None)])
    assert not any("media-channel-missing" in ids(heard) for heard in watched(sound))


def test_opposite_phase_is_found_after_a_minute() -> None:
    sound = programme(84, 3)
    sound[1] = -sound[0]
    sound[:, 30 * RATE : 36 * RATE] = 0
    heard = watched(sound)
    found = [("media-phase-inverted" in ids(each)) for each in heard]
    assert found == [False] * 10 + [True] * 4
    assert heard[0].metrics["audio.phase_correlation"] == pytest.approx(-1.0, abs=0.01)
    assert "opposite phase for 60 s, correlation now -1.00" in heard[10].findings[-1].text


def test_mono_has_no_sides() -> None:
    heard = watched(stereo([(12, -20.0)])[:1], ("FC",))[-1]
    assert not {"audio.left_active", "audio.phase_correlation"} & set(heard.metrics)


@pytest.mark.parametrize(("runs", "found"), [(3, False), (4, True)])
def test_more_than_three_runs_at_full_scale_in_ten_seconds_are_clipping(runs: int, found: bool) -> None:
    sound = stereo([(24, -23.0)])
    for number in range(runs):
        sound[0, 5 * RATE + number * 2 * RATE :][:4] = 1.0
    heard = watched(sound)
    assert any("media-clipping" in ids(each) for each in heard) is found
    assert max(each.metrics["audio.clipped_runs"] for each in heard) == runs
    assert heard[-1].metrics["audio.clipped_runs"] == 0


def test_a_true_peak_above_its_limit_is_found() -> None:
    sound = stereo([(12, -23.0)])
    slowly = np.hanning(RATE)
    sound[0, 8 * RATE :][:RATE] = 0.955 * slowly * np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4)
    calm, peaky = watched(sound)
    assert "media-true-peak" not in ids(calm)
    finding = next(each for each in peaky.findings if each.id == "media-true-peak")
    assert finding.text == "The true peak is -0.4 dBTP; the limit is -1.0 dBTP."


def test_sound_of_many_channels_and_of_an_unknown_number_is_taken() -> None:
    blocks = blocks_of(stereo([(1, -23.0)]))
    far = (*(f"CH{number}" for number in range(9)), "FL", "FR")
    assert "audio.left_active" not in SoundWatch().step(stretch_of(blocks, far), AT).metrics
    unknown = SoundStretch(Audio("aac"), 0.0, 1.0, blocks)
    assert SoundWatch().step(unknown, AT).metrics["audio.left_active"] == 1


def test_nothing_in_a_stretch_says_nothing() -> None:
    assert SoundWatch().step(stretch_of(np.zeros(0, BLOCK)), AT) == Heard()


def test_an_endless_tally_reads_as_the_exact_gates() -> None:
    for seed in range(3):
        energies = blocks_of(programme(40, seed, 1), ("FC",))["energy"]
        gating, ranging = windows(energies, MOMENTARY, HOP), windows(energies, SHORT_TERM, HOP)
        tally = Tally()
        for at in range(0, len(gating), 60):
            tally.add(gating[at : at + 60], ranging[at : at + 60])
        assert tally.integrated_lufs == pytest.approx(gated(gating), abs=0.01)
        assert tally.range_lu == pytest.approx(loudness_range(ranging), abs=0.1)


def test_a_tally_of_silence_knows_nothing() -> None:
    tally = Tally()
    tally.add(np.zeros(100), np.zeros(100))
    assert tally.integrated_lufs is None
    assert tally.range_lu is None


FLOATS = st.floats(width=32, allow_nan=True, allow_infinity=True)


@st.composite
def stretches(draw: st.DrawFn) -> SoundStretch:
    count = draw(st.integers(0, 60))
    blocks: NDArray[np.void] = np.zeros(count, BLOCK)
    blocks["at_s"] = draw(st.floats(-1e6, 1e10)) + np.arange(count) / 100
    for field in ("energy", "true_peak", "correlation"):
        blocks[field] = draw(st.floats(0, 100, width=32))
    blocks["level"] = draw(st.sampled_from([0.0, 1e-7, 0.1, np.nan]))
    for _ in range(draw(st.integers(0, 3)) if count else 0):
        blocks[draw(st.sampled_from(["at_s", "energy", "true_peak"]))][draw(st.integers(0, count - 1))] = draw(FLOATS)
    return stretch_of(blocks, draw(st.sampled_from([STEREO, ("FC",), ("FL", "FR", "FC", "LFE", "BL", "BR")])))


@settings(max_examples=150, deadline=None)
@given(st.lists(stretches(), max_size=5))
def test_whatever_comes_the_metrics_are_numbers(some: list[SoundStretch]) -> None:
    watch = SoundWatch()
    for number, stretch in enumerate(some):
        heard = watch.step(stretch, AT + number * 6)
        assert all(math.isfinite(value) for value in heard.metrics.values())
        assert all(math.isfinite(event.at) and event.data["length_s"] > 0.5 for event in heard.events)
