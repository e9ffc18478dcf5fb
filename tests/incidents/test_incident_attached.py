"""Pictures attached to an incident, as they stand in its report."""

from __future__ import annotations

import struct
import zlib

import pytest

from noc_console.incidents.attached import MOST_BYTES, attached


def png(width: int, height: int) -> bytes:
    """A grey PNG of this size, made by hand (PNG, 5.3)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\x00" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    """The heads of a JPEG of this size (T.81, B.2): APP0, DHT, then SOF2."""
    app, table = b"\xff\xe0\x00\x10" + bytes(14), b"\xff\xc4\x00\x04" + bytes(2)
    return b"\xff\xd8" + app + table + b"\xff\xc2\x00\x11\x08" + struct.pack(">HH", height, width) + bytes(20)


@pytest.mark.parametrize("made", [png, jpeg])
def test_a_picture_keeps_its_shape_and_fits_the_page(made) -> None:
    picture = attached(made(960, 540), "a.svg", "The wall")
    assert picture is not None
    assert (picture.width, picture.height, picture.title) == (480, 270, "The wall")
    small = attached(made(40, 20), "b.svg", "")
    assert small is not None
    assert (small.width, small.height) == (40, 20)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(40), id="no head"),
        pytest.param(png(10, 10)[:20], id="cut short"),
        pytest.param(jpeg(10, 10)[:20], id="a JPEG cut short"),
        pytest.param(jpeg(0, 10), id="no width"),
        pytest.param(png(10, 10)[:16] + b"\x7f\xff\xff\xff" * 2, id="enormous"),
        pytest.param(png(10, 10) + bytes(MOST_BYTES), id="too many bytes"),
        pytest.param(b"GIF89a", id="another kind"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_what_is_no_picture_for_paper_is_left_out(body: bytes) -> None:
    assert attached(body, "a.svg", "") is None
