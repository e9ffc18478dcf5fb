"""A disk that is full: events go to the space kept back, samples are counted, and recording resumes by itself."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from noc_console.errors import KnownError
from noc_console.history import SeriesQuery
from noc_console.model import Channel, Event
from noc_console.settings import Settings


@pytest.fixture
def small_disk(tmp_path: Path):
    """A file system of 12 MB, so that full means full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no small file system can be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def settings(small_disk: Path) -> Settings:
    return Settings(db=small_disk / "local.db", event_reserve_bytes=1024**2, captures_bytes=50 * 1024**2)


def fill(folder: Path, name: str = "filler") -> Path:
    filler = folder / name
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return filler


async def until_stopped(history, make_tick, clock, series) -> int:
    """Commit ticks until the store cannot write; return how many samples the history counted as dropped."""
    for _ in range(5000):
        clock.at += 1
        samples = [(number, clock.at, clock.at % 977 * number) for number in series]
        await history.commit(make_tick(clock.at, *samples), ())
        if history.state.state == "not_recorded":
            return history.state.dropped_samples
    raise AssertionError("the disk never got full")


async def test_events_are_written_while_the_disk_is_full_and_samples_are_counted(desk, small_disk, make_tick):
    history = await desk.open()
    series = [history.series_id(number, "a", "segment.size_bytes") for number in range(200)]
    await history.commit(make_tick(desk.clock.at, (series[0], desk.clock.at, 1.0)), ())
    filler = fill(small_disk)
    dropped = await until_stopped(history, make_tick, desk.clock, series)
    assert dropped == 200
    assert "full" in history.state.text

    raised = []
    for number in range(50):
        desk.clock.at += 1
        sample = (series[0], desk.clock.at, 1.0)
        raised += await history.commit(
            make_tick(desk.clock.at, sample), [Event("Raised", desk.clock.at, data={"n": number})]
        )
    assert history.state.dropped_samples == dropped + 50
    assert history.state.state == "not_recorded"
    assert not history._recorder.waiting  # they are in the file, not only in memory
    assert [e.data["n"] for e in await history.events(0, frozenset({"Raised"}))] == list(range(50))

    filler.unlink()
    desk.clock.at += 1
    told = await history.commit(make_tick(desk.clock.at, (series[0], desk.clock.at, 7.0)), ())
    assert [e.kind for e in told] == ["RecordingResumed"]
    assert told[0].data["dropped_samples"] == dropped + 50
    assert history.state.state == "ok"
    assert (small_disk / "local.db.reserve").stat().st_size == 1024**2
    await desk.close()

    again = await desk.open()
    kinds = [e.kind for e in await again.events(0)]
    assert kinds[:2] == ["RecordingStopped", "Raised"]
    assert kinds.count("Raised") == 50
    desk.clock.at += 10
    answer = await again.series(
        SeriesQuery(0, "segment.size_bytes", desk.clock.at - 100_000, desk.clock.at, "a", 9999)
    )
    assert answer.points[-1][2] == 7.0
    assert any(text == "not recorded" for _, _, text in answer.gaps)


async def test_even_with_no_space_at_all_nothing_is_raised_and_events_wait_in_order(desk, small_disk, make_tick):
    history = await desk.open()
    series = [history.series_id(number, "a", "segment.size_bytes") for number in range(200)]
    filler = fill(small_disk)
    await until_stopped(history, make_tick, desk.clock, series)
    more = fill(small_disk, "more")
    text = "x" * 40_000
    for number in range(120):
        await history.commit(None, [Event("Raised", desk.clock.at, data={"n": number, "text": text})])
    assert history._recorder.waiting
    assert [e.data["n"] for e in await history.events(0, frozenset({"Raised"}))] == list(range(120))

    filler.unlink()
    more.unlink()
    assert [e.kind for e in await history.commit(None, ())] == ["RecordingResumed"]
    assert not history._recorder.waiting
    assert [e.data["n"] for e in await history.events(0, frozenset({"Raised"}))] == list(range(120))


async def test_a_catalogue_change_on_a_full_disk_is_refused_in_words(desk, small_disk, make_tick):
    history = await desk.open()
    fill(small_disk)
    with pytest.raises(KnownError, match=r"disk with local\.db is full"):
        for number in range(3000):
            await history.save_channel(Channel(0, f"CH_{number}", "x" * 200, labels=("y" * 5000,)))


async def test_an_agent_can_start_on_a_full_disk(desk, small_disk):
    await desk.open()
    await desk.close()
    filler = fill(small_disk)
    history = await desk.open()
    await history.commit(None, [Event("Raised", desk.clock.at)])
    assert [e.kind for e in await history.events(0)][-1] in ("Raised", "RecordingStopped")
    assert "Raised" in [e.kind for e in await history.events(0)]
    filler.unlink()


async def test_a_capture_on_a_full_disk_is_refused_and_leaves_nothing(desk, small_disk):
    history = await desk.open()
    fill(small_disk)
    with pytest.raises(KnownError, match="could not be kept"):
        await history.keep_capture(b"x" * 100_000, "text/plain", "playlist")
    assert not [path for path in (small_disk / "captures").rglob("*") if path.is_file()]


async def test_a_read_only_disk_is_refused_in_words(desk, small_disk):
    await desk.open()
    await desk.close()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(KnownError, match=r"cannot be (opened|written)"):
        await desk.open()
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert (await desk.open()).state.state == "ok"


async def test_a_backup_that_would_fill_the_disk_is_not_made(desk, small_disk):
    history = await desk.open()
    fill(small_disk)
    with pytest.raises(KnownError, match="twentieth of the disk"):
        await history.backup()
    assert not (small_disk / "backups").exists()
