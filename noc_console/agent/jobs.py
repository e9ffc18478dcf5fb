"""Inspections: a worker looks at a URL for a while; who asked follows the job by its name."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from noc_console.agent.refusals import NotFound, Unavailable
from noc_console.agent.supervisor import Supervisor, result_of
from noc_console.errors import KnownError

MOST_KEPT = 100
MOST_RUNNING = 16
_GRACE_S = 60.0


@dataclass(slots=True)
class Job:
    """One inspection: how far it is, and what it found."""

    state: str = "running"
    progress: float = 0.0
    message: str = ""
    result: Any = None
    proposal: Any = None

    def json(self) -> dict[str, Any]:
        """Return the job as `GET /inspect/{job}` shows it."""
        return {name: getattr(self, name) for name in ("state", "progress", "message", "result", "proposal")}


@dataclass(slots=True)
class Jobs:
    """The inspections of this agent; the oldest finished ones are forgotten."""

    supervisor: Supervisor
    group: asyncio.TaskGroup
    known: dict[str, Job] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def begin(self, url: str, seconds: float, headers: Mapping[str, str], *, media: bool = False) -> str:
        """Begin an inspection and return its name; with `media` key pictures and sound are decoded too."""
        if sum(job.state == "running" for job in self.known.values()) >= MOST_RUNNING:
            raise Unavailable(f"{MOST_RUNNING} inspections are running already; wait for one to end.")
        self._forget_old()
        name, job = f"job-{next(self._ids)}", Job()
        self.known[name] = job
        command = {"verb": "inspect", "url": url, "seconds": seconds, "access": {"headers": dict(headers)}}
        command["media"] = media
        self.group.create_task(self._run(job, command, seconds + _GRACE_S))
        return name

    def state(self, name: str) -> dict[str, Any]:
        """Return how far an inspection is."""
        try:
            return self.known[name].json()
        except KeyError:
            raise NotFound("There is no such inspection; it may have been forgotten.") from None

    async def _run(self, job: Job, command: Mapping[str, Any], patience_s: float) -> None:
        try:
            async for note in self.supervisor.follow(self.supervisor.least_busy(), command, patience_s):
                if note["kind"] == "reply":
                    _finish(job, result_of(note))
                    return
                job.progress = min(1.0, max(0.0, float(note.get("progress") or 0.0)))
                job.message = str(note.get("message") or "")
            job.state, job.message = "failed", "The inspection did not end in time."
        except KnownError as error:
            job.state, job.message = "failed", str(error)

    def _forget_old(self) -> None:
        ended = [name for name, job in self.known.items() if job.state != "running"]
        for name in ended[: max(0, len(self.known) - MOST_KEPT + 1)]:
            del self.known[name]


def _finish(job: Job, found: Mapping[str, Any]) -> None:
    job.state, job.progress, job.message = "done", 1.0, ""
    job.result, job.proposal = found.get("result"), found.get("proposal")
