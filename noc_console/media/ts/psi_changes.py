"""One state of a table beside another: plain values for JSON, and what differs in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from noc_console.media.ts import tables
from noc_console.media.ts.bits import TooShort
from noc_console.media.ts.descriptors import Descriptor
from noc_console.media.ts.psi_limits import table_name
from noc_console.media.ts.psi_tree import kind_of, registration
from noc_console.model import Event

MOST_LINES = 64
MOST_SECTIONS = 16
_NEVER = "(none)"
_REMEMBERED = 16  # changes: a stream that plays in a loop tells the same ones again and again


def event(pid: int, before: tuple[bytes, ...], after: tuple[bytes, ...], at: float) -> Event:
    """Return the event that tells how a table changed; `before` and `after` are all its sections."""
    name = table_name(after[0][0])
    was, now, lines = _compared(before, after)
    extension = int.from_bytes(after[0][3:5], "big")
    is_version_only = not lines
    label = f"{name} of programme {extension}" if after[0][0] == tables.PMT else name
    if lines:
        text = f"{label} changed: {'; '.join(lines[:4])}{' …' if len(lines) > 4 else ''}."
    elif was.get("version") != now.get("version"):
        text = f"{label}: version {was.get('version')} became {now.get('version')}, the content is the same."
    else:
        text = f"{label}: reserved bits changed, the content is the same."
    data = {
        "text": text,
        "finding": "ts-psi-changed",
        "table": name,
        "pid": pid,
        "id": extension,
        "before": was,
        "after": now,
        "changes": list(lines),
        "is_version_only": is_version_only,
    }
    return Event("PsiTableChanged", at, data=data)


@lru_cache(maxsize=_REMEMBERED)
def _compared(
    before: tuple[bytes, ...], after: tuple[bytes, ...]
) -> tuple[Mapping[str, Any], Mapping[str, Any], tuple[str, ...]]:
    was, now = plain(before), plain(after)
    return was, now, differences(was, now)


def plain(bodies: tuple[bytes, ...]) -> dict[str, Any]:
    """Return a table (its first sections) as plain values; empty for no sections."""
    if not bodies:
        return {}
    first = bodies[0]
    told: dict[str, Any] = {"version": (first[5] >> 1) & 0x1F}
    try:
        for body in bodies[:MOST_SECTIONS]:
            _merge(told, _one(body))
    except (tables.BrokenSection, TooShort, IndexError, ValueError):
        told["broken"] = True
    return told


def _merge(told: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(told.get(key), dict):
            told[key].update(value)
        else:
            told[key] = value


def _one(body: bytes) -> dict[str, Any]:
    extension = int.from_bytes(body[3:5], "big")
    match body[0]:
        case tables.PAT:
            rows = {str(number): f"0x{pid:04x}" for number, pid in tables.pat(body).items()}
            return {"transport_stream_id": extension, "programmes": rows}
        case tables.CAT:
            return {"descriptors": _descriptors(tables.cat(body))}
        case tables.PMT:
            return _pmt(body)
        case tables.NIT_ACTUAL | tables.NIT_OTHER | tables.BAT:
            own, entries = tables.network(body)
            streams = {f"{one}/{other}": _descriptors(some) for one, other, some in entries}
            return {"id": extension, "descriptors": _descriptors(own), "transport_streams": streams}
        case tables.SDT_ACTUAL | tables.SDT_OTHER:
            return {
                "transport_stream_id": extension,
                "services": {str(one.id): _service(one) for one in tables.services(body)},
            }
        case _:
            return {"bytes": body[8:-4].hex()}


def _pmt(body: bytes) -> dict[str, Any]:
    programme = tables.pmt(body)
    family = registration(programme.descriptors)
    return {
        "programme": programme.number,
        "pcr_pid": f"0x{programme.pcr_pid:04x}",
        "descriptors": _descriptors(programme.descriptors),
        "streams": {f"0x{one.pid:04x}": _stream(one, family) for one in programme.streams},
    }


def _stream(stream: tables.Stream, family: bytes) -> dict[str, Any]:
    kind, codec = kind_of(stream, family)
    told: dict[str, Any] = {"type": f"0x{stream.stream_type:02x}", "kind": kind, "codec": codec}
    return told | {"descriptors": _descriptors(stream.descriptors)}


def _service(service: tables.Service) -> dict[str, Any]:
    return {
        "name": service.name,
        "provider": service.provider,
        "type": service.service_type,
        "running": service.running,
        "scrambled": service.is_scrambled,
        "descriptors": _descriptors(tuple(one for one in service.descriptors if one.tag != 0x48)),
    }


def _descriptors(some: tuple[Descriptor, ...]) -> list[str]:
    return [f"{one.name}: {_facts(one)}" for one in some]


def _facts(one: Descriptor) -> str:
    return ", ".join(f"{key} {value}" for key, value in one.facts.items()) or one.body.hex()


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what is new, gone or other, one line each, at most MOST_LINES; the version is left out."""
    lines = []
    for line in _walk(before, after, ""):
        lines.append(line)
        if len(lines) >= MOST_LINES:
            break
    return tuple(lines)


def _walk(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[str]:
    for key in dict.fromkeys((*before, *after)):
        if not path and key == "version":
            continue
        here, was, now = f"{path} {key}".strip(), before.get(key), after.get(key)
        if was == now:
            continue
        if isinstance(was, Mapping) and isinstance(now, Mapping):
            yield from _walk(was, now, here)
        elif key not in after:
            yield f"{here} is gone (was {_short(was)})"
        elif key not in before:
            yield f"{here} is new: {_short(now)}"
        else:
            yield f"{here} changed from {_short(was)} to {_short(now)}"


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        value = ", ".join(f"{key} {_short(one)}" for key, one in value.items() if one not in ("", []))
    elif isinstance(value, list):
        value = "; ".join(str(one) for one in value)
    text = str(value) if value not in ("", None) else _NEVER
    return text if len(text) <= 120 else f"{text[:119]}…"
