"""A file read ahead comes whole and in order, and a fault of reading reaches who asked."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from noc_console.probes.read_ahead import pieces


@pytest.mark.parametrize("size", [1, 7, 99, 100, 101, 1000])
def test_the_pieces_are_the_file(tmp_path: Path, size: int) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(range(100)))
    assert b"".join(bytes(piece) for piece in pieces(file, size)) == bytes(range(100))


def test_an_empty_file_has_no_pieces(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert list(pieces(file, 10)) == []


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(pieces(tmp_path / "none", 10))


def test_who_stops_early_leaves_no_thread(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(100))
    some = pieces(file, 10)
    next(some)
    some.close()  # type: ignore[attr-defined]
    assert "read ahead" not in {thread.name for thread in threading.enumerate()}
