"""DNS messages (RFC 1035) as far as a look at one name needs them: a question out, records in."""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Sequence
from dataclasses import dataclass

A, CNAME, AAAA = 1, 5, 28
_TYPES = {A: "A", CNAME: "CNAME", AAAA: "AAAA"}
_CODES = {0: "ok", 1: "format error", 2: "server failure", 3: "no such name", 4: "not implemented", 5: "refused"}
_MOST_RECORDS = 100
_MOST_LABELS = 128
_LONGEST_NAME = 255


class BadAnswer(ValueError):
    """The bytes are no answer to the question."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: whose it is, its type, how long it may be kept (seconds), and what it says."""

    name: str
    type: str
    ttl_s: int
    value: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: `code` in words, `ok` where it answered the question."""

    code: str
    is_truncated: bool
    records: tuple[Record, ...]


def question(number: int, name: str, kind: int) -> bytes:
    """Return a recursive question for one type of one name; raises ValueError where it is no name."""
    labels = name.rstrip(".").encode("idna" if not name.isascii() else "ascii").split(b".")
    if not all(0 < len(label) < 64 for label in labels) or sum(map(len, labels)) + len(labels) > _LONGEST_NAME:
        raise ValueError(f"{name[:100]} is no host name")
    # RFC 1035 4.1.1: RD set, one question
    head = struct.pack("!6H", number, 0x0100, 1, 0, 0, 0)
    return head + b"".join(bytes([len(label)]) + label for label in labels) + struct.pack("!B2H", 0, kind, 1)


def answer(number: int, message: bytes) -> Answer:
    """Return what a message answers to the question of this number; raises BadAnswer."""
    try:
        return _answer(number, message)
    except (struct.error, IndexError) as error:
        raise BadAnswer("the answer is cut off") from error


def chain(name: str, records: Sequence[Record]) -> tuple[Record, ...]:
    """Return the CNAME records that lead from a name to its addresses, in their order."""
    aliases = {record.name: record for record in records if record.type == "CNAME"}
    found: list[Record] = []
    here = name.rstrip(".").lower()
    while here in aliases and len(found) <= len(aliases):
        found.append(aliases.pop(here))
        here = found[-1].value
    return tuple(found)


def _answer(number: int, message: bytes) -> Answer:
    told, flags, questions, answers = struct.unpack_from("!4H", message)
    if told != number or not flags & 0x8000:
        raise BadAnswer("the answer belongs to another question")
    at = 12
    for _ in range(min(questions, _MOST_RECORDS)):
        _, at = _name(message, at)
        at += 4
    records = []
    for _ in range(min(answers, _MOST_RECORDS)):
        name, at = _name(message, at)
        kind, _, ttl, size = struct.unpack_from("!2HIH", message, at)
        at += 10
        value = _value(message, at, kind, size)
        at += size
        if value:
            records.append(Record(name, _TYPES[kind], ttl, value))
    code = flags & 0xF
    return Answer(_CODES.get(code, f"code {code}"), bool(flags & 0x0200), tuple(records))


def _value(message: bytes, at: int, kind: int, size: int) -> str:
    body = message[at : at + size]
    if len(body) < size:
        raise BadAnswer("the answer is cut off")
    if kind == CNAME:
        return _name(message, at)[0]
    if (kind, size) in ((A, 4), (AAAA, 16)):
        return str(ipaddress.ip_address(body))
    return ""


def _name(message: bytes, at: int) -> tuple[str, int]:
    """Return a name and where the message goes on behind it; pointers lead backwards only (RFC 1035 4.1.4)."""
    labels: list[str] = []
    end = 0
    while len(labels) < _MOST_LABELS:
        length = message[at]
        if not length:
            return ".".join(labels).lower(), end or at + 1
        if length >= 0xC0:
            target = struct.unpack_from("!H", message, at)[0] & 0x3FFF
            if target >= at:
                raise BadAnswer("a name in the answer points forwards")
            end, at = end or at + 2, target
            continue
        if length > 63:
            raise BadAnswer("a name in the answer is none")
        labels.append(message[at + 1 : at + 1 + length].decode("ascii", "replace"))
        at += 1 + length
    raise BadAnswer("a name in the answer is too long")
