"""Is it us?: everything that is at hand about one channel in one minute, as plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from noc_console.alarms import cause
from noc_console.catalogues import findings as finding_types
from noc_console.model import Severity

ILL_FROM, ALARMED_FROM = Severity.MAJOR, Severity.MINOR
HELD_UP_S, CLOCK_S, NEW_WORKER_S, SEEN_S = 1.0, 2.0, 120.0, 60.0


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is wrong at a layer: a finding or an open alarm, since when (Unix seconds).

    `is_now` is False of an alarm that is open still, while what it stands for is not found any more.
    """

    id: str
    severity: Severity
    since: float
    text: str = ""
    alarm_type: str = ""
    is_now: bool = True
    is_alarmed: bool = False

    @property
    def is_ill(self) -> bool:
        """Whether it is a fault now: major, or minor with an open alarm; authors' small flaws stand for years."""
        limit = ALARMED_FROM if self.is_alarmed else ILL_FROM
        return self.is_now and self.severity.rank >= limit.rank


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """One input: where it is, how fresh its data is (ok, stale, lost, loading), and what is wrong there.

    `has_picture` says that its picture or sound is measured, `mos` is that of now; `picture_age_s` is how long
    ago the picture was looked at, None where it never was. `cc_pids` counts PIDs whose
    continuity is broken, 0 where that is too few errors to tell.
    """

    input_id: int
    layer: int
    kind: str
    host: str
    state: str = "ok"
    found: tuple[Found, ...] = ()
    mos: float | None = None
    has_picture: bool = False
    picture_age_s: float | None = None
    cc_pids: int = 0

    @property
    def ill(self) -> tuple[Found, ...]:
        """What is a fault now, the worst first."""
        return tuple(sorted((one for one in self.found if one.is_ill), key=lambda one: -one.severity.rank))

    @property
    def is_seen(self) -> bool:
        """Whether its picture was looked at lately, or is not to be looked at."""
        return not self.has_picture or (self.picture_age_s is not None and self.picture_age_s <= SEEN_S)

    @property
    def flaws(self) -> tuple[Found, ...]:
        """Minor things that are there without an alarm."""
        return tuple(one for one in self.found if one.is_now and not one.is_ill and one.severity is Severity.MINOR)

    @property
    def over(self) -> tuple[Found, ...]:
        """Open alarms of what is not found any more."""
        return tuple(one for one in self.found if not one.is_now)


@dataclass(frozen=True, slots=True)
class Request:
    """One request made now: for what, at which input; `error` as the fetcher names it, what is wrong, what is slow.

    `is_in_body` says that the time went into the body, not into the wait for it.
    """

    input_id: int
    layer: int
    what: str
    peer: str = ""
    status: int = 0
    error: str = ""
    wrong: str = ""
    slow: str = ""
    is_in_body: bool = False
    total_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Sisters:
    """Other channels: how many share a place with this one (a host, a multiplex) and how many of them are ill.

    Those elsewhere likewise; `ill_hosts` counts the endpoints elsewhere at which anything is ill.
    """

    here: int = 0
    here_ill: int = 0
    elsewhere: int = 0
    elsewhere_ill: int = 0
    ill_hosts: int = 0


@dataclass(frozen=True, slots=True)
class Own:
    """How this agent is doing: what it needs of the machine, how late its workers are, what it lost itself."""

    cpu_ratio: float = 0.0
    lag_s: float = 0.0
    socket_drops: float = 0.0
    clock_offset_s: float | None = None
    ill_workers: int = 0
    replaced_s: float | None = None  # so long ago a worker was replaced
    is_recording: bool = True

    def faults(self) -> tuple[str, ...]:
        """Return what is wrong with this agent that can make a channel look ill, in a few words each."""
        told = (
            (self.socket_drops > 0, f"this machine dropped {self.socket_drops:.0f} datagrams of this stream"),
            (self.lag_s > HELD_UP_S, f"the worker is held up for {self.lag_s:.1f} s"),
            (self.ill_workers > 0, f"{self.ill_workers} worker(s) do not run"),
            (self.replaced_s is not None and self.replaced_s < NEW_WORKER_S, "a worker was replaced a moment ago"),
            (abs(self.clock_offset_s or 0.0) > CLOCK_S, f"our clock is off by {self.clock_offset_s or 0.0:+.1f} s"),
        )
        return tuple(text for is_so, text in told if is_so)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that changed lately: how many seconds ago, on this channel or (`is_own` False) for all."""

    kind: str
    ago_s: float
    text: str = ""
    is_own: bool = True

    @property
    def words(self) -> str:
        """The kind of event in words: `ladder changed`."""
        return _HUMPS.sub(" ", self.kind).lower()


@dataclass(frozen=True, slots=True)
class Name:
    """What the quick looks at name and certificate gave: `wrong` in a few words, empty where all is well."""

    what: str  # DNS, TLS
    layer: int
    wrong: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class UsFacts:
    """Everything at hand of one channel. `folded` is the verdict and confidence of the place its alarm is folded at.

    `labels` are those that sisters share (`mux:5`).
    """

    channel_id: int
    at: float
    layers: tuple[LayerFacts, ...]
    requests: tuple[Request, ...] = ()
    names: tuple[Name, ...] = ()
    sisters: Sisters = field(default_factory=Sisters)
    own: Own = field(default_factory=Own)
    changes: tuple[Change, ...] = ()
    folded: tuple[str, float, str] | None = None
    labels: tuple[str, ...] = ()

    def chains(self) -> tuple[cause.Chain, ...]:
        """Return what is wrong as faults, each with what follows from it: the folding's own search, over findings."""
        return cause.chains(self._fact(layer, one) for layer in self.layers for one in layer.ill)

    def _fact(self, layer: LayerFacts, one: Found) -> cause.Fact:
        return cause.Fact(
            layer.input_id,
            self.channel_id,
            layer.layer,
            layer.host,
            self.labels,
            kind_of(one),
            one.severity,
            one.since,
        )


def kind_of(found: Found) -> str:
    """Return the alarm type a finding stands for; one without an alarm of its own counts as its family's."""
    known = finding_types().get(found.id)
    told = found.alarm_type or (known.alarm_type if known else "")
    return told if cause.class_of(told) else _FAMILIES.get(found.id.partition("-")[0], "SERVICE_DOWN")


_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_FAMILIES: Mapping[str, str] = {"ts": "CC_ERROR", "media": "VIDEO_MOS_LOW", "hdr": "VIDEO_MOS_LOW"}
