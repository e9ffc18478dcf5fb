"""Exp-Golomb numbers of H.264 and H.265, read out of a NAL unit's payload."""

from __future__ import annotations

from noc_console.media.ts.bits import Bits, TooShort

_LONGEST = 32


class Golomb(Bits):
    """A cursor that also reads ue(v) and se(v) (ITU-T H.264, 9.1)."""

    __slots__ = ()

    def ue(self, most: int = (1 << 32) - 2) -> int:
        """Return an unsigned number; TooShort where it is larger than the syntax allows."""
        zeros = 0
        while not self.flag():
            zeros += 1
            if zeros > _LONGEST:
                raise TooShort("a number longer than 32 bits")
        value = (1 << zeros) - 1 + (self.take(zeros) if zeros else 0)
        if value > most:
            raise TooShort(f"{value} where {most} is the most")
        return value

    def se(self) -> int:
        """Return a signed number."""
        value = self.ue()
        return (value + 1) // 2 if value & 1 else -(value // 2)


def without_emulation(unit: bytes) -> bytes:
    """Return a unit without its emulation prevention bytes (ITU-T H.264, 7.3.1)."""
    return unit.replace(b"\x00\x00\x03", b"\x00\x00")
