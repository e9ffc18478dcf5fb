"""Cuts of a transport stream for the decoders: a few seconds of one service each, the next begins where one ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts.psi_tree import ServiceView, Tree
from noc_console.net.pipe_media import Spooled
from noc_console.probes.media_spool import Spool
from noc_console.probes.tools import Tools

CUT_S = 4.0
_GAP_S = 2.0
_PIDS = 8192
_PAT_PID = 0
_MEASURED = ("video", "audio")


@dataclass(slots=True)
class Cut:
    """A file under way: when its first and its newest packets came (Unix seconds)."""

    file: str
    began: float
    newest: float
    size_bytes: int = 0


class StreamCuts:
    """What of one input is measured: tables, picture and sound of the first service that has a picture."""

    def __init__(self, tools: Tools, spool: Spool) -> None:
        self._tools = tools
        self._spool = spool
        self._views: tuple[ServiceView, ...] = ()
        self._wanted: NDArray[np.bool_] = np.zeros(_PIDS, np.bool_)
        self._is_known = False
        self._cut: Cut | None = None
        self._sequence = 0
        self._has_gap = True
        self._again_at = 0.0

    def take(self, block: NDArray[np.uint8], tree: Tree, at: float, since: float | None = None) -> None:
        """Take packets (n, 188) that came from `since` until `at`; those before a service is known are left out."""
        self._choose(tree)
        if not self._is_known or not len(block):
            return
        since = at if since is None else since
        self._mind_gap(since)
        pids = (block[:, 1].astype(np.uint16) & 0x1F) << 8 | block[:, 2]
        rows = block[self._wanted[pids]]
        if len(rows):
            self._write(rows.tobytes(), since, at)
        if self._cut is not None and at - self._cut.began >= CUT_S:
            self._finish(self._cut)

    def _choose(self, tree: Tree) -> None:
        views = tree.views()
        if views is self._views:
            return
        self._views = views
        one = _service(views)
        self._is_known = one is not None
        wanted = np.zeros(_PIDS, np.bool_)
        if one is not None:
            streams = [stream.pid for stream in one.streams if stream.kind in _MEASURED]
            wanted[[_PAT_PID, one.pmt_pid, *streams]] = True
        self._wanted = wanted

    def _mind_gap(self, at: float) -> None:
        """End a cut after which nothing came for a while: what comes now does not belong to it."""
        cut = self._cut
        if cut is None or at - cut.newest <= _GAP_S:
            return
        self._drop(cut)
        self._sequence += 1
        self._has_gap = True

    def _write(self, data: bytes, since: float, at: float) -> None:
        cut = self._cut = self._cut or self._begin(since)
        if cut is None:
            return
        if not self._spool.grow(cut.file, len(data)):
            self._miss(cut, "room")
        elif not self._spool.write(cut.file, data):
            self._miss(cut, "disk")
        else:
            cut.newest, cut.size_bytes = at, cut.size_bytes + len(data)

    def _begin(self, at: float) -> Cut | None:
        if at < self._again_at:
            return None
        try:
            file = self._spool.reserve(0)
        except OSError:
            file = ""
        if file:
            return Cut(file, at, at)
        self._has_gap, self._again_at = True, at + CUT_S
        self._spool.tell(self._tools, self._stretch(at, CUT_S, why="room"))
        return None

    def _finish(self, cut: Cut) -> None:
        self._spool.tell(self._tools, self._stretch(cut.began, cut.newest - cut.began, cut))
        self._cut, self._has_gap = None, False
        self._sequence += 1

    def _miss(self, cut: Cut, why: str) -> None:
        self._drop(cut)
        self._spool.tell(self._tools, self._stretch(cut.began, CUT_S, why=why))
        self._sequence += 1
        self._has_gap, self._again_at = True, cut.began + CUT_S

    def _drop(self, cut: Cut) -> None:
        self._spool.drop(cut.file)
        self._cut = None

    def _stretch(self, began: float, lasts_s: float, cut: Cut | None = None, why: str = "") -> Spooled:
        return Spooled(
            input_id=self._tools.input.id,
            rung="",
            at=began,
            came_at=self._tools.now(),
            duration_s=lasts_s,
            sequence=self._sequence,
            kind="ts",
            is_discontinuity=self._has_gap,
            file=cut.file if cut else "",
            size_bytes=cut.size_bytes if cut else 0,
            why=why,
        )


def _service(views: tuple[ServiceView, ...]) -> ServiceView | None:
    """Return the first service with a picture, else the first with sound."""
    for kind in _MEASURED:
        for one in views:
            if any(stream.kind == kind for stream in one.streams):
                return one
    return None
