"""Every fault of a transport stream, judged on the packets it leaves behind; what it says it made is counted."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from lab_ts import AUDIO, NOON_S, NULL, PMT, VIDEO, Packet, counter_errors, crc_rest, gaps, stream, taken_apart

from noc_console.catalogues import alarm_types, findings
from noc_console.lab.fault import Fault
from noc_console.lab.options import LabOptions
from noc_console.lab.ts_faults import TS_FAULTS
from noc_console.lab.ts_mux import Mux
from noc_console.lab.ts_spoil import PER_DATAGRAM, Piece, Spoiler, datagrams

BEGIN_S, END_S, SECONDS = 1.0, 9.0, 12


@pytest.fixture(scope="module")
def mux(options: LabOptions) -> Mux:
    return stream(options, bitrate_bps=350 * 188 * 8)


class Sent:
    """Twelve seconds sent in small steps, with one fault from the first to the ninth second."""

    def __init__(self, mux: Mux, kind: str, **params: float) -> None:
        known = TS_FAULTS[kind].params
        fault = Fault(1, kind, "CH", "", NOON_S + BEGIN_S, NOON_S + END_S, {**known, **params})
        spoiler, per_s = Spoiler(), mux.packets_per_s
        self.grams: list[tuple[float, int, bytes]] = []
        first, end = NOON_S * per_s // PER_DATAGRAM, (NOON_S + SECONDS) * per_s // PER_DATAGRAM
        for gram in range(first, end, 2):
            piece = Piece(mux.packets(gram * 7, 14), gram, per_s, 0.0)
            now = (gram + 2) * 7 / per_s
            on = [fault] if fault.begins_at <= now and fault.ends_at > gram * 7 / per_s else []
            for number, body in spoiler.ordered(datagrams(spoiler.spoiled(piece, on)), on, now):
                self.grams.append((now - NOON_S, number, body))
        self.made = spoiler.made.get(1, 0)
        body = np.frombuffer(b"".join(gram for _, _, gram in self.grams), np.uint8).reshape(-1, 188)
        self.packets = taken_apart(body, per_s)
        self.errors = counter_errors(self.packets)

    def of(self, pid: int) -> list[Packet]:
        return [one for one in self.packets if one.pid == pid]

    def longest_gap(self, pid: int) -> float:
        return max(gaps(one.at_s for one in self.of(pid)))


def test_every_fault_names_known_findings_and_alarms() -> None:
    for kind in TS_FAULTS.values():
        assert kind.expects
        assert set(kind.expects) <= findings().keys()
        assert kind.alarm in {"", *alarm_types()}


def test_continuity_errors_come_at_their_rate_and_leave_no_other_trace(mux: Mux) -> None:
    sent = Sent(mux, "ts-cc-errors", per_s=3.0)
    assert sum(sent.errors.values()) == sent.made == 24
    assert sent.errors.keys() <= {VIDEO, AUDIO}
    assert len(sent.packets) == SECONDS * mux.packets_per_s


def test_dropped_packets_are_missing_in_their_datagrams(mux: Mux) -> None:
    sent = Sent(mux, "ts-dropped-packets")
    assert sum(sent.errors.values()) == sent.made == 16
    assert len(sent.packets) == SECONDS * mux.packets_per_s - 16
    assert sorted({len(body) for _, _, body in sent.grams}) == [6 * 188, 7 * 188]


def test_packets_sent_three_times_are_errors_and_those_sent_twice_are_none(mux: Mux) -> None:
    thrice = Sent(mux, "ts-repeated-packets")
    assert sum(thrice.errors.values()) == thrice.made == 16
    twice = Sent(mux, "ts-repeated-packets", times=2.0)
    assert twice.made == 16 and not twice.errors


def test_no_sync_byte_is_right_while_sync_is_lost(mux: Mux) -> None:
    sent = Sent(mux, "ts-sync-loss")
    wrong = [one.at_s for one in sent.packets if one.raw[0] != 0x47]
    assert len(wrong) == sent.made == 8 * mux.packets_per_s
    assert wrong[0] == pytest.approx(BEGIN_S) and wrong[-1] < END_S


def test_single_sync_bytes_are_wrong_and_their_neighbours_right(mux: Mux) -> None:
    sent = Sent(mux, "ts-sync-byte-errors")
    wrong = [one.row for one in sent.packets if one.raw[0] != 0x47]
    assert len(wrong) == sent.made == 8
    assert min(np.diff(wrong)) > 1


def test_broken_packets_are_flagged(mux: Mux) -> None:
    sent = Sent(mux, "ts-transport-errors")
    assert sum(one.raw[1] >> 7 for one in sent.packets) == sent.made == 8


@pytest.mark.parametrize(
    ("kind", "pid"),
    [
        pytest.param("ts-pat-missing", 0, id="PAT"),
        pytest.param("ts-pmt-missing", PMT, id="PMT"),
        pytest.param("ts-si-missing", 0x11, id="SDT"),
        pytest.param("ts-si-missing", 0x12, id="EIT"),
        pytest.param("ts-pid-missing", AUDIO, id="sound"),
    ],
)
def test_what_is_missing_is_stuffed_and_nothing_else_seems_lost(mux: Mux, kind: str, pid: int) -> None:
    sent = Sent(mux, kind)
    assert not [one for one in sent.of(pid) if BEGIN_S <= one.at_s < END_S]
    assert sent.longest_gap(pid) >= END_S - BEGIN_S - 1.2
    assert sent.errors == {}
    assert len(sent.packets) == SECONDS * mux.packets_per_s


@pytest.mark.parametrize(("kind", "pid"), [("ts-pat-late", 0), ("ts-pmt-late", PMT)])
def test_a_late_table_still_comes_but_too_seldom(mux: Mux, kind: str, pid: int) -> None:
    sent = Sent(mux, kind)
    assert 0.75 <= sent.longest_gap(pid) < 0.9
    assert sent.errors == {}


def test_two_of_three_maps_stay_whole(mux: Mux) -> None:
    sent = Sent(mux, "ts-crc-errors")
    broken = [one for one in sent.of(PMT) if crc_rest(one.section)]
    assert len(broken) == sent.made >= 25
    assert max(gaps(one.at_s for one in sent.of(PMT) if not crc_rest(one.section))) < 0.3


@pytest.mark.parametrize("ns", [pytest.param(400.0, id="400 ns"), pytest.param(-600.0, id="-600 ns")])
def test_every_tenth_clock_is_off_by_what_was_asked_to_one_tick(mux: Mux, ns: float) -> None:
    sent = Sent(mux, "ts-pcr-jitter", ns=ns)
    clocks = [one for one in sent.packets if one.pcr is not None]
    off = [
        round(one.pcr - clocks[0].pcr - (one.row - clocks[0].row) * 27_000_000 / mux.packets_per_s) for one in clocks
    ]
    moved = [ticks for ticks in off if abs(ticks) > 1]
    assert len(moved) == sent.made >= 20
    assert all(abs(ticks * 1000 / 27 - ns) <= 1.5 * 1000 / 27 for ticks in moved)


def test_clocks_come_too_seldom(mux: Mux) -> None:
    sent = Sent(mux, "ts-pcr-gap")
    assert 0.25 <= max(gaps(one.at_s for one in sent.packets if one.pcr is not None)) < 0.3
    assert sent.errors == {}


def test_the_time_base_jumps_without_a_flag_and_stays_there(mux: Mux) -> None:
    sent = Sent(mux, "ts-discontinuity")
    clocks = [one for one in sent.packets if one.pcr is not None]
    assert not any(one.raw[5] & 0x80 for one in clocks)
    steps = [
        after.pcr - before.pcr - round((after.row - before.row) * 27_000_000 / mux.packets_per_s)
        for before, after in itertools.pairwise(clocks)
    ]
    assert [round(step / 27_000_000, 3) for step in steps if abs(step) > 2] == [0.5, 0.5]
    stamps = [one.pts for one in sent.of(VIDEO) if one.pts is not None]
    jumps = [b - a for a, b in itertools.pairwise(stamps) if b - a != 3600]
    assert jumps == [48_600, 48_600] and sent.made == 2


def test_pictures_without_a_stamp_are_still_pes_packets(mux: Mux) -> None:
    sent = Sent(mux, "ts-pts-gap")
    starts = [one for one in sent.of(VIDEO) if one.starts]
    assert all(one.payload[:4] == b"\x00\x00\x01\xe0" for one in starts)
    assert max(gaps(one.at_s for one in starts if one.pts is not None)) >= 1.5
    assert sent.made == sum(one.pts is None for one in starts) > 150


def test_a_scrambled_service_is_flagged_on_every_payload(mux: Mux) -> None:
    sent = Sent(mux, "ts-scrambled")
    flagged = [one for one in sent.packets if one.raw[3] & 0xC0]
    assert len(flagged) == sent.made > 100
    assert {one.pid for one in flagged} == {VIDEO, AUDIO}


def test_lost_datagrams_leave_holes_in_the_sequence(mux: Mux) -> None:
    sent = Sent(mux, "rtp-loss", percent=10.0)
    numbers = [number for _, number, _ in sent.grams]
    assert numbers[-1] - numbers[0] + 1 - len(numbers) == sent.made
    assert sent.made == pytest.approx(0.1 * 8 * mux.packets_per_s / 7, abs=1)


def test_reordered_datagrams_are_all_there(mux: Mux) -> None:
    sent = Sent(mux, "rtp-reorder")
    numbers = [number for _, number, _ in sent.grams]
    swapped = sum(after < before for before, after in itertools.pairwise(numbers))
    assert swapped == sent.made >= 7
    assert sorted(numbers) == list(range(min(numbers), max(numbers) + 1))


def test_bursts_hold_datagrams_up_and_lose_none(mux: Mux) -> None:
    sent = Sent(mux, "ts-burst")
    numbers = [number for _, number, _ in sent.grams]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    leaving = sorted({at for at, _, _ in sent.grams})
    assert 0.2 <= max(gaps(iter(leaving))) < 0.3


def test_a_stopped_stream_sends_nothing_and_goes_on_in_time(mux: Mux) -> None:
    sent = Sent(mux, "ts-stop")
    assert not [at for at, _, _ in sent.grams if BEGIN_S + 0.1 < at < END_S]
    assert max(at for at, _, _ in sent.grams) > 11.9
    assert sent.made == pytest.approx(8 * mux.packets_per_s / 7, abs=2)


def test_null_packets_are_never_counted(mux: Mux) -> None:
    sent = Sent(mux, "ts-cc-errors")
    assert {one.counter for one in sent.of(NULL)} == {0}
