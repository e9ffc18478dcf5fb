"""`noc-console console`: starts the agent first, then opens the window while the agent comes up behind it."""

from __future__ import annotations

import os
from pathlib import Path

from noc_console.views.endpoint import TOKEN_VARIABLE, Attached, Embedded, Source


def run(db: Path | None, attach: str, theme: str) -> int:
    """Open the console and return the exit code when its window has closed. Raises KnownError."""
    source = source_for(db, attach)
    if isinstance(source, Embedded):
        source.launch()  # Qt takes half a second to load; the agent need not wait for it
    from noc_console.views.program import open_console

    try:
        return open_console(source, theme)
    finally:
        source.let_go()


def source_for(db: Path | None, attach: str) -> Source:
    """Return where the agent comes from."""
    if attach:
        return Attached(attach, os.environ.get(TOKEN_VARIABLE, "").strip())
    return Embedded((db or Path("local.db")).absolute())
