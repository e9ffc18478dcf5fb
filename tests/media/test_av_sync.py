"""Sound against picture by the time stamps of their stretches."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from noc_console.media.av_sync import AvSync, findings
from noc_console.media.es.format import Audio, Video
from noc_console.media.stretch import BLOCK, FRAME, PictureStretch, SoundStretch

VIDEO, AUDIO = Video("h264", "High", "4.0", 1920, 1080), Audio("aac")


def picture(start_s: float, end_s: float | None = None) -> PictureStretch:
    end_s = start_s + 6 if end_s is None else end_s
    return PictureStretch(VIDEO, "keyframes", start_s, end_s, np.zeros(0, FRAME))


def sound(start_s: float, end_s: float | None = None, heard_s: float | None = None) -> SoundStretch:
    """Sound of which all between start and end was heard, or only `heard_s` of it."""
    end_s = start_s + 6 if end_s is None else end_s
    heard_s = end_s - start_s if heard_s is None else heard_s
    return SoundStretch(AUDIO, start_s, end_s, np.zeros(round(heard_s * 100), BLOCK))


def offsets(edges: list[tuple[float, float]], sync: AvSync | None = None) -> list[float | None]:
    """Return what is told after each segment; sound begins and ends by so much later."""
    sync = sync or AvSync()
    told = []
    for number, (begin, end) in enumerate(edges):
        assert sync.picture(picture(number * 6.0)) is None
        told.append(sync.sound(sound(number * 6.0 + begin, number * 6.0 + 6 + end)))
    return told


def test_sound_that_is_cut_where_its_frames_end_is_in_step() -> None:
    """Frames of sound (21 ms) never end where a picture does."""
    cuts = [-0.4, -0.41, -0.39, -0.4, -0.42, -0.4, -0.41]
    told = offsets(list(itertools.pairwise(cuts)))
    assert told == [None, None, 0.0, 0.0, 0.0, 0.0]


def test_segments_cut_ever_differently_are_no_offset() -> None:
    """A slicer by arrival: the picture's buffer is now full, now empty, but both time lines go on."""
    cuts = [0.02 * number for number in range(40)] + [0.8] * 5 + [0.2] * 6
    told = offsets(list(itertools.pairwise(cuts)))
    assert {offset for offset in told if offset is not None} == {0.0}


def test_sound_that_comes_300_ms_later_is_found_once_three_stretches_agree() -> None:
    told = offsets([(0.0, 0.0)] * 5 + [(0.3, 0.3)] * 4)
    assert told[5:7] == [None, None]
    assert told[7:] == pytest.approx([0.3, 0.3])
    (finding,) = findings(told[-1])
    assert finding.id == "media-av-sync"
    assert finding.text == (
        "The sound comes 300 ms later against the picture than at the beginning; the limit is 100 ms."
    )


def test_sound_that_is_put_right_again_is_in_step() -> None:
    told = offsets([(0.0, 0.0)] * 4 + [(-0.2, -0.2)] * 4 + [(0.0, 0.0)] * 4)
    assert told[7] == pytest.approx(-0.2)
    assert "200 ms earlier" in findings(told[7])[0].text
    assert told[-1] == pytest.approx(0.0)


def test_a_shift_in_the_middle_of_a_segment_is_found() -> None:
    sync = AvSync()
    offsets([(0.0, 0.0)] * 4, sync)
    sync.picture(picture(24.0))
    sync.sound(sound(24.0, 30.3, heard_s=6.0))
    for number in (5, 6, 7):
        sync.picture(picture(number * 6.0))
        told = sync.sound(sound(number * 6.0 + 0.3))
    assert told == pytest.approx(0.3)


def test_sound_that_is_missing_for_a_moment_is_not_out_of_step() -> None:
    told = offsets([(0.0, 0.0)] * 4 + [(0.0, -0.3)] + [(0.0, 0.0)] * 5)
    assert {offset for offset in told if offset is not None} == {0.0}


def test_a_jump_of_both_time_lines_is_no_offset() -> None:
    sync = AvSync()
    offsets([(0.0, 0.0)] * 4, sync)
    for start in (24.5, 30.5, 36.5, 20_000.0, 20_006.0, 20_012.0):
        sync.picture(picture(start))
        told = sync.sound(sound(start))
    assert told == 0.0


def test_sound_and_picture_may_come_apart_and_in_any_order() -> None:
    sync = AvSync()
    told = [sync.sound(sound(number * 6.0)) for number in range(3)]
    told += [sync.picture(picture(number * 6.0)) for number in range(3)]
    assert told == [None] * 5 + [0.0]


def test_segments_of_other_lengths_are_not_compared() -> None:
    sync = AvSync()
    for number in range(12):
        sync.picture(picture(number * 6.0))
        assert sync.sound(sound(number * 4.0, number * 4.0 + 4)) is None
    assert sync.sound(sound(float("nan"), float("nan"), 6.0)) is None


@pytest.mark.parametrize("offset", [None, 0.0, 0.1, -0.1])
def test_up_to_100_ms_is_no_finding(offset: float | None) -> None:
    assert findings(offset) == ()
