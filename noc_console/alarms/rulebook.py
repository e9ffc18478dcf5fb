"""Which rules hold for a channel, and where each limit comes from: shipped, template, tier, channel exception."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any

from noc_console.alarms.rules import Count, Drop, Hold, Mean, Ratio, Rule, Sum
from noc_console.catalogues import alarm_types, metrics
from noc_console.errors import KnownError
from noc_console.model import Channel, Severity
from noc_console.resources import resource

Changes = Mapping[str, Any]
ByRule = Mapping[str, Changes]
_POLICIES: Mapping[str, type[Hold] | type[Count] | type[Ratio] | type[Sum]] = {
    "hold": Hold,
    "count": Count,
    "ratio": Ratio,
    "sum": Sum,
}
_WHOLE = ("bad", "of", "good", "at_least", "or_bad")
_MOST_COUNTED = 10_000
_LIMITS = ("above", "below", "clear_below", "clear_above")


@dataclass(frozen=True, slots=True)
class Template:
    """A set of limits for a kind of channel: what it changes in the rules, and the expected segment duration."""

    name: str
    description: str = ""
    codec: str = ""
    segment_s: float = 6.0
    rules: ByRule = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of a rule as it holds for a channel: its value, who says so, and what was said below that."""

    field: str
    value: Any
    source: str
    below: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that decides the rules of a channel, in this order of rising precedence (R-126)."""

    templates: Mapping[str, Template] = field(default_factory=dict)
    tiers: Mapping[int, ByRule] = field(default_factory=dict)
    channels: Mapping[int, ByRule] = field(default_factory=dict)
    added: tuple[Rule, ...] = ()
    profile: str = "operator"

    def rules(self, channel: Channel) -> tuple[Rule, ...]:
        """Return the rules of a channel as they hold for it."""
        found = {rule.key: rule for rule in (*shipped_rules(), *self.added)}
        for source, changes in self.levels(channel):
            found |= _laid_on(found, changes, source)
        return tuple(found.values())

    def levels(self, channel: Channel) -> Iterator[tuple[str, ByRule]]:
        """Yield (who says it, what is changed by rule) from the weakest to the strongest."""
        template = self.templates.get(channel.template)
        yield f"template {channel.template}", template.rules if template else {}
        yield f"tier {channel.tier}", self.tiers.get(channel.tier, {})
        yield f"channel {channel.code}", self.channels.get(channel.id, {})

    def key(self, channel: Channel) -> tuple[str, int, int]:
        """Return what tells channels of different rules apart."""
        return channel.template, channel.tier, channel.id if channel.id in self.channels else 0

    def explained(self, channel: Channel, rule_key: str) -> tuple[Setting, ...]:
        """Return every field of a rule that may be set, with its value and its source; KnownError if unknown."""
        shipped = next((rule for rule in (*shipped_rules(), *self.added) if rule.key == rule_key), None)
        if shipped is None:
            raise KnownError(f"There is no rule {rule_key!r}.")
        origin = "imported rule" if shipped in self.added else "shipped rule"
        levels = [(source, changes[rule_key]) for source, changes in self.levels(channel) if rule_key in changes]
        return tuple(_setting(name, value, origin, levels) for name, value in settable(shipped).items())


def _setting(name: str, value: Any, origin: str, levels: list[tuple[str, Changes]]) -> Setting:
    said = [(origin, value), *((source, changes[name]) for source, changes in levels if name in changes)]
    source, newest = said[-1]
    return Setting(name, newest, source, tuple(said[:-1]))


def settable(rule: Rule) -> dict[str, Any]:
    """Return what may be changed in a rule: its limits where it has a metric, its policy, and whether it is on."""
    limits = {name: getattr(rule, name) for name in _LIMITS} if rule.metric else {}
    if rule.absolute:
        limits["centre"] = rule.centre
    policy = {one.name: getattr(rule.policy, one.name) for one in fields(rule.policy)}
    # the limits of a share or a sum are those of its policy
    return (policy if isinstance(rule.policy, Ratio | Sum) else limits | policy) | {"is_on": rule.is_on}


def changed(rule: Rule, changes: Changes) -> Rule:
    """Return a rule with some of its limits or holds changed; TypeError for a field it has not, or a wrong value."""
    typed = {name: _typed(rule, name, value) for name, value in changes.items()}
    of_policy = {one.name for one in fields(rule.policy)}
    own: dict[str, Any] = {name: value for name, value in typed.items() if name not in of_policy}
    within = {name: value for name, value in typed.items() if name in of_policy}
    if within:
        own["policy"] = replace(rule.policy, **within)
    return replace(rule, **own)


def _typed(rule: Rule, name: str, value: Any) -> Any:
    if name not in settable(rule) and name not in _LIMITS:
        raise TypeError(name)
    if name == "is_on":
        return bool(value)
    if value is None and name in _LIMITS and not isinstance(rule.policy, Ratio | Sum):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise KnownError(f"Rule {rule.key!r}: {name} takes a number.")
    if name in _WHOLE and (value < 1 or value != int(value) or value > _MOST_COUNTED):
        raise KnownError(f"Rule {rule.key!r}: {name} takes a whole number from 1 to {_MOST_COUNTED}.")
    if name.endswith("_s") and value < 0:
        raise KnownError(f"Rule {rule.key!r}: {name} is a time and not below 0.")
    return int(value) if name in _WHOLE else float(value)


def _laid_on(rules: Mapping[str, Rule], changes: ByRule, source: str) -> dict[str, Rule]:
    laid = {}
    for key, some in changes.items():
        if key not in rules:
            raise KnownError(f"{_named(source)} changes the rule {key!r}, which does not exist.")
        try:
            laid[key] = changed(rules[key], some)
        except TypeError:
            raise KnownError(f"{_named(source)}: rule {key!r} has no such field: {', '.join(some)}.") from None
    return laid


def _named(source: str) -> str:
    return source[:1].upper() + source[1:]


@cache
def shipped_rules() -> tuple[Rule, ...]:
    """Return the rules of `resources/rules.toml`."""
    return tuple(rule_of(row) for row in _file()["rule"])


@cache
def shipped_templates() -> tuple[Template, ...]:
    """Return the templates of `resources/rules.toml`."""
    return tuple(Template(**row) for row in _file()["template"])


def effective(template: Template) -> tuple[Rule, ...]:
    """Return the rules as a template alone sets them; an unknown rule or field is named in a KnownError."""
    return Rulebook({template.name: template}).rules(Channel(0, "", "", template=template.name))


def rule_of(row: Mapping[str, Any]) -> Rule:
    """Return the rule one table of `rules.toml` describes, or one a client sent; KnownError names what is wrong."""
    policies = [name for name in _POLICIES if name in row]
    if (
        len(policies) != 1
        or row.get("alarm") not in alarm_types()
        or row.get("metric", "http.is_5xx") not in metrics()
    ):
        raise KnownError(
            f"Rule {row.get('key')!r} needs one of hold, count or ratio, and names an alarm type or a metric "
            "that is not in the catalogues."
        )
    rest = {key: value for key, value in row.items() if key != policies[0]}
    rest["levels"] = tuple((float(limit), Severity(word)) for limit, word in row.get("levels", ()))
    rest["findings"] = frozenset(row.get("findings", ()))
    if row.get("severity_is"):
        rest["severity_is"] = Severity(row["severity_is"])
    rest |= {name: kind(**row[name]) for name, kind in (("drop", Drop), ("mean", Mean)) if row.get(name)}
    try:
        return Rule(policy=_POLICIES[policies[0]](**row[policies[0]]), **rest)
    except TypeError as error:
        raise KnownError(f"Rule {row.get('key')!r} cannot be read: {error}.") from None


def _file() -> dict[str, Any]:
    return tomllib.loads(resource("rules.toml").read_text(encoding="utf-8"))
