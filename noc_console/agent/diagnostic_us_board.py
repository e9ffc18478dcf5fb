"""What the board and the journal say for *Is it us?*: layers, sisters, this agent's own health, recent changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from noc_console.agent.recorder import Recorder
from noc_console.alarms.us_facts import Change, Found, LayerFacts, Own, Sisters
from noc_console.catalogues import findings
from noc_console.errors import KnownError
from noc_console.model import Kind, Severity

CHANGES_S = 1800.0
_MOST_CHANGES = 12
_MOST_READ = 200
_MOST_FOUND = 20
_FEW_ERRORS = 3
_NEWS = "WorkerReplaced"


def layer_of(shown: Mapping[str, Any], alarms: Iterable[Mapping[str, Any]], seen_s: float | None) -> LayerFacts:
    """Return one input as the board shows it, with its findings and its open alarms that no finding tells.

    `seen_s` is how long ago its picture was looked at.
    """
    metrics: Mapping[str, float] = shown["metrics"]
    alarms = tuple(alarms)
    open_ = {str(alarm["alarm_type"]) for alarm in alarms if alarm["input_id"] == shown["id"]}
    found = [_found(one, open_) for one in shown["findings"] if one["severity"] != "event"]
    told = {one.alarm_type for one in found}
    for alarm in alarms:
        is_here = alarm["input_id"] == shown["id"] and alarm.get("condition") != "cleared"
        if is_here and alarm["alarm_type"] not in told:
            found.append(_open(alarm, shown["state"]))
    return LayerFacts(
        shown["id"],
        shown["layer"],
        shown["kind"],
        urlsplit(shown["url"]).netloc.rpartition("@")[2],
        "ok" if shown["state"] == "ok" else str(shown["state"]),
        tuple(sorted(found, key=lambda one: -one.severity.rank)[:_MOST_FOUND]),
        metrics.get("video.mos"),
        any(name.startswith("video.") for name in metrics),
        seen_s,
        _cc_pids(shown["rungs"]) if shown["kind"] == Kind.TS else 0,
    )


def _found(one: Mapping[str, Any], open_: Collection[str]) -> Found:
    known = findings().get(str(one["id"]))
    kind = known.alarm_type if known else ""
    severity, since = Severity(one["severity"]), float(one["since"])
    return Found(str(one["id"]), severity, since, str(one["text"]), kind, is_alarmed=kind in open_)


def _open(alarm: Mapping[str, Any], state: str) -> Found:
    """Return an open alarm whose finding is not there: over, where its kind would be found and was looked for."""
    kind, text = str(alarm["alarm_type"]), str(alarm.get("message") or "")
    is_over = alarm.get("condition") == "clearing" or (state == "ok" and kind in _by_findings())
    return Found(
        kind, Severity(alarm["severity"]), float(alarm["raised_at"]), text, kind, not is_over, is_alarmed=True
    )


@cache
def _by_findings() -> frozenset[str]:
    return frozenset(one.alarm_type for one in findings().values())


def _cc_pids(rungs: Iterable[Mapping[str, Any]]) -> int:
    """Return on how many PIDs continuity is broken, 0 where so few errors say nothing."""
    broken = [float(one["metrics"].get("ts.cc_errors") or 0.0) for one in rungs]
    count = sum(n > 0 for n in broken)
    return count if count > 1 or sum(broken) > _FEW_ERRORS else 0


def sisters_of(channels: Iterable[Mapping[str, Any]], channel_id: int, here: set[int]) -> Sisters:
    """Return how other channels fare: those at the same place, and those elsewhere."""
    counts = dict.fromkeys(("here", "here_ill", "elsewhere", "elsewhere_ill"), 0)
    hosts: set[str] = set()
    for one in channels:
        if one["id"] == channel_id or not one["enabled"] or one["state"] == "loading":
            continue
        where = "here" if one["id"] in here else "elsewhere"
        is_ill = _is_ill(one)
        counts[where] += 1
        counts[f"{where}_ill"] += is_ill
        if is_ill and where == "elsewhere":
            hosts |= {urlsplit(each["url"]).netloc for each in one["inputs"] if _is_input_ill(each)}
    return Sisters(**counts, ill_hosts=len(hosts))


def _is_ill(channel: Mapping[str, Any]) -> bool:
    return any(_is_input_ill(one) for one in channel["inputs"])


def _is_input_ill(one: Mapping[str, Any]) -> bool:
    return one["state"] in ("stale", "lost") or any(
        finding["severity"] in ("critical", "major") for finding in one["findings"]
    )


def own_of(agent: Mapping[str, Any], inputs: Iterable[Mapping[str, Any]], at: float) -> Own:
    """Return how this agent is doing; drops are those of this channel's streams."""
    workers: list[Mapping[str, Any]] = list(agent.get("workers") or ())
    replaced = [float(one["at"]) for one in agent.get("news") or () if one.get("kind") == _NEWS]
    return Own(
        cpu_ratio=float((agent.get("machine") or {}).get("cpu_ratio") or 0.0),
        lag_s=max((float(one.get("lag_s") or 0.0) for one in workers), default=0.0),
        socket_drops=max((float(one["metrics"].get("ts.socket_drops") or 0.0) for one in inputs), default=0.0),
        clock_offset_s=(agent.get("clock") or {}).get("offset_s"),
        ill_workers=sum(one.get("state") not in ("ok", "replaced") for one in workers),
        replaced_s=at - max(replaced) if replaced else None,
        is_recording=(agent.get("recording") or {}).get("state") == "ok",
    )


async def changes_of(recorder: Recorder, kinds: frozenset[str], channel_id: int) -> tuple[Change, ...]:
    """Return what changed in the last 30 min on a channel or for all, newest first; none where it cannot be read."""
    at = recorder.clock.now()
    try:
        events = await recorder.history.newest_events(0, kinds, _MOST_READ)
    except KnownError:
        return ()
    found = [one for one in events if one.channel_id in (0, channel_id) and one.at >= at - CHANGES_S]
    return tuple(
        Change(one.kind, round(at - one.at, 1), _said(one.data), one.channel_id == channel_id)
        for one in found[:_MOST_CHANGES]
    )


def _said(data: Mapping[str, Any]) -> str:
    by = str(data.get("by") or "")
    text = str(data.get("text") or "").removeprefix("Guides changed: ")
    return (text or (f"by {by}" if by else ""))[:200]
