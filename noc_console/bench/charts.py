"""Refreshing 12 charts of 4 curves with 86,400 points each, beside pyqtgraph with its defaults in the same run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication, QWidget

from noc_console.bench import Row
from noc_console.views.charts.reduce import Floats
from noc_console.views.charts.spec import ChartSpec, CurveSpec
from noc_console.views.charts.stack import Stack
from noc_console.views.charts.trace import Trace
from noc_console.views.theme import theme

STACKS, CHARTS, CURVES, POINTS = 3, 4, 4, 86_400
GOAL_MS = 8.0
_AT: Floats = np.arange(POINTS, dtype=np.float64)


def run(options: Mapping[str, str]) -> list[Row]:
    """Measure one refresh: a new sample on every curve, its reduction and the hand-over to the plots; then painting.

    Options: `rounds` (default 40), `defaults` (rounds of the peer, default 3).
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    rounds = int(options.get("rounds", "40"))
    refresh, painting, own_time = _measured(rounds, *_ours())
    peer, peer_painting, _ = _measured(int(options.get("defaults", "3")), *_peer())
    application.processEvents()
    how = "offscreen, three screens of 640 x 1000, median (p95); the goal is held to the median"
    what = f"{STACKS * CHARTS} charts x {CURVES} curves x {POINTS:,} points"
    is_met = float(np.median(refresh)) <= GOAL_MS
    return [
        Row(f"{what}: refresh", f"<= {GOAL_MS:g} ms", _figure(refresh), is_met, how),
        Row(f"{what}: refresh, CPU time of it", "", _figure(own_time), None, "where other programs take the cores"),
        Row(f"{what}: painting", "", _figure(painting), None, how),
        Row("the same with pyqtgraph's defaults: refresh", "", _figure(peer), None, how),
        Row("the same with pyqtgraph's defaults: painting", "", _figure(peer_painting), None, how),
    ]


def _ours() -> tuple[Callable[[int], None], list[QWidget]]:
    stacks = [Stack(theme(), [_spec(screen * CHARTS + chart) for chart in range(CHARTS)]) for screen in range(STACKS)]
    traces = [_traces(stack) for stack in stacks]
    for stack in stacks:
        stack.resize(640, 1000)
        stack.show()

    def refresh(round_: int) -> None:
        end = float(POINTS + round_)
        for stack, mine in zip(stacks, traces, strict=True):
            for trace in mine.values():
                trace.append(end, 10.0 + round_ % 3)
            stack.draw(end - POINTS, end, mine)

    return refresh, list(stacks)


def _spec(chart: int) -> ChartSpec:
    curves = tuple(CurveSpec(str(curve), "segment.download_s", str(curve), chart) for curve in range(CURVES))
    return ChartSpec("", "s", (20, 40), curves)


def _traces(stack: Stack) -> dict[CurveSpec, Trace]:
    traces = {}
    for chart in stack.charts:
        for curve in chart.spec.curves:
            value = _samples(curve.input_id * CURVES + int(curve.rung))
            traces[curve] = Trace()
            traces[curve].replace(np.stack([_AT, value, value, value], axis=1).tolist())
    return traces


def _peer() -> tuple[Callable[[int], None], list[QWidget]]:
    views, curves = [], []
    for screen in range(STACKS):
        view = pg.GraphicsLayoutWidget()
        for chart in range(CHARTS):
            plot = view.addPlot(chart, 0)
            curves += [(plot.plot(), _samples((screen * CHARTS + chart) * CURVES + one)) for one in range(CURVES)]
        view.resize(640, 1000)
        view.show()
        views.append(view)

    def refresh(round_: int) -> None:
        for item, value in curves:
            item.setData(_AT + round_, np.roll(value, -round_))

    return refresh, views


def _measured(
    rounds: int, refresh: Callable[[int], None], widgets: list[QWidget]
) -> tuple[list[float], list[float], list[float]]:
    refreshing, painting, own_time = [], [], []
    QApplication.processEvents()
    refresh(0)
    for round_ in range(1, rounds + 1):
        begin, own = time.perf_counter(), time.thread_time()
        refresh(round_)
        own_time.append((time.thread_time() - own) * 1e3)
        middle = time.perf_counter()
        QApplication.processEvents()
        for widget in widgets:
            widget.repaint()
        refreshing.append((middle - begin) * 1e3)
        painting.append((time.perf_counter() - middle) * 1e3)
    for widget in widgets:
        widget.close()
    return refreshing, painting, own_time


def _samples(seed: int) -> Floats:
    return np.cumsum(np.random.default_rng(seed).standard_normal(POINTS)) * 0.01 + 10


def _figure(times_ms: list[float]) -> str:
    return f"{np.median(times_ms):.1f} ms ({np.percentile(times_ms, 95):.1f})"
