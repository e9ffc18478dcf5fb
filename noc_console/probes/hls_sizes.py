"""The sizes of a whole VOD playlist, from its byte ranges or asked for by HEAD: is its bandwidth true."""

from __future__ import annotations

import asyncio

from noc_console.media.hls import Media, Segment
from noc_console.media.hls.bandwidth import Size, judge_vod
from noc_console.model import Finding
from noc_console.probes.hls_rung import RungWatch
from noc_console.probes.tools import Tools

_MOST_ASKED = 60
_AT_ONCE = 8


async def judge_sizes(rungs: list[RungWatch], tools: Tools) -> dict[str, list[Finding]]:
    """Return the findings of each ended variant by rung; long ones without byte ranges are left out."""
    gate = asyncio.Semaphore(_AT_ONCE)
    found: dict[str, list[Finding]] = {}
    beside = {watch.rung.group for watch in rungs if watch.rung.kind == "audio"} - {""}
    for watch in rungs:
        media = watch.media
        if media is None or not media.is_ended or not watch.rung.bandwidth_bps:
            continue
        # BANDWIDTH counts the audio beside the variant too (RFC 8216 4.3.4.2): the variant alone proves nothing
        if watch.rung.group in beside:
            continue
        async with asyncio.TaskGroup() as group:
            if _is_told(media):
                tasks = []
                sizes = [_told(segment) for segment in media.segments]
            elif len(media.segments) <= _MOST_ASKED:
                tasks = [group.create_task(_asked(tools, gate, watch, media, one)) for one in media.segments]
                sizes = []
            else:
                continue
        sizes = [*sizes, *(task.result() for task in tasks)]
        # a size that nobody tells would make the average a guess
        if sizes and all(size.bytes for size in sizes):
            found[watch.rung.label] = judge_vod(watch.rung, sizes, float(media.target_duration_s))
    return found


def _is_told(media: Media) -> bool:
    return all(segment.byterange is not None for segment in media.segments)


def _told(segment: Segment) -> Size:
    return Size(segment.sequence, segment.duration_s, segment.byterange[0] if segment.byterange else 0)


async def _asked(tools: Tools, gate: asyncio.Semaphore, watch: RungWatch, media: Media, segment: Segment) -> Size:
    async with gate:
        request = tools.request(media.absolute(segment.uri), method="HEAD")
        reply = await tools.fetch(request, rung=watch.rung.label)
    length = reply.headers.get("content-length", "")
    return Size(segment.sequence, segment.duration_s, int(length) if reply.is_ok and length.isdigit() else 0)
