"""The benches of the fetcher run and say what they measured; how fast is for the performance page, not for a test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from noc_console.bench import fetch, rounds


@pytest.fixture(autouse=True)
def same_cores() -> Iterator[None]:
    """Give the tests back the cores that a bench takes from its process."""
    cores = os.sched_getaffinity(0)
    yield
    os.sched_setaffinity(0, cores)


def test_the_fetcher_is_measured_beside_its_peers() -> None:
    rows = fetch.run({"seconds": "0.1", "rounds": "1"})
    assert [row.what for row in rows] == [
        "fetcher beside httpx",
        "fetcher beside aiohttp",
        "1,000 requests/s, CPU",
        "1,000 requests/s, added latency",
    ]
    assert all("0 failed" in row.how for row in rows[2:])


def test_a_round_over_playlists_is_measured() -> None:
    (row,) = rounds.round_rows({"channels": "5", "playlists": "4", "rounds": "2"})
    assert "20 playlists" in row.how
    assert "0 failed" in row.how
