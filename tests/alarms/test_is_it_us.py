"""Is it us?: the verdict over tables of facts, one row for each kind of fault, and what must never be said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_console.alarms.is_it_us import UNCLEAR, judge
from noc_console.alarms.us_facts import Change, Found, LayerFacts, Name, Own, Request, Sisters, UsFacts
from noc_console.model import Severity

NOW = 1_790_000_000.0


def found(name: str, severity: Severity = Severity.CRITICAL, ago_s: float = 20.0, kind: str = "") -> Found:
    return Found(name, severity, NOW - ago_s, f"{name} is there.", kind)


def layer(number: int, *some: Found, kind: str = "", **more: object) -> LayerFacts:
    told = kind or ("ts" if number < 2 else "hls")
    return LayerFacts(10 + number, number, told, f"host{number}", found=some, **more)  # type: ignore[arg-type]


def asked(number: int, **more: object) -> Request:
    return Request(10 + number, number, "playlist", f"10.0.0.{number}:80", **{"status": 200, **more})  # type: ignore[arg-type]


def facts(*layers: LayerFacts, **more: object) -> UsFacts:
    return UsFacts(1, NOW, layers, **more)  # type: ignore[arg-type]


WELL_ELSEWHERE = Sisters(here=3, elsewhere=8)
GONE = found("hls-media-unreachable")
FROZEN = found("media-freeze", kind="VIDEO_FREEZE")
CASES = [
    pytest.param(
        facts(layer(1), layer(2), requests=(asked(2),), sisters=WELL_ELSEWHERE), "nothing", id="all is well"
    ),
    pytest.param(
        facts(layer(1), layer(2, GONE), requests=(asked(2, status=503, wrong="answered 503"),)),
        "packager",
        id="the packager answers 503",
    ),
    pytest.param(
        facts(layer(2), layer(3, GONE), requests=(asked(2), asked(3, status=503, wrong="answered 503"))),
        "origin",
        id="the packager is well, the origin is not",
    ),
    pytest.param(
        facts(layer(3), layer(4, found("hls-playlist-stale")), requests=(asked(3), asked(4))),
        "cdn",
        id="stale at the edge, fresh at the origin",
    ),
    pytest.param(facts(layer(2, found("hls-playlist-stale")), requests=(asked(2),)), "packager", id="stale, alone"),
    pytest.param(
        facts(layer(2, found("hls-segment-slow", Severity.MAJOR)), requests=(asked(2, slow="waited 3.0 s"),)),
        "packager",
        id="slow to answer",
    ),
    pytest.param(
        facts(layer(1, found("ts-cc", Severity.MAJOR), cc_pids=4), layer(2)), "network", id="loss on all PIDs"
    ),
    pytest.param(
        facts(layer(1, found("ts-cc", Severity.MAJOR), cc_pids=1), layer(2)), "encoder", id="one PID is broken"
    ),
    pytest.param(facts(layer(1, found("ts-pat"))), "encoder", id="tables are missing"),
    pytest.param(facts(layer(1, found("ts-no-packets"))), "encoder", id="nothing comes"),
    pytest.param(
        facts(layer(1, found("ts-cc", Severity.MAJOR), cc_pids=4), own=Own(socket_drops=40.0)),
        "us",
        id="this machine dropped it",
    ),
    pytest.param(facts(layer(1, FROZEN), layer(2, FROZEN)), "source", id="frozen from the headend on"),
    pytest.param(facts(layer(2, FROZEN)), "source", id="frozen, nothing before it is measured"),
    pytest.param(
        facts(layer(1, has_picture=True), layer(2, FROZEN)), "packager", id="frozen behind a picture that moves"
    ),
    pytest.param(facts(layer(2, found("media-macroblocking", kind="MACROBLOCKING_HIGH"))), "encoder", id="blocks"),
    pytest.param(
        facts(
            layer(2, GONE),
            requests=(asked(2, status=0, error="connect", wrong="takes no connection"),),
            sisters=Sisters(here=2, here_ill=2, elsewhere=9, elsewhere_ill=8, ill_hosts=3),
        ),
        "isp",
        id="nobody can be reached at several hosts",
    ),
    pytest.param(
        facts(
            layer(2, GONE),
            requests=(asked(2),),
            sisters=Sisters(elsewhere=9, elsewhere_ill=8, ill_hosts=3),
            own=Own(lag_s=4.0),
        ),
        "us",
        id="everything is ill, and our worker is held up",
    ),
    pytest.param(
        facts(layer(4, found("hls-playlist-stale")), replace(layer(4), input_id=99), requests=(asked(4),)),
        "cdn",
        id="one region of two is stale",
    ),
    pytest.param(
        facts(replace(layer(2), state="lost"), requests=(asked(2),)), "us", id="it answers, but is not measured"
    ),
    pytest.param(
        facts(layer(4), requests=(asked(4),), names=(Name("TLS", 4, "the certificate expired 2 days ago"),)),
        "cdn",
        id="the certificate has expired",
    ),
    pytest.param(
        facts(layer(2, replace(found("HTTP_5XX", kind="HTTP_5XX"), is_now=False)), requests=(asked(2),)),
        "nothing",
        id="an alarm is open, its fault is over",
    ),
]


@pytest.mark.parametrize(("told", "cause"), CASES)
def test_where_the_fault_lies(told: UsFacts, cause: str) -> None:
    verdict = judge(told)
    assert verdict.cause == cause
    assert verdict.reasons
    assert verdict.lines


def test_a_layer_before_it_that_is_well_makes_it_surer() -> None:
    alone = judge(facts(layer(2, found("hls-playlist-stale")))).confidence
    assert judge(facts(layer(1), layer(2, found("hls-playlist-stale")))).confidence > alone


def test_the_verdict_of_the_folding_is_a_sign_and_not_a_second_opinion() -> None:
    told = facts(layer(2, found("hls-playlist-stale")), folded=("packager", 0.9, "5 of 6 channels on p1 fail"))
    verdict = judge(told)
    assert verdict.cause == "packager"
    assert "5 of 6 channels on p1 fail" in verdict.reasons
    assert verdict.confidence > judge(replace(told, folded=None)).confidence


def test_a_change_shortly_before_is_told_and_one_long_ago_is_no_reason() -> None:
    ill = facts(layer(2, found("hls-playlist-stale", ago_s=60.0)))
    fresh = judge(replace(ill, changes=(Change("LadderChanged", 90.0),)))
    assert "ladder changed shortly before it began" in fresh.reasons
    old = judge(replace(ill, changes=(Change("LadderChanged", 1700.0),)))
    assert "ladder changed shortly before it began" not in old.reasons
    assert any(line.group == "changes" and "28 min ago, ladder changed" in line.text for line in old.lines)


def test_where_nothing_could_be_looked_at_nothing_is_said() -> None:
    verdict = judge(facts(replace(layer(2), state="loading")))
    assert (verdict.cause, verdict.confidence) == (UNCLEAR, 0.0)


def test_a_picture_nobody_has_looked_at_lately_makes_it_less_sure_that_all_is_well() -> None:
    seen = judge(facts(layer(2, has_picture=True, picture_age_s=12.0), requests=(asked(2),)))
    unseen = judge(facts(layer(2, has_picture=True, picture_age_s=140.0), requests=(asked(2),)))
    assert seen.cause == unseen.cause == "nothing"
    assert (seen.level, unseen.level) == ("high", "medium")
    assert any("its picture was last looked at 140 s ago" in line.text for line in unseen.lines)


def test_a_minor_flaw_without_an_alarm_is_told_and_is_no_fault() -> None:
    flaw = found("hls-hdr-without-sdr", Severity.MINOR, ago_s=9000.0)
    verdict = judge(facts(layer(2, flaw), requests=(asked(2),)))
    assert verdict.cause == "nothing"
    assert any("a minor flaw: hls-hdr-without-sdr is there" in line.text for line in verdict.lines)
    alarmed = judge(facts(layer(2, replace(flaw, is_alarmed=True)), requests=(asked(2),)))
    assert alarmed.cause == "packager"


def test_every_group_of_evidence_is_told() -> None:
    told = facts(layer(1), layer(2, GONE), requests=(asked(2),), names=(Name("DNS", 2, text="2 addresses"),))
    assert {line.group for line in judge(told).lines} == {
        *("layers", "waterfall", "names", "sisters", "changes", "own")
    }


SOME = st.sampled_from([GONE, FROZEN, found("ts-cc"), found("hls-playlist-stale"), found("nobody-knows-it")])
LAYERS = st.lists(
    st.builds(layer, st.integers(0, 5), SOME, state=st.sampled_from(["ok", "stale", "lost", "loading"])), max_size=5
)
REQUESTS = st.lists(
    st.builds(
        asked, st.integers(2, 5), wrong=st.sampled_from(["", "answered 503"]), slow=st.sampled_from(["", "slow"])
    ),
    max_size=4,
)


@given(LAYERS, REQUESTS, st.floats(0, 1e6))
def test_whatever_is_told_there_is_one_verdict_with_a_confidence(
    layers: list[LayerFacts], requests: list[Request], drops: float
) -> None:
    told = facts(*layers, requests=tuple(requests), own=Own(socket_drops=drops))
    verdict = judge(told)
    assert 0 <= verdict.confidence <= 0.95
    assert verdict.says
    assert verdict == judge(told)


@given(LAYERS)
def test_nothing_is_wrong_is_never_said_with_something_ill_that_requests_cannot_explain(
    layers: list[LayerFacts],
) -> None:
    verdict = judge(facts(*layers))
    assert verdict.cause != "nothing" or not any(one.ill for one in layers)
