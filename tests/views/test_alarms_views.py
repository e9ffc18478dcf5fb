"""The alarm list, its filter, figures, timeline and drawer, read from a canned board."""

from __future__ import annotations

from collections.abc import Iterator

import canned_story as story
import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionViewItem

from noc_console.model import Severity
from noc_console.views.alarm_acts import Act
from noc_console.views.alarm_delegate import AlarmDelegate
from noc_console.views.alarm_facts import alarm_entries
from noc_console.views.alarm_figures import closed_line, figures
from noc_console.views.alarm_filter import Order, Query, chips, in_order, listed
from noc_console.views.alarm_model import AlarmModel
from noc_console.views.alarms import AlarmsScreen
from noc_console.views.desk import Desk
from noc_console.views.drawer_sheet import Fact, Item, Said
from noc_console.views.theme import Theme
from noc_console.views.timeline import AGENT_LANE, Span, Timeline, placed

TIERS = {1: 1, 2: 1, 3: 2, 4: 2, 5: 2, 6: 3, 7: 2}


@pytest.fixture
def screen(desk: Desk) -> Iterator[AlarmsScreen]:
    desk.mirror.take(story.board())
    desk.operator.rename("Minh")
    shown = AlarmsScreen(desk)
    shown.resize(1864, 1008)
    shown.show()
    shown.refresh()
    yield shown
    shown.close()


def _ids(query: Query) -> list[int]:
    return [alarm["id"] for alarm in listed(story.alarms(), query, "Minh", TIERS)]


def test_the_list_begins_with_the_worst_and_an_acknowledged_alarm_ranks_below_its_equals() -> None:
    assert _ids(Query()) == [2, 8, 1, 3, 4, 5, 6, 7, 9]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(Query(frozenset({"mine"})), [4, 6], id="mine"),
        pytest.param(Query(frozenset({"critical"})), [2], id="critical"),
        pytest.param(Query(frozenset({"layer4"})), [5, 9], id="a layer"),
        pytest.param(Query(frozenset({"unacknowledged", "layer1"})), [], id="chips must all hold"),
        pytest.param(Query(text="cinema"), [], id="a word nobody wrote"),
        pytest.param(Query(text="hd_041 stale"), [9], id="words in any column"),
        pytest.param(Query(text="minh"), [4, 6], id="the owner"),
    ],
)
def test_what_a_query_lets_through(query: Query, expected: list[int]) -> None:
    assert _ids(query) == expected


def test_chips_count_what_they_let_through_and_name_only_layers_with_alarms() -> None:
    found = {chip.key: chip.count for chip in chips(story.alarms(), "Minh", TIERS)}
    assert found == {
        "open": 9,
        "mine": 2,
        "unacknowledged": 7,
        "critical": 1,
        "major": 4,
        "tier1": 3,
        "layer0": 1,
        "layer1": 2,
        "layer2": 4,
        "layer4": 2,
    }


def _model() -> AlarmModel:
    known = {alarm["id"]: alarm for alarm in story.alarms()}
    return AlarmModel(known.get, lambda: story.NOW)


def test_the_model_keeps_its_promises_through_every_change() -> None:
    model = _model()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for wanted in ([2, 1, 3], [3, 1, 2], [3, 4, 1], [], [9, 8, 7, 6, 5], [5, 6, 7, 8, 9, 1]):
        model.show_ids(wanted)
        model.tick()
        assert model.ids == tuple(wanted)
    assert model.index(0, 3).data() == "CH_TV_HD_041"
    assert tester.model() is model


def test_a_selected_alarm_stays_selected_when_a_worse_one_comes() -> None:
    model = _model()
    model.show_ids([1, 3])
    selection = QItemSelectionModel(model)
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    selection.select(model.index(1, 0), flags)
    model.show_ids([2, 3, 1])
    assert [index.row() for index in selection.selectedRows()] == [1]


def test_durations_tick_without_a_reset() -> None:
    now = [story.NOW]
    known = {alarm["id"]: alarm for alarm in story.alarms()}
    model = AlarmModel(known.get, lambda: now[0])
    model.show_ids([2])
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    before = model.index(0, 2).data()
    now[0] += 5
    model.tick()
    assert (before[:2], model.index(0, 2).data()[:2], resets) == ("48", "53", [])


def _painted(look: Theme, alarm: dict[str, object], *, is_selected: bool = False) -> QImage:
    model = AlarmModel({1: alarm}.get, lambda: story.NOW)
    model.show_ids([1])
    image = QImage(60, 36, QImage.Format.Format_RGB32)
    image.fill(look.colours.bg)
    option = QStyleOptionViewItem()
    option.rect = image.rect()
    if is_selected:
        option.state |= QStyle.StateFlag.State_Selected
    painter = QPainter(image)
    AlarmDelegate(look, model).paint(painter, option, model.index(0, 0))
    painter.end()
    return image


def _has(image: QImage, colour: QColor) -> bool:
    return any(image.pixelColor(x, y) == colour for x in range(image.width()) for y in range(image.height()))


def test_an_open_critical_row_has_bar_tint_and_filled_shape(look: Theme) -> None:
    image = _painted(look, story.alarms()[0])
    hue = look.severity[Severity.CRITICAL]
    assert image.pixelColor(1, 18) == hue
    assert image.pixelColor(12, 5) == look.colours.critical_tint
    assert image.pixelColor(23, 18) == hue


def test_an_acknowledged_row_is_outline_only_and_without_bar(look: Theme) -> None:
    image = _painted(look, story.alarms()[3])
    assert image.pixelColor(1, 18) == look.colours.panel
    assert image.pixelColor(30, 24) != look.severity[Severity.MAJOR]


def test_a_selected_row_has_its_fill_and_the_accent_line(look: Theme) -> None:
    image = _painted(look, story.alarms()[1], is_selected=True)
    assert image.pixelColor(50, 10) == look.colours.selected_row
    assert _has(image, look.colours.accent)


def test_a_closed_row_has_no_hue_at_all(look: Theme) -> None:
    image = _painted(look, story.closed_alarms()[0])
    assert not any(_has(image, look.severity[one]) for one in (Severity.MINOR, Severity.MAJOR, Severity.CRITICAL))


def test_overlapping_alarms_lie_below_one_another_and_others_keep_the_full_lane() -> None:
    spans = [
        Span(2, 0, 100, Severity.MINOR),
        Span(2, 50, None, Severity.MAJOR),
        Span(2, 60, None, Severity.MINOR),
        Span(4, 10, 20, Severity.MINOR),
    ]
    lanes = placed(spans, 0, 200)
    assert [(one.row, one.rows) for one in lanes[2]] == [(0, 3), (1, 3), (2, 3)]
    assert [(one.row, one.rows) for one in lanes[4]] == [(0, 1)]


def test_alarms_outside_the_window_are_not_placed() -> None:
    assert placed([Span(0, 0, 10, Severity.MINOR), Span(1, 500, None, Severity.MINOR)], 100, 200) == {}


def test_the_timeline_paints_open_alarms_in_their_hue_and_closed_ones_grey(look: Theme) -> None:
    timeline = Timeline(look)
    timeline.resize(800, timeline.sizeHint().height())
    spans = [Span(0, 1000, 2000, Severity.MAJOR), Span(3, 4000, None, Severity.CRITICAL)]
    timeline.show_spans(spans, (0, 7200), 7200)
    image = timeline.grab().toImage()
    assert image.pixelColor(int(timeline.pixel(1500)), 12) == look.colours.closed
    assert image.pixelColor(int(timeline.pixel(6000)), 3 * 24 + 12) == look.severity[Severity.CRITICAL]
    timeline.close()


def test_a_drag_over_the_timeline_sets_the_window(look: Theme) -> None:
    timeline = Timeline(look)
    timeline.resize(800, timeline.sizeHint().height())
    timeline.show_spans([], (0, 7200), 7200)
    chosen: list[tuple[float, float]] = []
    timeline.windowChosen.connect(lambda start, end: chosen.append((start, end)))
    left, right = (timeline.rect().center().__class__(int(timeline.pixel(at)), 20) for at in (1800, 3600))
    QTest.mousePress(timeline, Qt.MouseButton.LeftButton, pos=left)
    QTest.mouseMove(timeline, right)
    QTest.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=right)
    assert chosen == [pytest.approx((1800, 3600), abs=15)]
    timeline.close()


def test_the_figures_say_how_loaded_the_operator_is() -> None:
    found = {one.label: one for one in figures(story.alarms(), story.closed_alarms(), story.channels(), story.NOW)}
    assert found["Shown in 10 min"].value == "5"
    assert found["Shown in 10 min"].severity is Severity.MAJOR
    assert found["Flood"].value == "No"
    assert found["Standing over 24 h"].value == "0"
    assert found["Priority mix, open"].mix == (1, 4, 2, 1)


def test_ten_alarms_in_ten_minutes_are_a_flood() -> None:
    alarms = [{**story.alarms()[0], "id": number} for number in range(10)]
    assert figures(alarms, [], [], story.NOW)[1].value == "Yes"


def test_a_stale_input_is_counted_and_a_disabled_channel_is_not() -> None:
    stale = story.channel(9, "CH_STALE", "Stale", inputs=[story.input_(90, state="stale")])
    silent = story.channel(8, "CH_OFF", "Off", enabled=False, inputs=[story.input_(80, state="stale")])
    card = figures([], [], [stale, silent], story.NOW)[4]
    assert (card.value, card.note) == ("1", "CH_STALE")


def test_closed_alarms_are_summed_up_in_one_line() -> None:
    assert closed_line([]) == "none"
    assert closed_line(story.closed_alarms()).startswith("6 alarms, median 2")


def test_the_drawer_tells_value_limit_evidence_and_people() -> None:
    alarm = {
        **story.alarms()[1],
        "acknowledged": True,
        "acknowledged_by": "Linh",
        "acknowledged_at": story.NOW - 60,
        "notes": [{"at": story.NOW - 50, "by": "Linh", "text": "Asked storage"}],
    }
    entries = alarm_entries(alarm, story.ill_channel(), [], story.NOW)
    facts = {entry.label: entry.value.replace("\u2009", " ") for entry in entries if isinstance(entry, Fact)}
    assert (facts["Value"], facts["Threshold"], facts["Layer"]) == ("4.8 s", "2.0 s", "L2 Packager")
    evidence = [entry for entry in entries if isinstance(entry, Item)]
    assert [item.severity for item in evidence] == [Severity.MAJOR] * 2 + [Severity.MINOR]
    assert evidence[0].note.replace("\u2009", " ").startswith("L2 2 rungs, for 6 m 20 s, 6 times")
    said = [entry.text for entry in entries if isinstance(entry, Said)]
    assert said == ["Linh acknowledged and owns it", "Linh: Asked storage"]


def test_the_screen_lists_the_board_and_selects_the_worst(screen: AlarmsScreen) -> None:
    assert screen.model.ids[0] == 2
    assert screen.table.current_id() == 2


def test_j_and_k_move_and_the_drawer_follows(screen: AlarmsScreen) -> None:
    screen.activateWindow()
    QTest.keyClick(screen.table, Qt.Key.Key_J)
    assert screen.table.current_id() == 8
    QTest.keyClick(screen.table, Qt.Key.Key_K)
    assert screen.table.current_id() == 2


def test_letters_typed_into_the_search_are_text(screen: AlarmsScreen) -> None:
    screen.search.setFocus()
    QTest.keyClicks(screen.search, "jar")
    assert screen.search.text() == "jar"
    assert not screen.drawer.is_writing


def test_acknowledge_asks_for_a_note_in_place_and_escape_leaves_it(screen: AlarmsScreen) -> None:
    screen.acts.action(Act.ACKNOWLEDGE).trigger()
    assert screen.drawer.is_writing
    assert screen.close_drawer()
    assert not screen.drawer.is_writing


def test_after_a_note_the_keys_are_the_lists_again(screen: AlarmsScreen) -> None:
    screen.activateWindow()
    screen.table.setFocus()
    screen.acts.action(Act.ACKNOWLEDGE).trigger()
    QTest.keyClick(screen.drawer.note, Qt.Key.Key_Escape)
    assert screen.table.hasFocus()


def test_acknowledge_is_off_for_an_alarm_somebody_holds(screen: AlarmsScreen) -> None:
    screen.table.choose(4)
    assert not screen.acts.action(Act.ACKNOWLEDGE).isEnabled()
    assert screen.acts.action(Act.RESOLVE).isEnabled()


def test_opening_an_alarm_clears_the_filter_that_hides_it(screen: AlarmsScreen) -> None:
    screen.search.setText("hd_203")
    assert screen.model.ids == (4,)
    screen.open(7)
    assert screen.table.current_id() == 7
    assert screen.search.text() == ""


def test_an_empty_board_says_so(desk: Desk) -> None:
    board = {**story.board(), "alarms": []}
    desk.mirror.take(board)
    screen = AlarmsScreen(desk)
    screen.resize(1200, 800)
    screen.refresh()
    assert screen.model.rowCount(QModelIndex()) == 0
    assert screen.list._texts[2] == "No open alarms"
    screen.close()


def test_every_action_has_a_key_and_a_name(screen: AlarmsScreen) -> None:
    actions = screen.actions()
    assert len(actions) >= 8
    assert all(action.text() and not action.shortcut().isEmpty() for action in actions)
    keys = [action.shortcut().toString() for action in actions]
    assert len(keys) == len(set(keys))


def test_a_click_on_a_head_sorts_another_turns_it_and_a_third_ranks_again() -> None:
    ranked = listed(story.alarms(), Query(), "", TIERS)
    order = Order().clicked(3)
    codes = [alarm["channel_code"] for alarm in in_order(ranked, order, story.NOW)]
    assert codes == sorted(codes)
    turned = [alarm["channel_code"] for alarm in in_order(ranked, order.clicked(3), story.NOW)]
    assert turned == sorted(codes, reverse=True)
    assert in_order(ranked, order.clicked(3).clicked(3), story.NOW) == ranked


def test_an_alarm_of_the_agent_has_no_layer_and_its_own_lane(desk: Desk) -> None:
    own = story.alarm(50, 0, "", "PROBE_RESOURCE_HIGH", "major", "CPU 100 %, limit 70 %", layer=0, input_id=0)
    desk.mirror.take({**story.board(), "alarms": [own]})
    screen = AlarmsScreen(desk)
    screen.resize(1500, 900)
    screen.refresh()
    QApplication.processEvents()
    assert [screen.model.index(0, column).data() for column in (3, 4)] == ["Agent", "—"]
    assert [span.layer for span in screen.timeline.timeline._spans] == [AGENT_LANE]
    screen.close()


def test_on_a_small_screen_the_drawer_lies_over_the_page_until_closed(screen: AlarmsScreen) -> None:
    assert screen.drawer.isVisible()
    screen.resize(1310, 696)
    assert not screen.drawer.isVisible()
    screen.place.toggle()
    assert screen.drawer.isVisible()
    assert screen.drawer.geometry().right() == screen.width() - 1
    assert screen.close_drawer()
    assert not screen.drawer.isVisible()
    screen.resize(1864, 1008)
    assert screen.drawer.isVisible()
