"""The newest counted errors of an input, each with its packet: offset, header fields, 188 bytes in hex."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts.outcome import WHOLE_STREAM, PacketError

KEPT = 100
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Seen:
    """One error, the bytes of its packet (empty where they have passed), and its place in the stream in bytes."""

    error: PacketError
    packet: bytes
    offset: int
    is_ours: bool = False


class ErrorShelf:
    """Keeps the newest errors of one input."""

    def __init__(self) -> None:
        self._kept: deque[Seen] = deque(maxlen=KEPT)

    def add(
        self, errors: Iterable[PacketError], block: NDArray[np.uint8], first: int, size: int, *, ours: bool
    ) -> None:
        """Take the errors of a block of packets (n, 188) whose first one is the stream's packet `first`.

        `size` is the distance of two packets in bytes.
        """
        for error in tuple(errors)[-KEPT:]:
            row = error.packet_index - first
            packet = block[row].tobytes() if 0 <= row < len(block) else b""
            is_ours = ours and error.indicator == "1.4"
            self._kept.append(Seen(error, packet, error.packet_index * size, is_ours))

    def newest(self, indicator: str = "", limit: int = KEPT) -> list[dict[str, Any]]:
        """Return the newest errors, newest first, of one indicator or of all, in the form of the API."""
        found = (one for one in reversed(self._kept) if indicator in ("", one.error.indicator))
        return [_form(one) for one, _ in zip(found, range(limit), strict=False)]


def _form(seen: Seen) -> dict[str, Any]:
    error = seen.error
    is_known = error.at == error.at  # not NaN, which JSON cannot tell
    return {
        "indicator": error.indicator,
        "pid": None if error.pid == WHOLE_STREAM else error.pid,
        "packet": error.packet_index,
        "offset": seen.offset,
        "at": error.at if is_known else None,
        "text": error.text[:_LONGEST],
        "count": error.weight,
        "ours": seen.is_ours,
        "header": header_fields(seen.packet),
        "hex": seen.packet.hex(),
    }


def header_fields(packet: bytes) -> dict[str, int | bool] | None:
    """Return the fields of a packet's header (ISO/IEC 13818-1, 2.4.3.2); None where it is not there."""
    if len(packet) < 6:
        return None
    control = packet[3] >> 4 & 3
    adapted = control & 2 and packet[4] > 0
    return {
        "sync_byte": packet[0],
        "transport_error": bool(packet[1] & 0x80),
        "payload_start": bool(packet[1] & 0x40),
        "priority": bool(packet[1] & 0x20),
        "pid": (packet[1] & 0x1F) << 8 | packet[2],
        "scrambling": packet[3] >> 6,
        "adaptation_field": bool(control & 2),
        "payload": bool(control & 1),
        "continuity_counter": packet[3] & 0x0F,
        "discontinuity": bool(adapted and packet[5] & 0x80),
        "random_access": bool(adapted and packet[5] & 0x40),
        "pcr": bool(adapted and packet[5] & 0x10),
    }
