"""Cuts the seconds around an alarm out of an input's ring, into a file beside the captures; the ring goes on."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from noc_console.errors import KnownError
from noc_console.probes.tools import Tools
from noc_console.probes.ts_receiver import Receiver

MOST_SECONDS = 60.0
_PIECE_BYTES = 1024**2
_PAUSE_S = 0.01
_LOOK_S = 0.25


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: seconds before and after the moment `at`, at most so many bytes, in this folder."""

    at: float
    before_s: float
    after_s: float
    most_bytes: int
    folder: Path


class Recording:
    """One cut under way."""

    def __init__(self, receiver: Receiver, wanted: Wanted) -> None:
        self._receiver = receiver
        self._wanted = wanted
        self._hash = hashlib.sha256()
        self._size = 0
        self._first_at = self._last_at = wanted.at
        ring = receiver.ring
        self._next = ring.first_since(wanted.at - wanted.before_s) if ring else 0

    async def run(self, tools: Tools) -> dict[str, Any]:
        """Write until the time after the moment is over; return where the file is and what it holds.

        Raises KnownError where nothing is kept or the disk does not take it.
        """
        wanted = self._wanted
        end = wanted.at + min(wanted.after_s, MOST_SECONDS)
        try:
            wanted.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=wanted.folder, suffix=".ts", delete=False) as file:
                path = Path(file.name)
                try:
                    await self._write(tools, file, end)
                except BaseException:
                    _remove(path)
                    raise
        except OSError as error:
            raise KnownError(f"The evidence cannot be written: {error.strerror}.") from None
        if not self._size:
            _remove(path)
            raise KnownError("Nothing of this input is held in memory.")
        return {
            "path": str(path),
            "hash": self._hash.hexdigest(),
            "size_bytes": self._size,
            "seconds_before": round(max(0.0, wanted.at - self._first_at), 3),
            "seconds_after": round(max(0.0, self._last_at - wanted.at), 3),
        }

    async def _write(self, tools: Tools, file: IO[bytes], end: float) -> None:
        while self._size < self._wanted.most_bytes:
            if self._step(file, end):
                await tools.sleep(_PAUSE_S)
            elif tools.now() >= end:
                return
            else:
                await tools.sleep(min(_LOOK_S, max(_PAUSE_S, end - tools.now())))

    def _step(self, file: IO[bytes], end: float) -> bool:
        """Write the next piece; False when everything that came has been written, or lies behind the end."""
        ring = self._receiver.ring
        if ring is None:
            return False
        first = max(self._next, ring.oldest)
        last = min(ring.written, ring.first_since(end), first + max(1, _PIECE_BYTES // ring.stride))
        if first >= last:
            return False
        data = self._receiver.cut(first, last)
        if not self._size:
            self._first_at = ring.time(first % ring.slots)
        self._last_at = ring.time((last - 1) % ring.slots)
        file.write(data)
        self._hash.update(data)
        self._size += len(data)
        self._next = last
        return True


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
