"""Load figures: what one operator is told, floods, what stands and chatters, beside the limits of ISA-18.2."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noc_console.alarms.alarm import Alarm, Shelf
from noc_console.alarms.load import DAY_S, Flood, Log, Told, figures, floods
from noc_console.model import Severity

ALARM = Alarm(1, 1, "CH_1", 11, 2, "STALE_PLAYLIST", Severity.MAJOR, "stale", 0.0)


def told(*times: float, severity: Severity = Severity.MAJOR) -> list[Told]:
    return [Told(at, n, severity, "CH_1 STALE_PLAYLIST") for n, at in enumerate(times)]


@pytest.mark.parametrize(
    ("times", "found"),
    [
        pytest.param([10.0 * n for n in range(10)], [], id="ten in ten minutes are no flood"),
        pytest.param([10.0 * n for n in range(11)], [Flood(100.0, 610.0, 11)], id="eleven are, until nine are left"),
        pytest.param([70.0 * n for n in range(40)], [], id="one in 70 s goes on for ever"),
    ],
)
def test_a_flood_is_more_than_ten_in_ten_minutes_until_it_is_below(times: list[float], found: list[Flood]) -> None:
    assert floods(times, 5000.0) == found


def test_a_flood_that_lasts_has_no_end() -> None:
    times = [10.0 * n for n in range(30)]
    assert floods(times, 300.0) == [Flood(100.0, None, 30)]
    assert figures(told(*times), [], 300.0)["is_flood"]
    assert not figures(told(*times), [], 3000.0)["is_flood"]


def test_two_operators_share_the_load() -> None:
    found = figures(told(*(10.0 * n for n in range(12))), [], 200.0, operators=2)
    assert (found["per_10_min"], found["is_flood"]) == (6.0, False)
    assert found["judged"]["per_10_min"] == "over"


def test_figures_of_ten_minutes_an_hour_and_a_day_are_told_apart() -> None:
    found = figures(told(0.0, DAY_S - 3000.0, DAY_S - 100.0, DAY_S - 50.0), [], DAY_S)
    assert (found["per_10_min"], found["per_hour"], found["per_day"]) == (2.0, 3.0, 3.0)


def test_what_stands_for_a_day_and_what_flaps_is_named() -> None:
    old, flapping = replace(ALARM, id=2), replace(ALARM, id=3, raised_at=DAY_S, is_flapping=True)
    found = figures([], [old, flapping], DAY_S + 60.0)
    assert (found["standing"], found["stale"], found["chattering"], found["flapping"]) == (1, [2], 1, [3])


def test_the_mix_maps_severities_to_the_three_priorities() -> None:
    day = [*told(1.0, severity=Severity.CRITICAL), *told(2.0), *told(3.0, 4.0, severity=Severity.MINOR)]
    mix = figures(day, [], 100.0)["mix"]
    assert (mix["high"], mix["medium"], mix["low"]) == (0.25, 0.25, 0.5)


@pytest.mark.parametrize(
    "hidden",
    [
        pytest.param(replace(ALARM, is_test=True), id="a test"),
        pytest.param(replace(ALARM, parent_id=7), id="folded"),
        pytest.param(replace(ALARM, shelf=Shelf(0.0, "Linh", "known", 9.0)), id="shelved"),
        pytest.param(replace(ALARM, maintenance_id=1), id="out of service"),
    ],
)
def test_what_is_hidden_is_no_load(hidden: Alarm) -> None:
    log = Log()
    log.hear(hidden, 1.0)
    log.hear(ALARM, 2.0)
    assert [one.at for one in log.told] == [2.0]


def test_the_log_forgets_what_is_old() -> None:
    log = Log()
    for at in range(10):
        log.hear(ALARM, float(at))
    log.forget(4.0)
    assert [one.at for one in log.told] == [5.0, 6.0, 7.0, 8.0, 9.0]
