"""A run goes on by itself as far as answers and time allow; a person's deed is never lost; JSON keeps all of it."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_console.errors import KnownError
from noc_console.guides.answers import Answer
from noc_console.guides.deeds import (
    Answered,
    AnyDeed,
    Approved,
    AskedApproval,
    Chose,
    Closed,
    Did,
    Disagreed,
    Escalated,
    Filled,
    Noted,
    Skipped,
    TimePassed,
    TookOffer,
    WentBack,
)
from noc_console.guides.doing import apply, linked, replayed, start
from noc_console.guides.evidence import wanted
from noc_console.guides.guide import Guide
from noc_console.guides.reading import read_guide
from noc_console.guides.resolving import prefilled, warnings
from noc_console.guides.run import Begin, Run, deed_from_json, deed_to_json, run_from_json, run_to_json
from noc_console.guides.timing import due_at
from noc_console.guides.verdict import verdict
from noc_console.model import Event

TEXT = """\
guide: PB-TEST
version: 3
kind: playbook
title: Test
alarms: VIDEO_MOS_LOW
severity: major
timers:
  - {after_min: 10, do: offer, step: restart, text: Restart is offered}
  - {after_min: 20, do: escalate, to: shift-lead, text: Shift lead}
  - {after_min: 30, do: escalate, to: [senior, boss], text: Senior by phone}
questions:
  mos: {metric: video.mos}
  mos_24h: {kind: baseline, metric: video.mos}
  drop: {kind: difference, of: mos_24h, minus: mos}
  loss: {metric: ts.packet_loss_ratio}
  cpu: {kind: ask, text: CPU of the encoder, unit: "%", minimum: 0, maximum: 100}
  path: {kind: diagnostic, diagnostic: path}
steps:
  - {id: match, kind: evidence, show: [mos, drop], next: loss}
  - id: loss
    kind: decide
    branches:
      - {when: [loss, ">", 0.005], says: yes, blames: network, confidence: 0.7, next: look}
      - {when: [drop, ">", 1], says: fell, blames: encoder, confidence: 0.5, next: look}
    otherwise: {says: no, rules_out: network, next: look}
    no_data: {next: seen}
  - id: seen
    kind: question
    options:
      - {says: yes, blames: encoder, next: look, when: [mos, "<", 3.5]}
      - {says: no, blames: probe, next: look}
      - {says: I cannot tell, next: look}
  - {id: look, kind: manual, command: "ssh {encoder_host} top", result: cpu, next: trace}
  - {id: trace, kind: diagnostic, run: path, next: weigh}
  - id: weigh
    kind: decide
    branches: [{when: {any: [[cpu, ">", 80], [path.loss_ratio, ">", 0.01]]}, blames: encoder, next: restart}]
    otherwise: {next: rest}
    no_data: {next: rest}
  - {id: rest, kind: wait, minutes: 10, then_check: [mos, ">=", 4], next: form, otherwise: {next: restart},
     no_data: {next: form}}
  - {id: restart, kind: action, role: encoder-ops, approval: shift-lead, next: verify}
  - {id: verify, kind: verify, when: [mos, ">=", 4], within_min: 5, next: form, otherwise: {next: seen},
     no_data: {next: form}}
  - id: form
    kind: form
    review_within_h: 24
    fields:
      - {name: cause, required: true, fill: verdict}
      - {name: well, kind: yes_no, required: true}
      - {name: mos_now, kind: number, fill: mos, warn_when: [mos, "<", 4], warning: Not yet normal}
      - {name: minutes, kind: number, fill: open_min}
      - {name: why, kind: choice, options: [wear, error]}
    next: end
"""
GUIDE = read_guide("pb-test.yaml", TEXT).guide
ILL = {"mos": 2.8, "mos_24h": 4.3, "loss": 0.0}


def guide() -> Guide:
    assert GUIDE is not None
    return GUIDE


def told(values: dict[str, float | None], end: float = 100.0, samples: int = 30) -> dict[str, Answer]:
    return {name: Answer(value, samples=samples, start=end - 300, end=end) for name, value in values.items()}


class Play:
    """A run under a script: each call is one deed, `events` what the last one made."""

    def __init__(self, values: dict[str, float | None] | None = None, *, by: str = "", samples: int = 30) -> None:
        begin = Begin(run_id=7, by=by, raised_at=100.0, channel_id=4, alarm_id=9, alarm_type="VIDEO_MOS_LOW")
        self.run, self.events = start(guide(), begin, 101.0)
        self.all = [*self.events]
        if values is not None:
            self.do(Answered(answers=told(values, samples=samples)), 102.0)

    def do(self, deed: AnyDeed, at: float) -> tuple[str, ...]:
        """The kinds of events one deed made."""
        self.run, self.events = apply(guide(), self.run, deed, at)
        self.all += self.events
        return tuple(event.kind for event in self.events)

    @property
    def at(self) -> list[str]:
        return [stay.step for stay in self.run.open_stays]

    @property
    def refused(self) -> str:
        return self.run.log[-1].refused

    def to_restart(self) -> Play:
        self.do(Did(step="look", by="linh", values={"cpu": 95}), 110)
        self.do(Did(step="trace"), 111)
        assert self.at == ["restart"]
        return self


def test_a_run_waits_for_answers_and_says_which() -> None:
    play = Play()
    assert play.at == ["match"]
    assert wanted(guide(), play.run) == {"mos": 0.0, "mos_24h": 0.0}


def test_automatic_steps_are_walked_as_soon_as_their_answers_are_there() -> None:
    play = Play(ILL)
    assert play.at == ["look"]
    assert [(stay.step, stay.way) for stay in play.run.trail] == [
        ("match", "next"), ("loss", "branches.1"), ("look", ""),
    ]  # fmt: skip
    assert play.run.answers["drop"].value == pytest.approx(1.5)


def test_every_true_branch_is_a_sign_though_only_the_first_is_taken() -> None:
    play = Play(ILL | {"loss": 0.02})
    assert play.run.trail[1].way == "branches.0"
    assert [sign.blames for sign in play.run.trail[1].signs] == [("network",), ("encoder",)]


def test_unknown_goes_to_no_data_and_never_elsewhere() -> None:
    play = Play({"mos": None, "mos_24h": 4.3, "loss": 0.0})
    assert play.at == ["seen"]
    assert play.run.trail[1].has_no_data


def test_a_true_branch_counts_though_another_is_unknown() -> None:
    assert Play(ILL | {"loss": None}).at == ["look"]


def test_what_is_no_number_is_unknown() -> None:
    assert Play(ILL | {"mos": float("nan")}).at == ["seen"]


def test_an_operator_answers_a_question() -> None:
    play = Play({"mos": None, "mos_24h": None, "loss": None})
    assert play.do(Chose(step="seen", way="options.1", by="linh"), 103) == ("GuideAnswered",)
    assert verdict(play.run).primary[0].name == "probe"


def test_few_samples_halve_a_sign() -> None:
    assert [sign.weight for sign in Play(ILL, samples=2).run.trail[1].signs] == [0.25]


def test_a_typed_value_outside_its_limits_is_refused_with_the_limits() -> None:
    play = Play(ILL)
    play.do(Did(step="look", by="linh", values={"cpu": 950}), 103)
    assert play.refused == "CPU of the encoder: 950 cannot be right, it must be 0 to 100 %."
    assert play.at == ["look"]


def test_a_diagnostic_never_run_is_unknown_not_zero() -> None:
    play = Play(ILL)
    play.do(Did(step="look", by="linh", values={"cpu": 10}), 103)
    play.do(Skipped(step="trace", by="linh", reason="no access"), 104)
    assert [stay.way for stay in play.run.trail if stay.step == "weigh"] == ["no_data"]


def test_a_diagnostic_result_decides() -> None:
    play = Play(ILL)
    play.do(Did(step="look", by="linh"), 103)
    play.do(Answered(answers=told({"path.loss_ratio": 0.2})), 104)
    play.do(Did(step="trace"), 105)
    assert play.at == ["restart"]


def test_an_action_wants_another_persons_word_and_uses_it_up() -> None:
    play = Play(ILL).to_restart()
    play.do(Did(step="restart", by="linh", reason="stuck"), 120)
    assert play.refused == "This needs the word of a second person (shift-lead): ask for it first."
    assert play.do(AskedApproval(step="restart", by="linh", reason="stuck"), 121) == ("GuideApprovalAsked",)
    play.do(Approved(step="restart", by=" LINH "), 122)
    assert play.refused == "Who asked cannot approve: a second person must."
    assert play.do(Approved(step="restart", by="minh"), 123) == ("GuideApproved",)
    play.do(Did(step="restart", by="linh"), 124)
    assert play.refused == "This changes a system: give a reason."
    play.do(Did(step="restart", by="linh", reason="stuck"), 125)
    assert play.at == ["verify"]
    assert play.run.approvals == {}
    assert next(stay.approved_by for stay in play.run.stays if stay.step == "restart") == "minh"


def test_a_denied_action_is_asked_for_anew() -> None:
    play = Play(ILL).to_restart()
    play.do(AskedApproval(step="restart", by="linh", reason="stuck"), 121)
    assert play.do(Approved(step="restart", by="minh", is_given=False, reason="prime time"), 122) == ("GuideDenied",)
    play.do(Approved(step="restart", by="minh"), 123)
    assert play.refused == "Nobody has asked for approval of this step."


def in_verify() -> Play:
    play = Play(ILL).to_restart()
    play.do(AskedApproval(step="restart", by="linh", reason="stuck"), 121)
    play.do(Approved(step="restart", by="minh"), 123)
    play.do(Did(step="restart", by="linh", reason="stuck"), 125)
    return play


def test_verifying_wants_answers_newer_than_the_step() -> None:
    play = in_verify()
    assert wanted(guide(), play.run) == {"mos": 125.0}
    play.do(Answered(answers=told({"mos": 4.5}, end=125)), 126)
    assert play.at == ["verify"]
    play.do(Answered(answers=told({"mos": 4.5}, end=126)), 127)
    assert play.at == ["form"]


@pytest.mark.parametrize(("value", "to"), [(3.0, "seen"), (None, "form")])
def test_when_time_is_up_a_verification_goes_on_without(value: float | None, to: str) -> None:
    play = in_verify()
    play.do(Answered(answers=told({"mos": value}, end=130)), 131)
    assert play.do(TimePassed(), 424) == ()
    assert due_at(guide(), play.run, 424) == 425
    play.do(TimePassed(), 425)
    assert play.at == [to]


def test_a_wait_checks_with_fresh_answers_or_after_patience_without() -> None:
    play = Play(ILL)
    play.do(Did(step="look", by="linh", values={"cpu": 10}), 110)
    play.do(Answered(answers=told({"path.loss_ratio": 0})), 110)
    play.do(Did(step="trace"), 110)
    assert play.at == ["rest"]
    play.do(TimePassed(), 710)
    assert play.at == ["rest"]
    assert wanted(guide(), play.run) == {"mos": 710.0}
    play.do(TimePassed(), 829)
    assert play.at == ["rest"]
    play.do(TimePassed(), 830)
    assert play.at == ["form"]
    assert play.run.trail[-2].has_no_data


def test_timers_count_from_the_alarm_and_are_told_once() -> None:
    play = Play(ILL)
    assert due_at(guide(), play.run, 102) == 100 + 600
    assert play.do(TimePassed(), 699.9) == ()
    assert play.do(TimePassed(), 700) == ("GuideOffered",)
    assert play.do(TimePassed(), 1000) == ("GuideOverdue",)
    assert play.do(TimePassed(), 1900) == ("GuideEscalated", "GuideEscalated")
    assert [event.data["to"] for event in play.events] == [["shift-lead"], ["senior", "boss"]]
    assert play.do(TimePassed(), 9000) == ()
    assert due_at(guide(), play.run, 9000) is None


def test_who_acts_in_time_is_not_overdue() -> None:
    play = Play(ILL)
    play.do(Noted(text="looking", by="linh"), 300)
    assert "GuideOverdue" not in play.do(TimePassed(), 1100)


def test_an_offer_is_taken_only_when_it_is_made() -> None:
    play = Play(ILL)
    play.do(TookOffer(step="restart", by="linh"), 300)
    assert play.refused == "This step is not offered yet: its timer has not come."
    play.do(TimePassed(), 700)
    play.do(TookOffer(step="restart", by="linh"), 701)
    assert play.at == ["restart"]


def test_going_back_holds_the_step_and_loses_nothing() -> None:
    play = Play(ILL)
    play.do(WentBack(by="linh"), 110)
    assert play.at == ["loss"]
    assert [(stay.step, stay.is_undone) for stay in play.run.stays] == [
        ("match", False), ("loss", True), ("look", True), ("loss", False),
    ]  # fmt: skip
    assert verdict(play.run).primary == ()
    play.do(Did(step="loss", by="linh"), 111)
    assert play.at == ["look"]
    assert play.run.trail[1].way == "branches.1"


def test_the_first_step_has_nothing_before_it() -> None:
    play = Play()
    play.do(WentBack(by="linh"), 110)
    assert play.refused == "This is the first step: there is nothing before it."


def test_a_verdict_is_disagreed_with_only_for_a_reason_and_then_weighs_half() -> None:
    play = Play(ILL)
    play.do(Disagreed(step="loss", way="branches.0", by="linh"), 110)
    assert play.refused == "A verdict is changed: give a reason."
    assert play.do(Disagreed(step="loss", way="branches.0", by="linh", reason="switch shows drops"), 111) == (
        "GuideDisagreed",
    )
    [sign] = play.run.trail[1].signs
    assert (sign.blames, sign.weight, sign.is_against_data) == (("network",), 0.35, True)
    assert play.run.trail[1].suggested == "branches.1"
    assert play.at == ["look"]


def test_a_skipped_question_goes_the_last_ways_without_its_findings_and_is_named() -> None:
    play = Play({"mos": None, "mos_24h": None, "loss": None})
    assert play.do(Skipped(step="seen", by="linh", reason="no monitor"), 110) == ("GuideSkipped",)
    assert [(stay.step, stay.reason) for stay in play.run.trail if stay.is_skipped] == [("seen", "no monitor")]
    assert verdict(play.run).primary == ()


def test_the_form_is_filled_beforehand_and_wants_its_fields() -> None:
    play = in_verify()
    play.do(Answered(answers=told({"mos": 3.9}, end=130)), 131)
    play.do(Skipped(step="verify", by="linh"), 132)
    form = guide().step("form")
    assert form.kind == "form"
    assert prefilled(guide(), play.run, form, 700, {}) == {"cause": "encoder", "mos_now": 3.9, "minutes": 10.0}
    assert warnings(play.run, form) == {"mos_now": "Not yet normal"}
    play.do(Filled(step="form", by="linh", values={"well": "yes", "why": "magic", "mood": "good"}), 140)
    assert play.refused == (
        "cause is missing; well must be yes or no; why must be one of wear, error; mood is no field of this form."
    )
    play.do(Skipped(step="form", by="linh"), 141)
    assert play.refused == "This step cannot be skipped: it is what the guide is for."
    kinds = play.do(Filled(step="form", by="linh", values={"cause": "encoder", "well": True}), 142)
    assert kinds == ("GuideFilled", "GuideEnded")
    assert play.events[0].data["review_due_at"] == 142 + 86_400
    assert (play.run.ended_at, play.run.ending, play.at) == (142, "resolved", [])


def test_an_ended_run_takes_notes_only() -> None:
    play = Play(ILL)
    play.do(Closed(by="linh", reason="planned work"), 110)
    play.do(Did(step="look", by="linh"), 111)
    assert play.refused == "This run has ended: start the guide anew, or add a note."
    assert play.do(Noted(text="as announced", by="linh"), 112) == ("GuideNoted",)
    assert play.do(TimePassed(), 99_999) == ()


def test_a_run_does_not_go_on_with_another_version_of_its_guide() -> None:
    newer = read_guide("pb-test.yaml", TEXT.replace("version: 3", "version: 4")).guide
    assert newer is not None
    play = Play(ILL)
    run, _ = apply(newer, play.run, Did(step="look", by="linh"), 110)
    assert run.log[-1].refused == (
        "The guide was changed since this run began: end it with a reason and start it anew."
    )
    run, events = apply(newer, run, Closed(by="linh", reason="guide changed"), 111)
    assert run.ended_at == 111
    assert [event.kind for event in events] == ["GuideEnded"]


def test_a_link_keeps_channel_alarm_and_evidence() -> None:
    play = Play(ILL)
    run, _ = start(guide(), linked(play.run, 8, "linh"), 200)
    assert (run.parent, run.channel_id, run.alarm_id, run.raised_at) == (7, 4, 9, 100.0)
    assert [stay.step for stay in run.open_stays] == ["look"]


def test_every_deed_of_a_person_carries_a_name() -> None:
    play = Play(ILL)
    before = play.run
    assert play.do(Skipped(step="look"), 110) == ("GuideRefused",)
    assert play.events[0].data["text"] == "Say who you are first: every deed carries a name."
    assert play.run.stays == before.stays


def test_a_deed_that_is_none_is_told_in_one_sentence() -> None:
    with pytest.raises(KnownError, match="This cannot be done to a run"):
        deed_from_json({"kind": "did", "stp": "x"})


def test_what_is_no_run_is_told_in_one_sentence() -> None:
    with pytest.raises(KnownError, match="cannot be read"):
        run_from_json({"id": "x"})


def random_deed(chance: random.Random) -> AnyDeed:
    step = chance.choice(
        ["match", "loss", "seen", "look", "trace", "weigh", "rest", "restart", "verify", "form", "zzz"]
    )
    by = chance.choice(["linh", "minh", ""])
    reason = chance.choice(["", "because"])
    way = chance.choice(["branches.0", "branches.1", "otherwise", "no_data", "options.0", "options.2", "next", "x"])
    values: dict[str, float | None] = {
        name: chance.choice([None, 0.0, 0.02, 2.0, 3.6, 4.5])
        for name in ("mos", "mos_24h", "loss", "path.loss_ratio", "no")
    }
    return chance.choice(
        [
            Answered(answers=told(values, end=chance.uniform(0, 4000))),
            Answered(answers=told(values, end=chance.uniform(0, 4000))),
            TimePassed(),
            Chose(step=step, way=way, by=by, reason=reason),
            Did(
                step=step,
                by=by,
                reason=reason,
                values=chance.choice([{}, {"cpu": 90.0}, {"cpu": None}, {"mos": 1.0}]),
            ),
            Did(step=step, by=by, reason=reason),
            Disagreed(step=step, way=way, by=by, reason=reason),
            WentBack(by=by, lane=chance.choice(["", "", "x"])),
            Skipped(step=step, by=by, reason=reason),
            Noted(text=reason, by=by, step=chance.choice(["", step])),
            AskedApproval(step="restart", by=by, reason="because"),
            Approved(step="restart", by=by, reason=reason, is_given=chance.random() < 0.8),
            TookOffer(step=chance.choice(["restart", step]), by=by),
            Escalated(to=chance.choice([(), ("boss",)]), by=by),
            Filled(step=step, by=by, values=chance.choice([{}, {"cause": "x", "well": True}])),
        ]
    )


def through_json(event: Event) -> Event:
    return replace(event, data=json.loads(json.dumps(event.data)))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_no_deed_is_lost_and_a_run_is_made_again_from_json_and_from_its_events(seed: int) -> None:
    chance = random.Random(seed)
    run, begun = start(guide(), Begin(run_id=1, raised_at=50.0), 60.0)
    events: list[Event] = [*begun]
    at = 60.0
    for _ in range(40):
        at += chance.choice([0.0, 1.0, 60.0, 400.0])
        deed = random_deed(chance)
        before = run
        run, made = apply(guide(), run, deed, at)
        events += made
        if deed.by:
            assert (run.log[-1].deed, len(run.log)) == (deed, len(before.log) + 1)
            if run.log[-1].refused:
                assert run.log[-1].refused.endswith(".")
        assert [stay.step for stay in run.stays[: len(before.stays)]] == [stay.step for stay in before.stays]
        assert deed_from_json(json.loads(json.dumps(deed_to_json(deed)))) == deed
        assert len(run.open_stays) == (0 if run.ended_at is not None else 1)
    assert run_from_json(json.loads(json.dumps(run_to_json(run)))) == run
    again = replayed(
        guide(), [Event(e.kind, e.at, e.channel_id, e.input_id, json.loads(json.dumps(e.data))) for e in events]
    )
    assert again == run


def test_a_run_without_its_start_is_not_made_again() -> None:
    assert replayed(guide(), []) is None


def test_the_summary_is_in_every_event() -> None:
    play = Play(ILL)
    for event in play.all:
        assert event.data["run_id"] == 7
        assert event.data["run"]["guide"] == "PB-TEST"
        assert event.channel_id == 4
    assert isinstance(play.run, Run)
