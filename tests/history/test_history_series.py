"""Curves are the same wherever their samples lie: open, sealed, by raster, hourly."""

from __future__ import annotations

import numpy as np
import pytest

from noc_console.history import SeriesQuery, Tick
from noc_console.history.sealing import seal_windows
from noc_console.settings import Settings

METRIC = "segment.download_s"
HOUR = 3600.0


@pytest.fixture
def settings(tmp_path):
    return Settings(db=tmp_path / "local.db", request_values_h=6, aggregates_d=1, event_reserve_bytes=0)


class Truth:
    """Samples of three rungs every 6 s, committed and remembered."""

    def __init__(self, history, clock):
        self.history, self.clock = history, clock
        self.start = clock.at
        self.ids = np.array([history.series_id(1, rung, METRIC) for rung in "abc"], "u4")
        self.noise = np.random.default_rng(7)
        self.times: list[float] = []
        self.values: list[np.ndarray] = []

    async def run(self, seconds: float, each_s: float = 6.0) -> None:
        end = self.clock.at + seconds
        while self.clock.at < end:
            self.clock.at += each_s
            values = self.noise.integers(50, 900, 3) / 1000
            self.times.append(self.clock.at)
            self.values.append(values)
            tick = Tick(self.clock.at, self.ids, np.full(3, self.clock.at), values.astype("f4"))
            await self.history.commit(tick, ())
        await self.history.settle()

    def between(self, start, end, rung=0):
        times, values = np.array(self.times), np.array(self.values)[:, rung]
        inside = (times >= start) & (times < end)
        return times[inside], values[inside]


@pytest.fixture
async def truth(desk):
    return Truth(await desk.open(), desk.clock)


async def ask(truth, start, end, points=20_000, rung="a"):
    return await truth.history.series(SeriesQuery(1, METRIC, start, end, rung, points))


async def test_samples_are_given_one_by_one_while_they_fit_open_and_sealed_alike(truth):
    await truth.run(3 * HOUR)
    assert [w.start for w in truth.history._recorder.sealed] == [truth.start]
    answer = await ask(truth, truth.start, truth.clock.at + 1)
    times, values = truth.between(0, 1e12)
    assert [p[0] for p in answer.points] == pytest.approx(times.tolist(), abs=0.001)
    assert [p[2] for p in answer.points] == pytest.approx(values.tolist(), abs=0.0005)
    assert {p[4] for p in answer.points} == {1}
    assert answer.gaps == ()
    assert answer.unit == "s"


@pytest.mark.parametrize("points", [7, 900])
async def test_buckets_hold_minimum_mean_maximum_and_count(truth, points):
    await truth.run(3 * HOUR)
    start, end = truth.start, truth.start + 3 * HOUR
    answer = await ask(truth, start, end, points)
    assert len(answer.points) <= points
    assert sum(p[4] for p in answer.points) == len(truth.between(start, end)[0])
    width = (end - start) / points
    for at, low, mean, high, n in answer.points[1:-1]:
        _, values = truth.between(at - width / 2 - 300, at + width / 2 + 300)
        assert values.min() - 0.001 <= low <= mean <= high <= values.max() + 0.001
        assert n > 0
    _, values = truth.between(start, end)
    total = sum(p[2] * p[4] for p in answer.points)
    assert total / len(values) == pytest.approx(values.mean(), abs=1e-4)
    assert min(p[1] for p in answer.points) == pytest.approx(values.min(), abs=0.0005)
    assert max(p[3] for p in answer.points) == pytest.approx(values.max(), abs=0.0005)


async def test_old_values_keep_their_extremes_and_mean_by_a_raster_of_thirty_seconds(truth):
    await truth.run(2 * HOUR)
    await truth.run(9 * HOUR, each_s=60)
    assert truth.history._recorder.sealed[0].step_s == 30
    answer = await ask(truth, truth.start + 600, truth.start + 1200)
    assert len(answer.points) == 20
    for at, low, mean, high, n in answer.points:
        _, values = truth.between(at - 15, at + 15)
        assert n == len(values)
        assert (low, mean, high) == pytest.approx((values.min(), values.mean(), values.max()), abs=0.001)


async def test_what_is_too_old_for_the_raster_is_told_by_the_hour(truth):
    await truth.run(2 * HOUR)
    await truth.run(30 * HOUR, each_s=60)
    assert truth.history._recorder.sealed[0].start > truth.start
    answer = await ask(truth, truth.start, truth.start + 2 * HOUR)
    assert [p[0] for p in answer.points] == [truth.start + HOUR / 2, truth.start + 1.5 * HOUR]
    _, values = truth.between(truth.start, truth.start + HOUR)
    assert answer.points[0][1:4] == pytest.approx((values.min(), values.mean(), values.max()), abs=0.001)
    assert answer.points[0][4] == len(values)
    rows = [w.start for w in truth.history._recorder.sealed]
    with truth.history._store.engine.connect() as connection:
        (count,) = connection.exec_driver_sql(
            "SELECT count(*) FROM blocks WHERE block_id < ?", ((rows[0] // 60) << 32,)
        ).one()
    assert count == 0


async def test_all_rungs_fold_into_one_curve(truth):
    await truth.run(600)
    answer = await ask(truth, truth.start, truth.start + 606, points=1, rung="*")
    everything = np.array(truth.values)
    (point,) = answer.points
    assert point[4] == everything.size
    assert point[1:4] == pytest.approx((everything.min(), everything.mean(), everything.max()), abs=1e-3)


async def test_an_unknown_series_is_an_empty_curve_with_a_gap(truth):
    await truth.run(60)
    answer = await ask(truth, truth.start, truth.start + 60, rung="nobody")
    assert answer.points == ()
    assert answer.gaps == ((truth.start, truth.start + 60, "no data"),)


async def test_a_pause_is_no_data_and_a_stopped_agent_is_not_recorded(desk, truth):
    await truth.run(600)
    silent_from = truth.clock.at
    truth.clock.at += 200
    await truth.run(300)
    stopped = truth.clock.at
    await desk.close()
    truth.clock.at += 100
    truth.history = await desk.open()
    again = truth.clock.at
    await truth.run(300)

    answer = await ask(truth, truth.start, truth.clock.at)
    assert answer.gaps == (
        (silent_from, pytest.approx(silent_from + 206), "no data"),
        (stopped, again, "not recorded"),
    )


async def test_the_open_window_is_there_again_after_a_restart(desk, truth):
    await truth.run(1.5 * HOUR)
    before = await ask(truth, truth.start, truth.clock.at)
    await desk.close()
    truth.history = await desk.open()
    assert (await ask(truth, truth.start, truth.clock.at)).points == before.points


async def test_sealing_that_was_interrupted_is_done_again_and_nothing_is_twice(desk, truth):
    await truth.run(1.9 * HOUR)
    truth.clock.at += HOUR
    recorder = truth.history._recorder
    job = seal_windows(recorder, [int(truth.start)])
    next(job)  # the blocks are written, the window is not yet said to be sealed
    assert recorder.sealed == ()
    await desk.close()
    truth.history = await desk.open()
    await truth.history.settle()

    answer = await ask(truth, truth.start, truth.start + 2 * HOUR)
    assert sum(p[4] for p in answer.points) == len(truth.times)
    assert len(truth.history._recorder.sealed) == 1


async def test_samples_that_come_after_their_window_was_sealed_join_it(truth, make_tick):
    await truth.run(3 * HOUR)
    late = truth.start + 1000.5
    tick = make_tick(truth.clock.at, (int(truth.ids[0]), late, 0.777))
    await truth.history.commit(tick, ())
    seen_open = await ask(truth, late - 10, late + 10)
    await truth.history.settle()
    seen_sealed = await ask(truth, late - 10, late + 10)
    assert (late, pytest.approx(0.777, abs=0.0005)) in [(p[0], p[2]) for p in seen_open.points]
    assert [p[0] for p in seen_sealed.points] == [p[0] for p in seen_open.points]
    assert len((await ask(truth, truth.start, truth.start + 2 * HOUR, rung="b")).points) == len(
        truth.between(truth.start, truth.start + 2 * HOUR, 1)[0]
    )


@pytest.mark.parametrize("restarts", [False, True], ids=["running", "after a restart"])
@pytest.mark.parametrize("order", ["max", "min", "mean"])
async def test_the_ranking_is_right_over_sealed_and_open_hours(desk, truth, order, restarts, make_tick):
    await truth.run(2.5 * HOUR, each_s=24)
    if restarts:
        await desk.close()
        truth.history = await desk.open()
    await truth.run(2 * HOUR, each_s=24)
    late = truth.start + 1800.5  # a sample for a window that was sealed long ago
    truth.values.append(np.array([2.0, truth.values[0][1], truth.values[0][2]]))
    rows = [(int(number), late, value) for number, value in zip(truth.ids, truth.values[-1], strict=True)]
    await truth.history.commit(make_tick(truth.clock.at, *rows), ())
    await truth.history.settle()
    await truth.run(600)
    rows = await truth.history.top(METRIC, truth.start, truth.clock.at, 2, order)
    values = np.array(truth.values)
    figures = {"max": -values.max(0), "min": values.min(0), "mean": -values.mean(0)}[order]
    assert sorted(figures)[:2] == pytest.approx([figures["abc".index(row.rung)] for row in rows])
    for row in rows:
        column = values[:, "abc".index(row.rung)]
        assert row.n == len(column)
        assert (row.min, row.mean, row.max) == pytest.approx((column.min(), column.mean(), column.max()), abs=0.001)


async def test_a_day_s_ranking_needs_no_row_after_a_restart_once_the_hours_are_recalled(desk, truth):
    await truth.run(4.5 * HOUR, each_s=60)
    before = await truth.history.top(METRIC, truth.start, truth.clock.at, 3)
    await desk.close()
    truth.history = await desk.open()
    assert truth.history._store.windows.whole_hours == {}
    from_rows = await truth.history.top(METRIC, truth.start, truth.clock.at, 3)
    await truth.history.settle()
    assert min(truth.history._store.windows.whole_hours) <= truth.start
    from_memory = await truth.history.top(METRIC, truth.start, truth.clock.at, 3)
    assert [(r.rung, r.n, r.min, r.max) for r in before] == [(r.rung, r.n, r.min, r.max) for r in from_rows]
    assert [(r.rung, r.n, r.min, r.max) for r in from_rows] == [(r.rung, r.n, r.min, r.max) for r in from_memory]
    assert [r.mean for r in from_memory] == pytest.approx([r.mean for r in before], rel=1e-6)


async def test_a_forecast_is_told_once_something_is_sealed(truth):
    await truth.run(3 * HOUR)
    await truth.run(20)
    assert truth.history.state.forecast_bytes > truth.history.state.db_bytes / 10
