"""F9 on every screen: the card asks, shows the verdict with its evidence, copies it, and never raises."""

from __future__ import annotations

from typing import Any

import pytest
from canned_agent import serving, settled
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from noc_console.bench.boards import board
from noc_console.views.is_it_us import IsItUsCard
from noc_console.views.is_it_us_values import entries_of, head_of, text_of
from noc_console.views.window import Window

LINES = [
    ("layers", "well", "L1 headend (ts): nothing wrong, MOS 4.5"),
    ("layers", "ill", "L2 packager (hls): The playlist is stale"),
    ("waterfall", "well", "master from 10.0.0.2:80: 200 in 0.02 s"),
    ("sisters", "well", "0 of 12 other channels at the same host or multiplex are ill"),
    ("changes", "unknown", "4 min ago, ladder changed: Rung 720p added"),
    ("own", "well", "agent well: CPU 20%, lag 0.0 s, no drops, clock not compared"),
]


STALE = {"id": "hls-playlist-stale", "severity": "critical"}


def answer(**more: Any) -> dict[str, Any]:
    told = {
        "channel_id": 87,
        "channel": "CH_TV_HD_067",
        "name": "Region 67",
        "verdict": "packager",
        "says": "It is the packager.",
        "confidence": 0.84,
        "level": "high",
        "reasons": ["L2 packager is the first layer that is ill"],
        "against": [],
        "others": [{"cause": "isp", "weight": 0.2}],
        "lines": [{"group": group, "state": state, "text": text} for group, state, text in LINES],
        "layers": [
            {
                "place": "L2 packager",
                "kind": "hls",
                "findings": [{"id": "hls-playlist-stale", "severity": "critical"}],
            }
        ],
        "waterfall": [],
        "asked_at": 1_790_000_000.0,
        "took_s": 0.4,
    }
    return {**told, **more}


def test_the_text_for_a_ticket_has_verdict_reasons_and_every_line() -> None:
    text = text_of(answer())
    assert text.startswith("Is it us? CH_TV_HD_067  Region 67\nIt is the packager. (84% sure, high")
    assert "* L2 packager is the first layer that is ill" in text
    assert all(line in text for _, _, line in LINES)


def test_a_layer_has_the_severity_of_what_was_found_there() -> None:
    severities = {entry.text: str(entry.severity) for entry in entries_of(answer()) if hasattr(entry, "severity")}
    assert severities["L2 packager (hls): The playlist is stale"] == "critical"
    assert severities["L1 headend (ts): nothing wrong, MOS 4.5"] == "cleared"


@pytest.mark.parametrize(
    ("verdict", "confidence", "is_ill", "bar"),
    [("packager", 0.84, True, 0.84), ("nothing", 0.9, False, 0.9), ("unclear", 0.0, False, -1.0)],
)
def test_only_a_fault_is_coloured_and_only_a_verdict_has_a_bar(
    verdict: str, confidence: float, is_ill: bool, bar: float
) -> None:
    head = head_of(answer(verdict=verdict, confidence=confidence))
    assert (head.is_ill, head.confidence) == (is_ill, bar)


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


def asked(window: Window, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    channels: list[int] = []
    monkeypatch.setattr(window.us_card, "ask", channels.append)
    return channels


def test_f9_asks_for_the_channel_in_hand_on_each_screen(window, qtbot, monkeypatch):
    channels = asked(window, monkeypatch)
    window.stage.currentWidget().wall.select(5)
    qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_F9)
    window.stage.open_channel(7)
    qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_F9)
    assert channels == [5, 7]


def test_f9_without_a_choice_asks_for_the_worst_channel(window, qtbot, monkeypatch):
    channels = asked(window, monkeypatch)
    window.stage.show_screen("overview")
    qtbot.keyClick(window.focusWidget() or window, Qt.Key.Key_F9)
    assert channels == [87]


def test_f9_is_on_the_key_card(window, qtbot):
    window.show_keys()
    assert "F9" in window.key_card.shown_keys()
    window.key_card.put_away()


async def test_the_answer_is_shown_and_y_copies_it(window, desk, qtbot):
    async with serving(desk) as agent:
        agent.answers["/channels/87/is-it-us"] = {"status": "ok", "answer": answer()}
        card = window.us_card
        card.ask(87)
        assert not card.copy_text.isEnabled()
        await settled(desk)
        assert card.head.accessibleName().startswith("CH_TV_HD_067  Region 67: It is the packager.")
        assert not card.grab().isNull()
        qtbot.keyClick(card, Qt.Key.Key_Y)
        assert QGuiApplication.clipboard().text() == text_of(answer())
        assert [(method, path) for method, path, _ in agent.told] == [("POST", "/channels/87/is-it-us")]
        window._escape()
        assert not card.isVisible()


async def test_an_agent_that_refuses_is_said_on_the_card(window, desk):
    async with serving(desk) as agent:
        agent.refusals["/is-it-us"] = (404, "There is no channel 87.")
        window.us_card.ask(87)
        await settled(desk)
        assert "no answer" in window.us_card.head.accessibleName()
        assert "There is no channel 87." in window.us_card.sheet.accessibleDescription()


def test_the_card_paints_whatever_length_its_words_have(look, desk, qtbot):
    desk.mirror.take(board(3))
    window = Window(desk)
    qtbot.addWidget(window, before_close_func=_let_go)
    window.resize(1366, 768)
    window.show()
    card = window.us_card
    assert isinstance(card, IsItUsCard)
    long = [{"group": "layers", "state": "ill", "text": "word " * 300}] * 60
    for lines in ([], long):
        card._channel_id = 87
        card._take(answer(lines=lines, layers=[], reasons=["x" * 500] * 4, name=""))
        card.pop_up()
        assert not card.grab().isNull()
        assert card.height() <= window.height() - 96
        card.put_away()
