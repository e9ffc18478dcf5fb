"""Takes the segments of an MPD, one lane for each rung: in order, late ones waited for, newest first when behind."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from noc_console.media.container import BadSegment, Head, look
from noc_console.media.dash import Mpd, Offer, Segment, init_url
from noc_console.media.dash.checks import Bucket, exceeded, judge, place
from noc_console.media.dash.tracker import Fresh
from noc_console.model import Finding, Level
from noc_console.net.pipe_media import PICTURE, SOUND, Spooled
from noc_console.probes.dash_time import ServerTime
from noc_console.probes.segments import Listed, Taken, take
from noc_console.probes.tools import Tools

INIT_AGAIN_S = 600.0
_INIT_RETRY_S = 5.0
_MOST_BEHIND = 12
_LATE_S = 1.0
_LATEST_S = 4.0
_LATE_PAUSE_S = 0.3
_MISSING = "dash-segment-missing"
Look = Callable[[str, float, Mapping[str, float], tuple[Finding, ...]], None]


@dataclass(slots=True)
class _Init:
    """An initialisation segment as it was fetched."""

    body: bytes = b""
    asked_at: float = 0.0
    fault: Finding | None = None


@dataclass(slots=True)
class _Lane:
    """What waits to be taken of one rung, and what is remembered of it."""

    waiting: deque[Fresh] = field(default_factory=deque)
    is_busy: bool = False
    bucket: Bucket = field(default_factory=Bucket)


class Lanes:
    """Takes what is put on them; `look` hears of every segment, `group` owns the tasks.

    The segments of the rungs `measured` go on to the decoders.
    """

    def __init__(self, tools: Tools, group: asyncio.TaskGroup, look: Look) -> None:
        self._tools = tools
        self._group = group
        self._look = look
        self._lanes: dict[str, _Lane] = {}
        self._inits: dict[str, _Init] = {}
        self.measured: frozenset[str] = frozenset()

    def put(self, mpd: Mpd, fresh: Fresh, level: Level, time: ServerTime) -> None:
        """Take a segment as soon as its lane is free; `time` is our clock against the server's."""
        lane = self._lanes.setdefault(fresh.offer.label, _Lane())
        lane.waiting.append(fresh)
        if not lane.is_busy:
            lane.is_busy = True
            self._group.create_task(self._drain(mpd, lane, level, time))

    async def _drain(self, mpd: Mpd, lane: _Lane, level: Level, time: ServerTime) -> None:
        try:
            while lane.waiting:
                self._skip(lane)
                await self._one(mpd, lane, lane.waiting.popleft(), level, time)
        finally:
            lane.is_busy = False

    def _skip(self, lane: _Lane) -> None:
        """Leave out the oldest when a lane is too far behind, and say so."""
        behind = len(lane.waiting) - _MOST_BEHIND
        if behind <= 0:
            return
        label = lane.waiting[0].offer.label
        first = lane.waiting[0].segment.number
        for _ in range(behind):
            lane.waiting.popleft()
        text = f"Fell behind: {behind} segments of {label} from {first} on were not fetched."
        self._tools.note("event", {"kind": "SegmentsSkipped", "at": self._tools.now(), "text": text, "rung": label})

    async def _one(self, mpd: Mpd, lane: _Lane, fresh: Fresh, level: Level, time: ServerTime) -> None:
        offer, segment = fresh.offer, fresh.segment
        is_wanted = level is not Level.LIGHT or offer.label in self.measured
        is_whole = is_wanted and offer.representation.addressing.kind != "single"
        init = await self._init(offer)
        due = None if segment.available_at is None else segment.available_at + time.believed_s
        if due is not None:
            await self._tools.sleep_until(due + time.grace_s)
        taken = await take(self._tools, _listed(offer, segment, time), is_whole=is_whole)
        if due is None or taken.reply.status != 404:
            late = _late(fresh, taken, due, time) if taken.tries > 1 else ()
            self._tell(mpd, lane, fresh, taken, (*late, *_fault(init)), init, is_whole)
            await self._laid_down(fresh, taken, init, time, is_whole)
            return
        # not there: called late when it comes within a second, missing then, and late after all if it comes still
        taken = await self._again(taken, fresh, is_whole, time, due + _LATE_S)
        if not taken.is_had:
            self._tell(mpd, lane, fresh, taken, _fault(init), init, is_whole)
            until = due + min(segment.duration_s, _LATEST_S)
            taken = await self._again(taken, fresh, is_whole, time, until)
            if not taken.is_had:
                return
        self._tell(mpd, lane, fresh, taken, (*_late(fresh, taken, due, time), *_fault(init)), init, is_whole)
        await self._laid_down(fresh, taken, init, time, is_whole)

    async def _laid_down(
        self, fresh: Fresh, taken: Taken, init: _Init | None, time: ServerTime, is_whole: bool
    ) -> None:
        """Hand a segment of a measured rung on to the decoders, or say why it cannot be decoded."""
        spool, offer, segment = self._tools.spool, fresh.offer, fresh.segment
        if spool is None or offer.label not in self.measured or not (is_whole and taken.is_had):
            return
        is_locked = bool(offer.representation.protections)
        # available is what is whole: the presentation of its beginning is one duration earlier at the soonest
        begins = None if segment.available_at is None else segment.available_at - segment.duration_s
        stretch = Spooled(
            input_id=self._tools.input.id,
            rung=offer.label,
            at=taken.reply.at if begins is None else begins + time.believed_s,
            came_at=self._tools.now(),
            duration_s=segment.duration_s,
            sequence=segment.number,
            kind="fmp4" if init else "auto",
            holds=SOUND if offer.rung.kind == "audio" else PICTURE,
            init=init.body if init else b"",
            why="encrypted" if is_locked else "",
        )
        if is_locked:
            spool.tell(self._tools, stretch)
        else:
            await spool.put(self._tools, stretch, taken.reply.body)

    async def _again(self, taken: Taken, fresh: Fresh, is_whole: bool, time: ServerTime, until: float) -> Taken:
        """Ask again for a segment that is not there until it is, or the time is over."""
        while taken.reply.status == 404 and self._tools.now() < until:
            await self._tools.sleep(_LATE_PAUSE_S)
            listed = _listed(fresh.offer, fresh.segment, time)
            taken = await take(self._tools, listed, is_whole=is_whole, retries_s=())
        return taken

    def _tell(
        self,
        mpd: Mpd,
        lane: _Lane,
        fresh: Fresh,
        taken: Taken,
        also: tuple[Finding, ...],
        init: _Init | None,
        is_whole: bool,
    ) -> None:
        """Hand on what a segment gave: how it came, and what its bytes say."""
        offer, segment = fresh.offer, fresh.segment
        findings = (*taken.findings, *also)
        if taken.is_had and is_whole:
            body = taken.reply.body
            lane.bucket = lane.bucket.fill(len(body), segment.duration_s, offer.representation.bandwidth_bps)
            findings += exceeded(mpd, offer, segment, lane.bucket)
            findings += inside(mpd, offer, segment, body, init.body if init else b"")
        self._look(f"segment/{offer.label}", self._tools.now(), taken.metrics, findings)

    async def _init(self, offer: Offer) -> _Init | None:
        """Return the initialisation segment, fetched once and again every ten minutes."""
        url = init_url(offer.representation)
        if not url:
            return None
        known = self._inits.setdefault(url, _Init())
        age = self._tools.now() - known.asked_at
        if age < (_INIT_RETRY_S if known.fault else INIT_AGAIN_S):
            return known
        known.asked_at = self._tools.now()
        addressing = offer.representation.addressing
        request = self._tools.request(url, byte_range=addressing.init_range)
        reply = await self._tools.fetch(request, rung=offer.label)
        if reply.is_ok and reply.body:
            known.body, known.fault = reply.body, None
        else:
            why = reply.error_text.rstrip(".") if reply.error else f"answered {reply.status}"
            text = f"The initialisation segment of {offer.label} is not there: {why}."
            known.fault = Finding("dash-init-missing", text, {"uri": url, "rung": offer.label})
        return known


def _listed(offer: Offer, segment: Segment, time: ServerTime) -> Listed:
    return Listed(
        family="dash",
        rung=offer.label,
        url=segment.url,
        duration_s=segment.duration_s,
        sequence=segment.number,
        byte_range=segment.byte_range,
        is_exempt=segment.is_last_of_period,
        line=offer.representation.addressing.line,
        complete_at=None if segment.complete_at is None else segment.complete_at + time.believed_s,
    )


def _fault(init: _Init | None) -> tuple[Finding, ...]:
    return (init.fault,) if init and init.fault else ()


def _late(fresh: Fresh, taken: Taken, due: float | None, time: ServerTime) -> tuple[Finding, ...]:
    """Return the finding on a segment that was not there at first, near its availability time (IOP 13)."""
    if due is None or not taken.is_had:
        return ()
    came = taken.reply.at - due
    if came > fresh.segment.duration_s + _LATEST_S:
        return ()  # long past: it was not late, a single request had failed
    text = (
        f"Segment {fresh.segment.number} came {came:.2f} s after its availability time, limit {time.grace_s:.1f} s."
    )
    return (Finding("dash-segment-late", text, place(fresh.offer, fresh.segment)),)


def inside(mpd: Mpd, offer: Offer, segment: Segment, body: bytes, init: bytes) -> tuple[Finding, ...]:
    """Return what the bytes of a segment show: not whole, or not what the MPD says."""
    try:
        head = look(body, init or None)
    except BadSegment as error:
        return (Finding(_MISSING, f"Segment {segment.number} cannot be read: {error}.", place(offer, segment)),)
    if fault := _unusable(head):
        text = f"Segment {segment.number} is not usable. {fault}"
        return (Finding(_MISSING, text, place(offer, segment)),)
    return judge(mpd, offer, segment, head)


def _unusable(head: Head) -> str:
    return next((fault.text for fault in head.errors if fault.code in ("truncated", "html", "empty", "bad-box")), "")
