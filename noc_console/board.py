"""The newest state of everything, and what changed since a revision: what every screen is drawn from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from noc_console.catalogues import finding_type, severity_of
from noc_console.minutes import Minutes
from noc_console.model import Channel, Finding, Input, MediaMode, Observation, Severity

STALE_AFTER_TARGETS = 3.0
STALE_AT_LEAST_S = 15.0
LOST_AFTER_S = 300.0
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


@dataclass(slots=True)
class Held:
    """One finding that is present, since when and over how many looks in a row."""

    finding: Finding
    scope: str
    since: float
    at: float
    cycles: int = 1


@dataclass(slots=True)
class InputState:
    """What is known of one input: newest metrics and findings by scope, its rungs, and its picture and sound."""

    entry: Input
    at: float = 0.0
    metrics: dict[str, dict[str, float]] = field(default_factory=dict)
    held: dict[str, dict[tuple[str, str], Held]] = field(default_factory=dict)
    rungs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    looked: dict[str, float] = field(default_factory=dict)  # scope: when it was looked at last
    target_s: float = 0.0
    decoded: dict[str, Any] = field(default_factory=dict)
    formats: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def media(self) -> Mapping[str, Any]:
        """What is known of picture and sound; nothing where they are not measured any more."""
        return {} if self.entry.media is MediaMode.OFF else self.decoded

    def state(self, at: float) -> str:
        """Say how fresh the data is: loading, ok, stale or lost."""
        if not self.at:
            return "loading"
        age = at - self.at
        if age > LOST_AFTER_S:
            return "lost"
        limit = max(STALE_AT_LEAST_S, STALE_AFTER_TARGETS * (self.target_s or self.entry.poll_s))
        return "stale" if age > limit else "ok"


@dataclass(slots=True)
class ChannelState:
    """What is known of one channel."""

    channel: Channel
    rev: int
    inputs: dict[int, InputState]
    spark: Minutes = field(default_factory=Minutes)
    mos: Minutes = field(default_factory=lambda: Minutes(2))
    shown_states: tuple[str, ...] = ()


class Board:
    """The core's newest state; time comes in as a parameter, revisions go out."""

    def __init__(self, boot: str) -> None:
        self.boot = boot
        self.rev = 0
        self._channels: dict[int, ChannelState] = {}
        self._by_input: dict[int, ChannelState] = {}
        self._alarms: dict[int, tuple[int, dict[str, Any]]] = {}
        self._open: dict[int, dict[int, dict[str, Any]]] = {}  # channel, alarm
        self._closed: list[int] = []
        self._gone: list[tuple[int, str, int]] = []
        self._agent: dict[str, Any] = {}
        self._silent: Mapping[int, float] = {}

    # -- in

    def configure(self, channels: Iterable[Channel]) -> None:
        """Take the catalogue as it is now; what is known of inputs that stay is kept."""
        wanted = {channel.id: channel for channel in channels}
        for channel_id in self._channels.keys() - wanted.keys():
            del self._channels[channel_id]
            self._gone.append((self._next(), "channels", channel_id))
        for channel in wanted.values():
            known = self._channels.get(channel.id)
            if known is None or known.channel != channel:
                self._channels[channel.id] = self._carried(channel, known)
        self._by_input = {one: state for state in self._channels.values() for one in state.inputs}

    def observe(self, look: Observation) -> None:
        """Take one look; looks of inputs that are not in the catalogue are passed over."""
        state = self._by_input.get(look.input_id)
        if state is None:
            return
        one = state.inputs[look.input_id]
        one.at = max(one.at, look.at)
        one.looked[look.scope] = look.at
        if look.metrics:
            one.metrics.setdefault(look.scope, {}).update(look.metrics)
            one.target_s = look.metrics.get("playlist.target_duration_s", one.target_s)
            self._sparked(state, look)
        _take_findings(one, look)
        state.rev = self._next()

    def set_ladder(self, input_id: int, rungs: Iterable[Mapping[str, Any]]) -> None:
        """Take the rungs of an input; what was known of rungs that are gone is dropped."""
        state = self._by_input.get(input_id)
        if state is None:
            return
        one = state.inputs[input_id]
        one.rungs = {str(rung["rung"]): rung for rung in rungs}
        one.formats = {rung: found for rung, found in one.formats.items() if rung in one.rungs}
        for scopes in (one.metrics, one.held, one.looked):
            for scope in [scope for scope in scopes if "/" in scope and scope.partition("/")[2] not in one.rungs]:
                del scopes[scope]
        state.rev = self._next()

    def set_media(self, input_id: int, facts: Mapping[str, Any]) -> None:
        """Take what is new of an input's picture and sound: `thumbnail`, `picture`, `meters`, `why`."""
        state = self._by_input.get(input_id)
        if state is None:
            return
        media = state.inputs[input_id].decoded
        if any(media.get(key) != value for key, value in facts.items()):
            media.update(facts)
            state.rev = self._next()

    def set_format(self, input_id: int, rung: str, kind: str, facts: Mapping[str, Any]) -> None:
        """Take what a rung's picture (`video`) or sound (`audio`) turned out to be."""
        state = self._by_input.get(input_id)
        if state is None:
            return
        formats = state.inputs[input_id].formats
        if formats.get(rung, {}).get(kind) != facts:
            formats[rung] = {**formats.get(rung, {}), kind: dict(facts)}
            state.rev = self._next()

    def set_alarm(self, alarm: Mapping[str, Any]) -> None:
        """Take an alarm object; a resolved one is shown once more and then gone."""
        alarm_id, channel_id = alarm["alarm_id"], alarm["channel_id"]
        self._alarms.pop(alarm_id, None)  # newest last: what changed is read from the end
        self._alarms[alarm_id] = (self._next(), dict(alarm))
        if alarm["resolved"]:
            self._open.get(channel_id, {}).pop(alarm_id, None)
            self._closed.append(alarm_id)
            self._drop_closed()
        else:
            self._open.setdefault(channel_id, {})[alarm_id] = dict(alarm)
        state = self._channels.get(channel_id)
        if state:
            state.rev = self._next()

    def set_silent(self, silent: Mapping[int, float]) -> None:
        """Take which inputs give their rules no values, and since when: their holds are frozen."""
        for input_id in silent.keys() ^ self._silent.keys():
            state = self._by_input.get(input_id)
            if state:
                state.rev = self._next()
        self._silent = dict(silent)

    def set_agent(self, facts: Mapping[str, Any]) -> None:
        """Take facts about the agent itself (recording, workers, clock, machine, lab)."""
        if any(self._agent.get(key) != value for key, value in facts.items()):
            self._agent.update(facts)
            self._next()

    def set_sparks(
        self, channel_id: int, spark: Iterable[float | None], mos: Iterable[float | None], at: float
    ) -> None:
        """Fill the last hour's lines of a channel from the history after a start."""
        state = self._channels.get(channel_id)
        if state:
            state.spark.fill(spark, at)
            state.mos.fill(mos, at)
            state.rev = self._next()

    def age(self, at: float) -> None:
        """Let time pass: channels whose freshness changed get a new revision; once a second or so."""
        for state in self._channels.values():
            states = tuple(one.state(at) for one in state.inputs.values())
            if states != state.shown_states:
                state.shown_states = states
                state.rev = self._next()

    # -- out

    def changes(self, since: int, at: float) -> dict[str, Any]:
        """Return everything newer than a revision, in the form of `GET /board`."""
        return {
            "rev": self.rev,
            "boot": self.boot,
            "at": at,
            "agent": self._agent,
            "channels": [self._told(one, at) for one in self._channels.values() if one.rev > since],
            "alarms": self._newer(since),
            "gone": {
                kind: [item for rev, what, item in self._gone if what == kind and rev > since]
                for kind in ("channels", "alarms")
            },
        }

    def channel(self, channel_id: int, at: float) -> dict[str, Any] | None:
        """Return one channel in the form of `GET /board`, None when it is unknown."""
        state = self._channels.get(channel_id)
        return None if state is None else self._told(state, at)

    def looked_at(self, input_id: int, scopes: tuple[str, ...]) -> float | None:
        """Return when one of the scopes that begin so was looked at last, None where none was."""
        state = self._by_input.get(input_id)
        looked = state.inputs[input_id].looked if state else {}
        return max((at for scope, at in looked.items() if scope.startswith(scopes)), default=None)

    def freshness(self, input_id: int, at: float) -> str:
        """Return how fresh an input's data is: loading, ok, stale or lost; loading too where it is unknown."""
        state = self._by_input.get(input_id)
        return state.inputs[input_id].state(at) if state else "loading"

    def ladder(self, input_id: int) -> Mapping[str, Mapping[str, Any]]:
        """Return what an input's manifest says of its rungs, by their names; nothing where it has none."""
        state = self._by_input.get(input_id)
        return state.inputs[input_id].rungs if state else {}

    def target_s(self, input_id: int) -> float:
        """Return the target duration an input's playlist told last, 0 where it told none."""
        state = self._by_input.get(input_id)
        return state.inputs[input_id].target_s if state else 0.0

    def alarms(self) -> list[dict[str, Any]]:
        """Return the open alarms, worst first, then newest."""
        rows = [alarm for some in self._open.values() for alarm in some.values()]
        return sorted(rows, key=lambda row: (-Severity(row["severity"]).rank, -row["raised_at"]))

    # -- within

    def _newer(self, since: int) -> list[dict[str, Any]]:
        found = []
        for rev, alarm in reversed(self._alarms.values()):
            if rev <= since:
                break
            found.append(alarm)
        return found[::-1]

    def _told(self, state: ChannelState, at: float) -> dict[str, Any]:
        return _channel(state, self._worst(state), at, self._silent)

    def _next(self) -> int:
        self.rev += 1
        return self.rev

    def _carried(self, channel: Channel, known: ChannelState | None) -> ChannelState:
        inputs = {}
        for entry in channel.inputs:
            before = known.inputs.get(entry.id) if known else None
            same = before is not None and before.entry.url == entry.url and channel.is_enabled
            inputs[entry.id] = before if same and before else InputState(entry)
            inputs[entry.id].entry = entry
        fresh = ChannelState(channel, self._next(), inputs)
        if known:
            fresh.spark, fresh.mos = known.spark, known.mos
        return fresh

    def _sparked(self, state: ChannelState, look: Observation) -> None:
        load, length = look.metrics.get("segment.download_s"), look.metrics.get("segment.duration_s")
        state.spark.add(look.at, load / length if load is not None and length else None)
        state.mos.add(look.at, look.metrics.get("video.mos"))

    def _worst(self, state: ChannelState) -> list[dict[str, Any]]:
        own = self._open.get(state.channel.id, {}).values()
        return sorted(own, key=lambda row: (-Severity(row["severity"]).rank, row["acknowledged"], -row["raised_at"]))

    def _drop_closed(self) -> None:
        """Keep closed alarms only as long as a screen may still have to hear of them: the newest 200."""
        for alarm_id in self._closed[:-200]:
            if self._alarms.pop(alarm_id, None):
                self._gone.append((self._next(), "alarms", alarm_id))
        del self._closed[:-200]
        del self._gone[:-2000]


def _take_findings(one: InputState, look: Observation) -> None:
    before = one.held.get(look.scope, {})
    if not before and not look.findings:
        return
    now: dict[tuple[str, str], Held] = {}
    for finding in look.findings:
        key = (finding.id, str(finding.where.get("uri", "")))
        known = before.get(key) or next((held for (name, _), held in before.items() if name == finding.id), None)
        since, cycles = (known.since, known.cycles + 1) if known else (look.at, 1)
        now[key] = Held(finding, look.scope, since, look.at, cycles)
    one.held[look.scope] = now


def _channel(
    state: ChannelState, every: list[dict[str, Any]], at: float, silent: Mapping[int, float]
) -> dict[str, Any]:
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
