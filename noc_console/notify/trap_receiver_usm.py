"""SNMP v3 notifications: pysnmp checks and decrypts them, acknowledges informs, and hands us the PDU."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyasn1.codec.ber import encoder
from pyasn1.error import PyAsn1Error
from pysnmp.carrier.asyncio.dgram import udp, udp6
from pysnmp.entity import config
from pysnmp.entity.rfc3413.ntfrcv import NotificationReceiver
from pysnmp.error import PySnmpError
from pysnmp.proto.rfc1902 import OctetString

from noc_console.notify.mapping_config import User
from noc_console.notify.snmp_config import Keys
from noc_console.notify.snmp_engine import AUTH, PRIV, Identity, new_engine
from noc_console.notify.trap_receiver_ber import INTEGER, OCTETS, SEQUENCE, expected

MAX_ENGINES = 1024
_SEEN = "rfc3412.receiveMessage:request"
# what pysnmp and pyasn1 were seen to raise on bytes made to hurt
_GARBLED = (PySnmpError, PyAsn1Error, LookupError, TypeError, ValueError, AttributeError, RecursionError)
_REASONS = {
    "usmStatsUnknownUserNames": "v3: unknown user",
    "usmStatsWrongDigests": "v3: wrong authentication key",
    "usmStatsDecryptionErrors": "v3: cannot be decrypted",
    "usmStatsUnsupportedSecLevels": "v3: the user has no such security level",
    "usmStatsNotInTimeWindows": "v3: too old, or a replay",
}


class NotAllowed(Exception):
    """A message is refused; the text says why and names no key."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A v3 notification whose sender is known: its user, its security level, and the PDU as BER."""

    user: str
    level: str
    pdu: bytes


class Usm:
    """The users of one trap receiver; answers go out by the transport it is given."""

    def __init__(self, identity: Identity, users: Sequence[User], keys: Mapping[str, Keys]) -> None:
        self._engine = new_engine(identity)
        self._own_id = identity.engine_id
        self._users = {user.name: user for user in users}
        self._masters = {user.name: _master_keys(user, keys.get(user.name, Keys())) for user in users}
        self._learned: OrderedDict[tuple[str, bytes], None] = OrderedDict()
        for user in users:
            self._add(user, identity.engine_id)
        self._opened: Opened | None = None
        NotificationReceiver(self._engine, self._heard)
        self._engine.observer.register_observer(self._seen, _SEEN)

    def attach(self, transport: Any, is_v6: bool) -> None:
        """Send answers by this transport of pysnmp's."""
        self._domain = udp6.DOMAIN_NAME if is_v6 else udp.DOMAIN_NAME
        config.add_transport(self._engine, self._domain, transport)

    def close(self) -> None:
        """End the engine's timer and close the transport."""
        self._engine.close_dispatcher()

    def open(self, data: bytes, address: Any) -> Opened | None:
        """Return what a datagram says; None where it was a question of the protocol. NotAllowed says why not."""
        self._opened = None
        self._learn(*_sender_of(data))
        before = self._counts()
        try:
            self._engine.message_dispatcher.receive_message(self._engine, self._domain, address, data)
        except _GARBLED:
            raise NotAllowed("v3: malformed") from None
        if self._opened is None:
            wrong = next((name for name, count in self._counts().items() if count > before[name]), "")
            if wrong:
                raise NotAllowed(_REASONS[wrong])
        return self._opened

    def _learn(self, name: str, engine_id: bytes) -> None:
        """Make a user's keys for the engine that a trap says it is from; the newest so many are kept.

        RFC 3414, 3.2: of a trap the sender is the authority, and keys are local to the authority's engine.
        """
        user = self._users.get(name)
        if user is None or engine_id == self._own_id or not 5 <= len(engine_id) <= 32:
            return
        known = (name, engine_id)
        if known not in self._learned:
            self._add(user, engine_id)
        self._learned[known] = None
        self._learned.move_to_end(known)
        if len(self._learned) > MAX_ENGINES:
            (old_name, old_id), _ = self._learned.popitem(last=False)
            config.delete_v3_user(self._engine, old_name, OctetString(old_id))

    def _add(self, user: User, engine_id: bytes) -> None:
        auth_key, priv_key = self._masters[user.name]
        config.add_v3_user(
            self._engine,
            user.name,
            AUTH[user.auth],
            auth_key,
            PRIV[user.priv],
            priv_key,
            securityEngineId=OctetString(engine_id),
            authKeyType=config.USM_KEY_TYPE_MASTER,
            privKeyType=config.USM_KEY_TYPE_MASTER,
        )

    def _seen(self, engine: Any, point: str, variables: Mapping[str, Any], context: Any) -> None:
        name, level = str(variables["securityName"]), int(variables["securityLevel"])
        # RFC 3414 lets a user send with less than it could; whom we gave keys must use them
        user = self._users.get(name)
        if user is None or level < (3 if user.priv != "none" else 2 if user.auth != "none" else 1):
            engine.observer.clear_execution_context(engine, _SEEN)
            raise NotAllowed("v3: less security than the user must use")
        words = {1: "noAuthNoPriv", 2: "authNoPriv", 3: "authPriv"}
        self._opened = Opened(name, words.get(level, ""), encoder.encode(variables["pdu"]))

    def _heard(self, *_: Any) -> None:
        """Nothing is left to do: the PDU was taken when it was seen."""

    def _counts(self) -> dict[str, int]:
        symbols = self._engine.get_mib_builder().import_symbols("__SNMP-USER-BASED-SM-MIB", *_REASONS)
        return {name: int(symbol.syntax) for name, symbol in zip(_REASONS, symbols, strict=True)}


def _master_keys(user: User, keys: Keys) -> tuple[Any, Any]:
    """Return a user's keys before they are local to an engine: the slow half of RFC 3414, A.2, done once."""
    auth_key = priv_key = None
    if user.auth != "none":
        auth_key = config.AUTH_SERVICES[AUTH[user.auth]].hash_passphrase(OctetString(keys.auth_key.encode()))
    if user.priv != "none":
        priv_key = config.PRIV_SERVICES[PRIV[user.priv]].hash_passphrase(
            AUTH[user.auth], OctetString(keys.priv_key.encode())
        )
    return auth_key, priv_key


def _sender_of(data: bytes) -> tuple[str, bytes]:
    """Return user and authoritative engine that a v3 message names (RFC 3412, 6; RFC 3414, 2.4)."""
    body = expected(data, 0, SEQUENCE)[0]
    _, at = expected(body, 0, INTEGER)
    _, at = expected(body, at, SEQUENCE)
    parameters = expected(expected(body, at, OCTETS)[0], 0, SEQUENCE)[0]
    engine_id, at = expected(parameters, 0, OCTETS)
    for _ in range(2):
        _, at = expected(parameters, at, INTEGER)
    return expected(parameters, at, OCTETS)[0].decode("utf-8", "replace"), engine_id
