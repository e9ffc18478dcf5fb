"""Composes a running lab: media, origin, control API and access log behind one HTTP server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from threading import Event

from noc_console.lab.access import AccessLog, Entry
from noc_console.lab.ailing import Ill
from noc_console.lab.api import Api
from noc_console.lab.channels import LabChannel, channels, look_names
from noc_console.lab.clock import Clock, steady_clock
from noc_console.lab.dash_pages import TimeSources
from noc_console.lab.fault import Fault
from noc_console.lab.fault_desk import FaultDesk, Order
from noc_console.lab.faults import FAULTS
from noc_console.lab.http import Sent, Server
from noc_console.lab.media_faults import PICTURE
from noc_console.lab.options import LabOptions
from noc_console.lab.origin import Origin
from noc_console.lab.reply import Reply, Request
from noc_console.lab.store import looks
from noc_console.lab.studio import Studio
from noc_console.lab.targets import Target, target
from noc_console.lab.ts_air import carried_by, on_air, station_of
from noc_console.lab.ts_station import Station


@dataclass(frozen=True, slots=True)
class Lab:
    """A running lab, for those who run it in their own process; others use its HTTP API."""

    url: str
    channels: tuple[LabChannel, ...]
    log: AccessLog
    clock: Clock
    desk: FaultDesk
    _api: Api

    def begin(self, channel: str, fault: str, seconds: float = 60.0, rung: str = "") -> Fault:
        """Begin a fault now, or restart a packager. Raises KnownError when it cannot be done."""
        return self._api.begin(Order(channel, fault, seconds, rung), self.clock())

    def end(self, fault: Fault) -> Fault:
        """End a fault now."""
        return self.desk.end(fault.id, self.clock())


@asynccontextmanager
async def running(options: LabOptions, clock: Clock | None = None) -> AsyncIterator[Lab]:
    """Run a lab in this event loop for as long as the context lasts.

    `clock` is for those who play time by hand; without one it is the wall's. Raises KnownError when the media
    cannot be kept, OSError when the port is taken.
    """
    stop = Event()
    try:
        made = await asyncio.to_thread(looks, look_names(options), options, stop)
    finally:
        stop.set()
    all_channels = channels(options)
    origin = Origin(all_channels, Studio(made), options.window)
    log = AccessLog(options.ring, options.log)
    front = Front(origin, log)
    server = Server(clock or steady_clock(), front.answer, front.report)
    port = await server.start(options.port)
    url = f"http://127.0.0.1:{port}"
    origin.sources = TimeSources(url)
    station = station_of([one for one in all_channels if not one.is_hdr], origin.studio, options, port)
    origin.desk.prepare = partial(_prepare, origin, station)
    if station is not None:
        station.faults, station.ills = origin.desk.on_air, origin.desk.in_media
        origin.desk.outlets = {code: outlet.is_rtp for code, outlet in station.outlets.items()}
        origin.desk.carried = carried_by(station, all_channels[: options.channels])
    front.api = api = Api(origin, log, url, server.clock(), station)
    try:
        with on_air(station, server.clock):
            yield Lab(url, all_channels, log, server.clock, origin.desk, api)
    finally:
        await server.stop()
        origin.studio.wardrobe.close()
        log.close()


def _prepare(origin: Origin, station: Station | None, channel: LabChannel, fault: Fault) -> Callable[[], bool]:
    """Begin to make what an ill of the media needs in segments and on air; return what tells whether it is there."""
    wardrobe = origin.studio.wardrobe
    looks = {channel.look, channel.ad_look} if channel.schedule.ads else {channel.look}
    for look in looks:
        wardrobe.order(look, fault.kind, fault.params)
    made = [wardrobe.then(partial(origin.prepare, channel, fault))]
    if station is not None and FAULTS[fault.kind].ills == PICTURE:
        made.append(wardrobe.then(partial(station.prepare, channel.code, Ill.of(fault.kind, fault.params))))
    return lambda: all(one.done() for one in made)


class Front:
    """Sends each request to the origin or the API, and each answer into the log."""

    def __init__(self, origin: Origin, log: AccessLog) -> None:
        self.api: Api | None = None
        self._origin = origin
        self._log = log
        self._parsed: dict[str, Target] = {}

    def answer(self, request: Request, at: float) -> Reply:
        """Answer one request."""
        if request.method == "OPTIONS":
            return _preflight()
        wanted = self._target(request.path)
        if wanted.what == "api" and self.api is not None:
            return self.api.answer(request, at)
        if request.method not in ("GET", "HEAD"):
            return Reply(405, headers=(("Allow", "GET, HEAD, OPTIONS"),))
        return self._origin.answer(wanted, request, at)

    def report(self, sent: Sent) -> None:
        """Log what was sent; calls of the API are no part of the truth about media."""
        wanted = self._target(sent.request.path)
        if wanted.what == "api":
            return
        is_known = wanted.channel in self._origin.channels
        entry = Entry(
            n=self._log.total + 1,
            at=round(sent.at, 4),
            channel=wanted.channel if is_known else "",
            what=wanted.what,
            rung=wanted.rung,
            seq=self._origin.seq_of(wanted),
            method=sent.request.method,
            status=sent.reply.status,
            bytes=sent.size,
            duration_s=round(sent.took_s, 6),
            fault=sent.reply.fault,
            path=sent.request.path,
        )
        self._log.add(entry)

    def _target(self, path: str) -> Target:
        found = self._parsed.get(path)
        if found is None:
            if len(self._parsed) > 4096:
                self._parsed.clear()
            found = self._parsed[path] = target(path)
        return found


def _preflight() -> Reply:
    allowed = (
        ("Access-Control-Allow-Methods", "GET, HEAD, POST, DELETE, OPTIONS"),
        ("Access-Control-Allow-Headers", "*"),
        ("Access-Control-Max-Age", "600"),
    )
    return Reply(204, headers=allowed)
