"""Keeps one probe running for each assigned input; a probe's bug ends that probe only, and it starts again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence

from noc_console.model import Input
from noc_console.probes.registry import Watch, watch_of
from noc_console.probes.tools import Tools

log = logging.getLogger(__name__)

_STARTS_A_SECOND = 20
_USUAL_INTERVAL_S = 6.0
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
_STABLE_S = 300.0


class Watches:
    """The running probes by input; `group` owns their tasks."""

    def __init__(
        self,
        group: asyncio.TaskGroup,
        tools_of: Callable[[Input], Tools],
        watch_of: Callable[..., Watch] = watch_of,
    ) -> None:
        self._group = group
        self._tools_of = tools_of
        self._watch_of = watch_of
        self._running: dict[int, tuple[Input, Tools, asyncio.Task[None]]] = {}

    def __len__(self) -> int:
        return len(self._running)

    def assign(self, inputs: Iterable[Input]) -> None:
        """Start what is new, stop what is gone, start afresh what changed; leave the rest alone.

        Starts are spread over the polling interval, at most 20 a second, so that no origin meets a herd.
        """
        wanted = {input.id: input for input in inputs}
        for input_id in [i for i, (input, _, _) in self._running.items() if wanted.get(i) != input]:
            self._running.pop(input_id)[2].cancel()
        new = [input for input in wanted.values() if input.id not in self._running]
        for input, delay_s in zip(new, delays(new), strict=True):
            tools = self._tools_of(input)
            task = self._group.create_task(self._keep(input, tools, delay_s))
            self._running[input.id] = (input, tools, task)

    def tools(self, input_id: int) -> Tools | None:
        """Return the tools of a running input, for its bodies."""
        found = self._running.get(input_id)
        return found[1] if found else None

    def stop(self) -> None:
        """Stop every probe."""
        self.assign(())

    async def _keep(self, input: Input, tools: Tools, delay_s: float) -> None:
        await tools.sleep(delay_s)
        pause_s = _FIRST_PAUSE_S
        while True:
            began = tools.now()
            error = await self._once(input, tools)
            if tools.now() - began > _STABLE_S:
                pause_s = _FIRST_PAUSE_S
            if pause_s == _FIRST_PAUSE_S:
                log.error("the probe of input %d failed", input.id, exc_info=error)
            text = f"The probe of this input failed and starts again in {pause_s:.0f} s."
            what = type(error).__name__ if error else "ended by itself"
            tools.note("event", {"kind": "ProbeFailed", "at": tools.now(), "text": text, "error": what})
            await tools.sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    async def _once(self, input: Input, tools: Tools) -> Exception | None:
        try:
            await self._watch_of(input.kind)(input, tools)
        except Exception as error:  # noqa: BLE001 - the probe supervisor: one bug must not stop the other probes
            return error
        return None


def delays(inputs: Sequence[Input]) -> list[float]:
    """Return after how many seconds each input starts: one polling interval for all, or sooner at 20 a second."""
    found = []
    for index, input in enumerate(inputs):
        interval_s = input.poll_s or input.expected.segment_s or _USUAL_INTERVAL_S
        found.append(index * min(1 / _STARTS_A_SECOND, interval_s / len(inputs)))
    return found
