"""Inspects one URL or file: finds out by its content what it is, lets that kind judge it, gives one frozen result."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from noc_console.errors import KnownError
from noc_console.model import Access, Input, Kind, Layer
from noc_console.net.fetch import Fetcher, Reply
from noc_console.probes.inspected import Inspected, Progress, Source
from noc_console.probes.inspection_form import Inspection, merged, of_media, of_stream, severity
from noc_console.probes.inspection_media import (
    collecting,
    is_media,
    live_with_media,
    measured_body,
    sounds_like_media,
    with_media,
)
from noc_console.probes.media_collect import Collected
from noc_console.probes.registry import inspect_of
from noc_console.probes.tools import Recorder, Tools, now
from noc_console.settings import Settings

__all__ = ["Inspection", "inspect", "kind_of", "severity"]

_LOOKED_AT_BYTES = 4096
_PATIENCE_S = 90.0
_LONGEST_S = 86_400.0


async def inspect(
    source: str,
    *,
    fetcher: Fetcher,
    settings: Settings,
    seconds: float = 0.0,
    access: Access | None = None,
    progress: Progress = lambda _ratio, _message: None,
    media: Collected | None = None,
) -> Inspection:
    """Inspect a URL or a file for so many seconds (0: one look); raises KnownError where that is impossible.

    With `media` what is fetched of picture and sound is measured too.
    """
    if not source.strip():
        raise KnownError("There is nothing to inspect: give a URL or a file.")
    if not 0 <= seconds <= _LONGEST_S:
        raise KnownError(f"How long to watch is a number of seconds from 0 to {_LONGEST_S:.0f}.")
    stream = await inspected_stream(source, seconds, progress, media)
    if stream is not None:
        return of_stream(source, stream)
    access = access or Access()
    progress(0.0, "Fetching")
    recorder = Recorder()
    input = Input(0, 0, Layer.ORIGIN, Kind.HLS, source, access=access)
    tools = Tools(input, fetcher, recorder, settings=settings, spool=media)
    found = await _fetched(tools, source) if _is_url(source) else await asyncio.to_thread(_read, source, settings)
    if found.reply is not None and is_media(found.body):
        with collecting(media) as kept:
            return of_media(tools.secrets.hide(source), await measured_body(found.body, source, progress, kept))
    kind = kind_of(found.body, tools.secrets.hide(source))
    tools.input = replace(input, kind=kind)
    try:
        async with asyncio.timeout(seconds + _PATIENCE_S):
            inspected = await inspect_of(kind)(found, tools, seconds, progress)
    except TimeoutError:
        raise KnownError(f"The server is too slow: the inspection was given up after {_PATIENCE_S:.0f} s.") from None
    if media is not None:
        inspected = await with_media(inspected, media, tools.secrets.hide(source), progress)
    progress(1.0, "Done")
    return Inspection(
        source=tools.secrets.hide(source),
        kind=kind,
        findings=merged(tuple(tools.secrets.finding(finding) for finding in inspected.findings)),
        metrics=inspected.metrics,
        details=tools.secrets.hide(inspected.details),
        proposal=inspected.proposal,
        requests=tuple(data for name, data in recorder.notes if name == "requests"),
        seconds=seconds,
    )


async def inspected_stream(
    source: str, seconds: float, progress: Progress, media: Collected | None = None
) -> Inspected | None:
    """Inspect a source that is a transport stream; None where it is something else."""
    from noc_console.probes import ts_inspect

    path = ts_inspect.path_of(source)
    if path is None:
        if not source.startswith(("udp:", "rtp:")):
            return None
        if media is not None:
            return await live_with_media(source, seconds, progress, media)
        return await ts_inspect.inspect_live(source, seconds, progress)
    return await ts_inspect.inspect_file_aside(path, progress) if ts_inspect.is_stream_file(path) else None


def kind_of(body: bytes, source: str) -> Kind:
    """Return what the first bytes say it is, whatever it is called; raises KnownError for anything else."""
    text = body[:_LOOKED_AT_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] != b"<" and any(tag in text for tag in (b"#EXTM3U", b"#EXT-X-", b"#EXTINF")):
        return Kind.HLS  # also one that does not begin as it must: that is a finding
    is_wide = body[:2] in (b"\xff\xfe", b"\xfe\xff")
    if is_wide:
        text = body[:_LOOKED_AT_BYTES].decode("utf-16", "ignore").encode()
    if b"<MPD" in text or b":MPD" in text:
        return Kind.DASH
    looks = "text in UTF-16, which no player reads" if is_wide else _looks_like(text)
    raise KnownError(f"{source} is {looks}, not an HLS playlist or a DASH MPD.")


async def _fetched(tools: Tools, url: str) -> Source:
    reply = await tools.fetch(tools.request(url, accept_gzip=True))
    if reply.error == "too-large" and sounds_like_media(url, reply.headers):
        reply = await tools.fetch(tools.request(url, max_bytes=tools.settings.max_segment_bytes))
    _refuse(reply)
    return Source(reply.effective_url, reply.body, reply.at, reply)


def _refuse(reply: Reply) -> None:
    if reply.error:
        raise KnownError(reply.error_text)
    if not reply.is_ok:
        hint = " It wants to know who asks: give a header." if reply.status in (401, 403) else ""
        raise KnownError(f"The server answered {reply.status} instead of a playlist.{hint}")


def _read(path: str, settings: Settings) -> Source:
    try:
        with Path(path).open("rb") as file:
            body = file.read(settings.max_playlist_bytes + 1)
    except FileNotFoundError:
        raise KnownError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise KnownError(f"{path} is a folder, not a playlist.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name is not valid"
        raise KnownError(f"{path} cannot be read: {reason}.") from None
    if len(body) > settings.max_playlist_bytes:
        raise KnownError(f"{path} is larger than the limit of {settings.max_playlist_bytes / 1024**2:g} MiB.")
    return Source(str(Path(path).absolute()), body, now())


def _is_url(source: str) -> bool:
    return "://" in source[:16]


def _looks_like(text: bytes) -> str:
    start = text[:512].lower()
    if not start:
        return "empty"
    if b"<html" in start or b"<!doctype html" in start:
        return "an HTML page"
    if start[:1] == b"<":
        return "another kind of XML"
    if start[:1] in b"{[":
        return "JSON"
    if text[:1] == b"\x47" and text[188:189] == b"\x47":
        return "a transport stream"
    if start[4:8] in (b"ftyp", b"styp", b"moof", b"sidx"):
        return "an MP4 file"
    is_text = b"\0" not in start and text[:512].decode(errors="replace").count("\ufffd") <= 1
    return "text of another kind" if is_text else "binary data"
