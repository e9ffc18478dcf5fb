"""What is known, in the form of `GET /board`: a channel with its inputs, rungs and findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from noc_console.board.state import ChannelState, Held, InputState
from noc_console.catalogues import finding_type, severity_of
from noc_console.model import Severity

SMALLEST_IS_WORST = frozenset(
    {
        "segment.speed_ratio",
        "playlist.is_valid",
        "ladder.rungs",
        "playlist.window_s",
        "video.mos",
        "video.mos_encoding",
        "video.mos_size",
        "video.mos_motion",
        "video.mos_artefacts",
        "video.letterbox_ratio",
        "audio.left_active",
        "audio.right_active",
        "audio.phase_correlation",
        "hdr.is_present",
    }
)


def channel_told(
    state: ChannelState, every: list[dict[str, Any]], at: float, silent: Mapping[int, float]
) -> dict[str, Any]:
    """Return a channel as screens are told of it; `every` are its open alarms, worst first."""
    channel = state.channel
    alarms = [alarm for alarm in every if not _is_hidden(alarm) and alarm.get("condition") != "cleared"]
    worst = alarms[0] if alarms else None
    inputs = [_input(one, alarms, at, silent) for one in state.inputs.values()]
    return {
        "id": channel.id,
        "code": channel.code,
        "name": channel.name,
        "tier": channel.tier,
        "class": channel.channel_class,
        "template": channel.template,
        "enabled": channel.is_enabled,
        "alarmed": channel.is_alarmed,
        "demo": channel.is_demo,
        "labels": list(channel.labels),
        "badges": list(channel.badges),
        "state": _overall([one["state"] for one in inputs]) if channel.is_enabled else "disabled",
        "at": max((one["at"] for one in inputs), default=0.0),
        "severity": worst["severity"] if worst else "cleared",
        "acknowledged": bool(alarms) and all(alarm["acknowledged"] for alarm in alarms),
        "alarm_id": worst["alarm_id"] if worst else None,
        "text": worst["message"] if worst else "",
        "since": worst["raised_at"] if worst else 0.0,
        "owner": worst["owner"] if worst else "",
        "open_alarms": len(alarms),
        **_marks(every, worst),
        "no_data": any(one["no_data_since"] is not None for one in inputs),
        "spark": state.spark.shown(),
        "mos": state.mos.shown(),
        **_shown_media(state.inputs.values()),
        "inputs": inputs,
    }


def _shown_media(inputs: Iterable[InputState]) -> dict[str, Any]:
    """Return the channel's picture and sound: those of the input nearest to the viewers that has any."""
    known = sorted((one for one in inputs if one.media), key=lambda one: -int(one.entry.layer))
    newest = max((one.media["thumbnail"] for one in known if "thumbnail" in one.media), key=_seq, default=None)
    return {
        "thumbnail": newest,
        "picture": next((one.media["picture"] for one in known if one.media.get("picture")), None),
        "meters": next((one.media["meters"] for one in known if "meters" in one.media), None),
    }


def _seq(thumbnail: Mapping[str, Any]) -> int:
    return int(thumbnail["seq"])


def _is_hidden(alarm: Mapping[str, Any]) -> bool:
    """Say whether an alarm is put away: shelved, by design, or out of service; folded ones still colour."""
    return bool(alarm.get("shelved") or alarm.get("suppressed") or alarm.get("out_of_service"))


def _marks(alarms: list[dict[str, Any]], worst: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return how the alarms of a channel stand beside their severity."""
    names = ("shelved", "suppressed", "out_of_service", "latched")
    return {
        **{name: sum(bool(alarm.get(name)) for alarm in alarms) for name in names},
        "flapping": any(alarm.get("flapping") for alarm in alarms),
        "cause": worst.get("parent_id") if worst else None,
        "children": len(worst.get("children") or ()) if worst else 0,
        "verdict": str((worst.get("cause") or {}).get("verdict", "")) if worst else "",
    }


def _overall(states: list[str]) -> str:
    order = ("lost", "stale", "ok", "loading")
    return next((name for name in order if name in states), "loading")


def _input(one: InputState, alarms: list[dict[str, Any]], at: float, silent: Mapping[int, float]) -> dict[str, Any]:
    entry = one.entry
    ranks = [Severity(row["severity"]) for row in alarms if row["input_id"] == entry.id]
    whole, by_rung = _metrics(one)
    return {
        "id": entry.id,
        "layer": int(entry.layer),
        "kind": str(entry.kind),
        "url": entry.url,
        "level": str(entry.level),
        "promoted": bool(whole.get("input.promoted", 0.0)),
        "state": one.state(at),
        "media": {
            "mode": str(entry.media),
            "is_promoted": bool(one.media.get("is_promoted")),
            "why": one.media.get("why", ""),
            "faults": one.media.get("faults", []),
            "picture": one.media.get("picture") or None,
            "thumbnail": one.media.get("thumbnail"),
            "meters": one.media.get("meters"),
        },
        "no_data_since": silent.get(entry.id),
        "at": one.at,
        "severity": str(max(ranks, key=lambda severity: severity.rank, default=Severity.CLEARED)),
        "metrics": whole,
        "rungs": _rungs(one, by_rung),
        "findings": [_held(held) for scope in one.held.values() for held in scope.values()],
    }


def _metrics(one: InputState) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """Return the metrics of the whole input (worst over its rungs) and those of each rung."""
    whole: dict[str, float] = {}
    by_rung: dict[str, dict[str, float]] = {}
    for scope, metrics in one.metrics.items():
        rung = scope.partition("/")[2]
        for key, value in metrics.items():
            value = float(f"{value:.6g}")
            if rung:
                by_rung.setdefault(rung, {})[key] = value
            worse = min if key in SMALLEST_IS_WORST else max
            whole[key] = worse(whole[key], value) if key in whole else value
    return whole, by_rung


def _rungs(one: InputState, by_rung: Mapping[str, Mapping[str, float]]) -> list[dict[str, Any]]:
    names = one.rungs or {name: {} for name in dict.fromkeys((*by_rung, *one.formats))}
    return [
        {
            "rung": name,
            "kind": facts.get("kind", ""),
            "codec": facts.get("codecs", ""),
            "bandwidth_bps": facts.get("bandwidth_bps", 0),
            "width": facts.get("width", 0),
            "height": facts.get("height", 0),
            "frame_rate": facts.get("frame_rate", 0.0),
            "language": facts.get("language", ""),
            "severity": str(_rung_severity(one, name)),
            "metrics": dict(by_rung.get(name, {})),
            "format": one.formats.get(name),
        }
        for name, facts in names.items()
    ]


def _rung_severity(one: InputState, rung: str) -> Severity:
    found = (
        severity_of(held.finding) or Severity.CLEARED
        for scope, some in one.held.items()
        if scope.partition("/")[2] == rung
        for held in some.values()
    )
    return max(found, key=lambda severity: severity.rank, default=Severity.CLEARED)


def _held(held: Held) -> dict[str, Any]:
    finding = held.finding
    kind = finding_type(finding.id)
    return {
        "id": finding.id,
        "severity": str(severity_of(finding) or "event"),
        "scope": held.scope,
        "text": finding.text,
        "title": kind.title_en,
        "clause": str(finding.where.get("clause", kind.clause)),
        "where": dict(finding.where),
        "count": finding.count,
        "since": held.since,
        "at": held.at,
        "cycles": held.cycles,
    }
