"""Prometheus rules: what says the same here is translated, the rest is listed with its reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from noc_console.alarms.engine import Engine
from noc_console.alarms.prom_import import loaded, translated
from noc_console.alarms.rulebook import Rulebook, rule_of
from noc_console.alarms.rules import Hold, Sum
from noc_console.errors import KnownError
from noc_console.model import Channel, Input, Kind, Layer, Observation


def rules_file(expr: str, alert: str = "SegmentSlow", **more: Any) -> dict[str, Any]:
    return {"groups": [{"name": "video_monitoring", "rules": [{"alert": alert, "expr": expr, **more}]}]}


def only(expr: str, **more: Any) -> Any:
    (found,) = translated(rules_file(expr, **more)).rules
    return rule_of(found["rule"])


@pytest.mark.parametrize(
    ("expr", "fields"),
    [
        pytest.param("segment_speed < 1.5", {"below": 1.5, "metric": "segment.speed_ratio"}, id="by its other name"),
        pytest.param("noc_segment_download_s > 2", {"above": 2.0}, id="by the name we export"),
        pytest.param("download_time_ms > 2000", {"above": 2.0}, id="milliseconds are seconds here"),
        pytest.param("download_time_ms{job='probe'} > 2000", {"above": 2.0}, id="a harmless label"),
        pytest.param("abs(clock_skew_ms - 100) > 500", {"above": 0.5, "centre": 0.1, "absolute": True}, id="apart"),
        pytest.param("abs(clock_skew_ms + 100) > 500", {"centre": -0.1}, id="apart from a negative"),
    ],
)
def test_a_metric_beside_a_number_is_a_limit(expr: str, fields: dict[str, Any]) -> None:
    rule = only(expr)
    assert {name: getattr(rule, name) for name in fields} == fields


@pytest.mark.parametrize(
    ("expr", "held"),
    [
        pytest.param("min_over_time(download_time_ms[5m]) > 2000", 360.0, id="the least of 5 min is a hold of 5 min"),
        pytest.param("max_over_time(segment_speed[5m]) < 1", 360.0, id="the most of 5 min below"),
        pytest.param("max_over_time(download_time_ms[5m]) > 2000", 60.0, id="the most of 5 min above holds on after"),
    ],
)
def test_extremes_over_a_time_are_holds(expr: str, held: float) -> None:
    policy = only(expr, **{"for": "1m"}).policy
    assert isinstance(policy, Hold)
    assert policy.raise_after_s == held


@pytest.mark.parametrize(
    ("expr", "above"),
    [
        pytest.param("increase(noc_segment_is_missing[10s]) > 5", 5.0, id="increase"),
        pytest.param("rate(noc_segment_is_missing[10s]) > 0.5", 5.0, id="rate"),
    ],
)
def test_the_growth_of_a_counter_is_a_sum_over_its_window(expr: str, above: float) -> None:
    policy = only(expr, alert="ABRSegmentMissing").policy
    assert policy == Sum(above, 10.0, 0.0, 60.0)


def test_the_fall_against_an_earlier_value_is_a_drop() -> None:
    rule = only("(segment_speed offset 5m - segment_speed) > 1.5", **{"for": "2m"})
    assert rule.drop is not None
    assert (rule.drop.over_s, rule.above) == (300.0, 1.5)


def test_an_average_is_measured_over_its_time() -> None:
    rule = only("avg_over_time(download_time_ms[60s]) > 2000", labels={"severity": "page"})
    channel = Channel(1, "CH", "", inputs=(Input(1, 1, Layer.PACKAGER, Kind.HLS, "http://x/1"),))
    engine = Engine()
    engine.configure([channel], Rulebook(added=(rule,), templates={}), 0.0)

    def raised(at: float, value: float) -> list[str]:
        changes = engine.judge(Observation(1, "segment/a", at, {"segment.download_s": value}))
        return [str(one.alarm.severity) for one in changes if one.event]

    assert [raised(at, value) for at, value in ((0.0, 1.0), (10.0, 2.5), (20.0, 1.0))] == [[], [], []]
    assert raised(70.0, 3.2) == ["critical"]  # the first 1.0 fell out of the window: the mean is 2.23


@pytest.mark.parametrize(
    ("expr", "alert", "why"),
    [
        pytest.param("up == 0", "PROBE_DOWN", "up is not measured here", id="not measured"),
        pytest.param("segment_speed < 1", "MyOwnAlert", "no alarm type of ours", id="no such type"),
        pytest.param("sum(segment_speed) by (x) < 1", "SegmentSlow", "not one of", id="another function"),
        pytest.param("segment_speed == 3", "SegmentSlow", "exact value", id="exact"),
        pytest.param("segment_speed{channel='A'} < 1", "SegmentSlow", "some series only", id="one channel"),
        pytest.param("increase(noc_segment_is_missing[5m]) < 1", "SegmentSlow", "too little", id="counter low"),
        pytest.param("min_over_time(segment_speed[5x]) < 1", "SegmentSlow", "not a time", id="no time"),
    ],
)
def test_what_cannot_be_said_here_is_listed_with_its_reason(expr: str, alert: str, why: str) -> None:
    found = translated(rules_file(expr, alert))
    assert found.rules == []
    assert why in found.untranslated[0]["why"]


def test_a_misspelt_alert_of_the_sources_and_unknown_severities() -> None:
    found = translated(rules_file("segment_speed < 1", labels={"severity": "purple"}))
    assert "purple" in found.untranslated[0]["why"]


@pytest.mark.parametrize("name", ["rules.yml", "prometheus-rules.lint.yml", "test.yaml"])
def test_real_rules_files_are_read_and_every_rule_is_accounted_for(testdata: Path, name: str) -> None:
    document = loaded((testdata / "prometheus" / "rules" / name).read_text())
    found = translated(document)
    count = sum(len(group["rules"]) for group in document["groups"])
    assert len(found.rules) + len(found.untranslated) == count > 0
    assert all(one["why"] for one in found.untranslated)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("a: &x [1]\nb: *x", "anchors", id="anchors may be bombs"),
        pytest.param("a: [1", "cannot be read", id="broken"),
        pytest.param("[" * 3000, "cannot be read", id="too deep"),
        pytest.param("just words", "no list of groups", id="something else"),
        pytest.param("groups: 7", "no list of groups", id="groups are no list"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(KnownError, match=sentence):
        translated(loaded(text))
