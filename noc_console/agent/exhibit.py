"""What a read-only agent shows: a capsule unpacked and checked, or a copy of a backup; never the file itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noc_console.history.capsule import DB
from noc_console.history.capsule_open import is_capsule, unpack
from noc_console.history.read_only import copied, last_moment, migrated
from noc_console.incidents.figures import moment

_TAIL_S = 1.0


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One piece of history to look at: where it lies now, the moment it shows (Unix seconds), what is said of it."""

    db: Path
    captures: Path
    at: float
    about: Mapping[str, Any]

    @property
    def refusal(self) -> str:
        """Return what is said to who would change it."""
        return str(self.about["refusal"])


def exhibit_of(path: Path, folder: Path) -> Exhibit:
    """Bring a capsule or a history into a private folder, ready to be read. Raises `KnownError` in one sentence."""
    return _capsule(path, folder) if is_capsule(path) else _copy(path, folder)


def _capsule(path: Path, folder: Path) -> Exhibit:
    opened = unpack(path, folder)
    migrated(opened.db, path.name)
    said = opened.about
    at = float(said.get("end") or 0.0) or last_moment(opened.db)
    about = {
        "kind": "capsule",
        "file": path.name,
        "incident": said.get("incident"),
        "title": str(said.get("title") or ""),
        "start": said.get("start"),
        "end": at,
        "made_at": said.get("made_at"),
        "generator": str(said.get("generator") or ""),
        "head": str(said["head"]),
        "verified": opened.is_intact,
        "fault": opened.fault,
        "refusal": "This is a capsule: nothing can be changed.",
    }
    return Exhibit(opened.db, opened.captures, at, about | {"text": _words(about)})


def _words(about: Mapping[str, Any]) -> str:
    name = f"Capsule, read only: incident {about['incident']}, {about['title']}"
    if about["fault"]:
        return f"{name}. NOT VERIFIED: {about['fault']}"
    return f"{name}, as of {moment(about['end'])} ICT. Verified, head {about['head'][:16]}…"


def _copy(path: Path, folder: Path) -> Exhibit:
    db = copied(path, folder / DB)
    at = last_moment(db) + _TAIL_S
    near = (path.parent / "captures", path.parent.parent / "captures")
    captures = next((one for one in near if one.is_dir()), near[0])
    about = {
        "kind": "history",
        "file": path.name,
        "end": at,
        "verified": None,
        "fault": "",
        "text": f"{path.name}, read only, as of {moment(at)} ICT.",
        "refusal": f"{path.name} is opened read-only: nothing can be changed.",
    }
    return Exhibit(db, captures, at, about)
