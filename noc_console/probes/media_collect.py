"""Keeps what an inspection fetches of a channel's picture and sound, until it is decoded: a spool of its own."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from noc_console.net.pipe_media import SOUND, Spooled
from noc_console.probes.decode.job import AUDIO, FULL, Job
from noc_console.probes.media_spool import Spool

if TYPE_CHECKING:
    from noc_console.probes.tools import Tools

_MOST_BYTES = 2 * 1024**3
_WHY = {
    "encrypted": "it is encrypted; with --decrypt AES-128 is opened where its key is reachable",
    "room": "there is no room for it",
    "disk": "the disk does not take it",
    "large": "it is too large",
}


class Collected(Spool):
    """A spool in a folder of its own that goes with `close`; `stretches` are those laid down, in order of arrival.

    `mode` says which pictures are decoded.
    """

    def __init__(self, mode: str = FULL) -> None:
        super().__init__(Path(tempfile.mkdtemp(prefix="noc-media-")), _MOST_BYTES)
        self.mode = mode
        self.stretches: list[Spooled] = []
        self.faults: dict[str, None] = {}

    def tell(self, tools: Tools, stretch: Spooled) -> None:
        """Remember a stretch, or why there is none."""
        if stretch.file:
            self.stretches.append(stretch)
        else:
            self.faults[f"{stretch.rung} was not measured: {_WHY.get(stretch.why, stretch.why)}."] = None

    def path(self, name: str) -> Path:
        """Return a file of this folder."""
        return self.folder / name

    def jobs(self) -> list[Job]:
        """Return what is to be decoded: all stretches of a rung in their order, one rung after the other."""
        rungs = {one.rung: number for number, one in reversed(list(enumerate(self.stretches)))}
        in_order = sorted(self.stretches, key=lambda one: (rungs[one.rung], one.sequence))
        last = {one.rung: one for one in in_order}
        return [self._job(one, one is last[one.rung]) for one in in_order]

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _job(self, one: Spooled, is_last: bool) -> Job:
        return Job(
            input_id=one.input_id,
            rung=one.rung,
            mode=AUDIO if one.holds == SOUND else self.mode,
            kind=one.kind,
            path=str(self.path(one.file)),
            init=one.init,
            at=one.at,
            sequence=one.sequence,
            is_discontinuity=one.is_discontinuity,
            is_last=is_last,
        )
