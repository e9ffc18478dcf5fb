"""Where a guide's questions are asked: a channel, the input an alarm is about, other layers, and sister channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from noc_console.agent.refusals import NotFound
from noc_console.alarms.cause import SISTERS
from noc_console.alarms.folding import host_of
from noc_console.model import Channel, Input, Kind, Layer

AGENT = Input(0, 0, Layer.CONTRIBUTION, Kind.TS, "agent:")  # the agent's own figures are kept under input 0
_USUAL_S: Mapping[Kind, float] = {Kind.TS: 1.0}


@dataclass(frozen=True, slots=True)
class Place:
    """A channel and the one of its inputs that a question without a layer means; `alarm` is empty without one."""

    channel: Channel | None
    entry: Input | None
    alarm: Mapping[str, Any]
    at: float

    @property
    def began_at(self) -> float:
        """When the alarm was raised; without an alarm now."""
        return float(self.alarm.get("raised_at") or self.at)

    @property
    def channel_id(self) -> int:
        """The channel's number, 0 for the agent itself."""
        return self.channel.id if self.channel else 0

    def input_at(self, layer: int | None) -> Input | None:
        """Return the input at a layer, or the one the place is about."""
        if layer is None:
            return self.entry
        if self.entry is not None and self.entry.layer == layer:
            return self.entry
        return next((one for one in self.inputs if one.layer == layer), None)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """All inputs of the channel, from the source to the viewer."""
        return tuple(sorted(self.channel.inputs, key=lambda one: one.layer)) if self.channel else ()


def place_of_alarm(alarm: Mapping[str, Any], channels: Mapping[int, Channel], at: float) -> Place:
    """Return where an alarm is; one without a channel of its own (a host's, the agent's) is the agent's."""
    channel = channels.get(int(alarm.get("channel_id") or 0))
    number = int(alarm.get("input_id") or 0)
    if channel is None:
        return Place(None, AGENT, alarm, at)
    entry = next((one for one in channel.inputs if one.id == number), None)
    return Place(channel, entry or _lowest(channel), alarm, at)


def place_of_channel(channel_id: int, channels: Mapping[int, Channel], at: float) -> Place:
    """Return a channel as a place without an alarm; its lowest layer is meant."""
    if not channel_id:
        return Place(None, AGENT, {}, at)
    channel = channels.get(channel_id)
    if channel is None:
        raise NotFound(f"There is no channel {channel_id}.")
    return Place(channel, _lowest(channel), {}, at)


def _lowest(channel: Channel) -> Input | None:
    return min(channel.inputs, key=lambda one: one.layer, default=None)


def sisters(
    place: Place, entry: Input, channels: Iterable[Channel], same: str = "source or host"
) -> tuple[tuple[Channel, Input], ...]:
    """Return other channels that share a place with an input, each with its input at the same layer.

    `same` says which place: a `source` (an encoder, multiplex, packager or satellite that both name in a label, or
    the one sender of a stream), a `host` (the endpoint of the URL), either, or `all` channels of that layer.
    """
    own, host, sender = _labels(place.channel), host_of(entry), _sender(entry)
    found = []
    for channel in channels:
        if channel.id == place.channel_id or not channel.is_enabled:
            continue
        has_source = bool(own & _labels(channel))
        for one in channel.inputs:
            is_source = has_source or (sender != "" and _sender(one) == sender)
            is_same = {"source": is_source, "host": host_of(one) == host, "all": True}
            if one.layer == entry.layer and is_same.get(same, is_source or host_of(one) == host):
                found.append((channel, one))
                break
    return tuple(found)


def _labels(channel: Channel | None) -> frozenset[str]:
    labels = channel.labels if channel else ()
    return frozenset(label for label in labels if label.startswith(SISTERS))


def _sender(entry: Input) -> str:
    """Return the one sender a stream is taken from, empty where any may send."""
    return urlsplit(entry.url).username or "" if entry.kind is Kind.TS else ""


def usual_s(entry: Input, target_s: float) -> float:
    """Return how often an input is measured at least, in seconds."""
    if entry is AGENT:
        return 5.0
    return _USUAL_S.get(entry.kind) or target_s or entry.poll_s or entry.expected.segment_s


def facts(place: Place) -> dict[str, str]:
    """Return what a text or a command of a guide may name in braces.

    Labels of the form `name:value` are among them, as `encoder_host:10.1.2.3`.
    """
    channel, entry = place.channel, place.entry
    told = {"alarm_type": str(place.alarm.get("alarm_type", "")), "message": str(place.alarm.get("message", ""))}
    if channel is not None:
        told |= {name: value for name, _, value in (label.partition(":") for label in channel.labels) if value}
        told |= {"channel": channel.code, "channel_name": channel.name, "tier": str(channel.tier)}
        told |= {"class": channel.channel_class}
    if entry is not None and entry is not AGENT:
        parts = urlsplit(entry.url)
        told |= {"layer": entry.layer.name.lower(), "host": parts.hostname or "", "url": _public(entry.url)}
        told |= {"input_url": _public(entry.url), "group": parts.hostname or "", "port": str(parts.port or "")}
    return {name: value for name, value in told.items() if value}


def _public(url: str) -> str:
    """Return a URL without what is secret in it: user, password and query."""
    parts = urlsplit(url)
    host = parts.netloc if parts.scheme in ("udp", "rtp") else parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="").geturl()
