"""Opens an evidence capsule, which may come from anywhere: bounded unpacking, checks of form, and of every hash."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any

from noc_console.errors import KnownError
from noc_console.history import schema
from noc_console.history.capsule import CHAIN, COMMENT, DB, FORMAT, MANIFEST, hash_of_file, hash_of_wrapping, head_of
from noc_console.history.faults import free_bytes
from noc_console.incidents import chain
from noc_console.incidents.figures import moment

MOST_FILES = 20_000
MOST_BYTES = 8 * 1024**3
MOST_RATIO = 1000  # deflate itself reaches 1032 on zeros
_MOST_MANIFEST, _MOST_CHAIN = 8 * 1024**2, 64 * 1024**2
_FREE_RATIO_BYTES = 1024**2
_SLICE = 1024**2
_CAPTURE = re.compile(r"captures/([0-9a-f]{2})/(\1[0-9a-f]{62})")
_HASH = re.compile(r"[0-9a-f]{64}")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_TABLES = frozenset(schema.metadata.tables) | {"alembic_version"}


class Damaged(KnownError):
    """It is a capsule, but what is in it cannot be read any more."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A capsule unpacked: its history, what it says of itself, and one sentence where it is not as it was sealed."""

    db: Path
    captures: Path
    about: Mapping[str, Any]
    fault: str

    @property
    def is_intact(self) -> bool:
        """Say whether everything is as it was sealed."""
        return not self.fault


def unpack(path: Path, folder: Path) -> Opened:
    """Unpack a capsule into a private folder and check it.

    Raises `KnownError` with one sentence for what is no capsule, or cannot be unpacked without harm. A capsule that
    was changed is unpacked, with the fault said.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            _check_form(packed, path.name, free_bytes(folder))
            about = _manifest(packed, path.name)
            wrapping = packed.comment
            _write_all(packed, folder, path.name)
    except _BROKEN as error:
        raise KnownError(f"{path.name} is damaged or no capsule: {str(error).rstrip('.')}.") from None
    except OSError as error:
        raise KnownError(f"{path.name} cannot be opened: {error.strerror or error}.") from None
    db = folder / DB
    _check_database(db, path.name)
    return Opened(db, folder / "captures", about, _fault(folder, about) or _of_wrapping(path, wrapping))


def is_capsule(path: Path) -> bool:
    """Say whether a file looks like a capsule: by its name, or by its first bytes."""
    try:
        with path.open("rb") as file:
            return path.suffix == ".noccap" or file.read(4) == b"PK\x03\x04"
    except OSError:
        return path.suffix == ".noccap"


# -- form


def _check_form(packed: zipfile.ZipFile, name: str, room: int) -> None:
    infos = packed.infolist()
    names = [info.filename for info in infos]
    if len(infos) > MOST_FILES or len(set(names)) != len(names):
        raise KnownError(f"{name} is no capsule: it has too many files, or one of them twice.")
    if not {DB, CHAIN, MANIFEST} <= set(names):
        raise KnownError(f"{name} is no capsule: {DB}, {CHAIN} or {MANIFEST} is missing in it.")
    for info in infos:
        if info.filename not in (DB, CHAIN, MANIFEST) and not _CAPTURE.fullmatch(info.filename):
            raise KnownError(f"{name} is no capsule: it has a file {info.filename[:60]!r}, which no capsule has.")
        if info.flag_bits & 1:
            raise KnownError(f"{name} is encrypted: a capsule never is.")
        is_bomb = info.file_size > _FREE_RATIO_BYTES and info.file_size > info.compress_size * MOST_RATIO
        if is_bomb:
            raise KnownError(f"{name} is not opened: a file in it would grow more than {MOST_RATIO} times.")
    size = sum(info.file_size for info in infos)
    if size > MOST_BYTES or size > room:
        raise KnownError(f"{name} is not opened: it would take {size // 1024**2} MB of disk.")


def _manifest(packed: zipfile.ZipFile, name: str) -> Mapping[str, Any]:
    said = json.loads(_bounded(packed, MANIFEST, _MOST_MANIFEST))
    if not isinstance(said, dict) or not isinstance(said.get("files"), dict) or "head" not in said:
        raise KnownError(f"{name} is no capsule: its manifest cannot be read.")
    if said.get("format") != FORMAT:
        raise KnownError(f"{name} was written by a newer version of noc-console; update this program to open it.")
    return said


def _bounded(packed: zipfile.ZipFile, name: str, most: int) -> bytes:
    with packed.open(name) as file:
        body = file.read(most + 1)
    if len(body) > most:
        raise ValueError(f"{name} is too long")
    return body


def _write_all(packed: zipfile.ZipFile, folder: Path, name: str) -> None:
    for info in packed.infolist():
        if info.filename in (DB, CHAIN) or _CAPTURE.fullmatch(info.filename):
            try:
                _write(packed, info, folder / info.filename)
            except _BROKEN:
                raise Damaged(f"{name} was changed or damaged: {info.filename} in it cannot be read.") from None


def _write(packed: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    left = info.file_size
    with packed.open(info) as source, target.open("xb") as out:
        for part in _parts(source):
            left -= len(part)
            if left < 0:
                raise ValueError(f"{info.filename} is longer than it says")
            out.write(part)
    target.chmod(0o600)


def _parts(source: IO[bytes]) -> Iterator[bytes]:
    while part := source.read(_SLICE):
        yield part


def _check_database(db: Path, name: str) -> None:
    """See that the file is a database with our tables and nothing that acts by itself (triggers, views)."""
    try:
        connection = _opened(db)
        try:
            found = connection.execute("SELECT type, name, tbl_name FROM sqlite_master").fetchall()
            whole = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise KnownError(f"{name} is no capsule: its history cannot be read ({error}).") from None
    strange = [kind for kind, _, table in found if kind not in ("table", "index") or not _is_ours(table)]
    if strange or whole != ("ok",):
        raise KnownError(f"{name} is no capsule: its history is not one of noc-console's.")


def _is_ours(table: str) -> bool:
    return table in _TABLES or table in ("sqlite_sequence", "sqlite_stat1")


def _opened(db: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{db.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")
    return connection


# -- hashes


def _fault(folder: Path, about: Mapping[str, Any]) -> str:
    """Return the first thing that is not as it was sealed, in one sentence; empty when all is."""
    try:
        return _of_events(folder) or _of_files(folder, about) or _of_head(folder, about)
    except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
        return f"The capsule cannot be checked: {error}."


def _of_events(folder: Path) -> str:
    sealed = json.loads((folder / CHAIN).read_bytes()) if (folder / CHAIN).stat().st_size <= _MOST_CHAIN else []
    head = chain.ORIGIN
    connection = _opened(folder / DB)
    try:
        for row, told in zip_longest(_rows(connection), sealed):
            if row is None:
                return f"Event {told[0]} is missing: it was there when the capsule was sealed."
            head = chain.link(head, row)
            if told is None or [row["seq"], head] != told:
                return f"Event {row['seq']} ({row['kind']}, {moment(row['at'])}) is not what was sealed."
    finally:
        connection.close()
    return ""


def _of_wrapping(path: Path, comment: bytes) -> str:
    """Return that the file is not the one that was made, though everything in it still fits."""
    if comment == COMMENT + hash_of_wrapping(path).encode():
        return ""
    return "What is in it is as it was sealed, but the file itself was changed or written anew."


def _rows(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    query = "SELECT seq, at, kind, channel_id, input_id, body FROM journal WHERE kind <> 'Tick' ORDER BY seq"
    for seq, at, kind, channel_id, input_id, body in connection.execute(query):
        data = json.loads(body)
        yield {
            "seq": seq,
            "at": at,
            "kind": kind,
            "channel_id": channel_id,
            "input_id": input_id,
            "data": data,
        }


def _of_files(folder: Path, about: Mapping[str, Any]) -> str:
    files = about["files"]
    found = {one.relative_to(folder).as_posix() for one in (folder / "captures").rglob("*") if one.is_file()}
    for name in sorted({*files, *found, DB}):
        if name not in files:
            return f"{name} was put in after the capsule was sealed."
        if name != DB and name not in found:
            return f"{name} is missing: it was there when the capsule was sealed."
        if hash_of_file(folder / name) != files[name]:
            what = "the measured values or tables" if name == DB else "a piece of evidence"
            return f"{name} is not what was sealed: {what} differ." if name == DB else f"{name} ({what}) was changed."
    return ""


def _of_head(folder: Path, about: Mapping[str, Any]) -> str:
    links = json.loads((folder / CHAIN).read_bytes())
    events_head = links[-1][1] if links else chain.ORIGIN
    is_right = _HASH.fullmatch(str(about["events_head"])) and about["events_head"] == events_head
    if not is_right or head_of(about) != about["head"]:
        return "The manifest is not what was sealed."
    return ""
