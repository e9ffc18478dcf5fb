"""What a probe is given: fetch, emit, note, the time and patience; the same in a worker, an inspection and a test."""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from noc_console.media.ladder import Rung
from noc_console.model import Input, MediaMode, Observation
from noc_console.net.fetch import Fetcher, Reply, Request
from noc_console.net.sites import access_for
from noc_console.probes import requests
from noc_console.probes.clock import WorldClock
from noc_console.probes.secrets import Discreet, Secrets
from noc_console.settings import Settings

if TYPE_CHECKING:
    from noc_console.probes.media_spool import Spool
    from noc_console.probes.ts_reception import Reception

_KEPT_BODY_BYTES = 512 * 1024
_LONGEST_FACT = 200
_RUNG_FACTS = (
    *("kind", "codecs", "bandwidth_bps", "width", "height", "frame_rate", "language"),
    *("video_range", "supplemental_codecs", "is_atmos"),
)


class Sink(Protocol):
    """Where the observations and notes of a probe go: the worker's pipe, or a `Recorder`."""

    def observe(self, observation: Observation) -> None:
        """Take one observation."""

    def note(self, kind: str, data: Mapping[str, Any]) -> None:
        """Take one note: `requests`, `event`, `body`, `ladder`."""


@dataclass(slots=True)
class Recorder:
    """A sink that remembers everything, for an inspection and for tests."""

    observations: list[Observation] = field(default_factory=list)
    notes: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def observe(self, observation: Observation) -> None:
        """Keep one observation."""
        self.observations.append(observation)

    def note(self, kind: str, data: Mapping[str, Any]) -> None:
        """Keep one note."""
        self.notes.append((kind, data))


@dataclass(frozen=True, slots=True)
class Body:
    """A playlist or MPD as it came: scope, URL, when it was fetched (Unix seconds), bytes."""

    scope: str
    url: str
    at: float
    body: bytes


#: The core's wall time minus monotonic time, so that a step of the wall clock does not part it from its workers.
CLOCK_ORIGIN = "NOC_CLOCK_ORIGIN"


def steady_wall(origin: str | None) -> Callable[[], float]:
    """Return the clock whose wall time minus monotonic time is `origin`; without one, as it is now.

    A worker is given its core's, so that both count alike even when the wall clock has been stepped between
    their starts: monotonic time is one for all processes of a machine.
    """
    try:
        base = float(origin or "")
    except ValueError:
        base = math.nan
    if not math.isfinite(base):
        base = time.time() - time.monotonic()
    return lambda: base + time.monotonic()


#: Unix seconds of this process: wall time at start plus monotonic, so they never run backwards.
now: Callable[[], float] = steady_wall(os.environ.get(CLOCK_ORIGIN))


class Tools:
    """The tools of one input's probe.

    `world` is our clock against the origins', shared by all inputs of a worker; it learns from each reply.
    `reception` drains the sockets of a worker; where there is none, no transport stream can be received. `spool`
    takes what is to be decoded; it is there only where decoders are, and the input's picture and sound are wanted.
    """

    def __init__(
        self,
        input: Input,
        fetcher: Fetcher,
        sink: Sink,
        *,
        settings: Settings | None = None,
        world: WorldClock | None = None,
        reception: Reception | None = None,
        spool: Spool | None = None,
        now: Callable[[], float] = now,
    ) -> None:
        self.input = input
        self.settings = settings or Settings()
        self.world = world or WorldClock()
        self.now = now
        self.reception = reception
        self.spool = spool if input.media is not MediaMode.OFF else None
        self._fetcher = fetcher
        self._home = input.url
        self.secrets = Secrets(input.access, input.url)
        self._sink = Discreet(sink, self.secrets) if self.secrets else sink
        self._bodies: dict[str, deque[Body]] = {}
        self._ladder: list[dict[str, Any]] = []

    async def fetch(
        self, request: Request, *, rung: str = "", duration_s: float = 0.0, is_counted: bool = True
    ) -> Reply:
        """Fetch and count it: `http.*` samples of the rung and a row of the waterfall.

        `duration_s` is the media time that is fetched, 0 for playlists. A test that asks for what must be refused is
        not counted: only its row is shown. Never raises for what a server does.
        """
        reply = await self._fetcher.fetch(request)
        self.world.learn(reply)
        if is_counted:
            self._sink.observe(requests.observation(reply, input_id=self.input.id, rung=rung))
        self._sink.note("requests", requests.row(reply, rung=rung, duration_s=duration_s))
        return reply

    def request(self, url: str, **options: Any) -> Request:
        """Return a request with the input's access and the settings' bounds; `options` as in `Request`.

        The access holds the input's secrets: only its own host and those named beside it get them. Strangers (a time
        server) are asked by a bare `Request`.
        """
        options.setdefault("max_bytes", self.settings.max_playlist_bytes)
        options.setdefault("timeout_s", self.settings.request_timeout_s)
        options.setdefault("max_redirects", self.settings.max_redirects)
        return Request(url, access=access_for(self.input.access, url, self._home), **options)

    def emit(self, observation: Observation) -> None:
        """Hand an observation on."""
        self._sink.observe(observation)

    def look(self, scope: str, at: float, metrics: Mapping[str, float], findings: tuple[Any, ...] = ()) -> None:
        """Hand on what one look at `scope` gave; the findings replace those of the look before."""
        self._sink.observe(Observation(self.input.id, scope, at, metrics, findings))

    def note(self, kind: str, data: Mapping[str, Any]) -> None:
        """Hand on a note that is no measurement: kind `event` with `{"kind": CamelCase, ...}`."""
        self._sink.note(kind, data)

    def tell_ladder(self, rungs: Iterable[Rung]) -> None:
        """Tell the core which rungs the input has, when they are not those told before."""
        facts = [_facts(rung) for rung in rungs]
        if facts != self._ladder:
            self._ladder = facts
            self._sink.note("ladder", {"rungs": facts})

    def keep_body(self, scope: str, url: str, at: float, body: bytes) -> None:
        """Remember a playlist as fetched; the last two different ones of a scope can be asked for."""
        kept = self._bodies.setdefault(scope, deque(maxlen=2))
        body = self.secrets.hide(body[:_KEPT_BODY_BYTES])
        if kept and kept[-1].body == body:
            kept.pop()
        kept.append(Body(scope, self.secrets.hide(url), at, body))

    def bodies(self, scope: str) -> tuple[Body, ...]:
        """Return the last two different bodies of a scope, oldest first."""
        return tuple(self._bodies.get(scope, ()))

    def scopes(self) -> tuple[str, ...]:
        """Return the scopes that have a body."""
        return tuple(self._bodies)

    @property
    def clock_offset_s(self) -> float | None:
        """How far our clock is ahead of the origins' in seconds; None with fewer than three hosts."""
        return self.world.offset_s

    async def sleep(self, seconds: float) -> None:
        """Wait; a negative time gives way once."""
        await asyncio.sleep(max(0.0, seconds))

    async def sleep_until(self, at: float) -> None:
        """Wait until the time `at` (Unix seconds)."""
        await asyncio.sleep(max(0.0, at - self.now()))


def _facts(rung: Rung) -> dict[str, Any]:
    """Return what the core is told of a rung; texts are bounded, because the playlist may be hostile."""
    facts = {name: getattr(rung, name) for name in _RUNG_FACTS}
    cut = {name: fact[:_LONGEST_FACT] if isinstance(fact, str) else fact for name, fact in facts.items()}
    return {"rung": rung.label, **cut}
