"""Judges time stamps and the buffers of the system target decoder (TR 101 290, 2.5, 3.3, 3.9, 3.10)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts import pts, tstd
from noc_console.media.ts.delays import ProgrammeClocks
from noc_console.media.ts.epochs import Epochs
from noc_console.media.ts.ledger import Ledger
from noc_console.media.ts.pcr import Steps
from noc_console.media.ts.profile import Profile
from noc_console.media.ts.psi import Psi
from noc_console.media.ts.psi_tree import Tree
from noc_console.media.ts.scan import Scanned, part_of
from noc_console.media.ts.timeline import Timeline

_UNRELATED_S = 60.0
_LONG_DELAYS = frozenset({"avc1", "hvc1"})

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class StampJudge:
    """Time stamps, by the streams of the tables that were in force when they came."""

    def __init__(self, profile: Profile, ledger: Ledger, psi: Psi, follow: tstd.Follow) -> None:
        self.memory = pts.StampMemory()
        self.clocks = ProgrammeClocks()
        self._profile = profile
        self._ledger = ledger
        self._psi = psi
        self._epochs = Epochs()
        self._buffers = tstd.TransportBuffers(follow)
        self.tables_changed()

    def tables_changed(self) -> None:
        """Other tables are in force from here on."""
        tree = self._psi.tree
        self._leaks: dict[int, float] | None = None
        self._leaks_of = 0
        self.kinds = tree.kinds.copy()
        self._clock_pids = tree.clock_pids.copy()
        self._long = _long_delays(tree)

    def is_same_tree(self) -> bool:
        """Say whether the tables in force now tell the same of every stream as those that are judged by."""
        tree = self._psi.tree
        is_same = np.array_equal(self.kinds, tree.kinds) and np.array_equal(self._clock_pids, tree.clock_pids)
        if is_same and self._long == _long_delays(tree):
            self._leaks = None
            return True
        return False

    def judge(
        self,
        scanned: Scanned,
        stretch: tuple[int, int],
        time: Timeline,
        steps: Steps | None,
        steady: Sequence[tuple[int, bool]],
    ) -> None:
        """Judge the stamps of the packets in a stretch; `steps` are the PCRs around it."""
        begin, end = stretch
        jumps = scanned.jumps[part_of(scanned.jumps, begin, end)]
        jump_pids = scanned.pid[jumps - scanned.first].astype(np.int64)
        rows = part_of(scanned.stamps[0], begin, end)
        index, pid, shown, decoded = (column[rows] for column in scanned.stamps)
        clock = self._clock_pids[pid].astype(np.int64)
        epoch = self._epochs.of(index, pid, np.where(clock < 0, pid, clock), jumps, jump_pids)
        if not len(index):
            return
        stamps = pts.Stamps(index, pid, shown, decoded, time.at(index), epoch)
        if self._profile.buffers and any(so for _, so in steady):
            self._judge_delays(stamps, self.clocks.leads(stamps, clock, steps), steady)
        self._judge_order(stamps)

    def _judge_order(self, stamps: pts.Stamps) -> None:
        limit = self._profile.pts_repetition_s
        wrong = pts.judge(stamps, self.memory, self.kinds, limit)

        def told(row: int) -> tuple[str, float]:
            value = float(wrong.value[row])
            return pts.text(int(wrong.what[row]), int(wrong.pid[row]), value, limit), value

        self._ledger.many("2.5", wrong.index, wrong.pid, wrong.at, told)

    def _judge_delays(self, stamps: pts.Stamps, lead: Floats, steady: Sequence[tuple[int, bool]]) -> None:
        # what a decoder would buffer is known only where the bitrate is constant
        places = np.searchsorted([place for place, _ in steady], stamps.index, "right") - 1
        is_steady = np.array([so for _, so in steady])[places] & (places >= 0)
        judged = is_steady & (self.kinds[stamps.pid] > 0)
        rows = np.flatnonzero(judged & (lead < 0))

        def starved(row: int) -> tuple[str, float]:
            late, pid = -float(lead[rows[row]]), int(stamps.pid[rows[row]])
            return (
                f"PID 0x{pid:04x} comes {late * 1000:.0f} ms after it should be decoded: its buffer is empty.",
                late,
            )

        self._ledger.many("3.3", stamps.index[rows], stamps.pid[rows], stamps.at[rows], starved)
        slow = np.flatnonzero(judged & (lead > tstd.DELAY_S))
        if not len(slow):
            return
        limits = np.array([self._longest_delay_s(pid) for pid in stamps.pid[slow].tolist()])
        slow = slow[lead[slow] > limits]

        def delayed(row: int) -> tuple[str, float]:
            delay, pid = float(lead[slow[row]]), int(stamps.pid[slow[row]])
            if delay > _UNRELATED_S:
                return f"PID 0x{pid:04x}: its time stamps are {delay:.0f} s off its programme's clock.", delay
            return f"PID 0x{pid:04x} waits {delay:.2f} s in the decoder's buffers, more than it may.", delay

        self._ledger.many("3.10", stamps.index[slow], stamps.pid[slow], stamps.at[slow], delayed)

    def _longest_delay_s(self, pid: int) -> float:
        return tstd.LONG_DELAY_S if pid in self._long else tstd.DELAY_S

    def follow_buffers(self, pid: NDArray[np.uint16], begin: int, time: Timeline) -> None:
        """Follow the transport buffers over some packets, the first of which has the index `begin`."""
        wrong = self._buffers.feed(pid, begin)
        if wrong is None:
            return
        at = time.at(wrong.index)
        for what, indicator in ((tstd.OVERFLOW, "3.3"), (tstd.NEVER_EMPTY, "3.9")):
            rows = np.flatnonzero(wrong.what == what)

            def told(row: int, rows: Ints = rows, what: int = what) -> tuple[str, float]:
                value, pid = float(wrong.value[rows[row]]), int(wrong.pid[rows[row]])
                if what == tstd.OVERFLOW:
                    return f"PID 0x{pid:04x} fills its transport buffer to {value:.0f} bytes, it holds 512.", value
                return (
                    f"PID 0x{pid:04x}: the transport buffer was not empty for {value:.2f} s, once a second is due.",
                    value,
                )

            self._ledger.many(indicator, wrong.index[rows], wrong.pid[rows], at[rows], told)

    def set_buffers(self, rate: float, is_constant: bool) -> None:
        """Buffers empty at rates that depend on the streams; without a constant bitrate none is followed."""
        if not self._profile.buffers:
            return
        if not is_constant:
            self._buffers.set(0.0, {})
            return
        formats = self._psi.looker.formats
        if self._leaks is None or self._leaks_of != len(formats):
            self._leaks_of = len(formats)
            kinds = [(pid, int(self.kinds[pid])) for pid in np.flatnonzero(self.kinds).tolist()]
            self._leaks = {pid: tstd.leak_bps(formats.get(pid), kind) for pid, kind in kinds}
            self._leaks |= dict.fromkeys([0, 1, *self._psi.tree.pmt_pids], float(tstd.SYSTEM_BPS))
        self._buffers.set(rate, self._leaks)


def _long_delays(tree: Tree) -> frozenset[int]:
    return frozenset(pid for pid, told in tree.streams.items() if told[1] in _LONG_DELAYS)
