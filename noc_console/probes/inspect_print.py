"""Prints an inspection for people: what it is, the ladder, the findings with clause and line, the timings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from noc_console import catalogues
from noc_console.model import Finding, Kind
from noc_console.probes import ts_print
from noc_console.probes.inspection import Inspection, severity

_COLOURS = {"critical": "bold red", "major": "red", "minor": "yellow", "warning": "cyan"}
_SLOWEST = 8


def show(found: Inspection, console: Console) -> None:
    """Print the whole result."""
    console.print(f"[bold]{escape(found.source)}[/] is {_what(found)}")
    described = ts_print.tables(found.details) if found.kind is Kind.TS else (_ladder(found),)
    for table in (*described, _findings(found.findings), _timings(found.requests)):
        if table.row_count:
            console.print(table)
    if not found.findings:
        console.print("[green]No findings.[/]")


def _what(found: Inspection) -> str:
    details = found.details
    if found.kind is Kind.TS:
        return ts_print.what(details)
    if found.kind is Kind.DASH:
        live = "live" if details.get("type") == "dynamic" else "on demand"
        return f"a DASH MPD, {live}, {len(details.get('periods', ()))} period(s)"
    if "variants" in details:
        sizes = f"{len(details['variants'])} variant(s), {len(details.get('renditions', ()))} rendition(s)"
        return f"an HLS multivariant playlist, {sizes}"
    live = "live" if details.get("live") else "ended"
    return f"an HLS media playlist, {live}, {details.get('segments', 0)} segment(s)"


def _ladder(found: Inspection) -> Table:
    table = Table("Rung", "Bandwidth", "Codecs", "Size", "Frame rate", title="Ladder", title_justify="left")
    base = str(found.requests[0]["uri"]) if found.requests else found.source
    for each in found.details.get("variants", ()):
        _add_rung(table, _relative(str(each.get("uri", "")), base), each, each.get("resolution"))
    for each in found.details.get("renditions", ()):
        name = " ".join(str(each[key]).lower() for key in ("type", "language") if each.get(key))
        _add_rung(table, f"{name} {_relative(str(each.get('uri') or ''), base)}".strip(), each, None)
    for each in _representations(found.details):
        name = " ".join(
            str(part) for part in (each.get("rung"), f"(id {each['id']})" if each.get("id") else "") if part
        )
        size = f"{each['width']}x{each['height']}" if each.get("width") and each.get("height") else None
        _add_rung(table, name, each, size)
    return table


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
