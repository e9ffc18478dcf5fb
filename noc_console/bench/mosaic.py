"""Bench of the mosaic: scrolling through a hundred pictures, with new ones coming in all the while."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from noc_console.bench import Row
from noc_console.bench.boards import Json, board

if TYPE_CHECKING:
    from noc_console.views.mosaic_screen import MosaicScreen
    from noc_console.views.window import Window

_ROUNDS = 200
_FRESH_EACH_ROUND = 4
_SIZE = (256, 144)
_DECODED_WITHIN_S = 20.0


def run(options: Mapping[str, str]) -> list[Row]:
    """Scroll through `channels` (100) pictures in a window of 1366 x 768, where they do not all fit."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    count = int(options.get("channels", "100"))
    from noc_console.views.mosaic_screen import MosaicScreen

    window = _opened(count)
    try:
        screen = window.stage.currentWidget()
        assert isinstance(screen, MosaicScreen)
        pictures = [_jpeg(number) for number in range(32)]
        _deliver(screen, window, range(1, count + 1), 0, pictures)
        _wait_decoded(window)
        return _scrolling(screen, window, count, pictures)
    finally:
        window.may_close = True
        window.close()


def _opened(count: int) -> Window:
    from noc_console.views.program import application_for, desk_for
    from noc_console.views.theme import theme
    from noc_console.views.tidy import calm_collector
    from noc_console.views.window import Window

    look = theme()
    application = application_for(look)
    window = Window(desk_for(look), "mosaic")
    window.resize(1366, 768)
    window.desk.mirror.take(pictured(board(count), 0))
    window.show()
    application.processEvents()
    window.show_lit()
    calm_collector()
    return window


def pictured(told: Json, phase: int) -> Json:
    """Return a board whose channels have pictures and sound as well; every seventh picture stands still."""
    for one in told["channels"]:
        number = int(one["id"])
        level = -23.0 + 4.0 * math.sin((phase + number * 5) / 7.0)
        one["thumbnail"] = {"at": told["at"] - number % 9, "seq": number + phase * 1000}
        one["picture"] = "frozen" if number % 7 == 0 else "moving"
        one["meters"] = {"momentary": level, "short_term": level / 2 - 11.5, "loudness": -23.0, "at": told["at"]}
        one["mos"] = [4.4] * 60
    told["agent"]["decoding"] = {"cores_used": 0.4, "workers": [{}], "decoded_per_min": 600, "skipped_per_min": {}}
    return told


def _deliver(screen: MosaicScreen, window: Window, channels: range, round_: int, pictures: list[bytes]) -> None:
    from noc_console.views.thumb_store import Thumb, Told

    at = window.desk.mirror.now()
    seq = round_ * 1000
    thumbs = tuple(Thumb(key, seq + key, at, pictures[(key + round_) % len(pictures)]) for key in channels)
    window.desk.thumbs.store.take(Told("bench", seq + 1000, thumbs))
    screen.refresh()


def _scrolling(screen: MosaicScreen, window: Window, count: int, pictures: list[bytes]) -> list[Row]:
    """Each round scrolls on, four channels have a new picture, and all that is seen is painted."""
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QApplication

    area, bar = screen.area, screen.area.verticalScrollBar()
    image = QImage(area.viewport().size(), QImage.Format.Format_ARGB32_Premultiplied)
    painted, worked, refreshed = [], [], []
    for number in range(1, _ROUNDS + 1):
        first = number * _FRESH_EACH_ROUND % count + 1
        began = time.perf_counter()
        _deliver(screen, window, range(first, min(first + _FRESH_EACH_ROUND, count + 1)), number, pictures)
        refreshed.append(time.perf_counter() - began)
        bar.setValue(number * 37 % max(bar.maximum(), 1))
        between, cpu = time.perf_counter(), time.thread_time()
        area.viewport().render(image)
        painted.append(time.perf_counter() - between)
        worked.append(time.thread_time() - cpu)
        QApplication.processEvents()
    paint, cpu_ms, refresh = (_p95_ms(values) for values in (painted, worked, refreshed))
    seen = len(screen.mosaic.grid.inside(0, area.viewport().height()))
    how = f"{_ROUNDS} rounds, {area.viewport().width()} x {area.viewport().height()}, {seen} of {count} tiles seen"
    return [
        Row(
            f"mosaic of {count} pictures, scrolling: paint p95",
            "<= 16 ms",
            f"{paint:.1f} ms",
            paint <= 16,
            f"{how}; of it CPU {cpu_ms:.1f} ms",
        ),
        Row("mosaic, four new pictures taken: p95", "", f"{refresh:.1f} ms", None, how),
        _decoding(pictures),
    ]


def _decoding(pictures: list[bytes]) -> Row:
    from noc_console.views.thumb_pixmaps import decode

    took_ms = _p95_ms([_timed(lambda one=one: decode(one, (144, 81))) for one in pictures * 4])  # type: ignore[misc]
    return Row("one picture decoded, on a thread beside the screen: p95", "", f"{took_ms:.2f} ms", None)


def _wait_decoded(window: Window) -> None:
    from PySide6.QtWidgets import QApplication

    until = time.monotonic() + _DECODED_WITHIN_S
    while time.monotonic() < until:
        window.grab()
        QApplication.processEvents()
        if window.desk.pixmaps.is_idle():
            return
        time.sleep(0.01)


def _jpeg(number: int) -> bytes:
    """Return a picture with as much in it as a real one has: noise over a coloured slope."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice
    from PySide6.QtGui import QImage

    width, height = _SIZE
    noise = np.random.default_rng(number).integers(0, 60, (height, width, 4), np.uint8)
    slope = np.linspace(0, 180, width, dtype=np.uint8)[None, :, None]
    pixels = np.ascontiguousarray(np.roll(noise + slope, number * 8, axis=1))
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32)
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG", 75)  # type: ignore[call-overload]
    return bytes(held.data())


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _p95_ms(seconds: list[float]) -> float:
    return float(np.percentile(np.array(seconds) * 1000, 95))
