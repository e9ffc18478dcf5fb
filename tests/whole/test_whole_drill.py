"""The whole line of a drill: a fault of the lab, its alarm, its guide walked to a verdict, which is true."""

from __future__ import annotations

import asyncio

import pytest

from noc_console.bench.drills import Wish, drilled
from noc_console.drills.outcome import Judged, Outcome

LAB = {"NOC_LAB_CHANNELS": "4", "NOC_LAB_MULTICAST": "0", "NOC_LAB_SEGMENT_S": "2"}
FAULTS = frozenset({"stale-playlist", "missing-segment", "html-playlist"})


@pytest.mark.timeout(170)
def test_from_the_fault_to_the_cause_by_the_guides_that_ship() -> None:
    wish = Wish("delivery", seed=2, only=FAULTS, shape=LAB, warm_up_s=8.0, settle_s=3.0)
    outcomes = asyncio.run(drilled(wish))
    assert {one.drill.fault for one in outcomes} == FAULTS
    for one in outcomes:
        assert one.is_found, f"{one.drill.fault}: {[raised.alarm_type for raised in one.raised]}"
        _is_right(one)


def _is_right(one: Outcome) -> None:
    for raised in one.raised:
        assert raised.evidence_s is not None, f"{one.drill.fault} has no evidence"
        for walk in (raised.blind, raised.seeing):
            assert walk is not None
            assert walk.judged(one.causes) is Judged.RIGHT, f"{one.drill.fault}: {walk}"
