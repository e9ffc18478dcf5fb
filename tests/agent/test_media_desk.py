"""What decoders measured becomes what is known of a channel: on the board, in the history, as findings and events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from noc_console.agent.bell import Bell
from noc_console.agent.clock import Clock
from noc_console.agent.flow import Flow
from noc_console.agent.media_desk import MediaDesk, label_of
from noc_console.agent.media_frames import Frames
from noc_console.agent.media_pairs import Pairs
from noc_console.agent.media_schedule import Waiting
from noc_console.agent.recorder import Recorder
from noc_console.alarms.engine import Engine
from noc_console.board import Board
from noc_console.history import open_history
from noc_console.media.es.format import Audio, Video
from noc_console.media.stretch import BLOCK, BLOCK_S, FRAME, PictureStretch, SoundStretch, Stretch, Thumbnail
from noc_console.model import Channel, Event, Input, Kind, Layer, MediaMode, Observation
from noc_console.net.pipe_media import Spooled
from noc_console.settings import Settings

RUNG, TONE = "360p25@600k", 0.01
VIDEO = Video("h264", "High", "3.0", 640, 360, 25.0)
SOUND = Audio("aac", "LC", 48000, 2)
CLOCK_S = 1000.0


def picture(start_s: float, seconds: float = 6.0, *, is_frozen: bool = False) -> PictureStretch:
    frames = np.zeros(round(seconds), FRAME)
    frames["at_s"], frames["is_key"] = start_s + np.arange(len(frames)), True
    frames["luma_mean"], frames["luma_deviation"], frames["luma_high"] = 0.4, 0.2, 0.9
    frames["lit_ratio"], frames["active"] = 1.0, (0, 0, 1, 1)
    moved = 0.0 if is_frozen else 0.5
    for name in ("difference", "moved_ratio", "step"):
        frames[name] = moved
    frames["has_moved"] = not is_frozen
    frames["hash"] = 0x1234
    return PictureStretch(VIDEO, "keyframes", start_s, start_s + seconds, frames, 600_000, 1.0)


def sound(start_s: float, seconds: float = 6.0, *, is_silent: bool = False) -> SoundStretch:
    blocks = np.zeros(round(seconds / BLOCK_S), BLOCK)
    blocks["at_s"] = start_s + np.arange(len(blocks)) * BLOCK_S
    if not is_silent:
        blocks["energy"], blocks["true_peak"] = 2 * TONE, 0.2
        blocks["level"][:, :2], blocks["correlation"] = TONE, 0.9
    return SoundStretch(SOUND, start_s, start_s + seconds, blocks, 60_000)


@dataclass
class Place:
    """A desk with one channel, its board, and everything it said."""

    desk: MediaDesk
    clock: Clock
    recorder: Recorder
    flow: Flow
    events: list[Event]
    entry: Input

    def take(self, number: int, *, is_frozen: bool = False, is_silent: bool = False, rung: str = RUNG) -> bool:
        start_s, now = CLOCK_S + number * 6, self.clock.now()
        at = now - 60 + number * 6
        stretch = Stretch(
            1,
            at,
            {rung: picture(start_s, is_frozen=is_frozen)},
            {rung: sound(start_s, is_silent=is_silent)},
            {rung: Thumbnail(start_s + 5, 256, 144, b"\xff\xd8" + bytes([number]))},
            decode_s=0.02,
        )
        return self.desk.take(Waiting(Spooled(1, rung, at, at + 6, 6.0, number)), stretch, 0.5)

    def looks(self, scope: str) -> list[Observation]:
        return [look for look in self.flow._waiting if look.scope == scope]

    def shown(self) -> dict[str, object]:
        found = self.flow.board.channel(1, self.clock.now())
        assert found is not None
        return found


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    clock = Clock()
    history = await open_history(Settings(db=tmp_path / "local.db"), clock.now)
    recorder = Recorder(history, clock, lambda _: None)
    flow = Flow(Engine(1), recorder, Board("boot"), Bell())
    events: list[Event] = []
    entry = Input(1, 1, Layer.PACKAGER, Kind.HLS, "http://127.0.0.1/master.m3u8")
    one = Place(MediaDesk(clock, flow, recorder, events.append), clock, recorder, flow, events, entry)
    channel = Channel(1, "CH_1", "One", inputs=(entry,))
    flow.board.configure([channel])
    one.desk.assign({1: channel}, [entry])
    yield one
    await history.close()


async def test_a_stretch_is_told_by_scope_kept_in_the_history_and_shown(place: Place) -> None:
    for number in range(3):
        place.take(number)
    seen, heard, cost = (place.looks(f"{kind}/{RUNG}")[-1] for kind in ("picture", "sound", "media"))
    assert seen.metrics["video.freeze_s"] == 0
    assert seen.metrics["video.width_px"] == 640
    assert heard.metrics["audio.short_term_lufs"] == pytest.approx(-17.7, abs=0.1)
    assert cost.metrics == {
        "media.decode_s": 0.02,
        "media.waited_s": 0.5,
        "media.skipped": 0.0,
        "media.broken_frames": 0.0,
    }
    assert seen.at == pytest.approx(place.clock.now() - 60 + 12 + 6, abs=2)
    shown = place.shown()
    assert shown["picture"] == "moving"
    assert shown["meters"]["short_term"] == -17.7  # type: ignore[index]
    assert shown["thumbnail"]["seq"] == 3  # type: ignore[index]
    newest = place.desk.thumbnails.newest(1)
    assert newest is not None
    assert newest.at == pytest.approx(seen.at - 1)
    (rung,) = shown["inputs"][0]["rungs"]  # type: ignore[index]
    assert rung["format"]["video"]["text"] == VIDEO.text
    assert rung["format"]["audio"]["text"] == SOUND.text
    await place.recorder.tick()
    assert place.recorder.history.rungs(1, "audio.short_term_lufs") == (RUNG,)


async def test_frozen_and_silent_together_for_ten_seconds_is_a_dead_feed(place: Place) -> None:
    place.take(0)
    for number in range(1, 5):
        place.take(number, is_frozen=True, is_silent=True)
    assert place.shown()["picture"] == "frozen"
    (feed,) = place.looks("feed")[-1].findings
    assert feed.id == "media-dead-feed"
    assert "frozen and there is no sound" in feed.text
    place.take(5)
    place.take(6)
    assert place.looks("feed")[-1].findings == ()
    assert {event.kind for event in place.events} == {"PictureFroze", "SoundSilent"}
    assert all(event.input_id == 1 and event.data["rung"] == RUNG for event in place.events)


async def test_what_was_not_decoded_is_told_with_the_next_look_or_by_the_beat(place: Place) -> None:
    waiting = Waiting(Spooled(1, RUNG, 0.0, 0.0, 6.0, 1))
    place.desk.missed(waiting, "crowded")
    place.desk.missed(waiting, "crowded")
    place.desk.beat(place.clock.now(), None)
    assert [look.metrics for look in place.looks(f"media/{RUNG}")] == [{"media.skipped": 2.0}]
    assert place.shown()["inputs"][0]["media"]["why"] == "crowded"  # type: ignore[index]
    place.desk.missed(waiting, "late")
    place.take(1)
    assert place.looks(f"media/{RUNG}")[-1].metrics["media.skipped"] == 1
    place.desk.beat(place.clock.now(), None)
    assert place.shown()["inputs"][0]["media"]["why"] == ""  # type: ignore[index]


async def test_a_picture_that_stops_coming_is_shown_as_stopped(place: Place) -> None:
    place.take(1)
    place.desk.beat(place.clock.now() + 20, None)
    assert place.shown()["picture"] == "moving"
    place.desk.beat(place.clock.now() + 31, None)
    assert place.shown()["picture"] == "stopped"
    place.take(2)
    assert place.shown()["picture"] == "moving"


async def test_a_channel_that_is_no_more_measured_shows_no_picture(place: Place) -> None:
    place.take(1)
    off = replace(place.entry, media=MediaMode.OFF)
    channel = Channel(1, "CH_1", "One", inputs=(off,))
    place.flow.board.configure([channel])
    place.desk.assign({1: channel}, [])
    shown = place.shown()
    assert (shown["picture"], shown["meters"], shown["thumbnail"]) == (None, None, None)
    assert place.take(2) is False


async def test_the_streams_of_a_transport_stream_are_called_by_their_pid(place: Place) -> None:
    place.take(1, rung="pid/0x0101")
    assert label_of("pid/0x0101") == "0x0101"
    assert [look.rung for look in place.looks("sound/0x0101")] == ["0x0101"]


async def test_the_pictures_around_an_alarm_are_kept_and_named_once_each(place: Place) -> None:
    for number in range(4):
        place.take(number, is_frozen=True)
    newest = place.desk.thumbnails.newest(1)
    assert newest is not None
    frames, kept = Frames(place.recorder, place.desk.thumbnails), list[Event]()
    place.recorder.told = kept.append
    alarm = Event("AlarmRaised", newest.at - 12, 1, 1, {"alarm": {"alarm_id": 7}})
    frames.heard(Event("AlarmRaised", newest.at, 2, 2, {"alarm": {"alarm_id": 8}}))
    assert frames._raised.empty(), "a channel without pictures has none to keep"
    await frames._collect(alarm)
    (event,) = kept
    assert event.kind == "FramesKept"
    assert event.data["alarm_id"] == 7
    assert [round(item["at"] - alarm.at) for item in event.data["items"]] == [-6, 0, 6]
    for item in event.data["items"]:
        body = await place.recorder.history.capture(item["hash"])
        assert body is not None
        assert body.startswith(b"\xff\xd8")


def test_a_sound_that_slips_against_its_picture_is_told_once_both_have_come() -> None:
    pairs, found = Pairs(), list[dict[str, float]]()
    for number in range(8):
        slip_s = 0.2 if number >= 4 else 0.0
        start_s = CLOCK_S + number * 6
        found.append(pairs.take_sound("audio-en", sound(start_s + slip_s)))
        found.append(pairs.take_picture(picture(start_s)))
    offsets = [value for one in found for value in one.values()]
    assert offsets[0] == 0
    assert offsets[-1] == pytest.approx(0.2, abs=0.02)
