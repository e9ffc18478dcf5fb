"""Folds the open alarms to their first causes as the picture grows: parents made, children moved, parents ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from noc_console.alarms import cause
from noc_console.alarms.alarm import Alarm, Cause
from noc_console.alarms.cause import Chain, Fact, Group, Place
from noc_console.alarms.ledger import Change, Ledger
from noc_console.model import Channel, Input

OWN_CAUSES = ("PROBE_DOWN", "PROBE_RESOURCE_HIGH", "CLOCK_SKEW")
_MOST_OF_ALL = 0.8
LARGE = 200  # channels at one place, children of one parent ...
LARGE_EVERY_S = 2.0  # ... that are counted again so often at most
Watched = Mapping[int, tuple[Channel, int]]


@dataclass(slots=True)
class Folding:
    """Which alarm is folded under which; only what a change touches is looked at again."""

    ledger: Ledger
    agent: str = "local"
    watched: Watched = field(default_factory=dict)
    _entries: dict[int, tuple[str, tuple[str, ...]]] = field(default_factory=dict)  # input: host, sister labels
    _measured: dict[str, set[int]] = field(default_factory=dict)  # place: channels
    _layers: dict[int, set[int]] = field(default_factory=dict)  # channel: layers measured
    _chains: dict[int, tuple[Chain, ...]] = field(default_factory=dict)  # channel: its faults now
    _standing: dict[str, dict[int, None]] = field(default_factory=dict)  # place: channels with a fault there
    _groups: dict[str, Group] = field(default_factory=dict)
    _looked: dict[str, float] = field(default_factory=dict)  # large places: when they were last looked at
    _late: set[str] = field(default_factory=set)
    _refused: set[str] = field(default_factory=set)  # an operator called the parent false: not made again

    def configure(self, watched: Watched, at: float) -> list[Change]:
        """Take the catalogue as it is now, and look at everything again."""
        self.watched = watched
        self._entries, self._measured, self._layers = {}, {}, {}
        for channel, _ in watched.values():
            for one in channel.inputs:
                host, sisters = (
                    host_of(one),
                    tuple(label for label in channel.labels if label.startswith(cause.SISTERS)),
                )
                self._entries[one.id] = (host, sisters)
                self._layers.setdefault(channel.id, set()).add(int(one.layer))
                for place in _places(host, sisters):
                    self._measured.setdefault(place, set()).add(channel.id)
        self._chains, self._standing, self._groups = {}, {}, {}
        return self.settle(list(self.ledger.by_channel), at)

    def settle(self, channels: Iterable[int], at: float) -> list[Change]:
        """Look again at the alarms of some channels and at every place they stand at."""
        touched = dict.fromkeys(channels)
        places: dict[str, None] = {}
        for channel_id in touched:
            places |= self._rechained(channel_id)
        before = dict(self._groups)
        for place in sorted(places):
            self._regrouped(place, at)
        self._regrouped_all(at)
        changed = [key for key in {**before, **self._groups} if before.get(key) is not self._groups.get(key)]
        for key in changed:
            touched |= _moving(before.get(key), self._groups.get(key))
        return self._applied(touched, changed, at)

    def late(self, at: float) -> list[Change]:
        """Look again at the large places that were not looked at for a while, because they were a moment before."""
        places, self._late = self._late, set()
        if not places:
            return []
        self._looked = {place: then for place, then in self._looked.items() if place not in places}
        standing = [channel for place in sorted(places) for channel in list(self._standing.get(place, ()))[:1]]
        return self.settle(standing, at)

    def refuse(self, parent: Alarm) -> list[int]:
        """Take that an operator called a parent false; return the channels to look at again."""
        if parent.cause is None or not parent.cause.is_made:
            return []
        self._refused.add(parent.cause.key)
        group = self._groups.pop(parent.cause.key, None)
        return sorted(group.channels) if group else []

    # -- what belongs together

    def _rechained(self, channel_id: int) -> dict[str, None]:
        """Find the faults of a channel anew; return the places they stand at and stood at."""
        old = self._places_of(channel_id)
        facts = [fact for one in self.ledger.by_channel.get(channel_id, ()) if (fact := self._fact(one))]
        self._chains.pop(channel_id, None)
        if facts:
            self._chains[channel_id] = cause.chains(facts)
        new = self._places_of(channel_id)
        for place in old:
            if place not in new:
                self._standing[place].pop(channel_id, None)
        for place in new:
            self._standing.setdefault(place, {})[channel_id] = None
        return old | new

    def _places_of(self, channel_id: int) -> dict[str, None]:
        roots = [chain.root for chain in self._chains.get(channel_id, ())]
        return {place: None for root in roots for place in _places(root.host, root.sisters)}

    def _fact(self, alarm_id: int) -> Fact | None:
        alarm = self.ledger.alarms[alarm_id]
        entry = self._entries.get(alarm.input_id)
        if entry is None or alarm.is_test or alarm.condition == "cleared" or alarm.maintenance_id is not None:
            return None
        host, sisters = entry
        return Fact(
            alarm.id, alarm.channel_id, alarm.layer, host, sisters, alarm.alarm_type, alarm.severity, alarm.raised_at
        )

    def _here(self, place: str) -> list[Chain]:
        return [
            chain
            for channel_id in self._standing.get(place, ())
            for chain in self._chains.get(channel_id, ())
            if place in _places(chain.root.host, chain.root.sisters)
        ]

    def _is_soon(self, key: str, size: int, at: float) -> bool:
        """Say whether a large place was looked at a moment ago: what comes joins its group, the counts follow."""
        if size < LARGE or self._groups.get(key) is None:
            return False
        if at - self._looked.get(key, float("-inf")) < LARGE_EVERY_S:
            self._late.add(key)
            return True
        self._looked[key] = at
        return False

    def _regrouped(self, place: str, at: float) -> None:
        if self._is_soon(place, len(self._standing.get(place, ())), at):
            return
        here = self._here(place)
        if not here:
            self._refused.discard(place)
        found = () if place in self._refused else cause.together(here, self._began_at(place))
        self._groups.pop(place, None)
        if not found:
            return
        measured = self._measured.get(place, set())
        known = None if self._began_at(place) is None else self.ledger.of_cause(place)
        only = cause.only_kind(found, len(measured), known.alarm_type if known else "")
        found = tuple(chain for chain in found if only in ("", chain.root.alarm_type))
        if not found:
            return
        well = len(self._layers) - len(measured | self._chains.keys())
        kind, _, title = place.partition(":")
        verdict = cause.sister_verdict(title) if kind == "label" else ""
        made = cause.group(Place(place, title, len(measured), max(well, 0)), found, verdict)
        self._groups[place] = replace(made, only=only)

    def _regrouped_all(self, at: float) -> None:
        """See whether so much fails at several hosts at once that it is not theirs: our network, or the agent."""
        key = f"agent:{self.agent}"
        if self._is_soon(key, len(self._chains), at):
            return
        self._groups.pop(key, None)
        hosts = [place for place in self._groups if place.startswith("host:")]
        own = self._own_cause()
        began = self._began_at(key) if own is None or own.cause is None else own.raised_at
        if len(hosts) < 2 and began is None:
            return
        if len(self._chains) < max(cause.ENOUGH, _MOST_OF_ALL * len(self._layers)) and began is None:
            return
        found = cause.together((chain for some in self._chains.values() for chain in some), began)
        if found:
            place = Place(key, f"agent {self.agent}", len(self._layers))
            self._groups[key] = cause.group(place, found, "agent" if own else "network")

    def _began_at(self, key: str) -> float | None:
        known = self.ledger.of_cause(key)
        return None if known is None or known.condition == "cleared" else known.raised_at

    def _own_cause(self) -> Alarm | None:
        found = (self.ledger.of((0, kind)) for kind in OWN_CAUSES)
        return next((one for one in found if one is not None and one.condition != "cleared"), None)

    def _owner(self, chain: Chain) -> str:
        """Return the place a fault is folded at, empty where it is a fault of its channel alone.

        Of a host and a multiplex the smaller one that explains everything wins.
        """
        root = chain.root
        network = self._groups.get(f"agent:{self.agent}")
        if network and root.raised_at >= network.began_at:
            return network.cause.key
        host = self._groups.get(f"host:{root.host}")
        for label in root.sisters:
            group = self._groups.get(f"label:{label}")
            if _holds(group, root) and (host is None or group is None or host.channels <= group.channels):
                return f"label:{label}"
        return f"host:{root.host}" if _holds(host, root) else ""

    # -- what that means for the alarms

    def _applied(self, channels: Iterable[int], changed: Iterable[str], at: float) -> list[Change]:
        changes: list[Change] = []
        wanted: dict[int, int | None] = {}
        owners: dict[str, list[Chain]] = {}
        for channel_id in channels:
            for chain in self._chains.get(channel_id, ()):
                owners.setdefault(self._owner(chain), []).append(chain)
        alone = owners.pop("", [])
        for key, found in owners.items():
            parent, said = self._parent(self._groups[key], at)
            changes += said
            wanted |= {fact.alarm_id: parent.id for chain in found for fact in chain.facts}
        for chain in alone:
            wanted[chain.root.alarm_id] = None
            wanted |= {fact.alarm_id: chain.root.alarm_id for fact in chain.followers}
        every = (one for channel_id in channels for one in self.ledger.by_channel.get(channel_id, ()))
        moved = self._moved(dict.fromkeys(every) | wanted, at)
        parents = {*moved.parents, *(one.alarm.id for one in changes)}
        changes += moved.changes
        return [*changes, *self._told_parents(parents, alone, changed, at)]

    def _parent(self, group: Group, at: float) -> tuple[Alarm, list[Change]]:
        """Return the parent alarm of a group, made or raised again where there is none."""
        own = self._own_cause() if group.cause.verdict == "agent" else None
        known = own or self.ledger.of_cause(group.cause.key)
        if known is None:
            made = Alarm(
                id=self.ledger.new_id(),
                channel_id=0,
                channel_code=group.title,
                input_id=0,
                layer=group.layer,
                alarm_type=group.alarm_type,
                severity=group.severity,
                message=_text(group),
                raised_at=group.began_at,
                cause=group.cause,
            )
            return made, [self.ledger.told(made, "AlarmRaised", at)]
        if known.condition == "cleared":
            again = replace(
                self.ledger.again(known), cause=group.cause, message=_text(group), raised_at=group.began_at
            )
            return again, [self.ledger.told(again, "AlarmRaised", at)]
        return known, []

    def _moved(self, wanted: Mapping[int, int | None], at: float) -> _Moved:
        moved = _Moved()
        for alarm_id, parent_id in sorted(wanted.items()):
            alarm = self.ledger.alarms.get(alarm_id)
            if alarm is None or alarm.parent_id == parent_id or (alarm.cause is not None and alarm.cause.is_made):
                continue
            if alarm.condition == "cleared" and alarm.parent_id in self.ledger.alarms:
                continue  # it waits for an answer where it is
            kind = "AlarmReleased" if parent_id is None else "AlarmSuppressed"
            moved.parents |= {one for one in (alarm.parent_id, parent_id) if one is not None}
            moved.changes.append(self.ledger.told(replace(alarm, parent_id=parent_id), kind, at, "folded"))
        return moved

    def _told_parents(
        self, touched: Iterable[int], alone: Iterable[Chain], changed: Iterable[str], at: float
    ) -> list[Change]:
        """Say of each touched parent which children it has now; one without any is over."""
        causes: dict[int, Group | Cause | None] = dict.fromkeys(touched)
        for chain in alone:
            causes[chain.root.alarm_id] = cause.chain_cause(chain, self._layers.get(chain.root.channel_id, ()))
        for key in changed:
            group = self._groups.get(key)
            known = self.ledger.of_cause(key)
            if known is not None:
                causes[known.id] = group
        changes = []
        for alarm_id in sorted(causes):
            alarm = self.ledger.alarms.get(alarm_id)
            if alarm is not None and not self._is_told_soon(alarm, at):
                changes += self._told_parent(alarm, causes[alarm_id], at)
        return changes

    def _is_told_soon(self, parent: Alarm, at: float) -> bool:
        """Say whether a parent of very many was told a moment ago; it is told again with the next look."""
        key = f"parent:{parent.id}"
        if len(self.ledger.by_parent.get(parent.id, ())) < LARGE:
            self._looked.pop(key, None)
            return False
        if at - self._looked.get(key, float("-inf")) < LARGE_EVERY_S:
            self._late.add(parent.cause.key if parent.cause else "")
            return True
        self._looked[key] = at
        return False

    def _told_parent(self, alarm: Alarm, found: Group | Cause | None, at: float) -> list[Change]:
        group = found if isinstance(found, Group) else self._group_of(alarm)
        children = self._children(alarm)
        if alarm.cause is not None and alarm.cause.is_made:
            if group is None or not any(self.ledger.alarms[one].condition != "cleared" for one in children):
                return [] if alarm.condition == "cleared" else self._ended(alarm, children, at)
            higher = max(alarm.severity, group.severity, key=lambda one: one.rank)
            after = replace(alarm, children=children, cause=group.cause, message=_text(group), severity=higher)
        else:
            own = found if isinstance(found, Cause) else None
            if own is None and group is not None:
                own = replace(group.cause, is_made=False)
            after = replace(alarm, children=children, cause=(own or alarm.cause) if children else None)
        if after == alarm:
            return []
        is_new = alarm.children != after.children or alarm.severity != after.severity
        return [self.ledger.told(after, "AlarmUpdated", at, "children") if is_new else self.ledger.shown(after)]

    def _group_of(self, alarm: Alarm) -> Group | None:
        """Return the group an alarm of no channel is the parent of."""
        if alarm.channel_id:
            return None
        is_made = alarm.cause is not None and alarm.cause.is_made
        return self._groups.get(alarm.cause.key if alarm.cause and is_made else f"agent:{self.agent}")

    def _ended(self, parent: Alarm, children: Iterable[int], at: float) -> list[Change]:
        """End a parent none of whose children holds; those that still wait for an answer stand alone again."""
        free = [replace(self.ledger.alarms[one], parent_id=None) for one in children]
        released = [self.ledger.told(alarm, "AlarmReleased", at, "folded") for alarm in free]
        return [*released, self.ledger.cleared(parent, at)]

    def _children(self, alarm: Alarm) -> tuple[int, ...]:
        """Return the alarms that are folded under one, oldest first, also those that wait for an answer."""
        return tuple(sorted(self.ledger.by_parent.get(alarm.id, ())))


@dataclass(slots=True)
class _Moved:
    """Which children moved, and the parents that lost or won one."""

    parents: set[int] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)


def host_of(one: Input) -> str:
    """Return the endpoint an input is fetched from: host and port."""
    return urlsplit(one.url).netloc.rpartition("@")[2] or one.url


def _holds(group: Group | None, root: Fact) -> bool:
    """Say whether a fault at a place is part of its group: it came with it or after it, and is of its kind."""
    return group is not None and root.raised_at >= group.began_at and group.only in ("", root.alarm_type)


def _moving(before: Group | None, after: Group | None) -> dict[int, None]:
    """Return the channels whose alarms may stand elsewhere now that a group is another one."""
    if before and after and (before.began_at, before.only) == (after.began_at, after.only):
        # what else is there has stayed where it was, but a multiplex may have to give way to its host
        return {one.root.channel_id: None for one in (*before.chains, *after.chains) if one.root.sisters}
    return {chain.root.channel_id: None for chain in (*_chains_of(before), *_chains_of(after))}


def _places(host: str, sisters: Iterable[str]) -> tuple[str, ...]:
    return (f"host:{host}", *(f"label:{label}" for label in sisters))


def _chains_of(group: Group | None) -> tuple[Chain, ...]:
    return group.chains if group else ()


def _text(group: Group) -> str:
    channels = len({chain.root.channel_id for chain in group.chains})
    fail = "channels fail" if channels != 1 else "channel fails"
    return f"{group.title}: {channels} {fail}, cause: {group.cause.verdict}"
