"""Cards over the window, and what the list tells the agent."""

from __future__ import annotations

import asyncio
from urllib.parse import unquote_plus

import pytest
from canned_agent import serving
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from noc_console.bench.boards import board
from noc_console.errors import KnownError
from noc_console.views.ask_bar import AskBar
from noc_console.views.channels_acts import ChannelActs
from noc_console.views.closing import ClosingCard, at_stake
from noc_console.views.prompt import Prompt
from noc_console.views.sheet import style_sheet
from noc_console.views.theme import theme


@pytest.fixture
def ground(look, qtbot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    return made


def test_closing_says_how_many_channels_are_at_stake(ground, look, qtbot):
    card = ClosingCard(ground, look)
    card.ask(12)
    assert card.isVisible()
    with qtbot.waitSignal(card.kept):
        card.keep.click()
    with qtbot.waitSignal(card.stopped):
        card.stop.click()


def test_demo_and_disabled_channels_are_not_at_stake(desk):
    told = board(4)
    told["channels"][0]["demo"] = True
    told["channels"][1]["enabled"] = False
    desk.mirror.take(told)
    assert at_stake(desk.mirror) == 2


def test_a_prompt_answers_on_enter_and_never_empty(ground, look, qtbot):
    card = Prompt(ground, look, "Token of this agent?", "", is_secret=True)
    answers: list[str] = []
    card.answered.connect(answers.append)
    card.ask()
    qtbot.keyClick(card.line, Qt.Key.Key_Return)
    qtbot.keyClicks(card.line, "abc")
    assert card.line.displayText() != "abc"
    qtbot.keyClick(card.line, Qt.Key.Key_Return)
    assert answers == ["abc"]
    assert not card.isVisible()


def test_escape_puts_a_card_away(ground, look, qtbot):
    card = Prompt(ground, look, "Who is here?", "")
    card.ask("T. Linh")
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    assert not card.isVisible()


def test_the_bar_does_it_once_and_only_when_told(look, qtbot):
    bar = AskBar(look)
    qtbot.addWidget(bar)
    done: list[int] = []
    bar.ask("Delete CH_1?", "Delete", lambda: done.append(1))
    bar.put_away()
    bar.ask("Delete CH_1?", "Delete", lambda: done.append(2))
    yes, no = bar.buttons()
    no.click()
    bar.ask("Delete CH_1?", "Delete", lambda: done.append(3))
    yes.click()
    yes.click()
    assert done == [3]


async def test_acts_reach_the_agent_with_the_operators_name(desk):
    desk.mirror.take(board(2))
    desk.operator.rename("T. Linh")
    channel = desk.mirror.channels[2]
    async with serving(desk) as agent:
        acts = ChannelActs(desk)
        acts.switch(channel)
        acts.switch({**channel, "enabled": False})
        acts.test_alarm(channel)
        acts.delete(channel)
        async with asyncio.timeout(10):
            while len(agent.told) < 4:
                await asyncio.sleep(0.01)
    told = {(method, path.partition("?")[0]): path.partition("?")[2] for method, path, _ in agent.told}
    assert told["POST", "/channels/2/disable"] == told["POST", "/channels/2/enable"]
    assert ("POST", "/channels/2/test-alarm") in told
    assert "purge=" in told["DELETE", "/channels/2"]
    assert all("by=T. Linh" in unquote_plus(query) for query in told.values())


async def test_a_failing_task_becomes_one_sentence_and_a_bug_a_number(desk, caplog):
    said: list[str] = []
    desk.tasks.failed.connect(said.append)

    async def refused() -> None:
        raise KnownError("Channel CH_1 is not there.")

    async def broken() -> None:
        raise ZeroDivisionError

    await desk.tasks.start(refused())
    await desk.tasks.start(broken())
    assert said == ["Channel CH_1 is not there.", "Internal error 1: see the log."]
    assert "ZeroDivisionError" in caplog.text


def test_a_theme_that_is_none_is_refused():
    with pytest.raises(KnownError, match="safe, dark"):
        theme("pink")


@pytest.mark.parametrize("name", ["safe", "dark"])
def test_the_style_sheet_knows_every_token(name):
    assert "$" not in style_sheet(theme(name))


def test_the_dark_theme_is_the_requirements_palette(qapp):
    dark = theme("dark")
    hues = [colour.name() for colour in (dark.colours.bg, dark.colours.accent, *dark.severity.values())]
    assert {"#0f1419", "#4299e1", "#48bb78", "#ed8936", "#f56565"} <= set(hues)
