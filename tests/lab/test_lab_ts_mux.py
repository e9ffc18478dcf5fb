"""The lab's transport stream, healthy: rate, clock, counters, tables, time stamps, across the seam and the wrap."""

from __future__ import annotations

import itertools
from io import BytesIO

import av
import pytest
from lab_ts import AUDIO, CUES, NOON_S, NULL, PMT, VIDEO, Packet, counter_errors, crc_rest, gaps, stream, taken_apart

from noc_console.lab.channels import channels
from noc_console.lab.options import LabOptions
from noc_console.lab.ts_live import cue, splices
from noc_console.lab.ts_mux import Mux

CLOCK_WRAP = 2**33 * 300


@pytest.fixture(scope="module")
def mux(options: LabOptions) -> Mux:
    return stream(options, bitrate_bps=350 * 188 * 8)


@pytest.fixture(scope="module")
def packets(mux: Mux) -> list[Packet]:
    """Twelve seconds: six turns of the test lab's loop."""
    per_s = mux.packets_per_s
    return taken_apart(mux.packets(NOON_S * per_s + 7, 12 * per_s), per_s)


def _of(packets: list[Packet], pid: int) -> list[Packet]:
    return [one for one in packets if one.pid == pid]


def test_every_packet_begins_with_the_sync_byte_and_nothing_is_scrambled_or_broken(packets: list[Packet]) -> None:
    assert {one.raw[0] for one in packets} == {0x47}
    assert {one.raw[1] & 0x80 for one in packets} == {0}
    assert {one.raw[3] & 0xC0 for one in packets} == {0}


def test_counters_run_on_across_the_seams_of_the_loop(packets: list[Packet]) -> None:
    assert counter_errors(packets) == {}


def test_each_pcr_is_the_time_of_its_place_to_one_tick(mux: Mux, packets: list[Packet]) -> None:
    clocks = [one for one in packets if one.pcr is not None]
    first = clocks[0]
    for one in clocks:
        passed = (one.pcr - first.pcr) % CLOCK_WRAP
        assert abs(passed - (one.row - first.row) * 27_000_000 / mux.packets_per_s) <= 1


def test_the_pcr_comes_at_least_every_35_ms(packets: list[Packet]) -> None:
    assert 0.02 < max(gaps(one.at_s for one in packets if one.pcr is not None)) <= 0.035


@pytest.mark.parametrize(
    ("pid", "limit_s"),
    [
        pytest.param(0, 0.105, id="PAT"),
        pytest.param(PMT, 0.105, id="PMT"),
        pytest.param(0x10, 5.1, id="NIT"),
        pytest.param(0x11, 1.1, id="SDT"),
        pytest.param(0x12, 1.1, id="EIT"),
        pytest.param(0x14, 10.1, id="TDT"),
        pytest.param(CUES, 1.1, id="SCTE 35"),
    ],
)
def test_each_table_comes_in_time_and_no_two_of_a_kind_too_close(
    packets: list[Packet], pid: int, limit_s: float
) -> None:
    times = gaps(one.at_s for one in _of(packets, pid))
    assert max(times) <= limit_s
    # TR 101 290, 3.1.a to 3.8: 25 ms
    assert min(times) >= 0.025


def test_every_section_has_a_good_crc(packets: list[Packet]) -> None:
    pids = {0, PMT, 0x10, 0x11, 0x12, CUES}
    sections = [one.section for one in packets if one.pid in pids]
    assert {section[0] for section in sections} == {0x00, 0x02, 0x40, 0x42, 0x4E, 0xFC}
    assert {crc_rest(section) for section in sections} == {0}


def test_present_and_following_are_both_told(packets: list[Packet]) -> None:
    assert {one.section[6] for one in _of(packets, 0x12)} == {0, 1}


def test_the_time_of_day_is_the_time_it_is_sent(options: LabOptions, mux: Mux, packets: list[Packet]) -> None:
    phase_s = channels(options)[0].schedule.wall(0)
    for one in _of(packets, 0x14):
        day, digits = int.from_bytes(one.section[3:5], "big"), one.section[5:8].hex()
        told = (day - 40_587) * 86_400 + int(digits[:2]) * 3600 + int(digits[2:4]) * 60 + int(digits[4:])
        assert 0 <= NOON_S + one.at_s + phase_s + 7 / mux.packets_per_s - told < 1


def test_pictures_and_sound_are_whole_before_they_are_shown_and_wait_less_than_a_second(
    mux: Mux, packets: list[Packet]
) -> None:
    first = next(one for one in packets if one.pcr is not None)
    begun_at = first.pcr / 27e6 - first.at_s
    for pid in (VIDEO, AUDIO):
        shown_s = None
        for one in _of(packets, pid):
            if one.pts is not None:
                shown_s = one.pts / 90_000 - begun_at
            if shown_s is not None and one.has_payload:
                assert 0 < shown_s - one.at_s < 1


def test_presentation_times_follow_each_other_without_a_seam(packets: list[Packet]) -> None:
    pictures = [one.pts for one in _of(packets, VIDEO) if one.pts is not None]
    assert len(pictures) > 280
    assert {after - before for before, after in itertools.pairwise(pictures)} == {3600}
    sounds = [one.pts for one in _of(packets, AUDIO) if one.pts is not None]
    assert max(after - before for before, after in itertools.pairwise(sounds)) <= 5 * 1920


def test_a_stream_without_a_wanted_rate_is_stuffed_a_little(options: LabOptions) -> None:
    own = stream(options)
    packets = taken_apart(own.packets(NOON_S * own.packets_per_s, 12 * own.packets_per_s), own.packets_per_s)
    share = len(_of(packets, NULL)) / len(packets)
    assert 0.05 < share < 0.3


def test_any_part_is_the_same_however_it_is_asked_for(mux: Mux) -> None:
    first, count = NOON_S * mux.packets_per_s - 100, 700
    whole = mux.packets(first, count)
    parts = [mux.packets(first + at, 35) for at in range(0, count, 35)]
    assert b"".join(part.tobytes() for part in parts) == whole.tobytes()


def test_the_33_bits_of_the_clock_wrap_without_a_break(mux: Mux) -> None:
    per_s = mux.packets_per_s
    before_s = 18_000 * 2**33 / 90_000 - 2
    packets = taken_apart(mux.packets(int(before_s * per_s), 4 * per_s), per_s)
    clocks = [one for one in packets if one.pcr is not None]
    assert clocks[0].pcr > CLOCK_WRAP - 3 * 27_000_000 and clocks[-1].pcr < 3 * 27_000_000
    for before, after in itertools.pairwise(clocks):
        passed = (after.pcr - before.pcr) % CLOCK_WRAP
        assert abs(passed - (after.row - before.row) * 27_000_000 / per_s) <= 1
    stamps = [one.pts for one in _of(packets, VIDEO) if one.pts is not None]
    assert {(after - before) % 2**33 for before, after in itertools.pairwise(stamps)} == {3600}
    assert min(stamps) < 90_000 < max(stamps)


def test_a_decoder_shows_every_picture_of_whole_turns_without_complaint(options: LabOptions, mux: Mux) -> None:
    turn = len(mux.turn.data)
    part = mux.packets(NOON_S * mux.packets_per_s // turn * turn, 4 * turn)
    with av.open(BytesIO(part.tobytes()), format="mpegts") as opened:
        assert [one.codec_context.name for one in opened.streams if one.type != "data"] == ["h264", "aac"]
        shown = sum(1 for _ in opened.decode(video=0))
    # the last pictures of the last turn travel in the next one
    assert shown >= 4 * options.grid.loop - 25


def test_several_programmes_travel_together(options: LabOptions) -> None:
    mux = stream(options, services=3, bitrate_bps=1_000_000)
    per_s = mux.packets_per_s
    packets = taken_apart(mux.packets(NOON_S * per_s, 6 * per_s), per_s)
    assert counter_errors(packets) == {}
    for number in range(3):
        clocks = [one.at_s for one in packets if one.pid == VIDEO + 16 * number and one.pcr is not None]
        assert max(gaps(iter(clocks))) <= 0.036
    assert {one.pid for one in packets} >= {0x1000, 0x1010, 0x1020, 0x121, 0x122}


def test_a_wanted_rate_is_met_from_above(options: LabOptions) -> None:
    mux = stream(options, bitrate_bps=2_000_000)
    assert 2_000_000 <= mux.turn.bitrate_bps < 2_000_000 + 25 * 188 * 8


def test_each_edge_of_an_ad_break_is_told_more_than_four_seconds_before(options: LabOptions) -> None:
    schedule = channels(LabOptions(channels=1))[0].schedule
    seq = 50 * (schedule.programme + 1 + schedule.ads) + schedule.programme + 1
    begin = schedule.slot(seq)
    assert begin.ad == 1
    heard = []
    for second in range(begin.start // 25 - 20, begin.end // 25 + 60):
        section = cue(schedule, float(second))
        assert crc_rest(section) == 0
        if section[13] == 5:
            out = bool(section[19] & 0x80)
            pts = int.from_bytes(section[20:25], "big") % 2**33
            before_s = (pts - second * 90_000) % 2**33 / 90_000
            heard.append((out, before_s))
    assert {out for out, _ in heard} == {True, False}
    assert all(4 <= before_s < 9 for _, before_s in heard)
    assert sum(out for out, _ in heard) >= 3


def test_a_channel_without_ads_sends_heartbeats_only() -> None:
    plain = channels(LabOptions(channels=3))[2].schedule
    assert list(splices(plain, NOON_S)) == []
    assert cue(plain, NOON_S)[13] == 0
