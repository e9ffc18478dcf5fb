"""The agent's beat: each tick the samples are written and the board is told how the agent itself is doing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from noc_console.agent.core import Agent
from noc_console.agent.facts import facts_of
from noc_console.agent.machine import MachineGauge
from noc_console.model import Event, Observation, Severity

_MACHINE_S = 5.0
_SWEEP_S = 10.0
_MEMORY_S = 60.0
_FAILING_ALARM = "PROBE_DOWN"


@dataclass(slots=True)
class Pulse:
    """What must be done again and again for as long as an agent runs."""

    agent: Agent
    gauge: MachineGauge = field(init=False)
    _machine_at: float = 0.0
    _sweep_at: float = 0.0
    _memory_at: float = 0.0

    def __post_init__(self) -> None:
        """Look at the disk the history lies on."""
        self.gauge = MachineGauge(self.agent.settings.db.absolute().parent)
        self._memory_at = self.agent.clock.now()

    async def run(self) -> None:
        """Beat until cancelled; a beat that comes late is not made up for."""
        while True:
            await self._beat()
            await asyncio.sleep(self.agent.settings.tick_s)

    async def _beat(self) -> None:
        agent, now = self.agent, self.agent.clock.now()
        await agent.recorder.tick(agent.came_and_went())
        await self._mind_clock()
        if now - self._machine_at >= _MACHINE_S:
            self._machine_at = now
            self._measure_machine(now)
            await self._mind_workers()
        if now - self._sweep_at >= _SWEEP_S:
            self._sweep_at = now
            await agent.flow.act(lambda: agent.engine.sweep(now))
            agent.board.set_silent(agent.engine.conditions.silent)
        if now - self._memory_at >= _MEMORY_S:
            self._memory_at = now
            await agent.remember()
        agent.board.age(now)
        agent.board.set_agent(facts_of(agent))
        agent.bell.ring()

    async def _mind_clock(self) -> None:
        step = self.agent.clock.step_s()
        if step:
            data = {"step_s": round(step, 3), "text": f"The wall clock was stepped by {step:+.1f} s."}
            await self.agent.flow.tell(Event("ClockStepped", self.agent.clock.now(), data=data))

    async def _mind_workers(self) -> None:
        engine, at = self.agent.engine, self.agent.clock.now()
        fault = self.agent.supervisor.is_failing()
        if fault:
            await self.agent.flow.act(lambda: engine.raise_own(_FAILING_ALARM, Severity.CRITICAL, fault, at))
        else:
            await self.agent.flow.act(lambda: engine.clear_own(_FAILING_ALARM, at))

    def _measure_machine(self, now: float) -> None:
        machine = self.agent.machine = self.gauge.read()
        metrics = {
            "agent.cpu_ratio": machine.cpu_ratio,
            "agent.memory_ratio": machine.memory_ratio,
            "agent.disk_ratio": machine.disk_ratio,
        }
        for slot in self.agent.supervisor.slots:
            for name in ("requests_per_s", "bandwidth_bps"):
                key = f"agent.{name}"
                metrics[key] = metrics.get(key, 0.0) + float(slot.health.get(name) or 0.0)
            lag = float(slot.health.get("lag_s") or 0.0)
            metrics["agent.lag_s"] = max(metrics.get("agent.lag_s", 0.0), lag)
        for metric, value in metrics.items():
            self.agent.recorder.add_one(0, "", metric, value)
        self.agent.flow.take([Observation(0, "agent", now, metrics)])
