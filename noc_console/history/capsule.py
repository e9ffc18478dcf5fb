"""Makes an evidence capsule (`.noccap`): a zip of a cut local.db, its captures, and the hash chain over its events.

Inside: `local.db`, `captures/ab/abcd…`, `chain.json` (`[[seq, hash], …]`), `manifest.json`. The **head** seals all of
it: the last link of the events' chain, linked once more with the hashes of the files and what the capsule is about.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noc_console.errors import KnownError
from noc_console.history.capsule_cut import Cut, Wanted, cut
from noc_console.history.captures import Captures
from noc_console.history.engines import sqlite_engine
from noc_console.history.faults import FAULTS, fault_of, sentence
from noc_console.incidents import chain

SUFFIX = ".noccap"
FORMAT = 1
DB, CHAIN, MANIFEST = "local.db", "chain.json", "manifest.json"
MOST_CAPTURE_BYTES = 1024**3
COMMENT = b"noccap sha256 "
_STAMP = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Made:
    """A capsule as it lies in its file: the hash that seals it, and what it holds."""

    path: Path
    head: str
    events: int
    captures: int
    size_bytes: int


def make(db: Path, kept: Captures, wanted: Wanted, target: Path) -> Made:
    """Write the capsule of an incident, whole or not at all. Raises `KnownError` in the operator's words."""
    draft = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory(prefix="noc-capsule-", dir=target.parent) as folder:
            made = _make(db, kept, wanted, Path(folder) / DB, draft)
        draft.replace(target)
    except FAULTS as error:
        draft.unlink(missing_ok=True)
        said = sentence(fault_of(error, db), db).removeprefix("Not recorded: ")
        raise KnownError(f"The capsule was not made: {said}") from None
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return Made(target, made["head"], made["events"], len(made["captures"]), target.stat().st_size)


def _make(db: Path, kept: Captures, wanted: Wanted, cut_db: Path, draft: Path) -> dict[str, Any]:
    with _reading(db) as connection:
        done = cut(connection, kept, wanted, cut_db, MOST_CAPTURE_BYTES)
    _see_that_nothing_leaks(cut_db, done)
    links = list(chain.links(done.events))
    files = {DB: hash_of_file(cut_db), **{name_of(digest): digest for digest in done.bodies}}
    manifest: dict[str, Any] = {
        "format": FORMAT,
        **wanted.about,
        "events": len(links),
        "events_head": links[-1][1] if links else chain.ORIGIN,
        "files": files,
        "captures": sorted(done.bodies),
        "redacted": done.redacted,
        "missing": done.missing,
    }
    manifest["head"] = head_of(manifest)
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(file, "wb") as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as out:
        _add(out, MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode("utf-8", "replace"))
        _add(out, CHAIN, json.dumps(links, separators=(",", ":")).encode())
        out.write(cut_db, DB)
        for digest, body in done.bodies.items():
            _add(out, name_of(digest), body)
        out.comment = COMMENT + bytes(64)
    _wrap(draft)
    return manifest


def _wrap(draft: Path) -> None:
    """Write the hash of the whole file into its own end, so that no byte of it changes unseen."""
    with draft.open("r+b") as file:
        file.seek(-64, os.SEEK_END)
        digest = hash_of_wrapping(draft)
        file.write(digest.encode())


def hash_of_wrapping(path: Path) -> str:
    """Return the SHA-256 of a capsule's file up to the hash at its end."""
    left, found = path.stat().st_size - 64, hashlib.sha256()
    with path.open("rb") as file:
        while left > 0 and (part := file.read(min(left, 1024**2))):
            found.update(part)
            left -= len(part)
    return found.hexdigest()


def head_of(manifest: Mapping[str, Any]) -> str:
    """Return the hash that seals a capsule, worked out from what its manifest says."""
    said = {name: value for name, value in manifest.items() if name not in ("head", "events_head")}
    return chain.link(str(manifest["events_head"]), said)


def name_of(digest: str) -> str:
    """Return where a capture lies in a capsule."""
    return f"captures/{digest[:2]}/{digest}"


def hash_of_file(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _see_that_nothing_leaks(cut_db: Path, done: Cut) -> None:
    """Refuse a capsule in which a known secret still stands; the scrub should have found it."""
    bodies: Iterator[bytes] = iter((cut_db.read_bytes(), *done.bodies.values()))
    if any(done.scrub.leaks(body) for body in bodies):
        raise KnownError("The capsule was not made: a secret of an input would have been in it. Tell the developers.")


def _add(out: zipfile.ZipFile, name: str, body: bytes) -> None:
    out.writestr(zipfile.ZipInfo(name, _STAMP), body, zipfile.ZIP_DEFLATED)


@contextmanager
def _reading(db: Path) -> Iterator[Any]:
    engine = sqlite_engine(db, is_read_only=True, pool_size=1)
    try:
        with engine.connect() as connection, connection.begin():
            yield connection
    finally:
        engine.dispose()
