"""Which table may be on which PID, how often it must come and how dense it may (TR 101 290; EN 300 468, 5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from noc_console.media.ts import tables

# TR 101 290, 3.1 to 3.8: two sections of the same table_id and extension at least 25 ms apart
DENSE_S = 0.025
PAT_PID, CAT_PID, NIT_PID, SDT_PID, EIT_PID, RST_PID, TDT_PID = 0x00, 0x01, 0x10, 0x11, 0x12, 0x13, 0x14
SI_PIDS = (NIT_PID, SDT_PID, EIT_PID, RST_PID, TDT_PID)
_SCHEDULES = range(0x50, 0x70)


@dataclass(frozen=True, slots=True)
class Limit:
    """The timing of one table: `absent` is the indicator when it does not come for `absent_s` seconds.

    `dense` is the indicator when two sections come within 25 ms, empty where that is allowed. `by_extension` says
    whether each sub-table has its own clock.
    """

    absent: str = ""
    absent_s: float = inf
    dense: str = ""
    by_extension: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """What a PID may carry, and the indicator when it carries something else."""

    allowed: frozenset[int]
    indicator: str


PLACES: Mapping[int, Place] = {
    PAT_PID: Place(frozenset({0x00}), "1.3.a"),
    CAT_PID: Place(frozenset({0x01}), "2.6"),
    NIT_PID: Place(frozenset({0x40, 0x41, 0x72}), "3.1"),
    SDT_PID: Place(frozenset({0x42, 0x46, 0x4A, 0x72}), "3.5"),
    EIT_PID: Place(frozenset({*range(0x4E, 0x70), 0x72}), "3.6"),
    RST_PID: Place(frozenset({0x71, 0x72}), "3.7"),
    TDT_PID: Place(frozenset({0x70, 0x72, 0x73}), "3.8"),
}
# TR 101 290, 2.2: the tables whose CRC counts
WITH_CRC = frozenset({0x00, 0x01, 0x02, 0x40, 0x41, 0x42, 0x46, 0x4A, 0x73, *range(0x4E, 0x70)})
_LIMITS: Mapping[int, Limit] = {
    tables.PAT: Limit("1.3.a", 0.5),
    tables.PMT: Limit("1.5.a", 0.5, by_extension=True),
    tables.NIT_ACTUAL: Limit("3.1.a", 10.0, "3.1.a"),
    tables.NIT_OTHER: Limit("3.1.b", 10.0, "3.2", by_extension=True),
    tables.SDT_ACTUAL: Limit("3.5.a", 2.0, "3.5.a"),
    tables.SDT_OTHER: Limit("3.5.b", 10.0, "3.2", by_extension=True),
    tables.BAT: Limit("3.2", 10.0, "3.2", by_extension=True),
    tables.EIT_ACTUAL: Limit("3.6.a", 2.0, "3.6.a"),
    tables.EIT_OTHER: Limit("3.6.b", 10.0, "3.2"),
    tables.TDT: Limit("3.8", 30.0, "3.8"),
    tables.RST: Limit(dense="3.7"),
    tables.TOT: Limit("3.2", 30.0, "3.2"),
}
# what a DVB stream must always carry: table, section (of EIT P/F), PID; applied with Profile.si_rules on
ALWAYS_SI = (
    (tables.NIT_ACTUAL, 0, NIT_PID),
    (tables.SDT_ACTUAL, 0, SDT_PID),
    (tables.EIT_ACTUAL, 0, EIT_PID),
    (tables.EIT_ACTUAL, 1, EIT_PID),
    (tables.TDT, 0, TDT_PID),
)
_NAMES: Mapping[int, str] = {
    tables.PAT: "PAT",
    tables.CAT: "CAT",
    tables.PMT: "PMT",
    tables.NIT_ACTUAL: "NIT",
    tables.NIT_OTHER: "NIT other",
    tables.SDT_ACTUAL: "SDT",
    tables.SDT_OTHER: "SDT other",
    tables.BAT: "BAT",
    tables.EIT_ACTUAL: "EIT",
    tables.EIT_OTHER: "EIT other",
    tables.TDT: "TDT",
    tables.RST: "RST",
    tables.STUFFING: "ST",
    tables.TOT: "TOT",
    tables.SCTE35: "SCTE 35",
}


def limit(table_id: int) -> Limit:
    """Return the timing of a table; tables nobody limits have none."""
    if table_id in _SCHEDULES:
        return _schedule(table_id)
    return _LIMITS.get(table_id, Limit())


def _schedule(table_id: int) -> Limit:
    """TR 101 211, 4.4: the first 8 days of the actual stream every 10 s, the rest every 30 s, other streams 60 s."""
    if table_id >= 0x60:
        return Limit("3.2", 60.0)
    return Limit("3.2", 10.0 if table_id <= 0x51 else 30.0)


def table_name(table_id: int) -> str:
    """Return the name of a table as an operator says it."""
    if table_id in _SCHEDULES:
        return "EIT schedule" if table_id < 0x60 else "EIT schedule other"
    return _NAMES.get(table_id, f"table 0x{table_id:02x}")
