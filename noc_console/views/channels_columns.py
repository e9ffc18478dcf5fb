"""The columns of the channel list: what each shows, how it sorts, how it is exported."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from noc_console.model import Severity
from noc_console.views import figures
from noc_console.views.state import BoardMirror, Json
from noc_console.views.wall_facts import waiting
from noc_console.views.wall_rows import worst_metric

Value = str | float


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `text` for people, `value` for sorting and export; -1 is `nothing measured`."""

    key: str
    title: str
    width: int
    text: Callable[[Json, BoardMirror], str]
    value: Callable[[Json, BoardMirror], Value]
    is_figure: bool = False
    is_mono: bool = False
    narrow: bool = True
    """Whether it stays on a small screen."""


def _field(name: str) -> Callable[[Json, BoardMirror], str]:
    def text(channel: Json, mirror: BoardMirror) -> str:
        return str(channel[name])

    return text


def _severity(channel: Json, mirror: BoardMirror) -> str:
    return str(channel["severity"])


def _rank(channel: Json, mirror: BoardMirror) -> float:
    rank = float(Severity(channel["severity"]).rank) - 0.5 * bool(channel["acknowledged"])
    is_dark = rank < 1 and mirror.channel_state(channel) in ("stale", "lost")
    return 0.75 if is_dark else rank


def _wrong(channel: Json, mirror: BoardMirror) -> str:
    count = int(channel.get("latched") or 0)
    return str(channel["text"]) or (f"Gone; {waiting(count)}" if count else "")


def _kinds(channel: Json, mirror: BoardMirror) -> str:
    return ", ".join(sorted({str(source["kind"]).upper() for source in channel["inputs"]}))


def _tier(channel: Json, mirror: BoardMirror) -> float:
    return float(channel["tier"])


def _tier_text(channel: Json, mirror: BoardMirror) -> str:
    return str(channel["tier"])


def _age(channel: Json, mirror: BoardMirror) -> float:
    return _measured(channel, "playlist.age_ratio")


def _age_text(channel: Json, mirror: BoardMirror) -> str:
    return figures.number(_known(_age(channel, mirror)), 2)


def _download(channel: Json, mirror: BoardMirror) -> float:
    return _measured(channel, "segment.download_s")


def _download_text(channel: Json, mirror: BoardMirror) -> str:
    return figures.number(_known(_download(channel, mirror)), 2, "s")


def _bitrate(channel: Json, mirror: BoardMirror) -> float:
    """Return what the best video rung really carries, bit/s."""
    top = max(
        (rung for source in channel["inputs"] for rung in source["rungs"] if rung["kind"] == "video"),
        key=_bandwidth,
        default=None,
    )
    if top is None:
        return -1.0
    return float(top["metrics"].get("segment.bitrate_bps") or -1)


def _bandwidth(rung: Json) -> float:
    return float(rung["bandwidth_bps"] or 0)


def _bitrate_text(channel: Json, mirror: BoardMirror) -> str:
    return figures.bits(_known(_bitrate(channel, mirror)))


def _rungs(channel: Json, mirror: BoardMirror) -> float:
    return float(max((len(source["rungs"]) for source in channel["inputs"]), default=0))


def _rungs_text(channel: Json, mirror: BoardMirror) -> str:
    return figures.number(_rungs(channel, mirror), 0) if channel["inputs"] else "n/a"


def _alarms(channel: Json, mirror: BoardMirror) -> float:
    return float(channel["open_alarms"])


def _alarms_text(channel: Json, mirror: BoardMirror) -> str:
    return str(channel["open_alarms"] or "")


def _layers(channel: Json, mirror: BoardMirror) -> str:
    return " ".join(f"L{layer}" for layer in sorted({source["layer"] for source in channel["inputs"]}))


def _state(channel: Json, mirror: BoardMirror) -> str:
    state = mirror.channel_state(channel)
    if state in ("stale", "lost") and channel["at"]:
        return f"{state} {figures.age(mirror.now() - channel['at'])}"
    return {"ok": figures.age(mirror.now() - channel["at"]), "loading": "loading"}.get(state, state)


def _state_value(channel: Json, mirror: BoardMirror) -> float:
    return mirror.now() - channel["at"] if channel["at"] else 1e9


def _measured(channel: Json, metric: str) -> float:
    value = worst_metric(channel, metric)
    return -1.0 if math.isnan(value) else value


def _known(value: float) -> float | None:
    return None if value < 0 else value


COLUMNS = (
    Column("severity", "Sev", 64, _severity, _rank),
    Column("code", "Channel", 190, _field("code"), _field("code"), is_mono=True),
    Column("name", "Name", 150, _field("name"), _field("name")),
    Column("type", "Type", 90, _kinds, _kinds, narrow=False),
    Column("class", "Class", 70, _field("class"), _field("class"), narrow=False),
    Column("tier", "Tier", 56, _tier_text, _tier, is_figure=True),
    Column("wrong", "What is wrong", 320, _wrong, _wrong),
    Column("playlist_age", "Age ÷ target", 110, _age_text, _age, is_figure=True),
    Column("segment_download", "Download", 96, _download_text, _download, is_figure=True),
    Column("top_bitrate", "Top rung", 110, _bitrate_text, _bitrate, is_figure=True),
    Column("rungs", "Rungs", 70, _rungs_text, _rungs, is_figure=True, narrow=False),
    Column("alarms", "Alarms", 76, _alarms_text, _alarms, is_figure=True),
    Column("layers", "Layers", 110, _layers, _layers, narrow=False),
    Column("state", "Age", 130, _state, _state_value, is_figure=True),
)
