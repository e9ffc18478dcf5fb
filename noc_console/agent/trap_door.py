"""The trap receiver of an agent: opened, changed and closed as the configuration says."""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noc_console.agent.clock import Clock
from noc_console.notify import snmp_name
from noc_console.notify.mapping import Incoming
from noc_console.notify.mapping_config import Traps
from noc_console.notify.snmp_config import DEFAULT_ROOT, Keys, parse_oid
from noc_console.resources import resource

if TYPE_CHECKING:
    from noc_console.notify.trap_receiver import Secrets, TrapReceiver
    from noc_console.notify.trap_receiver_mibs import Names

_TURN = 200


@dataclass(slots=True)
class TrapDoor:
    """Where traps come in; `woken` is set when some wait. pysnmp is imported only where it is switched on."""

    clock: Clock
    mibs: Path
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    receiver: TrapReceiver | None = None
    refused: int = 0
    _names: Names | None = None
    _running: bytes = b""

    @property
    def port(self) -> int:
        """The port that is listened on, 0 while none is."""
        return self.receiver.port if self.receiver else 0

    @property
    def all_refused(self) -> int:
        """How many were refused since the agent began."""
        return self.refused + (self.receiver.guard.refused.total() if self.receiver else 0)

    async def use(self, traps: Traps, secrets: Mapping[str, Any]) -> None:
        """Open, open anew or close as told; KnownError when the port cannot be had or a key is missing."""
        told = traps.model_dump_json() + json.dumps(secrets, sort_keys=True, default=str)
        stamp = hashlib.sha256(told.encode()).digest()
        if traps.enabled and self.receiver is not None and stamp == self._running:
            return
        await self.close()
        if traps.enabled:
            await self._open(traps, secrets)
            self._running = stamp

    async def close(self) -> None:
        """Stop listening."""
        self.refused = self.all_refused
        receiver, self.receiver = self.receiver, None
        if receiver is not None:
            await receiver.close()

    def take(self) -> list[Incoming]:
        """Return what came since the last time, at most two hundred."""
        if self.receiver is None or self._names is None:
            return []
        from noc_console.notify.trap_receiver_words import incoming_of

        names = self._names
        return [incoming_of(one, names) for one in self.receiver.take(_TURN)]

    def refusals(self) -> dict[str, int]:
        """Return how many were refused since the last time, by the reason."""
        counts = self.receiver.guard.taken() if self.receiver else {}
        self.refused += sum(counts.values())
        return counts

    async def _open(self, traps: Traps, secrets: Mapping[str, Any]) -> None:
        await asyncio.to_thread(importlib.import_module, "noc_console.notify.trap_receiver")
        from noc_console.notify.snmp_engine import identity_of
        from noc_console.notify.trap_receiver import TrapReceiver
        from noc_console.notify.trap_receiver_mibs import load

        self._names = await asyncio.to_thread(load, (resource("mibs"), self.mibs))
        # informs have an engine of their own: in them the receiver is the authority
        identity = identity_of(snmp_name.own_name() + "/traps", parse_oid(DEFAULT_ROOT), self.clock.now())
        loop, woken = asyncio.get_running_loop(), self.woken
        receiver = TrapReceiver(traps, secrets_of(secrets), identity, self.clock.now, lambda: _wake(loop, woken))
        await receiver.open()
        self.receiver = receiver


def secrets_of(told: Mapping[str, Any]) -> Secrets:
    """Return what senders of traps must know; without a word about communities it is public (R-142)."""
    from noc_console.notify.trap_receiver import Secrets

    users = {
        str(name): Keys("", str(keys.get("auth_key", "")), str(keys.get("priv_key", "")))
        for name, keys in (told.get("users") or {}).items()
        if isinstance(keys, dict)
    }
    communities = told.get("communities")
    return Secrets(tuple(map(str, communities)) if isinstance(communities, list) else ("public",), users)


def _wake(loop: asyncio.AbstractEventLoop, woken: asyncio.Event) -> None:
    try:
        loop.call_soon_threadsafe(woken.set)
    except RuntimeError:  # the agent's loop has ended
        return
