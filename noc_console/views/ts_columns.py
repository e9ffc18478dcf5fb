"""The columns of the TR 101 290 matrix: which there are, how wide, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass

from noc_console.views.ts_facts import INDICATORS, Indicator


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `kind` is state, code, name, address, rate, cell or hour. `narrow` ones stay on a small screen."""

    kind: str
    title: str
    width: int
    hint: str = ""
    indicator: Indicator | None = None
    priority: int = 0
    narrow: bool = True
    begins: bool = False
    """Whether a line parts it from the column before: another priority begins."""


_NAMES = {1: "to be watched always", 2: "recommended to be watched", 3: "depends on the application"}


def _cell(one: Indicator, before: Indicator | None) -> Column:
    begins = before is None or before.priority != one.priority
    hint = f"{one.number} {one.name}, priority {one.priority}"
    return Column("cell", one.number, 46 if len(one.number) > 3 else 38, hint, one, one.priority, begins=begins)


def _hour(priority: int) -> Column:
    hint = f"Errors of priority {priority} ({_NAMES[priority]}) in each of the last 60 minutes"
    return Column("hour", f"P{priority}, last hour", 156, hint, None, priority, priority == 1, priority == 1)


COLUMNS = (
    Column("state", "", 40),
    Column("code", "Channel", 160),
    Column("name", "Name", 92, narrow=False),
    Column("address", "Address", 160, narrow=False),
    Column("rate", "Bitrate", 92),
    *(_cell(one, before) for one, before in zip(INDICATORS, (None, *INDICATORS), strict=False)),
    *(_hour(priority) for priority in (1, 2, 3)),
)
