"""The wall's arrays: one row per channel in the fixed order, filled from the board's dicts, read by the painter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from noc_console.model import Severity
from noc_console.views.state import BoardMirror, Json

SPARK = 60
LAYERS = 6
STATES = ("ok", "loading", "stale", "lost", "disabled")
SEVERITIES = tuple(Severity)
CURVE_FAULT, AGE_FAULT = 1, 2
_FAULT = {"SEGMENT_SLOW": CURVE_FAULT, "STALE_PLAYLIST": AGE_FAULT}
_STATE = {name: number for number, name in enumerate(STATES)}
_RANK = {severity.value: severity.rank for severity in Severity}


@dataclass(frozen=True, slots=True)
class Label:
    """The words of one tile."""

    code: str
    name: str
    badges: tuple[str, ...]


@dataclass(slots=True)
class WallRows:
    """Severity ranks, states and curves as arrays; `labels` are the words. Row i belongs to channel `ids[i]`."""

    ids: list[int] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    row_of: dict[int, int] = field(default_factory=dict)
    prefix: str = ""
    """What all codes begin with; not written on the tiles."""
    rank: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    acked: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    state: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    shown: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    at: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0, np.float64))
    age_ratio: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    spark: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, SPARK), np.float32))
    fault: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    """Which figure of the tile the worst alarm is about: 0 none of them, CURVE_FAULT, AGE_FAULT."""
    layer: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, LAYERS), np.uint8))
    """0: nothing measures that layer; else 1 + the rank of its severity."""

    def __len__(self) -> int:
        """Return the number of tiles."""
        return len(self.ids)

    def lay_out(self, mirror: BoardMirror) -> None:
        """Take the board's order anew; every row is filled."""
        self.ids = list(mirror.order)
        self.row_of = {key: row for row, key in enumerate(self.ids)}
        count = len(self.ids)
        codes = [str(mirror.channels[key]["code"]) for key in self.ids]
        self.prefix = common_prefix(codes)
        self.labels = [Label("", "", ())] * count
        self.rank = np.zeros(count, np.uint8)
        self.acked = np.zeros(count, np.bool_)
        self.state = np.zeros(count, np.uint8)
        self.shown = np.ones(count, np.bool_)
        self.at = np.zeros(count, np.float64)
        self.age_ratio = np.full(count, np.nan, np.float32)
        self.spark = np.full((count, SPARK), np.nan, np.float32)
        self.layer = np.zeros((count, LAYERS), np.uint8)
        self.fault = np.zeros(count, np.uint8)
        self.fill(mirror, self.ids)

    def fill(self, mirror: BoardMirror, ids: Iterable[int]) -> list[int]:
        """Fill the rows of these channels and return the rows."""
        rows = [self.row_of[key] for key in ids if key in self.row_of]
        for row in rows:
            self._fill_row(row, mirror.channels[self.ids[row]], mirror)
        return rows

    def is_ill(self, row: int) -> bool:
        """Say whether `next ill channel` stops here: an open alarm, or nothing measured any more."""
        return bool(self.rank[row] > 0 or STATES[self.state[row]] in ("stale", "lost"))

    def _fill_row(self, row: int, channel: Json, mirror: BoardMirror) -> None:
        code = str(channel["code"])
        self.labels[row] = Label(code[len(self.prefix) :], str(channel["name"]), tuple(channel.get("badges", ())[:2]))
        self.rank[row] = _RANK.get(channel["severity"], 0)
        self.acked[row] = channel["acknowledged"]
        self.state[row] = _STATE.get(mirror.channel_state(channel), 0)
        self.at[row] = channel["at"] or 0.0
        self.age_ratio[row] = worst_metric(channel, "playlist.age_ratio")
        curve = np.array(channel.get("spark", [])[-SPARK:], np.float32)
        self.spark[row] = np.nan
        if len(curve):
            self.spark[row, -len(curve) :] = curve
        alarm = mirror.alarms.get(channel["alarm_id"] or 0)
        self.fault[row] = _FAULT.get(alarm["alarm_type"], 0) if alarm else 0
        self.layer[row] = 0
        for source in channel["inputs"]:
            place = min(int(source["layer"]), LAYERS - 1)
            self.layer[row, place] = max(self.layer[row, place], 1 + _RANK.get(source["severity"], 0))


def worst_metric(channel: Json, metric: str) -> float:
    """Return the largest value of a metric over the channel's inputs; NaN when nobody measured it."""
    values = [source["metrics"][metric] for source in channel["inputs"] if source["metrics"].get(metric) is not None]
    return float(max(values)) if values else float("nan")


def common_prefix(codes: list[str]) -> str:
    """Return the words (up to an underscore) that all codes begin with; empty for one code alone."""
    if len(codes) < 2:
        return ""
    first, last = min(codes), max(codes)
    same = 0
    while same < min(len(first), len(last)) and first[same] == last[same]:
        same += 1
    return first[: first.rfind("_", 0, same) + 1]
