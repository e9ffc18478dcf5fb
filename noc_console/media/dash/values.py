"""The written forms of XML Schema that an MPD uses: durations, dates, whole numbers, rates."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_DURATION = re.compile(
    r"(-)?P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,30})?)D)?"
    r"(?:T(?:(\d{1,9}(?:\.\d{1,30})?)H)?(?:(\d{1,9}(?:\.\d{1,30})?)M)?(?:(\d{1,12}(?:\.\d{0,30})?)S)?)?"
)
_SECONDS = (365 * 86400.0, 30 * 86400.0, 86400.0, 3600.0, 60.0, 1.0)
_MOST_TICKS = 1 << 64


def seconds(text: str) -> float | None:
    """Return an xs:duration in seconds (a year 365, a month 30 days), None where it is none."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or text.strip()[-1] in "PT":
        return None
    value = sum(float(part) * unit for part, unit in zip(found.groups()[1:], _SECONDS, strict=True) if part)
    return -value if found[1] else value


def instant(text: str) -> float | None:
    """Return an xs:dateTime as Unix seconds, UTC where it names no zone, None where it is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def whole(text: str) -> int | None:
    """Return a whole number of at most 64 bits, None where it is none; `2000.0`, as some write it, is one."""
    body = text.strip()
    head, point, rest = body.partition(".")
    body = head if point and rest.strip("0") == "" else body
    if len(body) > 21 or not body.lstrip("+-").isascii() or not body.lstrip("+-").isdigit():
        return None
    try:
        value = int(body)
    except ValueError:
        return None
    return value if abs(value) < _MOST_TICKS else None


def real(text: str) -> float | None:
    """Return a number with a fraction, INF included, None where it is none."""
    if len(text) > 40:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return None if value != value else value


def rate(text: str) -> float:
    """Return a frame rate such as `25` or `30000/1001`, 0 where it is none."""
    top, _, bottom = text.partition("/")
    above, below = real(top), real(bottom or "1")
    if above is None or not below or abs(above) > 1e9:
        return 0.0
    return above / below
