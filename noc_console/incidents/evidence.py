"""What pieces of evidence events name, by content hash, with what each of them is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from noc_console.model import Event

_HASH = re.compile(r"[0-9a-f]{64}")
_MOST = 2000


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: its hash, when it was told (Unix seconds), by which event, and what it is."""

    hash: str
    at: float
    kind: str
    text: str


def pieces(events: Iterable[Event]) -> tuple[Piece, ...]:
    """Return every piece once, in the order they were told first, at most 2,000."""
    found: dict[str, Piece] = {}
    for event in events:
        labels = _labels(event.data)
        for digest in _hashes(event.data):
            found.setdefault(digest, Piece(digest, event.at, event.kind, labels.get(digest, "")))
    return tuple(found.values())[:_MOST]


def _hashes(data: Mapping[str, Any]) -> list[str]:
    named = data.get("captures")
    listed = list(named) if isinstance(named, list | tuple) else []
    items = [*_items(data), data]
    listed += [one.get(key) for one in items for key in ("hash", "capture")]
    return [one for one in listed if isinstance(one, str) and _HASH.fullmatch(one)]


def _labels(data: Mapping[str, Any]) -> dict[str, str]:
    return {
        str(one["hash"]): " ".join(str(one[key]) for key in ("scope", "url") if one.get(key))
        for one in _items(data)
        if one.get("hash")
    }


def _items(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    items = data.get("items")
    return [one for one in items if isinstance(one, Mapping)] if isinstance(items, list | tuple) else []
