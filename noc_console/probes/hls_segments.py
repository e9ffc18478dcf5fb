"""The segments of one HLS input: fetched as they appear, newest first, looked into, held beside their neighbours."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace

from noc_console.catalogues import severity_of
from noc_console.media.container import BadSegment, Head, look
from noc_console.media.hls import Media, Segment
from noc_console.media.hls.bandwidth import Size, judge_live, remember
from noc_console.media.hls.truth import judge_neighbours, judge_segment, where
from noc_console.model import Finding
from noc_console.net.fetch import Reply
from noc_console.net.pipe_media import BOTH, PICTURE, SOUND, Spooled
from noc_console.probes.hls_decrypt import decrypted
from noc_console.probes.hls_rung import InitKey, RungWatch
from noc_console.probes.segments import DURATION_TOLERANCE, Listed, Taken, take
from noc_console.probes.tools import Tools

_HEADS = 8
_LEAST_AT_ONCE = 4
_BACKLOG_PER_RUNG = 8
_TOLD_EVERY_S = 60.0
_MOST_AT_ONCE = 32
_LOOKED_AT_BYTES = 64 * 1024**2
_INIT_BYTES = 1024**2


class Segments:
    """Fetches the segments of one input; `group` owns the tasks, at most a few per rung run at once.

    Those of the rungs `measured` go on to the decoders.
    """

    def __init__(self, tools: Tools, group: asyncio.TaskGroup) -> None:
        self._tools = tools
        self._group = group
        self._waiting: deque[tuple[RungWatch, Listed, list[Finding], Segment, bool]] = deque()
        self._running = 0
        self._most = _LEAST_AT_ONCE
        self._skipped = 0
        self._told_at = 0.0
        self.is_bad = False
        self.measured: frozenset[str] = frozenset()

    def allow(self, rungs: int) -> None:
        """Set how many may run at once by the size of the ladder."""
        self._most = min(max(_LEAST_AT_ONCE, 2 * rungs), _MOST_AT_ONCE)

    def offer(self, watch: RungWatch, fresh: tuple[Segment, ...], *, is_whole: bool) -> None:
        """Take the segments that just appeared in a rung; those already waiting give way to them."""
        media = watch.media
        if media is None:
            return
        for segment in fresh:
            if not segment.is_gap:
                settled = self._settled(watch, segment)
                self._waiting.append((watch, self._listed(watch, media, segment), settled, segment, is_whole))
        while self._waiting and self._running < self._most:
            self._start()
        limit = self._most * _BACKLOG_PER_RUNG
        while len(self._waiting) > limit:
            self._waiting.popleft()
            self._skipped += 1
        self._tell()

    def _start(self) -> None:
        self._running += 1
        # newest first: what is old already is of least use, and may be gone when its turn comes
        self._group.create_task(self._taken(*self._waiting.pop()))

    def _tell(self) -> None:
        now = self._tools.now()
        if self._skipped and now - self._told_at >= _TOLD_EVERY_S:
            text = f"{self._skipped} segments were not fetched: the downloads are slower than the channel."
            self._tools.note("event", {"kind": "SegmentsSkipped", "at": now, "count": self._skipped, "text": text})
            self._skipped, self._told_at = 0, now

    def _listed(self, watch: RungWatch, media: Media, segment: Segment) -> Listed:
        span = segment.byterange
        return Listed(
            family="hls",
            rung=watch.rung.label,
            url=media.absolute(segment.uri),
            duration_s=segment.duration_s,
            sequence=segment.sequence,
            byte_range=f"{span[1]}-{span[1] + span[0] - 1}" if span else "",
            is_exempt=self._is_exempt(watch, media, segment),
            line=segment.line,
        )

    def _is_exempt(self, watch: RungWatch, media: Media, segment: Segment) -> bool:
        """Say whether the duration is not judged now: text, the last before a discontinuity, or not known yet."""
        if watch.rung.kind not in ("video", "audio"):
            return True
        index = segment.sequence - media.segments[0].sequence + 1
        if 0 < index < len(media.segments):
            return media.segments[index].is_discontinuity
        expected = self._tools.input.expected.segment_s
        is_short = segment.duration_s < expected * (1 - DURATION_TOLERANCE)
        if is_short and not media.is_ended:
            # whether a discontinuity follows is told by the next version only
            watch.deferred = segment
        return is_short

    async def _taken(
        self, watch: RungWatch, listed: Listed, settled: list[Finding], segment: Segment, is_whole: bool
    ) -> None:
        try:
            taken = await take(self._tools, listed, is_whole=is_whole, keep_bytes=_LOOKED_AT_BYTES)
            findings = [*taken.findings, *settled]
            metrics = dict(taken.metrics)
            if taken.is_had and is_whole and watch.rung.kind != "iframe":
                findings.extend(await self._looked(watch, segment, taken, metrics))
            self._tools.look(f"segment/{watch.rung.label}", taken.reply.at, metrics, tuple(findings))
            self.is_bad = self.is_bad or any(is_serious(finding) for finding in findings)
        finally:
            self._running -= 1
            if self._waiting and self._running < self._most:
                self._start()

    def _settled(self, watch: RungWatch, segment: Segment) -> list[Finding]:
        """Judge the short segment that waited for the one after it."""
        short, expected = watch.deferred, self._tools.input.expected.segment_s
        if short is None or segment.sequence != short.sequence + 1:
            return []
        watch.deferred = None
        if segment.is_discontinuity or expected <= 0:
            return []
        text = f"Segment {short.sequence} lasts {short.duration_s:.2f} s, expected {expected:.2f} s ± 10 %."
        return [Finding("hls-segment-duration-off", text, where(short, watch.rung))]

    async def _looked(
        self, watch: RungWatch, segment: Segment, taken: Taken, metrics: dict[str, float]
    ) -> list[Finding]:
        findings: list[Finding] = []
        if watch.rung.bandwidth_bps and watch.media is not None:
            watch.sizes = remember(watch.sizes, Size(segment.sequence, segment.duration_s, taken.reply.size_bytes))
            findings.extend(judge_live(watch.rung, watch.sizes, float(watch.media.target_duration_s)))
        if len(taken.reply.body) >= _LOOKED_AT_BYTES:
            await self._laid_down(watch, segment, taken.reply, None, why="large")
            return findings  # only its beginning was kept: what is at its end cannot be judged
        body, locked = self._opened(watch, segment, taken.reply.body)
        if body is None:
            await self._laid_down(watch, segment, taken.reply, None, why="encrypted")
            return [*findings, *locked]
        init, missing = await self._init(watch, segment)
        if missing is not None:
            return [*findings, missing]
        is_locked = body is taken.reply.body and bool(segment.keys)
        why = "encrypted" if is_locked else ""
        await self._laid_down(watch, segment, taken.reply, None if is_locked else body, init or b"", why)
        try:
            head = look(body, init)
        except BadSegment as bad:
            return [
                *findings,
                Finding("hls-segment-incomplete", f"Segment {segment.sequence}: {bad}.", taken.listed.where),
            ]
        if is_locked:
            # samples are encrypted: the container's times hold, what is in the samples cannot be seen
            head = replace(head, starts_with_idr=None)
        findings.extend(judge_segment(segment, head, watch.rung))
        if head.kind == "ts" and not head.is_truncated:
            judged = watch.stream.judge(segment, body, where(segment, watch.rung))
            metrics["ts.cc_errors"] = float(judged.continuity_errors)
            findings.extend(judged.findings)
        findings.extend(_beside(watch, segment, head))
        return findings

    async def _laid_down(
        self, watch: RungWatch, segment: Segment, reply: Reply, body: bytes | None, init: bytes = b"", why: str = ""
    ) -> None:
        """Hand a segment of a measured rung on to the decoders, or say why it cannot be decoded."""
        spool = self._tools.spool
        if spool is None or watch.rung.label not in self.measured:
            return
        stretch = Spooled(
            input_id=self._tools.input.id,
            rung=watch.rung.label,
            at=reply.at if segment.date is None else segment.date,
            came_at=self._tools.now(),
            duration_s=segment.duration_s,
            sequence=segment.sequence,
            kind="fmp4" if init else "auto",
            holds=self._holds(watch),
            is_discontinuity=segment.is_discontinuity,
            init=init,
            why=why,
        )
        if body is None:
            spool.tell(self._tools, stretch)
        else:
            await spool.put(self._tools, stretch, body)

    def _holds(self, watch: RungWatch) -> str:
        """Say what is in a rung: a variant whose sound has playlists of its own holds the picture only."""
        if watch.rung.kind == "audio":
            return SOUND
        return PICTURE if any(label.startswith("audio") for label in self.measured) else BOTH

    def _opened(self, watch: RungWatch, segment: Segment, body: bytes) -> tuple[bytes | None, list[Finding]]:
        """Return what can be looked into: the segment, or with a plain key and on request only, the clear one."""
        key = next((key for key in segment.keys if key.method == "AES-128"), None)
        if key is None:
            return body, []
        secret = watch.keys.secret(watch.media.absolute(key.uri)) if watch.media else None
        if not self._tools.settings.decrypt_aes128 or secret is None:
            return None, []
        try:
            return decrypted(body, key, secret, segment.sequence), []
        except ValueError as error:
            text = f"Segment {segment.sequence} cannot be decrypted: {error}."
            return None, [Finding("hls-segment-incomplete", text, where(segment, watch.rung))]

    async def _init(self, watch: RungWatch, segment: Segment) -> tuple[bytes | None, Finding | None]:
        if segment.map is None or watch.media is None:
            return None, None
        key: InitKey = (watch.media.absolute(segment.map.uri), segment.map.byterange)
        if watch.inits.get(key) is None:
            span = key[1]
            byte_range = f"{span[1]}-{span[1] + span[0] - 1}" if span else ""
            request = self._tools.request(key[0], byte_range=byte_range, max_bytes=_INIT_BYTES)
            reply = await self._tools.fetch(request, rung=watch.rung.label)
            if not reply.is_ok or not reply.body:
                why = reply.error_text or f"The server answered {reply.status}."
                text = f"The EXT-X-MAP file was not delivered. {why}"
                return None, Finding("hls-map-missing", text, {"uri": key[0], "line": segment.map.line})
            while len(watch.inits) >= _HEADS:
                del watch.inits[next(iter(watch.inits))]
            watch.inits[key] = reply.body
        return watch.inits[key], None


def is_serious(finding: Finding) -> bool:
    """Say whether a finding is major or worse: it promotes the input."""
    severity = severity_of(finding)
    return severity is not None and severity.rank >= 4


def _beside(watch: RungWatch, segment: Segment, head: Head) -> list[Finding]:
    heads = watch.heads
    heads[segment.sequence] = (segment, head)
    while len(heads) > _HEADS:
        del heads[min(heads)]
    findings = []
    for number in (segment.sequence, segment.sequence + 1):
        before, after = heads.get(number - 1), heads.get(number)
        if not before or not after or after[0].is_discontinuity:
            continue
        # the same number with another discontinuity count is another life of the packager
        if before[0].discontinuity_sequence == after[0].discontinuity_sequence:
            findings.extend(judge_neighbours(before[1], after[1], after[0], watch.rung))
    return findings
