"""Inspects one DASH source: what it is, its ladder, what is wrong with it, and what a channel of it looks like."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from noc_console.media.dash import BadMpd, Mpd, ladder, parse
from noc_console.media.dash.lint import lint
from noc_console.media.dash.model import Representation
from noc_console.media.ladder import Rung
from noc_console.model import Expected, Finding, Level
from noc_console.probes.dash import Watcher
from noc_console.probes.dash_details import NO_DETAILS, details
from noc_console.probes.inspected import Inspected, Progress, Source
from noc_console.probes.tools import Tools

_ONE_LOOK_S = 20.0
_STEP_S = 0.25
_HD, _UHD = 720, 2160
_WORST_IS_LEAST = ("segment.speed_ratio", "playlist.is_valid", "playlist.segments", "ladder.rungs")


async def inspect_dash(source: Source, tools: Tools, seconds: float, progress: Progress) -> Inspected:
    """Inspect an MPD; of a URL one segment of each rung is fetched, or everything for `seconds`."""
    try:
        mpd = parse(source.body, _base(source))
    except BadMpd as error:
        where = {"line": error.line} if error.line else {}
        finding = Finding("dash-mpd-parse-error", str(error), where)
        return Inspected((finding,), {"playlist.is_valid": 0.0}, NO_DETAILS)
    if source.is_file:
        return Inspected(lint(mpd), {"playlist.is_valid": 1.0}, details(mpd, None), proposal(mpd))
    expected = Expected(segment_s=segment_s(mpd))
    tools.input = replace(tools.input, url=source.url, level=Level.FULL, expected=expected)
    seen = _Seen()
    await _watched(Watcher(tools.input, tools, seen.look, source.reply), tools, seen, mpd, seconds, progress)
    return Inspected(seen.findings(), seen.metrics, details(mpd, tools.now()), proposal(mpd))


@dataclass(slots=True)
class _Seen:
    """What an inspection's looks gave: every finding once per place, the worst of each figure."""

    found: dict[tuple[str, str, str], Finding] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)
    rungs: set[str] = field(default_factory=set)
    polls: int = 0

    def look(self, scope: str, _at: float, metrics: Mapping[str, float], findings: tuple[Finding, ...]) -> None:
        """Take one look."""
        self.polls += scope == "mpd"
        if scope.startswith("segment/"):
            self.rungs.add(scope)
        for finding in findings:
            place = finding.where.get("sequence", finding.where.get("line", ""))
            self.found.setdefault((finding.id, scope, f"{place} {finding.where.get('rung', '')}"), finding)
        for key, value in metrics.items():
            worse = min if key in _WORST_IS_LEAST else max
            self.metrics[key] = worse(self.metrics.get(key, value), value)

    def findings(self) -> tuple[Finding, ...]:
        """Return the findings in the order they were met."""
        return tuple(self.found.values())


async def _watched(watcher: Watcher, tools: Tools, seen: _Seen, mpd: Mpd, seconds: float, progress: Progress) -> None:
    """Watch for so long, or until each rung has been looked into once."""
    rungs = sum(rung.kind != "iframe" for rung in ladder(mpd))
    began = tools.now()
    lasts = seconds or _ONE_LOOK_S
    watch = asyncio.create_task(watcher.run())
    try:
        while not watch.done():
            passed = tools.now() - began
            is_once = not seconds and seen.polls and (len(seen.rungs) >= rungs or not rungs)
            if passed >= lasts or is_once:
                break
            ratio = passed / lasts if seconds else len(seen.rungs) / max(rungs, 1)
            progress(min(ratio, 0.99), f"Looked into {len(seen.rungs)} of {rungs} rungs")
            await asyncio.wait({watch}, timeout=_STEP_S)
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
    if watch.done() and not watch.cancelled() and (error := watch.exception()):
        raise error


def proposal(mpd: Mpd) -> dict[str, object]:
    """Return what *Add channel* offers for a channel like this one."""
    rungs = ladder(mpd)
    is_hdr = any(rung.video_range in ("PQ", "HLG") or rung.codecs.startswith(("dvh1", "dvhe")) for rung in rungs)
    height = max((rung.height for rung in rungs), default=0)
    is_uhd = height >= _UHD
    return {
        "segment_s": segment_s(mpd),
        "rungs": [rung.label for rung in rungs if rung.kind != "iframe"],
        "audio_languages": _languages(rungs, "audio"),
        "subtitle_languages": _languages(rungs, "subtitles"),
        "is_hdr": is_hdr,
        "badges": _badges(mpd, is_hdr=is_hdr, is_uhd=is_uhd),
        "class": "4K" if is_uhd else "HD" if height >= _HD else "SD" if height else "OTT",
        "template": "TPL_LIVE_4K_HDR" if is_uhd and is_hdr else "TPL_ABR_OTT",
    }


def segment_s(mpd: Mpd) -> float:
    """Return the duration most video segments have, else audio ones, 6.0 where nobody can tell."""
    for kind in ("video", "audio"):
        lengths: Counter[float] = Counter()
        for period in mpd.periods[-4:]:
            for one in period.sets:
                if one.kind == kind and one.representations and not one.is_trick:
                    lengths += _lengths(one.representations[0])
        if lengths:
            usual = lengths.most_common(1)[0][0]
            whole = round(usual * 2) / 2
            return whole if abs(usual - whole) < 0.02 * usual else round(usual, 2)
    return 6.0


def _lengths(rep: Representation) -> Counter[float]:
    addressing = rep.addressing
    if addressing.runs:
        counted: Counter[float] = Counter()
        for run in addressing.runs:
            counted[round(run.duration / addressing.timescale, 3)] += max(run.count, 1)
        return counted
    return Counter({round(addressing.duration / addressing.timescale, 3): 1}) if addressing.duration else Counter()


def _languages(rungs: tuple[Rung, ...], kind: str) -> list[str]:
    return sorted({rung.language for rung in rungs if rung.kind == kind and rung.language})


def _badges(mpd: Mpd, *, is_hdr: bool, is_uhd: bool) -> list[str]:
    is_drm = any(rep.protections for rep in mpd.each())
    told = (("DASH", True), ("4K", is_uhd), ("HDR", is_hdr), ("DRM", is_drm))
    return [name for name, holds in told if holds]


def _base(source: Source) -> str:
    return source.url if "://" in source.url[:16] else f"file://{source.url}"
