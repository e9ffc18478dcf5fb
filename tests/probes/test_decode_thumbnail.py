"""Thumbnails: small, of the shape the picture is shown in, the newest key picture, HDR brought down to a screen."""

from __future__ import annotations

import io
from fractions import Fraction

import av
import numpy as np
import pytest
from media_made import Clip, Luma, made
from numpy.typing import NDArray

from noc_console.media.stretch import Thumbnail
from noc_console.probes.decode.decoder import Decoder
from noc_console.probes.decode.job import FULL, KEYFRAMES, Job
from noc_console.probes.decode.thumbnail import size


def thumbnail(clip: Clip, mode: str = KEYFRAMES) -> Thumbnail:
    """The thumbnail of a clip's newest key picture."""
    found = Decoder().decode(Job(1, "r", mode, body=made(clip), sequence=1, is_last=True, wants_thumbnail=True))
    return found.thumbnails["r"]


def luma(one: Thumbnail) -> NDArray[np.uint8]:
    """The luma of a JPEG, decoded."""
    with av.open(io.BytesIO(one.jpeg), format="jpeg_pipe") as file:
        return next(file.decode(video=0)).to_ndarray(format="gray")


@pytest.mark.parametrize(
    ("width", "height", "aspect", "expected"),
    [
        (1920, 1080, None, (256, 144)),
        (3840, 2160, Fraction(1), (256, 144)),
        (720, 576, Fraction(64, 45), (256, 144)),
        (720, 576, Fraction(16, 15), (192, 144)),
        (640, 360, None, (256, 144)),
        (1080, 1920, None, (80, 144)),
        (1920, 800, None, (256, 106)),
        (16, 4000, None, (36, 144)),
    ],
)
def test_a_thumbnail_has_the_shape_the_picture_is_shown_in(
    width: int, height: int, aspect: Fraction | None, expected: tuple[int, int]
) -> None:
    assert size(width, height, aspect) == expected


def brighter(at_s: float, width: int, height: int) -> Luma:
    """Grey that is brighter each second, the right half always dark."""
    picture = np.full((height, width), 60 + 40 * int(at_s + 1e-6), np.uint8)
    picture[:, width // 2 :] = 20
    return picture


@pytest.mark.parametrize("mode", [KEYFRAMES, FULL])
def test_it_is_the_newest_key_picture(mode: str) -> None:
    one = thumbnail(Clip(seconds=4.0, draw=brighter), mode)
    assert (one.width, one.height) == (256, 144)
    shown = luma(one)
    assert shown[:, :100].mean() == pytest.approx((180 - 16) * 255 / 219, abs=6)
    assert shown[:, 156:].mean() == pytest.approx((20 - 16) * 255 / 219, abs=6)
    assert one.at_s - thumbnail(Clip(seconds=2.0, draw=brighter), mode).at_s == pytest.approx(2.0)


def test_it_is_small() -> None:
    assert 1000 < len(thumbnail(Clip(seconds=1.0, width=640, height=360)).jpeg) < 16_000


def test_many_thumbnails_come_one_after_the_other() -> None:
    decoder, body = Decoder(), made(Clip(seconds=1.0))
    for number in range(1, 5):
        job = Job(1, "r", KEYFRAMES, body=body, sequence=number, wants_thumbnail=True)
        assert decoder.decode(job).thumbnails["r"].jpeg.startswith(b"\xff\xd8")


def test_none_is_made_where_none_is_wanted() -> None:
    assert not Decoder().decode(Job(1, "r", KEYFRAMES, body=made(Clip(seconds=1.0)), sequence=1)).thumbnails


@pytest.mark.parametrize(("transfer", "white"), [("smpte2084", 0.58), ("arib-std-b67", 0.75)])
def test_white_of_hdr_is_shown_bright_and_not_grey(transfer: str, white: float) -> None:
    """ITU-R BT.2408: graphics white is 58 % of the signal in PQ and 75 % in HLG."""

    def draw(_at_s: float, width: int, height: int) -> Luma:
        picture = np.full((height, width), round(16 + 219 * white), np.uint8)
        picture[:, width // 2 :] = 16
        return picture

    params = f"log-level=none:pools=1:colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc:repeat-headers=1"
    options = {"preset": "ultrafast", "x265-params": params}
    hevc = Clip(seconds=0.4, video="libx265", pixels="yuv420p10le", audio="", draw=draw, video_options=options)
    shown = luma(thumbnail(hevc))
    assert shown[:, :100].mean() > 200
    assert shown[:, 156:].mean() < 12
