"""Whether a finding is present: yes, no, or not looked at, from the board and from what ended a moment ago."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from noc_console.agent.guide_answer import Told, unknown
from noc_console.agent.guide_asked import Asked
from noc_console.alarms.presence import BEGAN, ENDED
from noc_console.guides.answers import Answer
from noc_console.model import Event, Input, Kind

KINDS = frozenset({BEGAN, ENDED})
_KIND = "finding"
_MOST_ROWS = 10
# what must have been measured on an input before the absence of such a finding says anything
_AREAS: Mapping[str, tuple[str, ...]] = {
    "hls": ("playlist.",),
    "llhls": ("playlist.",),
    "dash": ("playlist.",),
    "ts": ("ts.",),
    "media": ("video.", "audio.", "media.", "hdr."),
    "cdn": ("http.", "segment.", "playlist."),
}
# which looks can find it; where nothing is named the figures of its area will do
_LOOKS: Mapping[str, tuple[str, ...]] = {
    "hls-master": ("master",),
    "hls-segment": ("segment/",),
    "hls-map": ("segment/",),
    "hls-key": ("segment/", "playlist/"),
    "hls": ("playlist/", "set"),
    "llhls": ("playlist/",),
    "dash-segment": ("segment/",),
    "dash-init": ("segment/",),
    "dash-tfdt": ("segment/",),
    "dash": ("mpd",),
    "ts": ("ts", "pid/", "service/", "segment/"),
}
_LOOKS_S = 15.0
_ONLY: Mapping[str, Kind] = {"hls": Kind.HLS, "llhls": Kind.HLS, "dash": Kind.DASH}


def told_of(finding: str, entry: Input, asked: Asked, window: tuple[float, float], rung: str = "") -> Told:
    """Return 1 where the finding is or was present in the window, 0 where it was looked for and is not."""
    start, end = window
    shown = asked.shown(entry)
    if not shown:
        return unknown("The input is not measured.", _KIND)
    here: dict[str, Any] = {"input_id": entry.id, "layer": int(entry.layer)}
    held = [row for row in shown["findings"] if row["id"] == finding and _is_of(row["scope"], rung)]
    if held:
        rows = [{"at": row["at"], "since": row["since"], "text": row["text"]} for row in held[:_MOST_ROWS]]
        answer = Answer(1.0, samples=len(held), start=start, end=end, provenance=_where(shown))
        return Told(answer, _KIND, text=str(held[0]["text"]), rows=rows, **here)
    ended = _ended_at(finding, entry.id, asked.events, start, rung)
    if ended is not None:
        answer = Answer(1.0, samples=1, start=start, end=end, provenance=_where(shown))
        return Told(answer, _KIND, text=f"It ended {end - ended:.0f} s ago.", **here)
    if why := _not_looked_at(finding, entry, shown) or _not_lately(finding, entry, asked, start):
        return unknown(why, _KIND, **here)
    answer = Answer(0.0, samples=1, start=start, end=end, provenance=_where(shown))
    return Told(answer, _KIND, text="Looked for and not found.", **here)


def _is_of(scope: str, rung: str) -> bool:
    return rung in ("", "*") or scope.partition("/")[2] == rung


def _not_looked_at(finding: str, entry: Input, shown: Mapping[str, Any]) -> str:
    family = finding.partition("-")[0]
    only = _ONLY.get(family)
    if only is not None and entry.kind is not only:
        return f"The input is {entry.kind}: {finding} is not looked for there."
    if shown["state"] != "ok":
        return f"Not looked at now: the data is {shown['state']}."
    areas = _AREAS.get(family, ())
    if areas and not any(key.startswith(areas) for key in shown["metrics"]):
        return f"{finding} is not looked for on this input."
    return ""


def _not_lately(finding: str, entry: Input, asked: Asked, start: float) -> str:
    """Return why nobody would have seen the finding in the window: its part of the stream was not looked at."""
    family, _, rest = finding.partition("-")
    looks = _LOOKS.get(f"{family}-{rest.partition('-')[0]}") or _LOOKS.get(family)
    if looks is None:
        return ""
    at = asked.board.looked_at(entry.id, looks)
    since = min(start, asked.at - max(_LOOKS_S, 3 * asked.usual_s(entry)))
    if at is not None and at >= since:
        return ""
    what = " or ".join(look.rstrip("/") for look in looks[:2])
    return f"Not looked at: no {what} was read in the window."


def _ended_at(finding: str, input_id: int, events: Iterable[Event], start: float, rung: str) -> float | None:
    """Return when the finding was seen last within the window, by the events of begins and ends."""
    times = [
        float(at)
        for event in events
        if event.kind in KINDS and event.input_id == input_id
        for scope, name, at in event.data.get("items") or ()
        if name == finding and at >= start and _is_of(scope, rung)
    ]
    return max(times, default=None)


def _where(shown: Mapping[str, Any]) -> str:
    return f"input {shown['id']}, looked at last at {shown['at']:.0f}"
