"""The TR 101 290 matrix: order, cells, hours, model, painting, ways on, and what it says when there is nothing."""

from __future__ import annotations

import canned_story as story
import numpy as np
import pytest
import ts_story
from canned_agent import serving, settled
from PySide6.QtCore import QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from noc_console.model import Severity
from noc_console.views.registry import SCREENS
from noc_console.views.state import BoardMirror
from noc_console.views.ts import TsScreen
from noc_console.views.ts_columns import COLUMNS
from noc_console.views.ts_delegate import TsDelegate
from noc_console.views.ts_facts import address_text, brief, cells, has_streams, ts_rows
from noc_console.views.ts_history import Hour, TsHistory, by_minute
from noc_console.views.ts_model import FILTERS, TsModel
from noc_console.views.window import Window

NUMBER = {column.title: place for place, column in enumerate(COLUMNS)}


@pytest.fixture
def mirror() -> BoardMirror:
    made = BoardMirror(monotonic=lambda: 100.0)
    made.take(ts_story.board())
    return made


@pytest.fixture
def screen(desk, qtbot):
    desk.mirror.take(ts_story.board())
    made = TsScreen(desk)
    qtbot.addWidget(made)
    made.resize(1864, 900)
    made.show()
    made.refresh()
    return made


def codes(model: TsModel) -> list[str]:
    return [row.channel["code"] for row in model.rows()]


def test_the_worst_stands_first_and_a_silent_one_before_the_calm(mirror):
    assert [row.id for row in ts_rows(mirror)] == [
        ts_story.ILL,
        ts_story.RTP,
        ts_story.STALE,
        ts_story.CALM_INPUT,
    ]


def test_findings_are_counted_under_their_indicator(mirror):
    found = ts_rows(mirror)[0].cells
    assert {number: cell.count for number, cell in found.items()} == {
        "1.4": 128,
        "1.5": 21,
        "2.3": 12,
        "2.4": 50,
        "3.6": 12_345,
    }
    assert found["1.5"].severity is Severity.CRITICAL


def test_two_findings_of_one_indicator_share_a_cell_with_the_worse_of_both():
    one = ts_story.ts_finding("1.5", "ts-pmt", "minor", "first", count=2)
    two = ts_story.ts_finding("1.5.a", "ts-pmt", "critical", "second", count=3)
    cell = cells([one, two])["1.5"]
    assert (cell.count, cell.severity, cell.text) == (5, Severity.CRITICAL, "first\nsecond")


def test_lost_sync_has_its_cell_though_no_packet_is_left_to_find_it_in():
    mirror = BoardMirror(monotonic=lambda: 100.0)
    board = ts_story.board()
    board["channels"][2]["inputs"][0]["metrics"]["ts.sync_losses"] = 1.0
    mirror.take(board)
    row = next(row for row in ts_rows(mirror) if row.id == ts_story.CALM_INPUT)
    assert row.cells["1.1"].severity is row.severity is Severity.CRITICAL
    assert row.text == "Sync is lost."


def test_findings_outside_the_report_have_no_cell():
    assert cells([story.finding("ts-null-share", "warning", "ts", "Null share 34 %")]) == {}


@pytest.mark.parametrize(
    ("count", "text"), [(1, "1"), (9999, "9999"), (12_345, "12k"), (999_999, "999k"), (34_000_000, "34M")]
)
def test_counts_are_brief(count, text):
    assert brief(count) == text


def test_addresses_drop_what_goes_without_saying():
    assert address_text("udp://@239.1.1.1:1234?iface=eth0") == "239.1.1.1:1234"
    assert address_text("rtp://10.0.0.1@239.1.1.1:1234") == "10.0.0.1@239.1.1.1:1234  RTP"


def test_the_model_keeps_qts_rules(mirror, qtmodeltester):
    model = TsModel(mirror)
    model.refresh()
    qtmodeltester.check(model)


def test_a_calm_board_tells_the_view_nothing(mirror):
    model = TsModel(mirror)
    assert model.refresh()
    assert not model.refresh()


def test_a_new_order_keeps_the_chosen_input(mirror):
    clock = [100.0]
    mirror.monotonic = lambda: clock[0]
    model = TsModel(mirror)
    model.refresh()
    chosen = _persistent(model, model.row_of(ts_story.CALM_INPUT))
    worse = ts_story.channels()
    worse[2]["inputs"][0]["severity"] = "critical"
    worse[2]["inputs"][0]["findings"] = [ts_story.ts_finding("1.1", "ts-sync-loss", "critical", "Sync lost.")]
    clock[0] += 5
    mirror.take({**ts_story.board(), "rev": 2, "channels": worse, "at": story.NOW + 5})
    assert model.refresh()
    assert codes(model)[:2] == ["CH_TV_HD_091", "CH_TV_HD_093"]
    assert model.row(chosen.row()).id == ts_story.CALM_INPUT


def _persistent(model, row):
    return QPersistentModelIndex(model.index(row, 1))


@pytest.mark.parametrize(("name", "count"), [("All", 4), ("Ill", 3), ("Priority 1", 1)])
def test_chips_show_what_fits(mirror, name, count):
    model = TsModel(mirror)
    model.refresh()
    model.show_only(name)
    assert name in FILTERS and model.rowCount() == count


def test_each_cell_can_be_read_aloud(mirror):
    model = TsModel(mirror)
    model.refresh()
    index = model.index(0, NUMBER["1.4"])
    assert index.data() == "128"
    assert "Continuity_count_error" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert "does not follow on" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert model.index(1, NUMBER["1.4"]).data() == ""


def test_errors_a_second_become_errors_a_minute():
    start = story.NOW - 3600
    counts = by_minute([[start + 30, 0, 0.5, 3, 60], [start + 90, 0, 0.0, 0, 60], [start + 95, 0, 1.0, 1, 4]], start)
    assert counts[0] == 30 and counts[1] == 4
    assert np.isnan(counts[2:]).all()


async def test_hours_are_fetched_for_what_is_in_sight_and_again_only_later(desk, no_series_but_ours):
    desk.mirror.take(ts_story.board())
    history = TsHistory(desk)
    async with serving(desk):
        history.poll([ts_story.ILL])
        await settled(desk)
        assert set(history.hours) == {(ts_story.ILL, priority) for priority in (1, 2, 3)}
        assert history.hours[ts_story.ILL, 1].total > 0
        before = history.revision
        history.poll([ts_story.ILL])
        await settled(desk)
        assert history.revision == before


@pytest.fixture
def no_series_but_ours(monkeypatch):
    """Let the canned agent answer /series as a transport stream's agent does."""
    from canned_agent import CannedAgent

    known = CannedAgent._known

    def answer(self, request, path):
        asked = request.query
        if path == "/series":
            end = min(float(asked["end"]), story.NOW)
            start, points = float(asked["start"]), int(asked["points"])
            return ts_story.series(int(asked["input"]), asked["rung"], asked["metric"], start, end, points)
        return known(self, request, path)

    monkeypatch.setattr(CannedAgent, "_known", answer)


def painted(desk, model: TsModel, row: int, title: str, history: TsHistory) -> QImage:
    """Paint one cell on the panel's ground."""
    column = NUMBER[title]
    image = QImage(COLUMNS[column].width, 36, QImage.Format.Format_RGB32)
    image.fill(desk.theme.colours.panel)
    painter = QPainter(image)
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, image.width(), image.height())
    option.state = QStyle.StateFlag.State_Enabled
    TsDelegate(desk, history).paint(painter, option, model.index(row, column))
    painter.end()
    return image


def shades(image: QImage) -> set[str]:
    return {QColor(image.pixel(x, y)).name() for x in range(image.width()) for y in range(image.height())}


def test_what_is_wrong_is_shape_and_figure_on_a_tint_and_what_is_calm_a_dot(desk):
    desk.mirror.take(ts_story.board())
    model, history = TsModel(desk.mirror), TsHistory(desk)
    model.refresh()
    colours = desk.theme.colours
    major = shades(painted(desk, model, 0, "1.4", history))
    assert {desk.theme.severity[Severity.MAJOR].name(), colours.major_tint.name()} <= major
    calm = shades(painted(desk, model, 1, "1.4", history))
    hues = {hue.name() for key, hue in desk.theme.severity.items() if key is not Severity.CLEARED}
    assert not calm & hues
    assert len(calm) > 2, "the dot is there"


def test_an_hour_without_an_answer_says_so_and_one_with_errors_has_bars(desk):
    desk.mirror.take(ts_story.board())
    model, history = TsModel(desk.mirror), TsHistory(desk)
    model.refresh()
    hue = desk.theme.severity[Severity.CRITICAL].name()
    waiting = shades(painted(desk, model, 0, "P1, last hour", history))
    assert hue not in waiting
    history.hours[ts_story.ILL, 1] = Hour(np.r_[np.full(30, np.nan), np.zeros(29), 7.0], story.NOW)
    image = painted(desk, model, 0, "P1, last hour", history)
    bars = [x for x in range(8, 128) if any(QColor(image.pixel(x, y)).name() == hue for y in range(36))]
    assert bars == [126, 127]


def test_a_silent_input_is_hatched(desk):
    desk.mirror.take(ts_story.board())
    model, history = TsModel(desk.mirror), TsHistory(desk)
    model.refresh()
    row = model.row_of(ts_story.STALE)
    assert desk.theme.colours.hatch_ground.name() in shades(painted(desk, model, row, "2.1", history))


def test_return_opens_the_input_and_c_its_channel(screen, desk, qtbot):
    opened = []
    desk.ways.openTransport.connect(opened.append)
    desk.ways.openChannel.connect(opened.append)
    screen.next_ill()
    screen.table.activated.emit(screen.table.currentIndex())
    qtbot.keyClick(screen.table, Qt.Key.Key_C)
    assert opened == [ts_story.ILL, 91]


def test_next_ill_goes_round(screen):
    seen = []
    for _ in range(3):
        screen.next_ill()
        seen.append(screen.current().id)
    assert seen == [ts_story.ILL, ts_story.RTP, ts_story.ILL]


def test_nothing_to_show_is_said(desk, qtbot):
    made = TsScreen(desk)
    qtbot.addWidget(made)
    made.refresh()
    assert made._empty.text() == "Loading"
    desk.mirror.take(story.board())
    made.refresh()
    assert "No transport stream input yet" in made._empty.text()
    desk.mirror.take(ts_story.board(boot="another"))
    made.refresh()
    assert not made._empty.isVisibleTo(made)
    assert made.status_text().endswith("4 inputs, 2 ill")


def test_a_small_screen_keeps_all_indicators_and_the_hour_of_the_first_priority(screen):
    screen.resize(1310, 700)
    hidden = [column.title for place, column in enumerate(COLUMNS) if screen.table.isColumnHidden(place)]
    assert hidden == ["Name", "Address", "P2, last hour", "P3, last hour"]
    assert screen.table.horizontalHeader().length() <= screen.table.viewport().width()


def test_the_entry_is_there_only_with_a_stream(desk, qtbot):
    window = Window(desk)
    qtbot.addWidget(window)
    window.show()
    entry = next(button for button in window.navigation.buttons() if button.name == "ts")
    desk.mirror.take(story.board())
    window.pull_frame()
    assert not entry.isVisibleTo(window) and not has_streams(desk.mirror)
    desk.mirror.take(ts_story.board(boot="another"))
    window.pull_frame()
    assert entry.isVisibleTo(window)
    window.stage.open_transport(ts_story.ILL)
    assert window.stage.name == "ts-input" and entry.isChecked()
    assert SCREENS["ts"].title == "TS"
    window.may_close = True
    window.close()
