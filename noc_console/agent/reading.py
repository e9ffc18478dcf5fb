"""`noc-console agent --read-only`: an agent over a capsule or a backup, which answers and changes nothing."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noc_console.agent.clock import Clock
from noc_console.agent.main import Door, Ended, Household
from noc_console.agent.refusals import Unavailable
from noc_console.agent.supervisor import Supervisor

if TYPE_CHECKING:
    from noc_console.agent.core import Agent
    from noc_console.agent.exhibit import Exhibit


class Nobody(Supervisor):
    """No workers: what was measured is there, nothing is measured anew."""

    def facts(self) -> list[dict[str, Any]]:
        """Override: there are no workers."""
        return []

    async def follow(
        self, slot: int, command: Mapping[str, Any], patience_s: float
    ) -> AsyncIterator[Mapping[str, Any]]:
        """Override: nobody answers."""
        raise Unavailable("Nothing is measured here: this is what was kept.")
        yield {}


class ReadingRoom(Household):
    """One run over one exhibit, in a private folder that goes with it; time stands at the exhibit's end."""

    async def live(self) -> None:
        """Bring the exhibit in, serve it until told to stop, and take it away."""
        from noc_console.agent.exhibit import exhibit_of

        with tempfile.TemporaryDirectory(prefix="noc-console-", ignore_cleanup_errors=True) as folder:
            exhibit = await asyncio.to_thread(exhibit_of, self.settings.db.absolute(), Path(folder))
            told = {"db": exhibit.db, "notify": "none", "decode_workers": 0}
            self.settings = self.settings.model_copy(update=told)
            self.clock = Clock(wall=lambda: exhibit.at, steady=lambda: 0.0)
            door = self._door()
            with contextlib.closing(door.listener):
                await self._show(door, exhibit)

    async def _show(self, door: Door, exhibit: Exhibit) -> None:
        from noc_console.agent.core import Agent, Parts
        from noc_console.agent.shown import show
        from noc_console.history.read_only import open_read_only

        stop = self._stop_at_signals()
        coming: asyncio.Future[Agent] = asyncio.get_running_loop().create_future()
        history = await open_read_only(self.settings, exhibit.captures, self.clock.now, exhibit.refusal)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._serve(coming, door))
                supervisor, port = Nobody(self.settings, self.clock), door.listener.getsockname()[1]
                agent = Agent(Parts(self.settings, self.clock, history, supervisor, group, port, stop))
                await show(agent, history, exhibit)
                coming.set_result(agent)
                if self.launch.token_fd >= 0:
                    group.create_task(self._mind_parent(agent))
                await stop.wait()
                raise Ended
        except* Ended:
            pass
        finally:
            await history.close()
