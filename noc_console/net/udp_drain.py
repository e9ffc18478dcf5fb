"""Empties a socket into a ring: many datagrams by one recvmmsg, with kernel times, senders and the drop counter."""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from noc_console.net.udp_ring import LONGEST, RTP_HEAD, Ring

_MOST = 64
_NAME_BYTES, _CONTROL_BYTES = 28, 64
_DONT_WAIT = 0x40
_TIMESTAMPNS, _OVERFLOW = 35, 40
_SOL_SOCKET = 1
# struct mmsghdr of a 64-bit Linux: msghdr (56 bytes) and msg_len
_MESSAGE = np.dtype(
    {
        "names": ["name", "name_len", "parts", "part_count", "control", "control_len", "flags", "len"],
        "formats": ["<u8", "<u4", "<u8", "<u8", "<u8", "<u8", "<i4", "<u4"],
        "offsets": [0, 8, 16, 24, 32, 40, 48, 56],
        "itemsize": 64,
    }
)
_PART = np.dtype([("base", "<u8"), ("len", "<u8")])
_STAMP = np.int64(_SOL_SOCKET | _TIMESTAMPNS << 32)
_DROPS = np.int64(_SOL_SOCKET | _OVERFLOW << 32)


@dataclass(slots=True)
class Drained:
    """What draining gave: how many datagrams, who sent the newest, and the kernel's drop counter (-1: not told)."""

    count: int = 0
    sender: bytes = b""
    senders: int = 1
    drops: int = -1


class Drainer:
    """The memory one process needs to drain any number of sockets, one after the other."""

    def __init__(self) -> None:
        self._call = _recvmmsg()
        self._messages = np.zeros(_MOST, _MESSAGE)
        self._parts = np.zeros((_MOST, 3), _PART)
        self._names = np.zeros((_MOST, _NAME_BYTES), np.uint8)
        self._senders = self._names.view("S28").reshape(-1)
        self._control = np.zeros((_MOST, _CONTROL_BYTES), np.uint8)
        self._words = self._control.view(np.int64)
        self._spill = np.empty((_MOST, LONGEST), np.uint8)
        self._steps = np.arange(_MOST, dtype=np.uint64)
        rows = self._messages
        rows["name"] = self._names.ctypes.data + self._steps * _NAME_BYTES
        rows["parts"] = self._parts.ctypes.data + self._steps * np.uint64(3 * _PART.itemsize)
        rows["part_count"] = 3
        rows["control"] = self._control.ctypes.data + self._steps * _CONTROL_BYTES
        self._parts["base"][:, 2] = self._spill.ctypes.data + self._steps * np.uint64(LONGEST)
        self._parts["len"][:, 2] = LONGEST
        self._at = int(rows.ctypes.data)
        # views made once: each one costs as much as what is done with it
        self._name_lens, self._control_lens, self._lens = rows["name_len"], rows["control_len"], rows["len"]
        self._head_bases, self._slot_bases = self._parts["base"][:, 0], self._parts["base"][:, 1]
        self._head_lens, self._slot_lens = self._parts["len"][:, 0], self._parts["len"][:, 1]
        self._shape = (-1, -1)
        self._walked = np.zeros(_MOST, np.uint64)

    def drain(self, link: socket.socket, ring: Ring, offset_s: float = 0.0) -> Drained:
        """Move everything that waits in a socket into a ring.

        `offset_s` is added to the kernel's wall time. Raises OSError where the socket is broken.
        """
        found = Drained()
        if self._call is None:
            return _drain_one_by_one(link, ring, offset_s, found)
        fd, most = link.fileno(), ring.slots
        self._fit(ring)
        while found.count < most:
            first = ring.written % ring.slots
            wanted = min(_MOST, ring.slots - first)
            got = self._receive(fd, ring, first, wanted)
            if got <= 0:
                break
            self._sort_in(ring, first, got, offset_s, found)
            if got < wanted:
                break
        return found

    def _fit(self, ring: Ring) -> None:
        shape = (ring.head, ring.stride)
        if shape != self._shape:
            self._shape = shape
            self._head_lens[:] = ring.head
            self._slot_lens[:] = ring.stride
            self._walked = self._steps * np.uint64(ring.stride)

    def _receive(self, fd: int, ring: Ring, first: int, wanted: int) -> int:
        np.add(self._walked, np.uint64(ring.body_at + first * ring.stride), out=self._slot_bases)
        if ring.head:
            self._head_bases[:] = self._steps * np.uint64(RTP_HEAD) + np.uint64(ring.heads_at + first * RTP_HEAD)
        self._name_lens[:wanted] = _NAME_BYTES
        self._control_lens[:wanted] = _CONTROL_BYTES
        assert self._call is not None
        got: int = self._call(fd, self._at, wanted, _DONT_WAIT, None)
        if got < 0:
            code = ctypes.get_errno()
            if code in (errno.EAGAIN, errno.EINTR, errno.ECONNREFUSED):
                return 0
            raise OSError(code, os.strerror(code))
        return got

    def _sort_in(self, ring: Ring, first: int, got: int, offset_s: float, found: Drained) -> None:
        sizes = self._lens[:got].astype(np.int32)
        if ring.head:
            np.maximum(sizes - ring.head, 0, out=sizes)
        last = first + got
        ring.sizes[first:last] = sizes
        words = self._words[:got]
        if words[0, 1] == _STAMP:
            ring.times[first:last] = words[:, 2] + words[:, 3] * 1e-9 + offset_s
        else:
            ring.times[first:last] = time.time() + offset_s
        if words[got - 1, 5] == _DROPS and self._control_lens[got - 1] > 32:
            found.drops = int(words[got - 1, 6] & 0xFFFFFFFF)
        number = ring.written
        ring.take(got)
        if int(sizes.max()) > ring.stride:
            for row in np.flatnonzero(sizes > ring.stride).tolist():
                ring.tails[number + row] = self._spill[row, : int(sizes[row]) - ring.stride].tobytes()
        senders = self._senders[:got]
        newest = bytes(self._names[got - 1])
        found.senders = max(found.senders, 1 if (senders == senders[-1]).all() else len(set(senders.tolist())))
        found.sender = newest
        found.count += got


def sender_name(raw: bytes) -> str:
    """Return a kernel's socket address as `10.0.0.1:1234`, empty where it is none."""
    if len(raw) < 8:
        return ""
    family = int.from_bytes(raw[:2], "little")
    port = int.from_bytes(raw[2:4], "big")
    if family == socket.AF_INET:
        return f"{socket.inet_ntoa(raw[4:8])}:{port}"
    if family == socket.AF_INET6 and len(raw) >= 24:
        return f"[{socket.inet_ntop(socket.AF_INET6, raw[8:24])}]:{port}"
    return ""


def _recvmmsg() -> Callable[..., int] | None:
    """Return the system's recvmmsg, None where it has none or its structures are not those of a 64-bit Linux.

    It never waits, so the interpreter's lock is kept.
    """
    if ctypes.sizeof(ctypes.c_void_p) != 8 or not sys.platform.startswith("linux") or sys.byteorder != "little":
        return None
    function: Any = getattr(ctypes.PyDLL(None, use_errno=True), "recvmmsg", None)
    if function is not None:
        function.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_void_p)
        function.restype = ctypes.c_int
    found: Callable[..., int] | None = function
    return found


def _drain_one_by_one(link: socket.socket, ring: Ring, offset_s: float, found: Drained) -> Drained:
    """Do the same by recvmsg, one datagram a call."""
    while found.count < ring.slots:
        try:
            data, extra, _flags, address = link.recvmsg(LONGEST, 128)
        except (BlockingIOError, InterruptedError, ConnectionRefusedError):
            break
        slot, body = ring.written % ring.slots, data[ring.head :]
        kept = body[: ring.stride]
        ring.body[slot, : len(kept)] = np.frombuffer(kept, np.uint8)
        if ring.head:
            ring.heads[slot] = np.frombuffer(data[: ring.head].ljust(RTP_HEAD, b"\0"), np.uint8)
        ring.sizes[slot], ring.times[slot] = len(body), time.time() + offset_s
        for level, kind, content in extra:
            if (level, kind) == (_SOL_SOCKET, _TIMESTAMPNS):
                seconds, nanoseconds = struct.unpack("@qq", content[:16])
                ring.times[slot] = seconds + nanoseconds * 1e-9 + offset_s
            elif (level, kind) == (_SOL_SOCKET, _OVERFLOW):
                found.drops = struct.unpack("@I", content[:4])[0]
        ring.take(1)
        if len(body) > ring.stride:
            ring.tails[ring.written - 1] = body[ring.stride :]
        sender = _packed(address)
        found.senders = 1 if not found.sender or found.sender == sender else 2
        found.sender, found.count = sender, found.count + 1
    return found


def _packed(address: tuple[str, int] | tuple[str, int, int, int]) -> bytes:
    host, port = address[:2]
    if ":" in host:
        packed = socket.inet_pton(socket.AF_INET6, host.partition("%")[0])
        raw = struct.pack("<H", socket.AF_INET6) + port.to_bytes(2, "big") + bytes(4) + packed
    else:
        raw = struct.pack("<H", socket.AF_INET) + port.to_bytes(2, "big") + socket.inet_aton(host)
    return raw.ljust(_NAME_BYTES, b"\0")
