"""How late the GUI's timer comes while something happens beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

_TICK_S = 0.01
_SETTLING_TICKS = 5


@dataclass(frozen=True, slots=True)
class Lateness:
    """The lateness of a 10 ms precise timer, milliseconds; the worst is the longest time nothing could be drawn."""

    p99_ms: float
    worst_ms: float


def lateness(change: Callable[[int], None], every_s: float, seconds: float) -> Lateness:
    """Run Qt's loop for `seconds`, calling `change` with 0, 1, 2 … every `every_s`; needs an application."""
    from PySide6.QtCore import QEventLoop, Qt, QTimer

    from noc_console.views.tidy import YOUNG_EVERY_S, collect_young

    late: list[float] = []
    due, step = [time.perf_counter() + _TICK_S], [0]

    def tick() -> None:
        now = time.perf_counter()
        late.append(now - due[0])
        due[0] = now + _TICK_S

    def turn() -> None:
        change(step[0])
        step[0] += 1

    loop, timers = QEventLoop(), [QTimer() for _ in range(3)]
    timers[0].setTimerType(Qt.TimerType.PreciseTimer)
    for timer, then, period_s in zip(
        timers, (tick, turn, collect_young), (_TICK_S, every_s, YOUNG_EVERY_S), strict=True
    ):
        timer.timeout.connect(then)
        timer.start(int(period_s * 1000))
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()
    for timer in timers:
        timer.stop()
    measured = np.array(late[_SETTLING_TICKS:]) * 1000
    return Lateness(float(np.percentile(measured, 99)), float(measured.max()))
