"""Reads the path of a request: what is asked for, of which channel, rung and segment."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CHANNEL = re.compile(
    r"/(\w{1,64})/(?:(master\.m3u8)|(manifest\.mpd)|"
    r"(\w{1,16})/(?:(playlist\.m3u8)|(init|ad)\.mp4|(t?)(\d{1,17})\.(ts|m4s)))"
)


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is for; `what` is master, playlist, mpd, segment, init, time, api or other.

    `time` is the $Time$ of a segment that is named by it, `suffix` the ending of a segment's name, `file` the name of
    an initialisation segment.
    """

    what: str
    channel: str = ""
    rung: str = ""
    seq: int = -1
    time: int = -1
    suffix: str = ""
    file: str = ""


def target(path: str) -> Target:
    """Return what a path asks for."""
    found = _CHANNEL.fullmatch(path)
    if found is None:
        head = path.split("/", 2)[1] if path.startswith("/") else ""
        return Target(head if head in ("api", "time") else "other")
    channel, master, mpd, rung, playlist, file, is_time, number, suffix = found.groups()
    if master:
        return Target("master", channel)
    if mpd:
        return Target("mpd", channel)
    if playlist:
        return Target("playlist", channel, rung)
    if file:
        return Target("init", channel, rung, file=file)
    if is_time:
        return Target("segment", channel, rung, time=int(number), suffix=suffix)
    return Target("segment", channel, rung, int(number), suffix=suffix)
