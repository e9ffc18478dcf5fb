"""Supplemental enhancement information: mastering display, content light, preferred transfer, HDR10+, captions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from noc_console.media.es.format import Mastering

_MOST = 32
_T35, _MASTERING, _LIGHT, _ALTERNATIVE = 4, 137, 144, 147


@dataclass(slots=True)
class Extras:
    """What the messages before a picture tell."""

    mastering: Mastering | None = None
    light: tuple[int, int] | None = None
    alternative: int = 2
    has_hdr10_plus: bool = False
    has_captions: bool = False
    has_dolby_vision: bool = False


def read_sei(payload: bytes, extras: Extras) -> None:
    """Add what the messages of an SEI unit (without its header and emulation prevention) say."""
    for kind, body in _messages(payload):
        if kind == _MASTERING and len(body) >= 24:
            words = [int.from_bytes(body[at : at + 2], "big") for at in range(0, 16, 2)]
            pairs = tuple(zip(words[::2], words[1::2], strict=True))
            high, low = int.from_bytes(body[16:20], "big"), int.from_bytes(body[20:24], "big")
            extras.mastering = Mastering(pairs, high / 10_000, low / 10_000)
        elif kind == _LIGHT and len(body) >= 4:
            extras.light = (int.from_bytes(body[:2], "big"), int.from_bytes(body[2:4], "big"))
        elif kind == _ALTERNATIVE and body:
            extras.alternative = body[0]
        elif kind == _T35 and body[:1] == b"\xb5":
            # SMPTE ST 2094-40: provider 0x003C, code 1, application 4; ATSC A/53: provider 0x0031, GA94, type 3
            extras.has_hdr10_plus |= body[1:6] == b"\x00\x3c\x00\x01\x04"
            extras.has_captions |= body[1:8] == b"\x00\x31GA94\x03"


def _messages(payload: bytes) -> Iterator[tuple[int, bytes]]:
    """ITU-T H.264, 7.3.2.3.1: payload type and size are sums of bytes that end with one below 255."""
    at = 0
    for _ in range(_MOST):
        numbers = []
        for _ in range(2):
            value = 0
            while at < len(payload) and payload[at] == 0xFF:
                value, at = value + 255, at + 1
            if at >= len(payload):
                return
            numbers.append(value + payload[at])
            at += 1
        yield numbers[0], payload[at : at + numbers[1]]
        at += numbers[1]
        if at + 2 > len(payload):
            return
