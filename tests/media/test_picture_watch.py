"""Freeze and black: found, timed to the frame, and not found where the picture only seems still."""

from __future__ import annotations

import numpy as np
import pytest
from picture_making import HEIGHT, RATE, WIDTH, black_picture, ids, moving, noisy, watched

from noc_console.media.picture import Known


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
    (seen,) = watched([np.roll(moving(1)[0], n // 10, axis=1) for n in range(250)])
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
