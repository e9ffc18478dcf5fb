"""Every branch of a guide is reached with scripted evidence; a branch that nothing reaches is named."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from noc_console.guides.guide import Guide
from noc_console.guides.reading import read_guide
from noc_console.guides.solving import Solver, taken
from noc_console.guides.steps import Decide
from noc_console.guides.walk import every_way

HEAD = """\
guide: RB-WALK
version: 1
kind: runbook
title: Walk
questions:
  mos: {metric: video.mos}
  loss: {metric: ts.packet_loss_ratio}
  peers: {kind: peers}
  sick: {kind: peers, metric: video.mos, operator: "<", than: 3.5}
  cpu: {kind: ask, text: CPU, minimum: 0, maximum: 100}
  path: {kind: diagnostic, diagnostic: path}
"""
FORM = "  - {id: form, kind: form, fields: [{name: cause}], next: end}\n"
REST = """\
  - {id: show, kind: evidence, show: [mos, loss, peers, sick], next: typed}
  - {id: typed, kind: manual, result: cpu, next: run}
  - {id: run, kind: diagnostic, run: path, next: last}
  - id: last
    kind: decide
    branches: [{when: [cpu, ">", 80], next: form}]
    otherwise: {next: form}
    no_data: {next: form}
"""


def guide(steps: str, head: str = HEAD) -> Guide:
    read = read_guide("rb-walk.yaml", head + "steps:\n" + steps + FORM)
    assert read.guide is not None, [str(mistake) for mistake in read.mistakes]
    return read.guide


def test_a_branch_that_the_one_before_it_swallows_is_named() -> None:
    coverage = every_way(
        guide(
            "  - id: judge\n    kind: decide\n    branches:\n"
            '      - {when: [mos, "<", 4], next: show}\n'
            '      - {when: [mos, "<", 3], next: show}\n'
            "    otherwise: {next: show}\n    no_data: {next: show}\n" + REST
        )
    )
    assert coverage.missed == ("judge.branches.1",)


def test_a_branch_that_an_earlier_step_rules_out_is_named() -> None:
    coverage = every_way(
        guide(
            '  - {id: first, kind: decide, branches: [{when: [mos, "<", 3], next: second}],'
            " otherwise: {next: show}, no_data: {next: show}}\n"
            '  - {id: second, kind: decide, branches: [{when: [mos, ">", 4], next: show}],'
            " otherwise: {next: show}, no_data: {next: show}}\n" + REST
        )
    )
    assert coverage.missed == ("second.branches.0", "second.no_data")


def test_fresh_answers_may_say_what_earlier_ones_did_not() -> None:
    coverage = every_way(
        guide(
            '  - {id: first, kind: decide, branches: [{when: [mos, "<", 3], next: check}],'
            " otherwise: {next: show}, no_data: {next: show}}\n"
            '  - {id: check, kind: verify, when: [mos, ">", 4], next: show, otherwise: {next: first},'
            " no_data: {next: second}}\n"
            '  - {id: second, kind: wait, minutes: 5, then_check: {all: [[mos, ">", 2], [sick, "<", peers]]},'
            " next: show, otherwise: {next: show}, no_data: {next: show}}\n" + REST
        )
    )
    assert coverage.missed == ()


def test_arithmetic_is_scripted_though_what_it_rests_on_was_shown_before() -> None:
    head = HEAD + "  day: {kind: baseline, metric: video.mos}\n  drop: {kind: difference, of: day, minus: mos}\n"
    coverage = every_way(
        guide(
            "  - {id: first, kind: evidence, show: [mos, day], next: judge}\n"
            '  - {id: judge, kind: decide, branches: [{when: [drop, ">", 1], next: again}],'
            " otherwise: {next: show}, no_data: {next: show}}\n"
            '  - {id: again, kind: decide, branches: [{when: [drop, ">", 2], next: show}],'
            " otherwise: {next: show}, no_data: {next: show}}\n" + REST,
            head,
        )
    )
    assert coverage.missed == ("again.no_data",)


def test_a_step_only_a_timer_offers_is_walked() -> None:
    head = HEAD.replace(
        "questions:", "timers: [{after_min: 10, do: offer, step: restart, text: Restart is offered}]\nquestions:"
    )
    coverage = every_way(guide(REST + "  - {id: restart, kind: action, approval: lead, next: form}\n", head))
    assert coverage.missed == ()


def test_waits_within_lanes_are_walked() -> None:
    coverage = every_way(
        guide(
            "  - {id: both, kind: lanes, lanes: [{name: a, first: one}, {name: b, first: two}], next: show}\n"
            '  - {id: one, kind: verify, when: [mos, ">", 4], next: join,'
            " otherwise: {next: join}, no_data: {next: join}}\n"
            '  - {id: two, kind: decide, branches: [{when: [mos, "<", 3], next: join}],'
            " otherwise: {next: join}, no_data: {next: join}}\n" + REST
        )
    )
    assert coverage.missed == ()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_whatever_a_decision_can_do_evidence_for_it_is_found(seed: int) -> None:
    """Compared with trying every combination of a fine grid: what the grid reaches the solver reaches."""
    chance = random.Random(seed)
    names = ["mos", "loss", "sick"]

    def term() -> str:
        operator = chance.choice(["<", "<=", ">", ">=", "==", "!="])
        return f'[{chance.choice(names)}, "{operator}", {chance.choice([1, 2, 3])}]'

    def condition(depth: int = 0) -> str:
        kind = chance.choice(["term", "all", "any", "not", "known"]) if depth < 2 else "term"
        if kind == "term":
            return term()
        if kind == "known":
            return f"{{known: {chance.choice(names)}}}"
        if kind == "not":
            return f"{{not: {condition(depth + 1)}}}"
        return f"{{{kind}: [{', '.join(condition(depth + 1) for _ in range(chance.randint(1, 3)))}]}}"

    branches = ", ".join(f"{{when: {condition()}, next: show}}" for _ in range(chance.randint(1, 3)))
    made = guide(
        f"  - {{id: judge, kind: decide, branches: [{branches}],"
        " otherwise: {next: show}, no_data: {next: show}}\n" + REST
    )
    judge = made.step("judge")
    assert isinstance(judge, Decide)
    grid: list[float | None] = [None, 0.0, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0]
    possible = {taken(judge, {"mos": a, "loss": b, "sick": c}) for a in grid for b in grid for c in grid}
    solver = Solver(made)
    keys = [*(f"branches.{place}" for place in range(len(judge.branches))), "otherwise", "no_data"]
    found = {key for key in keys if next(solver.solutions(judge, key, {}), None) is not None}
    assert found == possible
