"""Fields of any width out of a byte string, never beyond its end."""

from __future__ import annotations


class TooShort(ValueError):
    """The structure says there is more than there is."""


class Bits:
    """A cursor over bytes; reading past the end raises TooShort."""

    __slots__ = ("_at", "_data", "_end")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._end = 8 * len(data)

    @property
    def left(self) -> int:
        """How many bits are still there."""
        return self._end - self._at

    def take(self, width: int) -> int:
        """Return the next `width` bits as a number."""
        start, stop = self._at, self._at + width
        if stop > self._end:
            raise TooShort(f"{width} bits wanted, {self.left} left")
        self._at = stop
        first, last = start >> 3, (stop + 7) >> 3
        value = int.from_bytes(self._data[first:last], "big") >> (8 * last - stop)
        return value & ((1 << width) - 1)

    def flag(self) -> bool:
        """Return the next bit."""
        return self.take(1) == 1

    def skip(self, width: int) -> None:
        """Pass over some bits."""
        self.take(width)

    def octets(self, count: int) -> bytes:
        """Return the next whole bytes; the cursor must stand on a byte."""
        start = self._at >> 3
        if count < 0 or 8 * count > self.left:
            raise TooShort(f"{count} bytes wanted, {self.left // 8} left")
        self._at += 8 * count
        return self._data[start : start + count]

    def rest(self) -> bytes:
        """Return all whole bytes that are left."""
        return self.octets(self.left // 8)
