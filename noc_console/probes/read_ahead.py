"""Reads a file piece by piece in a thread of its own: the next piece comes while the last one is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

_Read = tuple[bytearray, int] | OSError


def pieces(path: Path, size: int) -> Iterator[memoryview]:
    """Yield the file in pieces of `size` bytes, the last one shorter; a piece is good until the next is asked for.

    Raises OSError where the file cannot be read.
    """
    free: SimpleQueue[bytearray | None] = SimpleQueue()
    full: SimpleQueue[_Read] = SimpleQueue()
    for _ in range(2):
        free.put(bytearray(size))
    thread = Thread(target=_read, args=(path, free, full), name="read ahead", daemon=True)
    thread.start()
    try:
        while True:
            read = full.get()
            if isinstance(read, OSError):
                raise read
            buffer, count = read
            if not count:
                return
            yield memoryview(buffer)[:count]
            free.put(buffer)
    finally:
        free.put(None)
        thread.join()


def _read(path: Path, free: SimpleQueue[bytearray | None], full: SimpleQueue[_Read]) -> None:
    try:
        with path.open("rb", buffering=0) as file:
            while (buffer := free.get()) is not None:
                count = file.readinto(buffer) or 0
                full.put((buffer, count))
                if not count:
                    return
    except OSError as error:
        full.put(error)
