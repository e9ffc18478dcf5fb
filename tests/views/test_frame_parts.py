"""The parts of the frame: counts, banner, fuzzy finding, key card, bars."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from noc_console.bench.boards import board
from noc_console.model import Severity
from noc_console.views import notices
from noc_console.views.banner import Banner, Notice
from noc_console.views.finds import everything
from noc_console.views.fuzzy import best, score
from noc_console.views.palette import FindModel
from noc_console.views.state import BoardMirror
from noc_console.views.statusline import StatusLine
from noc_console.views.summary import summarise
from noc_console.views.topbar import TopBar


def mirror_of(**agent) -> BoardMirror:
    mirror = BoardMirror()
    told = board(3)
    told["agent"] = {**told["agent"], **agent}
    mirror.take(told)
    return mirror


class TestSummary:
    def test_channels_are_counted_once_by_their_worst_alarm(self):
        mirror = BoardMirror()
        mirror.take(board(300))
        summary = summarise(mirror)
        assert summary.channels[Severity.CRITICAL] == 1
        assert summary.channels[Severity.MAJOR] == 3
        assert summary.acknowledged[Severity.MAJOR] == 1
        assert summary.channels[Severity.INDETERMINATE] == 2
        assert sum(summary.channels.values()) == summary.active == 298

    def test_disabled_channels_are_not_active(self):
        mirror = BoardMirror()
        mirror.take(board(300))
        assert summarise(mirror).disabled == 2

    def test_load_counts_alarms_of_ten_minutes(self):
        mirror = BoardMirror(monotonic=lambda: 0.0)
        mirror.take(board(300))
        recent = [one for one in mirror.alarms.values() if mirror.now() - one["raised_at"] <= 600]
        assert summarise(mirror).load == len(recent) == 6

    def test_recording_is_unknown_while_the_agent_is_lost(self):
        mirror = mirror_of()
        assert summarise(mirror).is_recording is True
        mirror.lose("gone")
        assert summarise(mirror).is_recording is None


class TestNotices:
    def test_nothing_is_said_while_all_is_well(self):
        assert notices.standing(mirror_of()) is None

    def test_a_lost_agent_is_the_gravest(self):
        mirror = mirror_of(recording={"state": "not_recorded", "text": "disk full"})
        mirror.lose("The agent was killed by signal 9; it is being started again.")
        assert notices.standing(mirror).text.startswith("The agent was killed")

    def test_not_recorded_is_said_with_its_reason(self):
        notice = notices.standing(mirror_of(recording={"state": "not_recorded", "text": "The disk is full."}))
        assert notice.text == "NOT RECORDED: The disk is full. Measuring and alarms go on."
        assert notice.severity is Severity.CRITICAL

    def test_the_reason_does_not_say_it_twice(self):
        said = {"state": "not_recorded", "text": "Not recorded: the disk is full."}
        assert notices.standing(mirror_of(recording=said)).text.startswith("NOT RECORDED: the disk is full. ")

    def test_what_befell_the_agent_is_told_for_two_minutes(self):
        mirror = mirror_of()
        at = mirror.now()
        resumed = {"at": at - 100, "kind": "RecordingResumed", "text": "Recording again. Not recorded: …"}
        stopped = {"at": at - 130, "kind": "RecordingStopped", "text": "Not recorded: the disk is full."}
        mirror = mirror_of(news=[stopped, resumed])
        assert notices.standing(mirror).text.startswith("Recording again: ")
        assert notices.standing(mirror).text.endswith(" was not recorded.")
        assert notices.standing(mirror_of(news=[{**stopped, "at": at - 999}])) is None

    def test_a_replaced_worker_is_told(self):
        worker = {"slot": 0, "state": "replaced", "inputs": 20}
        assert "replaced" in notices.standing(mirror_of(workers=[worker])).text

    def test_a_wrong_clock_is_told_only_with_three_witnesses(self):
        assert notices.standing(mirror_of(clock={"offset_s": 9.0, "hosts": 2})) is None
        assert notices.standing(mirror_of(clock={"offset_s": None, "hosts": 0})) is None
        assert "9.0 s" in notices.standing(mirror_of(clock={"offset_s": 9.0, "hosts": 3})).text


class TestFuzzy:
    @pytest.mark.parametrize("wanted", ["hd087", "HD_087", "087", "ch tv 087", "sport"])
    def test_a_few_letters_find_the_channel(self, wanted):
        things = [f"CH_TV_HD_{number:03d} News" for number in range(80, 95)]
        things[7] = "CH_TV_HD_087 Sport 7"
        assert best(wanted, things, key=str, count=3)[0] == "CH_TV_HD_087 Sport 7"

    def test_a_missing_letter_does_not_fit(self):
        assert score("xq", "CH_TV_HD_087") == -1

    def test_nothing_wanted_shows_all_in_order(self):
        assert best("  ", ["b", "a"], key=str, count=9) == ["b", "a"]


def test_finds_are_a_proper_model(desk, qtmodeltester):
    desk.mirror.take(board(30))
    model = FindModel()
    model.show(everything(desk, []))
    assert model.rowCount() == 30 + 2
    qtmodeltester.check(model)


def test_the_banner_has_bar_sentence_and_one_action(look, qtbot):
    banner = Banner(look)
    qtbot.addWidget(banner)
    banner.resize(800, 32)
    assert not banner.isVisible()
    banner.tell(Notice("The agent does not answer.", Severity.CRITICAL, "Try now"))
    assert banner.grab().toImage().pixelColor(1, 16) == look.severity[Severity.CRITICAL]
    with qtbot.waitSignal(banner.acted):
        qtbot.mouseClick(banner.findChild(QWidget), Qt.MouseButton.LeftButton)
    assert not banner.isVisible()


def test_the_top_bar_shows_a_critical_in_colour_and_zero_in_grey(desk, qtbot, look):
    def has_hue() -> bool:
        image = bar.grab().toImage()
        hue = look.severity[Severity.CRITICAL]
        return any(image.pixelColor(x, y) == hue for x in range(500, 900) for y in range(12, 36))

    bar = TopBar(desk)
    qtbot.addWidget(bar)
    bar.resize(1920, 48)
    desk.mirror.take(board(3))
    bar.refresh()
    assert not has_hue()
    desk.mirror.take(board(300, rev=2))
    bar.refresh()
    assert has_hue()


def test_the_demo_button_is_there_only_with_demo_channels(desk, qtbot):
    bar = TopBar(desk)
    qtbot.addWidget(bar)
    bar.resize(1920, 48)
    told = board(2)
    desk.mirror.take(told)
    bar.refresh()
    button = bar.findChild(QWidget)
    assert button.isHidden()
    desk.mirror.take({**told, "rev": 2, "channels": [{**told["channels"][0], "demo": True}]})
    bar.refresh()
    assert not button.isHidden()
    with qtbot.waitSignal(bar.removeDemo):
        button.click()


@pytest.mark.parametrize("width", [1366, 1600, 1920])
@pytest.mark.parametrize("fault", ["", "The disk is full and has been full for quite a while now"])
def test_nothing_in_the_top_bar_runs_into_the_clocks(desk, qtbot, width, fault):
    bar = TopBar(desk)
    qtbot.addWidget(bar)
    bar.resize(width, 48)
    told = board(30)
    told["channels"][0]["demo"] = True
    if fault:
        told["agent"]["recording"] = {**told["agent"]["recording"], "state": "not_recorded", "text": fault}
    desk.mirror.take(told)
    bar.refresh()
    bar.grab()
    assert bar.findChild(QWidget).geometry().right() < bar.clocks_left


def test_the_status_line_tells_when_data_are_old(desk, qtbot):
    now = [0.0]
    desk.mirror.monotonic = lambda: now[0]
    line = StatusLine(desk)
    qtbot.addWidget(line)
    now[0] = 1.0
    desk.mirror.take(board(3))
    line.refresh("")
    fresh = line.text
    now[0] = 61.0
    line.refresh("")
    assert "ago" not in fresh
    assert line.text.endswith("1 m 00 s ago")


def test_painting_does_not_lose_references_to_none(desk, qtbot):
    # PySide6 6.12.0 on Python 3.10 and 3.11 gives None away for nothing and aborts; 3.12 made None immortal
    bar = TopBar(desk)
    qtbot.addWidget(bar)
    desk.mirror.take(board(3))
    bar.refresh()
    before = sys.getrefcount(None)
    for _ in range(300):
        bar.grab()
    assert sys.getrefcount(None) > before - 200
