"""A sequence number keeps its last digits in a sample of 32 bits."""

from __future__ import annotations

import struct

import pytest

from noc_console.media.digits import last_digits


@pytest.mark.parametrize("number", [0, 7, 16_777_217, 1_795_150_001, 1_795_150_000_000_003, 10**400 + 5])
def test_the_last_digits_survive_a_sample(number: int) -> None:
    (kept,) = struct.unpack("<f", struct.pack("<f", last_digits(number)))
    assert int(kept) == number % 10_000_000
