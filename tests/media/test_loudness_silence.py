"""Silence: exact start and length over borders of stretches, and none where nothing was heard."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from loudness_making import RATE, STEREO, Samples, blocks_of, stereo, stretch_of

from noc_console.media.loudness.meter import Meter
from noc_console.media.loudness.silence import Silence, SilenceWatch
from noc_console.media.loudness.summary import summarise
from noc_console.media.loudness.watch import Heard, SoundWatch

AT = 1_800_000_000.0


def watched(samples: Samples, stretch_s: float = 6.0) -> list[Heard]:
    meter, watch = Meter(RATE, STEREO), SoundWatch()
    size = round(stretch_s * RATE)
    return [
        watch.step(stretch_of(meter.feed(samples[:, at : at + size], 500 + at / RATE)), AT + at / RATE)
        for at in range(0, samples.shape[1], size)
    ]


@pytest.mark.parametrize("stretch_s", [0.7, 2.0, 6.0, 13.4])
def test_a_silence_over_borders_ends_with_its_start_and_length(stretch_s: float) -> None:
    heard = watched(stereo([(4.2, -20.0), (9.31, None), (3.0, -20.0)]), stretch_s)
    (event,) = [event for each in heard for event in each.events]
    assert event.kind == "SoundSilent"
    assert event.data["start"] == pytest.approx(AT + 4.2, abs=0.011)
    assert event.data["length_s"] == pytest.approx(9.31, abs=0.021)
    assert event.at == pytest.approx(AT + 13.51, abs=0.011)


def test_while_it_lasts_it_is_found_with_its_length_so_far() -> None:
    heard = watched(stereo([(4, -20.0), (9, None), (5, -20.0)]))
    assert [each.metrics["audio.silence_s"] for each in heard] == pytest.approx([2.0, 8.0, 0.0], abs=0.03)
    findings = [next((each.text for each in one.findings if each.id == "media-silence"), "") for one in heard]
    assert findings[1] == "No sound for 8.00 s, every channel below -60 dBFS; the limit is 0.5 s."
    assert findings[2] == ""


@pytest.mark.parametrize(("length_s", "told"), [(0.5, 0), (0.53, 1)])
def test_only_more_than_half_a_second_is_told(length_s: float, told: int) -> None:
    heard = watched(stereo([(2, -20.0), (length_s, None), (2, -20.0)]))
    assert len(heard[0].events) == told


@pytest.mark.parametrize(("level", "silent"), [(-56.0, False), (-58.0, True)])
def test_silence_is_below_minus_60_dbfs_rms(level: float, silent: bool) -> None:
    heard = watched(stereo([(3, level)]))[0]
    assert (heard.metrics["audio.silence_s"] > 0) is silent


def test_sound_in_one_channel_is_no_silence_and_in_the_lfe_it_is() -> None:
    names = ("FL", "FR", "FC", "LFE", "BL", "BR")
    for at, name in enumerate(names):
        samples = np.zeros((6, 2 * RATE), np.float32)
        samples[at] = stereo([(2, -20.0)])[0]
        blocks = blocks_of(samples, names)
        heard = SoundWatch().step(stretch_of(blocks, names), AT)
        assert (heard.metrics["audio.silence_s"] > 0) is (name == "LFE"), name


def test_two_short_silences_around_a_skipped_stretch_are_none() -> None:
    watch = SoundWatch()
    before = watch.step(stretch_of(blocks_of(stereo([(5.6, -20.0), (0.4, None)]))), AT)
    after = watch.step(stretch_of(blocks_of(stereo([(0.4, None), (5.6, -20.0)]), at_s=12.0)), AT + 12)
    assert before.events == () == after.events
    assert not after.findings


def test_a_silence_told_goes_on_over_a_skipped_stretch_by_what_was_heard() -> None:
    watch = SoundWatch()
    watch.step(stretch_of(blocks_of(stereo([(4, -20.0), (2, None)]))), AT)
    middle = watch.step(stretch_of(blocks_of(stereo([(6, None)]), at_s=12.0)), AT + 12)
    assert middle.events == ()
    assert middle.metrics["audio.silence_s"] == pytest.approx(8.0, abs=0.02)
    last = watch.step(stretch_of(blocks_of(stereo([(1, None), (5, -20.0)]), at_s=18.0)), AT + 18)
    (event,) = last.events
    assert event.data == pytest.approx({"start": AT + 4, "length_s": 9.0, "unheard_s": 6.0}, abs=0.03)
    assert event.at == pytest.approx(AT + 19, abs=0.03)


def test_a_silence_before_a_long_gap_ends_there() -> None:
    watch = SoundWatch()
    watch.step(stretch_of(blocks_of(stereo([(4, -20.0), (2, None)]))), AT)
    later = watch.step(stretch_of(blocks_of(stereo([(6, None)]), at_s=900.0)), AT + 900)
    (event,) = later.events
    assert event.data["length_s"] == pytest.approx(2.0, abs=0.02)
    assert later.metrics["audio.silence_s"] == pytest.approx(6.0, abs=0.02)


def test_a_whole_file_tells_its_silences_by_its_own_clock() -> None:
    samples = stereo([(1, None), (2, -20.0), (3, None), (1, -20.0), (0.4, None), (1, -20), (0.6, None)])
    told = summarise(blocks_of(samples, at_s=10.0), STEREO).silences
    assert [(each.start, each.length_s) for each in told] == [
        (pytest.approx(10.0, abs=0.011), pytest.approx(1.0, abs=0.021)),
        (pytest.approx(13.0, abs=0.011), pytest.approx(3.0, abs=0.021)),
        (pytest.approx(18.4, abs=0.011), pytest.approx(0.6, abs=0.021)),
    ]


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 120)), min_size=1, max_size=12), st.data())
def test_cutting_the_blocks_anyhow_changes_no_silence(parts: list[tuple[bool, int]], data: st.DataObject) -> None:
    silent = np.concatenate([np.full(length, quiet) for quiet, length in parts])
    whole, cut = SilenceWatch(), SilenceWatch()
    expected = [*whole.step(silent, 5.0), *whole.finish()]
    edges = [0, *sorted(data.draw(st.lists(st.integers(0, len(silent)), max_size=8))), len(silent)]
    got: list[Silence] = []
    for begin, end in itertools.pairwise(edges):
        got += cut.step(silent[begin:end], 5.0 + begin / 100)
    got += cut.finish()
    assert [(pytest.approx(each.start), each.length_s) for each in expected] == [
        (each.start, each.length_s) for each in got
    ]
    lengths, run = [], 0
    for quiet in [*silent.tolist(), False]:
        if not quiet and run > 50:
            lengths.append(run / 100)
        run = run + 1 if quiet else 0
    assert [each.length_s for each in expected] == pytest.approx(lengths)
