"""What a tile of the mosaic says, out of the board: words for picture and sound, why there is no picture, levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from noc_console.model import Severity
from noc_console.views import figures
from noc_console.views.meter_bars import Level
from noc_console.views.state import BoardMirror

Json = Mapping[str, Any]
SOUND_FAULTS = frozenset({"LOUDNESS_OUT_OF_RANGE", "TRUE_PEAK_HIGH", "AUDIO_SILENCE"})
PICTURE_FAULTS = frozenset(
    {"VIDEO_FREEZE", "BLACK_FRAME", "VIDEO_MOS_LOW", "ABRUPT_MOS_DROP", "MACROBLOCKING_HIGH", "HDR_METADATA_MISSING"}
)
_LEVEL_OLD_S = 30.0
_STOPPED = ("stopped", "frozen")
_WHY: Mapping[str, str] = {
    "encrypted": "encrypted",
    "crowded": "decoders full",
    "late": "came too late",
    "room": "no room for it",
    "lost": "a decoder died of it",
    "paused": "left alone for now",
}
_SHOWN = (
    # finding, the word for it, the metric with its length
    ("media-colour-bars", "BARS", "video.bars_s"),
    ("media-slate", "SLATE", "video.slate_s"),
    ("media-silence", "SILENT", "audio.silence_s"),
    ("media-channel-missing", "L or R MISSING", ""),
    ("media-phase-inverted", "PHASE", ""),
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One channel in the mosaic; `words` say in capitals what is wrong with picture and sound."""

    channel_id: int
    code: str
    name: str
    severity: Severity
    is_acked: bool
    state: str
    words: tuple[str, ...] = ()
    is_stopped: bool = False
    absent: str = ""
    """Why there is no picture, in words."""
    picture_at: float = 0.0
    levels: tuple[Level, ...] = ()
    is_sound_ill: bool = False


def tile_of(channel: Json, mirror: BoardMirror, prefix: str, faults: frozenset[str] = frozenset()) -> Tile:
    """Return a channel's tile; `faults` are the types of its open alarms, `prefix` is left out of the code."""
    thumbnail = channel.get("thumbnail")
    at = float(thumbnail["at"]) if thumbnail else 0.0
    return Tile(
        int(channel["id"]),
        str(channel["code"])[len(prefix) :],
        str(channel["name"]),
        Severity(channel["severity"]),
        bool(channel["acknowledged"]),
        mirror.channel_state(channel),
        words_of(channel),
        channel.get("picture") in _STOPPED,
        "" if thumbnail else absent(channel, mirror.agent),
        at,
        levels_of(channel, mirror.now(), is_dark=mirror.channel_state(channel) in ("stale", "lost")),
        bool(faults & SOUND_FAULTS),
    )


def words_of(channel: Json) -> tuple[str, ...]:
    """Return in capitals what is wrong with a channel's picture and sound, the picture first."""
    found = {one["id"] for source in channel["inputs"] for one in source["findings"]}
    words = []
    match channel.get("picture"):
        case "stopped":
            words.append(_stopped(channel))
        case "frozen":
            words.append(_lasting("FROZEN", channel, "video.freeze_s"))
        case "black":
            words.append(_lasting("BLACK", channel, "video.black_s"))
    words += [_lasting(word, channel, metric) for finding, word, metric in _SHOWN if finding in found]
    return tuple(words)


def absent(channel: Json, agent: Json) -> str:
    """Return why a channel has no picture."""
    media = [source.get("media") or {} for source in channel["inputs"]]
    if not agent.get("decoding"):
        return "Not decoded: decoding is off"
    if not media or all(one.get("mode", "off") == "off" for one in media):
        return "Not decoded: switched off"
    why = next((str(one["why"]) for one in media if one.get("why")), "")
    return f"Not decoded: {_WHY.get(why.partition(',')[0], why)}" if why else "No picture yet"


def levels_of(channel: Json, now: float, *, is_dark: bool = False) -> tuple[Level, ...]:
    """Return momentary and short-term loudness; both unknown where no sound is measured, old without fresh data."""
    meters = channel.get("meters") or {}
    is_old = is_dark or now - float(meters.get("at") or 0.0) > _LEVEL_OLD_S
    return tuple(Level(_known(meters.get(name)), is_old) for name in ("momentary", "short_term"))


def open_faults(mirror: BoardMirror) -> dict[int, frozenset[str]]:
    """Return the types of the open alarms of every channel that has some."""
    found: dict[int, set[str]] = {}
    for alarm in mirror.open_alarms():
        if alarm["channel_id"]:
            found.setdefault(int(alarm["channel_id"]), set()).add(str(alarm["alarm_type"]))
    return {key: frozenset(types) for key, types in found.items()}


def is_ill(channel: Json) -> bool:
    """Say whether picture or sound of a channel is not as it should be."""
    return bool(words_of(channel))


def media_metric(channel: Json, metric: str, *, worst: str = "max") -> float | None:
    """Return the worst value of a metric over a channel's inputs; None where nobody measured it."""
    values: Iterable[float] = [
        float(source["metrics"][metric]) for source in channel["inputs"] if source["metrics"].get(metric) is not None
    ]
    known = list(values)
    return (max(known) if worst == "max" else min(known)) if known else None


def _stopped(channel: Json) -> str:
    """Return why no picture comes any more: what was skipped has not stopped."""
    media = [source.get("media") or {} for source in channel["inputs"]]
    is_skipped = any(one.get("picture") == "stopped" and one.get("why") for one in media)
    return "NOT DECODED" if is_skipped else "STOPPED"


def _lasting(word: str, channel: Json, metric: str) -> str:
    length = media_metric(channel, metric) if metric else None
    return f"{word} {figures.age(length)}" if length else word


def _known(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
