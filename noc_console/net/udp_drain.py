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

MOST = 64  # datagrams of one call
_NAME_BYTES, _CONTROL_BYTES, _STAMP_BYTES = 32, 64, 32
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
        self._messages = np.zeros(MOST, _MESSAGE)
        self._parts = np.zeros((MOST, 3), _PART)
        self._names = np.zeros((MOST, _NAME_BYTES), np.uint8)
        self._senders = self._names[:, :8].view(np.uint64).reshape(-1)
        self._control = np.zeros((MOST, _CONTROL_BYTES), np.uint8)
        self._words = self._control.view(np.int64)
        self._spill = np.empty((MOST, LONGEST), np.uint8)
        self._steps = np.arange(MOST, dtype=np.uint64)
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
        self._shape = (-1, -1, -1)
        self._walked = np.zeros(MOST, np.uint64)
        self._walked_heads = self._steps * np.uint64(RTP_HEAD)

    def drain(self, link: socket.socket, ring: Ring, offset_s: float = 0.0) -> Drained:
        """Move everything that waits in a socket into a ring.

        `offset_s` is added to the kernel's wall time. Raises OSError where the socket is broken.
        """
        found = Drained()
        if self._call is None:
            return _drain_one_by_one(link, ring, offset_s, found)
        fd, most = link.fileno(), ring.slots
        self._fit(ring, link.family)
        while found.count < most:
            first = ring.written % ring.slots
            wanted = min(MOST, ring.slots - first)
            got = self._receive(fd, ring, first, wanted)
            if got <= 0:
                break
            self._sort_in(ring, first, got, offset_s, found)
            if got < wanted:
                break
        return found

    def _fit(self, ring: Ring, family: int) -> None:
        shape = (ring.head, ring.stride, family)
        if shape != self._shape:
            self._shape = shape
            self._head_lens[:] = ring.head
            self._slot_lens[:] = ring.stride
            self._walked = self._steps * np.uint64(ring.stride)
            # the kernel writes back how long a name is: that stays the same for all sockets of a family
            self._name_lens[:] = _NAME_BYTES

    def _receive(self, fd: int, ring: Ring, first: int, wanted: int) -> int:
        np.add(self._walked, np.uint64(ring.body_at + first * ring.stride), out=self._slot_bases)
        if ring.head:
            np.add(self._walked_heads, np.uint64(ring.heads_at + first * RTP_HEAD), out=self._head_bases)
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
        last = first + got
        lens, words = self._lens[:got], self._words
        ring.sizes[first:last] = lens
        if words[0, 1] == _STAMP:
            ring.stamps[first:last] = words[:got, 2:4]
        else:
            at = time.time()
            ring.stamps[first:last] = (int(at), int(at % 1 * 1e9))
        ring.offset_s = offset_s
        end = got - 1
        if words[end, 5] == _DROPS and self._control_lens[end] > _STAMP_BYTES:
            found.drops = int(words[end, 6] & 0xFFFFFFFF)
        number = ring.written
        ring.take(got)
        longest = ring.stride + ring.head
        if lens.max() > longest:
            for row in np.flatnonzero(lens > longest).tolist():
                ring.tails[number + row] = self._spill[row, : int(lens[row]) - longest].tobytes()
        # family, port and an IPv4 address are the first eight bytes
        senders = self._senders[:got]
        if (senders != senders[end]).any():
            found.senders = 2
        found.sender = self._names[end].tobytes()
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
        at = time.time()
        ring.sizes[slot], ring.stamps[slot] = len(data), (int(at), int(at % 1 * 1e9))
        ring.offset_s = offset_s
        for level, kind, content in extra:
            if (level, kind) == (_SOL_SOCKET, _TIMESTAMPNS):
                ring.stamps[slot] = struct.unpack("@qq", content[:16])
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
