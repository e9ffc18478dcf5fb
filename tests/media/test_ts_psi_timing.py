"""Limits of TR 101 290 on tables: 1.3, 1.5, 2.6, 3.1, 3.2, 3.5 to 3.8."""

from __future__ import annotations

import math

import pytest
from ts_sections import eit, nit, pat, payloads, pmt, sdt, section, short

from noc_console.media.ts.profile import Profile
from noc_console.media.ts.psi import Psi

PAT = pat({1: 0x100})
PMT = pmt(1, 0x200, [(0x1B, 0x200, b"")])
TDT = short(0x70, b"\xe0\x00\x12\x00\x00")
SI = Profile(si_rules=True)
NO_SI = Profile(si_rules=False)


def give(psi: Psi, pid: int, whole: bytes, at: float) -> None:
    for starts, payload in payloads(whole):
        psi.feed(pid, starts, payload, 0, at)


def numbers(psi: Psi) -> list[str]:
    return [error.indicator for error in psi.errors for _ in range(error.weight)]


@pytest.mark.parametrize(
    ("times", "errors"),
    [
        pytest.param([0.0, 0.5, 1.0], 0, id="at the limit"),
        pytest.param([0.0, 0.51], 1, id="just beyond"),
        pytest.param([0.0, 1.2], 1, id="one gap is one error"),
        pytest.param([0.0, 0.6, 1.2], 2, id="two gaps"),
        pytest.param([0.0, 2.0], 2, id="a lasting gap counts once more each second"),
        pytest.param([0.0, math.nan, 9.0], 0, id="no clock, no limit"),
    ],
)
def test_the_pat_comes_twice_a_second(times: list[float], errors: int) -> None:
    psi = Psi()
    for at in times:
        give(psi, 0, PAT, at)
    assert numbers(psi) == ["1.3.a"] * errors


@pytest.mark.parametrize("step", [0.1, 0.37, 1.0, 7.0])
def test_a_missing_pat_counts_alike_however_often_the_clock_ticks(step: float) -> None:
    psi = Psi()
    psi.tick(0.0)
    at = 0.0
    while at + step <= 7.0:
        at += step
        psi.tick(at)
    psi.tick(7.0)
    assert numbers(psi) == ["1.3.a"] * 7


def test_the_pmt_of_every_listed_programme_is_waited_for() -> None:
    psi = Psi()
    give(psi, 0, pat({1: 0x100, 2: 0x102}), 0.0)
    for turn in range(1, 9):
        give(psi, 0, pat({1: 0x100, 2: 0x102}), turn / 10)
        give(psi, 0x100, PMT, turn / 10)
    psi.tick(0.8)
    (error,) = psi.errors
    assert (error.indicator, error.pid) == ("1.5.a", 0x102)
    assert "programme 2" in error.text


def test_a_programme_no_longer_listed_is_not_waited_for() -> None:
    psi = Psi()
    give(psi, 0, pat({1: 0x100, 2: 0x102}), 0.0)
    give(psi, 0, pat({1: 0x100}, version=1), 0.3)
    give(psi, 0x100, PMT, 0.4)
    give(psi, 0, pat({1: 0x100}, version=1), 0.7)
    psi.tick(0.8)
    assert numbers(psi) == []


def test_scrambled_pat_and_pmt_are_errors() -> None:
    psi = Psi()
    give(psi, 0, PAT, 0.0)
    psi.scrambled(0, 5, 0.1)
    psi.scrambled(0x100, 6, 0.2)
    assert numbers(psi) == ["1.3.a", "1.5.a"]


def test_scrambled_packets_need_a_cat() -> None:
    psi = Psi()
    psi.tick(0.0)
    for at in range(2, 6):
        psi.scrambled(0x200, at, float(at))
    assert [one for one in numbers(psi) if one == "2.6"] == ["2.6"]
    with_cat = Psi()
    with_cat.tick(0.0)
    give(with_cat, 1, section(0x01, 0xFFFF, b""), 0.5)
    with_cat.scrambled(0x200, 1, 2.0)
    assert "2.6" not in numbers(with_cat)


@pytest.mark.parametrize(
    ("pid", "table_id", "indicator"),
    [(0x00, 0x42, "1.3.a"), (0x01, 0x00, "2.6"), (0x10, 0x42, "3.1"), (0x11, 0x40, "3.5"), (0x12, 0x42, "3.6"),
     (0x13, 0x42, "3.7"), (0x14, 0x42, "3.8")],
)  # fmt: skip
def test_a_table_on_a_pid_where_it_has_no_place(pid: int, table_id: int, indicator: str) -> None:
    psi = Psi()
    give(psi, pid, section(table_id, 1, b"\x00" * 8), 0.0)
    assert numbers(psi) == [indicator]


@pytest.mark.parametrize(("pid", "table_id"), [(0x10, 0x41), (0x11, 0x46), (0x11, 0x4A), (0x12, 0x6F)])
def test_tables_in_their_place_are_no_error(pid: int, table_id: int) -> None:
    psi = Psi()
    give(psi, pid, section(table_id, 1, b"\x00\x01\x00\x01\x00\x00\x00\x00"), 0.0)
    assert numbers(psi) == []


def test_stuffing_has_a_place_everywhere_in_si() -> None:
    psi = Psi()
    for pid in (0x10, 0x11, 0x12, 0x13, 0x14):
        give(psi, pid, short(0x72, b"\x00" * 20), 0.0)
    assert numbers(psi) == []


@pytest.mark.parametrize(
    ("pid", "whole", "indicator"),
    [
        pytest.param(0x10, nit("net"), "3.1.a", id="NIT"),
        pytest.param(0x11, sdt({1: ("a", "b")}), "3.5.a", id="SDT"),
        pytest.param(0x11, sdt({1: ("a", "b")}, table_id=0x46), "3.2", id="SDT of another stream"),
        pytest.param(0x12, eit(1, 0), "3.6.a", id="EIT"),
        pytest.param(0x13, short(0x71, b"\x00" * 9), "3.7", id="RST"),
        pytest.param(0x14, TDT, "3.8", id="TDT"),
    ],
)
def test_two_sections_of_a_kind_keep_25_ms(pid: int, whole: bytes, indicator: str) -> None:
    psi = Psi()
    for at in (0.0, 0.026, 0.052, 0.076):
        give(psi, pid, whole, at)
    assert numbers(psi) == [indicator]
    off = Psi(NO_SI)
    for at in (0.0, 0.001, 0.002):
        give(off, pid, whole, at)
    assert numbers(off) == []


def test_services_of_an_eit_may_follow_each_other_closely() -> None:
    psi = Psi()
    for service in range(1, 9):
        give(psi, 0x12, eit(service, 0), service / 1000)
    assert numbers(psi) == []


@pytest.mark.parametrize(
    ("pid", "whole", "limit", "indicator"),
    [
        pytest.param(0x10, nit("net"), 10.0, "3.1.a", id="NIT"),
        pytest.param(0x10, nit("net", 0x41), 10.0, "3.1.b", id="NIT of another network"),
        pytest.param(0x11, sdt({1: ("a", "b")}), 2.0, "3.5.a", id="SDT"),
        pytest.param(0x11, sdt({1: ("a", "b")}, table_id=0x46), 10.0, "3.5.b", id="SDT of another stream"),
        pytest.param(0x11, section(0x4A, 1, b"\xf0\x00\xf0\x00"), 10.0, "3.2", id="BAT"),
        pytest.param(0x12, eit(1, 0), 2.0, "3.6.a", id="EIT present"),
        pytest.param(0x12, eit(1, 0, 0x4F), 10.0, "3.6.b", id="EIT of another stream"),
        pytest.param(0x12, eit(1, 0, 0x50), 10.0, "3.2", id="EIT schedule"),
        pytest.param(0x14, TDT, 30.0, "3.8", id="TDT"),
    ],
)
def test_tables_come_as_often_as_they_must(pid: int, whole: bytes, limit: float, indicator: str) -> None:
    psi = Psi()
    psi.tick(0.0)
    give(psi, 0, PAT, 0.0)
    give(psi, pid, whole, 0.0)
    give(psi, pid, whole, limit)
    assert indicator not in numbers(psi)
    give(psi, pid, whole, 2 * limit + 0.1)
    assert [one for one in numbers(psi) if one == indicator] == [indicator]
    off = Psi(NO_SI)
    give(off, pid, whole, 0.0)
    give(off, pid, whole, 100.0)
    off.tick(200.0)
    assert set(numbers(off)) == {"1.3.a"}


def test_a_stream_without_si_is_not_blamed_for_it_unless_the_profile_says_so() -> None:
    quiet, strict = Psi(), Psi(SI)
    for psi in (quiet, strict):
        for tenth in range(400):
            give(psi, 0, PAT, tenth / 10)
            give(psi, 0x100, PMT, tenth / 10)
            if tenth % 10 == 0:
                psi.tick(tenth / 10)
    assert numbers(quiet) == []
    assert set(numbers(strict)) == {"3.1.a", "3.5.a", "3.6.a", "3.8"}


def test_present_without_following_is_told_once() -> None:
    psi = Psi()
    for second in range(12):
        give(psi, 0x12, eit(7, 0), float(second))
        psi.tick(float(second))
    assert numbers(psi).count("3.6.c") == 1
    error = next(error for error in psi.errors if error.indicator == "3.6.c")
    assert "service 7" in error.text and "following" in error.text


def test_present_with_following_is_right() -> None:
    psi = Psi()
    for second in range(12):
        give(psi, 0x12, eit(7, 0), float(second))
        give(psi, 0x12, eit(7, 1), second + 0.1)
        psi.tick(second + 0.2)
    assert [one for one in numbers(psi) if one.startswith("3.")] == []


def test_an_absence_lasts_until_the_table_is_there_again() -> None:
    psi = Psi()
    give(psi, 0x11, sdt({1: ("a", "b")}), 0.0)
    psi.tick(1.9)
    assert "3.5.a" not in [error.indicator for error in psi.lasting()]
    for second in (3.0, 3.9):
        psi.tick(second)
        assert [error.indicator for error in psi.lasting() if error.pid == 0x11] == ["3.5.a"]
    give(psi, 0x11, sdt({1: ("a", "b")}), 3.95)
    assert [error for error in psi.lasting() if error.pid == 0x11] == []
    assert numbers(psi).count("3.5.a") == 1


def test_a_table_of_another_stream_that_was_taken_off_is_waited_for_no_more() -> None:
    psi = Psi()
    give(psi, 0x11, sdt({1: ("a", "b")}, table_id=0x46), 0.0)
    for second in range(1, 200):
        psi.tick(float(second))
    assert numbers(psi).count("3.5.b") == 6
    assert "3.5.b" not in [error.indicator for error in psi.lasting()]
    for at in (200.0, 209.0, 220.0):
        give(psi, 0x11, sdt({1: ("a", "b")}, table_id=0x46), at)
    assert numbers(psi).count("3.5.b") == 7


def test_a_half_eit_lasts_until_it_is_whole() -> None:
    psi = Psi()
    for second in range(8):
        give(psi, 0x12, eit(7, 0), float(second))
        psi.tick(second + 0.1)
    assert "3.6.c" in [error.indicator for error in psi.lasting()]
    give(psi, 0x12, eit(7, 1), 8.0)
    psi.tick(8.1)
    assert "3.6.c" not in [error.indicator for error in psi.lasting()]


def test_a_clock_that_goes_back_starts_anew() -> None:
    psi = Psi()
    for at in (100.0, 100.4, 3.0, 3.4, 3.8):
        give(psi, 0, PAT, at)
    psi.tick(4.2)
    assert numbers(psi) == []
    psi.tick(4.4)
    assert numbers(psi) == ["1.3.a"]
