"""What the lab makes ill is heard so: its segments, decoded and watched as the agent does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from noc_console.lab.ailing import Ill
from noc_console.lab.encode import encode_look
from noc_console.lab.media_faults import MEDIA_FAULTS
from noc_console.lab.options import FRAME_RATE, Grid, RungSpec
from noc_console.lab.schedule import Slot
from noc_console.lab.studio import AUDIO, Studio
from noc_console.lab.wardrobe import HEALTHY, Dress
from noc_console.media.av_sync import AvSync
from noc_console.media.loudness.watch import Heard, SoundWatch
from noc_console.media.stretch import Stretch
from noc_console.probes.decode.decoder import Decoder
from noc_console.probes.decode.job import Job

AT = 1_800_000_000.0
PICTURE = "v144"
SEGMENT_S = 6.0

Dressed = Callable[[float], Dress]


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    made = Studio([encode_look("lab", 0, (RungSpec(PICTURE, 256, 144, 90_000),), Grid.of(SEGMENT_S, 24.0))])
    yield made
    made.wardrobe.close()


def segments(studio: Studio, rung: str, count: int, dressed: Dressed) -> list[Stretch]:
    """Decode so many segments of a rung, fMP4; `dressed` says what is over the media at a second."""
    decoder, grid = Decoder(), studio.grid
    found = []
    for seq in range(count):
        start = seq * grid.segment
        dresses = tuple(dressed((start + frame) / FRAME_RATE) for frame in range(0, grid.segment, grid.gop))
        body = studio.segment(False, 0, rung, Slot(seq, start, grid.segment, start, start), dresses)
        at = AT + start / FRAME_RATE
        found.append(decoder.decode(Job(1, rung, body=body, init=studio.init(0, rung), sequence=seq, at=at)))
    return found


def heard(studio: Studio, kind: str, count: int) -> list[Heard]:
    """Return what a watch hears of sound that is ill from second 20 on."""
    fault = MEDIA_FAULTS[kind]
    ill = Dress(sound=Ill.of(kind, fault.params))
    watch = SoundWatch()
    return [
        watch.step(stretch.sounds[AUDIO], stretch.at)
        for stretch in segments(studio, AUDIO, count, lambda second: ill if second >= 20 else HEALTHY)
    ]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        pytest.param("silence", "No sound for", id="silence"),
        pytest.param("loud", "above the target of -23.0 LUFS; the limit is ±2", id="loud"),
        pytest.param("quiet", "below the target of -23.0 LUFS; the limit is ±2", id="quiet"),
        pytest.param("channel-mute", "channel was silent for", id="one channel mute"),
        pytest.param("phase-inverted", "opposite phase", id="phase inverted"),
    ],
)
def test_an_ill_sound_is_found_and_a_healthy_one_is_not(studio: Studio, kind: str, text: str) -> None:
    told = heard(studio, kind, 16)
    assert all(not each.findings and not each.events for each in told[:3])
    (finding,) = [each for each in told[-1].findings if each.id in MEDIA_FAULTS[kind].hls]
    assert text in finding.text


@pytest.mark.parametrize("begins_s", [24.0, 26.0], ids=["at a segment's begin", "within a segment"])
def test_sound_that_the_lab_shifts_is_out_of_step_and_back_in_step(studio: Studio, begins_s: float) -> None:
    late = Dress(late_ms=300.0)
    sounds = segments(studio, AUDIO, 16, lambda second: late if begins_s <= second < 60 else HEALTHY)
    pictures = segments(studio, PICTURE, 16, lambda _: HEALTHY)
    sync = AvSync()
    told = []
    for sound, picture in zip(sounds, pictures, strict=True):
        assert sync.picture(picture.pictures[PICTURE]) is None
        told.append(sync.sound(sound.sounds[AUDIO]))
    assert told[2:4] == pytest.approx([0.0, 0.0])
    assert told[8] == pytest.approx(0.3, abs=0.03)
    assert told[-1] == pytest.approx(0.0, abs=0.03)
    assert {round(offset, 1) for offset in told if offset is not None} == {0.0, 0.3}
