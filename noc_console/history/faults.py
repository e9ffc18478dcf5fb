"""What is wrong with the store, in one plain sentence."""

from __future__ import annotations

import errno
import os
import sqlite3
from enum import StrEnum
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

# what a store that is the world's and not ours may raise
FAULTS = (SQLAlchemyError, sqlite3.Error, OSError)
_ROOM_BYTES = 256 * 1024


class Fault(StrEnum):
    """Why nothing can be written."""

    FULL = "full"
    LOCKED = "locked"
    READ_ONLY = "read-only"
    DAMAGED = "damaged"
    GONE = "gone"
    OTHER = "other"


_SYSTEM = {
    errno.ENOSPC: Fault.FULL,
    errno.EDQUOT: Fault.FULL,
    errno.ENOENT: Fault.GONE,
    errno.EROFS: Fault.READ_ONLY,
    errno.EACCES: Fault.READ_ONLY,
}


def fault_of(error: Exception, db: Path) -> Fault:
    """Return what kind of fault an error of the store is."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    said = str(cause).lower()
    if isinstance(cause, OSError):
        return _SYSTEM.get(cause.errno or 0, Fault.OTHER)
    if "unable to open" in said and not db.exists():
        return Fault.GONE
    if "full" in said or ("i/o error" in said and free_bytes(db) < _ROOM_BYTES):
        return Fault.FULL
    if "locked" in said or "busy" in said:
        return Fault.LOCKED
    if "readonly" in said or "read-only" in said:
        return Fault.READ_ONLY
    if isinstance(cause, sqlite3.DatabaseError) and ("malformed" in said or "not a database" in said):
        return Fault.DAMAGED
    return Fault.OTHER


def sentence(fault: Fault, db: Path) -> str:
    """Return what the operator reads."""
    return {
        Fault.FULL: f"Not recorded: the disk with {db.name} is full; free some space, recording resumes by itself.",
        Fault.LOCKED: f"Not recorded: another program holds {db.name} locked; end it, recording resumes by itself.",
        Fault.READ_ONLY: f"Not recorded: {db.name} may not be written; give the agent the right to write it.",
        Fault.DAMAGED: f"Not recorded: {db.name} is damaged; restart the agent, it keeps the file aside and begins "
        "a new one.",
        Fault.GONE: f"Not recorded: {db.name} was removed or replaced; put it back, or restart the agent.",
        Fault.OTHER: f"Not recorded: {db.name} cannot be written; see that its disk is there and healthy.",
    }[fault]


def free_bytes(db: Path) -> int:
    """Return the space left for us where the database lies, 0 when that cannot be told."""
    try:
        found = os.statvfs(db.parent)
    except OSError:
        return 0
    return found.f_bavail * found.f_frsize


def used_ratio(db: Path) -> float:
    """Return the used part of the disk the database lies on, 0 to 1."""
    try:
        found = os.statvfs(db.parent)
    except OSError:
        return 0.0
    room = found.f_blocks - found.f_bfree + found.f_bavail
    return (found.f_blocks - found.f_bfree) / room if room else 0.0
