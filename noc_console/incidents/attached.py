"""An attached picture (PNG or JPEG) as a drawing for the report: its size is read from its own head, nothing else."""

from __future__ import annotations

import base64

from noc_console.incidents.page import Picture

MOST_BYTES, MOST_PICTURES = 1024**2, 6
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
_WIDTH = 480
_MOST_SIDE = 20_000


def attached(body: bytes, name: str, title: str) -> Picture | None:
    """Return the picture at most 480 points wide; None for what has no size, or too much of it."""
    size = _png_size(body) if body.startswith(_PNG) else _jpeg_size(body)
    if size is None or len(body) > MOST_BYTES or not all(0 < side <= _MOST_SIDE for side in size):
        return None
    width = min(_WIDTH, size[0])
    height = max(1, round(size[1] * width / size[0]))
    kind = "png" if body.startswith(_PNG) else "jpeg"
    data = f"data:image/{kind};base64,{base64.b64encode(body).decode()}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    image = f'<image width="{width}" height="{height}" xlink:href="{data}"/>'
    return Picture(name, title, f'{head} xmlns:xlink="http://www.w3.org/1999/xlink">{image}</svg>', width, height)


def _png_size(body: bytes) -> tuple[int, int] | None:
    # PNG, 11.2.2: width and height stand first in IHDR, the first chunk
    if body[12:16] != b"IHDR" or len(body) < 24:
        return None
    return int.from_bytes(body[16:20], "big"), int.from_bytes(body[20:24], "big")


def _jpeg_size(body: bytes) -> tuple[int, int] | None:
    # ITU-T T.81, B.2.2: a frame header (SOF0 to SOF15 but DHT, JPG, DAC) has precision, lines, samples per line
    at = 2
    while body.startswith(_JPEG) and at + 9 <= len(body) and body[at] == 0xFF:
        marker = body[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(body[at + 7 : at + 9], "big"), int.from_bytes(body[at + 5 : at + 7], "big")
        at += 2 + max(2, int.from_bytes(body[at + 2 : at + 4], "big"))
    return None
