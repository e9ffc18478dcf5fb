"""What the wall paints, and what keys and mouse do on it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage

from noc_console.bench.boards import board
from noc_console.model import Severity
from noc_console.views.wall import Wall
from noc_console.views.wall_curves import Marks, Strip, paint_bars, paint_curves
from noc_console.views.wall_rows import common_prefix
from noc_console.views.wall_scales import age_share

CRITICAL, STALE, DISABLED, CALM, ACKED, MAJOR = 87, 142, 260, 120, 203, 1


@pytest.fixture
def wall(desk, qtbot):
    desk.mirror.take(board(300))
    made = Wall(desk)
    qtbot.addWidget(made)
    made.resize(1504, 942)
    made.refresh()
    made.show()
    return made


def picture_of(wall: Wall, channel_id: int) -> QImage:
    return (
        wall.grab(wall.tile_rect(wall.rows.row_of[channel_id])).toImage().convertToFormat(QImage.Format.Format_RGB32)
    )


def colours_in(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_a_healthy_tile_has_no_hue(wall):
    image = picture_of(wall, CALM)
    spread = max(
        max(colour.red(), colour.green(), colour.blue()) - min(colour.red(), colour.green(), colour.blue())
        for colour in (QColor(name) for name in colours_in(image))
    )
    assert spread < 32


def test_a_critical_tile_has_a_filled_head_and_a_tint(wall, look):
    image = picture_of(wall, CRITICAL)
    assert image.pixelColor(50, 4) == look.severity[Severity.CRITICAL]
    assert image.pixelColor(60, 24) == look.colours.critical_tile


def test_an_acknowledged_tile_has_no_tint_and_a_dashed_border(wall, look):
    image = picture_of(wall, ACKED)
    assert look.colours.major_tint.name() not in colours_in(image)
    edge = [image.pixelColor(x, 0) == look.severity[Severity.MAJOR] for x in range(10, 60)]
    assert any(edge)
    assert not all(edge)


def test_a_stale_tile_is_hatched_and_tells_its_age(wall, look):
    seen = colours_in(picture_of(wall, STALE))
    assert look.colours.hatch_ground.name() in seen
    assert look.colours.text.name() in seen


def test_a_disabled_tile_lies_on_the_ground(wall, look):
    assert picture_of(wall, DISABLED).pixelColor(60, 55) == look.colours.bg


def test_a_lost_link_hatches_every_tile_at_once(wall, desk, look):
    desk.mirror.lose("The agent does not answer.")
    wall.refresh()
    assert look.colours.hatch_ground.name() in colours_in(picture_of(wall, CALM))


def test_the_glyph_of_an_unacknowledged_major_goes_and_comes_with_the_phase(wall, desk, look):
    def hued() -> int:
        image = picture_of(wall, MAJOR)
        place = [(x, y) for x in range(54, 70) for y in range(3, 18)]
        return sum(image.pixelColor(x, y) == look.severity[Severity.MAJOR] for x, y in place)

    assert hued() > 40
    desk.frame.is_lit = False
    wall.refresh()
    assert hued() == 0
    desk.frame.is_lit = True
    wall.refresh()
    assert hued() > 40


def test_the_text_stays_while_the_glyph_blinks(wall, desk):
    def words(image: QImage) -> QImage:
        return image.copy(0, 0, 50, 30)

    lit = words(picture_of(wall, MAJOR))
    desk.frame.is_lit = False
    wall.refresh()
    assert words(picture_of(wall, MAJOR)) == lit


def test_filtered_tiles_keep_their_place(wall, look):
    before = wall.tile_rect(wall.rows.row_of[CRITICAL])
    shown = np.zeros(len(wall.rows), np.bool_)
    shown[wall.rows.row_of[CRITICAL]] = True
    wall.show_only(shown)
    assert wall.tile_rect(wall.rows.row_of[CRITICAL]) == before
    assert picture_of(wall, CALM).pixelColor(40, 40) == look.colours.bg
    assert picture_of(wall, CRITICAL).pixelColor(50, 4) == look.severity[Severity.CRITICAL]


def test_arrows_move_the_selection_and_enter_opens(wall, qtbot):
    wall.select(wall.rows.ids[0])
    for key, row in ((Qt.Key.Key_Right, 1), (Qt.Key.Key_Down, 21), (Qt.Key.Key_Left, 20), (Qt.Key.Key_Up, 0)):
        qtbot.keyClick(wall, key)
        assert wall.current == wall.rows.ids[row]
    with qtbot.waitSignal(wall.opened) as opened:
        qtbot.keyClick(wall, Qt.Key.Key_Return)
    assert opened.args == [wall.rows.ids[0]]


def test_a_click_selects_and_a_double_click_opens(wall, qtbot):
    place: QPoint = wall.tile_rect(5).center()
    qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=place)
    assert wall.current == wall.rows.ids[5]
    with qtbot.waitSignal(wall.opened):
        qtbot.mouseDClick(wall, Qt.MouseButton.LeftButton, pos=place)


def test_a_new_channel_takes_its_place_by_code(wall, desk):
    one = {**board(300)["channels"][0], "id": 999, "code": "CH_TV_4K_000"}
    desk.mirror.take({**board(300, rev=2), "channels": [one], "alarms": []})
    wall.refresh()
    assert wall.rows.ids[0] == 999
    assert len(wall.rows) == 301


def test_the_curve_is_not_joined_over_a_gap():
    spark = np.full((1, 60), 0.5, np.float32)
    spark[0, 20:40] = np.nan
    pixels = np.zeros((1, 13, 59, 4), np.uint8)
    paint_curves(pixels, np.array([0]), spark, np.full((1, 3), 200, np.uint8), Strip(59, 13, 59, 0))
    drawn = pixels[0, :, :, 3].max(axis=0) > 0
    assert drawn[:18].all()
    assert not drawn[20:39].any()
    assert drawn[42:].all()


@pytest.mark.parametrize(("age", "top"), [(0.0, 11), (3.0, 0), (9.0, 0), (1.5, 6)])
def test_the_age_mark_stands_at_its_value(age, top):
    pixels = _bar(age_share(age))
    marked = np.flatnonzero((pixels[0, :, 0, :3] == 250).all(axis=1))
    assert abs(int(marked[0]) - top) <= 1
    assert len(marked) == 2


def test_no_playlist_no_mark():
    pixels = _bar(np.nan)
    assert not (pixels[0, :, :, :3] == 250).any()


def _bar(share):
    pixels = np.zeros((1, 13, 8, 4), np.uint8)
    marks = Marks(np.array([share], np.float32), np.array([[0.0, 0.5]], np.float32))
    ground = (QColor("#000000"), QColor("#101010"))
    paint_bars(pixels, np.array([0]), marks, np.full((1, 3), 250, np.uint8), ground, Strip(8, 13, 0, 8))
    return pixels


@pytest.mark.parametrize(
    ("codes", "prefix"),
    [
        (["CH_TV_4K_001", "CH_TV_HD_001"], "CH_TV_"),
        (["CH_1", "XY_1"], ""),
        (["CH_TV_1"], ""),
        (["CH_TV_10", "CH_TV_11"], "CH_TV_"),
    ],
)
def test_the_prefix_all_codes_share_ends_at_an_underscore(codes, prefix):
    assert common_prefix(codes) == prefix
