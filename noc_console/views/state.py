"""The console's copy of the agent's board: the link writes into it, the screens pull from it what changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = Mapping[str, Any]


class Link(StrEnum):
    """How the console stands with its agent."""

    STARTING = "starting"
    LINKED = "linked"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new since a revision of the mirror; `everything` after another boot or a lost link."""

    revision: int
    channels: frozenset[int] = frozenset()
    alarms: frozenset[int] = frozenset()
    order: bool = False
    everything: bool = False

    def __bool__(self) -> bool:
        """Say whether there is anything to draw anew."""
        return bool(self.everything or self.order or self.channels or self.alarms)


@dataclass(slots=True)
class BoardMirror:
    """Dicts exactly as GET /board gives them, by id, with the revision each changed at.

    `monotonic` is given so that tests can play time by hand.
    """

    monotonic: Callable[[], float] = time.monotonic
    rev: int = 0
    boot: str = ""
    agent: Json = field(default_factory=dict)
    channels: dict[int, Json] = field(default_factory=dict)
    alarms: dict[int, Json] = field(default_factory=dict)
    order: tuple[int, ...] = ()
    """Channel ids in the fixed order of the wall: by code."""
    link: Link = Link.STARTING
    link_text: str = ""
    link_ms: float | None = None
    revision: int = 0
    _at: float = 0.0
    _taken: float = 0.0
    _link_since: float = 0.0
    _channel_revision: dict[int, int] = field(default_factory=dict)
    _alarm_revision: dict[int, int] = field(default_factory=dict)
    _order_revision: int = 0
    _everything_revision: int = 0
    _open: list[Json] = field(default_factory=list)
    _open_at: int = -1

    def take(self, board: Json, link_ms: float | None = None) -> None:
        """Take one answer of GET /board; another boot forgets everything known before."""
        self.revision += 1
        if board["boot"] != self.boot:
            self._forget(board["boot"])
        if self.link is not Link.LINKED:
            self._everything_revision = self.revision
        self.link, self.link_text = Link.LINKED, ""
        self.link_ms = link_ms if link_ms is not None else self.link_ms
        self.rev, self._at, self._taken = board["rev"], board["at"], self.monotonic()
        self.agent = board["agent"]
        self._take_channels(board)
        self._take_alarms(board)

    def lose(self, text: str) -> None:
        """Mark the link as lost, with one sentence why; what was known stays, drawn as lost."""
        if self.link is not Link.LOST:
            self._link_since = self.monotonic()
            self.revision += 1
            self._everything_revision = self.revision
        self.link, self.link_text = Link.LOST, text

    def changes(self, since: int) -> Changes:
        """Return what changed after a revision of the mirror (0: all of it)."""
        return Changes(
            revision=self.revision,
            channels=frozenset(key for key, at in self._channel_revision.items() if at > since),
            alarms=frozenset(key for key, at in self._alarm_revision.items() if at > since),
            order=self._order_revision > since,
            everything=self._everything_revision > since,
        )

    def now(self) -> float:
        """Return the agent's time (Unix seconds), carried on by our own clock since its last word."""
        if not self._at:
            return time.time()
        if self.is_read_only:
            return self._at
        return self._at + (self.monotonic() - self._taken)

    @property
    def is_read_only(self) -> bool:
        """Say whether a capsule or a backup is shown: time stands at its end."""
        return bool(self.agent.get("read_only"))

    @property
    def is_lost(self) -> bool:
        """Say whether nothing on the screen is live any more."""
        return self.link is Link.LOST

    @property
    def lost_for_s(self) -> float:
        """Seconds since the link was lost; 0 while it stands."""
        return self.monotonic() - self._link_since if self.is_lost else 0.0

    @property
    def answer_age_s(self) -> float:
        """Seconds since the agent's last word."""
        return self.monotonic() - self._taken if self._taken else 0.0

    def channel_state(self, channel: Json) -> str:
        """Return how a channel stands: its own state, or `lost` while the link to the agent is down."""
        state = str(channel["state"])
        return "lost" if self.is_lost and state != "disabled" else state

    def open_alarms(self) -> list[Json]:
        """Return the alarms that are not resolved, worst and newest first."""
        if self._open_at != self.revision:
            self._open_at = self.revision
            self._open = sorted(
                (alarm for alarm in self.alarms.values() if not alarm["resolved"]),
                key=lambda alarm: (-_RANK.get(alarm["severity"], 0), -alarm["raised_at"]),
            )
        return list(self._open)

    def _forget(self, boot: str) -> None:
        self.boot = boot
        for known in (self.channels, self.alarms, self._channel_revision, self._alarm_revision):
            known.clear()
        self.order = ()
        self._order_revision = self._everything_revision = self.revision

    def _take_channels(self, board: Json) -> None:
        gone = [key for key in board["gone"]["channels"] if key in self.channels]
        for key in gone:
            del self.channels[key], self._channel_revision[key]
        is_reordered = bool(gone)
        for channel in board["channels"]:
            known = self.channels.get(channel["id"])
            is_reordered = is_reordered or known is None or known["code"] != channel["code"]
            self.channels[channel["id"]] = channel
            self._channel_revision[channel["id"]] = self.revision
        if is_reordered:
            self.order = tuple(sorted(self.channels, key=lambda key: (self.channels[key]["code"], key)))
            self._order_revision = self.revision

    def _take_alarms(self, board: Json) -> None:
        for key in board["gone"]["alarms"]:
            if self.alarms.pop(key, None) is not None:
                self._alarm_revision[key] = self.revision
        for alarm in board["alarms"]:
            self.alarms[alarm["id"]] = alarm
            self._alarm_revision[alarm["id"]] = self.revision


_RANK = {"critical": 5, "major": 4, "minor": 3, "warning": 2, "indeterminate": 1, "cleared": 0}
