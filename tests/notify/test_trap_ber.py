"""Bytes of SNMP: what net-snmp and pysnmp write is read back; whatever else comes is refused, never a crash."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import encoder
from pysnmp.proto.api import v2c

from noc_console.notify.trap_receiver_ber import (
    INFORM,
    TRAP_V2,
    NotSnmp,
    Varbind,
    encoded,
    read_message,
    read_pdu,
    response_to,
    text_of,
)


def pdu(values: list[tuple[tuple[int, ...], object]], is_inform: bool = False) -> bytes:
    """Return a notification as pysnmp writes it."""
    one = v2c.InformRequestPDU() if is_inform else v2c.SNMPv2TrapPDU()
    v2c.apiTrapPDU.set_defaults(one)
    head = [
        (v2c.apiTrapPDU.sysUpTime, v2c.TimeTicks(72000)),
        (v2c.apiTrapPDU.snmpTrapOID, v2c.ObjectIdentifier((1, 3, 6, 1, 4, 1, 8072, 2, 3, 0, 1))),
    ]
    v2c.apiPDU.set_varbinds(one, [*head, *values])
    return bytes(encoder.encode(one))


def message(inner: bytes, community: bytes = b"public", version: int = 1) -> bytes:
    return encoded(0x30, encoded(0x02, bytes((version,))) + encoded(0x04, community) + inner)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (v2c.Integer32(-5), Varbind((1, 3, 6, 9), "INTEGER", "-5", -5)),
        (v2c.OctetString("Mất tiếng".encode()), Varbind((1, 3, 6, 9), "OCTET STRING", "Mất tiếng")),
        (v2c.OctetString(b"\x00\xff"), Varbind((1, 3, 6, 9), "OCTET STRING", "0x00ff")),
        (v2c.ObjectIdentifier((2, 100, 4294967295)), Varbind((1, 3, 6, 9), "OBJECT IDENTIFIER", "2.100.4294967295")),
        (v2c.IpAddress("10.50.0.10"), Varbind((1, 3, 6, 9), "IpAddress", "10.50.0.10")),
        (v2c.Counter32(2**32 - 1), Varbind((1, 3, 6, 9), "Counter32", "4294967295", 2**32 - 1)),
        (v2c.Counter64(2**64 - 1), Varbind((1, 3, 6, 9), "Counter64", str(2**64 - 1), 2**64 - 1)),
        (v2c.Gauge32(7), Varbind((1, 3, 6, 9), "Gauge32", "7", 7)),
        (v2c.TimeTicks(7), Varbind((1, 3, 6, 9), "TimeTicks", "7", 7)),
        (v2c.Null(), Varbind((1, 3, 6, 9), "Null", "")),
    ],
)
def test_every_type_is_read_as_it_was_written(value: object, expected: Varbind) -> None:
    one = read_message(message(pdu([((1, 3, 6, 9), value)])))
    notification = read_pdu(one.pdu_tag, one.pdu)
    assert notification.varbinds == (expected,)
    assert notification.trap_oid == (1, 3, 6, 1, 4, 1, 8072, 2, 3, 0, 1)
    assert notification.uptime_s == 720.0  # C-13: 72000 ticks are 720 s


def test_an_inform_is_answered_with_its_own_content() -> None:
    asked = message(pdu([((1, 3, 6, 9), v2c.Integer32(1))], is_inform=True))
    one = read_message(asked)
    assert one.pdu_tag == INFORM
    assert response_to(one) == asked.replace(b"\xa6", b"\xa2", 1)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(b"", "ends too early", id="nothing"),
        pytest.param(b"\x30\x80\x00\x00", "length that cannot be", id="indefinite length"),
        pytest.param(b"\x30\x85\x01\x01\x01\x01\x01", "length that cannot be", id="length of five bytes"),
        pytest.param(b"\x30\x84\xff\xff\xff\xff", "shorter than it says", id="four gigabytes promised"),
        pytest.param(message(pdu([])) + b"\x00", "bytes after", id="something after the end"),
        pytest.param(message(pdu([]), version=9), "version 9", id="version unknown"),
    ],
)
def test_what_is_no_message_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(NotSnmp, match=why):
        read_message(data)


@pytest.mark.parametrize(
    ("tag", "body", "why"),
    [
        pytest.param(0xA0, b"", "no notification", id="a GET"),
        pytest.param(TRAP_V2, b"\x02\x01\x01" * 3 + b"\x30\x00", "do not come first", id="no sysUpTime"),
        pytest.param(
            TRAP_V2,
            b"\x02\x01\x01" * 3 + encoded(0x30, encoded(0x30, b"\x06\x01\x2b\x05\x00") * 129),
            "more than",
            id="too many varbinds",
        ),
        pytest.param(
            TRAP_V2,
            b"\x02\x01\x01" * 3 + encoded(0x30, encoded(0x30, b"\x06\x06" + b"\xff" * 5 + b"\x7f\x05\x00")),
            "too large",
            id="a number in an OID beyond 32 bits",
        ),
        pytest.param(
            TRAP_V2,
            b"\x02\x01\x01" * 3 + encoded(0x30, encoded(0x30, b"\x06\x02\x2b\x86\x05\x00")),
            "cut short",
            id="an OID that is cut",
        ),
        pytest.param(TRAP_V2, b"\x02\x09" + b"\x01" * 9, "number", id="a number of nine bytes"),
    ],
)
def test_what_is_no_notification_is_refused(tag: int, body: bytes, why: str) -> None:
    with pytest.raises(NotSnmp, match=why):
        read_pdu(tag, body)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail_otherwise(data: bytes) -> None:
    _harmless(data)


@given(st.data())
def test_no_change_of_a_good_message_makes_it_fail_otherwise(data: st.DataObject) -> None:
    good = bytearray(message(pdu([((1, 3, 6, 9), v2c.OctetString(b"text")), ((1, 3, 7), v2c.Integer32(3))])))
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    _harmless(bytes(good[: data.draw(st.integers(0, len(good)))]))


def _harmless(data: bytes) -> None:
    try:
        one = read_message(data)
        read_pdu(one.pdu_tag, one.pdu)
    except NotSnmp:
        return


def test_a_text_is_shown_only_when_it_is_printable() -> None:
    assert text_of(b"a\x1b[31mb") == "0x611b5b33316d62"
    assert text_of(b"line\r\n") == "line\r\n"
