"""The whole tile in words: what hovering over it tells."""

from __future__ import annotations

import math
from html import escape

from noc_console.views import figures
from noc_console.views.mosaic_facts import media_metric, words_of
from noc_console.views.state import BoardMirror, Json
from noc_console.views.wall_rows import worst_metric

_STATE = {
    "loading": "waiting for the first answer",
    "stale": "no fresh data",
    "lost": "no data",
    "disabled": "disabled, not measured",
}


def facts_of(channel: Json, mirror: BoardMirror) -> str:
    """Return the facts of a channel as rich text for a tooltip."""
    lines = [f"<b>{escape(channel['code'])}</b>&nbsp; {escape(channel['name'])}"]
    if channel["severity"] != "cleared":
        since = figures.age(mirror.now() - channel["since"])
        owner = f", {escape(channel['owner'])}" if channel["owner"] else ""
        lines.append(f"{channel['severity'].capitalize()} for {since}{owner}: {escape(channel['text'])}")
    if channel.get("latched"):
        lines.append(f"{waiting(int(channel['latched']))}: the condition has gone")
    state = mirror.channel_state(channel)
    if state != "ok":
        lines.append(_STATE.get(state, state).capitalize() + _since(channel, mirror, state))
    lines.append(f"Tier {channel['tier']}, {escape(channel['class'])}, {escape(channel['template'])}")
    lines.append(_measured(channel))
    seen = (*(word.lower() for word in words_of(channel)), *_heard(channel))
    if seen:
        lines.append(f"Picture and sound: {escape(', '.join(seen))}")
    return "<br>".join(lines)


def waiting(count: int) -> str:
    """Return how many alarms have gone without an answer, in words."""
    return f"{count} alarm{' waits' if count == 1 else 's wait'} for acknowledgement"


def figures_of(channel: Json) -> str:
    """Return the tile's figures in one line: picture and sound where they are measured, playlist age, download."""
    heard = _heard(channel)
    if heard:
        download = _known(worst_metric(channel, "segment.download_s"))
        return "   ".join((*heard, f"download {figures.number(download, 2, 's')}"))
    age = _known(worst_metric(channel, "playlist.age_ratio"))
    download = _known(worst_metric(channel, "segment.download_s"))
    rungs = sum(len(source["rungs"]) for source in channel["inputs"])
    parts = (
        f"age {figures.number(age, 2)}",
        f"download {figures.number(download, 2, 's')}",
        f"{rungs} rungs" if rungs else "",
    )
    return "   ".join(part for part in parts if part)


def _since(channel: Json, mirror: BoardMirror, state: str) -> str:
    if state in ("stale", "lost") and channel["at"]:
        return f" for {figures.age(mirror.now() - channel['at'])}"
    return ""


def _measured(channel: Json) -> str:
    age = _known(worst_metric(channel, "playlist.age_ratio"))
    download = _known(worst_metric(channel, "segment.download_s"))
    return (
        f"Playlist age {figures.number(age, 2)} target durations, segment download {figures.number(download, 2, 's')}"
    )


def _heard(channel: Json) -> tuple[str, ...]:
    """Return MOS and loudness, those that are measured."""
    quality = media_metric(channel, "video.mos", worst="min")
    loudness = (channel.get("meters") or {}).get("loudness")
    return (
        *((f"MOS {figures.number(quality, 1)}",) if quality is not None else ()),
        *((figures.number(loudness, 1, "LUFS"),) if loudness is not None else ()),
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
