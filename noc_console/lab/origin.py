"""Answers requests for media: what a channel holds at this moment, and what its faults make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from email.utils import formatdate

from noc_console.lab import dash_pages, hls_pages
from noc_console.lab.channels import Form, LabChannel
from noc_console.lab.clock import iso
from noc_console.lab.dash import MPD_TYPE
from noc_console.lab.fault import Fault, Moment
from noc_console.lab.fault_desk import FaultDesk
from noc_console.lab.faults import FAULTS
from noc_console.lab.hls import PLAYLIST_TYPE
from noc_console.lab.reply import Document, Reply, Request, document_reply, text_reply
from noc_console.lab.schedule import Slot
from noc_console.lab.studio import AUDIO, Studio
from noc_console.lab.targets import Target
from noc_console.lab.wardrobe import HEALTHY, Dress, dress_of

# a client's clock may be a little ahead of ours: a segment is there this long before it is announced
_EARLY_S = 0.2
_NOT_FOUND = "There is nothing here.\n"


@dataclass(frozen=True, slots=True)
class View:
    """A channel at one moment, and the faults that concern the request."""

    channel: LabChannel
    at: float
    now: float
    faults: tuple[Fault, ...]


class Origin:
    """The media side of the lab: its channels, their media, and the faults made on them."""

    def __init__(self, channels: Sequence[LabChannel], studio: Studio, window: int) -> None:
        self.channels = {channel.code: channel for channel in channels}
        self.studio = studio
        self.window = window
        self.desk = FaultDesk(self.channels, [spec.name for spec in studio.ladder])
        self.sources = dash_pages.TimeSources("")
        self._documents: dict[tuple[str, str], tuple[object, Document]] = {}
        self._inits: dict[tuple[int, str], Document] = {}

    def answer(self, target: Target, request: Request, at: float) -> Reply:
        """Answer one request."""
        if target.what == "time":
            return _time(request, at)
        channel = self.channels.get(target.channel)
        if channel is None or target.what == "other":
            return text_reply(404, _NOT_FOUND)
        running = self.desk.running(channel.code, at)
        faults = tuple(one for one in running if _concerns(one, target)) if running else ()
        ills = tuple(one for one in self.desk.in_media(channel.code, at) if _is_for(one, target))
        document = self._document(channel, target, at, faults, ills)
        reply = document_reply(document, request) if document is not None else text_reply(404, _NOT_FOUND)
        for fault in faults:
            kind = FAULTS[fault.kind]
            if kind.reply is not None and target.what in kind.touches and _is_for(fault, target):
                reply = kind.reply(reply, fault, request.path)
        return replace(reply, fault=faults[-1].id) if faults else reply

    def restart(self, code: str, at: float) -> None:
        """Restart the packager of a channel: its time stamps begin anew, behind a discontinuity."""
        channel = self.channels[code]
        self.channels[code] = replace(channel, schedule=channel.schedule.restarted(at))

    def seq_of(self, target: Target) -> int:
        """Return the sequence number of the segment a request is for, -1 when it names none."""
        if target.time < 0:
            return target.seq
        return dash_pages.number_of(target.time, target.rung, self.studio.grid.segment)

    def _document(
        self, channel: LabChannel, target: Target, at: float, faults: tuple[Fault, ...], ills: tuple[Fault, ...]
    ) -> Document | None:
        match target.what:
            case "segment":
                return self._segment(channel, target, at, ills)
            case "init":
                return self._init(channel, target)
        if not self._is_offered(channel, target):
            return None
        view = View(channel, _viewed_at(faults, at), at, faults)
        state = (channel.schedule.restarts, channel.schedule.edge(view.at))
        has_time = target.what == "mpd" and self.sources.timing(channel, at)[0].endswith("direct:2014")
        if faults or has_time:
            return self._written(view, target)
        key = (channel.code, target.rung)
        kept = self._documents.get(key)
        if kept is None or kept[0] != state:
            kept = self._documents[key] = (state, self._written(view, target))
        return kept[1]

    def _is_offered(self, channel: LabChannel, target: Target) -> bool:
        if target.what == "mpd" or not channel.form.is_hls:
            return target.what == "mpd" and not channel.form.is_hls
        if target.what == "master" or target.rung == hls_pages.IFRAMES:
            return True
        return self.studio.has(target.rung, channel.form is Form.HLS_TS)

    def _written(self, view: View, target: Target) -> Document:
        segment_s = self.studio.grid.segment_s
        match target.what:
            case "master":
                return Document(self._master(view).encode(), PLAYLIST_TYPE, max(1, int(segment_s)))
            case "mpd":
                return Document(self._mpd(view).encode(), MPD_TYPE, max(1, int(segment_s / 2)))
        return Document(self._playlist(view, target.rung).encode(), PLAYLIST_TYPE, max(1, int(segment_s / 2)))

    def _master(self, view: View) -> str:
        playlist = hls_pages.master(view.channel, self.studio)
        for fault in view.faults:
            if edit := FAULTS[fault.kind].master:
                playlist = edit(playlist, fault)
        return playlist.text()

    def _playlist(self, view: View, rung: str) -> str:
        playlist = hls_pages.media(view.channel, self.studio, rung, view.at, self.window)
        for fault in view.faults:
            if edit := FAULTS[fault.kind].media:
                playlist = edit(playlist, fault, _moment(view, fault))
        return playlist.text()

    def _mpd(self, view: View) -> str:
        timing = self.sources.timing(view.channel, view.now)
        mpd = dash_pages.mpd(view.channel, self.studio, view.at, self.window, timing)
        for fault in view.faults:
            if edit := FAULTS[fault.kind].mpd:
                mpd = edit(mpd, fault, _moment(view, fault))
        return mpd.text()

    def prepare(self, channel: LabChannel, fault: Fault) -> None:
        """Make what an ill of the media needs in this channel's segments; takes a while, in any thread."""
        is_transport = channel.form is Form.HLS_TS
        for look in {channel.look, channel.ad_look} if channel.schedule.ads else {channel.look}:
            self.studio.prepare(is_transport, look, dress_of((fault,)))

    def _segment(self, channel: LabChannel, target: Target, at: float, ills: tuple[Fault, ...]) -> Document | None:
        is_transport = channel.form is Form.HLS_TS
        seq = self.seq_of(target)
        has_name = target.suffix == ("ts" if is_transport else "m4s")
        if not has_name or (target.time >= 0) is not (channel.form is Form.DASH_TIMELINE):
            return None
        schedule = channel.schedule
        # RFC 8216, 6.2.2: a removed segment stays for its own duration and that of the longest playlist it was in
        oldest = schedule.edge(at) - 2 * self.window - 1
        if not oldest <= seq <= schedule.edge(at + _EARLY_S) or not self.studio.has(target.rung, is_transport):
            return None
        slot = schedule.slot(seq)
        look = channel.ad_look if slot.ad else channel.look
        data = self.studio.segment(is_transport, look, target.rung, slot, _dresses(ills, channel, slot))
        kind = "video/mp2t" if is_transport else ("audio/mp4" if target.rung == AUDIO else "video/mp4")
        return Document(data, kind, max(1, int(self.window * self.studio.grid.segment_s)), is_text=False)

    def _init(self, channel: LabChannel, target: Target) -> Document | None:
        if channel.form is Form.HLS_TS or not self.studio.has(target.rung, is_transport=False):
            return None
        if target.file == "ad" and not channel.schedule.ads:
            return None
        key = (channel.ad_look if target.file == "ad" else channel.look, target.rung)
        if key not in self._inits:
            kind = "audio/mp4" if target.rung == AUDIO else "video/mp4"
            self._inits[key] = Document(self.studio.init(*key), kind, 3600, is_text=False)
        return self._inits[key]


def _concerns(fault: Fault, target: Target) -> bool:
    """Say whether a fault may show in this answer: lists of rungs show the faults of each rung."""
    return not fault.rung or not target.rung or _is_for(fault, target)


def _is_for(fault: Fault, target: Target) -> bool:
    return not fault.rung or fault.rung == target.rung


def _dresses(ills: tuple[Fault, ...], channel: LabChannel, slot: Slot) -> tuple[Dress, ...]:
    """Return what is ill in each GOP of a segment, nothing where all are healthy."""
    if not ills:
        return ()
    dresses = tuple(dress_of(one for one in ills if one.is_on(at)) for at in channel.schedule.gops(slot))
    return dresses if any(dress != HEALTHY for dress in dresses) else ()


def _viewed_at(faults: tuple[Fault, ...], at: float) -> float:
    for fault in faults:
        if clock := FAULTS[fault.kind].clock:
            at = clock(fault, at)
    return at


def _moment(view: View, fault: Fault) -> Moment:
    schedule = view.channel.schedule
    return Moment(view.channel, view.at, schedule.edge(view.at) - schedule.edge(fault.begins_at))


def _time(request: Request, at: float) -> Reply:
    """Answer a UTCTiming source: http-iso in the body, http-head in the Date header."""
    if request.path == "/time/iso":
        return text_reply(200, iso(at))
    if request.path == "/time/head":
        return text_reply(200, formatdate(at, usegmt=True))
    return text_reply(404, _NOT_FOUND)
