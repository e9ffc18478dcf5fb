"""The wall's arrays: one row per channel in the fixed order, filled from the board's dicts, read by the painter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from noc_console.model import Severity
from noc_console.views.mosaic_facts import PICTURE_FAULTS, SOUND_FAULTS, words_of
from noc_console.views.state import BoardMirror, Json
from noc_console.views.wall_scales import (
    AGE_BAND,
    LOUDNESS_BAND,
    age_share,
    download_shares,
    loudness_share,
    mos_shares,
)

SPARK = 60
LAYERS = 6
STATES = ("ok", "loading", "stale", "lost", "disabled")
SEVERITIES = tuple(Severity)
CURVE_FAULT, MARK_FAULT = 1, 2
_HIDDEN_PICTURES = ("stopped", "frozen")
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
    curve: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, SPARK), np.float32))
    """Heights 0 to 1 of the last hour: MOS, or where no picture is measured the time segments took."""
    mark: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    """Height 0 to 1: loudness, or where no sound is measured the playlist's age."""
    band: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    """What is normal for the mark, from and to."""
    has_mos: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    has_sound: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    stopped: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    """The picture stands still, or does not come any more."""
    fault: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    """Which figure of the tile the worst alarm is about: 0 none of them, CURVE_FAULT, MARK_FAULT."""
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
        self.curve = np.full((count, SPARK), np.nan, np.float32)
        self.mark = np.full(count, np.nan, np.float32)
        self.band = np.zeros((count, 2), np.float32)
        self.has_mos, self.has_sound, self.stopped = (np.zeros(count, np.bool_) for _ in range(3))
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
        words = words_of(channel)[:1]
        badges = tuple(word.lower() for word in words) or tuple(channel.get("badges", ())[:2])
        self.labels[row] = Label(code[len(self.prefix) :], str(channel["name"]), badges)
        self.rank[row] = _RANK.get(channel["severity"], 0)
        self.acked[row] = channel["acknowledged"]
        self.state[row] = _STATE.get(mirror.channel_state(channel), 0)
        self.at[row] = channel["at"] or 0.0
        self._fill_figures(row, channel)
        alarm = mirror.alarms.get(channel["alarm_id"] or 0)
        self.fault[row] = self._fault_of(row, str(alarm["alarm_type"])) if alarm else 0
        self.layer[row] = 0
        for source in channel["inputs"]:
            place = min(int(source["layer"]), LAYERS - 1)
            self.layer[row, place] = max(self.layer[row, place], 1 + _RANK.get(source["severity"], 0))

    def _fill_figures(self, row: int, channel: Json) -> None:
        quality = channel.get("mos") or ()
        self.has_mos[row] = any(value is not None for value in quality)
        self.curve[row] = (
            mos_shares(quality, SPARK) if self.has_mos[row] else download_shares(channel.get("spark", ()), SPARK)
        )
        loudness = (channel.get("meters") or {}).get("loudness")
        self.has_sound[row] = bool(channel.get("meters"))
        self.mark[row] = (
            loudness_share(loudness)
            if self.has_sound[row]
            else age_share(worst_metric(channel, "playlist.age_ratio"))
        )
        self.band[row] = LOUDNESS_BAND if self.has_sound[row] else AGE_BAND
        self.stopped[row] = channel.get("picture") in _HIDDEN_PICTURES

    def _fault_of(self, row: int, alarm_type: str) -> int:
        """Return which figure of the tile shows what an alarm is about; it alone takes the alarm's colour."""
        if alarm_type in (PICTURE_FAULTS if self.has_mos[row] else ("SEGMENT_SLOW",)):
            return CURVE_FAULT
        return MARK_FAULT if alarm_type in (SOUND_FAULTS if self.has_sound[row] else ("STALE_PLAYLIST",)) else 0


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
