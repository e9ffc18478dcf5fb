"""One look at the pixels of each small painted widget: figures, sheet, buttons, chips, head, meter, running list."""

from __future__ import annotations

import canned_story as story
import pytest
from PySide6.QtGui import QAction, QColor, QImage
from PySide6.QtWidgets import QWidget

from noc_console.model import Severity
from noc_console.views.add_channel_meter import Meter
from noc_console.views.alarm_figures import FigureRow, figures
from noc_console.views.alarm_filter import Chip
from noc_console.views.alarms_chips import ChipButton, ChipRow
from noc_console.views.channel_header import ChannelHeader
from noc_console.views.desk import Desk
from noc_console.views.drawer_button import KeyButton
from noc_console.views.drawer_sheet import Fact, Item, Sheet
from noc_console.views.lab_panel_list import RunningList
from noc_console.views.lab_panel_values import running
from noc_console.views.theme import Theme


def _image(widget: QWidget, width: int, height: int) -> QImage:
    widget.resize(width, height)
    image = widget.grab().toImage()
    widget.close()
    return image


def _has(image: QImage, colour: QColor) -> bool:
    return any(image.pixelColor(x, y) == colour for x in range(image.width()) for y in range(image.height()))


def test_an_overload_has_the_bar_at_its_left_and_a_calm_figure_has_not(look: Theme) -> None:
    row = FigureRow(look)
    row.show_figures(figures(story.alarms(), [], [], story.NOW))
    image = _image(row, 1400, 64)
    assert image.pixelColor(1, 30) == look.severity[Severity.MAJOR]
    assert _image_of_calm(look).pixelColor(2, 30) == look.colours.panel


def _image_of_calm(look: Theme) -> QImage:
    row = FigureRow(look)
    row.show_figures(figures([], [], [], story.NOW))
    return _image(row, 1400, 64)


@pytest.mark.parametrize(("severity", "is_shown"), [(Severity.MAJOR, True), (Severity.CLEARED, False)])
def test_the_sheet_colours_only_what_is_wrong(look: Theme, severity: Severity, is_shown: bool) -> None:
    sheet = Sheet(look)
    sheet.show_entries((Fact("Value", "3.2", severity), Item(severity, "A finding")))
    assert _has(_image(sheet, 340, 120), look.severity[Severity.MAJOR]) is is_shown


def test_the_primary_button_is_accent_until_its_action_is_off(look: Theme) -> None:
    action = QAction("Acknowledge")
    action.setShortcut("A")
    assert _image(KeyButton(look, action, is_primary=True), 160, 32).pixelColor(100, 5) == look.colours.accent
    action.setEnabled(False)
    assert _image(KeyButton(look, action, is_primary=True), 160, 32).pixelColor(100, 5) == look.colours.raised


def test_a_chip_that_is_on_is_raised(look: Theme) -> None:
    chip = ChipButton(look, Chip("open", "Open", 3))
    calm = _image(chip, 80, 24).pixelColor(4, 12)
    chip.setChecked(True)
    assert (calm, _image(chip, 80, 24).pixelColor(4, 12)) == (look.colours.panel, look.colours.raised)


def test_open_is_on_when_no_other_chip_is(look: Theme) -> None:
    row = ChipRow(look)
    row.show_chips([Chip("open", "Open", 3), Chip("mine", "Mine", 1)])
    chosen: list[frozenset[str]] = []
    row.chosen.connect(chosen.append)
    mine = row._buttons["mine"]
    mine.click()
    assert not row._buttons["open"].isChecked()
    mine.click()
    assert row._buttons["open"].isChecked()
    assert chosen == [frozenset({"mine"}), frozenset()]
    row.close()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("ok", "Segment download 4.78 s"),
        ("stale", "Stale for"),
        ("loading", "Loading"),
        ("disabled", "Disabled: not measured"),
    ],
)
def test_the_head_says_how_fresh_its_data_are(desk: Desk, state: str, words: str) -> None:
    desk.mirror.take(story.board())
    header = ChannelHeader(desk)
    header.show_channel({**story.ill_channel(), "state": state})
    assert header._freshness().startswith(words)
    image = _image(header, 1200, 52)
    assert image.pixelColor(6, 34) == desk.theme.severity[Severity.MAJOR]


def test_the_meter_fills_with_the_share_done(look: Theme) -> None:
    meter = Meter(look)
    meter.show_progress(0.5, "Watching")
    image = _image(meter, 400, 34)
    assert (image.pixelColor(100, 28), image.pixelColor(300, 28)) == (look.colours.data_line, look.colours.band_low)


def test_the_chosen_running_fault_has_its_fill(look: Theme) -> None:
    shown = RunningList(look)
    shown.show_faults(running(story.lab()), story.NOW)
    image = _image(shown, 700, 100)
    assert image.pixelColor(2, 18) == look.colours.selected_row
    assert image.pixelColor(2, 60) != look.colours.selected_row
