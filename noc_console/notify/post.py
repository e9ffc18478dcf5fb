"""The hands of the sender: one client for each receiver over HTTP, and a bug in a receiver that stops nobody."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from noc_console.errors import KnownError
from noc_console.notify.kinds import KINDS
from noc_console.notify.outcome import Outcome
from noc_console.notify.receiver import HttpConfig, ReceiverConfig
from noc_console.routing.notice import Notice

if TYPE_CHECKING:
    import httpx

_log = logging.getLogger(__name__)


class Posts:
    """Delivers one message at a time to each receiver."""

    def __init__(self) -> None:
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._old: list[httpx.AsyncClient] = []
        self._none: httpx.AsyncClient | None = None

    async def deliver(self, notice: Notice, name: str, config: ReceiverConfig, secret: str) -> Outcome:
        """Return what became of a message; never raises but when cancelled."""
        kind = KINDS[config.kind]
        if kind.needs_secret and not secret:
            return Outcome("retry", f"{name} has no secret yet: set {kind.secret}.")
        try:
            return await kind.deliver(notice, config, secret, await self._client(name, config))
        except KnownError as error:
            return Outcome("retry", str(error))
        except Exception as error:  # noqa: BLE001 - the fan-out: a bug in one receiver must not stop the others
            _log.error("telling %s failed: %s", name, type(error).__name__)
            return Outcome("uncertain", f"Internal error while telling {name}: {type(error).__name__}.")

    def forget(self, name: str) -> None:
        """Use a new client for a receiver from now on."""
        client = self._clients.pop(name, None)
        if client is not None:
            self._old.append(client)

    async def close(self) -> None:
        """Close every client."""
        for client in (*self._clients.values(), *self._old):
            await client.aclose()
        self._clients, self._old = {}, []

    async def _client(self, name: str, config: ReceiverConfig) -> httpx.AsyncClient:
        if not isinstance(config, HttpConfig):
            return self._unused()
        if name not in self._clients:
            from noc_console.notify.http import client_for

            try:
                # reading the trusted certificates takes 60 ms
                self._clients[name] = await asyncio.to_thread(client_for, config)
            except (OSError, ValueError) as error:
                raise KnownError(f"{name}: its certificates or proxy cannot be used ({error}).") from None
        return self._clients[name]

    def _unused(self) -> httpx.AsyncClient:
        if self._none is None:
            import httpx

            self._none = httpx.AsyncClient(verify=False, trust_env=False)  # noqa: S501 - never sends anything
            self._old.append(self._none)
        return self._none
