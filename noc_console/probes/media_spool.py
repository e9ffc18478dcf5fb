"""Lays stretches of media down for the decoders: bodies in files of the agent's private folder, the core is told."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from noc_console.net.pipe_media import MOST_INIT_BYTES, Spooled, spooled_form
from noc_console.probes.beside import beside

if TYPE_CHECKING:
    from noc_console.probes.tools import Tools

_MOST_FILES = 4096


class Spool:
    """A worker's share of the spool; who decodes a stretch, or decides not to, removes its file.

    What does not fit into the share, or cannot be written, is told without a file: the core counts it as skipped.
    """

    def __init__(self, folder: Path, budget_bytes: int) -> None:
        self.folder = folder
        self.budget_bytes = budget_bytes
        self._files: dict[str, int] = {}
        self._held_bytes = 0
        self._count = 0

    async def put(self, tools: Tools, stretch: Spooled, body: bytes) -> None:
        """Write a body and tell the core of it."""
        if len(stretch.init) > MOST_INIT_BYTES:
            self.tell(tools, replace(stretch, init=b"", why="large"))
            return
        try:
            name = self.reserve(len(body))
        except OSError:
            self.tell(tools, replace(stretch, why="disk"))
            return
        if not name:
            self.tell(tools, replace(stretch, why="room"))
        elif await beside(len(body), partial(self.write, name, body)):
            self.tell(tools, replace(stretch, file=name, size_bytes=len(body)))
        else:
            self.tell(tools, replace(stretch, why="disk"))

    def tell(self, tools: Tools, stretch: Spooled) -> None:
        """Tell the core of a stretch, with its file or with the reason why there is none."""
        tools.note("stretch", spooled_form(stretch))

    def reserve(self, size_bytes: int) -> str:
        """Return the name of a file that may be written, empty where the share is used up; raises OSError."""
        if self._held_bytes + size_bytes > self.budget_bytes or len(self._files) >= _MOST_FILES:
            self._forget_gone()
        if self._held_bytes + size_bytes > self.budget_bytes or len(self._files) >= _MOST_FILES:
            return ""
        self._count += 1
        name = f"{os.getpid()}-{self._count}.media"
        os.close(os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        self._files[name] = size_bytes
        self._held_bytes += size_bytes
        return name

    def grow(self, name: str, size_bytes: int) -> bool:
        """Count what is to be added to a file; False where the share is used up."""
        if self._held_bytes + size_bytes > self.budget_bytes:
            self._forget_gone()
        if self._held_bytes + size_bytes > self.budget_bytes:
            return False
        self._files[name] = self._files.get(name, 0) + size_bytes
        self._held_bytes += size_bytes
        return True

    def write(self, name: str, body: bytes | memoryview) -> bool:
        """Add bytes to a file; False where the disk does not take them, and then the file is gone."""
        try:
            with os.fdopen(os.open(self.folder / name, os.O_WRONLY | os.O_APPEND), "ab") as file:
                file.write(body)
        except OSError:
            self.drop(name)
            return False
        return True

    def drop(self, name: str) -> None:
        """Remove a file that is not told of."""
        with suppress(OSError):
            (self.folder / name).unlink(missing_ok=True)
        self._held_bytes -= self._files.pop(name, 0)

    def _forget_gone(self) -> None:
        """Free the room of what the core has removed."""
        for name in [name for name in self._files if not (self.folder / name).exists()]:
            self._held_bytes -= self._files.pop(name)
