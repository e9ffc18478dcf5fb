"""Prints an inspected transport stream for people: what it is, its services, its PIDs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

_MOST_PIDS = 48
_MOST_SERVICES = 32


def what(details: Mapping[str, Any]) -> str:
    """Return one line that says what the stream is."""
    services = len(details["services"])
    rate = f", {details['bitrate_bps'] / 1e6:.3f} Mbit/s" if details.get("bitrate_bps") else ""
    length = f", {details['duration_s']:.1f} s" if details.get("duration_s") else ""
    size = details["packet_size"]
    return f"a transport stream, {services} service(s), {details['packets']:,} packets of {size} bytes{length}{rate}"


def tables(details: Mapping[str, Any]) -> Iterator[Table]:
    """Yield the tables that describe the stream; empty ones are to be left out."""
    yield _services(details)
    yield _pids(details)
    yield _cues(details)


def place(where: Mapping[str, str | int | float]) -> str:
    """Return where a finding of a transport stream is."""
    parts = [f"P{where['priority']}"] if where.get("priority") else []
    if "pid" in where:
        parts.append(f"PID 0x{int(where['pid']):04x}")
    if "packet" in where:
        parts.append(f"packet {where['packet']:,}")
    return ", ".join(parts)


def _services(details: Mapping[str, Any]) -> Table:
    table = Table("Service", "Name", "Provider", "PMT", "PCR", "Streams", title="Services", title_justify="left")
    for service in details["services"][:_MOST_SERVICES]:
        streams = "; ".join(_stream(stream) for stream in service["streams"])
        name, provider = escape(str(service["name"] or "")), escape(str(service["provider"] or ""))
        table.add_row(str(service["id"]), name, provider, _pid(service["pmt_pid"]), _pid(service["pcr_pid"]), streams)
    return table


def _stream(stream: Mapping[str, Any]) -> str:
    languages = "/".join(stream.get("languages") or ())
    words = [_pid(stream["pid"]), str(stream.get("text") or stream.get("codec") or stream.get("kind") or "?")]
    return escape(" ".join(word for word in (*words, languages) if word))


def _pids(details: Mapping[str, Any]) -> Table:
    columns = ("PID", "What", "Codec", "Packets", "Share", "kbit/s", "CC", "Double", "TEI", "Scrambled")
    table = Table(*columns, "PCR ms / ns", title=f"PIDs (at most {_MOST_PIDS})", title_justify="left")
    pids = sorted(details["pids"].items(), key=lambda one: -one[1]["packets"])[:_MOST_PIDS]
    for pid, one in sorted(pids, key=lambda one: int(one[0])):
        share = one["packets"] / max(1, details["packets"])
        counts = (one[key] for key in ("continuity_errors", "duplicates", "transport_errors", "scrambled"))
        table.add_row(
            _pid(int(pid)),
            escape(str(one["kind"] or "")),
            escape(str(one["codec"] or "")),
            f"{one['packets']:,}",
            f"{share:.1%}",
            f"{one['bitrate_bps'] / 1000:,.0f}" if one["bitrate_bps"] else "",
            *(str(count) if count else "" for count in counts),
            _pcr(one["pcr"]),
        )
    return table


def _pcr(pcr: Mapping[str, Any] | None) -> str:
    if not pcr:
        return ""
    interval = f"{pcr['max_interval_ms']:.1f}" if pcr["max_interval_ms"] is not None else "-"
    accuracy = f"{pcr['max_accuracy_ns']:.0f}" if pcr["max_accuracy_ns"] is not None else "-"
    return f"{interval} / {accuracy}"


def _cues(details: Mapping[str, Any]) -> Table:
    table = Table("PID", "Cue", title="SCTE 35", title_justify="left")
    for cue in details["scte35"][:_MOST_SERVICES]:
        table.add_row(_pid(cue.get("pid")), escape(str(cue.get("text") or cue.get("command") or "")))
    return table


def _pid(pid: object) -> str:
    return f"0x{pid:04x}" if isinstance(pid, int) else ""
