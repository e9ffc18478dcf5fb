"""RTP datagrams are put in order; what is lost, doubled, late or no media is counted (RFC 3550)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_console.media.rtp import WINDOW, RtpOrder, looks_like_rtp, starts


def heads(sequence: list[int], ssrc: int = 7, kind: int = 33) -> np.ndarray:
    rows = [
        bytes((0x80, kind)) + (one & 0xFFFF).to_bytes(2, "big") + bytes(4) + ssrc.to_bytes(4, "big")
        for one in sequence
    ]
    return np.frombuffer(b"".join(rows), np.uint8).reshape(-1, 12)


def taken(order: RtpOrder, sequence: list[int], first: int = 0, **more: int) -> list[int]:
    """Return the sequence numbers in the order they are given out."""
    return [sequence[number - first] for number in order.take(heads(sequence, **more), first).tolist()]


def test_a_smooth_run_is_given_as_it_comes_over_the_wrap() -> None:
    order = RtpOrder()
    run = [(65_500 + index) & 0xFFFF for index in range(100)]
    assert taken(order, run) == run
    assert (order.counts.received, order.counts.lost, order.counts.restarts) == (100, 0, 0)


def test_two_that_changed_places_are_put_back() -> None:
    order = RtpOrder()
    assert taken(order, [1, 2, 4, 3, 5]) == [1, 2, 3, 4, 5]
    assert (order.counts.reordered, order.counts.lost) == (1, 0)


def test_a_late_one_is_waited_for_over_the_seam_of_two_looks() -> None:
    order = RtpOrder()
    first = order.take(heads([1, 2, 4, 5]), 0).tolist()
    second = order.take(heads([3, 6]), 4).tolist()
    assert (first, second) == ([0, 1], [4, 2, 3, 5])
    assert (order.counts.reordered, order.counts.lost) == (1, 0)


def test_a_gap_is_lost_once_the_window_is_over() -> None:
    order = RtpOrder()
    run = [1, *range(5, 5 + WINDOW + 2)]
    assert taken(order, run) == run
    assert order.counts.lost == 3


def test_one_that_comes_after_it_was_given_up_is_late_and_not_given_out() -> None:
    order = RtpOrder()
    run = [1, *range(3, 3 + WINDOW + 2), 2]
    assert taken(order, run) == run[:-1]
    assert (order.counts.lost, order.counts.late, order.counts.duplicates) == (1, 1, 0)


def test_what_waits_is_given_out_when_nothing_more_comes() -> None:
    order = RtpOrder()
    assert taken(order, [1, 3]) == [1]
    assert order.is_waiting
    assert order.settle().tolist() == [1]
    assert order.counts.lost == 1


def test_doubles_are_counted_and_left_out() -> None:
    order = RtpOrder()
    assert taken(order, [1, 2, 2, 3, 1, 5, 5, 4]) == [1, 2, 3, 4, 5]
    assert (order.counts.duplicates, order.counts.lost) == (3, 0)


def test_fec_and_other_payload_types_are_no_part_of_the_sequence() -> None:
    order = RtpOrder()
    mixed = np.concatenate([heads([1]), heads([900], kind=96), heads([2])])
    assert order.take(mixed, 0).tolist() == [0, 2]
    assert (order.counts.ignored, order.counts.lost) == (1, 0)


@pytest.mark.parametrize("again", [heads([50_000]), heads([3], ssrc=8)])
def test_a_sender_that_starts_anew_is_no_loss(again: np.ndarray) -> None:
    order = RtpOrder()
    order.take(heads([1, 2]), 0)
    assert order.take(again, 2).tolist() == [2]
    assert (order.counts.restarts, order.counts.lost) == (1, 0)


@given(st.permutations(range(24)), st.integers(1, 24))
def test_any_disorder_within_the_window_is_put_right_at_any_division(mixed: list[int], cut: int) -> None:
    order, given_out = RtpOrder(), list[int]()
    order.take(heads([0]), 0)
    run = [one + 1 for one in mixed]
    for at in range(0, len(run), cut):
        given_out += order.take(heads(run[at : at + cut]), 1 + at).tolist()
    assert [run[number - 1] for number in [*given_out, *order.settle().tolist()]] == sorted(run)
    assert order.counts.lost == order.counts.duplicates == 0


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 65_535), st.integers(0, 2)), max_size=200))
def test_garbage_is_given_out_at_most_once(rows: list[tuple[int, int, int]]) -> None:
    order = RtpOrder()
    raw = b"".join(
        bytes((first, 33)) + number.to_bytes(2, "big") + bytes(7) + bytes([source]) for first, number, source in rows
    )
    found = order.take(np.frombuffer(raw, np.uint8).reshape(-1, 12), 0).tolist()
    found += order.settle().tolist()
    assert len(found) == len(set(found))


def test_sources_an_extension_and_padding_are_passed_over() -> None:
    rows = np.zeros((4, 12), np.uint8)
    rows[:, 0] = (0x80, 0x82, 0x90, 0xA0)
    bodies = np.zeros((4, 400), np.uint8)
    bodies[2, 2:4] = (0, 2)
    bodies[3, 199] = 12
    begins, ends = starts(rows, bodies, np.array([200, 200, 200, 200], np.int32))
    assert begins.tolist() == [0, 8, 12, 0]
    assert ends.tolist() == [200, 200, 200, 188]


@pytest.mark.parametrize(
    ("datagram", "is_rtp"),
    [
        (bytes((0x80, 33)) + bytes(10) + b"G" * 188 * 7, True),
        (bytes((0x80, 97)) + bytes(10) + b"G" * 188 * 7, True),
        (b"G" + bytes(188 * 7 - 1), False),
        (bytes((0x80, 97)) + bytes(10) + b"x" * 188 * 7, False),
        (b"", False),
    ],
)
def test_rtp_is_told_from_packets_alone(datagram: bytes, is_rtp: bool) -> None:
    assert looks_like_rtp(datagram) is is_rtp
