"""The rule workshop's desk: replays the last days in the background, applies what was tried, imports rules."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from noc_console.agent.past import looks_of, presences
from noc_console.agent.refusals import BadRequest, Conflict, NotFound, Unavailable
from noc_console.agent.rule_desk import RuleChange, RuleDesk
from noc_console.alarms import prom_import
from noc_console.alarms.rulebook import Rulebook
from noc_console.alarms.workshop import Comparison, Replay, Span, compared
from noc_console.errors import KnownError
from noc_console.history import History
from noc_console.model import Channel

_log = logging.getLogger(__name__)
_MOST_KEPT = 20
_MOST_RUNNING = 2
_MOST_TEXT = 512 * 1024
_PART_S = 6 * 3600.0  # read at once, so that a month of samples is never in memory


@dataclass(frozen=True, slots=True)
class Wish:
    """What to try: a rule with changes for a tier or a channel (target 0: every tier), on the last days."""

    rule: str
    changes: Mapping[str, Any]
    days: float = 1.0
    level: str = "tier"
    target: int = 0
    channels: tuple[int, ...] = ()


@dataclass(slots=True)
class Trial:
    """One replay: how far it is, and what came out."""

    wish: Wish
    state: str = "running"
    progress: float = 0.0
    message: str = ""
    result: dict[str, Any] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """Return the trial as the API shows it."""
        return {name: getattr(self, name) for name in ("state", "progress", "message", "result")}


@dataclass(slots=True)
class Workshop:
    """The trials of this agent; the oldest finished ones are forgotten."""

    rules: RuleDesk
    group: asyncio.TaskGroup
    known: dict[str, Trial] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def begin(self, wish: Wish) -> str:
        """Begin a trial and return its name."""
        if sum(trial.state == "running" for trial in self.known.values()) >= _MOST_RUNNING:
            raise Unavailable("Two replays are running already; wait for one to end.")
        self._books(wish)
        ended = [name for name, trial in self.known.items() if trial.state != "running"]
        for name in ended[: max(0, len(self.known) - _MOST_KEPT + 1)]:
            del self.known[name]
        name, trial = f"trial-{next(self._ids)}", Trial(wish)
        self.known[name] = trial
        self.group.create_task(self._run(trial))
        return name

    def state(self, name: str) -> dict[str, Any]:
        """Return how far a trial is."""
        return self._find(name).json()

    async def apply(self, name: str, note: str, by: str) -> dict[str, Any]:
        """Write the change that was tried, with what came out as its proof."""
        trial = self._find(name)
        if trial.state != "done":
            raise Conflict("The replay has not come to its end.")
        wish = trial.wish
        targets = [str(wish.target)] if wish.target else ["1", "2", "3"]
        said = {"level": wish.level, "rule": wish.rule, "changes": wish.changes, "note": note}
        done = [await self.rules.change({**said, "target": one}, by, trial.result) for one in targets]
        return done[-1]

    async def bring(self, text: str, dry_run: bool, by: str) -> dict[str, Any]:
        """Translate Prometheus rules; without a dry run each translated one is a rule from now on."""
        if len(text) > _MOST_TEXT:
            raise BadRequest("The list is longer than 512 KiB.")
        try:
            found = prom_import.translated(prom_import.loaded(text))
        except KnownError as error:
            raise BadRequest(str(error)) from None
        if not dry_run:
            for rule in found.rules:
                said = {
                    "level": "added",
                    "target": rule["name"],
                    "rule": rule["rule"]["key"],
                    "changes": rule["rule"],
                }
                await self.rules.change(said, by)
        return {"rules": found.rules, "untranslated": found.untranslated, "applied": not dry_run}

    # -- within

    async def _run(self, trial: Trial) -> None:
        try:
            trial.result = await self._result(trial)
            trial.state, trial.progress = "done", 1.0
        except KnownError as error:
            trial.state, trial.message = "failed", str(error)
        except Exception:  # noqa: BLE001 - a task of its own: a bug in one replay must not stop the agent
            _log.exception("the replay of rule %s failed", trial.wish.rule)
            trial.state, trial.message = "failed", "Internal error; the agent's log has the details."

    async def _result(self, trial: Trial) -> dict[str, Any]:
        wish = trial.wish
        history: History = self.rules.flow.recorder.history
        end = self.rules.flow.recorder.clock.now()
        span = (end - wish.days * 86_400.0, end)
        today, edited = self._books(wish)
        channels = self._channels(wish)
        found = await presences(history, end)
        spans: tuple[list[Span], list[Span]] = ([], [])
        samples = 0
        for number, channel in enumerate(channels):
            replays = [Replay(channel, _rule(book, channel, wish.rule)) for book in (today, edited)]
            for part in _parts(span):
                looks = await looks_of(history, channel, _rule(today, channel, wish.rule), part, found)
                samples += len(looks)
                for replay in replays:
                    await asyncio.to_thread(replay.feed, looks)
            for replay, into in zip(replays, spans, strict=True):
                into += replay.spans
            trial.progress = (number + 1) / (len(channels) + 1)
        comparison: Comparison = compared(*spans)
        return {
            "rule": wish.rule,
            "changes": dict(wish.changes),
            "channels": len(channels),
            "looks": samples,
            **comparison.json(*span),
        }

    def _books(self, wish: Wish) -> tuple[Rulebook, Rulebook]:
        """Return the rules as they hold and as they would hold; BadRequest where the change makes no sense."""
        today = self.rules.book()
        edited = today
        for target in (wish.target,) if wish.target else (1, 2, 3):
            tried = self.rules.candidate(RuleChange(0, wish.level, str(target), wish.rule, wish.changes))
            if wish.level == "channel":
                edited = tried
            else:
                edited = replace(edited, tiers={**edited.tiers, target: tried.tiers[target]})
        try:
            for channel in self._channels(wish)[:1]:
                edited.rules(channel)
                _rule(edited, channel, wish.rule)
        except KnownError as error:
            raise BadRequest(str(error)) from None
        return today, edited

    def _channels(self, wish: Wish) -> list[Channel]:
        every = sorted(self.rules.channels.by_id.values(), key=lambda channel: channel.id)
        if wish.level == "channel":
            return [self.rules.channels.find(wish.target)]
        of_tier = [one for one in every if wish.target in (0, one.tier)]
        return [one for one in of_tier if not wish.channels or one.id in wish.channels]

    def _find(self, name: str) -> Trial:
        try:
            return self.known[name]
        except KeyError:
            raise NotFound("There is no such replay; it may have been forgotten.") from None


def _rule(book: Rulebook, channel: Channel, key: str) -> Any:
    found = next((rule for rule in book.rules(channel) if rule.key == key), None)
    if found is None:
        raise KnownError(f"There is no rule {key!r}.")
    return found


def _parts(span: tuple[float, float]) -> Iterator[tuple[float, float]]:
    start, end = span
    while start < end:
        yield start, min(start + _PART_S, end)
        start += _PART_S
