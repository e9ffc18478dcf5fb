"""A notice: one thing that one receiver is to be told, with the reason why; and the reason why one is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any


class Action(StrEnum):
    """What a notice does at its receiver."""

    RAISE = "raise"
    UPDATE = "update"
    RESOLVE = "resolve"
    ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell one receiver.

    `dedup_key` is the same for all notices of one alarm. `due_at` is Unix seconds. `reason` is a name of
    `routing.reasons`. `data` holds the alarm object (`alarm`), `calls` (the steps of the policy it fulfils),
    `severity_was` (what the receiver was told before), `agent`, `group` and its `wait_s` and `interval_s`.
    """

    id: str
    alarm_id: int
    receiver: str
    action: Action
    dedup_key: str
    subject: str
    text: str
    due_at: float
    reason: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def alarm(self) -> Mapping[str, Any]:
        """The alarm object the notice is about; empty for a trial of a receiver."""
        found: Mapping[str, Any] = self.data.get("alarm") or {}
        return found

    @property
    def is_test(self) -> bool:
        """Whether this is a test that must say so."""
        return bool(self.alarm.get("test") or self.data.get("trial"))

    @property
    def is_repeat(self) -> bool:
        """Whether an earlier sending may have arrived: its answer was lost."""
        return bool(self.data.get("repeat"))


@dataclass(frozen=True, slots=True)
class Skip:
    """One receiver that is not told, by the name of the reason, and in one sentence."""

    receiver: str
    reason: str
    says: str


def to_json(notice: Notice) -> dict[str, Any]:
    """Return the notice as plain JSON."""
    return {**asdict(notice), "action": str(notice.action)}


def from_json(row: Mapping[str, Any]) -> Notice:
    """Return the notice that `to_json` wrote."""
    known = {one.name for one in fields(Notice)}
    plain = {key: value for key, value in row.items() if key in known}
    return Notice(**{**plain, "action": Action(row["action"])})
