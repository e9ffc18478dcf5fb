"""Drills are drawn from a seed: every fault once, together only what leaves each other be."""

from __future__ import annotations

from random import Random

import pytest

from noc_console.drills.plan import LATEST_ONSET_S, pairs, rounds
from noc_console.drills.truth import shipped_truth
from noc_console.lab.faults import FAULTS

TABLE = shipped_truth()
FORMS = ("hls-ts", "hls-fmp4", "dash-timeline", "dash-number")
KINDS = [
    {"fault": name, "fits": sorted(kind.fits), "needs_rung": kind.needs_rung}
    for name, kind in FAULTS.items()
    if not kind.is_of_media
]
CHANNELS = [
    {"code": f"CH{number}", "form": FORMS[number % 4], "expected": {"rungs": ["360p25@0.5M", "audio-en"]}}
    for number in range(16)
]


def drawn(seed, most=3):
    return rounds(TABLE, KINDS, CHANNELS, most, Random(seed))


@pytest.mark.parametrize("seed", range(20))
def test_every_fault_once_on_a_channel_it_fits_as_strong_as_it_may_be(seed):
    drills = [drill for some in drawn(seed) for drill in some]
    assert sorted(drill.fault for drill in drills) == sorted(one["fault"] for one in KINDS)
    for drill in drills:
        assert drill.form in FAULTS[drill.fault].fits
        assert 0 <= drill.onset_s <= LATEST_ONSET_S
        for name, (low, high) in TABLE.faults[drill.fault].strength.items():
            assert low <= drill.params[name] <= high
        assert drill.rung == ("360p25@0.5M" if FAULTS[drill.fault].needs_rung else "")


@pytest.mark.parametrize("seed", range(20))
def test_faults_of_one_round_disturb_neither_a_channel_nor_the_evidence_of_another(seed):
    for some in [*drawn(seed), *pairs(TABLE, KINDS, CHANNELS, 10, Random(seed))]:
        assert len({drill.channel for drill in some}) == len(some)
        assert len({TABLE.faults[drill.fault].family for drill in some}) == len(some)
        assert len(some) <= 3


def test_a_seed_is_the_same_drills_again_and_another_seed_others():
    assert drawn(5) == drawn(5)
    assert drawn(5) != drawn(6)


def test_a_pair_is_of_faults_that_are_due_an_alarm():
    for some in pairs(TABLE, KINDS, CHANNELS, 10, Random(1)):
        assert len(some) == 2
        assert all(TABLE.faults[drill.fault].alarms for drill in some)
