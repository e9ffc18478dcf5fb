"""The overview: its figures out of the board, its cards, its states."""

from __future__ import annotations

import math

import numpy as np
import pytest

from noc_console.bench.boards import board
from noc_console.model import Severity
from noc_console.views import overview_figures as of
from noc_console.views.kpi import Kpi, KpiCard, runs
from noc_console.views.overview import OverviewScreen
from noc_console.views.overview_alarms import NewestModel
from noc_console.views.overview_kpis import TITLES, kpis
from noc_console.views.state import BoardMirror
from noc_console.views.summary import summarise


@pytest.fixture
def mirror() -> BoardMirror:
    made = BoardMirror()
    made.take(board(300))
    return made


def test_percentiles_are_over_all_channels_per_minute(mirror):
    found = of.delivery(mirror)
    table = np.array([one["spark"] for one in mirror.channels.values() if one["enabled"]])
    assert found.p50[30] == pytest.approx(np.percentile(table[:, 30], 50))
    assert found.p95[59] == pytest.approx(np.percentile(table[:, 59], 95))


def test_a_minute_without_data_stays_a_gap():
    mirror = BoardMirror()
    told = board(3)
    for one in told["channels"]:
        one["spark"] = [0.1, None, 0.2]
    mirror.take(told)
    found = of.delivery(mirror)
    assert math.isnan(found.p50[58])
    assert math.isnan(found.on_time[58])
    assert found.p50[59] == pytest.approx(0.2)
    assert np.isnan(found.p50[:57]).all()


def test_segments_on_time_are_those_faster_than_they_play(mirror):
    slow = sum(one["spark"][-1] > 1.0 for one in mirror.channels.values() if one["enabled"])
    assert of.delivery(mirror).on_time[-1] == pytest.approx(1 - slow / 298)


def test_tiers_hold_all_active_channels(mirror):
    shares = of.by_tier(mirror)
    assert [share.name for share in shares] == ["Tier 1", "Tier 2"]
    assert sum(share.total for share in shares) == 298


def test_open_counts_follow_raise_and_clear():
    alarms = [{"severity": "major", "raised_at": 600.0, "cleared_at": 720.0}]
    assert of.open_counts(alarms, Severity.MAJOR, 900.0, 6) == (1.0, 1.0, 0.0, 0.0, 0.0, 0.0)


def test_an_alarm_still_open_counts_until_now():
    alarms = [{"severity": "critical", "raised_at": 850.0, "cleared_at": None}]
    assert of.open_counts(alarms, Severity.CRITICAL, 900.0, 3) == (0.0, 0.0, 1.0)


def test_the_oldest_playlist_stands_first(mirror):
    assert [one["id"] for one in of.slowest(mirror, 2)] == [87, 89]


def test_failing_requests_are_counted_by_rung(mirror):
    bad, total = of.failing(mirror)
    assert (bad, total) == (
        0,
        sum(len(s["rungs"]) for one in mirror.channels.values() if one["state"] == "ok" for s in one["inputs"]),
    )


def test_before_the_first_answer_all_figures_are_na():
    empty = BoardMirror()
    assert {kpi.figure for kpi in kpis(empty, summarise(empty), of.delivery(empty), [])} == {"n/a"}


def test_key_figures_agree_with_the_board(mirror):
    found = dict(
        zip(TITLES, kpis(mirror, summarise(mirror), of.delivery(mirror), mirror.alarms.values()), strict=True)
    )
    assert (found["Active channels"].figure, found["Active channels"].unit) == ("298", "/300")
    assert found["Critical"].figure == "1"
    assert found["Major"].note == "1 acknowledged"
    assert found["Requests failing"].figure == "0.0"


@pytest.mark.parametrize(
    ("values", "stretches"),
    [((1, 2, 3), [(0, 3)]), ((math.nan, 1, math.nan, 2, 3), [(1, 2), (3, 5)]), ((math.nan,), []), ((), [])],
)
def test_runs_break_at_gaps(values, stretches):
    assert [(run.start, run.stop) for run in runs(values)] == stretches


def test_an_abnormal_figure_has_the_bar_a_normal_one_has_no_hue(look, qtbot):
    card = KpiCard(look, "Critical")
    qtbot.addWidget(card)
    card.resize(290, 104)
    card.show_kpi(Kpi("0", "", "none", Severity.CLEARED, Severity.CRITICAL, (0.0, 0.0), None, (0.0, 3.0)))
    hue = look.severity[Severity.CRITICAL]

    def hued() -> int:
        image = card.grab().toImage()
        return sum(image.pixelColor(x, y) == hue for x in range(290) for y in range(104))

    assert hued() == 0
    card.show_kpi(Kpi("1", "", "CH_1, 48 s", Severity.CRITICAL, Severity.CRITICAL, (0.0, 1.0), None, (0.0, 3.0)))
    assert hued() > 4 * 104


def test_newest_alarms_are_a_proper_model(desk, qtmodeltester):
    desk.mirror.take(board(300))
    model = NewestModel(desk.mirror)
    model.refresh()
    qtmodeltester.check(model)
    raised = [model.alarm(row)["raised_at"] for row in range(model.rowCount())]
    assert raised == sorted(raised, reverse=True)


@pytest.mark.parametrize("size", [(1864, 1000), (1318, 696)])
def test_the_screen_draws_every_card_in_every_state(desk, qtbot, size):
    screen = OverviewScreen(desk)
    qtbot.addWidget(screen)
    screen.resize(*size)
    screen.show()
    screen.refresh()
    loading = screen.grab().toImage()
    desk.mirror.take(board(300))
    screen.refresh()
    alive = screen.grab().toImage()
    desk.mirror.lose("gone")
    screen.show_now()
    lost = screen.grab().toImage()
    assert loading != alive != lost
    for card in (*screen.kpis, screen.delivery, screen.shares, screen.system, screen.newest, screen.history):
        assert card.isVisible()
        assert card.width() > 150
