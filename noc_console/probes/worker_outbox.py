"""What a worker has to tell its core: gathered, bounded, sent every 100 ms."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from noc_console.model import Observation
from noc_console.net.pipe import FrameType, GarbledFrame, Pipe, encoded_json
from noc_console.net.pipe_batch import BatchEncoder

log = logging.getLogger(__name__)

FLUSH_S = 0.1
_BACKLOG_BYTES = 2 * 1024**2
_MOST_ROWS = 20_000
_ROWS_A_NOTE = 2_000
_MOST_BODIES = 64


class Outbox:
    """Holds observations and notes until the pipe takes them.

    While the core does not read, samples, waterfall rows and bodies over the bound are dropped and counted;
    findings and events are kept.
    """

    def __init__(self, pipe: Pipe, now: Callable[[], float]) -> None:
        self.requests = 0
        self.received_bytes = 0
        self._pipe = pipe
        self._now = now
        self._encoder = BatchEncoder()
        self._rows: list[Mapping[str, Any]] = []
        self._bodies: list[Mapping[str, Any]] = []
        self._events: list[Mapping[str, Any]] = []
        self._dropped = 0
        self._sent_at = now()

    @property
    def dropped(self) -> int:
        """How many samples, rows and bodies were dropped because the core was slow."""
        return self._dropped + self._encoder.dropped

    @property
    def silent_s(self) -> float:
        """How long the core has taken nothing although something waits."""
        return self._now() - self._sent_at

    def observe(self, observation: Observation) -> None:
        """Take one observation of any input."""
        self._encoder.add(observation)

    def note(self, input_id: int, kind: str, data: Mapping[str, Any]) -> None:
        """Take one note of an input: a waterfall row, a body or an event."""
        match kind:
            case "requests":
                self.requests += 1
                self.received_bytes += data["size_bytes"]
                self._keep(self._rows, {"input_id": input_id, **data}, _MOST_ROWS)
            case "body":
                self._keep(self._bodies, {"kind": kind, "input_id": input_id, "data": data}, _MOST_BODIES)
            case _:
                self._events.append({"kind": kind, "input_id": input_id, "data": data})

    def send(self, content: Mapping[str, Any]) -> None:
        """Send a note of the worker itself (`health`, `reply`, `progress`) ahead of what is gathered.

        One that is larger than a frame may be is dropped and counted.
        """
        try:
            self._pipe.write(encoded_json(FrameType.NOTE, content))
        except GarbledFrame as error:
            self._dropped += 1
            log.error("a %s note was not sent: %s", content.get("kind"), error)

    def flush(self) -> None:
        """Hand everything gathered to the pipe, unless the core still has too much to read."""
        if self._pipe.backlog_bytes > _BACKLOG_BYTES:
            return
        self._sent_at = self._now()
        raw = self._encoder.flush()
        if raw:
            self._pipe.write(raw)
        events, self._events = self._events, []
        bodies, self._bodies = self._bodies, []
        for content in (*events, *bodies):
            self.send(content)
        rows, self._rows = self._rows, []
        for start in range(0, len(rows), _ROWS_A_NOTE):
            self.send({"kind": "requests", "rows": rows[start : start + _ROWS_A_NOTE]})

    def _keep(self, kept: list[Mapping[str, Any]], item: Mapping[str, Any], most: int) -> None:
        if len(kept) < most:
            kept.append(item)
        else:
            self._dropped += 1


class InputSink:
    """The outbox as the probe of one input sees it."""

    def __init__(self, outbox: Outbox, input_id: int) -> None:
        self._outbox = outbox
        self._input_id = input_id
        self.observe = outbox.observe

    def note(self, kind: str, data: Mapping[str, Any]) -> None:
        """Take one note of this input."""
        self._outbox.note(self._input_id, kind, data)
