"""What came of a drill: the alarms, the guides' verdicts beside the truth, and the figures over many drills."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from noc_console.drills.plan import Drill


class Judged(StrEnum):
    """How a verdict stands to the truth."""

    RIGHT = "right"
    WRONG = "wrong"
    OPEN = "undetermined"


@dataclass(frozen=True, slots=True)
class Walked:
    """Where a walk came to: the primary cause (empty: undetermined), its confidence 0 to 1 and level."""

    primary: str
    confidence: float
    level: str
    secondary: tuple[str, ...] = ()
    path: tuple[str, ...] = ()

    def judged(self, causes: Iterable[str]) -> Judged:
        """Say whether the primary cause is one that is right."""
        if not self.primary:
            return Judged.OPEN
        return Judged.RIGHT if self.primary in causes else Judged.WRONG


@dataclass(frozen=True, slots=True)
class Raised:
    """One alarm of a drill: seconds from fault to alarm, from alarm to evidence, and both walks of its guide."""

    alarm_type: str
    after_s: float
    evidence_s: float | None
    guide: str
    blind: Walked | None
    seeing: Walked | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One drill: what was due, what was raised; `folded` are types that were put under another alarm."""

    drill: Drill
    causes: tuple[str, ...]
    due: tuple[str, ...]
    raised: tuple[Raised, ...]
    folded: tuple[str, ...] = ()
    shortened: str = ""

    @property
    def is_due(self) -> bool:
        """Whether an alarm had to come."""
        return bool(self.due)

    @property
    def is_found(self) -> bool:
        """Whether an alarm that was due came, or none came where none was due."""
        if not self.due:
            return not self.raised
        return any(one.alarm_type in self.due for one in self.raised)


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over drills; `wrong_high` are wrong verdicts of high confidence, `slow` evidence over 5 s."""

    walks: int
    right: int
    open: int
    wrong: int
    wrong_high: int

    @property
    def right_ratio(self) -> float:
        """The share of right verdicts."""
        return self.right / self.walks if self.walks else 0.0


def figures(outcomes: Iterable[Outcome], *, blind: bool) -> Figures:
    """Return how the verdicts of all walks stand to the truth, by automatic evidence only or with truthful answers.

    An alarm that was due and did not come counts as an undetermined verdict: the operator got no help.
    """
    judged: list[tuple[Judged, str]] = []
    for one in outcomes:
        walks = [raised.blind if blind else raised.seeing for raised in one.raised]
        judged += [(walk.judged(one.causes), walk.level) for walk in walks if walk is not None]
        if one.is_due and not one.is_found:
            judged.append((Judged.OPEN, "low"))
    count = {kind: sum(found is kind for found, _ in judged) for kind in Judged}
    high = sum(found is Judged.WRONG and level == "high" for found, level in judged)
    return Figures(len(judged), count[Judged.RIGHT], count[Judged.OPEN], count[Judged.WRONG], high)


def walked(view: Mapping[str, Any]) -> Walked:
    """Return where a walk stands (`GET /guides/runs/{id}`)."""
    found = view["verdict_so_far"]
    path = tuple(f"{stay['step']}.{stay['way']}" for stay in view["run"]["stays"] if stay.get("way"))
    return Walked(
        found["primary"][0]["name"] if found["primary"] else "",
        float(found["confidence"]),
        str(found["level"]),
        tuple(one["name"] for one in found["secondary"]),
        path,
    )
