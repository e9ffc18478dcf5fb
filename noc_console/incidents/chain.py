"""The hash chain of events: each event's canonical JSON is hashed with the hash before it, so that none can change.

A link is SHA-256 over the hash before (32 bytes) and the canonical JSON (UTF-8, keys sorted, no blanks). The first
link hangs on 32 zero bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from noc_console.model import Event

ORIGIN = "0" * 64


def canonical(value: Any) -> bytes:
    """Return the one way a JSON value is written for hashing."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")


def event_value(event: Event) -> Mapping[str, Any]:
    """Return what of an event is hashed: all of it."""
    return {
        "seq": event.seq,
        "at": event.at,
        "kind": event.kind,
        "channel_id": event.channel_id,
        "input_id": event.input_id,
        "data": dict(event.data),
    }


def link(before: str, value: Any) -> str:
    """Return the hash of a value behind another hash."""
    return hashlib.sha256(bytes.fromhex(before) + canonical(value)).hexdigest()


def links(events: Iterable[Event]) -> Iterator[tuple[int, str]]:
    """Yield (sequence number, hash) of each event in order."""
    head = ORIGIN
    for event in events:
        head = link(head, event_value(event))
        yield event.seq, head


def head_of(events: Iterable[Event]) -> str:
    """Return the last hash of the chain, 64 zeros where there are no events."""
    return next((head for _, head in deque(links(events), maxlen=1)), ORIGIN)
