"""Bench of the wall: painting everything anew, and how late the GUI's timer comes while workers are busy."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from noc_console.bench import Row
from noc_console.bench.boards import board
from noc_console.bench.lateness import lateness

if TYPE_CHECKING:
    from noc_console.views.window import Window

_ROUNDS = 120
_BUSY = """
import socket, threading, time
server = socket.create_server(("127.0.0.1", 0))
def serve():
    while True:
        link, _ = server.accept()
        threading.Thread(target=answer, args=(link,), daemon=True).start()
def answer(link):
    body = b"HTTP/1.1 200 OK\\r\\nContent-Length: 2048\\r\\n\\r\\n" + b"x" * 2048
    while link.recv(4096):
        link.sendall(body)
threading.Thread(target=serve, daemon=True).start()
links = [socket.create_connection(server.getsockname()) for _ in range(8)]
begin, sent = time.monotonic(), 0
while True:
    for link in links:
        link.sendall(b"GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
        left = 2048
        while left > 0:
            left -= len(link.recv(4096))
        sent += 1
    time.sleep(max(0.0, begin + sent / 1000 - time.monotonic()))
"""


def run(options: Mapping[str, str]) -> list[Row]:
    """Paint `channels` (500) tiles at 1920 x 1080, then watch the timer for `seconds` (10; the goal says 60)."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    count, seconds = int(options.get("channels", "500")), float(options.get("seconds", "10"))
    window = opened(count)
    rows = _painting(window, count)
    busy = subprocess.Popen([sys.executable, "-c", _BUSY])
    try:
        rows += _lateness(window, count, seconds)
    finally:
        busy.kill()
        busy.wait()
        window.may_close = True
        window.close()
    return rows


def opened(count: int) -> Window:
    """Return the main window at 1920 x 1080 with a board of `count` channels on it."""
    from noc_console.views.program import application_for, desk_for
    from noc_console.views.theme import theme
    from noc_console.views.tidy import calm_collector
    from noc_console.views.window import Window

    look = theme()
    application = application_for(look)
    window = Window(desk_for(look))
    window.resize(1920, 1080)
    window.desk.mirror.take(board(count))
    window.show()
    application.processEvents()
    window.show_lit()
    calm_collector()
    return window


def _painting(window: Window, count: int) -> list[Row]:
    """Every value of every tile changes each round, and every fourth round every state as well."""
    from PySide6.QtGui import QImage

    from noc_console.views.wall_screen import WallScreen

    screen = window.stage.currentWidget()
    assert isinstance(screen, WallScreen)
    wall = screen.wall
    image = QImage(wall.size(), QImage.Format.Format_ARGB32_Premultiplied)
    filled, painted, worked = [], [], []
    for number in range(_ROUNDS):
        told = board(count, rev=number + 2, phase=number)
        window.desk.mirror.take(told)
        began = time.perf_counter()
        wall.refresh()
        between, cpu = time.perf_counter(), time.thread_time()
        wall.render(image)
        painted.append(time.perf_counter() - between)
        worked.append(time.thread_time() - cpu)
        filled.append(between - began)
    how = f"{_ROUNDS} rounds, 1920 x 1080, every value of {count} tiles new each time"
    paint, fill, cpu_ms = _p95_ms(painted), _p95_ms(filled), _p95_ms(worked)
    return [
        Row(
            f"wall, {count} tiles, all dirty: paint p95",
            "<= 10 ms",
            f"{paint:.1f} ms",
            paint <= 10,
            f"{how}; of it CPU {cpu_ms:.1f} ms",
        ),
        Row(f"wall, {count} tiles, all dirty: arrays and strips p95", "", f"{fill:.1f} ms", None, how),
    ]


def _lateness(window: Window, count: int, seconds: float) -> list[Row]:
    """Run the whole window with 50 channels changing each pull while another process makes 1,000 requests/s."""
    boards = [_tenth(count, number) for number in range(20)]
    late = lateness(lambda number: window.desk.mirror.take(boards[number % len(boards)]), 0.2, seconds)
    worst, p99 = late.worst_ms, late.p99_ms
    how = f"10 ms precise timer for {seconds:.0f} s, a tenth of {count} channels changing 5 times a second"
    return [
        Row("GUI timer lateness p99, 1,000 requests/s beside", "<= 2 ms", f"{p99:.2f} ms", p99 <= 2, how),
        Row("GUI timer, longest gap over its period", "<= 16 ms", f"{worst:.1f} ms", worst <= 16, how),
    ]


def _tenth(count: int, number: int) -> dict[str, object]:
    """Return a board on which every tenth channel has changed; made beforehand, it is not the console's work."""
    told = board(count, rev=1000 + number, phase=number)
    return {**told, "channels": told["channels"][number % 10 :: 10], "alarms": []}


def _p95_ms(seconds: list[float]) -> float:
    return float(np.percentile(np.array(seconds) * 1000, 95))
