"""Picture and sound of what an inspection fetches or receives: kept in files, measured by another process, added."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from noc_console.errors import KnownError
from noc_console.media.container import looks_like_ts
from noc_console.probes import ts_inspect
from noc_console.probes.inspected import Inspected, Progress
from noc_console.probes.learned import learned
from noc_console.probes.media_collect import Collected
from noc_console.probes.media_heads import looks_like_media
from noc_console.probes.media_inspect import measure_file, measure_jobs, measure_stream, nothing

_ENDINGS = (".ts", ".m2ts", ".mts", ".mp4", ".m4s", ".m4v", ".m4a", ".cmfv", ".cmfa", ".aac", ".ac3", ".ec3", ".mkv")


def is_media(body: bytes) -> bool:
    """Say by its first bytes whether a body is a segment or another media file."""
    return looks_like_media(body[:64]) or (body[:1] == b"G" and looks_like_ts(body[: 64 * 1024]))


def sounds_like_media(url: str, headers: Mapping[str, str]) -> bool:
    """Say by name and content type whether what is too large for a playlist may be media."""
    kind = headers.get("content-type", "").lower()
    return kind.startswith(("video/", "audio/")) or urlsplit(url).path.lower().endswith(_ENDINGS)


@contextmanager
def collecting(media: Collected | None) -> Iterator[Collected]:
    """Give the folder there is, or one that goes afterwards."""
    kept = media or Collected()
    try:
        yield kept
    finally:
        if media is None:
            kept.close()


async def measured_body(body: bytes, source: str, progress: Progress, kept: Collected) -> Inspected:
    """Measure a media file that was fetched; raises KnownError where it cannot be decoded."""
    path = kept.path("fetched.media")
    path.write_bytes(body)
    try:
        return await asyncio.to_thread(measure_file, path, progress, is_ts=body[:1] == b"G")
    except KnownError as error:
        raise KnownError(str(error).replace(str(path), source)) from None


async def live_with_media(source: str, seconds: float, progress: Progress, kept: Collected) -> Inspected:
    """Receive a transport stream, and measure what came."""
    path = kept.path("received.ts")
    with path.open("wb") as file:
        found = await ts_inspect.inspect_live(source, seconds, _first_half(progress), file)
    return _added(found, await asyncio.to_thread(measure_stream, path, "What came", _second_half(progress)))


async def with_media(found: Inspected, kept: Collected, source: str, progress: Progress) -> Inspected:
    """Add the measures of all stretches that were fetched to what is known of a channel."""
    if not kept.stretches:
        return _added(found, nothing(*kept.faults or ["No segment with picture or sound was fetched."]))
    media = await asyncio.to_thread(_quiet_jobs, kept, source, progress)
    faults = [*media.details.get("media_faults", ()), *kept.faults]
    return _added(found, replace(media, details={**media.details, "media_faults": faults}))


def _quiet_jobs(kept: Collected, source: str, progress: Progress) -> Inspected:
    try:
        return measure_jobs(kept.jobs(), source, progress)
    except KnownError as error:
        return nothing(str(error))


def _added(found: Inspected, media: Inspected) -> Inspected:
    return replace(
        found,
        findings=(*found.findings, *media.findings),
        metrics={**found.metrics, **media.metrics},
        details={**found.details, **media.details},
        proposal=_known_better(found.proposal, media.details),
    )


def _known_better(proposal: Mapping[str, Any], details: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a proposal with what was seen and heard; that a ladder also has HDR its manifest knows better."""
    if not proposal:
        return proposal
    told = learned(details.get("video", ()), details.get("audio", ()))
    is_hdr = bool(proposal.get("is_hdr") or told.get("is_hdr"))
    return {**proposal, **told, "is_hdr": is_hdr}


def _first_half(progress: Progress) -> Progress:
    return lambda ratio, message: progress(ratio / 2, message)


def _second_half(progress: Progress) -> Progress:
    return lambda ratio, message: progress(0.5 + ratio / 2, message)
