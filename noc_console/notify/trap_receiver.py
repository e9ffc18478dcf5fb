"""The trap receiver: v1, v2c and v3 on one UDP port, in the SNMP thread; bounded in size, pace and memory."""

from __future__ import annotations

import asyncio
import hmac
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pysnmp.carrier.asyncio.dgram import udp, udp6

from noc_console.errors import KnownError
from noc_console.notify.mapping_config import Traps
from noc_console.notify.snmp_config import Keys
from noc_console.notify.snmp_engine import Identity
from noc_console.notify.snmp_thread import SnmpThread
from noc_console.notify.trap_receiver_ber import (
    Message,
    Notification,
    NotSnmp,
    encoded,
    read_message,
    read_pdu,
    response_to,
)
from noc_console.notify.trap_receiver_guard import Guard
from noc_console.notify.trap_receiver_usm import NotAllowed, Usm

MAX_WAITING = 2000
_VERSIONS = {0: "1", 1: "2c", 3: "3"}


@dataclass(frozen=True, slots=True)
class Received:
    """A notification with its sender; `pdu` is the PDU's bytes, in which neither community nor key is."""

    at: float
    peer: str
    version: str
    notification: Notification
    pdu: bytes
    user: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What senders must know; its text shows nothing."""

    communities: tuple[str, ...] = ("public",)
    users: Mapping[str, Keys] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Return nothing that is worth knowing."""
        return "Secrets(***)"


class TrapReceiver:
    """Listens until it is closed; what came waits in a bounded queue, further notices are counted as refused.

    `woken` is called, in the SNMP thread, after each datagram that was taken or refused for a reason of its own.
    """

    def __init__(
        self, traps: Traps, secrets: Secrets, identity: Identity, now: Callable[[], float], woken: Callable[[], None]
    ) -> None:
        _check_keys(traps, secrets)
        self._woken = woken
        self.traps, self._secrets, self._identity, self._now = traps, secrets, identity, now
        self.guard = Guard(traps.per_second, traps.per_source_per_second, traps.max_bytes, traps.sources)
        self.port = 0
        self._communities = [one.encode() for one in secrets.communities if one]
        self._thread = SnmpThread("traps")
        self._waiting: deque[Received] = deque()
        self._door: Any = None
        self._usm: Usm | None = None

    async def open(self) -> None:
        """Begin to listen; KnownError where the address is taken or not allowed."""
        try:
            self.port = await self._thread.run(self._open())
        except OSError as error:
            self._thread.end()
            where = f"{self.traps.host} port {self.traps.port}"
            reason = error.strerror or "the address cannot be used"
            raise KnownError(f"Traps cannot be received at {where}: {reason}.") from None

    async def close(self) -> None:
        """Stop listening."""
        if self._door is not None:
            await self._thread.run(self._close())
        await asyncio.to_thread(self._thread.end)

    def take(self, most: int = MAX_WAITING) -> list[Received]:
        """Return what has come since the last time, oldest first; from any thread."""
        found: list[Received] = []
        while self._waiting and len(found) < most:
            found.append(self._waiting.popleft())
        return found

    async def _open(self) -> int:
        loop = asyncio.get_running_loop()
        is_v6 = ":" in self.traps.host
        kind = _Door6 if is_v6 else _Door
        self._usm = Usm(self._identity, self.traps.users, self._secrets.users) if "3" in self.traps.versions else None
        door = kind(loop=loop)
        door.taken = self._datagram
        transport, _ = await loop.create_datagram_endpoint(
            lambda: door, local_addr=(self.traps.host, self.traps.port)
        )
        if self._usm is not None:
            self._usm.attach(door, is_v6)
        self._door = door
        return int(transport.get_extra_info("sockname")[1])

    async def _close(self) -> None:
        if self._usm is not None:
            self._usm.close()
        self._door.transport.close()
        await asyncio.sleep(0)

    # -- one datagram

    def _datagram(self, data: bytes, address: Any) -> None:
        peer = str(address[0]).removeprefix("::ffff:")
        if self.guard.refusal(peer, len(data), time.monotonic()):
            return
        try:
            received = self._read(data, address, peer)
        except NotSnmp:
            self.guard.count("malformed")
        except NotAllowed as error:
            self.guard.count(str(error))
        else:
            self._keep(received)
        self._woken()

    def _keep(self, received: Received | None) -> None:
        if received is None:
            return
        if len(self._waiting) >= MAX_WAITING:
            self.guard.count("too many wait to be taken")
            return
        self._waiting.append(received)

    def _read(self, data: bytes, address: Any, peer: str) -> Received | None:
        message = read_message(data)
        version = _VERSIONS[message.version]
        if version not in self.traps.versions:
            raise NotAllowed(f"v{version} is switched off")
        if message.version == 3:
            return self._read_v3(data, address, peer)
        if not any(hmac.compare_digest(message.community, one) for one in self._communities):
            raise NotAllowed("wrong community")
        notification = read_pdu(message.pdu_tag, message.pdu)
        if notification.is_inform:
            self._acknowledge(message, address)
        pdu = encoded(message.pdu_tag, message.pdu)
        return Received(self._now(), peer, version, notification, pdu)

    def _acknowledge(self, message: Message, address: Any) -> None:
        # an inform that the queue has no room for is not acknowledged: its sender tries again
        if len(self._waiting) < MAX_WAITING:
            self._door.transport.sendto(response_to(message), address)

    def _read_v3(self, data: bytes, address: Any, peer: str) -> Received | None:
        assert self._usm is not None
        opened = self._usm.open(data, self._door.ADDRESS_TYPE(address))
        if opened is None:
            return None
        message_pdu = opened.pdu
        tag, body = message_pdu[0], _content(message_pdu)
        return Received(self._now(), peer, "3", read_pdu(tag, body), message_pdu, opened.user, opened.level)


class _Door(udp.UdpAsyncioTransport):  # type: ignore[misc]
    taken: Callable[[bytes, Any], None]

    def datagram_received(self, data: bytes, address: Any) -> None:
        """Override: we look first."""
        self.taken(data, address)


class _Door6(udp6.Udp6AsyncioTransport):  # type: ignore[misc]
    taken: Callable[[bytes, Any], None]

    def datagram_received(self, data: bytes, address: Any) -> None:
        """Override: we look first."""
        self.taken(data, address)


def _content(element: bytes) -> bytes:
    size = element[1]
    return element[2:] if size < 0x80 else element[2 + (size & 0x7F) :]


def _check_keys(traps: Traps, secrets: Secrets) -> None:
    for user in traps.users:
        keys = secrets.users.get(user.name, Keys())
        for use, protocol, key in (("auth", user.auth, keys.auth_key), ("priv", user.priv, keys.priv_key)):
            if protocol != "none" and len(key.encode()) < 8:
                raise KnownError(
                    f"The {use} key of the trap user {user.name} is missing or shorter than 8 characters."
                )
