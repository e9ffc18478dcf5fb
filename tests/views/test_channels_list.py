"""The channel list: model, filter, sort, export, painting, acts."""

from __future__ import annotations

import csv
import json

import pytest
from PySide6.QtCore import Qt

from noc_console.bench.boards import board
from noc_console.errors import KnownError
from noc_console.model import Severity
from noc_console.views.channels import ChannelsScreen
from noc_console.views.channels_columns import COLUMNS
from noc_console.views.channels_export import export
from noc_console.views.channels_model import ChannelsFilter, ChannelsModel

NUMBER = {column.key: number for number, column in enumerate(COLUMNS)}


@pytest.fixture
def screen(desk, qtbot):
    desk.mirror.take(board(300))
    made = ChannelsScreen(desk)
    qtbot.addWidget(made)
    made.resize(1864, 1000)
    made.show()
    made.refresh()
    return made


def codes(screen) -> list[str]:
    return [one["code"] for one in screen.visible_channels()]


def test_model_and_filter_keep_qts_rules(desk, qtmodeltester):
    desk.mirror.take(board(40))
    model = ChannelsModel(desk.mirror)
    model.refresh()
    qtmodeltester.check(model)
    qtmodeltester.check(ChannelsFilter(model))


def test_only_changed_rows_are_told(desk, qtbot):
    desk.mirror.take(board(40))
    model = ChannelsModel(desk.mirror)
    model.refresh()
    told = []
    model.dataChanged.connect(lambda first, last, *_: told.append((first.row(), last.row())))
    one = board(40, rev=2)
    desk.mirror.take({**one, "channels": [one["channels"][5]], "alarms": []})
    assert model.refresh()
    assert len(told) == 1
    assert not model.refresh()


def test_the_worst_stands_first(screen):
    assert codes(screen)[0] == "CH_TV_HD_067"


def test_figures_sort_as_figures(screen):
    screen.table.sortByColumn(NUMBER["playlist_age"], Qt.SortOrder.DescendingOrder)
    ages = [one["inputs"][0]["metrics"]["playlist.age_ratio"] for one in screen.visible_channels()]
    assert ages == sorted(ages, reverse=True)


def test_equal_rows_stay_in_the_order_of_codes_both_ways(screen):
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        screen.table.sortByColumn(NUMBER["tier"], order)
        tier_2 = [one["code"] for one in screen.visible_channels() if one["tier"] == 2]
        assert tier_2 == sorted(tier_2)


def test_words_search_code_name_and_fault(screen):
    screen.head.words.setText("segment download")
    assert codes(screen) == ["CH_TV_4K_001"]
    screen.head.words.setText("hd_0 region")
    assert all("HD_0" in code for code in codes(screen))
    screen.head.words.setText("no such thing")
    assert codes(screen) == []


def test_a_chip_narrows_the_list(screen):
    for chip in screen.head.chips.children():
        if getattr(chip, "text", str)() == "4K":
            chip.click()
    assert len(codes(screen)) == 20
    assert screen.head.count.text() == "20 of 300"


def test_export_writes_what_is_shown(screen, desk, tmp_path):
    screen.head.words.setText("hd_06")
    export(tmp_path / "list.csv", screen.visible_channels(), desk.mirror)
    export(tmp_path / "list.json", screen.visible_channels(), desk.mirror)
    rows = list(csv.DictReader((tmp_path / "list.csv").read_text(encoding="utf-8").splitlines()))
    told = json.loads((tmp_path / "list.json").read_text(encoding="utf-8"))
    assert [row["code"] for row in rows] == [row["code"] for row in told] == codes(screen)
    assert rows[0]["severity"] == "critical"


def test_a_formula_in_a_name_is_only_text(screen, desk, tmp_path):
    one = {**screen.visible_channels()[0], "name": "=HYPERLINK(1)"}
    export(tmp_path / "list.csv", [one], desk.mirror)
    assert "'=HYPERLINK(1)" in (tmp_path / "list.csv").read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written_is_one_sentence(desk, tmp_path):
    with pytest.raises(KnownError, match="could not be written"):
        export(tmp_path / "nowhere" / "list.csv", [], desk.mirror)


def test_a_critical_row_carries_bar_glyph_and_tint(screen, look):
    image = screen.table.viewport().grab().toImage()
    assert image.pixelColor(1, 18) == look.severity[Severity.CRITICAL]
    assert image.pixelColor(17, 18) == look.severity[Severity.CRITICAL]
    assert image.pixelColor(50, 4) == look.colours.critical_tint


def test_enter_opens_and_e_edits(screen, desk, qtbot):
    screen.table.setCurrentIndex(screen.shown.index(0, 0))
    screen.table.setFocus()
    with qtbot.waitSignal(desk.ways.openChannel) as opened:
        qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    with qtbot.waitSignal(desk.ways.editChannel) as edited:
        qtbot.keyClick(screen.table, Qt.Key.Key_E)
    assert opened.args == edited.args == [87]


def test_deleting_asks_first_and_escape_keeps(screen, desk, qtbot):
    said = []
    desk.ways.say.connect(said.append)
    screen.table.setCurrentIndex(screen.shown.index(0, 0))
    screen.table.setFocus()
    qtbot.keyClick(screen.table, Qt.Key.Key_Delete)
    assert screen.ask.isVisible()
    assert "CH_TV_HD_067" in screen.ask.accessibleName()
    assert screen.close_drawer()
    assert not screen.ask.isVisible()
    assert said == []


def test_without_an_agent_nothing_is_changed_and_that_is_said(screen, desk, qtbot):
    screen.table.setCurrentIndex(screen.shown.index(0, 0))
    screen.table.setFocus()
    with qtbot.waitSignal(desk.ways.say) as said:
        qtbot.keyClick(screen.table, Qt.Key.Key_D)
    assert "nothing was changed" in said.args[0]


def test_next_ill_walks_through_the_ill(screen):
    screen.next_ill()
    assert screen.current()["id"] == 87
    screen.next_ill()
    assert screen.current()["id"] == 1
