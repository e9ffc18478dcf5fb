"""What other systems say becomes alarms: the first rule that matches an incoming notice says which. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

from noc_console.model import Severity

MAX_VALUE = 2000  # characters of a field that a pattern looks at
_HOLE = re.compile(r"\{([^{}]{1,200})\}")
_NUMBERS = {one.snmp: one for one in Severity}
_WORDS = {
    **{str(one): one for one in Severity},
    "disaster": Severity.CRITICAL,
    "high": Severity.MAJOR,
    "average": Severity.MINOR,
    "page": Severity.CRITICAL,
    "error": Severity.MAJOR,
    "info": Severity.INDETERMINATE,
    "information": Severity.INDETERMINATE,
    "none": Severity.INDETERMINATE,
    "ok": Severity.CLEARED,
    "normal": Severity.CLEARED,
    "resolved": Severity.CLEARED,
}

Test = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing another system told us.

    `fields` is flat: for a trap `trap_oid`, `trap` (its name), each varbind by OID and by name; for Alertmanager
    `status`, `labels.x`, `annotations.x`. `says` is the one line an operator reads. `key` tells two conditions of one
    sender apart. `is_over` where the sender itself says that the condition has ended.
    """

    source: str
    at: float
    peer: str
    says: str
    key: str
    fields: Mapping[str, str]
    raw: Mapping[str, Any] = field(default_factory=dict)
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the mapping: what it matches, and the alarm it makes; without `alarm` it is an event only.

    `channel`, `severity`, `message` and `key` are texts with `{field}` holes. `clear` says which of the matched
    notices end the alarm; `clear_after_s` ends it by itself, 0 never does.
    """

    name: str
    source: str = ""
    peers: tuple[str, ...] = ()
    match: Mapping[str, Test] = field(default_factory=dict)
    alarm: str = ""
    severity: str = ""
    severities: Mapping[str, str] = field(default_factory=dict)
    channel: str = ""
    channel_pattern: re.Pattern[str] | None = None
    message: str = ""
    key: str = ""
    clear: Mapping[str, Test] = field(default_factory=dict)
    clear_after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule makes of an incoming notice; `severity` None means the alarm type's own."""

    rule: str
    alarm_type: str
    key: str
    channel: str
    severity: Severity | None
    message: str
    is_clear: bool
    clear_after_s: float = 0.0


def judged(rules: Sequence[Rule], one: Incoming) -> Verdict | None:
    """Return what the first matching rule says; None where none matches or it makes no alarm."""
    rule = next((rule for rule in rules if matches(rule, one)), None)
    if rule is None or not rule.alarm:
        return None
    severity = _severity(rule, one.fields)
    is_clear = one.is_over or severity is Severity.CLEARED or (bool(rule.clear) and _all(rule.clear, one.fields))
    channel = _channel(rule, one.fields)
    key = filled(rule.key, one.fields) if rule.key else one.key
    return Verdict(
        rule=rule.name,
        alarm_type=rule.alarm,
        # a clear must meet its raise: what differs between the two is no part of the key
        key=f"{rule.name}|{one.peer if one.source == 'trap' else ''}|{channel}|{key}"[:500],
        channel=channel,
        severity=None if severity is Severity.CLEARED else severity,
        message=(filled(rule.message, one.fields) if rule.message else one.says)[:1000],
        is_clear=is_clear,
        clear_after_s=rule.clear_after_s,
    )


def matches(rule: Rule, one: Incoming) -> bool:
    """Say whether a rule is about an incoming notice: a raise, or a clear of it."""
    if rule.source not in ("", one.source) or (rule.peers and not _is_from(rule.peers, one.peer)):
        return False
    return _all(rule.match, one.fields) or (bool(rule.clear) and _all(rule.clear, one.fields))


def test_of(text: str) -> Test:
    """Return the test a text stands for: `re:PATTERN`, a beginning with `*` after it, or the text itself."""
    if text.startswith("re:"):
        pattern = re.compile(text[3:])
        return lambda value: pattern.search(value[:MAX_VALUE]) is not None
    if text == "*":
        return bool
    if text.endswith("*"):
        return lambda value: value.startswith(text[:-1])
    return lambda value: value == text


def filled(text: str, fields: Mapping[str, str]) -> str:
    """Return a text with its `{field}` holes filled; an unknown field leaves nothing."""
    return _HOLE.sub(lambda hole: fields.get(hole[1], ""), text).strip()


def severity_of(word: str) -> Severity | None:
    """Return the severity a word or a number of RFC 3877 means, None for others."""
    word = word.strip().lower()
    if word.isascii() and word.isdigit():
        return _NUMBERS.get(int(word[:9]))
    return _WORDS.get(word)


def _severity(rule: Rule, fields: Mapping[str, str]) -> Severity | None:
    word = filled(rule.severity, fields)
    return severity_of(rule.severities.get(word, word))


def _channel(rule: Rule, fields: Mapping[str, str]) -> str:
    text = filled(rule.channel, fields)
    if rule.channel_pattern is None:
        return text[:64]
    found = rule.channel_pattern.search(text[:MAX_VALUE])
    if found is None:
        return ""
    return (found[1] if found.re.groups else found[0])[:64] if found else ""


def _all(tests: Mapping[str, Test], fields: Mapping[str, str]) -> bool:
    return all(name in fields and test(fields[name]) for name, test in tests.items())


def _is_from(networks: Sequence[str], peer: str) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    return any(address in ip_network(one, strict=False) for one in networks)
