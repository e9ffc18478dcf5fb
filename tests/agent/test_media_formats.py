"""An HDR channel at several layers: the desk says where it got lost, the rules raise their alarm and clear it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from noc_console.agent.media_formats import Formats, is_declared_hdr
from noc_console.alarms.engine import Engine
from noc_console.alarms.rulebook import Rulebook, shipped_templates
from noc_console.board import Board
from noc_console.media.es.format import Colour, Mastering, Video
from noc_console.media.stretch import FRAME, PictureStretch, Stretch
from noc_console.model import Channel, Event, Expected, Input, Kind, Layer, Observation

SDR = Video("hevc", "Main 10", "5.1", 3840, 2160, 50.0, bit_depth=10, colour=Colour(1, 1, 1))
HDR10 = replace(SDR, colour=Colour(9, 16, 9), mastering=Mastering(((1, 2), (3, 4), (5, 6), (7, 8)), 1000.0, 0.005))
RUNG = "2160p50@20.0M"
HEADEND, PACKAGER, ORIGIN = (
    Input(number, 1, layer, kind, url, expected=Expected(is_hdr=True))
    for number, layer, kind, url in (
        (1, Layer.HEADEND, Kind.TS, "udp://@239.1.1.1:5000"),
        (2, Layer.PACKAGER, Kind.HLS, "http://h/p.m3u8"),
        (3, Layer.ORIGIN, Kind.DASH, "http://h/o.mpd"),
    )
)
CHANNEL = Channel(1, "CH_1", "One", inputs=(HEADEND, PACKAGER, ORIGIN))


def stretch(video: Video) -> Stretch:
    return Stretch(1, 0.0, {RUNG: PictureStretch(video, "keyframes", 0.0, 6.0, np.zeros(0, FRAME))})


@dataclass
class House:
    """The desk of formats with its board and rules."""

    board: Board = field(default_factory=lambda: Board("boot"))
    engine: Engine = field(default_factory=Engine)
    events: list[tuple[int, str, Event]] = field(default_factory=list)
    raised: list[tuple[float, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.board.configure([CHANNEL])
        self.engine.configure([CHANNEL], Rulebook({one.name: one for one in shipped_templates()}), 0.0)
        told = [{"rung": RUNG, "video_range": "PQ", "codecs": "hvc1.2.4.L153"}]
        self.board.set_ladder(2, told)
        self.formats = Formats(self.board, lambda entry, rung, event: self.events.append((entry.id, rung, event)))

    def look(self, entry: Input, video: Video, at: float) -> Observation:
        (look,) = self.formats.take(entry, CHANNEL, stretch(video), at, str)
        for change in self.engine.judge(look):
            if change.event is not None:
                self.raised.append((at, change.event.kind, change.alarm.message))
        return look


@pytest.fixture
def house() -> House:
    return House()


def test_where_it_got_lost_is_told_from_the_other_inputs_of_the_channel(house: House) -> None:
    house.look(HEADEND, HDR10, 0.0)
    packager, origin = house.look(PACKAGER, SDR, 1.0), house.look(ORIGIN, SDR, 2.0)
    assert packager.scope == f"format/{RUNG}"
    assert packager.metrics == {"hdr.is_present": 0.0}
    (here,), (there,) = packager.findings, origin.findings
    assert here.text == "The playlist says PQ, the stream says SDR: lost at the packager: the headend still has it."
    assert there.where["lost_at"] == "packager"
    house.look(HEADEND, SDR, 10.0)
    (now,) = house.look(PACKAGER, SDR, 11.0).findings
    assert now.text.endswith("lost at the headend or before it.")


def test_what_a_layer_said_long_ago_does_not_count(house: House) -> None:
    house.look(HEADEND, HDR10, 0.0)
    (finding,) = house.look(PACKAGER, SDR, 200.0).findings
    assert finding.text.endswith("lost at the packager or before it.")


def test_the_alarm_is_raised_after_three_minutes_and_cleared_after_one(house: House) -> None:
    for at in range(0, 60, 6):
        house.look(PACKAGER, HDR10, float(at))
    for at in range(60, 300, 6):
        house.look(PACKAGER, SDR, float(at))
    for at in range(300, 420, 6):
        house.look(PACKAGER, HDR10, float(at))
    assert [(at, kind) for at, kind, _ in house.raised if kind in ("AlarmRaised", "AlarmCleared")] == [
        (240.0, "AlarmRaised"),
        (360.0, "AlarmCleared"),
    ]
    (text,) = {text for _, kind, text in house.raised if kind == "AlarmRaised"}
    assert text.startswith("The playlist says PQ, the stream says SDR")
    assert [(number, rung, event.kind) for number, rung, event in house.events] == [
        (2, RUNG, "HdrChanged"),
        (2, RUNG, "HdrChanged"),
    ]
    assert house.events[0][2].at == 60.0


def test_a_channel_is_declared_hdr_by_its_record_its_badge_or_its_template() -> None:
    entry = replace(PACKAGER, expected=Expected())
    assert not is_declared_hdr(entry, CHANNEL)
    assert is_declared_hdr(PACKAGER, CHANNEL)
    assert is_declared_hdr(entry, replace(CHANNEL, badges=("HLS", "HDR")))
    assert is_declared_hdr(entry, replace(CHANNEL, template="TPL_LIVE_4K_HDR"))


def test_inputs_that_are_gone_are_forgotten(house: House) -> None:
    house.look(HEADEND, HDR10, 0.0)
    house.formats.keep_only([PACKAGER.id])
    (finding,) = house.look(PACKAGER, SDR, 1.0).findings
    assert finding.text.endswith("or before it.")
