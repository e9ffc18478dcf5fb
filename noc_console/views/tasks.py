"""Starts slow work beside the GUI and brings its result back; the one place that turns failures into a sentence."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from noc_console.errors import KnownError

T = TypeVar("T")
log = logging.getLogger(__name__)


class Tasks(QObject):
    """Keeps every running task alive; a KnownError becomes `failed`, anything else an internal error in the log."""

    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._running: set[asyncio.Task[None]] = set()
        self._faults = 0

    def start(
        self,
        work: Coroutine[Any, Any, T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[str], object] | None = None,
    ) -> asyncio.Task[None]:
        """Run a coroutine on the GUI's loop; `done` gets its result, `failed` its sentence (default: the banner)."""
        task = asyncio.ensure_future(self._guard(work, done, failed or self.failed.emit))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        # a task cancelled before its first step has not begun the work it was given
        task.add_done_callback(partial(_closed, work))
        return task

    async def stop(self) -> None:
        """Cancel what still runs and wait for its end."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _guard(
        self,
        work: Coroutine[Any, Any, T],
        done: Callable[[T], object] | None,
        failed: Callable[[str], object],
    ) -> None:
        try:
            result = await work
            if done is not None:
                done(result)
        except KnownError as error:
            failed(str(error))
        except Exception:
            self._faults += 1
            log.exception("internal error %d", self._faults)
            failed(f"Internal error {self._faults}: see the log.")


def _closed(work: Coroutine[Any, Any, Any], _task: object) -> None:
    work.close()
