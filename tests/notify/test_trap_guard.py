"""The guard lets through what one source and all together may send, and says why it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_console.notify.trap_receiver_guard import BURST_S, MAX_SOURCES, Guard


def test_one_source_may_send_a_burst_and_then_its_rate() -> None:
    guard = Guard(per_second=1000, per_source_per_second=10, max_bytes=500)
    passed = [guard.refusal("10.0.0.1", 100, 0.0) for _ in range(30)]
    assert passed.count("") == 10 * BURST_S
    assert set(passed[20:]) == {"too many from one address"}
    assert [guard.refusal("10.0.0.1", 100, 1.0) for _ in range(11)].count("") == 10
    assert guard.refusal("10.0.0.2", 100, 1.0) == ""


def test_many_sources_together_are_bounded_too() -> None:
    guard = Guard(per_second=5, per_source_per_second=50, max_bytes=500)
    passed = [guard.refusal(f"10.0.0.{number}", 100, 0.0) for number in range(50)]
    assert passed.count("") == 5 * BURST_S
    assert passed[-1] == "too many in all"


def test_forged_sources_do_not_fill_the_memory() -> None:
    guard = Guard(per_second=1e6, per_source_per_second=1, max_bytes=500)
    for number in range(3 * MAX_SOURCES):
        guard.refusal(f"10.1.{number // 256}.{number % 256}", 100, 0.0)
    assert len(guard._each) == MAX_SOURCES


def test_a_datagram_that_is_too_long_is_refused() -> None:
    assert Guard(9, 9, max_bytes=500).refusal("10.0.0.1", 501, 0.0) == "longer than 500 bytes"


@pytest.mark.parametrize(
    ("source", "passes"),
    [("10.50.0.7", True), ("10.51.0.7", False), ("fe80::1%eth0", True), ("::1", False), ("no address", False)],
)
def test_only_sources_that_are_named_pass(source: str, passes: bool) -> None:
    guard = Guard(9, 9, 500, sources=("10.50.0.0/24", "fe80::/10"))
    assert (guard.refusal(source, 10, 0.0) == "") is passes


def test_refusals_are_counted_once_and_begin_anew() -> None:
    guard = Guard(9, 9, max_bytes=1)
    guard.refusal("10.0.0.1", 5, 0.0)
    guard.count("wrong community")
    guard.count("wrong community")
    assert guard.taken() == {"wrong community": 2, "longer than 1 bytes": 1}
    assert guard.taken() == {}


@given(st.lists(st.floats(0, 5), min_size=1, max_size=200))
def test_never_more_than_burst_and_rate_pass(times: list[float]) -> None:
    guard = Guard(per_second=1e6, per_source_per_second=3, max_bytes=10)
    passed = sum(guard.refusal("a", 1, at) == "" for at in sorted(times))
    assert passed <= 3 * BURST_S + 3 * max(times) + 1
