"""`noc-console console`: starts the agent first, then opens the window while the agent comes up behind it."""

from __future__ import annotations

import os
from pathlib import Path

from noc_console.errors import KnownError
from noc_console.views.endpoint import TOKEN_VARIABLE, Attached, Embedded, Source

CAPSULE = ".noccap"


def run(db: Path | None, attach: str, theme: str, *, is_read_only: bool = False) -> int:
    """Open the console and return the exit code when its window has closed. Raises KnownError."""
    source = source_for(db, attach, is_read_only=is_read_only)
    if isinstance(source, Embedded):
        source.launch()  # Qt takes half a second to load; the agent need not wait for it
    from noc_console.views.program import open_console

    try:
        return open_console(source, theme)
    finally:
        source.let_go()


def source_for(db: Path | None, attach: str, *, is_read_only: bool = False) -> Source:
    """Return where the agent comes from; a capsule is always read-only. Raises KnownError."""
    if attach:
        return Attached(attach, os.environ.get(TOKEN_VARIABLE, "").strip())
    file = (db or Path("local.db")).absolute()
    is_shown = is_read_only or file.suffix == CAPSULE
    if is_shown and not file.is_file():
        raise KnownError(f"There is no file {file}.")
    return Embedded(file, is_read_only=is_shown)
