"""The agent's clock never runs backwards and tells a step of the wall clock once."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from noc_console.agent.clock import Clock


@dataclass
class Hands:
    """Two clocks moved by hand."""

    wall: float = 1_000_000.0
    steady: float = 50.0

    def pass_(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def clock(hands: Hands) -> Clock:
    return Clock(lambda: hands.wall, lambda: hands.steady)


def test_it_tells_wall_time_and_follows_the_steady_clock(clock: Clock, hands: Hands) -> None:
    hands.pass_(7.5)
    assert clock.now() == 1_000_007.5


@pytest.mark.parametrize("step", [3600.0, -3600.0, 2.1, -2.1])
def test_a_step_is_told_once_and_does_not_move_the_count(clock: Clock, hands: Hands, step: float) -> None:
    hands.pass_(10)
    hands.wall += step
    assert clock.now() == 1_000_010.0
    assert clock.step_s() == pytest.approx(step)
    hands.pass_(1)
    assert clock.step_s() == 0.0


@pytest.mark.parametrize("drift", [0.5, -1.9])
def test_a_small_drift_is_no_step(clock: Clock, hands: Hands, drift: float) -> None:
    hands.wall += drift
    assert clock.step_s() == 0.0


def test_many_small_drifts_become_a_step_when_they_add_up(clock: Clock, hands: Hands) -> None:
    hands.wall += 1.5
    assert clock.step_s() == 0.0
    hands.wall += 1.5
    assert clock.step_s() == pytest.approx(3.0)
