"""Playlist check: the playlist is fetched, watched until it should have changed, and judged with everything found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from noc_console.errors import KnownError
from noc_console.model import Input, Severity
from noc_console.probes.diagnostics.delivery import Asked
from noc_console.probes.diagnostics.http_waterfall import waterfall
from noc_console.probes.diagnostics.values import Kit, Result, Row, Target
from noc_console.probes.secrets import Secrets

_USUAL_S = 6.0
_TARGETS = 1.6  # so long that a stale one is told: 1.5 target durations (RFC 8216 6.2.1)
_LEAST_S, _MOST_S = 4.0, 30.0
_MOST_ROWS = 100


async def examine(target: Target, kit: Kit) -> Result:
    """Return findings and age of the playlist; a server that gives none ends it at once, with its status."""
    entry = target.served()
    kit.progress(0.05, "Fetching the playlist")
    asked = await waterfall(entry, kit)
    lists = [one for one in asked if one.what != "segment"]
    wrong = next((one for one in lists if one.wrong), None)
    if wrong is not None:
        return _refused(wrong, Secrets(entry.access, entry.url))
    seconds = min(_MOST_S, max(_LEAST_S, _TARGETS * _target_s(entry, asked)))
    kit.progress(0.2, f"Watching it for {seconds:.0f} s")
    try:
        found = await kit.ask.inspect(entry, seconds)
    except KnownError as error:
        return Result(_fields(lists[-1].reply.status, 1, 5, {}), str(error), [])
    return judged(lists[-1].reply.status, found, seconds)


def judged(status: int, found: Mapping[str, Any], seconds: float) -> Result:
    """Return what an inspection says of the playlists."""
    findings = [one for one in found.get("findings", ()) if not str(one["id"]).startswith("ts-")]
    worst = max((Severity(one["severity"]).rank for one in findings), default=0)
    fields = _fields(status, sum(Severity(one["severity"]).rank > 1 for one in findings), worst, found["metrics"])
    rows: list[Row] = [
        {"id": one["id"], "severity": one["severity"], "clause": one["clause"], "text": one["text"], **_place(one)}
        for one in findings[:_MOST_ROWS]
    ]
    age = fields["age_ratio"]
    old = "" if age is None else f" Its age was {age:.1f} target durations at most."
    if not rows:
        return Result(fields, f"Nothing wrong in {seconds:.0f} s.{old}", rows)
    more = f", and {len(rows) - 1} more" if len(rows) > 1 else ""
    return Result(fields, f"{rows[0]['text']}{more}{old}", rows)


def _fields(status: int, count: int, worst: int, metrics: Mapping[str, Any]) -> dict[str, float | None]:
    return {
        "is_ok": float(worst < Severity.MINOR.rank),
        "status": float(status) if status else None,
        "findings": float(count),
        "worst_severity": float(worst),
        "age_ratio": metrics.get("playlist.age_ratio"),
        "age_s": metrics.get("playlist.age_s"),
    }


def _refused(wrong: Asked, secrets: Secrets) -> Result:
    text = secrets.hide(f"The {wrong.what}: {wrong.wrong}")
    return Result(_fields(wrong.reply.status, 1, Severity.CRITICAL.rank, {}), text, [wrong.row(secrets)])


def _place(finding: Mapping[str, Any]) -> Row:
    where = finding.get("where", {})
    return {name: where[name] for name in ("uri", "line", "rung", "sequence") if name in where}


def _target_s(entry: Input, asked: tuple[Asked, ...]) -> float:
    media_s = next((one.duration_s for one in asked if one.duration_s), 0.0)
    return media_s or entry.expected.segment_s or _USUAL_S
