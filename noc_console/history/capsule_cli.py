"""`noc-console capsule verify|info|make FILE`: is a capsule intact, what is in it, and making one of an incident."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from noc_console import __version__
from noc_console.errors import KnownError
from noc_console.history import catalogue, incidents, journal, projections
from noc_console.history.capsule import Made, make
from noc_console.history.capsule_cut import Wanted
from noc_console.history.capsule_open import Damaged, Opened, unpack
from noc_console.history.captures import Captures
from noc_console.history.engines import sqlite_engine
from noc_console.history.faults import FAULTS
from noc_console.incidents.facts import span
from noc_console.incidents.figures import ZONE_WORDS, moment
from noc_console.incidents.wire import from_json
from noc_console.settings import Settings

VERBS = ("verify", "info", "make")


def run(verb: str, path: Path, db: Path | None = None, incident_id: int = 0) -> int:
    """Look at a capsule, or make one; return 0 when it is intact, 1 when it was changed.

    Raises `KnownError` for what is no capsule, or cannot be made.
    """
    if verb not in VERBS:
        raise KnownError(f"There is no 'capsule {verb}': say one of {', '.join(VERBS)}.")
    if verb == "make":
        made = make_of(db or Settings().db, incident_id, path, time.time())
        sys.stdout.write(json.dumps({"head": made.head, "events": made.events, "captures": made.captures}) + "\n")
        return 0
    if not path.is_file():
        raise KnownError(f"There is no file {path}.")
    with tempfile.TemporaryDirectory(prefix="noc-capsule-") as folder:
        try:
            opened = unpack(path, Path(folder))
        except Damaged as error:
            sys.stdout.write(f"not intact: {error}\n")
            return 1
    for line in [verdict(opened), *(facts(opened) if verb == "info" else ())]:
        sys.stdout.write(line + "\n")
    return 0 if opened.is_intact else 1


def make_of(db: Path, incident_id: int, target: Path, at: float) -> Made:
    """Make the capsule of an incident from its history, also while an agent writes it. Raises `KnownError`."""
    if not db.is_file():
        raise KnownError(f"There is no history at {db}: name the file with --db.")
    wanted = _wanted(db, incident_id, at)
    return make(db, Captures(db.absolute().parent / "captures", Settings().captures_bytes), wanted, target)


def _wanted(db: Path, incident_id: int, at: float) -> Wanted:
    engine = sqlite_engine(db, is_read_only=True, pool_size=1)
    try:
        with engine.connect() as connection, connection.begin():
            row = incidents.incident(connection, incident_id)
            if row is None:
                raise KnownError(f"There is no incident {incident_id} in {db.name}.")
            incident = from_json(row)
            start, end = span(incident, projections.alarms_of(connection, incident.alarms), at)
            codes = {one.id: one.code for one in catalogue.read_channels(connection)}
            about = {
                "incident": incident.id,
                "title": incident.title,
                "start": start,
                "end": end,
                "made_at": at,
                "generator": f"noc-console {__version__}",
                "journal": journal.read_meta(connection, "journal_id"),
                "channels": [codes[one] for one in incident.channels if one in codes],
            }
    except FAULTS as error:
        raise KnownError(f"{db} cannot be read: {error}.") from None
    finally:
        engine.dispose()
    return Wanted(incident, start, end, about)


def verdict(opened: Opened) -> str:
    """Return whether a capsule is intact, in one line."""
    if not opened.is_intact:
        return f"not intact: {opened.fault}"
    about = opened.about
    return f"intact: {about['events']} events, {len(about['captures'])} captures, head {about['head']}"


def facts(opened: Opened) -> list[str]:
    """Return what a capsule says of itself."""
    about = opened.about
    return [
        f"incident: {about.get('incident')} {about.get('title', '')}",
        f"from {moment(about.get('start'))} to {moment(about.get('end'))} {ZONE_WORDS}",
        f"made: {moment(about.get('made_at'))} by {about.get('generator', '')}, journal {about.get('journal', '')}",
        f"channels: {', '.join(about.get('channels') or ())}",
        f"playlists without their secrets: {len(about.get('redacted') or ())}",
        f"evidence no longer kept when it was made: {len(about.get('missing') or ())}",
    ]
