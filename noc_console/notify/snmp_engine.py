"""One SNMP engine and socket for one destination: the only file, with the trap receiver's, that calls pysnmp."""

from __future__ import annotations

import asyncio
import hashlib
import socket
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from pysnmp.carrier.asyncio.dgram import udp, udp6
from pysnmp.error import PySnmpError
from pysnmp.hlapi.v3arch.asyncio import (
    CommunityData,
    ContextData,
    ObjectIdentity,
    ObjectType,
    SnmpEngine,
    Udp6TransportTarget,
    UdpTransportTarget,
    UsmUserData,
    auth,
    get_cmd,
    send_notification,
)
from pysnmp.proto.rfc1902 import Integer32, IpAddress, ObjectIdentifier, ObjectName, OctetString, TimeTicks

from noc_console.errors import KnownError
from noc_console.notify.snmp_config import Destination, Keys, Oid
from noc_console.notify.snmp_content import SNMP_TRAP_ADDRESS, SYS_UP_TIME, Value

AUTH = {
    "none": auth.USM_AUTH_NONE,
    "md5": auth.USM_AUTH_HMAC96_MD5,
    "sha1": auth.USM_AUTH_HMAC96_SHA,
    "sha224": auth.USM_AUTH_HMAC128_SHA224,
    "sha256": auth.USM_AUTH_HMAC192_SHA256,
    "sha384": auth.USM_AUTH_HMAC256_SHA384,
    "sha512": auth.USM_AUTH_HMAC384_SHA512,
}
PRIV = {
    "none": auth.USM_PRIV_NONE,
    "des": auth.USM_PRIV_CBC56_DES,
    "aes128": auth.USM_PRIV_CFB128_AES,
    "aes192": auth.USM_PRIV_CFB192_AES,
    "aes256": auth.USM_PRIV_CFB256_AES,
    "aes192-blumenthal": auth.USM_PRIV_CFB192_AES_BLUMENTHAL,
    "aes256-blumenthal": auth.USM_PRIV_CFB256_AES_BLUMENTHAL,
}
_REFUSAL_S = 0.005  # how long a trap's socket is listened to for the other host's "port unreachable"


class SnmpFailed(KnownError):
    """A message could not be sent, or nobody acknowledged it; the text has no secret in it.

    `is_uncertain` where the other side may have taken the message although its answer never came.
    """

    def __init__(self, text: str, is_uncertain: bool = False) -> None:
        super().__init__(text)
        self.is_uncertain = is_uncertain


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are to USM: the engine's id, its boots and the Unix second it started, the same for all our engines."""

    engine_id: bytes
    boots: int
    started_at: int


def identity_of(name: str, root: Oid, started_at: float) -> Identity:
    """Return an identity that is stable for an agent and, by its start's minute, grows with each of its starts.

    RFC 3411, SnmpEngineID: first bit set, enterprise number, format 5 (octets). RFC 3414, 2.2.2: boots may only grow.
    """
    enterprise = root[6] if root[:6] == (1, 3, 6, 1, 4, 1) and len(root) > 6 else 0
    digest = hashlib.sha256(name.encode()).digest()[:12]
    engine_id = (0x80000000 | enterprise).to_bytes(4, "big") + b"\x05" + digest
    return Identity(engine_id, max(1, int(started_at // 60) % 2**31), int(started_at))


def new_engine(identity: Identity) -> SnmpEngine:
    """Return an engine with our identity; it writes nothing to disk (pysnmp would, were it told the id itself)."""
    engine = SnmpEngine()
    own_id, boots, time = engine.get_mib_builder().import_symbols(
        "__SNMP-FRAMEWORK-MIB", "snmpEngineID", "snmpEngineBoots", "snmpEngineTime"
    )
    own_id.syntax = own_id.syntax.clone(identity.engine_id)
    engine.snmpEngineID = own_id.syntax
    boots.syntax = boots.syntax.clone(identity.boots)
    time.syntax = time.syntax.clone(identity.started_at)
    return engine


class Line:
    """The way to one destination; made, used and closed on one event loop."""

    def __init__(self, destination: Destination, keys: Keys, identity: Identity) -> None:
        self.destination = destination
        self._engine = new_engine(identity)
        self._auth = _auth_of(destination, keys)
        self._target: Any = None
        self._refused = asyncio.Event()
        self._own_address = ""

    async def trap(self, values: tuple[Value, ...]) -> None:
        """Send a trap; SnmpFailed when the name does not resolve or the other host refuses at once."""
        await self._notify("trap", values)
        await self._mind_refusal()

    async def inform(self, values: tuple[Value, ...]) -> None:
        """Send an inform until it is acknowledged; SnmpFailed, uncertain, when nobody does."""
        await self._notify("inform", values)

    async def sys_up_time(self) -> float:
        """Return the NMS's uptime in seconds (R-146)."""
        target = await self._reach()
        asked = get_cmd(
            self._engine, self._auth, target, self._context(), _object(SYS_UP_TIME, None), lookupMib=False
        )
        indication, status, _, binds = await self._unless_refused(asked)
        if indication or status:
            raise SnmpFailed(
                f"{self.destination.name} does not answer for its uptime: {_said(indication or status)}."
            )
        try:
            return int(binds[0][1]) / 100
        except (IndexError, TypeError, ValueError, PySnmpError):
            raise SnmpFailed(f"{self.destination.name} answers, but has no sysUpTime.") from None

    def close(self) -> None:
        """Close the socket."""
        self._engine.close_dispatcher()

    async def _notify(self, kind: str, values: tuple[Value, ...]) -> None:
        target = await self._reach()
        binds = [_object(oid, _typed(oid, form, value)) for oid, form, value in values]
        if self.destination.version == "1" and self._own_address:
            binds.append((ObjectName(SNMP_TRAP_ADDRESS), IpAddress(self._own_address)))
        try:
            sending = send_notification(
                self._engine, self._auth, target, self._context(), kind, *binds, lookupMib=False
            )
            indication, status, _, _ = await self._unless_refused(sending)
        except (PySnmpError, OSError) as error:
            raise SnmpFailed(f"{self.destination.name} could not be told: {_said(error)}.") from None
        if indication or status:
            tries = self.destination.retries + 1
            text = f"{self.destination.name} did not acknowledge ({tries} tries): {_said(indication or status)}."
            raise SnmpFailed(text, is_uncertain="timeout" in _said(indication).lower())

    async def _reach(self) -> Any:
        """Return where to send; the name is looked up once, and again after a failure."""
        if self._target is None:
            loop, one = asyncio.get_running_loop(), self.destination
            try:
                found = await loop.getaddrinfo(one.host, one.port, type=socket.SOCK_DGRAM)
            except OSError:
                raise SnmpFailed(f"The name {one.host} does not resolve.") from None
            family, address = found[0][0], (str(found[0][4][0]), one.port)
            kind = _Udp6Target if family == socket.AF_INET6 else _UdpTarget
            target = await kind.create(address, timeout=one.timeout_s, retries=one.retries)
            try:
                self._refused = await target.connect(address)
            except OSError as error:
                raise SnmpFailed(f"There is no way to {one.name}: {error.strerror or 'unreachable'}.") from None
            self._own_address = _own_address(address) if family == socket.AF_INET else ""
            self._target = target
        return self._target

    def _context(self) -> Any:
        return ContextData(contextName=self.destination.context.encode())

    async def _unless_refused(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Return what the work gives; SnmpFailed at once when the other host says that nobody listens there."""
        task = asyncio.ensure_future(work)
        refused = asyncio.ensure_future(self._refused.wait())
        try:
            await asyncio.wait({task, refused}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                self._raise_refusal()
            return await task
        finally:
            refused.cancel()
            task.cancel()

    async def _mind_refusal(self) -> None:
        """Wait for a moment for the other host's refusal, so that fail-over has something to act on."""
        await asyncio.sleep(_REFUSAL_S)
        self._raise_refusal()

    def _raise_refusal(self) -> None:
        transport = self._target.transport
        refused, transport.refused = transport.refused, None
        self._refused.clear()
        if refused is not None:
            raise SnmpFailed(f"{self.destination.name} refuses: {refused.strerror or 'unreachable'}.")


class _Connected(asyncio.DatagramProtocol):
    """Mixed into pysnmp's transports: a connected socket hears what the network says of our datagrams."""

    loop: asyncio.AbstractEventLoop
    SOCK_FAMILY: int
    was_refused: asyncio.Event
    refused: OSError | None = None

    async def connect(self, remote: tuple[str, int]) -> None:
        """Open the socket to one remote address; OSError where there is no way to it."""
        await self.loop.create_datagram_endpoint(lambda: self, remote_addr=remote, family=self.SOCK_FAMILY)

    def normalize_address(self, address: Any) -> None:
        """Override: a connected socket is told no address."""

    def error_received(self, exc: Exception) -> None:
        """Keep what the network says (ICMP port unreachable and its like)."""
        self.refused = exc if isinstance(exc, OSError) else None
        self.was_refused.set()


class _Transport(_Connected, udp.UdpAsyncioTransport):  # type: ignore[misc]
    pass


class _Transport6(_Connected, udp6.Udp6AsyncioTransport):  # type: ignore[misc]
    pass


class _Target:
    """Mixed into pysnmp's targets: uses the transport that is open already."""

    PROTO_TRANSPORT: Any
    transport: Any

    async def connect(self, remote: tuple[str, int]) -> asyncio.Event:
        """Open the transport; return what is set when the other host refuses."""
        self.transport = self.PROTO_TRANSPORT()
        self.transport.was_refused = asyncio.Event()
        await self.transport.connect(remote)
        return self.transport.was_refused  # type: ignore[no-any-return]

    def open_client_mode(self) -> Any:
        """Override: it is open."""
        return self.transport


class _UdpTarget(_Target, UdpTransportTarget):  # type: ignore[misc]
    PROTO_TRANSPORT = _Transport


class _Udp6Target(_Target, Udp6TransportTarget):  # type: ignore[misc]
    PROTO_TRANSPORT = _Transport6


def _own_address(remote: tuple[str, int]) -> str:
    """Return the address we are seen with by a remote one: the agent address of v1 traps (RFC 1157, 4.1.6)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(remote)
            return str(probe.getsockname()[0])
        except OSError:
            return ""


def _auth_of(destination: Destination, keys: Keys) -> Any:
    if destination.version != "3":
        return CommunityData(keys.community, mpModel=0 if destination.version == "1" else 1)
    return UsmUserData(
        destination.user,
        authKey=keys.auth_key if destination.auth != "none" else None,
        privKey=keys.priv_key if destination.priv != "none" else None,
        authProtocol=AUTH[destination.auth],
        privProtocol=PRIV[destination.priv],
    )


def _typed(oid: Oid, form: str, value: Any) -> Any:
    if oid == SYS_UP_TIME:
        return TimeTicks(value)
    if form == "integer":
        return Integer32(value)
    return ObjectIdentifier(value) if form == "oid" else OctetString(str(value).encode())


def _object(oid: Oid, value: Any) -> Any:
    return (ObjectName(oid), value) if value is not None else ObjectType(ObjectIdentity(oid))


def _said(error: Any) -> str:
    """Return what the library says, in one line without its class names."""
    text = " ".join(str(error).split())
    return text.rstrip(".")[:160] or type(error).__name__
