"""A tile's line after a restart is the history's last hour."""

from __future__ import annotations

from noc_console.agent.sparks import spark
from noc_console.history import SeriesAnswer

END = 1_790_000_040.0 // 60 * 60
LENGTH = SeriesAnswer("s", ((END, 2.0, 2.0, 2.0, 9),))


def test_each_minute_has_its_own_value_and_a_hole_stays_one() -> None:
    loads = SeriesAnswer("s", ((END - 3590, 0.1, 0.5, 0.9, 2), (END - 130, 1, 1.0, 1, 1), (END - 125, 3, 3.0, 3, 1)))
    values = spark(loads, LENGTH, END)
    assert len(values) == 60
    assert values[0] == 0.25
    assert values[57] == 1.0
    assert [value for value in values if value is not None] == [0.25, 1.0]


def test_without_a_duration_nothing_is_drawn() -> None:
    assert set(spark(SeriesAnswer("s", ((END - 5, 1, 1, 1, 1),)), SeriesAnswer("s"), END)) == {None}
