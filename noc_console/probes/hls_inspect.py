"""Inspects an HLS address or file: ladder, findings, timings, and what a channel of it should expect."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from noc_console.errors import KnownError
from noc_console.media.hls import BadPlaylist, Master, parse
from noc_console.media.hls.lint_master import lint_master
from noc_console.media.hls.lint_media import lint_media
from noc_console.model import Expected, Finding, Level
from noc_console.probes.hls import Watch
from noc_console.probes.hls_details import master_details, media_details, no_details
from noc_console.probes.hls_proposal import proposal
from noc_console.probes.hls_sizes import judge_sizes
from noc_console.probes.inspected import Inspected, Progress, Source
from noc_console.probes.tools import Tools

_LEAST_METRICS = ("segment.speed_ratio", "playlist.is_valid", "playlist.window_s", "playlist.segments")


class _Heard(Tools):
    """The tools of an inspection that also remember each finding once, however often it is looked at."""

    def __init__(self, tools: Tools) -> None:
        self.__dict__.update(tools.__dict__)
        self.findings: dict[tuple[object, ...], Finding] = {}
        self.metrics: dict[str, float] = {}

    def look(self, scope: str, at: float, metrics: Mapping[str, float], findings: tuple[Finding, ...] = ()) -> None:
        """Hand on what one look gave, and remember it."""
        super().look(scope, at, metrics, findings)
        for finding in findings:
            place = finding.where
            line = "" if place.get("sequence") is not None or scope.startswith("playlist/") else place.get("line", "")
            key = (scope, finding.id, place.get("sequence"), line, place.get("rung"))
            rung = scope.partition("/")[2]
            known = {"rung": rung, **place} if rung else place
            self.findings[key] = replace(finding, where=known)
        for name, value in metrics.items():
            worst = min if name in _LEAST_METRICS else max
            self.metrics[name] = worst(self.metrics.get(name, value), value)


async def inspect_hls(source: Source, tools: Tools, seconds: float, progress: Progress) -> Inspected:
    """Inspect a master or media playlist for so many seconds (0: each playlist and its newest segment once)."""
    try:
        playlist = parse(source.body, source.url)
    except BadPlaylist as bad:
        return Inspected((bad.finding(source.url),), {"playlist.is_valid": 0.0}, no_details(source.body))
    if source.is_file:
        if isinstance(playlist, Master):
            return Inspected(lint_master(playlist), {}, master_details(playlist), proposal({}, playlist))
        return Inspected(lint_media(playlist), {}, media_details(playlist), proposal({}, None))
    return await _watched(source, tools, seconds, progress)


async def _watched(source: Source, tools: Tools, seconds: float, progress: Progress) -> Inspected:
    # nothing is known of a stream that is only inspected: its segments may be as long as they like
    tools.input = replace(tools.input, url=source.url, level=Level.FULL, expected=Expected(segment_s=0.0))
    heard = _Heard(tools)
    end = tools.now() + seconds
    try:
        async with asyncio.timeout(seconds + 4 * tools.settings.request_timeout_s), asyncio.TaskGroup() as group:
            watch = Watch(tools.input, heard, group, source.reply, is_live=False)
            progress(0.1, "Fetching playlists and segments")
            following = await watch.round()
            while following < end:
                left = max(0.0, end - tools.now())
                progress(1.0 - 0.9 * left / seconds, f"Watching for {left:.0f} s more")
                await tools.sleep_until(following)
                following = await watch.round()
            for label, found in (await judge_sizes(list(watch.rungs.values()), heard)).items():
                heard.look(f"set/{label}", tools.now(), {}, tuple(found))
    except TimeoutError:
        raise KnownError("The inspection took too long: the server answers too slowly.") from None
    media = [rung.media for rung in watch.rungs.values() if rung.media is not None]
    details: dict[str, Any] = {}
    if watch.master.master is not None:
        playlists = {rung.rung.label: media_details(rung.media) for rung in watch.rungs.values() if rung.media}
        details = {**master_details(watch.master.master), "playlists": playlists}
    elif media:
        details = media_details(media[0])
    return Inspected(
        tuple(heard.findings.values()), heard.metrics, details, proposal(watch.rungs, watch.master.master)
    )
