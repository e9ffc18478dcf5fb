"""Inspects one URL or file: finds out by its content what it is, lets that kind judge it, gives one frozen result."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from noc_console import catalogues
from noc_console.errors import KnownError
from noc_console.model import Access, Finding, Input, Kind, Layer, Severity
from noc_console.net.fetch import Fetcher, Reply
from noc_console.probes.inspected import Inspected, Progress, Source
from noc_console.probes.registry import inspect_of
from noc_console.probes.tools import Recorder, Tools, now
from noc_console.settings import Settings

_LOOKED_AT_BYTES = 4096
_PATIENCE_S = 90.0
_LONGEST_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a source is and what is wrong with it; `requests` are waterfall rows, oldest first.

    `seconds` is how long it was watched, 0 for one look.
    """

    source: str
    kind: Kind
    findings: tuple[Finding, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    proposal: Mapping[str, Any] = field(default_factory=dict)
    requests: tuple[Mapping[str, Any], ...] = ()
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Whether nothing of minor severity or worse was found."""
        return all(severity(finding).rank < Severity.MINOR.rank for finding in self.findings)

    def form(self) -> dict[str, Any]:
        """Return the JSON of `noc-console inspect --json`."""
        return {
            "source": self.source,
            "kind": str(self.kind),
            "findings": [_finding_form(finding) for finding in self.findings],
            "metrics": _plain(self.metrics),
            "details": _plain(self.details),
        }

    def proposal_form(self) -> dict[str, Any]:
        """Return what *Add channel* proposes for this source."""
        return {"kind": str(self.kind), **_plain(self.proposal)}


async def inspect(
    source: str,
    *,
    fetcher: Fetcher,
    settings: Settings,
    seconds: float = 0.0,
    access: Access | None = None,
    progress: Progress = lambda _ratio, _message: None,
) -> Inspection:
    """Inspect a URL or a file for so many seconds (0: one look); raises KnownError where that is impossible."""
    if not source.strip():
        raise KnownError("There is nothing to inspect: give a URL or a file.")
    if not 0 <= seconds <= _LONGEST_S:
        raise KnownError(f"How long to watch is a number of seconds from 0 to {_LONGEST_S:.0f}.")
    stream = await inspected_stream(source, seconds, progress)
    if stream is not None:
        return Inspection(source, Kind.TS, _merged(stream.findings), stream.metrics, stream.details, stream.proposal)
    access = access or Access()
    progress(0.0, "Fetching")
    recorder = Recorder()
    input = Input(0, 0, Layer.ORIGIN, Kind.HLS, source, access=access)
    tools = Tools(input, fetcher, recorder, settings=settings)
    found = await _fetched(tools, source) if _is_url(source) else await asyncio.to_thread(_read, source, settings)
    kind = kind_of(found.body, tools.secrets.hide(source))
    tools.input = replace(input, kind=kind)
    try:
        async with asyncio.timeout(seconds + _PATIENCE_S):
            inspected = await inspect_of(kind)(found, tools, seconds, progress)
    except TimeoutError:
        raise KnownError(f"The server is too slow: the inspection was given up after {_PATIENCE_S:.0f} s.") from None
    progress(1.0, "Done")
    return Inspection(
        source=tools.secrets.hide(source),
        kind=kind,
        findings=_merged(tuple(tools.secrets.finding(finding) for finding in inspected.findings)),
        metrics=inspected.metrics,
        details=tools.secrets.hide(inspected.details),
        proposal=inspected.proposal,
        requests=tuple(data for name, data in recorder.notes if name == "requests"),
        seconds=seconds,
    )


async def inspected_stream(source: str, seconds: float, progress: Progress) -> Inspected | None:
    """Inspect a source that is a transport stream; None where it is something else."""
    from noc_console.probes import ts_inspect

    path = ts_inspect.path_of(source)
    if path is None:
        is_stream = source.startswith(("udp:", "rtp:"))
        return await ts_inspect.inspect_live(source, seconds, progress) if is_stream else None
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


def severity(finding: Finding) -> Severity:
    """Return how bad a finding is; an event is no state and counts as indeterminate."""
    return catalogues.severity_of(finding) or Severity.INDETERMINATE


async def _fetched(tools: Tools, url: str) -> Source:
    reply = await tools.fetch(tools.request(url, accept_gzip=True))
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


def _merged(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return one finding per id with the counts added up, the worst first; text and place are the first one's."""
    merged: dict[str, Finding] = {}
    for finding in findings:
        seen = merged.get(finding.id)
        if seen is None:
            merged[finding.id] = finding
        else:
            worst = max(seen, finding, key=lambda each: severity(each).rank)
            merged[finding.id] = replace(seen, count=seen.count + finding.count, severity=worst.severity)
    return tuple(sorted(merged.values(), key=lambda finding: -severity(finding).rank))


def _finding_form(finding: Finding) -> dict[str, Any]:
    clause = finding.where.get("clause") or catalogues.finding_type(finding.id).clause
    return {
        "id": finding.id,
        "severity": str(severity(finding)),
        "clause": clause,
        "count": finding.count,
        "text": finding.text,
        "where": _plain({key: value for key, value in finding.where.items() if key != "clause"}),
    }


def _plain(value: Any) -> Any:
    """Return a value as JSON can tell it: what is no finite number becomes null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
