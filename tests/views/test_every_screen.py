"""What holds for every registered screen: keys and names for all it can do, and words in each state it can be in."""

from __future__ import annotations

import canned_story as story
import numpy as np
import pytest
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget

from noc_console.views.desk import Desk
from noc_console.views.registry import SCREENS, _is_there, build
from noc_console.views.window import Window

NAMES = [name for name, entry in SCREENS.items() if _is_there(entry)]
ON_THE_BOARD = [name for name in ("overview", "wall", "channels", "channel") if name in NAMES]


@pytest.fixture(params=NAMES)
def screen(request, desk, qtbot) -> QWidget:
    made = build(request.param, desk)
    qtbot.addWidget(made)
    return made


def test_every_action_of_it_has_a_key_and_a_name(screen):
    # Cancel is the window's Esc
    without = [
        action.text()
        for action in screen.actions()
        if action.text() != "Cancel" and (action.shortcut().isEmpty() or not action.text())
    ]
    assert without == []


def test_no_key_means_two_things_on_it(screen, desk, qtbot):
    window = Window(desk)
    qtbot.addWidget(window)
    window._timer.stop()
    taken = [key.toString() for action in (*window.keys, *screen.actions()) for key in action.shortcuts()]
    assert sorted({key for key in taken if taken.count(key) > 1}) == []


def test_every_field_and_button_of_it_can_be_spoken(screen):
    parts = [*screen.findChildren(QAbstractButton), *screen.findChildren(QLineEdit), *screen.findChildren(QComboBox)]
    mute = [
        part
        for part in parts
        if not part.objectName().startswith("qt_")
        and not isinstance(part.parent(), QLineEdit | QComboBox)
        and not part.accessibleName()
        and not (isinstance(part, QLineEdit) and part.placeholderText())
        and not (isinstance(part, QAbstractButton) and part.text())
    ]
    assert mute == []


def test_every_action_of_the_window_has_a_key_and_a_name(desk, qtbot):
    window = Window(desk)
    qtbot.addWidget(window)
    window._timer.stop()
    assert all(isinstance(action, QAction) and action.text() for action in window.keys)
    assert not any(action.shortcut().isEmpty() for action in window.keys)


@pytest.mark.parametrize("state", ["loading", "empty", "full", "stale", "lost"])
@pytest.mark.parametrize("name", NAMES)
def test_it_has_words_in_every_state(name, state, desk, qtbot):
    assert inked(shown(name, state, desk, qtbot), desk) > 60


@pytest.mark.parametrize("name", ON_THE_BOARD)
def test_stale_and_lost_data_look_unlike_fresh_ones(name, desk, qtbot):
    fresh, stale, lost = (shown(name, state, desk, qtbot) for state in ("full", "stale", "lost"))
    assert fresh != stale
    assert fresh != lost


def shown(name: str, state: str, desk: Desk, qtbot) -> QImage:
    told = story.board()
    if state == "empty":
        told = {**told, "channels": [], "alarms": []}
    if state == "stale":
        told["channels"] = [stale(channel) for channel in told["channels"]]
    if state != "loading":
        desk.mirror.take({**told, "boot": state})
    if state == "lost":
        desk.mirror.lose("The agent does not answer.")
    made = build(name, desk)
    qtbot.addWidget(made)
    made.resize(1400, 860)
    opener = getattr(made, "open", None)
    if opener is not None and name == "channel":
        opener(told["channels"][0]["id"] if told["channels"] else 1)
    made.show()
    made.refresh()
    image = made.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    made.hide()
    return image


def stale(channel: dict) -> dict:
    inputs = [{**one, "state": "stale"} for one in channel["inputs"]]
    return {**channel, "state": "stale", "at": channel["at"] - 300, "inputs": inputs}


def inked(image: QImage, desk: Desk) -> int:
    """Count the pixels that are clearly lighter than any ground."""
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)[:, : image.width(), :3]
    lightness = (pixels.max(axis=2).astype(int) + pixels.min(axis=2)) // 2
    return int((lightness > desk.theme.colours.muted.lightness()).sum()) // 4


def test_a_channel_deleted_while_it_is_shown_is_left(desk, qtbot):
    desk.mirror.take(story.board())
    page = build("channel", desk)
    qtbot.addWidget(page)
    page.open(1)
    page.show()
    said: list[str] = []
    backs: list[bool] = []
    desk.ways.say.connect(said.append)
    desk.ways.back.connect(lambda: backs.append(True))
    left = {**story.board(), "rev": story.board()["rev"] + 1, "channels": [], "alarms": []}
    desk.mirror.take({**left, "gone": {"channels": [1], "alarms": []}})
    page.refresh()
    page.refresh()
    assert said == ["This channel is no longer watched: it was deleted."]
    assert backs == [True]
    page.hide()
