"""Every branch of a guide, with scripted answers and deeds that lead there through the real run machine."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass

from noc_console.guides.conditions import names_in
from noc_console.guides.guide import Guide
from noc_console.guides.playing import OFFER, Hop, play
from noc_console.guides.questions import OfDiagnostic, OfOperator
from noc_console.guides.run import Run
from noc_console.guides.solving import Solver, Values, conditions_of
from noc_console.guides.steps import (
    JOIN,
    AnyStep,
    Conclude,
    Decide,
    Diagnose,
    Evidence,
    Lanes,
    Manual,
    Verify,
    Wait,
    outcomes,
)

# so many different pieces of evidence are followed through one step
MOST_AT_STEP = 120
MOST_TRIES = 20
# behind the id of lanes: where the search stands when all of them have come to their end
_JOINED = " joined"


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of one step, the hops that lead through it, and the run they made."""

    step: str
    key: str
    hops: tuple[Hop, ...]
    run: Run


@dataclass(frozen=True, slots=True)
class Coverage:
    """The ways that are reached, and those that no evidence reaches: `step.way`."""

    ways: tuple[Way, ...]
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _State:
    """Where the search stands: the step, the lanes still to walk with what follows them, and the values held."""

    step: str
    todo: tuple[str, ...]
    held: frozenset[tuple[str, float | None]]


@dataclass(frozen=True, slots=True)
class _Node:
    """A state with the hop that led to it."""

    state: _State
    hop: Hop | None
    before: _Node | None


def every_way(guide: Guide) -> Coverage:
    """Return for each way out of each step a walk through the real machine that takes it."""
    wanted = {(step.id, key) for step in guide.steps for key, _ in outcomes(step)}
    reached: dict[tuple[str, str], Way] = {}
    tries: dict[tuple[str, str], int] = {}
    for node in _Search(guide).walks():
        aim = (node.hop.step, node.hop.key) if node.hop is not None else ("", "")
        if aim not in wanted or aim in reached or tries.get(aim, 0) >= MOST_TRIES:
            continue
        tries[aim] = tries.get(aim, 0) + 1
        hops = _path(node)
        run = play(guide, hops)
        for walked in {(stay.step, stay.way) for stay in run.stays} & wanted - reached.keys():
            reached[walked] = Way(*walked, hops, run)
        if wanted <= reached.keys():
            break
    missed = sorted(f"{step}.{key}" for step, key in wanted - reached.keys())
    return Coverage(tuple(reached[one] for one in sorted(reached)), tuple(missed))


class _Search:
    """Over steps and values; what took a new way is followed first, a state is looked at once."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self.solver = Solver(guide)
        self.asked_by = _later(guide)
        self.steps = {step.id: step for step in guide.steps}
        led_to = {way.next for step in guide.steps for _, way in outcomes(step)} | {guide.steps[0].id}
        self.offered = [timer.step for timer in guide.timers if timer.do == "offer" and timer.step not in led_to]
        self.compared = {id: _compared(step) for id, step in self.steps.items()}

    def walks(self) -> Iterator[_Node]:
        """Yield every hop of the search with the path to it, new ways first."""
        first = _State(self.guide.steps[0].id, (), frozenset(dict.fromkeys(self._typed()).items()))
        seen, todo = {first}, deque([_Node(first, None, None)])
        ways: set[tuple[str, str]] = set()
        visits: Counter[str] = Counter()
        while todo:
            node = todo.popleft()
            for state, hop in self._onward(node.state):
                onward = _Node(state, hop, node)
                yield onward
                is_new = (hop.step, hop.key) not in ways
                ways.add((hop.step, hop.key))
                is_step = state.step.removesuffix(_JOINED) in self.steps
                if state not in seen and is_step and (is_new or visits[state.step] < MOST_AT_STEP):
                    seen.add(state)
                    visits[state.step] += 1
                    todo.appendleft(onward) if is_new else todo.append(onward)

    def _typed(self) -> list[str]:
        """Names that are unknown until somebody types them or a diagnostic ran."""
        names = {
            name for step in self.guide.steps for condition in conditions_of(step) for name in names_in(condition)
        }
        return [name for name in sorted(names) if self._is_typed(name)]

    def _is_typed(self, name: str) -> bool:
        return isinstance(self.guide.questions.get(name.partition(".")[0]), OfOperator | OfDiagnostic)

    def _onward(self, state: _State) -> Iterator[tuple[_State, Hop]]:
        step = self.guide.step(state.step.removesuffix(_JOINED))
        held = self._freed(step, dict(state.held))
        if isinstance(step, Lanes) and not state.step.endswith(_JOINED):
            lanes = tuple(lane.first for lane in step.lanes)
            yield self._at(lanes[0], (*lanes[1:], step.id + _JOINED, *state.todo), held), Hop(step.id, "lanes", {})
            return
        if not state.todo and not isinstance(step, Evidence | Decide | Conclude | Lanes):
            for to in self.offered:
                yield self._at(to, (), held), Hop(step.id, OFFER + to, {})
        for key, outcome in outcomes(step):
            for values in self._values(step, key, held):
                new = {name: value for name, value in values.items() if name not in held}
                to, todo = outcome.next, state.todo
                if to == JOIN and todo:
                    to, todo = todo[0], todo[1:]
                yield self._at(to, todo, values), Hop(step.id, key, new)

    def _values(self, step: AnyStep, key: str, held: Values) -> Iterator[Values]:
        if isinstance(step, Decide | Verify) or (isinstance(step, Wait) and step.then_check is not None):
            yield from self.solver.solutions(step, key, held)
        else:
            yield held

    def _freed(self, step: AnyStep, held: dict[str, float | None]) -> dict[str, float | None]:
        """Values that come anew at this step: typed, from a diagnostic, or the agent's fresh answers."""
        if isinstance(step, Manual):
            return {name: value for name, value in held.items() if name not in step.result}
        if isinstance(step, Diagnose):
            own = {
                n for n, q in self.guide.questions.items() if isinstance(q, OfDiagnostic) and q.diagnostic == step.run
            }
            return {name: value for name, value in held.items() if name.partition(".")[0] not in own}
        if isinstance(step, Verify) or (isinstance(step, Wait) and step.then_check is not None):
            return {name: value for name, value in held.items() if self._is_typed(name)}
        return held

    def _is_of(self, name: str, diagnostic: str) -> bool:
        question = self.guide.questions.get(name.partition(".")[0])
        return isinstance(question, OfDiagnostic) and question.diagnostic == diagnostic

    def _at(self, to: str, todo: tuple[str, ...], values: Values) -> _State:
        """Forget values nothing asks for again from there, so that states stay few."""
        later = frozenset[str]().union(*(self.asked_by.get(one.removesuffix(_JOINED), ()) for one in (to, *todo)))
        return _State(to, todo, frozenset((name, value) for name, value in values.items() if name in later))


def _later(guide: Guide) -> dict[str, frozenset[str]]:
    """For each step the names that it or any step behind it compares."""
    onward = {step.id: {way.next for _, way in outcomes(step)} for step in guide.steps}
    for step in guide.steps:
        if isinstance(step, Lanes):
            onward[step.id] |= {lane.first for lane in step.lanes}
    asked = {step.id: set(_compared(step)) for step in guide.steps}
    changed = True
    while changed:
        changed = False
        for id, following in onward.items():
            more = set().union(*(asked.get(to, set()) for to in following)) - asked[id]
            asked[id] |= more
            changed = changed or bool(more)
    return {id: frozenset(names) for id, names in asked.items()}


def _compared(step: AnyStep) -> frozenset[str]:
    return frozenset(name for condition in conditions_of(step) for name in names_in(condition))


def _path(node: _Node) -> tuple[Hop, ...]:
    hops: list[Hop] = []
    step: _Node | None = node
    while step is not None and step.hop is not None:
        hops.append(step.hop)
        step = step.before
    return tuple(reversed(hops))
