"""Who stands in the penalty box, in which order, and how a row looks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from noc_console.bench.boards import board
from noc_console.model import Severity
from noc_console.views.penalty import PenaltyBox
from noc_console.views.penalty_model import PenaltyModel, Row, ranked


def test_the_model_keeps_qts_rules(desk, qtmodeltester):
    desk.mirror.take(board(300))
    model = PenaltyModel(desk.mirror)
    model.rank()
    qtmodeltester.check(model)
    model.rank()
    desk.mirror.lose("gone")
    model.rank()


def test_severity_then_unacknowledged_then_tier_then_age(desk):
    desk.mirror.take(board(300))
    ill = [desk.mirror.channels[place.channel_id] for place in ranked(desk.mirror) if place.kind is Row.ILL]
    ranks = [(-Severity(one["severity"]).rank, one["acknowledged"], one["tier"], one["since"]) for one in ill]
    assert ranks == sorted(ranks)
    assert ill[0]["id"] == 87


def test_channels_nobody_measures_follow_under_their_own_heading(desk):
    desk.mirror.take(board(300))
    kinds = [place.kind for place in ranked(desk.mirror)]
    assert kinds[-3:] == [Row.HEADING, Row.DARK, Row.DARK]


def test_next_ill_goes_round(desk):
    desk.mirror.take(board(300))
    model = PenaltyModel(desk.mirror)
    model.rank()
    first = model.next_ill(0)
    seen = [first]
    while (following := model.next_ill(seen[-1])) != first:
        seen.append(following)
    assert len(seen) == 12
    assert model.next_ill(4711) == first


def test_a_healthy_board_has_an_empty_box(desk, qtbot):
    told = board(5)
    told["channels"] = told["channels"][1:5]
    desk.mirror.take(told)
    box = PenaltyBox(desk)
    qtbot.addWidget(box)
    box.refresh()
    assert box.model.rowCount() == 0
    assert box.model.next_ill(0) == 0


@pytest.fixture
def box(desk, qtbot):
    desk.mirror.take(board(300))
    made = PenaltyBox(desk)
    qtbot.addWidget(made)
    made.resize(360, 900)
    made.refresh()
    made.show()
    return made


def test_a_row_carries_bar_shape_and_tint(box, look):
    image = box.list.viewport().grab().toImage()
    assert image.pixelColor(1, 30) == look.severity[Severity.CRITICAL]
    assert image.pixelColor(200, 50) == look.colours.critical_tint
    assert image.pixelColor(1, 90) == look.severity[Severity.MAJOR]


def test_choosing_a_row_tells_the_channel(box, qtbot):
    place = box.list.visualRect(box.model.index(1, 0)).center()
    with qtbot.waitSignal(box.chosen) as chosen:
        qtbot.mouseClick(box.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [box.model.place(1).channel_id]
