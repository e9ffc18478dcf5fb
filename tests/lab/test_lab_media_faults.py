"""Ills of pictures and sound: decoded from what the lab really serves, and held against the times in its log."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import pairwise
from math import inf, log10
from threading import Event
from typing import Any

import av
import numpy as np
import pytest
from lab_bench import Bench, Open
from lab_media import Packets

from noc_console.lab.channels import Form, LabChannel
from noc_console.lab.fault import Fault
from noc_console.lab.media_faults import MEDIA_FAULTS
from noc_console.lab.options import RungSpec
from noc_console.lab.studio import AUDIO, audio_span

FRAME_S = 0.04
# large enough to show a still picture still, and bars as bars
ONE_RUNG = (RungSpec("v180", 320, 180, 400_000),)
FORMS = pytest.mark.parametrize("index", range(4), ids=[form.value for form in Form])


@dataclass(frozen=True)
class Served:
    """Segments as one file, and the wall time of the first one's begin."""

    data: bytes
    begins_at: float

    def pictures(self) -> np.ndarray[Any, Any]:
        with av.open(io.BytesIO(self.data)) as file:
            return np.stack([frame.to_ndarray() for frame in file.decode(video=0)])

    def samples(self) -> np.ndarray[Any, Any]:
        with av.open(io.BytesIO(self.data)) as file:
            return np.concatenate([frame.to_ndarray() for frame in file.decode(audio=0)], axis=1)

    def stamps(self, kind: str) -> list[float]:
        with av.open(io.BytesIO(self.data)) as file:
            stream = next(iter(getattr(file.streams, kind)))
            return [float(packet.pts * packet.time_base) for packet in file.demux(stream) if packet.pts is not None]


async def served(bench: Bench, index: int, rung: str, first: float, last: float) -> Served:
    """Return the segments of a rung that were published around two wall times."""
    channel = bench.lab.channels[index]
    schedule = channel.schedule
    seqs = range(schedule.covering(schedule.frame(first)), schedule.edge(last) + 1)
    parts = []
    if channel.form is not Form.HLS_TS:
        parts.append((await bench.ask(f"/{channel.code}/{rung}/init.mp4")).body)
    for seq in seqs:
        answer = await bench.ask(f"/{channel.code}/{rung}/{name_of(channel, seq, rung)}")
        assert answer.status == 200
        parts.append(answer.body)
    return Served(b"".join(parts), schedule.wall(schedule.slot(seqs[0]).start))


def name_of(channel: LabChannel, seq: int, rung: str) -> str:
    slot = channel.schedule.slot(seq)
    if channel.form is Form.HLS_TS:
        return f"{seq}.ts"
    if channel.form is Form.DASH_TIMELINE:
        return f"t{audio_span(slot)[0] if rung == AUDIO else slot.stamp * 3600}.m4s"
    return f"{seq}.m4s"


def sound_rung(index: int) -> str:
    return "v180" if index == 0 else AUDIO


@pytest.fixture
async def large(opened: Open) -> Any:
    async with opened(ladder=ONE_RUNG, ads=False) as made:
        yield made


Ill = Callable[..., Awaitable[tuple[Any, Served]]]


@pytest.fixture
def ill(large: Bench) -> Ill:
    """Make a fault for three seconds, and return what the log says of it and what was served around it."""

    async def make(index: int, kind: str, rung: str = "v180", **params: float) -> tuple[Any, Served]:
        began = large.clock.at
        told = await large.fault(large.lab.channels[index].code, kind, seconds=3.0, params=params)
        large.clock.at = told["ends_at"] + 3.0
        return told, await served(large, index, rung, max(began, told["begins_at"] - 2.5), large.clock.at)

    return make


def span(is_ill: np.ndarray[Any, Any], begins_at: float, step_s: float) -> tuple[float, float]:
    """Return when the longest run of true values begins and ends."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], is_ill.astype(int), [0]])))
    begins, ends = edges[::2], edges[1::2]
    longest = int(np.argmax(ends - begins))
    return begins_at + float(begins[longest]) * step_s, begins_at + float(ends[longest]) * step_s


def decibels(samples: np.ndarray[Any, Any]) -> float:
    power = float((samples.astype(np.float64) ** 2).mean())
    return 10 * log10(power) if power else -inf


@FORMS
async def test_a_frozen_picture_stands_still_for_exactly_the_time_in_the_log(ill: Ill, index: int) -> None:
    told, media = await ill(index, "freeze")
    luma = media.pictures()[:, :180].astype(np.float32)
    is_still = np.abs(np.diff(luma, axis=0)).mean(axis=(1, 2)) < 0.3
    first, last = span(is_still, media.begins_at, FRAME_S)
    assert abs(first - told["begins_at"]) < FRAME_S
    assert abs(last + FRAME_S - told["ends_at"]) < FRAME_S
    assert not is_still[: int((told["begins_at"] - media.begins_at) / FRAME_S) - 1].any(), "healthy pictures move"


@FORMS
async def test_a_black_picture_is_black_from_the_first_frame_to_the_last(ill: Ill, index: int) -> None:
    told, media = await ill(index, "black")
    is_black = media.pictures()[:, :180].mean(axis=(1, 2)) < 18
    first, last = span(is_black, media.begins_at, FRAME_S)
    assert abs(first - told["begins_at"]) < FRAME_S
    assert abs(last - told["ends_at"]) < FRAME_S
    assert int(is_black.sum()) == round((last - first) / FRAME_S), "at no other time"


@FORMS
async def test_the_sound_is_gone_for_exactly_the_time_in_the_log(ill: Ill, index: int) -> None:
    told, media = await ill(index, "silence", sound_rung(index))
    left = media.samples()[0]
    blocks = left[: len(left) // 480 * 480].reshape(-1, 480)
    is_silent = (blocks.astype(np.float64) ** 2).mean(axis=1) < 1e-7
    first, last = span(is_silent, media.begins_at, 0.01)
    assert abs(first - told["begins_at"]) < 2 * FRAME_S
    assert abs(last - told["ends_at"]) < 2 * FRAME_S


@pytest.mark.parametrize(
    ("kind", "params", "left_db", "right_db"),
    [
        pytest.param("loud", {}, 8.0, 8.0, id="8 LU louder"),
        pytest.param("loud", {"lu": 3.0}, 3.0, 3.0, id="as loud as asked for"),
        pytest.param("quiet", {}, -8.0, -8.0, id="8 LU quieter"),
        pytest.param("channel-mute", {}, 0.0, -inf, id="nothing on the right"),
        pytest.param("channel-mute", {"channel": 1.0}, -inf, 0.0, id="nothing on the left"),
    ],
)
async def test_levels_change_by_what_was_asked_for(
    ill: Ill, kind: str, params: dict[str, float], left_db: float, right_db: float
) -> None:
    told, media = await ill(1, kind, AUDIO, **params)
    samples = media.samples()
    at = int((told["begins_at"] - media.begins_at) * 48_000)
    before, during = samples[:, : at - 4800], samples[:, at + 9600 : at + 96_000]
    for channel, change in enumerate((left_db, right_db)):
        found = decibels(during[channel]) - decibels(before[channel])
        assert found < -50 if change == -inf else abs(found - change) < 0.3


async def test_an_inverted_channel_is_the_other_one_turned_round(ill: Ill) -> None:
    told, media = await ill(0, "phase-inverted")
    samples = media.samples()
    at = int((told["begins_at"] - media.begins_at) * 48_000)
    assert np.corrcoef(samples[:, : at - 4800])[0, 1] > 0.99
    assert np.corrcoef(samples[:, at + 9600 : at + 96_000])[0, 1] < -0.99


@FORMS
async def test_late_sound_has_stamps_that_are_late_against_the_pictures(ill: Ill, index: int) -> None:
    told, media = await ill(index, "av-shift", sound_rung(index), ms=300.0)
    stamps = media.stamps("audio")
    steps = np.diff(stamps)
    assert steps.max() == pytest.approx(0.3 + 1024 / 48_000, abs=0.03), "the sound is held up once"
    assert steps.min() < -0.2, "and is back in time afterwards"
    late_at = stamps[int(np.argmax(steps))] - stamps[0]
    assert abs(media.begins_at + late_at - told["begins_at"]) < 0.15


@FORMS
async def test_the_log_tells_the_times_by_the_streams_own_clock(ill: Ill, index: int) -> None:
    told, media = await ill(index, "black")
    with av.open(io.BytesIO(media.data)) as file:
        frames = [(float(one.time), float(one.to_ndarray()[:180].mean())) for one in file.decode(video=0)]
    black = [at for at, luma in frames if luma < 18]
    assert told["media"]["begins_pts_s"] == pytest.approx(black[0], abs=1e-3)
    assert told["media"]["ends_pts_s"] == pytest.approx(black[-1] + FRAME_S, abs=1e-3)
    assert told["media"]["length_s"] == pytest.approx(len(black) * FRAME_S, abs=1e-3)


async def test_bars_are_eight_columns_of_even_luma(ill: Ill) -> None:
    told, media = await ill(3, "colour-bars")
    frame = media.pictures()[int((told["begins_at"] - media.begins_at) / FRAME_S + 20)][:180]
    columns = [float(frame[20:160, 20 + 40 * place].mean()) for place in range(8)]
    assert columns == pytest.approx([235, 168, 145, 133, 63, 51, 28, 16], abs=3)


async def test_a_starved_encoder_loses_the_picture_and_moves_on(ill: Ill) -> None:
    told, media = await ill(1, "blockiness", share=0.05)
    luma = media.pictures()[:, :180].astype(np.float32)
    at = int((told["begins_at"] - media.begins_at) / FRAME_S)
    # on the grid of macroblocks steps are larger than beside it
    across = np.abs(np.diff(luma, axis=2)).mean(axis=(0, 1))
    healthy = np.abs(np.diff(luma[:at], axis=2)).mean(axis=(0, 1))
    starved = np.abs(np.diff(luma[at + 10 : at + 60], axis=2)).mean(axis=(0, 1))
    assert on_grid(starved) > 2 * on_grid(healthy), (on_grid(starved), on_grid(healthy), len(across))
    assert (np.abs(np.diff(luma[at + 10 : at + 60], axis=0)).mean(axis=(1, 2)) > 0.05).mean() > 0.5


def on_grid(steps: np.ndarray[Any, Any]) -> float:
    place = np.arange(1, len(steps) + 1)
    return float(steps[place % 16 == 0].mean() / steps[place % 16 == 8].mean())


async def test_counters_of_a_transport_stream_go_on_through_a_fault(ill: Ill) -> None:
    for kind in ("black", "silence", "blockiness"):
        _, media = await ill(0, kind)
        for pid in (0, 0x1000, 0x100, 0x101):
            counters = Packets(media.data).counters(pid)
            assert all((after - before) % 16 == 1 for before, after in pairwise(counters))


async def test_a_fault_of_one_rung_leaves_the_others_and_the_sound_alone(bench: Bench) -> None:
    code = bench.lab.channels[1].code
    told = await bench.fault(code, "black", seconds=2.0, rung="v90")
    bench.clock.at = told["ends_at"] + 1.0
    ill_one = await served(bench, 1, "v90", told["begins_at"], told["ends_at"])
    other = await served(bench, 1, "v54", told["begins_at"], told["ends_at"])
    assert (ill_one.pictures()[:, :90].mean(axis=(1, 2)) < 18).any()
    assert not (other.pictures()[:, :54].mean(axis=(1, 2)) < 18).any()


async def test_frozen_and_silent_at_once_is_a_dead_feed(large: Bench) -> None:
    code = large.lab.channels[0].code
    first = await large.fault(code, "freeze", seconds=4.0)
    second = await large.fault(code, "silence", seconds=4.0)
    large.clock.at = second["ends_at"] + 1.0
    begin, end = max(one["begins_at"] for one in (first, second)), min(one["ends_at"] for one in (first, second))
    media = await served(large, 0, "v180", begin, end)
    inside = slice(int((begin - media.begins_at) / FRAME_S) + 1, int((end - media.begins_at) / FRAME_S) - 1)
    luma = media.pictures()[inside, :180].astype(np.float32)
    assert np.abs(np.diff(luma, axis=0)).mean(axis=(1, 2)).max() < 0.3
    at = int((begin - media.begins_at + 0.2) * 48_000)
    assert decibels(media.samples()[:, at : at + 48_000]) < -80


async def test_a_fault_that_is_ended_ends_at_the_next_gop_and_says_so(large: Bench) -> None:
    code = large.lab.channels[1].code
    told = await large.fault(code, "black", seconds=60.0)
    large.clock.at = told["begins_at"] + 1.3
    ended = (await large.ask(f"/api/faults/{told['id']}", "DELETE")).json
    assert large.clock.at <= ended["ends_at"] < large.clock.at + 0.48 + FRAME_S
    large.clock.at = ended["ends_at"] + 2.0
    media = await served(large, 1, "v180", told["begins_at"] - 1.0, large.clock.at)
    is_black = media.pictures()[:, :180].mean(axis=(1, 2)) < 18
    assert span(is_black, media.begins_at, FRAME_S) == pytest.approx(
        (told["begins_at"], ended["ends_at"]), abs=FRAME_S
    )


async def test_one_that_is_ended_before_it_begins_never_shows(large: Bench) -> None:
    code = large.lab.channels[1].code
    told = await large.fault(code, "black", seconds=60.0, params={"luma": 0.01})
    assert told["begins_at"] >= large.clock.at
    running = (await large.ask("/api/faults")).json["running"]
    assert [one["id"] for one in running] == [told["id"]], "it is listed all the same"
    ended = (await large.ask(f"/api/faults/{told['id']}", "DELETE")).json
    assert ended["ends_at"] == ended["begins_at"]


@pytest.mark.parametrize("params", [{"share": 0.0}, {"share": float("nan")}, {"share": 5.0}, {"bits": 3.0}])
async def test_a_strength_that_makes_no_sense_is_refused(bench: Bench, params: dict[str, float]) -> None:
    order = {"channel": bench.lab.channels[0].code, "fault": "blockiness", "seconds": 5, "params": params}
    answer = await bench.ask("/api/faults", "POST", order)
    assert answer.status == 400
    assert answer.json["message"].endswith(("'share' of a fault lies between 0.02 and 1.", "no setting 'bits'."))


async def test_one_that_is_not_made_yet_begins_later_and_lasts_as_long(large: Bench) -> None:
    made = Event()
    desk = large.lab.desk
    prepare = desk.prepare

    def slowly(channel: LabChannel, fault: Fault) -> Callable[[], bool]:
        ready = prepare(channel, fault)
        return lambda: made.is_set() and ready()

    desk.prepare = slowly
    channel = large.lab.channels[1]
    told = (await large.ask("/api/faults", "POST", {"channel": channel.code, "fault": "black", "seconds": 2.0})).json
    assert not told["media"]["is_ready"]
    large.clock.at += 5.0
    healthy = await served(large, 1, "v180", large.clock.at - 4.0, large.clock.at)
    assert not (healthy.pictures()[:, :180].mean(axis=(1, 2)) < 18).any(), "what is not there is not waited for"
    made.set()
    (later,) = (await large.ask("/api/faults")).json["running"]
    while not later["media"]["is_ready"]:
        (later,) = (await large.ask("/api/faults")).json["running"]
    assert later["begins_at"] >= large.clock.at
    assert later["media"]["length_s"] == told["media"]["length_s"]
    large.clock.at = later["ends_at"] + 2.0
    media = await served(large, 1, "v180", later["begins_at"] - 2.0, large.clock.at)
    is_black = media.pictures()[:, :180].mean(axis=(1, 2)) < 18
    assert span(is_black, media.begins_at, FRAME_S) == pytest.approx(
        (later["begins_at"], later["ends_at"]), abs=FRAME_S
    )


def test_every_ill_is_on_the_list_with_its_findings(bench: Bench) -> None:
    assert set(MEDIA_FAULTS) >= {
        "freeze", "black", "colour-bars", "blockiness", "silence", "loud", "quiet", "channel-mute", "phase-inverted",
        "av-shift",
    }  # fmt: skip
    assert all(kind.hls == kind.dash and kind.hls for kind in MEDIA_FAULTS.values())
