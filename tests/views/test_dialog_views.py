"""Add, edit and import channels, and the lab's panel, against an agent on loopback."""

from __future__ import annotations

from pathlib import Path

import canned_story as story
import pytest
from canned_agent import serving, settled
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLabel, QStyleOptionViewItem, QWidget

from noc_console.model import Severity
from noc_console.views.add_channel import AddChannelScreen
from noc_console.views.desk import Desk
from noc_console.views.drawer_choice import Figure
from noc_console.views.edit_channel_inputs import inputs_of
from noc_console.views.edit_channel_values import (
    Values,
    body,
    complaint,
    from_catalogue,
    from_url,
    named,
    with_proposal,
)
from noc_console.views.import_channels import ImportScreen
from noc_console.views.import_model import ImportDelegate, ImportModel
from noc_console.views.import_rows import Row, rows, summary
from noc_console.views.lab_panel import LabScreen
from noc_console.views.lab_panel_list import RunningList
from noc_console.views.lab_panel_values import fitting, running
from noc_console.views.theme import Theme

URL = "https://edge.example/live/news-1/master.m3u8"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (URL, "News 1"),
        ("https://a.example/hls/sport4k.m3u8", "Sport 4k"),
        ("https://cdn.example/master.m3u8", "Cdn Example"),
        ("https://x.example/VTV1/index.mpd?token=1", "VTV1"),
        ("http://[broken", ""),
    ],
)
def test_a_channel_is_named_after_the_telling_part_of_its_url(url: str, name: str) -> None:
    assert named(url) == name


def test_a_proposal_fills_what_the_operator_has_not_touched() -> None:
    start = Values(**{**{name: getattr(from_url(URL), name) for name in ("url", "code", "name")}, "segment_s": 5.0})
    proposed = with_proposal(start, story.inspection()["proposal"], frozenset({"segment_s"}))
    assert (proposed.segment_s, proposed.rungs, proposed.kind) == (5.0, "1080p50@6.0M, 720p50@3.0M", "hls")


def test_editing_keeps_the_other_inputs_and_the_masked_secrets() -> None:
    known = story.catalogue_channel()
    values = from_catalogue(known)
    sent = body(values, inputs_of(known).kept(values).rows)
    assert [one["id"] for one in sent["inputs"]] == [10, 11]
    assert sent["inputs"][0]["access"]["headers"] == {"Authorization": "***"}
    assert sent["inputs"][0]["expected"]["rungs"] == list(story.RUNGS[:2])


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (Values(url="ftp://x"), "URL"),
        (Values(url=URL), "code"),
        (Values(url=URL, code="X"), "name"),
        (Values(url=URL, code="X", name="Y"), ""),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(values: Values, word: str) -> None:
    assert word in complaint(values)
    assert bool(complaint(values)) is bool(word)


@pytest.mark.parametrize(
    ("typed", "value"), [("4", 4.0), ("2,5 s", 2.5), ("abc", 0.1), ("900", 60.0), ("", 0.1), ("nan", 0.1)]
)
def test_a_figure_is_always_within_its_bounds(look: Theme, typed: str, value: float) -> None:
    figure = Figure(0.1, 60, 2, "s")
    figure.setText(typed)
    assert figure.value() == value
    figure.close()


async def test_one_url_becomes_a_channel(desk: Desk) -> None:
    async with serving(desk) as agent:
        screen = AddChannelScreen(desk)
        screen.open(0)
        await settled(desk)
        QTest.keyClicks(screen.url, URL)
        screen._inspect.trigger()
        await settled(desk)
        assert screen.form.code.text() == "CH_OTT_NEWS_1"
        assert screen.form.segment_s.value() == 4.0
        said: list[str] = []
        desk.ways.say.connect(said.append)
        screen._save.trigger()
        await settled(desk)
        method, path, sent = agent.told[-1]
        assert (method, path) == ("POST", "/channels")
        assert (sent["code"], sent["inputs"][0]["url"], sent["inputs"][0]["kind"]) == ("CH_OTT_NEWS_1", URL, "hls")
        assert said == ["CH_OTT_NEWS_1 is saved and measured."]
        screen.close()


async def test_an_unreachable_url_is_one_plain_sentence(desk: Desk) -> None:
    async with serving(desk) as agent:
        agent.answers["/inspect/job-1"] = {"state": "failed", "progress": 0, "message": "edge.example is not known."}
        screen = AddChannelScreen(desk)
        screen.url.setText(URL)
        screen._inspect.trigger()
        await settled(desk)
        assert screen.meter.text == "edge.example is not known."
        screen.close()


def test_what_is_no_url_is_not_even_asked(desk: Desk) -> None:
    screen = AddChannelScreen(desk)
    screen.url.setText("edge.example/x")
    screen._inspect.trigger()
    assert screen.meter.text == "The URL must begin with http:// or https://."
    screen.close()


async def test_delete_asks_in_the_same_row_first(desk: Desk) -> None:
    async with serving(desk) as agent:
        screen = AddChannelScreen(desk)
        screen.open(1)
        await settled(desk)
        assert screen.title.text() == "Edit CH_TV_4K_001"
        screen.life.remove.click()
        assert not agent.told
        assert screen.close_drawer()
        screen.life.remove.click()
        screen.life.yes.click()
        await settled(desk)
        assert agent.told == [("DELETE", "/channels/1?purge=true", "")]
        screen.close()


async def test_a_channel_can_be_disabled(desk: Desk) -> None:
    async with serving(desk) as agent:
        screen = AddChannelScreen(desk)
        screen.open(1)
        await settled(desk)
        screen.life.switch.click()
        await settled(desk)
        assert [path for _, path, _ in agent.told] == ["/channels/1/disable"]
        screen.close()


def test_an_import_shows_wrong_lines_first_then_changes_then_new_ones() -> None:
    assert rows(story.import_answer()) == (
        Row("!", "line 7", "input_url: the URL must begin with http:// or https:// and name a host."),
        Row("~", "CH_TV_4K_001", "tier: 2 → 1"),
        Row(
            "+",
            "CH_OTT_NEWS_1",
            "News 1, tier 1, https://edge.example/live/1/master.m3u8, https://hcm.example/live/1/master.m3u8",
        ),
    )
    assert summary(story.import_answer(), is_dry=True) == "1 to add, 1 to change, 3 the same, 1 wrong, left out"


def test_the_import_model_keeps_its_promises() -> None:
    model = ImportModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_rows(rows(story.import_answer()))
    model.show_rows(())
    assert tester.model() is model


def test_a_wrong_line_has_the_major_glyph(look: Theme) -> None:
    model = ImportModel()
    model.show_rows((Row("!", "line 7", "wrong"),))
    image = QImage(40, 28, QImage.Format.Format_RGB32)
    image.fill(look.colours.panel)
    option = QStyleOptionViewItem()
    option.rect = image.rect()
    painter = QPainter(image)
    ImportDelegate(look).paint(painter, option, model.index(0, 0))
    painter.end()
    assert image.pixelColor(15, 18) == look.severity[Severity.MAJOR]


async def test_an_import_is_applied_only_after_it_was_checked(desk: Desk, tmp_path: Path) -> None:
    list_ = tmp_path / "list.csv"
    list_.write_text("code,url\nCH_A,https://a.example/a.m3u8\n", encoding="utf-8")
    async with serving(desk) as agent:
        screen = ImportScreen(desk)
        assert not screen._apply.isEnabled()
        screen.read_file(list_)
        await settled(desk)
        assert screen._apply.isEnabled()
        screen.text.appendPlainText("CH_B,https://b.example/b.m3u8")
        assert not screen._apply.isEnabled()
        screen._check.trigger()
        await settled(desk)
        screen._apply.trigger()
        await settled(desk)
        dry = [path.rpartition("=")[2] for _, path, _ in agent.told]
        assert dry == ["true", "true", "false"]
        assert "CH_B" in agent.told[-1][2]
        screen.close()


def test_a_file_that_is_not_there_is_one_sentence(desk: Desk, tmp_path: Path) -> None:
    screen = ImportScreen(desk)
    screen.read_file(tmp_path / "none.csv")
    assert screen.meter.text.startswith("none.csv cannot be read")
    screen.close()


def test_only_fitting_faults_are_offered() -> None:
    state = story.lab()
    assert [fault["fault"] for fault in fitting(state["faults"], state["channels"][0])] == ["stale-playlist"]


def test_running_faults_count_down() -> None:
    [one] = running(story.lab())
    assert (one.title, one.left_s(story.NOW), one.left_s(story.NOW + 100)) == ("The playlist stands still", 40, 0)


def test_a_fault_that_is_over_leaves_the_list(look: Theme) -> None:
    shown = RunningList(look)
    shown.show_faults(running(story.lab()), story.NOW)
    assert shown.chosen_id == "1"
    shown.show_faults(running(story.lab()), story.NOW + 60)
    assert shown.chosen_id == ""
    shown.close()


async def test_a_fault_is_started_and_ended_through_the_agent(desk: Desk) -> None:
    desk.mirror.take(story.board())
    async with serving(desk) as agent:
        screen = LabScreen(desk)
        screen.refresh()
        await settled(desk)
        screen.refresh()
        screen._begin.trigger()
        await settled(desk)
        screen._end.trigger()
        await settled(desk)
        wanted = {"channel": "CH_OTT_DEMO_001", "fault": "stale-playlist", "seconds": 60.0, "rung": ""}
        assert agent.told == [("POST", "/lab/faults", wanted), ("DELETE", "/lab/faults/1", "")]
        screen.close()


def _screens(desk: Desk) -> list[QWidget]:
    return [AddChannelScreen(desk), ImportScreen(desk), LabScreen(desk)]


def test_every_label_with_a_mark_is_a_buddy(desk: Desk) -> None:
    for screen in _screens(desk):
        marked = [label for label in screen.findChildren(QLabel) if "&" in label.text()]
        assert marked
        assert all(label.buddy() is not None for label in marked)
        screen.close()


def test_every_action_has_a_name(desk: Desk) -> None:
    for screen in _screens(desk):
        assert all(action.text() for action in screen.actions())
        screen.close()
