"""Which stretch is decoded next, and which is left out: sound always, pictures by tier, nothing in silence."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_console.agent.media_schedule import CROWDED, GONE, LATE, Schedule, Waiting
from noc_console.net.pipe_media import BOTH, PICTURE, SOUND, Spooled

AT = 1_790_000_000.0


def stretch(input_id: int = 1, number: int = 1, holds: str = BOTH, rung: str = "1080p", tier: int = 2) -> Waiting:
    came_at = AT + number * 6
    return Waiting(Spooled(input_id, rung, came_at, came_at, 6.0, number, holds=holds, file=f"{number}.media"), tier)


def numbers(schedule: Schedule, count: int, at: float = AT) -> list[int]:
    found = [schedule.next(0, at) for _ in range(count)]
    return [one.stretch.sequence for one in found if one]


def test_the_stretches_of_a_rung_are_decoded_in_order() -> None:
    schedule = Schedule(1)
    for number in (1, 2):
        schedule.put(stretch(number=number))
    assert numbers(schedule, 3) == [1, 2]
    assert schedule.skipped == []


def test_where_a_third_picture_waits_the_oldest_is_given_up_and_its_sound_is_kept() -> None:
    schedule = Schedule(1)
    for number in (1, 2, 3):
        schedule.put(stretch(number=number))
    (skipped,) = schedule.skipped
    assert (skipped.waiting.stretch.sequence, skipped.why, skipped.is_picture_only) == (1, CROWDED, True)
    first = schedule.next(0, AT)
    assert first is not None
    assert first.stretch.sequence == 1
    assert first.is_sound_only


def test_a_picture_without_sound_is_left_out_whole() -> None:
    schedule = Schedule(1)
    for number in (1, 2, 3):
        schedule.put(stretch(number=number, holds=PICTURE))
    assert [(one.waiting.stretch.sequence, one.is_picture_only) for one in schedule.skipped] == [(1, False)]
    assert numbers(schedule, 3) == [2, 3]


def test_what_is_too_old_to_be_of_use_is_left_out_and_told() -> None:
    schedule = Schedule(1)
    schedule.put(stretch(number=0))
    assert schedule.next(0, AT + 18.1) is None
    assert [one.why for one in schedule.skipped] == [LATE]


def test_sound_comes_before_pictures() -> None:
    schedule = Schedule(1)
    schedule.put(stretch(1, number=1, holds=PICTURE))
    schedule.put(stretch(2, number=2, holds=SOUND, rung="audio-en"))
    assert numbers(schedule, 2) == [2, 1]


def test_an_input_stays_with_its_decoder() -> None:
    schedule = Schedule(2)
    for input_id in (1, 2, 3):
        schedule.put(stretch(input_id, number=input_id))
    assert [one.stretch.input_id for one in (schedule.next(0, AT),) if one] == [2]
    assert schedule.next(0, AT) is None
    assert schedule.worker_of(1) == schedule.worker_of(3) == 1


def test_an_input_that_is_left_alone_waits_and_the_others_go_on() -> None:
    schedule = Schedule(1)
    schedule.put(stretch(1, number=1))
    schedule.put(stretch(2, number=2))
    chosen = schedule.next(0, AT, lambda input_id: input_id == 1)
    assert chosen is not None
    assert chosen.stretch.input_id == 2
    assert schedule.next(0, AT, lambda input_id: input_id == 1) is None


def test_inputs_that_are_gone_take_their_stretches_with_them() -> None:
    schedule = Schedule(1)
    schedule.put(stretch(1, number=1))
    schedule.keep_only([2])
    assert [one.why for one in schedule.skipped] == [GONE]
    assert len(schedule) == 0


@pytest.mark.parametrize(
    ("tiers", "shares"), [((1, 2, 3), (4, 2, 1)), ((1, 1, 1), (1, 1, 1)), ((3, 3, 1), (1, 1, 4))]
)
def test_where_there_is_not_time_for_all_it_is_shared_by_tier(
    tiers: tuple[int, ...], shares: tuple[int, ...]
) -> None:
    schedule, done = Schedule(1), Counter[int]()
    for number in range(700):
        for input_id, tier in enumerate(tiers):
            schedule.put(stretch(input_id, number, PICTURE, tier=tier))
        one = schedule.next(0, AT + number * 6)
        assert one is not None
        schedule.took(one, 0.01)
        done[one.stretch.input_id] += 1
    whole = sum(shares)
    for input_id, share in enumerate(shares):
        assert done[input_id] == pytest.approx(700 * share / whole, abs=10)


def test_who_had_nothing_for_long_has_no_claim_on_the_time_it_did_not_use() -> None:
    schedule = Schedule(1)
    for number in range(100):
        schedule.put(stretch(1, number, PICTURE))
        one = schedule.next(0, AT + number * 6)
        assert one is not None
        schedule.took(one, 1.0)
    chosen = []
    for number in range(100, 120):
        for input_id in (1, 2):
            schedule.put(stretch(input_id, number, PICTURE))
        one = schedule.next(0, AT + number * 6)
        assert one is not None
        schedule.took(one, 1.0)
        chosen.append(one.stretch.input_id)
    assert 8 <= chosen.count(1) <= 12


@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.sampled_from([BOTH, PICTURE, SOUND]), st.integers(0, 40), st.booleans()),
        max_size=80,
    )
)
def test_every_stretch_is_decoded_once_or_told_as_skipped(steps: list[tuple[int, str, int, bool]]) -> None:
    schedule, decoded, given_up = Schedule(2), Counter[str](), Counter[str]()
    put, at = 0, AT
    for input_id, holds, later_s, is_taken in steps:
        at += later_s
        put += 1
        schedule.put(
            Waiting(Spooled(input_id, holds, at, at, 6.0, put, holds=holds, file=f"{put}.media"), input_id % 3 + 1)
        )
        if is_taken and (one := schedule.next(input_id % 2, at)):
            decoded[one.stretch.file] += 1
    for skipped in schedule.skipped:
        given_up[skipped.waiting.stretch.file] += not skipped.is_picture_only
    waiting = Counter(one.stretch.file for one in schedule)
    assert all(count == 1 for count in (decoded + given_up + waiting).values() if count)
    assert (decoded + given_up + waiting).total() == put
