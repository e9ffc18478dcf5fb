"""A trainee's next move follows the screen: what she sees, what the data suggest, and where mending begins."""

from __future__ import annotations

import pytest

from noc_console.drills.trainee import OVER, WAIT, Mind, next_move
from noc_console.drills.truth import read_truth

TABLE = read_truth('[answers]\n"*.seen" = [["black", 1], ["always", 0]]\n"PB-X.planned" = [["always", -2]]')
SEES = Mind(TABLE, frozenset({"black"}))
BLIND = Mind(TABLE, is_blind=True)


def guide(*steps):
    return {"guide": "PB-X", "steps": list(steps)}


def question(name, options=3):
    return {"id": name, "kind": "question", "options": [{}] * options}


def view(*steps, **more):
    return {"steps": list(steps), "ended_at": None, **more}


def test_she_says_what_she_sees():
    assert next_move(guide(question("seen")), view("seen"), SEES).deed["way"] == "options.1"
    assert next_move(guide(question("seen")), view("seen"), Mind(TABLE)).deed["way"] == "options.0"


def test_counted_from_the_end_is_the_option_before_cannot_tell():
    assert next_move(guide(question("planned", 4)), view("planned"), SEES).deed["way"] == "options.2"


def test_without_eyes_she_takes_what_the_data_suggest_or_cannot_tell():
    asked = guide(question("seen"))
    assert next_move(asked, view("seen"), BLIND).deed["way"] == "options.2"
    assert next_move(asked, view("seen", suggested={"seen": "options.0"}), BLIND).deed["way"] == "options.0"


def test_a_diagnostic_is_started_waited_for_and_gone_on_from():
    asked = guide({"id": "look", "kind": "diagnostic"})
    assert next_move(asked, view("look"), BLIND).kind == "diagnose"
    assert next_move(asked, view("look", diagnosed={"look": {"state": "running"}}), BLIND) is WAIT
    failed = {"look": {"state": "failed", "text": "not here"}}
    assert next_move(asked, view("look", diagnosed=failed), BLIND).deed == {
        "kind": "did",
        "step": "look",
        "by": "trainee",
        "reason": "drill",
        "result": "not here",
    }


def test_of_two_lanes_the_one_that_can_go_on_goes_on():
    asked = guide({"id": "look", "kind": "diagnostic"}, {"id": "tell", "kind": "notify"})
    running = {"look": {"state": "running"}}
    assert next_move(asked, view("look", "tell", diagnosed=running), BLIND).step == "tell"


@pytest.mark.parametrize("kind", ["verify", "action", "form", "wait", "link"])
def test_it_is_over_where_mending_begins(kind):
    assert next_move(guide({"id": "mend", "kind": kind}), view("mend"), SEES) is OVER


def test_it_is_over_when_the_walk_has_ended():
    assert next_move(guide(question("seen")), {**view("seen"), "ended_at": 1.0}, SEES) is OVER
