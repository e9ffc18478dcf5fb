"""The last digits of a counter: all of a sequence number that a sample of 32 bits can carry."""

from __future__ import annotations

_KEPT = 10_000_000  # float32 tells whole numbers apart up to 16,777,216


def last_digits(number: int) -> float:
    """Return the last seven decimal digits of a sequence number; packagers count in Unix seconds or microseconds."""
    return float(number % _KEPT)
