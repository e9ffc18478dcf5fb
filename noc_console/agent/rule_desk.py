"""The desk of rules: what holds for a channel and who says so, what operators changed, and severity profiles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from noc_console.agent.channels import ChannelDesk
from noc_console.agent.flow import Flow
from noc_console.agent.refusals import BadRequest, NotFound
from noc_console.agent.templates import TemplateDesk
from noc_console.alarms import profiles
from noc_console.alarms.ageing import RuleState, states
from noc_console.alarms.rulebook import Rulebook, rule_of, shipped_rules
from noc_console.alarms.rules import Rule
from noc_console.errors import KnownError
from noc_console.model import Channel, Event

LEVELS = ("tier", "channel", "added", "house")
_MOST_CHANGES = 5000


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What an operator changed: limits of a rule for a tier or channel, a rule added, or a habit of the house."""

    id: int
    level: str
    target: str
    rule: str
    changes: Mapping[str, Any]
    by: str = ""
    at: float = 0.0
    note: str = ""


@dataclass(slots=True)
class RuleDesk:
    """Every change is one event with what it was before; the rules hold from the next look on."""

    flow: Flow
    channels: ChannelDesk
    templates: TemplateDesk
    changed: Callable[[], None]
    by_id: dict[int, RuleChange] = field(default_factory=dict)
    _last_id: int = 0

    async def load(self) -> None:
        """Take up the changes of the history."""
        rows = await self.flow.recorder.history.rule_changes()
        self.by_id = {row["id"]: RuleChange(**row) for row in rows}
        self._last_id = max(self.by_id, default=0)

    def book(self) -> Rulebook:
        """Return the rules as they hold now; changes of rules that are no more are passed over."""
        return self._book(self._living())

    # -- reads

    def listed(self) -> list[dict[str, Any]]:
        """Return the changes, oldest first."""
        return [asdict(one) for one in self.by_id.values()]

    def effective(self, channel_id: int) -> list[dict[str, Any]]:
        """Return every rule of a channel: each limit with its source, and where the rule stands on each input."""
        channel, book = self.channels.find(channel_id), self.book()
        now = self.flow.recorder.clock.now()
        standing = {one.id: _by_rule(states(self.flow.engine.conditions, one.id, now)) for one in channel.inputs}
        return [_told(rule, book, channel, standing) for rule in book.rules(channel)]

    def profile(self) -> dict[str, Any]:
        """Return the severity profile that holds, and those there are."""
        return {"profile": self.book().profile, "profiles": list(profiles.PROFILES)}

    def preview(self, name: str) -> list[dict[str, Any]]:
        """Return what changes its severity under another profile."""
        _known_profile(name)
        shifts = profiles.preview(self.book().profile, name)
        return [{**asdict(one), "before": str(one.before), "after": str(one.after)} for one in shifts]

    # -- verbs

    async def change(
        self, said: Mapping[str, Any], by: str, proof: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Change a rule for a tier or a channel, or add one; what was said before at that place is replaced."""
        if len(self.by_id) >= _MOST_CHANGES:
            raise BadRequest("Too many changes of rules: remove some first.")
        place = (said["level"], str(said["target"]), str(said["rule"]))
        known = next((one for one in self.by_id.values() if (one.level, one.target, one.rule) == place), None)
        number = known.id if known else self._last_id + 1
        now = self.flow.recorder.clock.now()
        change = RuleChange(number, *place, dict(said["changes"]), by or "system", now, str(said.get("note", "")))
        self._checked(change)
        self._last_id = max(self._last_id, number)
        self.by_id[number] = change
        data = {"by": change.by, "change": asdict(change), "before": asdict(known) if known else None}
        await self._tell("RuleChanged", {**data, **({"proof": proof} if proof else {})})
        return asdict(change)

    async def remove(self, change_id: int, by: str) -> None:
        """Take a change back."""
        known = self.by_id.pop(change_id, None)
        if known is None:
            raise NotFound(f"There is no change {change_id}.")
        await self._tell("RuleChangeRemoved", {"by": by or "system", "change": asdict(known)})

    async def use_profile(self, name: str, by: str) -> dict[str, Any]:
        """Use a severity profile from now on."""
        _known_profile(name)
        await self.change({"level": "house", "target": "", "rule": "", "changes": {"profile": name}}, by)
        return self.profile()

    # -- within

    def candidate(self, change: RuleChange) -> Rulebook:
        """Return the rules as they would hold with one more change."""
        place = (change.level, change.target, change.rule)
        others = [one for one in self._living() if (one.level, one.target, one.rule) != place]
        return self._book([*others, change])

    def _living(self) -> list[RuleChange]:
        known = {rule.key for rule in shipped_rules()}
        known |= {one.rule for one in self.by_id.values() if one.level == "added"}
        return [one for one in self.by_id.values() if one.level not in ("tier", "channel") or one.rule in known]

    def _checked(self, change: RuleChange) -> None:
        if change.level not in LEVELS:
            raise BadRequest(f"A rule is changed for a {' or '.join(LEVELS[:2])}, or added.")
        if change.level == "channel":
            self.channels.find(_number(change.target))
        try:
            book = self.candidate(change)
            sample = Channel(_number(change.target) if change.level == "channel" else 0, "", "")
            book.rules(replace(sample, tier=_number(change.target)) if change.level == "tier" else sample)
        except KnownError as error:
            raise BadRequest(str(error)) from None

    def _book(self, changes: Any) -> Rulebook:
        tiers: dict[int, dict[str, Mapping[str, Any]]] = {}
        channels: dict[int, dict[str, Mapping[str, Any]]] = {}
        added: list[Rule] = []
        profile = "operator"
        for one in changes:
            match one.level:
                case "tier":
                    tiers.setdefault(_number(one.target), {})[one.rule] = one.changes
                case "channel":
                    channels.setdefault(_number(one.target), {})[one.rule] = one.changes
                case "added":
                    added.append(rule_of({**one.changes, "key": one.rule}))
                case "house":
                    profile = str(one.changes.get("profile", profile))
        return Rulebook(self.templates.rules(), tiers, channels, tuple(added), profile)

    async def _tell(self, kind: str, data: Mapping[str, Any]) -> None:
        await self.flow.tell(Event(kind, self.flow.recorder.clock.now(), data=data))
        self.changed()


def _told(
    rule: Rule, book: Rulebook, channel: Channel, standing: Mapping[int, Mapping[str, list[RuleState]]]
) -> dict[str, Any]:
    settings = book.explained(channel, rule.key)
    return {
        "rule": rule.key,
        "alarm_type": rule.alarm,
        "metric": rule.metric,
        "findings": sorted(rule.findings),
        "kind": type(rule.policy).__name__.lower(),
        "fields": [
            {
                "field": one.field,
                "value": one.value,
                "source": one.source,
                "below": [list(pair) for pair in one.below],
            }
            for one in settings
        ],
        "states": [
            {"input": input_id, **asdict(state)}
            for input_id, by_rule in standing.items()
            for state in by_rule.get(rule.key, ())
        ],
    }


def _by_rule(found: list[RuleState]) -> dict[str, list[RuleState]]:
    by_rule: dict[str, list[RuleState]] = {}
    for one in found:
        by_rule.setdefault(one.rule, []).append(one)
    return by_rule


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise BadRequest(f"{text[:40]!r} is not a number of a tier or channel.")
    return int(text)


def _known_profile(name: str) -> None:
    if name not in profiles.PROFILES:
        raise BadRequest(f"There is no severity profile {name[:40]!r}: choose {' or '.join(profiles.PROFILES)}.")
