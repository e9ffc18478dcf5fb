"""Continuity beside the packet-exact truth of real captures, at any division into blocks, with both passes."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from noc_console.media.ts import fast, packets
from noc_console.media.ts.packets import PACKET, Bytes, Continuity, Heads, judge_breaks

SKIPPED = "misaligned"  # its truth is about finding the grid again
PASSES = [pytest.param(packets.read_heads, id="numpy"), pytest.param(fast.read_heads, id="compiled")]
Pass = Callable[[Bytes, Continuity], Heads]


def rows_of(table: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(table.read_text().splitlines()))


def truth(testdata: Path) -> Mapping[str, dict[int, dict[str, str]]]:
    files: dict[str, dict[int, dict[str, str]]] = defaultdict(dict)
    for row in rows_of(testdata / "ts" / "expected_pids.csv"):
        files[row["file"]][int(row["pid"])] = row
    return {name: pids for name, pids in files.items() if SKIPPED not in name}


def grid(testdata: Path, name: str) -> Bytes:
    sizes = {row["file"]: int(row["packet_size"]) for row in rows_of(testdata / "ts" / "expected.csv")}
    data = np.fromfile(testdata / name, np.uint8)
    size = sizes[name]
    start = 4 if size == 192 else 0
    return np.lib.stride_tricks.as_strided(data[start:], (len(data) // size, PACKET), (size, 1))


@pytest.mark.parametrize("step", [7, 1000, 10**9])
@pytest.mark.parametrize("read", PASSES)
def test_every_continuity_error_and_repeat_is_found_where_it_is(testdata: Path, read: Pass, step: int) -> None:
    wrong = []
    for name, pids in truth(testdata).items():
        block, memory = grid(testdata, name), Continuity()
        errors: dict[int, list[int]] = defaultdict(list)
        repeats: dict[int, int] = defaultdict(int)
        for at in range(0, len(block), step):
            part = block[at : at + step]
            heads = read(part, memory)
            verdicts = judge_breaks(part, heads, memory)
            for row in verdicts.errors.tolist():
                errors[int(heads.pid[row])].append(at + row)
            for row in verdicts.repeats.tolist():
                repeats[int(heads.pid[row])] += 1
        for pid, row in pids.items():
            rows = [int(text) for text in row["cc_error_packet_indexes"].split()]
            if (len(errors[pid]), repeats[pid]) != (int(row["cc_errors"]), int(row["duplicates"])):
                wrong.append((name, pid, errors[pid], repeats[pid]))
            elif errors[pid][: len(rows)] != rows:
                wrong.append((name, pid, errors[pid], rows))
    assert wrong == []


@pytest.mark.parametrize(
    "low", [pytest.param(7, id="few PIDs"), pytest.param(255, id="more PIDs than small numbers")]
)
def test_both_passes_agree_on_noise(low: int) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (5000, PACKET), np.uint8)
    noise[:, 0] = np.where(np.arange(5000) % 50, 0x47, 0x11)
    noise[:, 1] &= 0x80 if low == 7 else 0x83  # few PIDs, so that counters break, repeat and jump
    noise[:, 2] &= low
    first, second = Continuity(), Continuity()
    for at in range(0, 5000, 700):
        ours, theirs = packets.read_heads(noise[at : at + 700], first), fast.read_heads(noise[at : at + 700], second)
        for name in ("pid", "flags", "breaks", "before", "last_pid", "last"):
            assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name
