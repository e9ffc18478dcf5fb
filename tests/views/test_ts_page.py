"""The page of a transport stream: PIDs, tree, errors, packet, bitrate, head; layer 1 on the channel page."""

from __future__ import annotations

import canned_story as story
import numpy as np
import pytest
import ts_story
from canned_agent import CannedAgent, serving, settled
from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget

from noc_console.model import Severity
from noc_console.views.channel import ChannelScreen
from noc_console.views.channel_path import steps
from noc_console.views.charts.trace import Trace
from noc_console.views.figures import GAP
from noc_console.views.ts_bitrate import BitrateCard, Layer, stacked
from noc_console.views.ts_charts import pcr_specs
from noc_console.views.ts_errors import ErrorModel, severity_of
from noc_console.views.ts_facts import find, pid_rates
from noc_console.views.ts_head import TsHead, facts
from noc_console.views.ts_input import TsInputScreen
from noc_console.views.ts_packet import PacketCard, header_lines
from noc_console.views.ts_pids import ILL, PidModel, pid_rows
from noc_console.views.ts_tables import ErrorCard, PidCard, TreeCard
from noc_console.views.ts_tree import TreeModel


@pytest.fixture(autouse=True)
def stream_answers(monkeypatch):
    """Let the canned agent answer for transport streams too."""
    known = CannedAgent._known

    def answer(self, request, path):
        asked = request.query
        if path.endswith("/ts"):
            return ts_story.report()
        if path.endswith("/packets"):
            return ts_story.packets(asked.get("indicator", ""))
        if path == "/series":
            end = min(float(asked["end"]), story.NOW)
            start, points = float(asked["start"]), int(asked["points"])
            return ts_story.series(int(asked["input"]), asked["rung"], asked["metric"], start, end, points)
        return known(self, request, path)

    monkeypatch.setattr(CannedAgent, "_known", answer)


@pytest.fixture
def screen(desk, qtbot):
    desk.mirror.take(ts_story.board())
    made = TsInputScreen(desk)
    qtbot.addWidget(made)
    made.resize(1864, 960)
    made.show()
    return made


async def asked(screen, desk) -> None:
    """Let the page ask and draw until it has everything."""
    for _ in range(3):
        screen.refresh()
        await settled(desk)
    screen._drawn = (0, 0, 0, "")
    screen.refresh()


def shades(widget: QWidget) -> set[str]:
    image: QImage = widget.grab().toImage()
    return {QColor(image.pixel(x, y)).name() for x in range(image.width()) for y in range(image.height())}


def test_the_models_keep_qts_rules(qtmodeltester, desk):
    pids, tree, errors = PidModel(), TreeModel(), ErrorModel()
    pids.show_report(ts_story.report())
    tree.show_report(ts_story.report())
    errors.show_errors(ts_story.packets())
    for model in (pids, tree, errors):
        qtmodeltester.check(model)


def test_pids_come_busiest_first_and_null_packets_last():
    rows = pid_rows(ts_story.report())
    assert [row.cells[0] for row in rows[:2]] == ["0x0100", "0x0101"]
    assert rows[-1].cells[1] == "null"
    video = rows[0]
    assert video.cells == (
        "0x0100",
        "video",
        "h264",
        "",
        f"4.1{GAP}Mbit/s",
        "128",
        "0",
        "62.9",
        "2007",
    )
    assert video.ill == {5, 7, 8}


def test_a_narrow_card_keeps_the_pcr_and_drops_what_the_tree_tells_too(look, qtbot):
    card = PidCard(look)
    qtbot.addWidget(card)
    card.resize(536, 300)
    card.show()
    assert [card.table.isColumnHidden(number) for number in range(9)].count(True) == 2
    assert card.table.horizontalHeader().length() <= card.table.viewport().width()


def test_what_is_beyond_its_limit_is_told_to_the_delegate():
    model = PidModel()
    model.show_report(ts_story.report())
    assert model.index(0, 5).data(ILL) is True
    assert model.index(1, 5).data(ILL) is False


def test_the_rate_of_this_second_goes_before_that_of_the_report():
    one = {"rungs": [{"rung": "0x0100", "metrics": {"ts.bitrate_bps": 3_900_000.0}}]}
    rates = pid_rates(ts_story.report(), one)
    assert rates[256] == 3_900_000.0 and rates[257] == 192_000.0


def test_the_tree_shows_service_streams_descriptors_and_tables():
    model = TreeModel()
    model.show_report(ts_story.report())
    lines = list(_lines(model, QModelIndex()))
    assert "News 1 | service 1, NOC Lab" in lines
    assert "0x0100  video | h264, 1920x1080, 25 fps, High" in lines
    assert "0x0a ISO_639_language | languages ['vie'], audio_types [0]" in lines
    assert "PMT | version 0, 1, 600 sections, 3 CRC errors" in lines


def _lines(model: TreeModel, parent: QModelIndex):
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        yield f"{index.data()} | {index.siblingAtColumn(1).data()}"
        yield from _lines(model, index)


def test_a_tree_of_the_same_shape_stays_unfolded_and_only_its_figures_change():
    model = TreeModel()
    assert model.show_report(ts_story.report())
    told = []
    model.dataChanged.connect(lambda first, *_: told.append(first.data()))
    later = ts_story.report()
    later["tables"]["PAT"]["sections"] = 610
    assert not model.show_report(later)
    assert told == ["version 0, 610 sections"]


@pytest.mark.parametrize(
    ("error", "severity"),
    [
        ({"indicator": "1.4"}, Severity.MAJOR),
        ({"indicator": "1.5.a"}, Severity.CRITICAL),
        ({"indicator": "2.3.a-40"}, Severity.WARNING),
        ({"indicator": "3.6"}, Severity.MINOR),
        ({"indicator": "1.4", "ours": True}, Severity.WARNING),
    ],
)
def test_errors_are_marked_as_the_catalogue_says(error, severity):
    assert severity_of(error) is severity


def test_a_loss_on_our_side_is_said_to_be_ours():
    model = ErrorModel()
    model.show_errors(ts_story.packets())
    texts = [model.index(row, 3).data() for row in range(model.rowCount())]
    assert sum(text.startswith("lost in this machine: ") for text in texts) == 1


def test_cues_stand_among_the_errors_by_time_and_heartbeats_do_not(look, qtbot):
    card = ErrorCard(look)
    qtbot.addWidget(card)
    card.show_errors(ts_story.packets(), ts_story.report(), "")
    rows = [card.model.error(row) for row in range(card.model.rowCount())]
    cues = [one for one in rows if one["indicator"] == "cue"]
    assert [one["text"] for one in cues] == [f"splice_insert out, event 4711, 24.0{GAP}s long, 8.1{GAP}s ahead"]
    times = [one["at"] for one in rows]
    assert times == sorted(times, reverse=True)
    assert severity_of(cues[0]) is Severity.CLEARED
    card.choice.setCurrentIndex(card.choice.findData("cue"))
    card.show_errors(ts_story.packets(), ts_story.report(), "")
    assert card.model.rowCount() == 1


def test_headers_are_told_in_words():
    lines = dict(header_lines(ts_story.packets("1.4")[0]["header"]))
    assert lines["PID"] == "0x0100 (256)"
    assert lines["Carries"] == "adaptation and payload"
    assert lines["Flags"] == "PCR"
    assert lines["Scrambling"] == "clear"


def test_a_packet_is_painted_with_its_header_brightest(look, qtbot):
    card = PacketCard(look)
    qtbot.addWidget(card)
    card.resize(520, 340)
    empty = shades(card)
    card.show_error(ts_story.packets("1.4")[0])
    full = shades(card)
    assert len(full) > len(empty)
    assert look.colours.text.name() in full
    card.copy()
    assert QApplication.clipboard().text().startswith("47010039")


def test_an_error_without_a_packet_says_why(look, qtbot):
    card = PacketCard(look)
    qtbot.addWidget(card)
    card.show_error(ts_story.packets()[0])
    assert card.grab().width() > 0
    card.copy()
    assert card.accessibleDescription().startswith("offset ")


def _trace(*pairs: tuple[float, float]) -> Trace:
    trace = Trace(gap_s=3.0)
    trace.replace([[at, value, value, value, 1] for at, value in pairs])
    return trace


def test_layers_stand_on_each_other_and_a_gap_stays_a_gap():
    low = _trace(*((float(at), 1.0) for at in (0, 1, 2, 3, 20, 21, 22)))
    high = _trace(*((float(at), 2.0) for at in (0, 1, 2, 3, 20, 21, 22)))
    sums = stacked([low, high], np.array([1.5, 2.5, 12.0, 21.5]))
    assert sums[1][[0, 1, 3]].tolist() == [3.0, 3.0, 3.0]
    assert np.isnan(sums[:, 2]).all()


def _share(card: BitrateCard, colour: QColor) -> float:
    image = card.grab().toImage()
    points = [(x, y) for x in range(image.width()) for y in range(image.height())]
    return sum(image.pixelColor(x, y) == colour for x, y in points) / len(points)


def test_the_stack_is_painted_in_greys_and_says_when_it_is_empty(look, qtbot):
    card = BitrateCard(look)
    qtbot.addWidget(card)
    card.resize(460, 300)
    card.show_layers((), 0.0, 60.0, "Loading")
    before = _share(card, card.colour(0))
    layers = [Layer("0x0100 h264", _trace(*((float(at), 4e6) for at in range(60))))]
    card.show_layers(layers, 0.0, 60.0)
    assert before < 0.01 < 0.2 < _share(card, card.colour(0))
    assert not shades(card) & {
        look.severity[key].name() for key in (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR)
    }


def test_figures_beyond_their_limit_carry_a_severity_and_unmeasured_ones_no_zero(desk):
    desk.mirror.take(ts_story.board())
    row = find(desk.mirror, ts_story.ILL)
    told = {fact.name: fact for fact in facts(row, ts_story.report())}
    assert told["PCR accuracy"].severity is Severity.MAJOR
    assert told["PCR interval"].severity is Severity.CLEARED
    assert told["RTP lost"].value == "no RTP"
    del row.input["metrics"]["ts.pcr_accuracy_ns"]
    assert {fact.name: fact.value for fact in facts(row, {})}["PCR accuracy"] == "n/a"


@pytest.mark.parametrize(
    ("state", "said"),
    [("ok", "Normal"), ("stale", "Stale for 40"), ("loading", "Loading"), ("disabled", "Disabled")],
)
def test_the_head_says_how_fresh_it_is(desk, qtbot, state, said):
    board = ts_story.board()
    one = board["channels"][2]["inputs"][0]
    one["state"], one["at"] = state, story.NOW - (40 if state == "stale" else 1)
    desk.mirror.take(board)
    head = TsHead(desk)
    qtbot.addWidget(head)
    head.resize(1200, 120)
    row = find(desk.mirror, ts_story.CALM_INPUT)
    head.show_row(row, {})
    assert head._said(row).startswith(said)
    assert (desk.theme.colours.hatch_ground.name() in shades(head)) is (state == "stale")


async def test_the_page_fills_from_the_agent(screen, desk):
    async with serving(desk):
        screen.open(ts_story.ILL)
        await asked(screen, desk)
        assert screen.pids.model.rowCount() == 8
        assert screen.tree.model.rowCount() == 2
        assert screen.errors.model.rowCount() == 42
        assert screen.plots.stack.charts[0].crossed
        screen.errors.next()
        screen.errors.next()
        assert screen.packet._error["indicator"] == "2.4"
    assert screen.status_text().startswith("CH_TV_HD_091")


async def test_one_indicator_can_be_asked_for(screen, desk):
    async with serving(desk):
        screen.open(ts_story.ILL)
        await asked(screen, desk)
        screen.errors.choice.setCurrentIndex(screen.errors.choice.findData("2.4"))
        await asked(screen, desk)
        numbers = {screen.errors.model.error(row)["indicator"] for row in range(screen.errors.model.rowCount())}
    assert numbers == {"2.4"}


async def test_a_refusal_is_said_where_the_figures_would_be(screen, desk):
    async with serving(desk) as agent:
        agent.refusals["/ts"] = (503, "This input is not being received as a transport stream.")
        screen.open(ts_story.ILL)
        await asked(screen, desk)
    assert screen.pids._notice.text() == "This input is not being received as a transport stream."


def test_an_input_that_is_gone_is_said_to_be_gone(screen, desk):
    screen.open(ts_story.ILL)
    desk.mirror.take({**ts_story.board(), "rev": 2, "channels": [], "gone": {"channels": [91], "alarms": []}})
    screen.refresh()
    assert screen.status_text() == "no input chosen"
    assert screen.pids._notice.text() == "This input is no longer there"


def test_another_input_begins_with_nothing_of_the_one_before(screen):
    screen.open(ts_story.ILL)
    screen.pids.show_report(ts_story.report(), "")
    screen.open(ts_story.RTP)
    assert screen.pids.model.rowCount() == 0
    assert screen.pids._notice.text() == "Loading"


def test_cards_say_when_there_is_nothing(look, qtbot):
    pids, tree, errors = PidCard(look), TreeCard(look), ErrorCard(look)
    for card in (pids, tree, errors):
        qtbot.addWidget(card)
    bare = {"pids": {}, "services": [], "tables": {}, "indicators": {}}
    pids.show_report(bare, "Loading")
    tree.show_report(bare, "Loading")
    errors.show_errors([], bare, "Loading")
    said = [card._notice.text() for card in (pids, tree, errors)]
    assert said == ["No PIDs seen yet", "No PAT and no PMT seen yet", "No errors counted"]


def test_the_drift_has_an_axis_on_both_sides_of_zero():
    drift = pcr_specs(1)[2]
    assert drift.low_for(2.0) == -2.0
    assert drift.ticks(2.0) == (-2.0, -1.0, 0.0, 1.0, 2.0)


def test_layer_one_is_lit_beside_layer_two(desk):
    desk.mirror.take(ts_story.board())
    channel = desk.mirror.channels[91]
    shown = {int(step.layer): step for step in steps(channel, "ok")}
    assert shown[1].is_first_ill and shown[1].severity is Severity.CRITICAL
    assert shown[1].text.startswith("No PMT of programme 1")
    assert shown[2].input_id == 911 and not shown[2].is_first_ill
    calm = {int(step.layer): step for step in steps(desk.mirror.channels[93], "ok")}
    assert calm[1].text.startswith(f"6.1{GAP}Mbit/s   CC 0")


async def test_the_channel_page_shows_streams_and_playlists_in_turn(desk, qtbot):
    desk.mirror.take(ts_story.board())
    page = ChannelScreen(desk)
    qtbot.addWidget(page)
    page.resize(1864, 960)
    page.show()
    opened = []
    desk.ways.openTransport.connect(opened.append)
    async with serving(desk):
        page.open(91)
        await settled(desk)
        assert page.stream.isVisibleTo(page) and not page.work.isVisibleTo(page)
        assert page.plots.stack.charts[0].value_axis._unit == "errors"
        page._on_input(ts_story.ILL)
        assert opened == [ts_story.ILL], "a second click opens the stream's own page"
        page._on_input(911)
        await settled(desk)
        assert page.work.isVisibleTo(page) and not page.stream.isVisibleTo(page)
        assert page.plots.stack.charts[0].value_axis._unit == "age ×"
