"""Incoming notices become alarms by the first rule that matches; what is wrong in incoming.toml is one sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from noc_console.errors import KnownError
from noc_console.model import Severity
from noc_console.notify import config as notify_config
from noc_console.notify.mapping import Incoming, Verdict, judged, severity_of
from noc_console.notify.mapping_config import parse

RULES = parse(
    """
[[rules]]
name = "link"
source = "trap"
match = { trap = "linkDown" }
clear = { trap = "linkUp" }
alarm = "SERVICE_DOWN"
severity = "major"
channel = "{ifAlias}"
key = "{ifIndex}"
message = "Port {ifIndex} of {peer} is down"

[[rules]]
name = "pcr"
source = "trap"
peers = ["127.0.0.0/8"]
match = { trap_oid = "1.3.6.1.4.1.8072.2.3.0.1", "1.3.6.1.4.1.8072.2.3.2.2" = "re:PCR" }
alarm = "PCR_JITTER"
channel = "{1.3.6.1.4.1.8072.2.3.2.2}"
channel_pattern = '^(\\S+)'
key = "pcr"
clear_after_min = 30

[[rules]]
name = "quiet"
match = { trap_oid = "1.3.6.1.4.1.99999.*" }

[[rules]]
name = "severity of their own"
match = { severity = "*" }
alarm = "SERVICE_DOWN"
severity = "{severity}"
severities = { "5" = "critical", "P3" = "warning" }
"""
).rules


def trap(peer: str = "127.0.0.1", **fields: str) -> Incoming:
    return Incoming("trap", 10.0, peer, "as it says", "", {"peer": peer, **fields})


def zabbix_sample(testdata: Path) -> list[Incoming]:
    """Return the traps of a file that net-snmp wrote for Zabbix's trapper."""
    text = (testdata / "zabbix" / "zabbix_traps_sample.txt").read_text()
    found = []
    for block in text.split("VARBINDS:")[1:]:
        binds = dict(re.findall(r'^\.([\d.]+)\s+type=\d+\s+value=\.?"?([^"\n]*)', block, re.MULTILINE))
        oid = binds.pop("1.3.6.1.6.3.1.1.4.1.0")
        found.append(trap(trap_oid=oid, **binds))
    return found


def test_real_traps_of_zabbixs_sample_become_an_alarm_per_channel(testdata: Path) -> None:
    verdicts = [judged(RULES, one) for one in zabbix_sample(testdata)]
    raised = [one for one in verdicts if one]
    assert [(one.alarm_type, one.channel) for one in raised] == [("PCR_JITTER", "ch1"), ("PCR_JITTER", "ch2")]
    assert len({one.key for one in raised}) == 2
    assert verdicts.count(None) == len(verdicts) - 2
    assert raised[0].clear_after_s == 1800


def test_a_clear_has_the_key_of_its_raise() -> None:
    down = judged(RULES, trap(trap="linkDown", ifIndex="3", ifAlias="CH_1"))
    up = judged(RULES, trap(trap="linkUp", ifIndex="3", ifAlias="CH_1"))
    other = judged(RULES, trap(trap="linkUp", ifIndex="4", ifAlias="CH_1"))
    assert down == Verdict(
        "link", "SERVICE_DOWN", "link|127.0.0.1|CH_1|3", "CH_1", Severity.MAJOR, "Port 3 of 127.0.0.1 is down", False
    )
    assert up is not None
    assert (up.key, up.is_clear) == (down.key, True)
    assert other is not None
    assert other.key != down.key


def test_the_same_trap_of_another_host_is_another_condition() -> None:
    keys = {judged(RULES, trap(peer, trap="linkDown", ifIndex="3")).key for peer in ("10.0.0.1", "10.0.0.2")}
    assert len(keys) == 2


def test_a_rule_for_some_peers_leaves_the_others_alone() -> None:
    fields = {"trap_oid": "1.3.6.1.4.1.8072.2.3.0.1", "1.3.6.1.4.1.8072.2.3.2.2": "ch1 PCR"}
    assert judged(RULES, trap("10.9.9.9", **fields)) is None


def test_a_rule_without_an_alarm_keeps_later_rules_from_it() -> None:
    assert judged(RULES, trap(trap_oid="1.3.6.1.4.1.99999.1.0.1", severity="5")) is None


@pytest.mark.parametrize(
    ("word", "severity", "is_clear"),
    [
        ("5", Severity.CRITICAL, False),  # their own number goes before that of RFC 3877
        ("4", Severity.MAJOR, False),
        ("P3", Severity.WARNING, False),
        ("Minor", Severity.MINOR, False),
        ("Disaster", Severity.CRITICAL, False),
        ("1", None, True),
        ("cleared", None, True),
        ("purple", None, False),
    ],
)
def test_severity_is_read_from_numbers_and_words(word: str, severity: Severity | None, is_clear: bool) -> None:
    verdict = judged(RULES, trap(severity=word))
    assert verdict is not None
    assert (verdict.severity, verdict.is_clear) == (severity, is_clear)


def test_holes_are_filled_from_fields_and_from_nothing_else() -> None:
    (rule,) = parse('[[rules]]\nname="x"\nalarm="SERVICE_DOWN"\nmessage="{a} {a.__class__} {0} {b}"').rules
    verdict = judged((rule,), trap(a="{b}", b="2"))
    assert verdict is not None
    assert verdict.message == "{b}   2"


def test_the_words_of_other_systems_are_known() -> None:
    assert [severity_of(one) for one in ("page", "ERROR", "info", "resolved", "99", "")] == [
        Severity.CRITICAL, Severity.MAJOR, Severity.INDETERMINATE, Severity.CLEARED, None, None,
    ]  # fmt: skip


def test_without_a_file_nothing_is_listened_to() -> None:
    config = parse("")
    assert (config.traps.enabled, config.traps.host, config.traps.port) == (False, "127.0.0.1", 1162)
    assert not config.alertmanager.enabled


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rules = 3", "incoming.toml: rules: Input should be a valid tuple."),
        ("[[rules]]\nname='x'\nalarm='NOPE'", "incoming.toml: rule 1, alarm: there is no alarm type NOPE."),
        ("[[rules]]\nname='x'\nseverity='purple'", "incoming.toml: rule 1: purple is no severity."),
        ("[[rules]]\nname='x'\nmatch={a='re:('}", "incoming.toml: rule 1: 're:(' is no regular expression"),
        ("[[rules]]\nname='x'\npeers=['10.0.0']", "10.0.0 is no address or network such as 10.50.0.0/24."),
        ("[[rules]]\nname='x'\n[[rules]]\nname='x'", "incoming.toml: two rules are called x."),
        ("[traps]\nport=70000", "incoming.toml: traps, port: Input should be less than or equal to 65535."),
        ("[traps]\ncommunity='public'", "incoming.toml: traps, community: Extra inputs are not permitted."),
        (
            "[traps]\nusers=[{name='a', priv='aes128'}]",
            "encryption needs authentication: choose an auth protocol too.",
        ),
        ("[traps", "incoming.toml: Expected ']'"),
    ],
)
def test_what_is_wrong_in_the_file_is_one_sentence(text: str, says: str) -> None:
    with pytest.raises(KnownError) as wrong:
        parse(text)
    assert says in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_the_guides_own_examples_are_understood() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "snmp.md").read_text()
    sender, incoming = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    assert [one.version for one in notify_config.parse(sender).receivers["nms"].destinations] == ["3", "2c"]
    config = parse(incoming)
    assert (config.traps.enabled, len(config.rules)) == (True, 2)
    down = judged(config.rules, trap("10.50.0.9", trap="linkDown", ifIndex="3", ifAlias="CH_1"))
    assert down is not None
    assert (down.channel, down.message) == ("CH_1", "Port 3 of 10.50.0.9 is down")
