"""A decoder that hangs or dies costs one stretch: real processes, stopped and killed under way."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from noc_console.agent.clock import Clock
from noc_console.agent.media_folder import MediaFolder, open_folder
from noc_console.agent.media_line import MediaLine
from noc_console.agent.media_schedule import Waiting
from noc_console.agent.refusals import Unavailable
from noc_console.agent.supervisor import Slot, Supervisor
from noc_console.media.stretch import Stretch
from noc_console.model import Event, Input, Kind, Layer, MediaMode
from noc_console.net.pipe_media import Spooled, spooled_form
from noc_console.probes.decode import job as jobs
from noc_console.settings import Settings

INPUT = Input(1, 1, Layer.PACKAGER, Kind.HLS, "http://127.0.0.1/master.m3u8")


class Taken:
    """A desk that keeps what it is given."""

    def __init__(self) -> None:
        self.stretches: list[Stretch] = []
        self.missing: list[str] = []
        self.fails = False

    def take(self, waiting: Waiting, stretch: Stretch, waited_s: float) -> bool:
        if self.fails:
            raise ZeroDivisionError("a bug")
        self.stretches.append(stretch)
        return True

    def missed(self, waiting: Waiting, why: str) -> None:
        self.missing.append(why)


class Place:
    """A line with one decoder, its desk and what it said."""

    def __init__(self, folder: MediaFolder) -> None:
        settings = Settings(decode_workers=1, worker_silent_s=60)
        self.clock, self.desk, self.events = Clock(), Taken(), list[Event]()
        self.supervisor = Supervisor(settings, self.clock)
        self.folder = folder
        self.line = MediaLine(self.supervisor, folder, self.clock, self.desk, self.events.append)
        self.line.assign([INPUT])

    @property
    def slot(self) -> Slot:
        return self.supervisor.decoders[0]

    def lay_down(self, number: int, body: bytes = b"no media", input_id: int = 1) -> Path:
        path = self.folder.path_of(f"1-{number}.media")
        path.write_bytes(body)
        now = self.clock.now()
        one = Spooled(input_id, "720p", now, now, 6.0, number, file=path.name, size_bytes=len(body))
        self.line.heard(input_id, spooled_form(one))
        return path

    async def until(self, is_so: Callable[[], Any], what: str) -> None:
        async with asyncio.timeout(40):
            while not is_so():
                await asyncio.sleep(0.02)
        assert is_so(), what

    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]


@asynccontextmanager
async def running(folder: MediaFolder) -> AsyncIterator[Place]:
    place = Place(folder)
    task = asyncio.create_task(place.line.run())
    try:
        yield place
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await place.supervisor.end()


@pytest.fixture
def folder(tmp_path: Path) -> MediaFolder:
    return open_folder(1000, tmp_path)


def job_of(path: Path) -> Mapping[str, Any]:
    return jobs.to_wire(jobs.Job(1, "720p", path=str(path)))


async def test_a_stretch_that_is_no_media_is_measured_as_such_and_its_file_goes(folder: MediaFolder) -> None:
    async with running(folder) as place:
        path = place.lay_down(1)
        await place.until(lambda: place.desk.stretches, "an answer")
        assert place.desk.stretches[0].faults
        assert not path.exists()
        facts = place.line.facts()
        assert (facts["decoded_per_min"], facts["waiting"], facts["lost"]) == (1, 0, 1)
        (lost,) = place.events
        assert lost.kind == "StretchLost"
        assert lost.data["why"] == place.desk.stretches[0].faults[0]
        place.lay_down(2)
        await place.until(lambda: len(place.desk.stretches) == 2, "the next one")
        assert place.kinds() == ["StretchLost"], "told once a minute"
        assert place.line.is_promoted(1), "the desk asked for it"


async def test_a_decoder_that_dies_costs_its_stretch_and_the_input_is_left_alone(folder: MediaFolder) -> None:
    async with running(folder) as place:
        place.lay_down(1)
        await place.until(lambda: place.desk.stretches, "a decoder that works")
        assert place.slot.running is not None
        pid = place.slot.running.pid
        os.kill(pid, signal.SIGSTOP)
        path = place.lay_down(2)
        await place.until(lambda: place.line._under_way, "a stretch under way")
        os.kill(pid, signal.SIGKILL)
        await place.until(lambda: "DecodingPaused" in place.kinds(), "the end of it")
        assert {"StretchLost", "DecodingPaused", "DecoderReplaced"} <= set(place.kinds())
        lost = [event for event in place.events if event.kind == "StretchLost"][-1]
        assert lost.input_id == 1
        assert "killed by SIGKILL" in lost.data["text"]
        assert not path.exists()
        assert place.line.left_alone_until(1) > place.clock.now()
        assert place.line.facts()["paused"] == [1]
        assert place.desk.missing == ["lost", "lost"], "the one that was no media, and this one"
        place.line.assign([INPUT, Input(2, 2, Layer.PACKAGER, Kind.HLS, "http://127.0.0.1/2.m3u8")])
        place.lay_down(3, input_id=2)
        await place.until(lambda: len(place.desk.stretches) == 2, "the next decoder goes on with others")
        assert place.slot.running.pid != pid


async def test_a_decoder_that_hangs_is_ended_after_its_time(folder: MediaFolder) -> None:
    async with running(folder) as place:
        place.lay_down(1)
        await place.until(lambda: place.desk.stretches, "a decoder that works")
        assert place.slot.running is not None
        pid = place.slot.running.pid
        path = place.folder.path_of("1-9.media")
        path.write_bytes(b"x")
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(Unavailable, match=r"longer than 0 s"):
            await place.supervisor.decode(place.slot, job_of(path), 0.2)
        await place.until(lambda: "DecoderReplaced" in place.kinds(), "its end")
        assert "held up by a stretch" in place.events[-1].data["text"]
        place.lay_down(2)
        await place.until(lambda: len(place.desk.stretches) == 2, "the next decoder")


async def test_a_bug_in_the_desk_costs_a_stretch_and_not_the_agent(
    folder: MediaFolder, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(folder) as place:
        place.desk.fails = True
        place.lay_down(1)
        await place.until(lambda: "StretchLost" in place.kinds(), "the loss")
        place.desk.fails = False
        place.lay_down(2)
        await place.until(lambda: place.desk.stretches, "the next one")
    assert "a bug" in caplog.text


async def test_what_is_not_wanted_is_removed_and_what_has_no_file_is_counted(folder: MediaFolder) -> None:
    place = Place(folder)
    one = Spooled(1, "720p", 0.0, place.clock.now(), 6.0, 1, why="encrypted")
    place.line.heard(1, spooled_form(one))
    assert place.line.facts()["skipped_per_min"] == {"2": {"encrypted": 1}}
    assert place.desk.missing == ["encrypted"]
    stranger = place.lay_down(5, input_id=99)
    assert not stranger.exists()
    waiting = place.lay_down(6)
    assert waiting.exists()
    place.line.assign([Input(1, 1, Layer.PACKAGER, Kind.HLS, INPUT.url, media=MediaMode.OFF)])
    assert not waiting.exists()
