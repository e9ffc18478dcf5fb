"""What an inspection has seen, as entries to read: kind, ladder, figures, findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from noc_console.catalogues import findings as catalogue
from noc_console.model import Severity
from noc_console.views.drawer_sheet import Entry, Fact, Head, Item, Plain
from noc_console.views.figures import number

Json = Mapping[str, Any]
_MOST = 40


def seen_entries(result: Json, proposal: Json) -> tuple[Entry, ...]:
    """Return what to read about a result of POST /inspect."""
    if not result:
        return (Plain("Nothing seen yet: give a URL and press Enter."),)
    return (*_facts(result, proposal), *_ladder(result), *_findings(result))


def _facts(result: Json, proposal: Json) -> list[Entry]:
    metrics = result.get("metrics", {})
    details = result.get("details", {})
    facts: list[Entry] = [Fact("Kind", str(result.get("kind", "")).upper() + _live(details))]
    if proposal.get("badges"):
        facts.append(Fact("Marks", ", ".join(proposal["badges"])))
    for label, key, digits, unit in (
        ("Age", "playlist.age_ratio", 1, "× target duration"),
        ("Download", "segment.download_s", 2, "s"),
        ("Segment", "segment.duration_s", 2, "s"),
        ("Playlist", "playlist.fetch_s", 3, "s to fetch"),
    ):
        if key in metrics:
            facts.append(Fact(label, number(float(metrics[key]), digits, unit)))
    return facts


def _live(details: Json) -> str:
    live = details.get("live", details.get("type"))
    if live in (True, "dynamic"):
        return ", live"
    return ", not live" if live in (False, "static") else ""


def _ladder(result: Json) -> list[Entry]:
    details = result.get("details", {})
    rows = [_variant(one) for one in details.get("variants", ())]
    rows += [_representation(kind, one) for kind, one in _representations(details)]
    if not rows:
        return []
    return [Head("Ladder", f"{len(rows)} rungs"), *rows[:_MOST]]


def _representations(details: Json) -> list[tuple[str, Json]]:
    return [
        (str(group.get("content_type") or group.get("mime_type") or ""), one)
        for period in details.get("periods", ())[:1]
        for group in period.get("adaptation_sets", ())
        for one in group.get("representations", ())
    ]


def _variant(one: Json) -> Fact:
    rate = float(one.get("bandwidth") or 0)
    picture = str(one.get("resolution") or "audio only")
    frames = f", {float(one['frame_rate']):g} fps" if one.get("frame_rate") else ""
    return Fact(number(rate / 1e6, 1, "Mbit/s"), f"{picture}{frames}, {one.get('codecs') or 'codecs not told'}")


def _representation(kind: str, one: Json) -> Fact:
    rate = float(one.get("bandwidth") or 0)
    size = f"{one['width']}×{one['height']}" if one.get("width") else kind or "audio"
    return Fact(number(rate / 1e6, 2, "Mbit/s"), f"{size}, {one.get('codecs') or 'codecs not told'}")


def _findings(result: Json) -> list[Entry]:
    found = sorted(result.get("findings", ()), key=lambda one: -_severity(one).rank)
    if not found:
        return [Head("Findings"), Plain("Nothing is wrong with what was seen.")]
    items = [
        Item(_severity(one), str(one["text"]), f"{one['id']}  {one.get('clause', '')}".strip())
        for one in found[:_MOST]
    ]
    more = [Plain(f"and {len(found) - _MOST} more")] if len(found) > _MOST else []
    return [Head("Findings", str(len(found))), *items, *more]


def _severity(one: Json) -> Severity:
    known = catalogue().get(one["id"])
    text = one.get("severity") or (known.severity if known is not None else None) or "indeterminate"
    try:
        return Severity(text)
    except ValueError:
        return Severity.INDETERMINATE
