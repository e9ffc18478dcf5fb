"""Our clock against the world: believed from three hosts on, whatever one of them says."""

from __future__ import annotations

from email.utils import formatdate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_console.net.fetch import Reply
from noc_console.probes.clock import WorldClock, is_synced

NOON = 1_790_000_000.0


def told(host: str, at: float, theirs: float, **headers: str) -> Reply:
    """Return an answer that came at our time `at` from a host whose clock showed `theirs`."""
    url = f"https://{host}/live.m3u8"
    date = formatdate(int(theirs), usegmt=True)
    return Reply(url, url, at, status=200, headers={"date": date, **headers}, ttfb_s=0.02, total_s=0.03, body_s=0.01)


def learn(clock: WorldClock, host: str, ahead_s: float, looks: int = 20) -> None:
    """Let a host be asked at moments spread over the second, our clock `ahead_s` ahead of it."""
    for look in range(looks):
        at = NOON + look * 7.05
        clock.learn(told(host, at, at + 0.01 - ahead_s))


def test_two_hosts_are_not_enough() -> None:
    clock = WorldClock()
    learn(clock, "a", 0.0)
    learn(clock, "b", 0.0)
    assert (clock.hosts, clock.offset_s) == (2, None)


def test_two_ports_are_one_machine() -> None:
    clock = WorldClock()
    for host in ("a:80", "a:81", "a:82"):
        learn(clock, host, 0.0)
    assert clock.hosts == 1


@settings(deadline=None)
@given(st.floats(-300, 300))
def test_three_hosts_tell_how_far_we_are_ahead(ahead_s: float) -> None:
    clock = WorldClock()
    for host in "abc":
        learn(clock, host, ahead_s)
    assert clock.offset_s == pytest.approx(ahead_s, abs=0.1)


def test_one_host_that_is_wrong_by_an_hour_is_outvoted() -> None:
    clock = WorldClock()
    learn(clock, "a", 0.0)
    learn(clock, "wrong", 3600.0)
    learn(clock, "c", 0.0)
    assert clock.offset_s == pytest.approx(0.0, abs=0.1)


def test_utctiming_counts_like_any_host() -> None:
    clock = WorldClock()
    for host, offset_s in (("a", 1.0), ("b", 1.2), ("time.example", 1.1)):
        clock.add(host, offset_s)
    assert clock.offset_s == 1.1


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(told("a", NOON, NOON - 500, age="500"), id="from a cache"),
        pytest.param(told("a", NOON, NOON, date="Thursday or so"), id="no date"),
        pytest.param(told("a", NOON, NOON, date="Fri, 99 Nov 9999999 99:99:99 GMT"), id="an impossible date"),
        pytest.param(told("a", NOON, NOON, date="x" * 100_000), id="an endless date"),
        pytest.param(Reply("http://a/", "http://a/", NOON, error="timeout", headers={"date": "x"}), id="a failure"),
        pytest.param(Reply("http://a/", "http://a/", NOON), id="no Date header"),
    ],
)
def test_what_tells_no_time_is_left_out(reply: Reply) -> None:
    clock = WorldClock()
    clock.learn(reply)
    assert clock.hosts == 0


def test_a_swarm_of_hosts_costs_bounded_memory() -> None:
    clock = WorldClock()
    for number in range(2000):
        clock.add(f"host{number}", 0.0)
    assert clock.hosts == 256


def test_the_kernel_is_asked_without_privilege() -> None:
    assert is_synced() in (True, False, None)
