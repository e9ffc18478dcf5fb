"""Freeze and black: found, timed to the frame, and not found where the picture only seems still."""

from __future__ import annotations

import numpy as np
import pytest
from picture_making import HEIGHT, RATE, WIDTH, black_picture, ids, measured, moving, noisy, stretch_of, watched

from noc_console.media.es.format import Video
from noc_console.media.picture import FrameMeter, Known, PictureWatch, Seen
from noc_console.media.stretch import FRAME, PictureStretch


def frozen_film(moving_s: float = 2.0, frozen_s: float = 3.0) -> list[np.ndarray]:
    before = moving(int(moving_s * RATE))
    return before + noisy(before[-1], int(frozen_s * RATE)) + moving(50, start=51)


def test_a_frozen_picture_is_found_with_its_start_and_length() -> None:
    (seen,) = watched(frozen_film())
    assert "media-freeze" in ids(seen)
    (event,) = [event for event in seen.events if event.kind == "PictureFroze"]
    assert event.data["start_s"] == pytest.approx(49 / RATE, abs=1.01 / RATE)
    assert event.data["length_s"] == pytest.approx(76 / RATE, abs=1.01 / RATE)
    assert event.data["start"] == pytest.approx(1000 + 49 / RATE, abs=1.01 / RATE)


def test_a_freeze_goes_over_the_borders_of_stretches() -> None:
    seen = watched(frozen_film(), 60, 30, 30, 55)
    assert [one.metrics["video.freeze_s"] for one in seen] == pytest.approx([0.0, 1.64, 2.84, 3.04], abs=0.05)
    assert [len(one.events) for one in seen] == [0, 0, 0, 1]
    assert seen[-1].events[0].data["length_s"] == pytest.approx(3.04, abs=0.05)


def test_a_picture_held_for_less_than_a_second_is_no_freeze() -> None:
    (seen,) = watched(frozen_film(frozen_s=0.9))
    assert not ids(seen) and not seen.freezes


def test_a_slow_pan_moves() -> None:
    (still,) = moving(1)
    (seen,) = watched([np.roll(still, n // 10, axis=1) for n in range(150)])
    assert "media-freeze" not in ids(seen)


def test_a_clock_that_ticks_in_a_corner_moves() -> None:
    pictures = noisy(moving(1)[0], 250)
    for number, picture in enumerate(pictures):
        picture[20:32, 280 + number // RATE % 8 * 2 : 284 + number // RATE % 8 * 2] = 235
    (seen,) = watched(pictures)
    assert not seen.freezes


def test_a_channel_that_stands_by_nature_is_not_judged() -> None:
    (seen,) = watched(frozen_film(), known=Known(is_still=True))
    assert not seen.freezes and not seen.events


def test_black_is_found_and_is_no_freeze() -> None:
    film = moving(50) + black_picture(30) + moving(50, start=50)
    (seen,) = watched(film)
    assert ids(seen) == {"media-black"}
    assert seen.blacks[0].start_s == pytest.approx(2.0) and seen.blacks[0].length_s == pytest.approx(1.2)


def test_black_under_a_logo_is_black_and_credits_on_black_are_not() -> None:
    logo, credits = black_picture(50), black_picture(50)
    for with_logo, with_credits in zip(logo, credits, strict=True):
        with_logo[10:30, 270:310] = 200
        with_credits[110:122, 100:220:3] = 200
    assert "media-black" in ids(watched(logo)[0])
    assert "media-black" not in ids(watched(credits)[0])


def test_a_dark_scene_in_a_letterbox_is_not_black() -> None:
    film = [(16 + (picture.astype(int) - 16) // 8).astype(np.uint8) for picture in moving(50)]
    for picture in film:
        picture[:40] = picture[-40:] = 16
    assert not ids(watched(film)[0])
    assert film[0].shape == (HEIGHT, WIDTH)


def keyed(pictures: list[np.ndarray], *lengths: int) -> list[Seen]:
    """What a watch sees of every 50th picture (a key frame every two seconds), stretch by stretch."""
    meter, watch, seen, at = FrameMeter(), PictureWatch(), [], 0
    for length in lengths:
        rows = [meter.measure(pictures[n], n / RATE, True) for n in range(at, at + length) if n % 50 == 0]
        form = Video("h264", "High", "4.0", WIDTH, HEIGHT, float(RATE))
        frames = np.array(rows, FRAME)
        stretch = PictureStretch(form, "keyframes", at / RATE, (at + length) / RATE, frames, 0, 2.0)
        seen.append(watch.step(stretch, 1000.0 + at / RATE))
        at += length
    return seen


def test_key_frames_alone_show_a_freeze_to_one_of_them() -> None:
    before = moving(201)
    seen = keyed(before + noisy(before[200], 399) + moving(200, start=201), 150, 150, 150, 150, 200)
    freezes = [event for one in seen for event in one.events if event.kind == "PictureFroze"]
    assert len(freezes) == 1
    assert freezes[0].data["start_s"] == pytest.approx(8.0, abs=2.0)
    assert freezes[0].data["length_s"] == pytest.approx(16.0, abs=2.0)
    assert [one.wants_all_frames for one in seen] == [False, True, True, True, False]


def test_key_frames_of_a_still_background_with_a_moving_mouth_are_no_freeze() -> None:
    head = noisy(moving(1)[0], 600)
    for number, picture in enumerate(head):
        picture[120 : 122 + number // 50 % 3 * 6, 150:176] = 40
    assert not any(one.freezes for one in keyed(head, 300, 300))


def test_one_black_key_frame_is_not_yet_black() -> None:
    film = moving(100) + black_picture(20) + moving(180, start=120)
    assert [ids(one) for one in keyed(film, 150, 150)] == [set(), set()]
    assert keyed(film, 150)[0].wants_all_frames


def test_a_jump_of_the_clock_is_no_freeze() -> None:
    still = noisy(moving(1)[0], 40)
    watch, meter = PictureWatch(), FrameMeter()
    first = measured(still[:20], meter=meter)
    later = measured(still[20:], first=5000, meter=meter)
    assert not watch.step(stretch_of(first), 1000.0).freezes
    assert not watch.step(stretch_of(later), 1000.8).freezes


def test_a_hole_in_a_stretch_is_no_freeze() -> None:
    rows = measured(noisy(moving(1)[0], 30))
    rows["at_s"][15:] += 5.0
    assert not PictureWatch().step(stretch_of(rows), 1000.0).freezes


def test_skipped_stretches_do_not_make_a_freeze_of_two_short_rests() -> None:
    still = noisy(moving(1)[0], 40)
    watch, meter = PictureWatch(), FrameMeter()
    watch.step(stretch_of(measured(still[:20], meter=meter)), 1000.0)
    seen = watch.step(stretch_of(measured(still[20:], first=250, meter=meter)), 1010.0)
    assert not seen.freezes and not seen.events


def test_a_freeze_goes_on_over_a_skipped_stretch() -> None:
    still = noisy(moving(1)[0], 100)
    watch, meter = PictureWatch(), FrameMeter()
    watch.step(stretch_of(measured(still[:50], meter=meter)), 1000.0)
    seen = watch.step(stretch_of(measured(still[50:], first=150, meter=meter)), 1006.0)
    assert seen.metrics["video.freeze_s"] == pytest.approx(8.0, abs=0.1) and not seen.events


def test_a_new_decoder_does_not_end_a_freeze() -> None:
    still = noisy(moving(1)[0], 100)
    watch = PictureWatch()
    watch.step(stretch_of(measured(still[:50])), 1000.0)
    seen = watch.step(stretch_of(measured(still[50:], first=50)), 1002.0)
    assert seen.metrics["video.freeze_s"] == pytest.approx(4.0, abs=0.1) and not seen.events


def test_a_known_slate_is_found_by_its_name_and_is_no_freeze() -> None:
    slate = moving(1, start=100)[0]
    known = Known(slates={"Technical fault": int(measured([slate])["hash"][0])})
    rows = np.tile(measured(noisy(slate, RATE)), 31)
    rows["at_s"] = np.arange(len(rows)) / RATE
    rows["has_moved"][1:] = False
    seen = PictureWatch().step(stretch_of(rows), 1000.0, known)
    assert ids(seen) == {"media-slate"}
    assert seen.slates[0].name == "Technical fault"


def test_black_bars_that_come_are_told_once() -> None:
    film = moving(100) + moving(300)
    for picture in film[100:]:
        picture[:40] = picture[-40:] = 16
    seen = watched(film, 100, 100, 100, 100)
    (event,) = [event for one in seen for event in one.events]
    assert event.kind == "LetterboxChanged" and event.at == pytest.approx(1004.0)
    assert event.data["now"] == pytest.approx([0, 0.167, 1, 0.833], abs=0.02)


@pytest.mark.parametrize(
    ("is_ts", "interval_s", "is_long"), [(False, 2.002, False), (False, 4.0, True), (True, 4.0, False)]
)
def test_key_frames_too_far_apart(is_ts: bool, interval_s: float, is_long: bool) -> None:
    stretch = stretch_of(measured(moving(10)), key_interval_s=interval_s)
    assert ("media-gop-long" in ids(PictureWatch().step(stretch, 0.0, Known(is_ts=is_ts)))) is is_long
