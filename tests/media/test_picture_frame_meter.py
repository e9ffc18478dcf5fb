"""What one frame measures: levels, likeness to bars, blockiness on the grid, combing, and that it is known again."""

from __future__ import annotations

import numpy as np
import pytest
from picture_making import HEIGHT, WIDTH, black_picture, moving, noisy, texture

from noc_console.media.picture import FrameMeter


def row(picture, **form):  # type: ignore[no-untyped-def]
    return FrameMeter(**form).measure(picture, 0.0, True)


def test_levels_are_of_the_nominal_range() -> None:
    half = np.full((HEIGHT, WIDTH), 16, np.uint8)
    half[:, WIDTH // 2 :] = 235
    measured = row(half)
    assert measured["luma_mean"] == pytest.approx(0.5, abs=0.01)
    assert measured["luma_deviation"] == pytest.approx(0.5, abs=0.01)
    assert (measured["luma_low"], measured["luma_high"]) == pytest.approx((0.0, 1.0), abs=0.01)
    assert measured["black_ratio"] == pytest.approx(0.5, abs=0.01)


def test_ten_bits_and_full_range_measure_the_same() -> None:
    picture = moving(1)[0]
    plain = row(picture)
    ten = row(picture.astype(np.uint16) * 4 + 1, bit_depth=10)
    whole = row(np.clip((picture.astype(float) - 16) * 255 / 219, 0, 255).astype(np.uint8), is_full_range=True)
    for name in ("luma_mean", "luma_deviation", "black_ratio"):
        assert ten[name] == pytest.approx(plain[name], abs=0.01)
        assert whole[name] == pytest.approx(plain[name], abs=0.01)
    assert ten["hash"] == plain["hash"]


@pytest.mark.parametrize("transfer_black", [64, 66, 70])
def test_black_of_ten_bits_is_black(transfer_black: int) -> None:
    measured = row(np.full((HEIGHT, WIDTH), transfer_black, np.uint16), bit_depth=10)
    assert measured["black_ratio"] == 1.0 and measured["lit_ratio"] == 0.0


def test_blocks_on_the_grid_are_blockiness_and_the_picture_itself_is_not() -> None:
    picture = moving(1)[0]
    blocks = picture.reshape(HEIGHT // 8, 8, WIDTH // 8, 8).mean(axis=(1, 3)).astype(np.uint8)
    blocked = np.kron(blocks, np.ones((8, 8), np.uint8))
    assert row(picture)["blockiness"] < 0.03
    assert row(blocked)["blockiness"] > 0.5
    assert row(np.roll(blocked, (4, 4), (0, 1)))["blockiness"] < 0.03


def test_letterbox_edges_are_no_blocks() -> None:
    picture = moving(1)[0]
    picture[:40] = picture[-40:] = 16
    measured = row(picture)
    assert measured["blockiness"] < 0.03
    assert measured["active"].tolist() == pytest.approx([0, 40 / 240, 1, 200 / 240], abs=0.02)


def test_a_soft_picture_is_more_blurred_than_a_sharp_one() -> None:
    sharp = np.where(texture() > 110, 200, 50).astype(np.uint8)[:HEIGHT, :WIDTH]
    soft = sharp.astype(float)
    for _ in range(4):
        soft = (soft + np.roll(soft, 1, 1) + np.roll(soft, -1, 1)) / 3
    assert row(sharp)["blur"] < 0.2 < 0.5 < row(soft.astype(np.uint8))["blur"]


def test_fields_of_two_moments_comb() -> None:
    soft = texture().astype(float)
    for _ in range(3):
        soft = (soft + np.roll(soft, 1, 0) + np.roll(soft, -1, 0)) / 3
    first, later = soft[:HEIGHT, :WIDTH].astype(np.uint8), soft[:HEIGHT, 16 : 16 + WIDTH].astype(np.uint8)
    woven = first.copy()
    woven[1::2] = later[1::2]
    assert row(first)["combing"] < 0.005 < 0.02 < row(woven)["combing"]


def bars(kind: str) -> np.ndarray:
    levels = {
        "601": (1.0, 0.886, 0.701, 0.587, 0.413, 0.299, 0.114),
        "709": (1.0, 0.928, 0.787, 0.715, 0.285, 0.213, 0.072),
    }
    line = 16 + 219 * 0.75 * np.repeat(levels[kind], 320 // 7 + 1)[:WIDTH]
    picture = np.tile(line, (HEIGHT, 1))
    picture[HEIGHT * 2 // 3 :] = 40
    return picture.astype(np.uint8)


@pytest.mark.parametrize("kind", ["601", "709"])
def test_colour_bars_are_known(kind: str) -> None:
    assert row(noisy(bars(kind), 1)[0])["bars"] > 0.9


def test_other_pictures_are_no_colour_bars() -> None:
    stairs = np.tile(np.repeat(np.linspace(235, 16, 8), 40), (HEIGHT, 1)).astype(np.uint8)
    for picture in (moving(1)[0], stairs, black_picture(1)[0], bars("601")[:, ::-1]):
        assert row(picture)["bars"] < 0.5


def test_the_hash_knows_a_picture_in_another_size_and_coding() -> None:
    picture = texture()[:480, :640]
    small = picture.reshape(240, 2, 320, 2).mean(axis=(1, 3)).astype(np.uint8)
    own, other = int(row(picture)["hash"]), int(row(texture(5)[:480, :640])["hash"])
    assert (own ^ int(row(noisy(small, 1, 3.0)[0])["hash"])).bit_count() <= 6
    assert (own ^ other).bit_count() > 16


@pytest.mark.parametrize("shape", [(33, 47), (32, 32), (144, 176), (479, 853), (1087, 1911)])
def test_any_size_is_measured(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    meter = FrameMeter()
    for _ in range(2):
        measured = meter.measure(rng.integers(0, 256, shape, dtype=np.uint8), 0.0, False)
    numbers = [float(measured[name]) for name in ("luma_mean", "step", "blockiness", "blur", "combing", "detail")]
    assert np.isfinite(numbers).all()


@pytest.mark.parametrize("picture", [np.zeros((8, 8), np.uint8), np.zeros(64, np.uint8)])
def test_what_is_no_picture_is_refused(picture: np.ndarray) -> None:
    with pytest.raises(ValueError, match="too small"):
        row(picture)


def test_another_size_begins_anew() -> None:
    meter = FrameMeter()
    meter.measure(moving(1)[0], 0.0, True)
    changed = meter.measure(texture()[:144, :176], 0.04, True)
    assert changed["has_moved"] and np.isnan(changed["difference"])


def test_a_line_longer_than_the_picture_is_left_out() -> None:
    picture = moving(1)[0]
    padded = np.full((HEIGHT, WIDTH + 64), 255, np.uint8)
    padded[:, :WIDTH] = picture
    assert row(padded[:, :WIDTH]).tobytes() == row(picture).tobytes()
