"""Scenarios are read from a file, checked, and drawn on channels the lab has."""

from __future__ import annotations

from random import Random

import pytest

from noc_console.drills.scenario import drawn, read_scenarios, shipped_scenarios
from noc_console.drills.truth import shipped_truth
from noc_console.errors import KnownError

TABLE = shipped_truth()
LAB = {
    "channels": [{"code": f"CH{number}", "form": "hls-ts", "expected": {"rungs": []}} for number in range(3)],
    "faults": [
        {"fault": "stale-playlist", "fits": ["hls-ts"], "needs_rung": False},
        {"fault": "ts-stop", "fits": ["ts"], "needs_rung": False},
    ],
}


def text(faults, minutes=10):
    return f'[[scenario]]\nname = "x"\ntitle = "X"\ntopic = "T"\nminutes = {minutes}\nfaults = {faults}\n'


def test_those_shipped_end_before_they_would_begin_their_last_fault():
    found = shipped_scenarios(TABLE)
    assert "nothing" in found
    for one in found.values():
        assert all(part.from_s[1] < one.minutes * 60 for part in one.parts)


def test_each_fault_is_on_a_channel_of_its_own_within_its_time():
    one = read_scenarios(
        text('[{fault="stale-playlist", from_s=[20, 60]}, {fault="stale-playlist", from_s=[5, 5]}]'), TABLE
    )
    made = drawn(one["x"], TABLE, LAB, Random(3))
    assert len({drill.channel for drill, _ in made}) == 2
    assert 20 <= made[0][0].onset_s <= 60
    assert made[1] == (made[1][0], 595.0)
    assert drawn(one["x"], TABLE, LAB, Random(3)) == made


def test_a_fault_this_lab_has_no_channel_for_is_one_sentence():
    one = read_scenarios(text('[{fault="ts-stop", from_s=[20, 60]}]'), TABLE)
    with pytest.raises(KnownError, match="no channel left for 'ts-stop'"):
        drawn(one["x"], TABLE, LAB, Random(1))


@pytest.mark.parametrize(
    "broken",
    [
        "[[scenario]",
        "scenario = 3",
        text('[{fault="nonsense", from_s=[1, 2]}]'),
        text('[{fault="freeze", from_s=[2, 1]}]'),
        text('[{fault="freeze"}]'),
        text("[]", 0),
        text("[]", 1e9),
    ],
)
def test_a_broken_file_is_one_sentence(broken):
    with pytest.raises(KnownError, match="drill"):
        read_scenarios(broken, TABLE)
