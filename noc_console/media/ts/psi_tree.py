"""What the tables say now: programmes, services, networks, CA systems, and what every PID is for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from noc_console.media.es.stream_types import kind_and_codec
from noc_console.media.ts import tables
from noc_console.media.ts.descriptors import Descriptor
from noc_console.media.ts.packets import NULL_PID, PIDS
from noc_console.media.ts.psi_limits import CAT_PID, PAT_PID, SI_PIDS
from noc_console.media.ts.tables import Programme, Stream

_PSIP_PID = 0x1FFB
_RESERVED = 0x20
_MOST_SERVICES = 1024
_CA = 0x09
_KINDS = {"video": 1, "audio": 2}


@dataclass(frozen=True, slots=True)
class ServiceStream:
    """One elementary stream of a service: `codec` is its family by the PMT, before a byte of it is read."""

    pid: int
    stream_type: int
    kind: str
    codec: str
    languages: tuple[str, ...]
    ca_systems: tuple[int, ...]
    descriptors: tuple[Descriptor, ...]


@dataclass(frozen=True, slots=True)
class ServiceView:
    """One service as PAT, PMT and SDT tell it; `pcr_pid` is -1 until its PMT came (and 0x1FFF where it has none)."""

    id: int
    name: str
    provider: str
    service_type: int
    pmt_pid: int
    pcr_pid: int
    is_scrambled: bool
    ca_systems: tuple[int, ...]
    streams: tuple[ServiceStream, ...]
    descriptors: tuple[Descriptor, ...] = ()
    present: tables.Happening | None = None
    following: tables.Happening | None = None


@dataclass(slots=True)
class Tree:
    """The tables in force; the arrays have one place per PID and keep their identity."""

    transport_stream_id: int = -1
    pat: dict[int, int] = field(default_factory=dict)
    programmes: dict[int, Programme] = field(default_factory=dict)
    services: dict[int, tables.Service] = field(default_factory=dict)
    cat: tuple[Descriptor, ...] = ()
    network: str = ""
    clock_utc: float | None = None
    events: dict[int, tuple[tables.Happening | None, tables.Happening | None]] = field(default_factory=dict)
    wanted: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(PIDS, np.uint8))
    referenced: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(PIDS, np.uint8))
    expected: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(PIDS, np.uint8))
    kinds: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(PIDS, np.uint8))
    clock_pids: NDArray[np.int16] = field(default_factory=lambda: np.full(PIDS, -1, np.int16))
    pmt_pids: frozenset[int] = frozenset()
    cue_pids: dict[int, int] = field(default_factory=dict)
    streams: dict[int, tuple[str, str, Stream]] = field(default_factory=dict)
    _views: tuple[ServiceView, ...] | None = None  # as told last; nothing has changed since

    def __post_init__(self) -> None:
        self.settle()

    def apply(self, whole: tuple[bytes, ...]) -> bool:
        """Take a table, all its sections; say whether the roles of PIDs may have changed.

        BrokenSection, ValueError or IndexError where it cannot be read; nothing has changed then.
        """
        body = whole[0]
        self._views = None
        match body[0]:
            case tables.PAT:
                self._list({number: pid for one in whole for number, pid in tables.pat(one).items()})
                self.transport_stream_id = int.from_bytes(body[3:5], "big")
            case tables.CAT:
                self.cat = tuple(descriptor for one in whole for descriptor in tables.cat(one))
            case tables.PMT:
                programme = tables.pmt(body)
                self.programmes[programme.number] = programme
            case tables.SDT_ACTUAL:
                self.services = {one.id: one for section in whole for one in tables.services(section)}
            case tables.NIT_ACTUAL:
                own, _ = tables.network(body)
                self.network = next((one.facts.get("network", "") for one in own if one.tag == 0x40), "")
        return body[0] in (tables.PAT, tables.CAT, tables.PMT)

    def _list(self, listed: dict[int, int]) -> None:
        """A new PAT: programmes it no longer lists in their place go."""
        kept = {number for number, pid in self.pat.items() if listed.get(number) == pid}
        self.programmes = {number: one for number, one in self.programmes.items() if number in kept}
        self.pat = listed

    def happen(self, head: tables.Header, body: bytes) -> None:
        """Keep what is on now (section 0 of the EIT) and next (section 1) of a service of this stream."""
        self._views = None
        if head.number <= 1 and (head.extension in self.events or len(self.events) < _MOST_SERVICES):
            found = next(iter(tables.happenings(body)), None)
            present, following = self.events.get(head.extension, (None, None))
            self.events[head.extension] = (found, following) if head.number == 0 else (present, found)

    def settle(self) -> None:
        """Work out anew what every PID is for; called when a PAT, CAT or PMT changes."""
        for array, value in ((self.wanted, 0), (self.referenced, 0), (self.expected, 0), (self.kinds, 0)):
            array[:] = value
        self.clock_pids[:] = -1
        # reserved PIDs are referred to by the standard itself (ISO/IEC 13818-1, table 2-3; EN 300 468, table 1)
        self.referenced[:_RESERVED] = 1
        self.referenced[[_PSIP_PID, NULL_PID]] = 1
        self.wanted[[PAT_PID, CAT_PID, *SI_PIDS]] = 1
        self.pmt_pids = frozenset(pid for number, pid in self.pat.items() if number)
        self.streams, self.cue_pids = {}, {}
        for number, pid in self.pat.items():
            self.referenced[pid] = self.wanted[pid] = 1
            if number and (programme := self.programmes.get(number)):
                self._place(programme)
        for system in _ca(self.cat):
            self.referenced[system[1]] = 1

    def _place(self, programme: Programme) -> None:
        clock = programme.pcr_pid
        self.referenced[clock] = 1
        if clock != NULL_PID:
            self.expected[clock] = 1
            self.clock_pids[clock] = clock
        for _, pid in _ca(programme.descriptors):
            self.referenced[pid] = 1
        family = registration(programme.descriptors)
        for stream in programme.streams:
            self._place_stream(stream, clock, family)

    def _place_stream(self, stream: Stream, clock: int, family: bytes) -> None:
        kind, codec = kind_of(stream, family)
        pid = stream.pid
        self.streams[pid] = (kind, codec, stream)
        self.referenced[pid] = 1
        if kind in _KINDS or codec in ("teletext",):
            self.expected[pid] = 1
        self.kinds[pid] = _KINDS.get(kind, 0)
        self.clock_pids[pid] = clock if clock != NULL_PID else -1
        if codec == "scte35":
            self.wanted[pid] = 1
            self.cue_pids[pid] = clock
        elif pid not in self.pmt_pids and pid != PAT_PID:
            self.wanted[pid] = 0  # a PID of SI may carry something else in a stream without SI
        for _, ca_pid in _ca(stream.descriptors):
            self.referenced[ca_pid] = 1

    def views(self) -> tuple[ServiceView, ...]:
        """Return the services of the PAT in their order, with what the SDT says of them."""
        if self._views is None:
            self._views = tuple(self._view(number, pid) for number, pid in self.pat.items() if number)
        return self._views

    def _view(self, number: int, pmt_pid: int) -> ServiceView:
        programme, told = self.programmes.get(number), self.services.get(number)
        family = registration(programme.descriptors) if programme else b""
        streams = tuple(_stream_view(stream, family) for stream in programme.streams) if programme else ()
        present, following = self.events.get(number, (None, None))
        own = [system for system, _ in _ca(programme.descriptors)] if programme else []
        systems = sorted({*own, *(system for stream in streams for system in stream.ca_systems)})
        return ServiceView(
            id=number,
            name=told.name if told else "",
            provider=told.provider if told else "",
            service_type=told.service_type if told else 0,
            pmt_pid=pmt_pid,
            pcr_pid=programme.pcr_pid if programme else -1,
            is_scrambled=bool(told and told.is_scrambled) or bool(systems),
            ca_systems=tuple(systems),
            streams=streams,
            descriptors=programme.descriptors if programme else (),
            present=present,
            following=following,
        )


def kind_of(stream: Stream, family: bytes = b"") -> tuple[str, str]:
    """Return kind and codec family of a stream of a PMT; `family` is the registration of its programme."""
    return kind_and_codec(stream.stream_type, ((one.tag, one.body) for one in stream.descriptors), family)


def registration(some: tuple[Descriptor, ...]) -> bytes:
    """Return the format_identifier of a programme, empty where it has none."""
    return next((one.body[:4] for one in some if one.tag == 0x05), b"")


def _stream_view(stream: Stream, family: bytes) -> ServiceStream:
    kind, codec = kind_of(stream, family)
    return ServiceStream(
        stream.pid,
        stream.stream_type,
        kind,
        codec,
        tuple(languages(stream.descriptors)),
        tuple(sorted({system for system, _ in _ca(stream.descriptors)})),
        stream.descriptors,
    )


def languages(some: tuple[Descriptor, ...]) -> Iterator[str]:
    """Yield the languages that the descriptors of a stream name, each once."""
    seen: set[str] = set()
    for one in some:
        for language in one.facts.get("languages", ()):
            clean = language.strip("\x00 ")
            if clean and clean not in seen:
                seen.add(clean)
                yield clean


def _ca(some: tuple[Descriptor, ...]) -> Iterator[tuple[int, int]]:
    for one in some:
        if one.tag == _CA and "ca_system" in one.facts:
            yield one.facts["ca_system"], one.facts["ca_pid"]
