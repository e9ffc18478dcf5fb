"""Moving pictures of many kinds, made by numpy alone: what the estimate of quality is tuned and checked on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from noc_console.lab.glyphs import text_mask

Floats = NDArray[np.float64]
Country = NDArray[np.float64] | NDArray[np.float32]
Picture = NDArray[np.uint8]
#: Luma of a frame by its number; the same number gives the same picture.
Film = Callable[[int], Picture]

WIDTH, HEIGHT = 640, 360
_Y, _X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)


def tuned_on() -> Mapping[str, Film]:
    """Return the films whose encodes the coefficients were found on."""
    return {
        "pan": lambda n: seen(land(1.2, 1), 2.0 * n, 0.3 * n),
        "detail": lambda n: seen(land(1.0, 2), 0.5 * n, 0.0),
        "zones": lambda n: _ink(128 + 90 * np.sin(((_X - 320) ** 2 + (_Y - 180) ** 2) / 400 + n / 4)),
        "grain": lambda n: _ink(seen(land(1.5, 3), 1.0 * n, 0.0) + _noise(n) * 7),
        "cartoon": lambda n: _cartoon(n // 2 * 2, 9, 4.0, 5),
        "text": lambda n: _text(n * 2, 2, 60 + 40 * _Y / HEIGHT),
        "talk": lambda n: _talk(n, land(1.3, 4)),
        "flames": lambda n: _ink(_mixed(land(1.1, 5), land(1.1, 6), n)),
        "blurred": lambda n: seen(land(1.8, 7), 3.0 * n, 1.0 * n),
    }


def checked_on() -> Mapping[str, Film]:
    """Return the films that the coefficients know nothing of."""
    return {
        "diagonal": lambda n: seen(land(1.1, 11), 3.0 * n, 1.5 * n),
        "water": lambda n: _ink((seen(land(1.3, 12), 2.0 * n, 0) + 1.0 * seen(land(1.2, 13), 0, 1.0 * n)) / 2),
        "stripes": lambda n: _stripes(n),
        "noisy-talk": lambda n: _ink(_talk(n, land(1.4, 14)) + _noise(n) * 4),
        "toys": lambda n: _cartoon(n // 3 * 3, 40, 9.0, 15),
        "ticker": lambda n: _ticker(n),
        "zoom": lambda n: _zoomed(land(1.2, 16), 1 + n / 150),
        "crowd": lambda n: seen(land(0.85, 17), 1.0 * n, 0.0),
        "night": lambda n: _ink(np.asarray(16 + (seen(land(1.3, 18), 1.0 * n, 0.0) - 16.0) * 0.3, np.float64)),
        "match": lambda n: _match(n),
    }


@cache
def land(steepness: float, seed: int, shape: tuple[int, int] = (HEIGHT, WIDTH)) -> Floats:
    """A landscape: waves of all lengths, the long ones strong, as in pictures of nature (1/f to this power).

    It is twice as high and wide as the pictures (`shape` in lines and columns) that are seen of it.
    """
    height, width = shape[0] * 2, shape[1] * 2
    lengths = np.hypot(np.fft.fftfreq(height)[:, None] * height, np.fft.rfftfreq(width)[None, :] * width)
    lengths[0, 0] = 1.0
    waves = np.fft.rfft2(np.random.default_rng(seed).normal(size=(height, width)))
    whole = np.fft.irfft2(waves / lengths**steepness, s=(height, width))
    return np.asarray(np.clip(118 + whole / whole.std() * 42, 18, 233))


def _ink(luma: Floats) -> Picture:
    return np.clip(luma, 16, 235).astype(np.uint8)


def seen(country: Country, right: float, down: float) -> Picture:
    """What a camera sees of a landscape at a place between pixels: the mean of its neighbours, weighted."""
    height, width = country.shape[0] // 2, country.shape[1] // 2
    x, y = int(right) % width, int(down) % height
    a, b = right % 1, down % 1
    part = country[y : y + height + 1, x : x + width + 1]
    wide = part[:, :-1] * (1 - a) + part[:, 1:] * a
    return _ink(wide[:-1] * (1 - b) + wide[1:] * b)


def _zoomed(country: Floats, times: float) -> Picture:
    rows = (HEIGHT + (np.arange(HEIGHT) - HEIGHT / 2) / times).astype(np.intp)
    columns = (WIDTH + (np.arange(WIDTH) - WIDTH / 2) / times).astype(np.intp)
    return _ink(country[np.ix_(rows, columns)])


def _mixed(one: Floats, other: Floats, number: int) -> Floats:
    share = 0.5 + 0.5 * float(np.sin(number / 6))
    return np.asarray(seen(one, 0, 2.0 * number) * share + seen(other, 0, 3.0 * number) * (1 - share))


def _noise(number: int) -> Floats:
    return np.random.default_rng(1000 + number).normal(size=(HEIGHT, WIDTH))


def _cartoon(number: int, shapes: int, speed: float, seed: int) -> Picture:
    """Flat shapes with dark outlines that move by jumps."""
    rng = np.random.default_rng(seed)
    picture = np.full((HEIGHT, WIDTH), 170.0)
    picture[HEIGHT * 2 // 3 :] = 110
    for _ in range(shapes):
        x, y, size, level, way = rng.uniform(0, 1, 5)
        x = (x * WIDTH + number * speed * (way - 0.5)) % WIDTH
        far = np.hypot(_X - x, (_Y - y * HEIGHT) * 1.4) - 12 - 50 * size
        picture[far < 0] = 60 + 150 * level
        picture[np.abs(far) < 1.5] = 25
    return _ink(picture)


def _text(number: int, scale: int, ground: Floats) -> Picture:
    picture = ground.copy()
    for line in range(12):
        top = (line * 36 - number) % (HEIGHT + 36) - 30
        _stamp(picture, text_mask(f"NEWS {line * 7919 % 1000:03d} AT {line:02d}:30 LINE {line}", scale), int(top), 40)
    return _ink(picture)


def _stamp(picture: Floats, mask: NDArray[np.bool_], top: int, left: int) -> None:
    part = picture[max(top, 0) : top + mask.shape[0], left : left + mask.shape[1]]
    if part.size:
        part[mask[max(-top, 0) :][: part.shape[0], : part.shape[1]]] = 225


def _talk(number: int, country: Floats) -> Picture:
    """A head that speaks before a still background."""
    picture = np.asarray(seen(country, 0, 0) * 0.7 + 20)
    head = ((_X - 320 - 3 * np.sin(number / 15)) / 70) ** 2 + ((_Y - 170) / 100) ** 2
    picture[head < 1] = 175 - 30 * head[head < 1]
    mouth = ((_X - 320) / 24) ** 2 + ((_Y - 220) / (4 + 4 * np.sin(number / 2.5) ** 2)) ** 2
    picture[mouth < 1] = 90
    return _ink(picture)


def _stripes(number: int) -> Picture:
    angle = number / 60
    across = (_X - 320) * np.cos(angle) + (_Y - 180) * np.sin(angle)
    return _ink(120 + 80 * np.tanh(3 * np.sin(across / (4 + np.abs(_Y - 180) / 30))))


def _ticker(number: int) -> Picture:
    picture = np.asarray(seen(land(1.25, 19), 0.7 * number, 0.0) * 1.0)
    picture[-48:] = 40
    _stamp(picture, text_mask("BREAKING 0123456789 MARKETS 42 WEATHER 17", 2), HEIGHT - 36, 20 + number * 3 % 200)
    return _ink(picture)


def _match(number: int) -> Picture:
    """A fast camera over a field with stripes and small players."""
    picture = 100 + 12 * np.sign(np.sin((_X + number * 8) / 30)) + seen(land(0.9, 20), 8.0 * number, 0) * 0.08
    rng = np.random.default_rng(21)
    for _ in range(14):
        x, y, way = rng.uniform(0, 1, 3)
        near = np.hypot((_X - (x * WIDTH - number * (8 + 4 * way)) % WIDTH) / 5, (_Y - y * HEIGHT) / 12)
        picture[near < 1] = 30 + 180 * way
    return _ink(picture)
