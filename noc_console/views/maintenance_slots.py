"""Slots of a window as people write them, one a line: `Mon Wed 01:00-04:00`, `last Sun 02:00-05:00`, `day 1 15 …`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from noc_console.errors import KnownError

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEKS = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "last": -1}
_TIMES = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*(?:-|–|to)\s*([01]?\d|2[0-3]):([0-5]\d)$")
_MOST = 50


def slots_of(text: str) -> list[dict[str, Any]]:
    """Return the slots a text names, one a line. Raises KnownError with one sentence for a line that is none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > _MOST:
        raise KnownError(f"A window has at most {_MOST} slots.")
    return [_slot(line) for line in lines]


def slots_text(slots: Sequence[Mapping[str, Any]]) -> str:
    """Return slots as text, one a line, so that `slots_of` gives the same again."""
    return "\n".join(_line(slot) for slot in slots)


def _slot(line: str) -> dict[str, Any]:
    found = _TIMES.search(line)
    if found is None:
        raise KnownError(f"'{line[:40]}' has no times: write a slot like Mon Wed 01:00-04:00.")
    first, second, third, fourth = found.groups()
    slot: dict[str, Any] = {"start": f"{int(first):02d}:{second}", "end": f"{int(third):02d}:{fourth}"}
    slot |= {"weekdays": [], "weeks": [], "month_days": []}
    is_date = False
    for word in line[: found.start()].replace(",", " ").split():
        is_date = _take(slot, word, line, is_date)
    return slot


def _take(slot: dict[str, Any], word: str, line: str, is_date: bool) -> bool:
    """Put one word into a slot; return whether numbers that follow are days of the month."""
    day = word[:3].title()
    if word.casefold() in ("day", "days"):
        return True
    if word.casefold() in ("daily", "every"):
        return False
    if is_date and re.fullmatch(r"-?\d{1,2}", word) and 1 <= abs(int(word)) <= 31:
        slot["month_days"].append(int(word))
    elif word.casefold() in _WEEKS:
        slot["weeks"].append(_WEEKS[word.casefold()])
    elif day in DAYS:
        slot["weekdays"].append(DAYS.index(day))
    else:
        raise KnownError(f"'{word[:20]}' in '{line[:40]}' is no day: write a slot like Mon Wed 01:00-04:00.")
    return is_date


def _line(slot: Mapping[str, Any]) -> str:
    names = {number: word for word, number in _WEEKS.items()}
    words = [names.get(int(week), "last") for week in slot.get("weeks") or ()]
    words += [DAYS[int(day)] for day in slot.get("weekdays") or ()]
    if slot.get("month_days"):
        words += ["day", *(str(day) for day in slot["month_days"])]
    return " ".join([*(words or ["daily"]), f"{slot['start']}-{slot['end']}"])
