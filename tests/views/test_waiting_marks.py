"""An alarm whose condition has gone waits for an answer: a grey frame and a line, never a channel that is ill."""

from __future__ import annotations

import canned_story as story
import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from noc_console.bench.boards import board
from noc_console.views.channels_columns import COLUMNS
from noc_console.views.overview_alarms import NewestAlarms
from noc_console.views.penalty import PenaltyBox
from noc_console.views.penalty_model import PenaltyModel, Row, ranked
from noc_console.views.wall import Wall
from noc_console.views.wall_curves import Marks, Strip, as_image, paint_bars, paint_curves
from noc_console.views.wall_facts import facts_of


@pytest.fixture
def waiting(desk):
    """A board with one well channel whose critical alarm nobody has answered, and one plain well one."""
    told = story.board()
    told["channels"] = [story.channel(1, "CH_A", "A", latched=1), story.channel(2, "CH_B", "B")]
    told["alarms"] = []
    desk.mirror.take(told)
    return desk


def test_it_stands_last_in_the_box_under_its_own_line(waiting):
    assert [place.kind for place in ranked(waiting.mirror)] == [Row.WAITING_HEADING, Row.WAITING]
    model = PenaltyModel(waiting.mirror)
    model.rank()
    assert model.data(model.index(0, 0)) == "1 waits for acknowledgement"
    assert model.ill == 0


def test_next_ill_passes_it_by(waiting):
    model = PenaltyModel(waiting.mirror)
    model.rank()
    assert model.next_ill(0) == 0


def test_the_list_and_the_hint_say_it_in_words(waiting):
    channel = waiting.mirror.channels[1]
    wrong = next(column for column in COLUMNS if column.key == "wrong")
    assert wrong.text(channel, waiting.mirror) == "Gone; 1 alarm waits for acknowledgement"
    assert "1 alarm waits for acknowledgement" in facts_of(channel, waiting.mirror)
    assert wrong.text(waiting.mirror.channels[2], waiting.mirror) == ""


def test_the_box_draws_it_without_a_hue(waiting, qtbot):
    box = PenaltyBox(waiting)
    qtbot.addWidget(box)
    box.resize(360, 300)
    box.refresh()
    box.show()
    image = box.list.viewport().grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, 350, 1) for y in range(70)}
    assert max(_spread(QColor(name)) for name in colours) < 40
    assert waiting.theme.colours.secondary.name() in colours


def test_its_tile_differs_from_a_well_one_by_the_mark_alone(waiting, qtbot):
    wall = Wall(waiting)
    qtbot.addWidget(wall)
    wall.resize(1504, 942)
    wall.refresh()
    wall.show()
    ours, other = (wall.grab(wall.tile_rect(row)).toImage() for row in (0, 1))
    colours = {ours.pixelColor(x, y).name() for x in range(ours.width()) for y in range(ours.height())}
    assert max(_spread(QColor(name)) for name in colours) < 40
    # the glyph's corner: a frame instead of the dot
    corner = (ours.width() - 30, 0, 30, 30)
    assert ours.copy(*corner) != other.copy(*corner)


def test_a_dense_screen_gets_a_curve_of_its_own_pixels():
    strip = Strip(40, 13, 26, 8).at_scale(2.0)
    assert (strip.width, strip.height, strip.curve_width, strip.bar_left) == (80, 26, 52, 64)
    pixels = np.zeros((1, 26, 80, 4), np.uint8)
    row = np.array([0])
    hue = np.full((1, 3), 200, np.uint8)
    paint_curves(pixels, row, np.full((1, 60), 0.5, np.float32), hue, strip)
    marks = Marks(np.array([0.3], np.float32), np.array([[0.0, 0.5]], np.float32))
    paint_bars(pixels, row, marks, hue, (QColor("#000000"), QColor("#101010")), strip)
    assert round(float(pixels[0, :, 10, 3].sum()) / 255, 1) == 2.0  # two device pixels: one of the layout
    canvas = QImage(80, 26, QImage.Format.Format_ARGB32_Premultiplied)
    canvas.setDevicePixelRatio(2.0)
    canvas.fill(0)
    painter = QPainter(canvas)
    painter.drawImage(0, 0, as_image(pixels, 2.0), 0, 0, 80, 26)
    painter.end()
    drawn = np.frombuffer(canvas.constBits(), np.uint8).reshape(26, 80, 4)
    assert np.array_equal(drawn, pixels[0])


def _spread(colour: QColor) -> int:
    parts = (colour.red(), colour.green(), colour.blue())
    return max(parts) - min(parts)


def test_the_wall_of_300_still_counts_only_the_ill(desk):
    told = board(300)
    told["channels"][120]["latched"] = 1
    desk.mirror.take(told)
    kinds = [place.kind for place in ranked(desk.mirror)]
    assert kinds.count(Row.ILL) == 10
    assert kinds[-1] is Row.WAITING


def test_a_latched_alarm_is_quiet_among_the_newest(desk, qtbot):
    told = story.board()
    told["alarms"] = [{**told["alarms"][0], "severity": "critical", "latched": True, "acknowledged": False}]
    desk.mirror.take(told)
    card = NewestAlarms(desk)
    qtbot.addWidget(card)
    card.resize(480, 300)
    card.refresh()
    card.show()
    image = card.list.viewport().grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(44)}
    assert desk.theme.colours.critical_tint.name() not in colours
