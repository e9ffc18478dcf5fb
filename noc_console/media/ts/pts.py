"""Time stamps of elementary streams: repetition of PTS (TR 101 290, 2.5), order of DTS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts.pid_rows import PidRows

STAMP_HZ = 90_000
STAMP_WRAP = 1 << 33
BROKEN_ORDER, LATE_PTS, GAP, LEAP = 1, 2, 3, 4

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stamps:
    """PES heads that carry a PTS, in the order of their packets; stamps in ticks of 90 kHz, `at` in seconds.

    `epoch` is a number per PID that differs after a flagged discontinuity of the PID or its clock.
    """

    index: Ints
    pid: Ints
    pts: Ints
    dts: Ints
    at: Floats
    epoch: Ints


@dataclass(frozen=True, slots=True)
class StampErrors:
    """What is wrong, row by row: `what` is BROKEN_ORDER, LATE_PTS, GAP or LEAP; `value` is in seconds."""

    index: Ints
    pid: Ints
    at: Floats
    what: Ints
    value: Floats


class StampMemory(PidRows):
    """What is remembered of each PID: the last DTS (-1 none), its packet's time, its epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.dts = self.column(np.int64, -1)
        self.at = self.column(np.float64, np.nan)
        self.epoch = self.column(np.int64, 0)


def steps(values: Ints) -> Ints:
    """Return differences of time stamps as signed ticks, the wrap after 26.5 h undone."""
    return (values + STAMP_WRAP // 2) % STAMP_WRAP - STAMP_WRAP // 2


def judge(stamps: Stamps, memory: StampMemory, judged: NDArray[np.uint8], repetition_s: float) -> StampErrors:
    """Judge the stamps of the PIDs that are `judged` (not 0); `memory` moves on to their end for all PIDs."""
    order = np.argsort(stamps.pid, kind="stable")
    pid, dts, at = stamps.pid[order], stamps.dts[order], stamps.at[order]
    pts, epoch = stamps.pts[order], stamps.epoch[order]
    starts = np.flatnonzero(np.concatenate(([True], pid[1:] != pid[:-1])))
    own, ends = memory.rows_of(pid[starts]), np.concatenate((starts[1:], [len(pid)])) - 1
    last_dts, last_at, last_epoch = memory.dts.rows, memory.at.rows, memory.epoch.rows
    dts_before, at_before, epoch_before = np.empty_like(dts), np.empty_like(at), np.empty_like(epoch)
    dts_before[1:], at_before[1:], epoch_before[1:] = dts[:-1], at[:-1], epoch[:-1]
    dts_before[starts], at_before[starts], epoch_before[starts] = last_dts[own], last_at[own], last_epoch[own]
    last_dts[own], last_at[own], last_epoch[own] = dts[ends], at[ends], epoch[ends]
    follows = (dts_before >= 0) & (epoch == epoch_before)
    step, gap = steps(dts - dts_before) / STAMP_HZ, at - at_before
    # 13818-1, 2.4.3.7: a picture is shown after it is decoded, and decoded after the one before
    what = np.where(follows & (step > repetition_s), LEAP, 0)
    what = np.where((dts_before >= 0) & (gap > repetition_s), GAP, what)
    # several PES packets of one access unit may carry the same stamp
    what = np.where(follows & (step < 0), BROKEN_ORDER, what)
    ahead = steps(pts - dts) / STAMP_HZ
    what = np.where(ahead < 0, LATE_PTS, what)
    value = np.choose(what, (step, step, ahead, gap, step))
    rows = np.flatnonzero((what > 0) & (judged[pid] > 0))
    rows = rows[np.argsort(order[rows])]
    return StampErrors(stamps.index[order[rows]], pid[rows], at[rows], what[rows], value[rows])


def text(what: int, pid: int, value: float, limit_s: float) -> str:
    """Return the sentence for the operator."""
    name = f"PID 0x{pid:04x}"
    match what:
        case 1:
            return f"{name}: the DTS goes back by {-value:.3f} s."
        case 2:
            return f"{name}: the PTS is {-value:.3f} s before its DTS."
        case 3:
            return f"{name}: no PTS for {value:.3f} s, the limit is {limit_s:.1f} s."
        case _:
            return f"{name}: the time stamp leaps by {value:.3f} s, the limit is {limit_s:.1f} s."
