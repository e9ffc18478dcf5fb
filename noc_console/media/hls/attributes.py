"""Attribute lists, variables and numbers of HLS tags (RFC 8216 4.2, 8216bis 4.4.2.3), bounded and never raising."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

_PAIR = re.compile(r'\s*([A-Za-z0-9_-]+)\s*=\s*("[^"]*"|[^,"]*)\s*(?:,|$)')
_VARIABLE = re.compile(r"\{\$([A-Za-z0-9_-]{1,256})\}")
_MAX_EXPANDED = 65_536
_MAX_SPENT = 8 * 1024**2
_MAX_FAULTS, _MAX_PAIRS = 16, 256
_MAX_INTEGER = 2**64 - 1
_MAX_SECONDS = 1e9
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Complain = Callable[[str], None]


def attributes(text: str, complain: Complain) -> dict[str, str]:
    """Return the pairs of an attribute list without quotes; tell `complain` what is malformed and read on."""
    found: dict[str, str] = {}
    position, size, faults = 0, len(text), 0
    while position < size and faults < _MAX_FAULTS and len(found) < _MAX_PAIRS:
        match = _PAIR.match(text, position)
        if match is None:
            faults += 1
            if text[position : position + 1000].strip(" ,"):
                complain(f"The attribute list cannot be read at {text[position : position + 40]!r}.")
            position = _after_comma(text, position)
            continue
        name, value = match[1], match[2]
        if name in found:
            # RFC 8216 4.2: a client must not find the same AttributeName twice
            complain(f"Attribute {name} stands twice.")
        found[name] = value[1:-1] if value[:1] == '"' else value.strip()
        position = match.end()
    return found


def _after_comma(text: str, position: int) -> int:
    comma = text.find(",", position)
    return len(text) if comma < 0 else comma + 1


class Variables(dict[str, str]):
    """The variables of one playlist; `spent` counts what they have added to it, so that it cannot grow for ever."""

    spent: int = 0


def expand(text: str, variables: Mapping[str, str], complain: Complain) -> str:
    """Return `text` with its `{$name}` replaced once, never longer than 64 KiB (values are not expanded again)."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in variables:
            complain(f"Variable {match[1]} is not defined.")
        return variables.get(match[1], match[0])

    if isinstance(variables, Variables) and variables.spent > _MAX_SPENT:
        return text
    expanded = _VARIABLE.sub(value, text)
    if len(expanded) > _MAX_EXPANDED:
        complain("Variables expand to more than 64 KiB.")
        return text
    if isinstance(variables, Variables):
        variables.spent += len(expanded)
        if variables.spent > _MAX_SPENT:
            complain("Variables expand to more than 8 MiB altogether; the rest is read as it is written.")
    return expanded


def integer(text: str) -> int | None:
    """Return a decimal-integer (0 to 2^64-1), None where it is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 20):
        return None
    number = int(text)
    return number if number <= _MAX_INTEGER else None


def seconds(text: str) -> float | None:
    """Return a decimal-floating-point number of seconds, None where it is none or beyond reason."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0.0 <= number <= _MAX_SECONDS else None


def date(text: str) -> float | None:
    """Return an ISO 8601 date as Unix time; without a zone it is taken as UTC, None where it cannot be read."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - _EPOCH).total_seconds()
    except (ValueError, OverflowError):
        return None


def byterange(text: str) -> tuple[int, int | None] | None:
    """Return (length, offset) of `n[@o]`, offset None where not told; None where unreadable."""
    length, _, offset = text.strip().partition("@")
    first, second = integer(length), integer(offset) if offset else None
    if first is None or (offset and second is None):
        return None
    return first, second


def resolution(text: str) -> tuple[int, int] | None:
    """Return (width, height), None where unreadable or beyond 65,535."""
    width, _, height = text.lower().partition("x")
    across, down = integer(width), integer(height)
    if across is None or down is None or max(across, down) > 65_535:
        return None
    return across, down
