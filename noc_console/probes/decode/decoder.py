"""Decodes and measures stretches, one after the other: the one of a worker process."""

from __future__ import annotations

import io
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av

from noc_console.media.container import looks_like_mp4, looks_like_ts
from noc_console.media.stretch import Stretch
from noc_console.probes.decode.cipher import opened_body
from noc_console.probes.decode.container_facts import facts_of
from noc_console.probes.decode.job import AUDIO, AUTO, FMP4, PACKED, TS, Job
from noc_console.probes.decode.library_demux import opened, pieces
from noc_console.probes.decode.packed_demux import demux, looks_packed
from noc_console.probes.decode.session import Kit, Session
from noc_console.probes.decode.timeline import Timeline
from noc_console.probes.decode.units import Demuxed, ForTheLibrary, Undecodable

LIBRARY = "library"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one stretch, and what a decoder remembers, may cost at most; `cpu_s` is CPU time of the decoding."""

    stretch_bytes: int = 256 * 1024 * 1024
    cpu_s: float = 60.0
    sessions: int = 256


class Decoder:
    """The decoder of one worker process; what it remembers of each rung makes sound seamless.

    `decode` never raises for what is in the bytes: what cannot be decoded stands in `Stretch.faults`. Not for several
    threads at once.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._sessions: OrderedDict[tuple[int, str], Session] = OrderedDict()
        self._timelines: OrderedDict[int, Timeline] = OrderedDict()
        self._kit = Kit()
        # the library tells broken bytes on stderr, line by line; here they are counted
        av.logging.set_level(av.logging.PANIC)

    def decode(self, job: Job) -> Stretch:
        """Return what was measured of a stretch; CPU time is that of this thread."""
        began = time.thread_time()
        session = self._session(job)
        end = began + self._limits.cpu_s
        faults: list[str] = []
        found = Stretch(job.input_id, job.at)
        try:
            demuxed, is_end = self._demuxed(job, session)
            found = session.measure(job, demuxed, is_end, lambda: time.thread_time() > end)
        except Undecodable as error:
            faults.append(str(error))
            session.forget()
        return Stretch(
            found.input_id,
            found.at,
            found.pictures,
            found.sounds,
            found.thumbnails,
            (*faults, *found.faults),
            time.thread_time() - began,
            found.facts,
        )

    def forget(self, input_id: int) -> None:
        """Drop all that is remembered of an input."""
        for key in [key for key in self._sessions if key[0] == input_id]:
            del self._sessions[key]
        self._timelines.pop(input_id, None)

    def _session(self, job: Job) -> Session:
        key = job.input_id, job.rung
        session = self._sessions.get(key)
        if session is None or not session.suits(job):
            timeline = self._timelines.setdefault(job.input_id, Timeline())
            session = self._sessions[key] = Session(timeline, self._kit, job)
        elif job.is_discontinuity or (job.sequence >= 0 and job.sequence != session.sequence + 1):
            session.forget()
        session.sequence = job.sequence
        self._sessions.move_to_end(key)
        self._timelines.move_to_end(job.input_id)
        while len(self._sessions) > self._limits.sessions:
            self._sessions.popitem(last=False)
        while len(self._timelines) > self._limits.sessions:
            self._timelines.popitem(last=False)
        return session

    def _demuxed(self, job: Job, session: Session) -> tuple[Demuxed, bool]:
        """Take the bytes apart; also say whether decoders are to give out all they hold."""
        body = opened_body(job, self._body(job))
        kind = kind_of(body) if job.kind == AUTO else job.kind
        if kind == TS:
            return session.ts.feed(body, job.mode, is_end=job.is_last or job.sequence >= 0), job.is_last
        if kind == PACKED:
            return demux(body, session.timeline), job.is_last
        if kind == FMP4:
            try:
                return session.mp4.feed(body, job.init, job.mode), job.is_last
            except ForTheLibrary:
                kind = LIBRARY
        refuse(body)
        data = job.init + body
        return next(_library(data, job.mode != AUDIO)), True

    def _body(self, job: Job) -> bytes:
        if not job.path:
            body = job.body
        else:
            try:
                with Path(job.path).open("rb") as file:
                    body = file.read(self._limits.stretch_bytes + 1)
            except OSError as error:
                raise Undecodable(f"The stretch is not where it should be: {error.strerror}.") from None
        if len(body) > self._limits.stretch_bytes:
            raise Undecodable(f"The stretch is larger than {self._limits.stretch_bytes / 1024**2:.0f} MiB.")
        if not body:
            raise Undecodable("The stretch has no bytes.")
        return body


def kind_of(body: bytes) -> str:
    """Return what the bytes are by their beginning: `ts`, `fmp4`, `packed`, else what the library may know."""
    if looks_like_mp4(body):
        return FMP4
    if looks_like_ts(body):
        return TS
    return PACKED if looks_packed(body) else LIBRARY


def _library(data: bytes, wants_picture: bool) -> Iterator[Demuxed]:
    container = opened(io.BytesIO(data))
    try:
        yield from pieces(container, wants_picture, told=facts_of(data) if looks_like_mp4(data) else None)
    finally:
        container.close()


def refuse(body: bytes) -> None:
    """Raise Undecodable for what is no media at all, before the library guesses."""
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html")):
        raise Undecodable("A web page was served instead of media.")
    if start.startswith((b"#ext", b"<?xml", b"<mpd", b"webvtt", b"{")):
        raise Undecodable("It is text, not media.")
