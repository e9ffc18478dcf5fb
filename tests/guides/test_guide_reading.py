"""A guide file is read whole, or every mistake in it is told with its line and one sentence."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_console.guides.reading import read_guide
from noc_console.guides.shelf import read_shelf
from noc_console.guides.yaml_tree import read_tree
from noc_console.resources import playbooks

MOS_LOW = (playbooks() / "pb-video-mos-low.yaml").read_text(encoding="utf-8")
SMALL = """\
guide: PB-SMALL
version: 1
kind: playbook
title: Small
alarms: [VIDEO_MOS_LOW]
questions:
  mos: {metric: video.mos, window_s: 300}
  loud: {metric: audio.loudness_lufs}
  probe: {kind: diagnostic, diagnostic: http-waterfall}
steps:
  - id: look
    kind: evidence
    show: [mos, loud]
    next: waterfall
  - {id: waterfall, kind: diagnostic, run: http-waterfall, next: judge}
  - id: judge
    kind: decide
    branches:
      - {when: {all: [[mos, "<", 3.5], [probe.ttfb_s, ">", 1]]}, says: yes, blames: encoder, next: form}
    otherwise: {says: no, next: form}
    no_data: {next: form}
  - {id: form, kind: form, fields: [{name: cause, required: true}], next: end}
"""


def told(text: str, file: str = "pb-small.yaml") -> list[str]:
    """The mistakes of a text as `line: sentence`."""
    read = read_guide(file, text)
    assert (read.guide is None) == bool(read.mistakes)
    return [f"{mistake.line}: {mistake.text}" for mistake in read.mistakes]


def changed(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new, 1)


def test_a_right_guide_is_read_with_its_words_in_both_languages() -> None:
    guide = read_guide("pb-video-mos-low.yaml", MOS_LOW).guide
    assert guide is not None
    assert guide.title.said("vi") == "MOS hình thấp"
    assert guide.step("blocky").kind == "decide"
    assert told(SMALL) == []


def test_yes_and_no_are_texts() -> None:
    guide = read_guide("pb-small.yaml", SMALL).guide
    assert guide is not None
    judge = guide.step("judge")
    assert judge.kind == "decide"
    assert (judge.branches[0].says.en, judge.otherwise.says.en) == ("yes", "no")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        pytest.param(
            "metric: video.mos,",
            "metric: video.moss,",
            '7: The metric "video.moss" is not in the catalogue: correct it. Did you mean "video.mos"?',
            id="metric",
        ),
        pytest.param(
            '[mos, "<", 3.5]',
            '[moss, "<", 3.5]',
            '19: The question "moss" is not asked: add it below questions. Did you mean "mos"?',
            id="question",
        ),
        pytest.param(
            "says: no, next: form",
            "says: no, next: from",
            '20: The step "from" is not in this guide: correct the name or add the step. Did you mean "form"?',
            id="step",
        ),
        pytest.param(
            "    no_data: {next: form}\n",
            "",
            '16: "no_data" of "judge" is missing: say where to go when a value is missing.',
            id="no data",
        ),
        pytest.param("version: 1\n", "", '1: "version" of "PB-SMALL" is missing: write `version: 1` and raise it'
                     " with every change.", id="version"),
        pytest.param(
            "alarms: [VIDEO_MOS_LOW]",
            "alarms: [VIDEO_MOSLOW]",
            '5: The alarm type "VIDEO_MOSLOW" is not in the catalogue: correct it. Did you mean "VIDEO_MOS_LOW"?',
            id="alarm type",
        ),
        pytest.param(
            "run: http-waterfall",
            "run: http-waterfal",
            '15: The diagnostic "http-waterfal" is not in the catalogue: correct it. Did you mean "http-waterfall"?',
            id="diagnostic",
        ),
        pytest.param(
            "blames: encoder",
            "blames: encodr",
            '19: The cause "encodr" is not in the catalogue: correct it. Did you mean "encoder"?',
            id="cause",
        ),
        pytest.param(
            "required: true",
            "requird: true",
            '22: "requird" of "form" is not known here: take it away or correct it. Did you mean "required"?',
            id="key",
        ),
        pytest.param(
            "kind: evidence",
            "kind: evidnce",
            '12: This step has the unknown kind "evidnce": use one of evidence, decide, conclude, question, manual,'
            " diagnostic, notify, wait, lanes, action, verify, link, form, items, sign-off."
            ' Did you mean "evidence"?',
            id="kind",
        ),
        pytest.param("window_s: 300", "window_s: long", '7: "window_s" must be a number, not "long".', id="type"),
        pytest.param(
            "loud: {metric: audio.loudness_lufs}",
            "loud: {metric: audio.loudness_lufs, unit: dB}",
            '8: The question "loud" says "dB", but its value is in "LUFS": correct it.',
            id="unit of a question",
        ),
        pytest.param(
            '[mos, "<", 3.5]',
            '[mos, "<", loud]',
            '19: A value in "1" is compared with "LUFS": use the unit of the catalogue.',
            id="units of two questions",
        ),
        pytest.param(
            '[mos, "<", 3.5]',
            '[loud, "<", -23, dB]',
            '19: A value in "LUFS" is compared in "dB": use the unit of the catalogue.',
            id="unit of a comparison",
        ),
        pytest.param(
            '[mos, "<", 3.5]',
            '[mos, "<", true]',
            '19: "mos" is compared with "True": a number or a name.',
            id="type in a condition",
        ),
        pytest.param(
            '[mos, "<", 3.5]',
            '[mos, "=<", 3.5]',
            '19: "=<" compares nothing: use < <= > >= == != (in quotes).',
            id="operator",
        ),
        pytest.param(
            "probe.ttfb_s",
            "probe.ttfb_ms",
            '19: The diagnostic "http-waterfall" has no field "ttfb_ms": write probe.is_ok, or another of is_ok,'
            " status, dns_s, connect_s, tls_s, ttfb_s, total_s, size_bytes, age_s, cache_hit.",
            id="field of a diagnostic",
        ),
        pytest.param(
            "kind: form, fields: [{name: cause, required: true}]",
            "kind: manual",
            '22: The playbook ends at the step "form" without a resolution form: lead it to one first.',
            id="no form",
        ),
        pytest.param(
            "  loud: {metric: audio.loudness_lufs}",
            "  loud: {kind: difference, of: mos, minus: loud}",
            '8: The question "loud" rests on itself: take it from measured ones.',
            id="rests on itself",
        ),
        pytest.param(
            "alarms: [VIDEO_MOS_LOW]",
            "alarms: []",
            "1: This playbook opens for no alarm: name one with `alarms: …`, or make it a runbook.",
            id="no alarm",
        ),
        pytest.param(
            "[{name: cause, required: true}]",
            "[{name: cause, required: true}, {name: cause}]",
            '22: The name "cause" stands here a second time: give it another.',
            id="field twice",
        ),
        pytest.param(
            "kind: evidence\n    show: [mos, loud]",
            'kind: wait\n    minutes: 5\n    then_check: {all: [[mos, ">", 4], [loud, ">", -30]]}',
            '11: "no_data" of "look" is missing: say where to go when a value is missing.',
            id="wait without data",
        ),
        pytest.param(
            "  loud: {metric: audio.loudness_lufs}",
            "  loud: {metric: audio.loudness_lufs}\n  cpu: {kind: ask, text: CPU}",
            '9: Nothing answers the question "cpu": add a manual step with `result: cpu`.',
            id="nobody types it",
        ),
        pytest.param(
            "kind: evidence",
            'kind: manual\n    command: "ssh {encoder_hst} top"',
            '13: Nothing fills "{encoder_hst}" of the command: use a known name, or {{ and }}.'
            ' Did you mean "encoder_host"?',
            id="brace in a command",
        ),
        pytest.param(
            "guide: PB-SMALL",
            "guide: PB-LARGE",
            '1: The guide "PB-LARGE" must be in a file "pb-large.yaml": rename one.',
            id="file name",
        ),
        pytest.param(
            "guide: PB-SMALL",
            "guide: small",
            '1: "guide" of "small" must be capitals joined by -, such as PB-VIDEO-MOS-LOW, not "small".',
            id="id",
        ),
        pytest.param("title: Small",
                     "title: Small\ntitle: Big", '5: The key "title" stands here twice: take one away.',
                     id="key twice"),
        pytest.param("title: Small",
                     "title: &a Small", "4: Anchors and aliases (& and *) are not allowed: write the"
                     " value out.", id="anchor"),
        pytest.param("says: yes", "says: true",
                     '19: "says" of "judge" must be a text, or {en: …, vi: …}, not "True".',
                     id="truth for a text"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_what_to_do(old: str, new: str, sentence: str) -> None:
    assert sentence in told(changed(old, new))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        pytest.param(
            "  - {id: form,",
            "  - {id: lost, kind: evidence, next: form}\n  - {id: form,",
            '22: Nothing leads to the step "lost": name it in a `next`, or take it away.',
            id="unreachable",
        ),
        pytest.param(
            "says: no, next: form",
            "says: no, next: again",
            '22: The steps from "again" over "judge" go in a circle without end: put a wait or a question in.',
            id="circle",
        ),
    ],
)
def test_ways_that_lead_nowhere_are_told(old: str, new: str, sentence: str) -> None:
    text = changed(old, new)
    if "again" in new:
        text = text.replace("  - {id: form,", "  - {id: again, kind: evidence, next: judge}\n  - {id: form,")
    assert sentence in told(text)


LANES = """\
guide: RB-LANES
version: 2
kind: runbook
title: Lanes
steps:
  - id: both
    kind: lanes
    lanes: [{name: NOC, first: impact}, {name: Encoder, first: restart}]
    next: form
  - {id: impact, kind: manual, text: Size the impact, next: join}
  - {id: restart, kind: action, text: Restart, approval: shift-lead, next: join}
  - {id: form, kind: form, fields: [{name: cause}], next: end}
"""


def test_lanes_join() -> None:
    assert told(LANES, "rb-lanes.yaml") == []


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        pytest.param("approval: shift-lead, next: join", "next: form",
                     '8: The lane from "restart" never joins: end it with `next: join`.', id="never joins"),
        pytest.param("text: Size the impact, next: join", "next: restart",
                     '11: The step "restart" is in two lanes: give each lane steps of its own.', id="shared step"),
        pytest.param("fields: [{name: cause}], next: end", "fields: [{name: cause}], next: join",
                     '12: The step "form" is in no lane: `join` is only for the ends of lanes.', id="no lane"),
    ],
)  # fmt: skip
def test_lanes_that_do_not_join_are_told(old: str, new: str, sentence: str) -> None:
    assert sentence in told(LANES.replace(old, new, 1), "rb-lanes.yaml")


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    text = SMALL.replace("video.mos,", "video.moss,").replace("says: no, next: form", "says: no, next: frm")
    text = text.replace("version: 1\n", "").replace("blames: encoder", "blames: wind")
    assert [line.partition(":")[0] for line in told(text)] == ["1", "6", "18", "19"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("", "1: The file is empty: a guide begins with `guide: ID`.", id="empty"),
        pytest.param(
            "a: 1\n---\nb: 2\n", "2: The file holds a second document (---): one file is one guide.", id="two"
        ),
        pytest.param("[" * 30 + "]" * 30, "1: This is nested more than 24 deep: make it flatter.", id="deep"),
        pytest.param(
            "x: [" + "1," * 21_000 + "]", "1: The file holds more than 20000 values: split the guide.", id="many"
        ),
        pytest.param("x" * 300_000, "1: The file is longer than 256 KiB: split the guide.", id="long"),
        pytest.param("a: !!python/name:os.system x", "1: The tag", id="tag"),
        pytest.param("a: [1\nb: {", "2: This is not YAML here:", id="no yaml"),
        pytest.param("- 1", "1: A guide is a mapping: begin with `guide: ID`.", id="list"),
        pytest.param("a: \x00", "1: This is not YAML here:", id="bytes"),
    ],
)
def test_hostile_text_is_refused_with_one_sentence(text: str, sentence: str) -> None:
    assert any(one.startswith(sentence) for one in told(text))


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{k}: &{k} [*a,*a,*a,*a,*a,*a,*a,*a]\n" for k in "bcdefgh")
    tree, mistakes = read_tree("bomb.yaml", bomb)
    assert tree is None
    assert [mistake.line for mistake in mistakes] == [1]


def test_a_broken_guide_hides_no_other_and_the_site_overrides() -> None:
    shelf = read_shelf(
        {"pb-small.yaml": SMALL, "pb-broken.yaml": "guide: ["},
        {"pb-small.yaml": SMALL.replace("version: 1", "version: 7"), "rb-lanes.yaml": LANES},
    )
    assert {id: guide.version for id, guide in shelf.guides.items()} == {"PB-SMALL": 7, "RB-LANES": 2}
    assert shelf.of_site == {"PB-SMALL", "RB-LANES"}
    assert [mistake.file for mistake in shelf.mistakes] == ["pb-broken.yaml"]
    assert shelf.for_alarm("VIDEO_MOS_LOW") is shelf.guides["PB-SMALL"]


def test_a_broken_site_guide_leaves_the_shipped_one() -> None:
    shelf = read_shelf({"pb-small.yaml": SMALL}, {"pb-small.yaml": SMALL.replace("version: 1", "version: x")})
    assert shelf.guides["PB-SMALL"].version == 1
    assert [str(mistake).partition(" ")[0] for mistake in shelf.mistakes] == ["site/pb-small.yaml:2:10:"]


def test_a_link_to_a_guide_that_is_not_there_is_told_for_the_whole_set() -> None:
    text = SMALL.replace("says: no, next: form", "says: no, next: elsewhere")
    text = text.replace("  - {id: form,", "  - {id: elsewhere, kind: link, guide: RB-LANE}\n  - {id: form,")
    shelf = read_shelf({"pb-small.yaml": text, "rb-lanes.yaml": LANES})
    assert [(mistake.line, mistake.text) for mistake in shelf.mistakes] == [
        (22, 'The guide "RB-LANE" is not there, or is broken: correct the name or mend that file.'
             ' Did you mean "RB-LANES"?')
    ]  # fmt: skip
    assert set(shelf.guides) == {"PB-SMALL", "RB-LANES"}


@settings(max_examples=120, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_guide_damaged_at_random_never_raises_and_every_mistake_has_a_line(seed: int) -> None:
    chance = random.Random(seed)
    lines = SMALL.splitlines() if chance.random() < 0.7 else MOS_LOW.splitlines()[:80]
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                del lines[place]
                lines = lines or [""]
            case 1:
                lines.insert(place, chance.choice(lines))
            case 2:
                cut = chance.randrange(len(lines[place]) + 1)
                lines[place] = (
                    lines[place][:cut] + chance.choice("{}[]:,&*!|>'\"%@`#-?~\t1a é\x07") + lines[place][cut:]
                )
            case 3:
                lines[place] = lines[place][chance.randrange(len(lines[place]) + 1) :]
            case 4:
                other = chance.randrange(len(lines))
                lines[place], lines[other] = lines[other], lines[place]
    read = read_guide("pb-small.yaml", "\n".join(lines))
    assert (read.guide is None) == bool(read.mistakes)
    for mistake in read.mistakes:
        assert 1 <= mistake.line <= len(lines) + 2
        assert mistake.text.endswith((".", "?"))
        assert "\n" not in mistake.text
