"""The table of true causes fits the lab, the catalogue and the guides as they are."""

from __future__ import annotations

import pytest

from noc_console.catalogues import alarm_types
from noc_console.drills.truth import read_truth, shipped_truth
from noc_console.errors import KnownError
from noc_console.guides.shelf import read_shelf
from noc_console.guides.steps import CAUSES, Ask
from noc_console.lab.fault import FaultKind
from noc_console.lab.faults import FAULTS
from noc_console.lab.ts_faults import TS_FAULTS, TsFaultKind
from noc_console.resources import playbooks

TABLE = shipped_truth()
KINDS: dict[str, FaultKind | TsFaultKind] = {**FAULTS, **TS_FAULTS}


def test_every_fault_of_the_lab_has_its_truth_and_no_other():
    assert set(TABLE.faults) == set(KINDS)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_fault_that_is_due_an_alarm_is_due_it_here_too(name):
    truth, kind = TABLE.faults[name], KINDS[name]
    assert truth.causes
    assert set(truth.causes) <= set(CAUSES) - {"expected", "probe"}
    assert set(truth.alarms) <= set(alarm_types())
    assert kind.alarm in truth.alarms if kind.alarm else not truth.alarms


@pytest.mark.parametrize("name", sorted(KINDS))
def test_strengths_are_settings_the_lab_has(name):
    assert set(TABLE.faults[name].strength) <= set(KINDS[name].params)


def test_every_scripted_answer_is_to_a_question_that_is_asked():
    shelf = read_shelf({path.name: path.read_text("utf-8") for path in playbooks().glob("*.yaml")}, {})
    asked = {
        (guide.id, step.id): step for guide in shelf.guides.values() for step in guide.steps if isinstance(step, Ask)
    }
    for name, pairs in TABLE.answers.items():
        guide, _, step = name.partition(".")
        found = [one for (of, id), one in asked.items() if id == step and guide in ("*", of)]
        assert found, f"nobody asks {name}"
        assert all(place < len(one.options) - 1 for one in found for _, place in pairs)


@pytest.mark.parametrize("text", ["[fault.x]\ncauses = []", "[fault", "fault = 3", '[answers]\n"a.b" = [["x"]]'])
def test_a_broken_table_is_one_sentence(text):
    with pytest.raises(KnownError, match="cannot be read"):
        read_truth(text)
