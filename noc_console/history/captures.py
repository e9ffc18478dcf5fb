"""Evidence beside local.db by content hash: one quota shared by classes, oldest unpinned first."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from noc_console.errors import KnownError
from noc_console.history import schema
from noc_console.history.reserve import MARGIN_BYTES
from noc_console.model import Event

SHARES: Mapping[str, float] = MappingProxyType(
    {"playlist": 0.2, "segment": 0.4, "picture": 0.2, "frame": 0.1, "other": 0.1}
)
_ROWS = schema.captures
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Capture:
    """One piece of evidence: its content, media type and class."""

    hash: str
    media_type: str
    capture_class: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Captures:
    """The folder of captures; files here, their list in the database."""

    folder: Path
    quota_bytes: int

    def write(self, capture: Capture) -> bool:
        """Write a file under its hash, whole or not at all; return whether it is new.

        Raises `KnownError` when there is no room for it.
        """
        path, body = self.path_of(capture.hash), capture.body
        if path.exists():
            return False
        if len(body) > self.quota_bytes:
            raise KnownError(f"A capture of {len(body)} bytes does not fit in the quota of {self.quota_bytes}.")
        try:
            self._write(path, body)
        except OSError as error:
            raise KnownError(f"A capture could not be kept: {error.strerror}.") from None
        return True

    def read(self, digest: str) -> bytes | None:
        """Return what was kept under a hash; None when it is gone, or no longer what it was."""
        if not _HASH.fullmatch(digest):
            return None
        try:
            body = self.path_of(digest).read_bytes()
        except OSError:
            return None
        return body if hashlib.sha256(body).hexdigest() == digest else None

    def path_of(self, digest: str) -> Path:
        """Return where a capture lies."""
        return self.folder / digest[:2] / digest

    def remove(self, digests: Iterable[str]) -> None:
        """Remove files whose rows are gone."""
        for digest in digests:
            self.path_of(digest).unlink(missing_ok=True)

    def _write(self, path: Path, body: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        room = os.statvfs(path.parent)
        if room.f_bavail * room.f_frsize < len(body) + MARGIN_BYTES:
            raise OSError(28, "the disk is nearly full")
        file, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(file, "wb") as out:
                out.write(body)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise


def hash_of(body: bytes) -> str:
    """Return the name of a piece of evidence."""
    return hashlib.sha256(body).hexdigest()


def enlist(connection: Connection, captures: Captures, capture: Capture, at: float) -> list[str]:
    """List a capture; return the hashes that had to go for it, whose files are to be removed.

    Raises `KnownError` when everything else is pinned.
    """
    if find(connection, capture.hash) is not None:
        return []
    row = {"hash": capture.hash, "media_type": capture.media_type, "capture_class": capture.capture_class}
    connection.execute(insert(_ROWS).values(**row, size_bytes=len(capture.body), created_at=at, pinned=False))
    gone: list[str] = []
    used = _used(connection)
    while sum(used.values()) > captures.quota_bytes:
        gone.append(_evict(connection, used, capture.hash))
    return gone


def pin_for(connection: Connection, events: Iterable[Event]) -> None:
    """Keep what events refer to in `data["captures"]` out of the quota's reach."""
    hashes = [str(one) for event in events for one in _named(event)]
    if hashes:
        connection.execute(update(_ROWS).where(_ROWS.c.hash.in_(hashes)).values(pinned=True))


def find(connection: Connection, digest: str) -> tuple[str, str] | None:
    """Return media type and class of a capture."""
    found = connection.execute(
        select(_ROWS.c.media_type, _ROWS.c.capture_class).where(_ROWS.c.hash == digest)
    ).one_or_none()
    return None if found is None else (found.media_type, found.capture_class)


def facts(connection: Connection, digests: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return media type, class and size of the captures that are still listed, by hash."""
    columns = (_ROWS.c.hash, _ROWS.c.media_type, _ROWS.c.capture_class, _ROWS.c.size_bytes)
    found: dict[str, dict[str, Any]] = {}
    for begin in range(0, len(digests), 500):
        rows = connection.execute(select(*columns).where(_ROWS.c.hash.in_(digests[begin : begin + 500])))
        found |= {row["hash"]: {name: row[name] for name in list(row)[1:]} for row in rows.mappings()}
    return found


def _named(event: Event) -> Iterable[object]:
    named = event.data.get("captures", ())
    return named if isinstance(named, (list, tuple)) else ()


def _used(connection: Connection) -> dict[str, int]:
    query = select(_ROWS.c.capture_class, func.sum(_ROWS.c.size_bytes)).group_by(_ROWS.c.capture_class)
    return {name: int(size) for name, size in connection.execute(query)}


def _evict(connection: Connection, used: dict[str, int], newest: str) -> str:
    for name in sorted(used, key=lambda one: used[one] / SHARES.get(one, SHARES["other"]), reverse=True):
        oldest = select(_ROWS.c.hash, _ROWS.c.size_bytes).where(
            _ROWS.c.capture_class == name, _ROWS.c.pinned.is_(False), _ROWS.c.hash != newest
        )
        found = connection.execute(oldest.order_by(_ROWS.c.created_at, _ROWS.c.hash).limit(1)).one_or_none()
        if found is not None:
            connection.execute(_ROWS.delete().where(_ROWS.c.hash == found.hash))
            used[name] -= found.size_bytes
            return str(found.hash)
    raise KnownError("The captures are full of pinned evidence: give them a larger quota.")
