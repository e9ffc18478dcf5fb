"""PCR by TR 101 290: repetition (2.3.a), discontinuity (2.3.b), and the intervals that a report shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts.clock import PCR_HZ, steps
from noc_console.media.ts.pid_rows import Column, PidRows

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_TOLERANCE_S = 0.1


@dataclass(frozen=True, slots=True)
class Pcrs:
    """PCRs in the order of their packets: value in 27 MHz ticks, time in seconds, whether a jump is flagged.

    `run` is a number that differs where packets between two PCRs were lost or doubled.
    """

    index: Ints
    pid: Ints
    value: Ints
    at: Floats
    is_flagged: Flags
    run: Ints

    def __len__(self) -> int:
        return len(self.index)

    def rows(self, rows: Ints) -> Pcrs:
        """Return some of them."""
        return Pcrs(
            self.index[rows], self.pid[rows], self.value[rows], self.at[rows], self.is_flagged[rows], self.run[rows]
        )


@dataclass(frozen=True, slots=True)
class Steps:
    """What lies between each PCR and the one before it on its PID; rows of `pcrs`, which are sorted by PID.

    `step` is the difference of the values in ticks, `gap` the time between their packets in seconds; `has_before`
    is false for the first one of a PID, `is_jump` where the value does not follow on.
    """

    pcrs: Pcrs
    step: Ints
    gap: Floats
    has_before: Flags
    is_jump: Flags
    starts: Ints


class PcrMemory(PidRows):
    """What is remembered of each PCR PID from block to block; counts are by difference of PCR values."""

    def __init__(self) -> None:
        super().__init__()
        self.value = self.column(np.int64, -1)
        self.at = self.column(np.float64, np.nan)
        self.count = self.column(np.int64, 0)
        self.longest = self.column(np.int64, -1)
        self.over_40ms = self.column(np.int64, 0)
        self.over_100ms = self.column(np.int64, 0)
        self.backward = self.column(np.int64, 0)


def copy(memory: PcrMemory) -> PcrMemory:
    """Return a memory of its own with the same content."""
    twin = PcrMemory()
    twin.rows_of(np.array(memory.pids, np.int64))
    for name in ("value", "at", "count", "longest", "over_40ms", "over_100ms", "backward"):
        getattr(twin, name).rows[:] = getattr(memory, name).rows
    return twin


def measure(pcrs: Pcrs, memory: PcrMemory) -> Steps:
    """Return the steps between the PCRs of each PID, and let `memory` move on to their end."""
    pcrs = pcrs.rows(np.argsort(pcrs.pid, kind="stable"))
    pid = pcrs.pid
    starts = np.flatnonzero(np.concatenate(([True], pid[1:] != pid[:-1])))
    value_before, at_before = _before(pcrs.value), _before(pcrs.at)
    own = memory.rows_of(pid[starts])
    value_before[starts], at_before[starts] = memory.value.rows[own], memory.at.rows[own]
    has_before = value_before >= 0
    step, gap = steps(pcrs.value - value_before), pcrs.at - at_before
    # 13818-1, 2.4.3.5: a jump is legal where the discontinuity_indicator announces it
    told = has_before & ~pcrs.is_flagged
    limit = PCR_HZ // 10
    off = np.abs(step - gap * PCR_HZ) > _TOLERANCE_S * PCR_HZ
    is_jump = told & ((step < 0) | ((step > limit) & off))
    _count(step, told, starts, own, memory)
    ends = np.concatenate((starts[1:], [len(pid)])) - 1
    memory.value.rows[own], memory.at.rows[own] = pcrs.value[ends], pcrs.at[ends]
    return Steps(pcrs, step, gap, has_before, is_jump, starts)


def _before(values: NDArray[Any]) -> NDArray[Any]:
    earlier = np.empty_like(values)
    earlier[1:] = values[:-1]
    return earlier


def _count(step: Ints, told: Flags, starts: Ints, own: Ints, memory: PcrMemory) -> None:
    memory.count.rows[own] += np.diff(np.concatenate((starts, [len(step)])))
    ahead = np.where(told & (step >= 0), step, -1)
    memory.longest.rows[own] = np.maximum(memory.longest.rows[own], np.maximum.reduceat(ahead, starts))
    counted: tuple[tuple[Column, Flags], ...] = (
        (memory.over_40ms, ahead > PCR_HZ * 40 // 1000),
        (memory.over_100ms, ahead > PCR_HZ // 10),
        (memory.backward, told & (step < 0)),
    )
    for column, is_so in counted:
        column.rows[own] += np.add.reduceat(is_so.astype(np.int64), starts)
