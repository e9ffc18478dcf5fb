"""A read-only agent takes up its exhibit: catalogue, alarms, incidents, and the board as it stood at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from noc_console.agent.core import Agent
from noc_console.agent.exhibit import Exhibit
from noc_console.agent.facts import facts_of
from noc_console.agent.sparks import fill_sparks
from noc_console.alarms.engine import Engine
from noc_console.alarms.plan_wire import window_of
from noc_console.alarms.presence import BEGAN, ENDED
from noc_console.alarms.wire import from_json
from noc_console.catalogues import findings
from noc_console.history.names import Name
from noc_console.history.read_only import ReadOnlyHistory
from noc_console.model import Event, Finding, Observation

_WITHIN_S, _RUNG_WITHIN_S = 3600.0, 300.0
"""How old a value may be to be shown: facts of an input are told seldom, a rung that is gone must not come back."""
_MOST_EVENTS = 50_000
_KEPT = "kept"


async def show(agent: Agent, history: ReadOnlyHistory, exhibit: Exhibit) -> None:
    """Fill an agent from a history that is only read; nothing is measured, decided or told."""
    agent.read_only = exhibit.about
    agent.channels.by_id = {channel.id: channel for channel in await history.channels()}
    alarms = [from_json(row) for row in await history.open_alarms()]
    agent.engine = agent.flow.engine = Engine(await history.last_alarm_id() + 1, agent=agent.settings.name)
    agent.engine.restore(alarms, exhibit.at)
    for room in (agent.templates, agent.rules, agent.load_figures, agent.incidents):
        await room.load()
    agent.plans.by_id = {window.id: window for window in map(window_of, await history.planned_windows())}
    await agent.guides.take_up()
    agent.board.set_agent(facts_of(agent))
    agent.board.configure(agent.channels.by_id.values())
    newest = await history.newest(exhibit.at, _WITHIN_S)
    for look in looks(one for one in newest if not one[0].rung or one[1] >= exhibit.at - _RUNG_WITHIN_S):
        agent.board.observe(look)
    for look in found(await history.newest_events(0, frozenset({BEGAN, ENDED}), _MOST_EVENTS)):
        agent.board.observe(look)
    for alarm in agent.engine.alarms.values():
        agent.flow.show(alarm)
    await fill_sparks(list(agent.channels.by_id.values()), agent.recorder, agent.board)
    agent.board.age(exhibit.at)


def looks(newest: Iterable[tuple[Name, float, float]]) -> list[Observation]:
    """Return the newest values as looks, one for each rung of an input."""
    groups: dict[tuple[int, str], dict[str, tuple[float, float]]] = {}
    for name, at, value in newest:
        groups.setdefault((name.input, name.rung), {})[name.metric] = (at, value)
    return [
        Observation(
            input_id,
            f"{_KEPT}/{rung}" if rung else _KEPT,
            max(at for at, _ in metrics.values()),
            {metric: value for metric, (_, value) in metrics.items()},
        )
        for (input_id, rung), metrics in sorted(groups.items())
    ]


def found(events: Iterable[Event]) -> Iterator[Observation]:
    """Yield looks with the findings that were present at the end; the events come newest first."""
    last: dict[tuple[int, str, str], tuple[bool, float]] = {}
    for event in events:
        for scope, finding, at in _items(event):
            last.setdefault((event.input_id, scope, finding), (event.kind == BEGAN, at))
    present: dict[tuple[int, str], list[tuple[str, float]]] = {}
    for (input_id, scope, finding), (is_there, at) in last.items():
        if is_there and finding in findings():
            present.setdefault((input_id, scope), []).append((finding, at))
    for (input_id, scope), some in present.items():
        held = tuple(Finding(finding, findings()[finding].title_en) for finding, _ in some)
        yield Observation(input_id, scope, min(at for _, at in some), {}, held)


def _items(event: Event) -> list[tuple[str, str, float]]:
    items: Any = event.data.get("items")
    if not isinstance(items, list):
        return []
    return [(str(one[0]), str(one[1]), float(one[2])) for one in items if isinstance(one, list) and len(one) == 3]
