"""The lab's control API: channels, faults, the access log and what was missed. JSON over HTTP, on loopback only."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qsl

from noc_console.errors import KnownError
from noc_console.lab.access import AccessLog
from noc_console.lab.catalogue import HDR, channel_facts, rung_names
from noc_console.lab.channels import LabChannel
from noc_console.lab.fault import Fault, FaultKind
from noc_console.lab.fault_desk import Order
from noc_console.lab.faults import FAULTS, PACKAGER_RESTART
from noc_console.lab.media_facts import media_times
from noc_console.lab.missed import Watch
from noc_console.lab.options import FRAME_RATE
from noc_console.lab.origin import Origin
from noc_console.lab.reply import Document, Reply, Request, document_reply
from noc_console.lab.ts_facts import (
    TRANSPORT,
    station_facts,
    transport_facts,
    transport_fault,
    transport_fault_told,
    with_transport,
)
from noc_console.lab.ts_faults import TS_FAULTS
from noc_console.lab.ts_station import Station

_MOST_ENTRIES = 10_000
_MOST_PUBLISHED = 1_000


class Refused(KnownError):
    """A request that cannot be done; `status` is the HTTP status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the API: its query, its JSON body, and the time."""

    query: Mapping[str, str]
    body: Mapping[str, Any]
    at: float


class Api:
    """Each route is one method."""

    def __init__(
        self, origin: Origin, log: AccessLog, url: str, started_at: float, station: Station | None = None
    ) -> None:
        self._origin = origin
        self._station = station
        self._log = log
        self._url = url
        self._started_at = started_at
        self._routes: Mapping[tuple[str, str], Callable[[Call], Any]] = {
            ("GET", "/api/channels"): self._channels,
            ("GET", "/api/faults"): self._faults,
            ("POST", "/api/faults"): self._begin,
            ("GET", "/api/faults/log"): self._fault_log,
            ("GET", "/api/log"): self._entries,
            ("POST", "/api/log/reset"): self._reset,
            ("GET", "/api/missed"): self._missed,
            ("GET", "/api/published"): self._published,
            ("GET", "/api/multicast"): self._multicast,
        }

    def answer(self, request: Request, at: float) -> Reply:
        """Answer one call; what cannot be done is one plain sentence."""
        try:
            call = Call(dict(parse_qsl(request.query)), _body(request), at)
            return _json(200, self._route(request, call), request)
        except Refused as error:
            return _json(error.status, {"status": "error", "message": str(error)}, request)
        except KnownError as error:
            return _json(400, {"status": "error", "message": str(error)}, request)

    def _route(self, request: Request, call: Call) -> Any:
        method = "GET" if request.method == "HEAD" else request.method
        if method == "DELETE" and request.path.startswith("/api/faults/"):
            return self._end(request.path.removeprefix("/api/faults/"), call.at)
        route = self._routes.get((method, request.path))
        if route is None:
            raise Refused(404, "The lab's API has no such call.")
        return route(call)

    def _channels(self, call: Call) -> Any:
        channels = self._origin.channels.values()
        outlets = self._station.outlets if self._station else {}
        facts = [
            with_transport(channel_facts(channel, self._origin.studio, self._url), outlets.get(channel.code))
            for channel in channels
        ]
        alone = [transport_facts(one) for code, one in outlets.items() if code not in self._origin.channels]
        return {"channels": facts + alone}

    def _faults(self, call: Call) -> Any:
        kinds = [
            {
                "fault": name,
                "title": kind.title,
                "fits": _fits(kind),
                "expects": {"hls": kind.hls, "dash": kind.dash, **({"ts": kind.hls} if kind.is_of_media else {})},
                "alarm": kind.alarm,
                "params": dict(kind.params),
                "needs_rung": kind.needs_rung,
            }
            for name, kind in FAULTS.items()
        ]
        kinds.append(
            {
                "fault": PACKAGER_RESTART,
                "title": "The packager restarts (healthy, no alarm is due)",
                "fits": ["hls-fmp4", "hls-ts"],
                "expects": {"hls": (), "dash": ()},
                "alarm": "",
                "params": {},
                "needs_rung": False,
            }
        )
        kinds += [transport_fault(name, kind) for name, kind in TS_FAULTS.items()]
        return {"faults": kinds, "running": [self._told(one) for one in self._origin.desk.all_running(call.at)]}

    def _begin(self, call: Call) -> Any:
        return self._told(self.begin(_order(call.body, self._origin), call.at))

    def begin(self, order: Order, at: float) -> Fault:
        """Begin a fault, or restart a packager. Raises KnownError when it cannot be done."""
        fault = self._origin.desk.begin(order, at)
        if fault.kind == PACKAGER_RESTART:
            self._origin.restart(fault.channel, at)
        return fault

    def _end(self, text: str, at: float) -> Any:
        try:
            return self._told(self._origin.desk.end(int(text), at))
        except (KeyError, ValueError):
            raise Refused(404, "The lab knows no such fault.") from None

    def _fault_log(self, call: Call) -> Any:
        faults = self._origin.desk.log(_number(call.query, "after", 0))
        return {"at": call.at, "faults": [self._told(one) for one in faults]}

    def _entries(self, call: Call) -> Any:
        limit = min(_number(call.query, "limit", _MOST_ENTRIES), _MOST_ENTRIES)
        after = _number(call.query, "after", 0)
        found = list(self._log.after(after, call.query.get("channel", ""), limit))
        last = found[-1].n if len(found) == limit else self._log.total
        return {"next": last, "entries": [asdict(entry) for entry in found]}

    def _reset(self, call: Call) -> Any:
        self._log.reset()
        return {"status": "ok", "at": call.at}

    def _missed(self, call: Call) -> Any:
        segment_s = self._origin.studio.grid.segment_s
        grace_s = _decimal(call.query, "grace", segment_s)
        watch = Watch(self._log, self._origin.desk.log(), self._origin.window, grace_s)
        wanted = [self._channel(call.query["channel"])] if "channel" in call.query else self._origin.channels.values()
        reports = {channel.code: watch.channel(channel) for channel in wanted}
        rungs = [rung for report in reports.values() for rung in report.values()]
        return {
            "at": call.at,
            "channels": {
                code: {rung: one.json() for rung, one in report.items()} for code, report in reports.items() if report
            },
            "published": sum(rung.published for rung in rungs),
            "fetched": sum(rung.fetched for rung in rungs),
            "missed": sum(len(rung.missed) for rung in rungs),
            "longest_gap_s": max((rung.longest_gap_s for rung in rungs), default=0.0),
        }

    def _published(self, call: Call) -> Any:
        """Return the segments published since the lab began, at most 1,000 of the newest."""
        channel = self._channel(call.query.get("channel", ""))
        schedule = channel.schedule
        edge = schedule.edge(call.at)
        after = _number(call.query, "after", schedule.edge(self._started_at))
        slots = [schedule.slot(seq) for seq in range(max(after + 1, edge - _MOST_PUBLISHED + 1), edge + 1)]
        return {
            "channel": channel.code,
            "segments": [
                {
                    "seq": slot.seq,
                    "published_at": schedule.wall(slot.end),
                    "duration_s": slot.frames / FRAME_RATE,
                    "is_ad": bool(slot.ad),
                    "is_discontinuity": slot.is_discontinuity,
                }
                for slot in slots
            ],
        }

    def _multicast(self, call: Call) -> Any:
        """Return how many datagrams of each transport stream were sent: the truth for "nothing lost"."""
        if self._station is None:
            return {"at": call.at, "sent": 0, "failed": 0, "skipped": 0, "streams": []}
        return {"at": call.at, **station_facts(self._station)}

    def _channel(self, code: str) -> LabChannel:
        channel = self._origin.channels.get(code)
        if channel is None:
            raise Refused(404, f"The lab has no channel {code!r}.")
        return channel

    def _told(self, fault: Fault) -> dict[str, Any]:
        if fault.kind in TS_FAULTS:
            return transport_fault_told(fault, self._station.made(fault) if self._station else 0)
        kind = FAULTS.get(fault.kind)
        channel = self._origin.desk.shown(fault.channel)
        return {
            "id": fault.id,
            "channel": fault.channel,
            "fault": fault.kind,
            "title": kind.title if kind else "The packager restarts",
            "rung": fault.rung,
            "begins_at": fault.begins_at,
            "ends_at": fault.ends_at,
            "params": dict(fault.params),
            "expects": kind.expects(channel.form) if kind else (),
            "alarm": kind.alarm if kind else "",
            **({"media": media_times(fault, channel, self._origin.desk)} if kind and kind.is_of_media else {}),
        }


def _fits(kind: FaultKind) -> list[str]:
    if kind.needs_hdr:
        return [HDR]
    return sorted(kind.fits) + ([TRANSPORT] if kind.is_of_media else [])


def _order(body: Mapping[str, Any], origin: Origin) -> Order:
    """Read an order; a rung may be named as in the URL or by its label in the ladder."""
    channel, fault, rung = (str(body.get(key) or "") for key in ("channel", "fault", "rung"))
    params = body.get("params") or {}
    if not isinstance(params, Mapping):
        raise Refused(400, "The fault's settings must be names and numbers.")
    try:
        seconds = float(body.get("seconds") or 60.0)
        numbers = {str(key): float(value) for key, value in params.items()}
    except (TypeError, ValueError):
        raise Refused(400, "Seconds and settings of a fault must be numbers.") from None
    if channel in origin.channels:
        rung = rung_names(origin.channels[channel], origin.studio).get(rung, rung)
    return Order(channel, fault, seconds, rung, numbers)


def _body(request: Request) -> Mapping[str, Any]:
    if not request.body:
        return {}
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refused(400, "The request is not JSON.") from None
    if not isinstance(body, dict):
        raise Refused(400, "The request must be one JSON object.")
    return body


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    return int(_decimal(query, name, default))


def _decimal(query: Mapping[str, str], name: str, default: float) -> float:
    try:
        value = float(query.get(name, default))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1e15:
        raise Refused(400, f"{name} must be a number of 0 or more.")
    return value


def _json(status: int, body: Any, request: Request) -> Reply:
    document = Document(json.dumps(body).encode() + b"\n", "application/json")
    if status == 200:
        return document_reply(document, request)
    return Reply(status, document.body, (("Content-Type", document.content_type), ("Cache-Control", "no-store")))
