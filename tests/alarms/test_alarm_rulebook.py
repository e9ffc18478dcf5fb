"""Effective rules: shipped, template, tier, channel exception; each limit says where it comes from."""

from __future__ import annotations

from typing import Any

import pytest

from noc_console.alarms.profiles import preview, severity_under, type_severity
from noc_console.alarms.rulebook import Rulebook, Template, changed, rule_of, shipped_rules
from noc_console.alarms.rules import Ratio
from noc_console.alarms.ruleset import Ruleset
from noc_console.errors import KnownError
from noc_console.model import Channel, Finding, Severity

CHANNEL = Channel(7, "CH_7", "", tier=1, template="TPL")
RULES = {rule.key: rule for rule in shipped_rules()}


def above(book: Rulebook, channel: Channel = CHANNEL) -> Any:
    return next(rule.above for rule in book.rules(channel) if rule.key == "segment-slow")


def book(*levels: str) -> Rulebook:
    limit = {"template": 2.5, "tier": 3.0, "channel": 4.0}
    said = {name: {"segment-slow": {"above": limit[name]}} for name in levels}
    return Rulebook(
        {"TPL": Template("TPL", rules=said.get("template", {}))},
        {1: said.get("tier", {})},
        {7: said["channel"]} if "channel" in said else {},
    )


@pytest.mark.parametrize(
    ("levels", "value", "source"),
    [
        pytest.param((), 2.0, "shipped rule", id="nobody says anything"),
        pytest.param(("template",), 2.5, "template TPL", id="the template"),
        pytest.param(("template", "tier"), 3.0, "tier 1", id="the tier over the template"),
        pytest.param(("template", "tier", "channel"), 4.0, "channel CH_7", id="the exception over all"),
        pytest.param(("channel",), 4.0, "channel CH_7", id="the exception alone"),
    ],
)
def test_the_strongest_level_wins_and_is_named(levels: tuple[str, ...], value: float, source: str) -> None:
    rules = book(*levels)
    assert above(rules) == value
    told = {one.field: one for one in rules.explained(CHANNEL, "segment-slow")}
    assert (told["above"].value, told["above"].source) == (value, source)
    assert len(told["above"].below) == len(levels)
    assert told["bad"].source == "shipped rule"


def test_other_channels_keep_their_limits() -> None:
    rules = book("tier", "channel")
    assert above(rules, Channel(8, "CH_8", "", tier=1, template="TPL")) == 3.0
    assert above(rules, Channel(9, "CH_9", "", tier=2, template="TPL")) == 2.0


def test_a_share_is_changed_where_it_is_judged() -> None:
    policy = changed(RULES["http-5xx"], {"above": 0.05, "at_least": 50}).policy
    assert isinstance(policy, Ratio)
    assert (policy.above, policy.at_least) == (0.05, 50)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"bad": 0}, id="none of five"),
        pytest.param({"bad": 2.5}, id="half a segment"),
        pytest.param({"of": 10_000_000}, id="memory without end"),
        pytest.param({"above": "two"}, id="a word"),
        pytest.param({"above": True}, id="a truth"),
        pytest.param({"within_s": -1}, id="a time below nothing"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(KnownError):
        changed(RULES["segment-slow"], changes)


def test_a_rule_that_is_off_is_not_asked() -> None:
    rules = Ruleset([changed(RULES["segment-slow"], {"is_on": False}), RULES["playlist-stale"]])
    assert rules.plan({"segment.download_s": 9.0}).pairs == ()
    assert [rule.key for rule in rules.about([Finding("hls-playlist-stale", "")], ())] == ["playlist-stale"]


def test_an_added_rule_needs_a_policy_and_known_names() -> None:
    row = {"key": "x", "alarm": "SEGMENT_SLOW", "metric": "segment.download_s", "above": 1.0}
    assert rule_of({**row, "hold": {"raise_after_s": 1.0}}).alarm == "SEGMENT_SLOW"
    for wrong in (
        row,
        {**row, "hold": {}, "alarm": "NO"},
        {**row, "hold": {"x": 1}},
        {**row, "hold": {}, "metric": "no"},
    ):
        with pytest.raises(KnownError):
            rule_of(wrong)


def test_the_profile_of_tr_101_290_makes_its_first_priority_critical() -> None:
    assert severity_under("operator", Finding("ts-cc", "")) is Severity.MAJOR
    assert severity_under("tr", Finding("ts-cc", "")) is Severity.CRITICAL
    assert severity_under("tr", Finding("hls-playlist-stale", "")) is Severity.MAJOR
    assert severity_under("tr", Finding("hls-ladder-changed", "")) is None
    assert {one.finding for one in preview("operator", "tr")} >= {"ts-cc", "ts-pts"}
    assert preview("tr", "tr") == ()
    assert type_severity("tr", "CC_ERROR", Severity.MAJOR) is Severity.CRITICAL
    assert type_severity("operator", "CC_ERROR", Severity.MAJOR) is Severity.MAJOR
    assert type_severity("tr", "SEGMENT_SLOW", Severity.MAJOR) is Severity.MAJOR
