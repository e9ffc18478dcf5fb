"""Stretches are laid down for the decoders within a budget, told whether or not they fit, and cut without a seam."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from media_made import Clip, made

from noc_console.media.ts.psi_tree import ServiceStream, ServiceView, Tree
from noc_console.model import Input, Kind, Layer, MediaMode
from noc_console.net.fetch import Fetcher
from noc_console.net.pipe import GarbledFrame
from noc_console.net.pipe_media import Spooled, spooled_form, spooled_of
from noc_console.probes.decode.decoder import Decoder
from noc_console.probes.decode.job import Job
from noc_console.probes.media_spool import Spool
from noc_console.probes.tools import Recorder, Tools
from noc_console.probes.ts_look import StreamLook
from noc_console.probes.ts_media import CUT_S, StreamCuts

AT = 1_790_000_000.0
INPUT = Input(7, 1, Layer.HEADEND, Kind.TS, "udp://@239.1.1.1:1")
STRETCH = Spooled(7, "1080p50@6.0M", AT, AT + 1, 6.0, 3, "ts", init=b"ini")


class Place:
    """A spool with the tools of one input, and what was told of it."""

    def __init__(self, fetcher: Fetcher, folder: Path, budget_bytes: int) -> None:
        self.spool = Spool(folder, budget_bytes)
        self.told = Recorder()
        self.at = AT
        self.tools = Tools(INPUT, fetcher, self.told, spool=self.spool, now=lambda: self.at)

    def stretches(self) -> list[Spooled]:
        return [spooled_of(7, data) for kind, data in self.told.notes if kind == "stretch"]


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(lambda: AT) as one:
        yield one


@pytest.fixture
async def place(fetcher: Fetcher, tmp_path: Path) -> Place:
    return Place(fetcher, tmp_path, 10_000)


# -- the note


def test_a_stretch_comes_out_of_its_note_as_it_went_in() -> None:
    one = replace(STRETCH, file="12-1.media", size_bytes=5, is_discontinuity=True)
    assert spooled_of(7, spooled_form(one)) == one


@pytest.mark.parametrize(
    "change",
    [
        {"file": "../../etc/passwd"},
        {"file": "/etc/passwd"},
        {"file": ".."},
        {"file": "a" * 300},
        {"at": float("nan")},
        {"init": "no base64"},
        {"kind": "exe"},
        {"holds": "smell"},
        {"duration_s": None},
    ],
)
def test_a_note_that_a_worker_of_ours_would_not_write_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(GarbledFrame):
        spooled_of(7, {**spooled_form(STRETCH), **change})


# -- whole segments


async def test_a_segment_lies_in_a_private_file_that_the_note_names(place: Place, tmp_path: Path) -> None:
    await place.spool.put(place.tools, STRETCH, b"segment")
    (told,) = place.stretches()
    path = tmp_path / told.file
    assert path.read_bytes() == b"segment"
    assert path.stat().st_mode & 0o777 == 0o600
    assert (told.size_bytes, told.init, told.why) == (7, b"ini", "")


async def test_what_does_not_fit_is_told_and_fits_again_when_the_core_has_removed_some(
    place: Place, tmp_path: Path
) -> None:
    for _ in range(3):
        await place.spool.put(place.tools, STRETCH, b"x" * 4000)
    assert [one.why for one in place.stretches()] == ["", "", "room"]
    (tmp_path / place.stretches()[0].file).unlink()
    await place.spool.put(place.tools, STRETCH, b"x" * 4000)
    assert place.stretches()[-1].file
    assert len(list(tmp_path.iterdir())) == 2


async def test_a_folder_that_is_gone_is_told(fetcher: Fetcher, tmp_path: Path) -> None:
    place = Place(fetcher, tmp_path / "gone", 10_000)
    await place.spool.put(place.tools, STRETCH, b"segment")
    assert [one.why for one in place.stretches()] == ["disk"]


async def test_an_initialisation_segment_out_of_all_proportion_is_told(place: Place) -> None:
    await place.spool.put(place.tools, replace(STRETCH, init=b"x" * 100_000), b"segment")
    assert [(one.why, one.init) for one in place.stretches()] == [("large", b"")]


async def test_an_input_whose_picture_is_not_wanted_has_no_spool(fetcher: Fetcher, tmp_path: Path) -> None:
    one = replace(INPUT, media=MediaMode.OFF)
    assert Tools(one, fetcher, Recorder(), spool=Spool(tmp_path, 100)).spool is None


# -- cuts of a transport stream


def service(number: int, *streams: tuple[int, str]) -> ServiceView:
    found = tuple(ServiceStream(pid, 0, kind, "", (), (), ()) for pid, kind in streams)
    return ServiceView(number, "", "", 1, 0x20 * number, 0, False, (), found)


class Tables(Tree):
    """Tables that tell what a test says."""

    services_now: tuple[ServiceView, ...] = ()

    def views(self) -> tuple[ServiceView, ...]:
        return self.services_now


def packets(*pids: int, mark: int = 0) -> np.ndarray[Any, np.dtype[np.uint8]]:
    block = np.full((len(pids), 188), mark, np.uint8)
    block[:, 0] = 0x47
    block[:, 1], block[:, 2] = [pid >> 8 for pid in pids], [pid & 0xFF for pid in pids]
    return block


def stream_of(place: Place) -> tuple[StreamCuts, Tables]:
    tree = Tables()
    tree.services_now = (service(1, (0x300, "data")), service(2, (0x100, "video"), (0x101, "audio"), (0x102, "data")))
    return StreamCuts(place.tools, place.spool), tree


def read(place: Place, tmp_path: Path) -> list[list[tuple[int, int]]]:
    """Return PID and mark of every packet in each told file."""
    found = []
    for one in place.stretches():
        rows = np.frombuffer((tmp_path / one.file).read_bytes(), np.uint8).reshape(-1, 188)
        found.append([((int(row[1]) & 0x1F) << 8 | int(row[2]), int(row[10])) for row in rows])
    return found


async def test_cuts_hold_tables_picture_and_sound_of_one_service_and_join_without_a_seam(
    fetcher: Fetcher, tmp_path: Path
) -> None:
    place = Place(fetcher, tmp_path, 1_000_000)
    cuts, tree = stream_of(place)
    for second in range(8):
        block = packets(0, 0x40, 0x100, 0x101, 0x102, 0x300, 0x1FFF, mark=second)
        cuts.take(block, tree, AT + second, AT + second - 1)
    first, following = read(place, tmp_path)
    assert {pid for pid, _ in first} == {0, 0x40, 0x100, 0x101}
    assert [mark for pid, mark in first + following if pid == 0x100] == list(range(8))
    assert following[0][1] == 4
    told = place.stretches()
    assert [one.sequence for one in told] == [0, 1]
    assert [one.is_discontinuity for one in told] == [True, False]
    assert [one.at for one in told] == [AT - 1, AT + 3]
    assert [one.duration_s for one in told] == [CUT_S, CUT_S]


async def test_after_a_silence_a_cut_begins_anew_and_says_that_it_does_not_follow(
    fetcher: Fetcher, tmp_path: Path
) -> None:
    place = Place(fetcher, tmp_path, 1_000_000)
    cuts, tree = stream_of(place)
    for at in (0, 1, 30, 31, 32, 33, 34):  # the first packets of a block come when it is taken
        cuts.take(packets(0x100), tree, AT + at)
    (told,) = place.stretches()
    assert (told.at, told.is_discontinuity, told.sequence) == (AT + 30, True, 1)
    assert len(list(tmp_path.iterdir())) == 1


async def test_a_cut_that_does_not_fit_is_told_and_the_next_one_does_not_follow(
    fetcher: Fetcher, tmp_path: Path
) -> None:
    place = Place(fetcher, tmp_path, 188 * 3)
    cuts, tree = stream_of(place)
    for second in range(4):
        cuts.take(packets(0x100), tree, AT + second)
    assert [one.why for one in place.stretches()] == ["room"]
    assert list(tmp_path.iterdir()) == []
    place.spool.budget_bytes = 1_000_000
    for second in range(4, 10):
        cuts.take(packets(0x100), tree, AT + second)
    assert [(one.why, one.is_discontinuity) for one in place.stretches()] == [("room", True), ("", True)]


async def test_before_a_service_with_picture_or_sound_is_known_nothing_is_cut(
    fetcher: Fetcher, tmp_path: Path
) -> None:
    place = Place(fetcher, tmp_path, 1_000_000)
    cuts, tree = stream_of(place)
    tree.services_now = ()
    for second in range(9):
        cuts.take(packets(0, 0x100), tree, AT + second)
    assert place.stretches() == []
    assert list(tmp_path.iterdir()) == []


async def test_no_sound_and_no_frame_is_lost_at_the_seams_of_cuts(fetcher: Fetcher, tmp_path: Path) -> None:
    place, clip = Place(fetcher, tmp_path, 10_000_000), made(Clip(seconds=12.0, container="mpegts"))
    look = StreamLook(place.tools)
    blocks, seconds = np.frombuffer(clip, np.uint8).reshape(-1, 188), 12
    for second in range(seconds):
        part = blocks[len(blocks) * second // seconds : len(blocks) * (second + 1) // seconds]
        begins = np.arange(len(part), dtype=np.int64) * 188
        times = np.linspace(AT + second, AT + second + 1, len(begins), endpoint=False)
        place.at = AT + second + 1
        look.take(look.reader.feed(part.reshape(-1), begins, times), since=AT + second)
    decoder, sounds, frames = Decoder(), [], []
    for one in place.stretches():
        job = Job(7, "", mode="full", kind="ts", path=str(tmp_path / one.file), at=one.at)
        stretch = decoder.decode(job)
        assert not stretch.faults
        sounds += [found.blocks["at_s"] for found in stretch.sounds.values()]
        frames += [found.frames["at_s"] for found in stretch.pictures.values()]
    assert len(sounds) == len(frames) == 3
    assert np.diff(np.concatenate(sounds)) == pytest.approx(0.01, abs=1e-6)
    assert np.diff(np.concatenate(frames)) == pytest.approx(0.04, abs=1e-3)
    assert len(np.concatenate(sounds)) * 0.01 > 11
