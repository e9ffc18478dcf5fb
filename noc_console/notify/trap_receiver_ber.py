"""Bytes of SNMP v1 and v2c to values: BER of RFC 3417, section 8, and no more of ASN.1 than SNMP uses. Pure.

Every length is checked against what is there; nothing recurses; what is wrong is NotSnmp, never another error.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address

MAX_VARBINDS = 128
MAX_OID = 128  # RFC 2578, 3.5
MAX_TEXT = 2000

INTEGER, OCTETS, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TIME_TICKS, OPAQUE, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x44, 0x46
RESPONSE, TRAP_V1, INFORM, TRAP_V2 = 0xA2, 0xA4, 0xA6, 0xA7
_UNSIGNED = {COUNTER32: "Counter32", GAUGE32: "Gauge32", TIME_TICKS: "TimeTicks", COUNTER64: "Counter64"}
_NOTHING = {NULL: "Null", 0x80: "noSuchObject", 0x81: "noSuchInstance", 0x82: "endOfMibView"}

Oid = tuple[int, ...]
SYS_UP_TIME: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
SNMP_TRAP_OID: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)
SNMP_TRAPS: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 5)


class NotSnmp(ValueError):
    """The bytes are no message of SNMP; the text says what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Varbind:
    """One value of a notification: its OID, its type's name, a number where it is one, and its text."""

    oid: Oid
    type: str
    text: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What stands around a PDU: version 0 is v1, 1 is v2c, 3 is v3; of v3 nothing more is read here."""

    version: int
    community: bytes = b""
    pdu_tag: int = 0
    pdu: bytes = b""
    before: bytes = b""


@dataclass(frozen=True, slots=True)
class Notification:
    """A trap or inform in the form of SNMPv2; `agent` and `enterprise` are of v1."""

    trap_oid: Oid
    uptime_s: float
    varbinds: tuple[Varbind, ...]
    is_inform: bool = False
    agent: str = ""
    enterprise: Oid = ()


def read_message(data: bytes) -> Message:
    """Return the parts of a datagram."""
    body = _only(data, SEQUENCE)
    version, at = _integer(body, 0)
    if version == 3:
        return Message(3)
    if version not in (0, 1):
        raise NotSnmp(f"version {version} is unknown")
    tag, begin, end = _element(body, at)
    if tag != OCTETS:
        raise NotSnmp("no community")
    pdu_tag, pdu_begin, pdu_end = _element(body, end)
    if pdu_end != len(body):
        raise NotSnmp("bytes after the PDU")
    return Message(version, body[begin:end], pdu_tag, body[pdu_begin:pdu_end], body[:end])


def read_pdu(tag: int, body: bytes) -> Notification:
    """Return the notification in a PDU's content; NotSnmp for PDUs that are none."""
    if tag == TRAP_V1:
        return _v1(body)
    if tag not in (TRAP_V2, INFORM):
        raise NotSnmp(f"a PDU of type 0x{tag:02x} is no notification")
    at = 0
    for _ in range(3):  # request-id, error-status, error-index
        _, at = _integer(body, at)
    varbinds = _varbinds(body, at)
    # RFC 3416, 4.2.6: the first two are sysUpTime.0 and snmpTrapOID.0
    if len(varbinds) < 2 or varbinds[0].oid != SYS_UP_TIME or varbinds[1].oid != SNMP_TRAP_OID:
        raise NotSnmp("sysUpTime.0 and snmpTrapOID.0 do not come first")
    if varbinds[1].type != "OBJECT IDENTIFIER":
        raise NotSnmp("snmpTrapOID.0 is no OID")
    trap_oid = tuple(int(part) for part in varbinds[1].text.split("."))
    return Notification(trap_oid, (varbinds[0].number or 0) / 100, varbinds[2:], is_inform=tag == INFORM)


def response_to(message: Message) -> bytes:
    """Return the answer that acknowledges an inform: the same PDU as a response (RFC 3416, 4.2.7)."""
    return encoded(SEQUENCE, message.before + encoded(RESPONSE, message.pdu))


def encoded(tag: int, body: bytes) -> bytes:
    """Return a tag, the length and the content."""
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def _v1(body: bytes) -> Notification:
    enterprise, at = expected(body, 0, OID)
    agent, at = expected(body, at, IP_ADDRESS)
    generic, at = _integer(body, at)
    specific, at = _integer(body, at)
    ticks, at = expected(body, at, TIME_TICKS)
    own = _oid(enterprise)
    # RFC 3584, 3.1: the notification of a v1 trap
    trap_oid = (*SNMP_TRAPS, generic + 1) if 0 <= generic < 6 else (*own, 0, specific)
    uptime_s = int.from_bytes(ticks, "big") / 100
    return Notification(trap_oid, uptime_s, _varbinds(body, at), agent=_address(agent), enterprise=own)


def _varbinds(body: bytes, at: int) -> tuple[Varbind, ...]:
    tag, begin, end = _element(body, at)
    if tag != SEQUENCE:
        raise NotSnmp("no list of varbinds")
    found: list[Varbind] = []
    while begin < end:
        pair, begin = expected(body[:end], begin, SEQUENCE)
        if len(found) >= MAX_VARBINDS:
            raise NotSnmp(f"more than {MAX_VARBINDS} varbinds")
        name, at = expected(pair, 0, OID)
        tag, first, last = _element(pair, at)
        found.append(_varbind(_oid(name), tag, pair[first:last]))
    return tuple(found)


def _varbind(oid: Oid, tag: int, body: bytes) -> Varbind:
    if tag == INTEGER:
        number = _number(body)
        return Varbind(oid, "INTEGER", str(number), number)
    if tag in _UNSIGNED:
        if len(body) > 9:
            raise NotSnmp("a number is too long")
        number = int.from_bytes(body, "big")
        return Varbind(oid, _UNSIGNED[tag], str(number), number)
    if tag == OID:
        return Varbind(oid, "OBJECT IDENTIFIER", ".".join(map(str, _oid(body))))
    if tag == IP_ADDRESS:
        return Varbind(oid, "IpAddress", _address(body))
    if tag == OCTETS:
        return Varbind(oid, "OCTET STRING", text_of(body))
    if tag in _NOTHING:
        return Varbind(oid, _NOTHING[tag], "")
    return Varbind(oid, "Opaque" if tag == OPAQUE else f"0x{tag:02x}", body[: MAX_TEXT // 2].hex())


def text_of(body: bytes) -> str:
    """Return octets as text where they are printable UTF-8, else as hex with 0x."""
    try:
        text = body.decode().rstrip("\x00")
    except UnicodeDecodeError:
        return "0x" + body[: MAX_TEXT // 2].hex()
    if all(sign.isprintable() or sign in "\r\n\t" for sign in text):
        return text[:MAX_TEXT]
    return "0x" + body[: MAX_TEXT // 2].hex()


def _only(data: bytes, tag: int) -> bytes:
    body, end = expected(data, 0, tag)
    if end != len(data):
        raise NotSnmp("bytes after the message")
    return body


def expected(data: bytes, at: int, wanted: int) -> tuple[bytes, int]:
    """Return the content of the element at a place and where the next begins; NotSnmp where it is another."""
    tag, begin, end = _element(data, at)
    if tag != wanted:
        raise NotSnmp(f"type 0x{tag:02x} where 0x{wanted:02x} belongs")
    return data[begin:end], end


def _integer(data: bytes, at: int) -> tuple[int, int]:
    body, end = expected(data, at, INTEGER)
    return _number(body), end


def _number(body: bytes) -> int:
    if not 1 <= len(body) <= 8:
        raise NotSnmp("a number is empty or too long")
    return int.from_bytes(body, "big", signed=True)


def _address(body: bytes) -> str:
    if len(body) != 4:
        raise NotSnmp("an IP address of another length than 4")
    return str(IPv4Address(body))


def _oid(body: bytes) -> Oid:
    numbers: list[int] = []
    value = 0
    for octet in body:
        value = value << 7 | octet & 0x7F
        if value >= 2**32 + 80:
            raise NotSnmp("a number of an OID is too large")
        if not octet & 0x80:
            numbers.append(value)
            value = 0
    if not numbers or body[-1] & 0x80 or len(numbers) > MAX_OID:
        raise NotSnmp("an OID is cut short, empty or too long")
    first = min(numbers[0] // 40, 2)
    return (first, numbers[0] - 40 * first, *numbers[1:])


def _element(data: bytes, at: int) -> tuple[int, int, int]:
    """Return tag, begin and end of the element at a place; only definite lengths, as RFC 3417 asks for."""
    if at + 2 > len(data):
        raise NotSnmp("it ends too early")
    tag, size, begin = data[at], data[at + 1], at + 2
    if size & 0x80:
        count = size & 0x7F
        if not 1 <= count <= 4 or begin + count > len(data):
            raise NotSnmp("a length that cannot be")
        size = int.from_bytes(data[begin : begin + count], "big")
        begin += count
    if begin + size > len(data):
        raise NotSnmp("it is shorter than it says")
    return tag, begin, begin + size
