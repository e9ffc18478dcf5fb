"""The SNMP sender of a process: one line per destination, both or fail-over, in a thread of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from noc_console.notify.snmp_config import Destination, Keys, SnmpConfig, parse_oid
from noc_console.notify.snmp_content import Trap, varbinds
from noc_console.notify.snmp_engine import Identity, Line, SnmpFailed, identity_of
from noc_console.notify.snmp_name import own_name
from noc_console.notify.snmp_thread import SnmpThread

MAX_LINES = 64
_HARD_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one destination: no `fault` is success; `is_uncertain`: it may have arrived all the same."""

    destination: str
    fault: str = ""
    is_uncertain: bool = False


class SnmpDesk:
    """Sends traps and informs; asks an NMS for its uptime. Safe to call from any event loop.

    `name` must differ between agents that report to one NMS: USM's engine id is made of it.
    """

    def __init__(self, name: str, now: Callable[[], float] = time.time) -> None:
        self.name = name
        self._started_at = now()
        self._now = now
        self._thread = SnmpThread()
        self._lines: dict[tuple[Destination, Keys], Line] = {}

    def identity(self, root: str) -> Identity:
        """Return what an NMS knows us by; its administrator needs the engine id for v3 traps."""
        return identity_of(self.name, parse_oid(root), self._started_at)

    async def send(self, config: SnmpConfig, keys: tuple[Keys, ...], trap: Trap) -> tuple[Sent, ...]:
        """Tell the destinations as the mode says; one result for each that was tried, in order."""
        return await self._thread.run(self._send(config, keys, trap))

    async def reach(self, config: SnmpConfig, keys: tuple[Keys, ...]) -> tuple[tuple[str, float | None, str], ...]:
        """Ask each NMS for its uptime: name, seconds or None, what went wrong (R-146)."""
        return await self._thread.run(self._reach(config, keys))

    def end(self) -> None:
        """Close every socket and end the thread."""
        for line in self._lines.values():
            line.close()
        self._lines.clear()
        self._thread.end()

    async def _send(self, config: SnmpConfig, keys: tuple[Keys, ...], trap: Trap) -> tuple[Sent, ...]:
        pairs = list(zip(config.destinations, keys, strict=True))
        if config.mode == "both":
            return tuple(await asyncio.gather(*(self._one(config, *pair, trap) for pair in pairs)))
        tried: list[Sent] = []
        for pair in pairs:
            tried.append(await self._one(config, *pair, trap))
            if not tried[-1].fault:
                break
        return tuple(tried)

    async def _one(self, config: SnmpConfig, destination: Destination, keys: Keys, trap: Trap) -> Sent:
        values = varbinds(trap, config, destination.version, self._now() - self._started_at)
        try:
            line = self._line(config, destination, keys)
            async with asyncio.timeout(_HARD_LIMIT_S):
                await (line.inform(values) if destination.inform else line.trap(values))
        except SnmpFailed as error:
            self._drop(destination, keys)
            return Sent(destination.name, str(error), error.is_uncertain)
        except TimeoutError:
            self._drop(destination, keys)
            return Sent(destination.name, f"{destination.name} did not answer in {_HARD_LIMIT_S:.0f} s.", True)
        return Sent(destination.name)

    async def _reach(self, config: SnmpConfig, keys: tuple[Keys, ...]) -> tuple[tuple[str, float | None, str], ...]:
        return tuple([await self._uptime(config, *pair) for pair in zip(config.destinations, keys, strict=True)])

    async def _uptime(
        self, config: SnmpConfig, destination: Destination, keys: Keys
    ) -> tuple[str, float | None, str]:
        asked = destination.model_copy(update={"port": destination.ask_port})
        line = Line(asked, keys, self.identity(config.root))
        try:
            return asked.name, await line.sys_up_time(), ""
        except SnmpFailed as error:
            return asked.name, None, str(error)
        finally:
            line.close()

    def _line(self, config: SnmpConfig, destination: Destination, keys: Keys) -> Line:
        known = self._lines.get((destination, keys))
        if known is None:
            if len(self._lines) >= MAX_LINES:
                self._drop(*next(iter(self._lines)))
            known = self._lines[destination, keys] = Line(destination, keys, self.identity(config.root))
        return known

    def _drop(self, destination: Destination, keys: Keys) -> None:
        """Forget a line that failed: its name is looked up again, its engine begins anew."""
        line = self._lines.pop((destination, keys), None)
        if line is not None:
            line.close()


@cache
def desk() -> SnmpDesk:
    """Return the process's sender."""
    return SnmpDesk(own_name())
