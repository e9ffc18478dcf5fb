"""The columns of a template (R-177) are limits of rules: what differs from its default is judged by."""

from __future__ import annotations

from dataclasses import replace

from noc_console.agent.templates import as_rules, shipped
from noc_console.alarms.rulebook import effective

HD = shipped()["TPL_LIVE_HD"]


def test_columns_with_their_defaults_change_nothing() -> None:
    assert set(as_rules(HD).rules) == {"segment-slow"}


def test_each_column_is_the_limit_of_its_rule() -> None:
    own = replace(
        HD,
        loudness_target=-24.0,
        loudness_tolerance=1.0,
        macroblocking_threshold=0.2,
        freeze_threshold_ms=2500,
        black_threshold_ms=800,
        pcr_jitter_threshold_ns=400,
    )
    rules = {rule.key: rule for rule in effective(as_rules(own))}
    assert (rules["audio-loudness"].centre, rules["audio-loudness"].above) == (-24.0, 1.0)
    assert rules["video-blockiness"].above == 0.2
    assert rules["video-freeze"].above == 2.5
    assert rules["video-black"].above == 0.8
    assert rules["ts-pcr"].above == 400.0


def test_a_limit_named_by_its_rule_goes_before_the_column() -> None:
    own = replace(HD, freeze_threshold_ms=2500, rules={"limits": {"video-freeze": {"above": 4.0}}})
    assert as_rules(own).rules["video-freeze"] == {"above": 4.0}
