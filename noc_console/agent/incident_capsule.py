"""Makes the evidence capsule of an incident in a process of its own, so that measuring goes on undisturbed."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noc_console.agent.incident_desk import IncidentDesk
from noc_console.agent.refusals import Unavailable

_PATIENCE_S = 300.0
_LONGEST_SENTENCE = 500


@dataclass(slots=True)
class CapsuleMaker:
    """Makes one at a time; that it was made, and the hash it can be held against, is an event."""

    desk: IncidentDesk
    db: Path
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def make(self, incident_id: int, by: str) -> tuple[Path, dict[str, Any]]:
        """Return the file, which is the caller's to remove, and what is said of it. KnownError when there is none."""
        await self.desk.find(incident_id)
        async with self._turn:
            target = Path(tempfile.mkdtemp(prefix="noc-capsule-")) / f"incident-{incident_id}.noccap"
            try:
                told = await self._run(incident_id, target)
                await self.desk.capsule_made(incident_id, str(told["head"]), target.stat().st_size, by)
            except BaseException:
                remove(target)
                raise
            return target, told

    async def _run(self, incident_id: int, target: Path) -> dict[str, Any]:
        asked = ("capsule", "make", str(target), "--db", str(self.db), "--incident", str(incident_id))
        async with _process(sys.executable, "-m", "noc_console", *asked) as process:
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    out, err = await process.communicate()
            except TimeoutError:
                raise Unavailable("The capsule takes too long; it was given up.") from None
        if process.returncode:
            said = err.decode("utf-8", "replace").strip().rpartition("noc-console: ")[2]
            raise Unavailable(said[:_LONGEST_SENTENCE] or "The capsule could not be made.")
        return dict(json.loads(out))


def remove(target: Path) -> None:
    """Remove a capsule and the folder it was made in."""
    target.unlink(missing_ok=True)
    target.parent.rmdir()


@asynccontextmanager
async def _process(*command: str) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
