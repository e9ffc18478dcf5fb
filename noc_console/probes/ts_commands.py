"""What the core may ask of a stream that is being received: its report, its errors as packets, evidence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from noc_console.errors import KnownError
from noc_console.probes.ts_evidence import Recording, Wanted
from noc_console.probes.ts_packets import KEPT
from noc_console.probes.ts_reception import Reception, Stream
from noc_console.probes.worker_watches import Watches

_MOST_AT_ONCE = 8


class StreamCommands:
    """The verbs `ts`, `packets` and `evidence`."""

    def __init__(self, reception: Reception, watches: Watches) -> None:
        self._reception = reception
        self._watches = watches
        self._recording: set[int] = set()

    async def answer(self, command: Mapping[str, Any]) -> Any:
        """Do one command; raises KnownError where it cannot be done."""
        input_id = int(command["input_id"])
        stream = self._reception.stream(input_id)
        if stream is None:
            raise KnownError("This input is not being received as a transport stream.")
        match command["verb"]:
            case "ts":
                return stream.report()
            case "packets":
                limit = min(max(int(command.get("limit", KEPT)), 1), KEPT)
                return stream.packets(str(command.get("indicator", "")), limit)
            case _:
                return await self._evidence(input_id, stream, command)

    async def _evidence(self, input_id: int, stream: Stream, command: Mapping[str, Any]) -> Any:
        tools = self._watches.tools(input_id)
        if tools is None or input_id in self._recording:
            raise KnownError("The evidence of this input is being recorded already.")
        if len(self._recording) >= _MOST_AT_ONCE:
            raise KnownError(f"{_MOST_AT_ONCE} inputs are being recorded already; this one is not.")
        if stream.receiver is None:
            raise KnownError("A replayed file is its own evidence.")
        wanted = Wanted(
            at=float(command["at"]),
            before_s=float(command["before_s"]),
            after_s=float(command["after_s"]),
            most_bytes=int(command["most_bytes"]),
            folder=Path(str(command["folder"])),
        )
        self._recording.add(input_id)
        try:
            return await Recording(stream.receiver, wanted).run(tools)
        finally:
            self._recording.discard(input_id)
