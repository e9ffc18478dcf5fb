"""The cards of the alarm load: what the agent counts per operator stands beside what the screen counts itself."""

from __future__ import annotations

from noc_console.model import Severity
from noc_console.views.alarm_figures import figures


def test_the_load_of_one_operator_and_chattering_alarms_have_cards_once_the_agent_has_told_them() -> None:
    load = {"per_10_min": 4.5, "chattering": 2, "judged": {"per_10_min": "over"}}
    cards = {one.label: one for one in figures([], [], [], 1000.0, load)}
    assert cards["Per operator, 10 min"].value == "4.5"
    assert cards["Per operator, 10 min"].severity is Severity.MAJOR
    assert (cards["Chattering"].value, cards["Chattering"].severity) == ("2", Severity.MINOR)


def test_without_an_answer_there_is_no_card_and_no_zero() -> None:
    assert "Chattering" not in {one.label for one in figures([], [], [], 1000.0)}
