"""The newest state of everything, and what changed since a revision: what every screen is drawn from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from noc_console.board.state import ChannelState, InputState, take_findings
from noc_console.board.told import channel_told
from noc_console.model import Channel, Observation, Severity


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
        take_findings(one, look)
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
        return channel_told(state, self._worst(state), at, self._silent)

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
