"""Lanes are walked each by itself; checklists fill in their figures, tell exceptions first and are signed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noc_console.guides.answers import Answer
from noc_console.guides.checking_off import figures, lines
from noc_console.guides.deeds import (
    Answered,
    AnyDeed,
    Chose,
    Did,
    Disagreed,
    Marked,
    Noted,
    Signed,
    Skipped,
    TickedOff,
    WentBack,
)
from noc_console.guides.doing import apply, start
from noc_console.guides.guide import Guide
from noc_console.guides.reading import read_guide
from noc_console.guides.run import Begin, Note, Run, run_from_json, run_to_json, seal
from noc_console.guides.walk import every_way

LANES = """\
guide: RB-LANES
version: 1
kind: runbook
title: Lanes
steps:
  - id: both
    kind: lanes
    lanes: [{name: NOC, first: impact}, {name: Encoder, first: state}]
    next: form
  - {id: impact, kind: manual, text: Size the impact, next: watch}
  - {id: watch, kind: manual, text: Watch, next: join}
  - id: state
    kind: question
    options: [{says: runs, rules_out: encoder, next: join}, {says: stands, blames: encoder, next: restart}]
  - {id: restart, kind: action, text: Restart, next: join}
  - {id: form, kind: form, fields: [{name: cause}], next: end}
"""
DAILY = """\
guide: CL-DAILY
version: 1
kind: checklist
title: {en: Daily check, vi: Kiểm tra hằng ngày}
minutes: 15
schedule: {at: ["08:00", "16:00", "00:00"], role: shift-lead}
questions:
  cpu: {metric: agent.cpu_ratio}
  disk: {metric: agent.disk_ratio}
  mos: {metric: video.mos}
steps:
  - id: system
    kind: items
    minutes: 5
    items:
      - {id: cpu, text: CPU of the probes, figure: cpu, limit: [cpu, "<", 0.7], if_not: Tell the probe admin}
      - {id: disk, text: Disk of the probes, figure: disk, limit: [disk, "<", 0.85]}
    next: picture
  - id: picture
    kind: items
    minutes: 3
    items:
      - {id: mos, text: Picture, figure: mos, limit: [mos, ">", 3.5]}
      - {id: wall, text: Look at the wall}
    next: sign
  - {id: sign, kind: sign-off, roles: [shift-lead, noc-lead], next: end}
"""


def read(name: str, text: str) -> Guide:
    found = read_guide(name, text)
    assert found.guide is not None, found.mistakes
    return found.guide


LANES_GUIDE = read("rb-lanes.yaml", LANES)
DAILY_GUIDE = read("cl-daily.yaml", DAILY)


def do(guide: Guide, run: Run, *deeds: AnyDeed) -> Run:
    for deed in deeds:
        run, _ = apply(guide, run, deed, run.at + 1)
    return run


def refused(guide: Guide, run: Run, deed: AnyDeed) -> str:
    return apply(guide, run, deed, run.at + 1)[0].log[-1].refused


def open_steps(run: Run) -> dict[str, str]:
    return {stay.lane: stay.step for stay in run.open_stays}


def in_lanes() -> Run:
    return start(LANES_GUIDE, Begin(run_id=1), 10.0)[0]


def test_lanes_go_on_each_by_itself_and_join() -> None:
    run = in_lanes()
    assert open_steps(run) == {"": "both", "impact": "impact", "state": "state"}
    run = do(LANES_GUIDE, run, Chose(step="state", way="options.0", by="encoder"))
    assert open_steps(run) == {"": "both", "impact": "impact"}
    run = do(LANES_GUIDE, run, Did(step="impact", by="noc"), Did(step="watch", by="noc"))
    assert open_steps(run) == {"": "form"}


def test_going_back_in_a_lane_leaves_the_other_alone() -> None:
    run = do(LANES_GUIDE, in_lanes(), Did(step="impact", by="noc"), Chose(step="state", way="options.1", by="enc"))
    run = do(LANES_GUIDE, run, WentBack(by="noc", lane="impact"))
    assert open_steps(run) == {"": "both", "impact": "impact", "state": "restart"}
    assert refused(LANES_GUIDE, run, WentBack(by="noc", lane="impact")).startswith("This is the first step")


def test_a_verdict_in_a_lane_is_taken_back_in_that_lane_only() -> None:
    run = do(LANES_GUIDE, in_lanes(), Did(step="impact", by="noc"), Chose(step="state", way="options.1", by="enc"))
    run = do(LANES_GUIDE, run, Disagreed(step="state", way="options.0", by="lead", reason="it does run"))
    assert open_steps(run) == {"": "both", "impact": "watch"}
    assert refused(LANES_GUIDE, run, Disagreed(step="state", way="options.1", by="x", reason="y")) == (
        "The lane of this step has joined: go back to before the join first."
    )


def test_lanes_are_not_skipped_or_marked_done() -> None:
    assert refused(LANES_GUIDE, in_lanes(), Skipped(step="both", by="noc", reason="x")).startswith("This step cannot")
    assert refused(LANES_GUIDE, in_lanes(), Did(step="both", by="noc")).startswith("The lanes are still open")


def test_going_back_over_lanes_walks_them_anew() -> None:
    run = do(LANES_GUIDE, in_lanes(), Chose(step="state", way="options.0", by="enc"), Did(step="impact", by="noc"))
    run = do(LANES_GUIDE, run, Did(step="watch", by="noc"), WentBack(by="noc"))
    assert open_steps(run) == {"": "both", "impact": "impact", "state": "state"}
    assert run_from_json(run_to_json(run)) == run


@pytest.mark.parametrize("guide", [LANES_GUIDE, DAILY_GUIDE], ids=["lanes", "checklist"])
def test_every_way_through_lanes_and_lists_is_walked(guide: Guide) -> None:
    assert every_way(guide).missed == ()


def daily(**values: float | None) -> Run:
    answers = {name: Answer(values.get(name), samples=30) for name in ("cpu", "disk", "mos")}
    before = Note(text="CH 12 is watched", at=1.0, by="hoa", hands_over=True)
    begin = Begin(run_id=2, by="linh", answers=answers, previous={"cpu": 0.4}, inherited=(before,))
    return start(DAILY_GUIDE, begin, 100.0)[0]


def test_figures_stand_with_their_limit_and_the_change_since_the_last_run() -> None:
    [cpu, disk, mos, wall] = lines(DAILY_GUIDE, daily(cpu=0.5, disk=0.9))
    assert (cpu.value, cpu.is_well) == (0.5, True)
    assert cpu.change == pytest.approx(0.1)
    assert (disk.value, disk.change, disk.is_well) == (0.9, None, False)
    assert (mos.value, mos.is_well) == (None, None)
    assert wall.is_open


def test_exceptions_come_first_then_what_has_no_data() -> None:
    found = lines(DAILY_GUIDE, daily(cpu=0.5, disk=0.9), exceptions_first=True)
    assert [line.item.id for line in found] == ["disk", "mos", "cpu", "wall"]


def test_a_figure_outside_its_limit_is_done_only_with_a_word() -> None:
    run = daily(cpu=0.9)
    assert refused(DAILY_GUIDE, run, Marked(item="cpu", state="done", by="linh")) == (
        "The figure is outside its limit: say what was done."
    )
    assert refused(DAILY_GUIDE, run, Marked(item="wall", state="not-applicable", by="linh")) == (
        "The line is not applicable: give a reason."
    )
    assert refused(DAILY_GUIDE, run, Marked(item="cp", state="done", by="linh")).startswith("This checklist has no")


def done(*items: str) -> list[AnyDeed]:
    return [Marked(item=item, state="done", by="linh", reason="seen") for item in items]


def test_a_list_is_signed_only_when_no_line_is_open_and_by_every_role() -> None:
    run = do(DAILY_GUIDE, daily(cpu=0.5, disk=0.5, mos=4.2), *done("mos", "cpu", "disk"))
    assert open_steps(run) == {"": "picture"}
    run = do(DAILY_GUIDE, run, Skipped(step="picture", by="linh", reason="later"))
    assert refused(DAILY_GUIDE, run, Signed(step="sign", role="shift-lead", by="linh")) == (
        "Lines are still open: Look at the wall."
    )
    run = do(DAILY_GUIDE, run, *done("wall"))
    assert refused(DAILY_GUIDE, run, Signed(step="sign", role="boss", by="linh")) == "This role does not sign here."
    run = do(DAILY_GUIDE, run, Signed(step="sign", role="shift-lead", by="linh"))
    assert run.ended_at is None
    assert (
        refused(DAILY_GUIDE, run, Signed(step="sign", role="shift-lead", by="hoa")) == "This role has signed already."
    )
    run = do(DAILY_GUIDE, run, Signed(step="sign", role="noc-lead", by="minh"))
    assert (run.ending, [one.by for one in run.signatures]) == ("resolved", ["linh", "minh"])
    assert figures(DAILY_GUIDE, run) == {"cpu": 0.5, "disk": 0.5, "mos": 4.2}
    assert run.marks["cpu"].value == 0.5


def test_a_section_goes_on_by_itself_when_its_lines_are_marked() -> None:
    run = do(DAILY_GUIDE, daily(), *done("cpu", "disk", "mos", "wall"))
    assert open_steps(run) == {"": "sign"}


def test_figures_that_come_later_are_taken() -> None:
    run = do(DAILY_GUIDE, daily(), Answered(answers={"mos": Answer(3.0, samples=9)}))
    assert [line.is_well for line in lines(DAILY_GUIDE, run) if line.item.id == "mos"] == [False]


def test_the_next_lead_ticks_off_what_was_handed_over() -> None:
    run = do(DAILY_GUIDE, daily(), TickedOff(note=0, by="linh"), Noted(text="watch CH 3", by="linh", hands_over=True))
    assert (run.inherited[0].ticked_by, run.notes[0].hands_over) == ("linh", True)
    assert refused(DAILY_GUIDE, run, TickedOff(note=0, by="minh")) == "linh has ticked this off already."
    assert refused(DAILY_GUIDE, run, TickedOff(note=4, by="minh")) == "There is no such handover note."


def test_the_seal_of_a_run_changes_with_anything_in_it() -> None:
    run = do(DAILY_GUIDE, daily(), *done("cpu"))
    assert seal(run) == seal(run_from_json(run_to_json(run)))
    assert seal(run) != seal(replace(run, notes=(Note(text="x", at=1, by="y"),)))
