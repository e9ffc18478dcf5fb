"""What workers say, sorted to where it belongs: samples to the history, looks to the rules, notes to their rooms."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from noc_console.agent.flow import Flow
from noc_console.agent.looks import looks_of
from noc_console.agent.media_line import MediaLine
from noc_console.agent.recorder import Recorder
from noc_console.agent.rings import Rings
from noc_console.model import Event
from noc_console.net.pipe_batch import Batch, BatchDecoder

_log = logging.getLogger(__name__)


class Intake:
    """The ears of the supervisor."""

    def __init__(
        self,
        recorder: Recorder,
        flow: Flow,
        rings: Rings,
        happened: Callable[[Event], None],
        line: MediaLine | None = None,
    ) -> None:
        self._recorder, self._flow, self._rings, self._happened = recorder, flow, rings, happened
        self._line = line
        self._numbers: dict[int, tuple[BatchDecoder, dict[int, int]]] = {}

    def heard_batch(self, slot: int, batch: Batch, names: BatchDecoder) -> None:
        """Hand on a batch of samples and looks."""
        samples = batch.samples
        self._recorder.add(
            self._series(slot, samples["series"], names), samples["at"].copy(), samples["value"].copy()
        )
        self._flow.take(looks_of(batch, names))

    def heard_note(self, slot: int, note: Mapping[str, Any]) -> None:
        """Hand on a note."""
        match note.get("kind"):
            case "requests":
                self._rings.add(note["rows"])
            case "ladder":
                self._flow.board.set_ladder(int(note["input_id"]), note["data"]["rungs"])
            case "stretch":
                if self._line is not None:
                    self._line.heard(int(note["input_id"]), note["data"])
            case "event":
                self._heard_event(int(note["input_id"]), note["data"])
            case kind:
                _log.warning("worker %d sent a note of the unknown kind %r", slot, kind)

    def replaced(self, slot: int, pid: int, why: str) -> None:
        """Write down that a worker was replaced."""
        self._numbers.pop(slot, None)
        text = f"Worker {slot + 1} (process {pid}) was replaced: {why}."
        data = {"slot": slot, "pid": pid, "why": why, "text": text}
        self._happened(Event("WorkerReplaced", self._recorder.clock.now(), data=data))

    def _series(self, slot: int, numbers: npt.NDArray[Any], names: BatchDecoder) -> npt.NDArray[np.uint32]:
        """Return the history's numbers of series for those of a worker's connection."""
        decoder, known = self._numbers.get(slot, (None, {}))
        if decoder is not names:
            known = {}
            self._numbers[slot] = (names, known)
        for number in set(numbers.tolist()) - known.keys():
            series = names.series[number]
            known[number] = self._recorder.history.series_id(series.input_id, series.rung, series.metric)
        return np.fromiter((known[number] for number in numbers.tolist()), np.uint32, len(numbers))

    def _heard_event(self, input_id: int, said: Mapping[str, Any]) -> None:
        data = {key: value for key, value in said.items() if key not in ("kind", "at")}
        kind = str(said.get("kind") or "ProbeSaid")
        at = float(said.get("at") or self._recorder.clock.now())
        self._happened(Event(kind, at, 0, input_id, data))
