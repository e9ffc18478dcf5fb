"""The main window: keys, ways, overlays, states."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from noc_console.bench.boards import board
from noc_console.views.registry import in_navigation, keys_of
from noc_console.views.window import Window


@pytest.fixture
def window(desk, qtbot):
    desk.mirror.take(board(300))
    made = Window(desk)
    qtbot.addWidget(made, before_close_func=_let_go)
    made.resize(1600, 900)
    made.show()
    qtbot.waitExposed(made)
    return made


def _let_go(window: Window) -> None:
    window.may_close = True


def press(qtbot, window: Window, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(window.focusWidget() or window, key, modifier)


def test_control_and_a_number_or_a_key_of_its_own_lead_to_each_screen(window, qtbot):
    for name, key in keys_of(in_navigation()).items():
        if name == "lab":
            continue
        press(qtbot, window, Qt.Key(ord(key[-1])), Qt.KeyboardModifier.ControlModifier)
        assert window.stage.name == name


def test_the_navigation_marks_the_screen_and_hides_the_lab_without_one(window, desk):
    window.show_lit()
    shown = {button.name: button.isChecked() for button in window.navigation.buttons() if button.isVisible()}
    assert "lab" not in shown
    assert [name for name, is_on in shown.items() if is_on] == ["wall"]
    told = board(300, rev=2)
    told["agent"]["lab"] = {"url": "http://127.0.0.1:1", "channels": 12}
    desk.mirror.take(told)
    window.show_lit()
    assert "lab" in {button.name for button in window.navigation.buttons() if button.isVisible()} | (
        set() if "lab" in in_navigation() else {"lab"}
    )


def test_n_selects_the_worst_channel_then_the_next(window, qtbot):
    press(qtbot, window, Qt.Key.Key_N)
    wall = window.stage.currentWidget().wall
    assert wall.current == 87
    press(qtbot, window, Qt.Key.Key_N)
    assert wall.current == 1


def test_letters_are_text_in_a_text_field(window, qtbot):
    window.stage.show_screen("channels")
    words = window.stage.currentWidget().head.words
    words.setFocus()
    qtbot.keyClicks(words, "nde")
    assert words.text() == "nde"
    assert window.stage.currentWidget().current() is None


def test_find_opens_a_channel_by_a_few_letters(window, desk, qtbot):
    opened = []
    desk.ways.openChannel.disconnect(window.stage.open_channel)
    desk.ways.openChannel.connect(opened.append)
    press(qtbot, window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.find_card.isVisible()
    qtbot.keyClicks(window.find_card.line, "hd_067 region")
    qtbot.keyClick(window.find_card.line, Qt.Key.Key_Return)
    assert opened == [87]
    assert not window.find_card.isVisible()


def test_the_key_card_shows_every_key_that_works(window, qtbot):
    press(qtbot, window, Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier)
    assert window.key_card.isVisible()
    keys = [action.shortcut().toString() for action in window.keys]
    shown = window.key_card.shown_keys()
    assert set(keys) <= set(shown)
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not window.key_card.isVisible()


def test_every_action_has_a_name_and_a_key_of_its_own(window):
    keys = [action.shortcut().toString() for action in window.keys]
    assert all(action.text() for action in window.keys)
    assert len(keys) == len(set(keys))
    assert "" not in keys


def test_escape_goes_back_to_the_screen_before(window, qtbot):
    window.stage.show_screen("channels")
    press(qtbot, window, Qt.Key.Key_Escape)
    assert window.stage.name == "wall"


def test_the_operator_is_asked_and_kept(window, desk, qtbot):
    press(qtbot, window, Qt.Key.Key_F2)
    qtbot.keyClicks(window.who.line, "T. Linh")
    qtbot.keyClick(window.who.line, Qt.Key.Key_Return)
    assert desk.operator.name == "T. Linh"
    assert not window.who.isVisible()


def test_a_lost_agent_is_said_in_the_banner_until_it_is_back(window, desk):
    desk.mirror.lose("The agent does not answer.")
    window.show_lit()
    assert window.banner.isVisible()
    desk.mirror.take(board(300, rev=2))
    window.show_lit()
    assert not window.banner.isVisible()


def test_a_failed_task_is_told_once_and_closed(window, desk, qtbot):
    desk.tasks.failed.emit("Channel CH_1 is not there.")
    assert window.banner.notice.text == "Channel CH_1 is not there."
    qtbot.mouseClick(window.banner.findChild(QPushButton), Qt.MouseButton.LeftButton)
    window.show_lit()
    assert not window.banner.isVisible()


def test_a_standing_notice_stays_closed_until_another_one_comes(window, desk, qtbot):
    told = board(300, rev=2)
    told["agent"]["workers"][0]["state"] = "replaced"
    desk.mirror.take(told)
    window.show_lit()
    qtbot.mouseClick(window.banner.findChild(QPushButton), Qt.MouseButton.LeftButton)
    window.show_lit()
    assert not window.banner.isVisible()
    told = board(300, rev=3)
    told["agent"]["recording"] = {**told["agent"]["recording"], "state": "not_recorded", "text": "disk full"}
    desk.mirror.take(told)
    window.show_lit()
    assert window.banner.notice.text.startswith("NOT RECORDED")


def test_closing_asks_the_program_first(window, qtbot):
    with qtbot.waitSignal(window.closing):
        window.close()
    assert window.isVisible()


def test_before_the_agent_is_there_the_frame_says_so(desk, qtbot):
    made = Window(desk)
    qtbot.addWidget(made, before_close_func=_let_go)
    made.resize(1366, 768)
    made.show()
    made.show_lit()
    assert made.status.text.endswith("waiting for the agent")
    assert not made.banner.isVisible()
