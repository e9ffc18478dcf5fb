"""Time stamps: repetition, order, wrap, flagged discontinuities, delay through the decoder's buffers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ts_packets_making import AUDIO, RATE, pes, stamp, stream

from noc_console.media.ts import fast, rows, tstd
from noc_console.media.ts.analyser import Analyser, Report
from noc_console.media.ts.packets import PIDS


def whole(packets: np.ndarray) -> Report:
    analyser = Analyser()
    analyser.feed(packets)
    analyser.finish()
    return analyser.report()


def audio_heads(packets: np.ndarray) -> list[int]:
    pid = (packets[:, 1].astype(int) & 0x1F) << 8 | packets[:, 2]
    return np.flatnonzero((pid == AUDIO) & (packets[:, 1] & 0x40 != 0)).tolist()


def set_stamp(packets: np.ndarray, row: int, ticks: int) -> None:
    packets[row, 13:18] = np.frombuffer(stamp(ticks), np.uint8)


def ticks_of(row: int, lead_s: float = 0.3) -> int:
    return int((10 + row / RATE) * 27_000_000) // 300 + int(lead_s * 90_000)


def test_a_stamp_that_goes_back_is_told() -> None:
    packets = stream(3.0)
    row = audio_heads(packets)[60]
    set_stamp(packets, row, ticks_of(row) - 9000)
    report = whole(packets)
    assert dict(report.counts) == {"2.5": 1}
    assert report.errors[0].packet_index == row


def test_a_leap_is_told_once_each_way() -> None:
    packets = stream(3.0)
    row = audio_heads(packets)[60]
    set_stamp(packets, row, ticks_of(row, 0.9 + 0.3))
    assert whole(packets).counts["2.5"] == 2


def test_a_flagged_discontinuity_permits_a_leap() -> None:
    packets = stream(3.0)
    heads = [row for row in audio_heads(packets) if row >= 3000]
    for row in heads:
        set_stamp(packets, row, ticks_of(row, 0.9))
    assert whole(packets).counts.get("2.5", 0) == 0
    for row in heads:
        set_stamp(packets, row, ticks_of(row, -5.0))
    assert whole(packets).counts["2.5"] == 1
    clock = next(row for row in range(heads[0], 0, -1) if packets[row, 3] & 0x20)
    packets[clock, 5] |= 0x80
    assert whole(packets).counts.get("2.5", 0) == 0


def test_a_stream_without_stamps_for_long_is_told() -> None:
    packets = stream(4.0)
    for row in audio_heads(packets):
        if 3000 <= row < 5000:
            packets[row, 11] = 0
    report = whole(packets)
    assert dict(report.counts) == {"2.5": 1}
    assert report.errors[0].value == pytest.approx(1.0, abs=0.05)


def test_what_comes_after_its_decoding_time_starves_the_decoder() -> None:
    packets = stream(6.0)
    for row in audio_heads(packets):
        if row >= 8000:
            set_stamp(packets, row, ticks_of(row, -0.05))
    report = whole(packets)
    assert report.counts["3.3"] == len([row for row in audio_heads(packets) if row >= 8000])
    assert {error.pid for error in report.errors if error.indicator == "3.3"} == {AUDIO}


def test_sound_that_waits_longer_than_a_second_is_told() -> None:
    assert set(whole(stream(5.0, lead_s=1.2)).counts) == {"3.10"}


def test_a_transport_buffer_that_runs_over_is_told() -> None:
    buffers = tstd.TransportBuffers(tstd.follow)
    buffers.set(10_000.0, {AUDIO: tstd.AUDIO_BPS})
    pid = np.full(100, 0x1FFF, np.uint16)
    pid[[10, 40, 41, 42, 80]] = AUDIO
    wrong = buffers.feed(pid, 1000)
    assert wrong is not None
    # three packets in a row: 3 x 188 bytes, less what leaves in two packets' time at 2 Mbit/s
    assert wrong.index.tolist() == [1042]
    assert wrong.value.tolist() == [3 * 188 - 2 * 25]


def test_a_transport_buffer_that_is_never_empty_is_told_once() -> None:
    buffers = tstd.TransportBuffers(tstd.follow)
    buffers.set(1000.0, {AUDIO: 94 * 8 * 1000})
    pid = np.full(5000, 0x1FFF, np.uint16)
    pid[::2] = AUDIO
    pid[1] = AUDIO
    wrong = buffers.feed(pid, 0)
    assert wrong is not None
    assert wrong.what.tolist() == [tstd.NEVER_EMPTY]


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    rate=st.floats(500, 50_000),
    cuts=st.lists(st.integers(0, 4000), max_size=6),
)
def test_both_passes_follow_buffers_alike_in_any_division(seed: int, rate: float, cuts: list[int]) -> None:
    rng = np.random.default_rng(seed)
    pid = rng.choice(np.array([0, 7, 8, 9, 0x1FFF], np.uint16), 4000, p=[0.02, 0.1, 0.3, 0.18, 0.4])
    leaks = {0: 1e6, 7: 2e6, 8: 4e6, 9: 5e6}
    whole_, parts = tstd.TransportBuffers(tstd.follow), tstd.TransportBuffers(fast.follow_buffers)
    whole_.set(rate, leaks)
    parts.set(rate, leaks)
    one = whole_.feed(pid, 0)
    edges = [0, *sorted(cuts), 4000]
    others = [parts.feed(pid[a:b], a) for a, b in pairwise(edges)]
    ours = set() if one is None else set(zip(one.index.tolist(), one.pid.tolist(), one.what.tolist(), strict=True))
    theirs = {
        row
        for some in others
        if some
        for row in zip(some.index.tolist(), some.pid.tolist(), some.what.tolist(), strict=True)
    }
    assert ours == theirs


def test_both_passes_read_the_same_heads_from_noise() -> None:
    noise = np.random.default_rng(4).integers(0, 256, (20_000, 188), np.uint8)
    noise[:, 4:8] = (0, 0, 1, 0xE0)
    noise[::3, 4] = np.random.default_rng(5).integers(0, 190, len(noise[::3]))
    noise[::7, 4:18] = np.frombuffer(pes(0xBD, 12345), np.uint8)
    every = np.arange(len(noise))
    ours, theirs = rows.pes_heads(noise, every), fast.pes_heads(noise, every)
    for name in ("rows", "stream_id", "pts", "dts"):
        assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name
    assert len(ours.rows) > 5000
    assert PIDS == 8192
