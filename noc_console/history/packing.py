"""Numbers as few bytes: whole numbers or their differences, by byte planes, deflated."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
_HEAD = struct.Struct("<BIqq")
_DELTA, _RAW = 0x10, 0x20
_LEVEL = 6
MAX_COUNT = 50_000_000


def pack(numbers: Ints) -> bytes:
    """Return whole numbers packed: their distance from the least, or the differences' where those vary less."""
    if len(numbers) == 0:
        return _HEAD.pack(0, 0, 0, 0)
    first = int(numbers[0])
    steps = np.diff(numbers)
    is_delta = len(steps) > 1 and float(steps.std()) < float(numbers.std())
    body = steps if is_delta else numbers
    base = int(body.min())
    planes, width = _planes((body - base).astype(np.uint64))
    small = deflated(planes)
    is_raw = len(small) >= len(planes)
    flags = width | (_DELTA if is_delta else 0) | (_RAW if is_raw else 0)
    return _HEAD.pack(flags, len(numbers), base, first) + (planes if is_raw else small)


def unpack(data: bytes) -> Ints:
    """Return what `pack` was given; `ValueError` when the bytes are not its work."""
    if len(data) < _HEAD.size:
        raise ValueError("a packed column is cut short")
    flags, count, base, first = _HEAD.unpack_from(data)
    if count > MAX_COUNT:
        raise ValueError("a packed column is too long")
    width, is_delta = flags & 0x0F, bool(flags & _DELTA)
    body = data[_HEAD.size :]
    number = count - 1 if is_delta else count
    planes = body if flags & _RAW else inflated(body, width * number)
    values: Ints = _from_planes(planes, width, number) + base
    if not is_delta:
        return values
    whole: Ints = np.concatenate((np.array([first]), first + np.cumsum(values)))
    return whole


def deflated(data: bytes) -> bytes:
    """Return bytes as a bare deflate stream."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def inflated(data: bytes, size: int) -> bytes:
    """Return a bare deflate stream's bytes, exactly `size` of them; `ValueError` otherwise."""
    if size == 0:
        return b""
    try:
        found = zlib.decompressobj(-15).decompress(data, size)
    except zlib.error as error:
        raise ValueError(f"a packed column is damaged ({error})") from None
    if len(found) != size:
        raise ValueError("a packed column is cut short")
    return found


def _planes(numbers: npt.NDArray[np.uint64]) -> tuple[bytes, int]:
    width = (int(numbers.max()).bit_length() + 7) // 8
    octets = numbers.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :width]
    return octets.T.tobytes(), width


def _from_planes(planes: bytes, width: int, count: int) -> Ints:
    octets = np.zeros((count, 8), np.uint8)
    octets[:, :width] = np.frombuffer(planes, np.uint8, width * count).reshape(width, count).T
    numbers: Ints = octets.view("<i8").reshape(-1).astype(np.int64)
    return numbers
