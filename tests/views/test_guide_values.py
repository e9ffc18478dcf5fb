"""What the guide screens show, as values: path, cards, answers, drawer, words, chart, paper."""

from __future__ import annotations

import pytest
from guide_story import CHECKLIST, NOW, Story

from noc_console.model import Severity
from noc_console.views import guide_words as words
from noc_console.views.drawer_sheet import Fact
from noc_console.views.guide_curves import limit_of, main_answer
from noc_console.views.guide_drawer_values import entries, next_timer, people
from noc_console.views.guide_frame import notice_of
from noc_console.views.guide_page import csv_of_walk, page_of_walk
from noc_console.views.guide_path import State, nodes
from noc_console.views.guide_sheet import Check, Contact, Countdown, Meter
from noc_console.views.guide_step_values import StepView, step_view
from noc_console.views.shift_values import lines_of, parts, sign_roles, today


def seen(story: Story, who: str = "T. Linh") -> StepView:
    view = step_view(story.tree(), story.told(), "", story.at, who)
    assert view is not None
    return view


def test_the_path_is_lit_up_to_the_open_step_and_goes_on_dim() -> None:
    story = Story()
    drawn = nodes(story.tree(), story.told(), "")
    assert [(node.step, node.state) for node in drawn[:4]] == [
        ("match", State.DONE),
        ("poor", State.DONE),
        ("sisters", State.NOW),
        ("look", State.COMING),
    ]
    assert (drawn[1].chip, drawn[1].other) == ("yes", "no:  Resolution")
    assert drawn[1].lines == ("Picture quality (estimate) 3.2", "Points to encoder")
    assert drawn[2].lines[-1] == "Your answer is needed"


def test_a_step_without_data_and_a_skipped_one_say_so() -> None:
    story = Story(answers={"mos": None, "ill": None})
    story.do("skipped", step="sisters", reason="busy")
    drawn = {node.step: node for node in nodes(story.tree(), story.told(), "")}
    assert (drawn["poor"].chip, drawn["poor"].has_no_data) == ("no data", True)
    assert (drawn["sisters"].chip, drawn["sisters"].lines[-1]) == ("skipped", "Skipped: busy")


def test_the_answers_say_where_they_lead_and_what_the_data_suggest() -> None:
    view = seen(Story())
    assert [one.words for one in view.answers] == ["Most of them", "Only this one", "I cannot tell"]
    assert [one.is_suggested for one in view.answers] == [True, False, False]
    assert view.answers[0].leads == "Go to: Look at the disk"
    assert view.answers[0].data == "the data agree, points to packager, rules out source"
    assert view.answers_note == "The data suggest answer 1."
    silent = seen(Story(answers={"mos": 3.2, "ill": None}))
    assert silent.answers_note == "The data say nothing to this."
    assert not any(one.is_suggested for one in silent.answers)


def test_a_card_tells_value_samples_and_window_and_is_ill_only_where_it_speaks_for_a_fault() -> None:
    card = seen(Story()).cards[0]
    assert (card.label, card.value, card.note) == ("Ill, same source or host", "5", "30 samples, 5 min")
    story = Story()
    story.do("went-back")
    held = {one.label: one for one in seen(story).cards}
    assert held["Picture quality (estimate)"].value == "3.2"
    unknown = seen(Story(answers={"mos": 3.2, "ill": None})).cards[0]
    assert (unknown.value, unknown.is_unknown, unknown.severity) == ("no data", True, Severity.CLEARED)


def test_evidence_grows_old_while_a_walk_stands_open() -> None:
    story = Story()
    view = step_view(story.tree(), story.told(), "", NOW + 1200, "x")
    assert view is not None
    assert view.cards[0].is_old
    assert view.cards[0].note.endswith("20 m old")


def test_an_action_wants_a_second_person_whose_name_differs() -> None:
    story = at_the_action()
    assert seen(story).primary == "Ask shift-lead for approval"
    story.do("asked-approval", step="move", reason="disk is slow")
    assert seen(story, "t. linh").primary == ""
    assert seen(story, "Minh").primary == "Approve"
    story.do("approved", by="Minh", step="move")
    assert seen(story).primary == "Done, go to is it well again?"
    assert seen(story).words[-1] == "Minh approved."


def at_the_action() -> Story:
    story = Story()
    story.do("chose", step="sisters", way="options.0")
    story.do("did", step="look", values={"disk": 840.0}, result="await 840")
    story.do("did", step="tell")
    return story


def test_every_kind_of_step_says_what_enter_does() -> None:
    story = Story()
    said = {}
    for deed in (
        {"kind": "chose", "step": "sisters", "way": "options.2"},
        {"kind": "did", "step": "path"},
        {"kind": "chose", "step": "path-says", "way": "otherwise"},
        {"kind": "did", "step": "look"},
        {"kind": "did", "step": "tell"},
        {"kind": "skipped", "step": "move"},
        {"kind": "skipped", "step": "verify"},
    ):
        view = seen(story)
        said[view.kind] = view.primary
        if view.id == deed["step"]:
            story.do(**deed)
    said[seen(story).kind] = seen(story).primary
    assert said["question"] == "Answer"
    assert said["diagnostic"] == "Run path"
    assert said["manual"] == "Done, go to tell the packager team"
    assert said["notify"] == "Tell them, go to move to the standby"
    assert said["verify"] == ""
    assert said["form"] == "Finish the guide"


def test_a_command_names_what_nobody_has_told() -> None:
    story = Story()
    story.do("chose", step="sisters", way="options.1")
    command = seen(story).command
    assert command is not None
    assert (command.text, command.missing) == ("ssh {packager_host} iostat", ("packager_host",))


def test_a_form_is_filled_in_beforehand() -> None:
    story = at_the_action()
    story.do("skipped", step="move")
    story.do("skipped", step="verify")
    fields = {one.name: one for one in seen(story).fields}
    assert (fields["cause"].value, fields["cause"].required, fields["cause"].is_filled) == ("encoder", True, True)
    assert fields["recovered"].value is None
    assert isinstance(fields["minutes"].value, float)


def test_the_drawer_tells_verdict_timers_contact_and_what_is_to_do() -> None:
    story = at_the_action()
    book = [
        {"name": "pack", "roles": ["packager-team"], "person": "N. Quang", "phone": "+84 24 1"},
        {"name": "mail", "roles": ["packager-team"]},
        {"name": "off", "roles": ["packager-team"], "enabled": False, "phone": "1"},
    ]
    told = entries(story.tree(), story.told(), "", story.at, book)
    facts = {one.label: one.value for one in told if isinstance(one, Fact)}
    assert facts["Primary"] == "Encoder\nThe picture is poor"
    assert facts["Ruled out"] == "Source (step 3)"
    meter = next(one for one in told if isinstance(one, Meter))
    assert meter.note.startswith("1 finding agree, 0 against")
    timer = next(one for one in told if isinstance(one, Countdown))
    assert (timer.figure, timer.text) == ("18:45", "until escalation to shift-lead")
    contact = next(one for one in told if isinstance(one, Contact))
    assert (contact.person, contact.phone) == ("N. Quang", "+84 24 1")
    todo = [(one.text, one.who, one.is_done) for one in told if isinstance(one, Check)]
    assert todo == [
        ("Look at the disk", "T. Linh", True),
        ("Tell the packager team", "T. Linh", True),
        ("Move to the standby", "", False),
    ]
    assert people(story.tree(), [])[:1] == []
    assert next_timer(story.told()) is not None


def test_an_ended_walk_says_how_and_what_was_found() -> None:
    story = Story()
    story.do("closed", reason="false alarm")
    head, said = notice_of(story.tree(), story.told(), "")
    assert head.title == "This guide is ended early"
    assert said[0].startswith("Cause: encoder, confidence")
    assert step_view(story.tree(), story.told(), "", story.at, "x") is None


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("mos", 3.2, "3.2"),
        ("loss", 0.0123, "1.2 %"),
        ("rate", 8_400_000.0, "8.4 Mbit/s"),
        ("age", 12.04, "12.0 s"),
        ("age", 400.0, "6 m 40 s"),
        ("there", 1.0, "present"),
        ("layer", 2.0, "packager"),
        ("cpu", 91.0, "91 %"),
        ("probe.loss_ratio", 0.02, "0.02"),
    ],
)
def test_a_value_is_written_as_people_say_it(name: str, value: float, text: str) -> None:
    questions = {
        "mos": {"kind": "metric", "metric": "video.mos"},
        "loss": {"kind": "metric", "metric": "ts.packet_loss_ratio"},
        "rate": {"kind": "metric", "metric": "video.bitrate_bps"},
        "age": {"kind": "metric", "metric": "playlist.age_s"},
        "there": {"kind": "finding", "finding": "hls-playlist-stale"},
        "layer": {"kind": "fact", "fact": "layer"},
        "cpu": {"kind": "ask", "unit": "%", "type": "number"},
        "probe": {"kind": "diagnostic", "diagnostic": "path"},
    }
    assert words.written(name, value, questions) == text


def test_the_threshold_of_a_chart_is_that_of_the_step() -> None:
    story = Story()
    guide = story.tree()
    found = main_answer(guide, story.told(), "video.mos")
    assert found is not None
    assert limit_of(guide, guide["steps"][0], found[0]) == ((3.5, "limit 3.5"), True)


def test_a_checklists_lines_have_exceptions_first_and_say_what_is_unknown() -> None:
    story = Story(CHECKLIST, {"cpu": 1.0, "silent": None})
    rows = lines_of(story.tree(), story.told())
    assert [(row.item, row.figure, row.limit, row.is_well) for row in rows] == [
        ("workers", "1", "= 0", False),
        ("silent", "no data", "= 0", None),
        ("told", "", "", None),
    ]
    story.do("marked", item="told", state="done")
    in_order = lines_of(story.tree(), story.told(), in_order=True)
    assert [row.state for row in in_order] == ["open", "open", "done"]
    assert parts(story.tree(), story.told()) == [
        ("1 System", "0 of 2", "5 min, 1 outside", True),
        ("2 Handover", "1 of 1", "1 min", False),
    ]
    assert sign_roles(story.tree(), story.told())[:2] == ("sign", ["shift-lead", "operator"])


def test_what_waits_comes_first_today() -> None:
    states = ("done", "coming", "overdue", "due")
    turns = [{"due_at": NOW + n, "state": state} for n, state in enumerate(states)]
    assert [turn["state"] for turn in today(turns, NOW)] == ["overdue", "due", "coming", "done"]


def test_a_walk_goes_to_paper_and_csv_without_formulas() -> None:
    story = Story(CHECKLIST, {"cpu": 1.0, "silent": 0.0})
    story.do("marked", item="workers", state="done", reason="=restarted")
    story.do("noted", text="disk is slow", hands_over=True)
    page = page_of_walk(story.tree(), story.told(), NOW)
    titles = [section.title for section in page.sections]
    assert titles == ["Lines", "Notes", "Handover", "Signatures"]
    told = csv_of_walk(story.tree(), story.told())
    assert "'=restarted" in told
    assert told.count("\r\n") == 4
    steps = csv_of_walk(Story().tree(), Story().told())
    assert "Is the picture poor?,yes" in steps
