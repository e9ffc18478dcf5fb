"""Prints an inspection for people: what it is, the ladder, the findings with clause and line, the timings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from noc_console import catalogues
from noc_console.model import Finding, Kind, Severity
from noc_console.probes import media_print, ts_print
from noc_console.probes.inspection_form import MEDIA, Inspection, severity

_COLOURS = {"critical": "bold red", "major": "red", "minor": "yellow", "warning": "cyan"}
_SLOWEST = 8
_CONTENT = ("periods", "variants", "renditions", "segments")


def show(found: Inspection, console: Console) -> None:
    """Print the whole result."""
    console.print(f"[bold]{escape(found.source)}[/] is {_what(found)}")
    described = ts_print.tables(found.details) if found.kind is Kind.TS else (_ladder(found),)
    for table in (
        *described,
        *media_print.tables(found.details),
        _findings(found.findings),
        _timings(found.requests),
    ):
        if table.row_count:
            console.print(table)
    console.print(_verdict(found))
    if hint := _next_step(found):
        console.print(hint)


def _verdict(found: Inspection) -> str:
    """Return the last line: what the exit code says, in words."""
    ranks = [severity(finding).rank for finding in found.findings]
    bad = sum(rank >= Severity.MINOR.rank for rank in ranks)
    if bad:
        return f"[bold]{bad} finding(s) of minor or worse[/]; the worst is listed first."
    return "[green]No findings.[/]" if not ranks else "[green]Nothing of minor or worse.[/]"


def _next_step(found: Inspection) -> str:
    """Return what to ask next where one look cannot tell: whether a live edge moves is seen by watching only."""
    details = found.details
    playlists = details.get("playlists", {}).values()
    is_live = details.get("type") == "dynamic" or details.get("live") or any(one.get("live") for one in playlists)
    if not is_live or found.kind is Kind.TS or found.seconds:
        return ""
    if "://" not in found.source[:16]:
        return "A live playlist out of a file: give its URL to have its segments fetched and its edge watched."
    return "One look only. To see whether it stays alive, watch it: --for 60"


def _what(found: Inspection) -> str:
    details = found.details
    if found.kind == MEDIA:
        return media_print.what(details)
    if found.kind is Kind.TS:
        return ts_print.what(details)
    if found.metrics.get("playlist.is_valid") == 0.0 and not any(details.get(key) for key in _CONTENT):
        return f"{'a DASH MPD' if found.kind is Kind.DASH else 'an HLS playlist'} that cannot be read"
    if found.kind is Kind.DASH:
        live = "live" if details.get("type") == "dynamic" else "on demand"
        return f"a DASH MPD, {live}, {len(details.get('periods', ()))} period(s)"
    if "variants" in details:
        sizes = f"{len(details['variants'])} variant(s), {len(details.get('renditions', ()))} rendition(s)"
        return f"an HLS multivariant playlist, {sizes}"
    live = "live" if details.get("live") else "ended"
    length = f"{details.get('segments') or 0} segment(s), {details.get('duration_s') or 0:.0f} s"
    target = details.get("target_duration_s")
    return f"an HLS media playlist, {live}, {length}, target duration {f'{target} s' if target else 'not told'}"


def _ladder(found: Inspection) -> Table:
    table = Table("Rung", "Bandwidth", "Codecs", "Size", "Frame rate", title="Ladder", title_justify="left")
    base = str(found.requests[0]["uri"]) if found.requests else found.source
    for each in found.details.get("variants", ()):
        name = _named(each.get("rung"), _relative(str(each.get("uri", "")), base))
        _add_rung(table, name, each, each.get("resolution"))
    for each in found.details.get("renditions", ()):
        kind = " ".join(str(each[key]).lower() for key in ("type", "language") if each.get(key))
        name = _named(each.get("rung") or kind, _relative(str(each.get("uri") or ""), base))
        _add_rung(table, name, each, None)
    for each in _representations(found.details):
        name = _named(each.get("rung"), f"id {each['id']}" if each.get("id") else "")
        size = f"{each['width']}x{each['height']}" if each.get("width") and each.get("height") else None
        _add_rung(table, name, each, size)
    return table


def _named(rung: object, place: str) -> str:
    """Return a rung as findings name it, and where it stands in the playlist."""
    return f"{rung} ({place})" if rung and place else str(rung or place)


def _add_rung(table: Table, name: str, each: Mapping[str, Any], size: object) -> None:
    rate, codecs = _rate(each.get("bandwidth")), _text(each.get("codecs"))
    table.add_row(escape(name), rate, codecs, _text(size), _text(each.get("frame_rate")))


def _relative(uri: str, base: str) -> str:
    """Return a URI as short as it can be told beside the playlist it stands in."""
    folder = base.partition("?")[0].rpartition("/")[0] + "/"
    return uri.removeprefix(folder)


def _representations(details: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    for period in details.get("periods", ())[-1:]:
        for adaptation_set in period.get("adaptation_sets", ()):
            yield from adaptation_set.get("representations", ())


def _findings(findings: Iterable[Finding]) -> Table:
    table = Table("Severity", "Finding", "What", "Where", "Times", "Clause", title="Findings", title_justify="left")
    for finding in findings:
        name = str(severity(finding))
        clause = str(finding.where.get("clause") or catalogues.finding_type(finding.id).clause)
        table.add_row(
            f"[{_COLOURS.get(name, 'dim')}]{name}[/]",
            escape(finding.id),
            escape(finding.text),
            escape(_where(finding.where)),
            str(finding.count),
            escape(clause),
        )
    return table


def _where(where: Mapping[str, str | int | float]) -> str:
    if "tr" in where:
        return ts_print.place(where)
    parts = [str(where["rung"])] if where.get("rung") else []
    if where.get("line"):
        parts.append(f"line {where['line']}")
    return ", ".join(parts)


def _timings(requests: Iterable[Mapping[str, Any]]) -> Table:
    title = f"Slowest requests (ms, at most {_SLOWEST})"
    table = Table("Rung", "Request", "Status", "DNS", "Connect", "TLS", "TTFB", "Body", "Total", "Bytes", title=title)
    table.title_justify = "left"
    for row in sorted(requests, key=lambda row: -float(row["total_s"]))[:_SLOWEST]:
        phases = ("dns_s", "connect_s", "tls_s", "ttfb_s", "body_s", "total_s")
        times = [f"{row[phase] * 1000:.1f}" for phase in phases]
        name = str(row["uri"]).partition("?")[0].rpartition("/")[2] or str(row["uri"])
        status = str(row["status"] or row["error"])
        table.add_row(escape(str(row["rung"])), escape(name), status, *times, f"{row['size_bytes']:,}")
    return table


def _rate(value: object) -> str:
    return f"{value / 1000:,.0f} kbit/s" if isinstance(value, int | float) and value else ""


def _text(value: object) -> str:
    return escape(str(value)) if value else ""
