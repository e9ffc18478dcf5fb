"""What diagnostics may ask of the agent: its workers' inspections and reports, recorded samples, log files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from noc_console.agent.diagnostic_site import Site
from noc_console.agent.recorder import Recorder
from noc_console.agent.supervisor import Supervisor
from noc_console.history import SeriesQuery
from noc_console.model import Input
from noc_console.probes.diagnostics.values import Point

_STREAM_S = 5.0
_INSPECT_GRACE_S = 60.0
_MOST_POINTS = 2000


@dataclass(frozen=True, slots=True)
class AgentAsk:
    """Answers diagnostics from this agent's own rooms."""

    recorder: Recorder
    supervisor: Supervisor
    site: Callable[[], Site]

    async def inspect(self, entry: Input, seconds: float) -> Mapping[str, Any]:
        """Return the form of an inspection of the input, done by the worker with the fewest inputs."""
        command = {"verb": "inspect", "url": entry.url, "seconds": seconds, "access": asdict(entry.access)}
        found = await self.supervisor.ask(self.supervisor.least_busy(), command, seconds + _INSPECT_GRACE_S)
        result: Mapping[str, Any] = found["result"]
        return result

    async def stream(self, entry: Input) -> Mapping[str, Any]:
        """Return the report of a transport stream by the worker that receives it."""
        command = {"verb": "ts", "input_id": entry.id}
        found: Mapping[str, Any] = await self.supervisor.ask(self.supervisor.slot_of(entry.id), command, _STREAM_S)
        return found

    async def points(self, entry: Input, metric: str, span_s: float) -> Mapping[str, Sequence[Point]]:
        """Return the recorded samples of the last seconds by rung."""
        end = self.recorder.clock.now()
        rungs = self.recorder.history.rungs(entry.id, metric)
        queries = [SeriesQuery(entry.id, metric, end - span_s, end, rung, _MOST_POINTS) for rung in rungs]
        answers = await self.recorder.ask(self.recorder.history.several(queries))
        told = zip(rungs, answers, strict=True)
        return {rung: tuple((point[0], point[2]) for point in answer.points) for rung, answer in told}

    def log(self, name: str) -> bytes:
        """Return the end of a log file in a folder the site allows."""
        return self.site().tail(name)
