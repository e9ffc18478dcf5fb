"""How figures are written."""

from __future__ import annotations

import pytest

from noc_console.views import figures


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (48.9, "48 s"), (245, "4 m 05 s"), (1090, "18 m"), (4320, "1 h 12 m"), (90000, "1 d 1 h")],
)
def test_age(seconds, text):
    assert figures.age(seconds) == text


def test_minus_is_a_minus_sign():
    assert figures.number(-23.14, 1, "LUFS") == "\u221223.1 LUFS"


def test_nothing_measured_is_not_zero():
    assert figures.number(None) == figures.bits(None) == figures.age(None) == "n/a"


@pytest.mark.parametrize(("value", "text"), [(6_200_000, "6.2 Mbit/s"), (950, "950 bit/s"), (2.5e9, "2.5 Gbit/s")])
def test_bits(value, text):
    assert figures.bits(value) == text


def test_clock_is_in_ict():
    assert figures.clock(0) == "07:00:00"
    assert figures.clock_utc(0) == "00:00:00"
