"""Jobs and stretches cross a pipe unchanged; what is hostile on it is refused with one kind of error."""

from __future__ import annotations

import base64
import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from noc_console.media.es.format import Audio, Colour, Mastering, Video
from noc_console.media.stretch import BLOCK, FRAME, PictureStretch, SoundStretch, Stretch, Thumbnail
from noc_console.media.stretch_wire import MOST_FRAMES, from_wire, to_wire
from noc_console.probes.decode import job as jobs
from noc_console.probes.decode.job import FULL, Job


def _frames(count: int) -> np.ndarray[Any, Any]:
    frames = np.zeros(count, FRAME)
    frames["at_s"] = np.arange(count) * 0.04
    frames["difference"] = math.nan
    frames["hash"] = np.uint64(2**64 - 1)
    return frames


def _timeless() -> np.ndarray[Any, Any]:
    frames = _frames(2)
    frames["at_s"] = math.nan
    return frames


def _stretch() -> Stretch:
    mastering = Mastering(((13250, 34500), (7500, 3000), (34000, 16000), (15635, 16450)), 1000.0, 0.005)
    video = Video("hevc", "Main 10", "5.1", 3840, 2160, 50.0, bit_depth=10, colour=Colour(9, 16, 9))
    video = replace(video, mastering=mastering, light=(1000, 400))
    blocks = np.zeros(5, BLOCK)
    blocks["at_s"] = np.arange(5) * 0.01
    blocks["level"] = 0.25
    audio = Audio("eac3", "", 48_000, 6, 640_000, True, True, "ec-3")
    return Stretch(
        3,
        1_700_000_000.5,
        {"2160p50": PictureStretch(video, FULL, 0.0, 4.0, _frames(4), 1000, 1.0, 2, 400)},
        {"audio-en": SoundStretch(audio, 0.0, 0.05, blocks, 99, 1, ("FL", "FR", "FC", "LFE", "SL", "SR"))},
        {"2160p50": Thumbnail(3.0, 256, 144, b"\xff\xd8jpeg")},
        ("Something was cut.",),
        0.125,
        {"languages": {"audio-en": "eng"}},
    )


def _sent(stretch: Stretch) -> Stretch:
    return from_wire(json.loads(json.dumps(to_wire(stretch))))


def test_a_stretch_comes_back_as_it_went() -> None:
    before, after = _stretch(), _sent(_stretch())
    one, other = before.pictures["2160p50"], after.pictures["2160p50"]
    assert one.format == other.format
    assert one.frames.tobytes() == other.frames.tobytes()
    assert replace(one, frames=None) == replace(other, frames=None)  # type: ignore[arg-type]
    heard, again = before.sounds["audio-en"], after.sounds["audio-en"]
    assert heard.blocks.tobytes() == again.blocks.tobytes()
    assert replace(heard, blocks=None) == replace(again, blocks=None)  # type: ignore[arg-type]
    assert (before.thumbnails, before.faults, before.facts) == (after.thumbnails, after.faults, after.facts)
    assert (after.at, after.decode_s) == (before.at, before.decode_s)
    assert other.frames.flags.writeable


def test_more_than_the_wire_takes_is_left_out_by_the_sender() -> None:
    one = _stretch()
    long = replace(one.pictures["2160p50"], frames=_frames(MOST_FRAMES + 5))
    many = replace(one, pictures={"2160p50": long}, faults=("f",) * 999)
    assert len(_sent(many).pictures["2160p50"].frames) == MOST_FRAMES
    assert len(_sent(many).faults) < 100


HOSTILE: dict[str, Any] = {
    "at": math.nan,
    "decode_s": "fast",
    "pictures": [],
    "sounds": {"r": {}},
    "thumbnails": {"r": {"at_s": 0.0, "width": 1, "height": 1, "jpeg": base64.b64encode(b"GIF89a").decode()}},
    "faults": "one",
    "facts": {"a": "x" * 1_000_000},
    "input_id": True,
}


@pytest.mark.parametrize("key", HOSTILE)
def test_what_has_another_shape_is_refused(key: str) -> None:
    with pytest.raises(ValueError):
        from_wire({**to_wire(_stretch()), key: HOSTILE[key]})
    form = to_wire(_stretch())
    del form[key]
    with pytest.raises(ValueError):
        from_wire(form)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("frames", "not base64!"),
        ("frames", base64.b64encode(b"odd").decode()),
        ("frames", base64.b64encode(_frames(MOST_FRAMES + 1).tobytes()).decode()),
        ("frames", base64.b64encode(_timeless().tobytes()).decode()),
        ("frames", 5),
        ("bits", 1e300),
        ("start_s", math.inf),
        ("mode", "x" * 10_000),
        ("format", {"codec": 5}),
        ("format", None),
    ],
)
def test_hostile_pictures_are_refused(place: str, value: object) -> None:
    form = to_wire(_stretch())
    form["pictures"]["2160p50"][place] = value
    with pytest.raises(ValueError):
        from_wire(form)


def test_a_job_comes_back_as_it_went() -> None:
    one = Job(
        5, "audio-en", FULL, "fmp4", b"", "/dev/shm/x", b"init", 12.5, 77, True, True, True, 3, (256, 257), b"k" * 16
    )
    assert jobs.from_wire(json.loads(json.dumps(jobs.to_wire(one)))) == one


def test_only_a_job_in_a_file_goes_over_a_pipe() -> None:
    with pytest.raises(ValueError):
        jobs.to_wire(Job(1, "r", body=b"bytes"))


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": "some"},
        {"kind": "?"},
        {"key": "AAAA"},
        {"at": math.nan},
        {"init": "?"},
        {"pids": 5},
        {"pids": [1] * 99},
    ],
)
def test_a_job_that_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    form = jobs.to_wire(Job(1, "r", path="/x"))
    with pytest.raises(ValueError):
        jobs.from_wire({**form, **changes})
