"""What a maintenance window or a suppression is about: labels, channels, agents, regions, layers, alarm types."""

from __future__ import annotations

from dataclasses import dataclass

from noc_console.alarms.alarm import Alarm
from noc_console.model import Channel


@dataclass(frozen=True, slots=True)
class Subject:
    """What of an alarm can be aimed at."""

    channel_id: int
    labels: frozenset[str]
    agent: str
    layer: int
    alarm_type: str


@dataclass(frozen=True, slots=True)
class Target:
    """Everything that fits: of each kind that is named one must match; a target that names nothing fits nothing."""

    labels: tuple[str, ...] = ()
    channels: tuple[int, ...] = ()
    agents: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    layers: tuple[int, ...] = ()
    alarm_types: tuple[str, ...] = ()
    is_everything: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is named."""
        return not any(
            (self.labels, self.channels, self.agents, self.regions, self.layers, self.alarm_types, self.is_everything)
        )

    def fits(self, one: Subject) -> bool:
        """Say whether an alarm is meant. A region is the label `region:NAME`, or NAME itself."""
        if self.is_empty:
            return False
        regions = {f"region:{name}" for name in self.regions} | set(self.regions)
        return (
            (not self.labels or not one.labels.isdisjoint(self.labels))
            and (not self.channels or one.channel_id in self.channels)
            and (not self.agents or one.agent in self.agents)
            and (not regions or not one.labels.isdisjoint(regions))
            and (not self.layers or one.layer in self.layers)
            and (not self.alarm_types or one.alarm_type in self.alarm_types)
        )


def subject_of(alarm: Alarm, channel: Channel | None, agent: str) -> Subject:
    """Return what of an alarm can be aimed at."""
    labels = frozenset(channel.labels) if channel else frozenset()
    return Subject(alarm.channel_id, labels, agent, alarm.layer, alarm.alarm_type)
