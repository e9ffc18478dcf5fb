"""`noc-console capsule verify|info FILE`: is an evidence capsule intact, and what is in it?"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from noc_console.errors import KnownError
from noc_console.history.capsule_open import Opened, unpack
from noc_console.incidents.figures import ZONE_WORDS, moment

VERBS = ("verify", "info")


def run(verb: str, path: Path) -> int:
    """Look at a capsule; return 0 when it is intact, 1 when it was changed. Raises `KnownError` for no capsule."""
    if verb not in VERBS:
        raise KnownError(f"There is no 'capsule {verb}': say one of {', '.join(VERBS)}.")
    if not path.is_file():
        raise KnownError(f"There is no file {path}.")
    with tempfile.TemporaryDirectory(prefix="noc-capsule-") as folder:
        opened = unpack(path, Path(folder))
    for line in [verdict(opened), *(facts(opened) if verb == "info" else ())]:
        sys.stdout.write(line + "\n")
    return 0 if opened.is_intact else 1


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
