"""The channel page: way of the signal, ladder, waterfall, playlist with findings, charts fed by an agent."""

from __future__ import annotations

import canned_story as story
import numpy as np
import pytest
from canned_agent import serving, settled
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QStyleOptionViewItem

from noc_console.model import Severity
from noc_console.views.alarm_acts import Act
from noc_console.views.channel import ChannelScreen
from noc_console.views.channel_charts import chart_specs, short_names
from noc_console.views.channel_path import PathRow, steps
from noc_console.views.channel_series import SeriesFeed
from noc_console.views.charts.spec import CurveSpec
from noc_console.views.desk import Desk
from noc_console.views.drawer_sheet import Item, Sheet
from noc_console.views.ladder import LadderModel
from noc_console.views.ladder_delegate import LadderDelegate
from noc_console.views.playlist_text import Part, compared, differences, part_of, plain
from noc_console.views.playlist_view import LineFinding, PlaylistView
from noc_console.views.theme import Theme
from noc_console.views.waterfall import Limit, Waterfall, request, top_s


def _ladder() -> LadderModel:
    model = LadderModel()
    model.show_input(story.ill_channel()["inputs"][0])
    return model


def test_only_layers_with_inputs_are_live_and_the_first_ill_one_is_marked() -> None:
    shown = steps(story.ill_channel(), "ok")
    assert [bool(step.input_id) for step in shown] == [False, False, True, False, True, False]
    assert [step.is_first_ill for step in shown] == [False, False, True, False, False, False]
    assert shown[0].text == "not measured"


def test_a_lost_link_marks_every_measured_layer_as_lost() -> None:
    shown = steps(story.ill_channel(), "lost")
    assert [step.text for step in shown if step.input_id] == ["link lost", "link lost"]


def test_the_ill_layer_is_lit_and_an_unmeasured_one_is_not(desk: Desk) -> None:
    row = PathRow(desk)
    row.resize(1400, 56)
    row.show_steps(steps(story.ill_channel(), "ok"), 10)
    image = row.grab().toImage()
    ill, unmeasured = row.box(2), row.box(0)
    assert image.pixelColor(int(ill.left()) + 2, 28) == desk.theme.severity[Severity.MAJOR]
    assert image.pixelColor(int(ill.left()) + 10, 10) == desk.theme.colours.major_tint
    assert image.pixelColor(int(unmeasured.left()) + 10, 10) == desk.theme.colours.panel
    row.close()


def test_the_arrow_keys_go_from_one_measured_layer_to_the_next(desk: Desk) -> None:
    row = PathRow(desk)
    row.show_steps(steps(story.ill_channel(), "ok"), 10)
    chosen: list[int] = []
    row.chosen.connect(chosen.append)
    QTest.keyClick(row, Qt.Key.Key_Right)
    assert chosen == [11]
    row.close()


def test_the_ladder_keeps_its_promises_and_takes_another_ladder() -> None:
    model = LadderModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_input(story.ill_channel()["inputs"][0])
    model.show_input(story.input_(10, rungs=[story.rung(0)]))
    assert tester.model() is model
    assert model.rowCount() == 1


def test_the_ladder_colours_only_the_value_at_fault() -> None:
    model = _ladder()
    ill = {
        (row, column): model.cell(row, column).severity
        for row in range(5)
        for column in range(1, 7)
        if model.cell(row, column).severity is not Severity.CLEARED
    }
    assert ill == {(0, 5): Severity.MAJOR, (0, 6): Severity.MAJOR, (1, 6): Severity.MAJOR}
    assert [model.cell(0, column).text for column in range(7)] == [
        "1080p50",
        "AVC",
        "6.0",
        "4.1",
        "6.0",
        "4.78",
        "2.1",
    ]


def test_a_rung_never_seen_has_no_zero() -> None:
    model = LadderModel()
    model.show_input(story.input_(1, rungs=[{**story.rung(0), "metrics": {}}]))
    assert [model.cell(0, column).text for column in range(3, 7)] == ["n/a"] * 4


def test_the_ladder_paints_the_severity_of_an_ill_rung_and_none_for_a_calm_one(look: Theme) -> None:
    model = _ladder()
    delegate = LadderDelegate(look)
    hue = look.severity[Severity.MAJOR]
    seen = []
    for row in (0, 2):
        image = QImage(120, 28, QImage.Format.Format_RGB32)
        image.fill(look.colours.panel)
        option = QStyleOptionViewItem()
        option.rect = image.rect()
        painter = QPainter(image)
        delegate.paint(painter, option, model.index(row, 0))
        painter.end()
        seen.append(any(image.pixelColor(x, y) == hue for x in range(40) for y in range(28)))
    assert seen == [True, False]


def test_the_waterfall_paints_beyond_the_limit_in_the_limits_colour(look: Theme) -> None:
    waterfall = Waterfall(look)
    waterfall.resize(500, 320)
    row = {"uri": "/a/seg_1.ts", "status": 200, "ttfb_s": 0.2, "body_s": 3.6, "total_s": 3.8, "duration_s": 6.0}
    waterfall.show_requests([request(row)], Limit(2.0, Severity.MAJOR))
    image = waterfall.grab().toImage()
    y = 26 + 13
    start, end = 104, 500 - 62 - 12
    within, beyond = (int(start + seconds / 4 * (end - start)) for seconds in (1.5, 3.0))
    assert image.pixelColor(within, y) == waterfall.phase_colours()[4]
    assert image.pixelColor(beyond, y) == look.severity[Severity.MAJOR]
    waterfall.close()


def test_a_failed_request_says_its_status_instead_of_a_time() -> None:
    assert request({"uri": "/a/seg_1.ts", "status": 404, "total_s": 0.1}).error == "HTTP 404"


@pytest.mark.parametrize(
    ("total", "limit", "top"),
    [
        pytest.param(3.8, Limit(2.0, Severity.MAJOR), 4, id="holds requests and limit"),
        pytest.param(1.5, Limit(6.0, Severity.MAJOR), 8, id="the limit is near"),
        pytest.param(0.004, Limit(6.0, Severity.MAJOR), 0.004, id="the limit is far away"),
        pytest.param(5000.0, None, 128, id="never without end"),
    ],
)
def test_the_axis_of_the_waterfall(total: float, limit: Limit | None, top: float) -> None:
    assert top_s([request({"total_s": total})], limit) == top


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("#EXTINF:6.000,", Part.TAG),
        ("seg_1.ts", Part.URI),
        ("# made by hand", Part.NOTE),
        ("", Part.REST),
        ("  <Period id='1'>", Part.TAG),
        ("<!-- note -->", Part.NOTE),
    ],
)
def test_what_a_line_is(line: str, part: Part) -> None:
    assert part_of(line) is part


def test_the_difference_to_the_fetch_before_keeps_the_numbers_of_the_newer() -> None:
    lines = compared("a\nb\nc", "b\nc\nd")
    assert [(line.sign, line.text, line.number) for line in lines] == [
        ("−", "a", 0),
        ("", "b", 1),
        ("", "c", 2),
        ("+", "d", 3),
    ]
    assert differences(lines) == (1, 1)


def test_a_very_long_playlist_is_cut_and_not_a_halt() -> None:
    assert len(plain("\n" * 100_000)) == 20_000


def test_a_finding_is_painted_at_the_right_of_its_line_only(look: Theme) -> None:
    view = PlaylistView(look)
    view.resize(700, 300)
    finding = LineFinding(3, "hls-playlist-stale", Severity.MAJOR, "Playlist unchanged for 12 s", "RFC 8216 §6.2.1")
    view.show_lines(plain("#EXTM3U\n#EXT-X-VERSION:6\n#EXTINF:6,\nseg.ts"), [finding])
    view.show()
    image = view.grab().toImage()
    hue = look.severity[Severity.MAJOR]
    rows = {y for y in range(image.height()) for x in range(250, 320) if image.pixelColor(x, y) == hue}
    line_height = view.blockBoundingRect(view.document().firstBlock()).height()
    assert rows
    assert all(int(y // line_height) in (2, 3) for y in rows)
    assert [view.findings_at(index) for index in range(4)] == [[], [], [finding], []]
    view.close()


def test_a_line_longer_than_the_view_still_shows_its_finding(look: Theme) -> None:
    view = PlaylistView(look)
    view.resize(700, 100)
    view.show_lines(plain("<MPD " + "x" * 500 + ">"), [LineFinding(1, "dash-x", Severity.CRITICAL, "wrong", "")])
    view.show()
    image = view.grab().toImage()
    hue = look.severity[Severity.CRITICAL]
    assert any(image.pixelColor(x, y) == hue for x in range(370, 420) for y in range(20))
    view.close()


def test_a_missing_segment_is_said_instead_of_a_download_time() -> None:
    model = LadderModel()
    gone = story.rung(0, "critical", segment__is_missing=1.0, segment__download_s=0.001)
    found = [story.finding("hls-segment-missing", "critical", f"segment/{story.RUNGS[0]}", "404")]
    model.show_input(story.input_(1, rungs=[gone], findings=found))
    assert (model.cell(0, 5).text, model.cell(0, 5).severity) == ("missing", Severity.CRITICAL)


def test_in_a_comparison_the_finding_stays_with_its_line(look: Theme) -> None:
    view = PlaylistView(look)
    finding = LineFinding(2, "hls-x", Severity.MINOR, "wrong", "")
    view.show_lines(compared("gone\nb", "a\nb"), [finding])
    shown = [index for index in range(view.document().blockCount()) if view.findings_at(index)]
    assert [view.document().findBlockByNumber(index).text() for index in shown] == ["b"]
    view.close()


def test_names_are_short_where_that_is_clear() -> None:
    assert short_names(["1080p@6M", "1080p@4M", "720p@2M"]) == {
        "1080p@6M": "1080p@6M",
        "1080p@4M": "1080p@4M",
        "720p@2M": "720p",
    }


def test_a_channel_without_input_has_charts_that_say_not_measured() -> None:
    assert [spec.curves for spec in chart_specs(None, ())] == [()] * 4


def test_an_open_alarm_brings_its_own_limit_into_the_chart() -> None:
    one = story.ill_channel()["inputs"][0]
    slow = {**story.alarms()[1], "threshold": 2.5}
    assert [limit.value for limit in chart_specs(one, [slow])[1].limits] == [2.5, 6.0]


async def test_the_feed_fetches_a_window_once_and_then_only_the_tail(desk: Desk) -> None:
    desk.mirror.take(story.board())
    curve = CurveSpec("1080p50", "segment.download_s", story.RUNGS[0], 10)
    async with serving(desk):
        feed = SeriesFeed(desk)
        feed.show([curve], 900)
        feed.poll(story.NOW - 60, story.input_(10))
        await settled(desk)
        trace = feed.traces[curve]
        first = len(trace)
        assert first > 100
        feed.poll(story.NOW, story.input_(10, rungs=[story.rung(0, segment__download_s=9.0)]))
        await settled(desk)
        assert feed.traces[curve] is trace
        assert first < len(trace) <= first + 11
        assert np.all(np.diff(trace.at) > 0)


async def test_what_was_asked_for_another_channel_is_not_taken(desk: Desk) -> None:
    curve = CurveSpec("1080p50", "segment.download_s", story.RUNGS[0], 10)
    async with serving(desk):
        feed = SeriesFeed(desk)
        feed.show([curve], 900)
        feed.poll(story.NOW, story.input_(10))
        feed.forget()
        feed.show([curve], 900)
        await settled(desk)
        assert not feed.traces[curve].is_loaded


async def test_the_page_shows_charts_ladder_requests_and_playlist_of_the_agent(desk: Desk) -> None:
    desk.mirror.take(story.board())
    async with serving(desk):
        screen = ChannelScreen(desk)
        screen.resize(1864, 1008)
        screen.open(1)
        screen.show()
        await settled(desk)
        screen.refresh()
        assert screen.work.ladder.model.rowCount() == 5
        assert screen.work.playlist.view.toPlainText().startswith("#EXTM3U")
        assert len(screen.work.waterfall.waterfall._requests) == 12
        assert [limit.value for limit in screen.plots.stack.charts[0].crossed] == [1.5]
        screen.work.playlist.toggle_diff()
        assert "seg_48216.ts" in screen.work.playlist.view.toPlainText()
        screen.close()


async def test_acknowledge_tells_the_agent_who_and_why(desk: Desk) -> None:
    desk.mirror.take(story.board())
    desk.operator.rename("T. Linh")
    async with serving(desk) as agent:
        screen = ChannelScreen(desk)
        screen.resize(1600, 900)
        screen.open(1)
        screen.show()
        screen.acts.action(Act.ACKNOWLEDGE).trigger()
        QTest.keyClicks(screen.drawer.note, "on it")
        QTest.keyClick(screen.drawer.note, Qt.Key.Key_Return)
        await settled(desk)
        verbs = [(path, body) for method, path, body in agent.told if method == "POST"]
        assert verbs == [("/alarms/8/acknowledge", {"by": "T. Linh", "note": "on it", "is_false": False})]
        assert screen.drawer.reply.text() == "Acknowledged."
        screen.close()


async def test_a_refused_resolve_says_the_agents_sentence(desk: Desk) -> None:
    desk.mirror.take(story.board())
    async with serving(desk) as agent:
        agent.refusals["/resolve"] = (409, "The condition still holds.")
        screen = ChannelScreen(desk)
        screen.open(1)
        screen.show()
        screen.acts.action(Act.RESOLVE).trigger()
        QTest.keyClick(screen.drawer.note, Qt.Key.Key_Return)
        await settled(desk)
        assert screen.drawer.reply.text() == "The condition still holds."
        screen.close()


def test_a_paused_page_stands_still_until_escape(desk: Desk) -> None:
    desk.mirror.take(story.board())
    screen = ChannelScreen(desk)
    screen.open(1)
    screen.plots.toggle_pause()
    assert screen.close_drawer()
    assert not screen.close_drawer()
    screen.close()


def test_the_sheet_is_as_high_as_its_entries(look: Theme) -> None:
    sheet = Sheet(look)
    sheet.resize(340, 100)
    sheet.show_entries((Item(Severity.MAJOR, "short"),))
    short = sheet.height()
    sheet.show_entries((Item(Severity.MAJOR, "a long sentence that needs more than one line " * 4),))
    assert sheet.height() > short
    sheet.close()
