"""Sound against picture by the spans of their stretches."""

from __future__ import annotations

import numpy as np
import pytest

from noc_console.media.av_sync import AvSync, findings
from noc_console.media.es.format import Audio, Video
from noc_console.media.stretch import BLOCK, FRAME, PictureStretch, SoundStretch

VIDEO, AUDIO = Video("h264", "High", "4.0", 1920, 1080), Audio("aac")


def picture(start_s: float, length_s: float = 6.0) -> PictureStretch:
    return PictureStretch(VIDEO, "keyframes", start_s, start_s + length_s, np.zeros(0, FRAME))


def sound(start_s: float, length_s: float = 6.0) -> SoundStretch:
    return SoundStretch(AUDIO, start_s, start_s + length_s, np.zeros(0, BLOCK))


def offsets(leads: list[float], sync: AvSync | None = None) -> list[float | None]:
    sync = sync or AvSync()
    return [sync.step(picture(number * 6.0), sound(number * 6.0 + lead)) for number, lead in enumerate(leads)]


def test_sound_that_stays_where_it_was_has_no_offset() -> None:
    """Frames of sound (21 ms) never end where a picture does."""
    told = offsets([-0.4, -0.41, -0.39, -0.4, -0.42, -0.4])
    assert told[:2] == [None, None]
    assert told[2:] == pytest.approx([0.0] * 4, abs=0.02)


def test_sound_that_comes_300_ms_later_is_found_once_three_stretches_agree() -> None:
    told = offsets([0.0] * 5 + [0.3] * 4)
    assert told[5:7] == [None, None]
    assert told[7:] == pytest.approx([0.3, 0.3])
    (finding,) = findings(told[-1])
    assert finding.id == "media-av-sync"
    assert finding.text == (
        "The sound comes 300 ms later against the picture than at the beginning; the limit is 100 ms."
    )


def test_a_slow_drift_adds_up() -> None:
    told = offsets([number * -0.01 for number in range(30)])
    assert told[-1] == pytest.approx(-0.27, abs=0.001)
    assert "270 ms earlier" in findings(told[-1])[0].text


@pytest.mark.parametrize("offset", [None, 0.0, 0.1, -0.1])
def test_up_to_100_ms_is_no_finding(offset: float | None) -> None:
    assert findings(offset) == ()


def test_a_single_odd_cut_is_no_offset() -> None:
    assert all(offset is None or abs(offset) < 0.01 for offset in offsets([0.0] * 4 + [0.5] + [0.0] * 4))


def test_stretches_that_are_no_pair_are_not_compared() -> None:
    sync = AvSync()
    offsets([0.0] * 3, sync)
    assert sync.step(picture(60.0), sound(66.0)) is None
    assert sync.step(picture(60.0, 6.0), sound(60.0, 4.0)) is None
    assert sync.step(picture(float("nan")), sound(60.0)) is None
    assert sync.step(picture(66.0), sound(66.0)) == pytest.approx(0.0)
