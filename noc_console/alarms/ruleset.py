"""The rules of one kind of channel, ordered so that a look finds those it concerns without asking the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from noc_console.alarms.rules import Rule
from noc_console.model import Finding

_MOST_PLANS = 2000  # sets of metrics measured together; there are a dozen of them


class Plan:
    """What is judged in looks that bring one set of metrics: pairs of metric and rule, in the order of the rules."""

    __slots__ = ("keys", "pairs")

    def __init__(self, pairs: tuple[tuple[str, Rule], ...]) -> None:
        self.pairs = pairs
        self.keys = frozenset(rule.key for _, rule in pairs)


class Ruleset:
    """Rules that hold together; shared by every channel they hold for."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.by_key: dict[str, Rule] = {rule.key: rule for rule in rules if rule.is_on}
        self._order = {key: number for number, key in enumerate(self.by_key)}
        self._of_metrics = tuple(rule for rule in self.by_key.values() if rule.metric)
        self._of_findings = tuple(rule for rule in self.by_key.values() if rule.findings)
        self._plans: dict[tuple[str, ...], Plan] = {}
        self._about: dict[str, tuple[Rule, ...]] = {}

    def plan(self, metrics: Mapping[str, float]) -> Plan:
        """Return what is judged in a look with these metrics."""
        names = tuple(metrics)
        found = self._plans.get(names)
        if found is None:
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            pairs = tuple((rule.metric, rule) for rule in self._of_metrics if rule.metric in metrics)
            found = self._plans[names] = Plan(pairs)
        return found

    def about(self, findings: Iterable[Finding], held: Iterable[str]) -> list[Rule]:
        """Return the rules of findings to ask: those these findings may break, and those that hold already."""
        rules = {rule.key: rule for finding in findings for rule in self._about_one(finding.id)}
        for key in held:
            rule = self.by_key.get(key)
            if rule is not None and rule.findings:
                rules[key] = rule
        return sorted(rules.values(), key=lambda rule: self._order[rule.key])

    def _about_one(self, finding_id: str) -> tuple[Rule, ...]:
        found = self._about.get(finding_id)
        if found is None:
            found = tuple(rule for rule in self._of_findings if rule.is_about(finding_id))
            self._about[finding_id] = found
        return found
