"""Every alarm type has a guide that loads and lists it; guides have what operators count on."""

from __future__ import annotations

import pytest
from content_a_house import shipped

from noc_console.catalogues import alarm_types
from noc_console.guides.steps import Action, Decide, Form, Items, SignOff
from noc_console.resources import playbooks

OWN = {
    "TS_SYNC_LOSS": "PB-TS-SYNC-LOSS",
    "VIDEO_MOS_LOW": "PB-VIDEO-MOS-LOW",
    "LOUDNESS_OUT_OF_RANGE": "PB-LOUDNESS",
    "PROBE_DOWN": "PB-PROBE-DOWN",
    "PROBE_RESOURCE_HIGH": "PB-RESOURCE",
    "CERT_EXPIRY": "PB-CERT-EXPIRY",
    "MACROBLOCKING_HIGH": "PB-MACROBLOCKING-HIGH",
    "PID_MISSING": "PB-PID-MISSING",
    "TRUE_PEAK_HIGH": "PB-TRUE-PEAK-HIGH",
    "AV_SYNC": "PB-AV-SYNC",
    "SEGMENT_DURATION": "PB-SEGMENT-DURATION",
    "LADDER_INCOMPLETE": "PB-LADDER-INCOMPLETE",
    "MANIFEST_INVALID": "PB-MANIFEST-INVALID",
    "SERVICE_DOWN": "PB-SERVICE-DOWN",
    "HIGH_ERROR_RATE": "PB-HIGH-ERROR-RATE",
    "DATABASE_CONNECTION_FAILURE": "PB-DATABASE-CONNECTION-FAILURE",
    "CLOCK_SKEW": "PB-CLOCK-SKEW",
    "NOTIFY_HELD": "PB-NOTIFY-HELD",
    "PIPELINE_CRITICAL": "RB-PL-P0",
    "PIPELINE_ERROR_RATE": "RB-PL-P1",
    "PERF_DEGRADED": "RB-PL-P2A",
    "STUCK_SESSION": "RB-PL-P2B",
}
RUNBOOKS = ["RB-OUTAGE", "RB-QUALITY", "RB-NETWORK", "RB-PL-EMERGENCY"]
CHECKLISTS = ["CL-DAILY-NOC", "CL-PL-MORNING", "CL-PL-EVENING", "CL-DEPLOYMENT", "CL-PACKAGE", "CL-READINESS"]


@pytest.mark.parametrize(("alarm_type", "guide_id"), OWN.items())
def test_the_catalogue_names_a_guide_that_is_about_the_alarm(alarm_type: str, guide_id: str) -> None:
    assert alarm_types()[alarm_type].playbook == guide_id
    assert alarm_type in shipped(guide_id).alarms


@pytest.mark.parametrize("guide_id", [*OWN.values(), *RUNBOOKS])
def test_a_guide_against_a_fault_ends_in_a_form_with_cause_and_action(guide_id: str) -> None:
    forms = [step for step in shipped(guide_id).steps if isinstance(step, Form)]
    assert len(forms) == 1
    required = {field.name for field in forms[0].fields if field.required}
    assert {"root_cause", "action_taken", "recovered"} <= required


@pytest.mark.parametrize("guide_id", [*OWN.values(), *RUNBOOKS])
def test_dangerous_commands_want_a_role_and_never_go_by_a_name(guide_id: str) -> None:
    for step in shipped(guide_id).steps:
        if isinstance(step, Action):
            assert step.role, step.id
            assert not {"pkill", "killall", "xargs"} & set(step.command.split()), step.id
            if "systemctl kill" in step.command or "kill -TERM" in step.command or "{encoder_unit}" in step.command:
                assert step.approval, step.id


@pytest.mark.parametrize("guide_id", [*OWN.values(), *RUNBOOKS, *CHECKLISTS])
def test_every_word_for_the_operator_is_there_in_vietnamese_too(guide_id: str) -> None:
    guide = shipped(guide_id)
    assert guide.title.vi
    for step in guide.steps:
        assert step.text.vi or len(step.text.en) <= 4, step.id  # API is API
        for item in step.items if isinstance(step, Items) else ():
            assert item.text.vi, item.id


def test_most_decisions_that_blame_say_why() -> None:
    silent = [
        f"{guide_id} {step.id}"
        for guide_id in OWN.values()
        for step in shipped(guide_id).steps
        if isinstance(step, Decide)
        for branch in step.branches
        if branch.blames and not branch.because
    ]
    assert len(silent) < 12, silent


def test_readiness_has_56_items_in_ten_groups_and_five_roles_sign() -> None:
    steps = shipped("CL-READINESS").steps
    groups = [step for step in steps if isinstance(step, Items)]
    assert (len(groups), sum(len(group.items) for group in groups)) == (10, 56)
    [sign] = [step for step in steps if isinstance(step, SignOff)]
    assert set(sign.roles) == {"noc-manager", "encoder-lead", "cdn-lead", "devops-lead", "compliance"}
    assert isinstance(shipped("CL-READINESS").step(sign.next), Form)


def test_the_daily_check_is_five_parts_in_fifteen_minutes_three_times_a_day() -> None:
    guide = shipped("CL-DAILY-NOC")
    parts = [step for step in guide.steps if isinstance(step, Items)]
    assert [part.minutes for part in parts] == [5, 5, 3, 2, 1]
    assert guide.schedule is not None
    assert guide.schedule.at == ("08:00", "16:00", "00:00")
    figures = [item for part in parts[:4] for item in part.items if item.figure]
    assert all(item.limit is not None and item.if_not.en for item in figures)
    assert len(figures) >= 15


def test_every_guide_of_the_operators_document_is_there() -> None:
    there = {path.stem.upper() for path in playbooks().glob("*.yaml")}
    assert {*OWN.values(), *RUNBOOKS, *CHECKLISTS} <= there
