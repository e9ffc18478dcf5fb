"""The grid of packets is found, lost and found again, however the bytes are divided."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_console.media.ts.grid import Grid, SyncEvent
from noc_console.media.ts.packets import PACKET


def packets(count: int, size: int = 188, seed: int = 1) -> bytes:
    rows = np.random.default_rng(seed).integers(0, 256, (count, size), np.uint8)
    rows[rows == 0x47] = 0x48
    rows[:, 4 if size == 192 else 0] = 0x47
    return rows.tobytes()


def run(data: bytes, cuts: list[int]) -> tuple[bytes, list[int], list[SyncEvent], Grid]:
    grid, rows, offsets, events = Grid(), [], [], []
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    pieces = [piece for a, b in itertools.pairwise(edges) for piece in grid.feed(data[a:b])]
    for piece in [*pieces, *grid.finish()]:
        assert piece.first_index == len(offsets)
        rows.append(piece.block.tobytes())
        offsets += [piece.offset + row * piece.size for row in range(len(piece.block))]
        events += piece.events
    return b"".join(rows), offsets, [*events, *grid.events], grid


@pytest.mark.parametrize(("size", "first"), [(188, 0), (192, 4), (204, 0)])
def test_each_packet_size_is_detected(size: int, first: int) -> None:
    data = packets(40, size)
    rows, offsets, events, grid = run(data, [])
    assert grid.size == size
    assert offsets == [first + size * row for row in range(40)]
    assert rows[:PACKET] == data[first : first + PACKET]
    assert [event.is_gained for event in events] == [True]


def test_what_stands_before_the_first_packet_is_passed_over() -> None:
    _, offsets, events, _ = run(b"\x00" * 77 + packets(20), [])
    assert offsets[0] == 77
    assert len(offsets) == 20
    assert events == [SyncEvent(True, 77, 0, 77, 0)]


def test_one_wrong_sync_byte_does_not_lose_sync_and_two_do() -> None:
    data = bytearray(packets(30))
    data[10 * 188] = 0
    _, offsets, _, grid = run(bytes(data), [])
    assert (len(offsets), grid.losses) == (30, 0)
    data[11 * 188] = 0
    _, offsets, events, grid = run(bytes(data), [])
    assert (len(offsets), grid.losses) == (30, 1)
    assert [(event.is_gained, event.packet_index) for event in events] == [(True, 0), (False, 10), (True, 12)]


def test_the_grid_is_found_again_after_inserted_and_missing_bytes() -> None:
    clean = packets(60)
    data = clean[: 20 * 188] + b"\x01" * 100 + clean[20 * 188 : 40 * 188 + 60] + clean[40 * 188 + 110 :]
    rows, offsets, events, grid = run(data, [])
    assert grid.losses == 2
    assert len(offsets) == 60
    assert rows[: 40 * 188] == clean[: 40 * 188]
    assert rows[41 * 188 :] == clean[41 * 188 :]
    assert [event.skipped for event in events if event.is_gained] == [0, 100, 0]


def test_garbage_gives_no_packets_and_is_not_kept() -> None:
    noise = bytes(np.random.default_rng(3).integers(0, 256, 2_000_000, np.uint8))
    grid = Grid()
    assert [piece for at in range(0, len(noise), 50_000) for piece in grid.feed(noise[at : at + 50_000])] == []
    assert len(grid._held) < 60_000


def test_short_inputs_are_taken_as_they_are() -> None:
    assert len(run(packets(3), [])[1]) == 3
    assert run(b"", [])[1] == []
    assert run(b"\x47", [])[1] == []
    assert run(packets(2) + b"\x47\x00", [])[3].trailing == 2


@settings(deadline=None, max_examples=60)
@given(
    size=st.sampled_from([188, 192, 204]),
    harms=st.lists(
        st.tuples(st.sampled_from(["cut", "insert", "destroy"]), st.integers(0, 7000), st.integers(1, 300)),
        max_size=4,
    ),
    cuts=st.lists(st.integers(0, 9000), max_size=12),
)
def test_the_division_changes_nothing(size: int, harms: list[tuple[str, int, int]], cuts: list[int]) -> None:
    data = bytearray(packets(40, size))
    for harm, at, count in harms:
        if harm == "cut":
            del data[at : at + count]
        elif harm == "insert":
            data[at:at] = b"\x11" * count
        else:
            for row in range(at // size, at // size + count % 9):
                if row * size + 4 < len(data):
                    data[row * size] = data[row * size + 4] = 0
    whole, parts = run(bytes(data), []), run(bytes(data), cuts)
    assert whole[:3] == parts[:3]
    assert whole[3].losses == parts[3].losses


def test_the_captures_have_the_packets_they_should(testdata: Path) -> None:
    wrong = []
    for row in csv.DictReader((testdata / "ts" / "expected.csv").read_text().splitlines()):
        data = (testdata / row["file"]).read_bytes()
        found, offsets, _, grid = run(data, list(range(0, len(data), 100_003)))
        first_bytes = np.frombuffer(found, np.uint8)[::PACKET]
        bad = int((first_bytes != 0x47).sum())
        if "misaligned" in row["file"]:
            assert (len(offsets), grid.losses, bad) == (2766, 2, 0)
            continue
        facts = (len(offsets), grid.size, grid.trailing, bad)
        if facts != (
            int(row["packets"]),
            int(row["packet_size"]),
            int(row["trailing_bytes"]),
            int(row["sync_byte_errors"]),
        ):
            wrong.append((row["file"], facts, row["packets"], row["packet_size"], row["trailing_bytes"]))
    assert wrong == []
