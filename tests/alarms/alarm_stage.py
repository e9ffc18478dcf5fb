"""What tests of alarms play with: one channel, looks at it, and what the engine said."""

from __future__ import annotations

from collections.abc import Iterable

from noc_console.alarms.engine import Change, Engine
from noc_console.alarms.rulebook import Rulebook, shipped_templates
from noc_console.model import Channel, Finding, Input, Kind, Layer, Observation

INPUT = Input(11, 1, Layer.PACKAGER, Kind.HLS, "http://origin/live/1/master.m3u8")
CHANNEL = Channel(1, "CH_OTT_001", "News 1", inputs=(INPUT,))
BOOK = Rulebook({template.name: template for template in shipped_templates()})
STALE = Finding("hls-playlist-stale", "No new segment for 11.0 s, limit 9.0 s")
MISSING = Finding("hls-segment-missing", "Segment 7 is listed but not there (404).")


def look(at: float, *findings: Finding, scope: str = "playlist/720p", input_id: int = 11) -> Observation:
    return Observation(input_id, scope, at, {"playlist.age_s": 1.0}, findings)


def kinds(changes: Iterable[Change]) -> list[str]:
    return [change.event.kind for change in changes if change.event]


def whys(changes: Iterable[Change]) -> list[str]:
    return [str(change.event.data.get("why", "")) for change in changes if change.event]


def started() -> Engine:
    engine = Engine()
    engine.configure([CHANNEL], BOOK, 0.0)
    return engine
