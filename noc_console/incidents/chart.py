"""One curve as an SVG drawing for paper: axes, line with its gaps, marks where alarms began."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import floor, log10

from noc_console.incidents.figures import clock, figure

WIDTH, HEIGHT = 700, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 26, 24
_TICKS = 4
_FONT = 'font-family="Inter, DejaVu Sans, sans-serif"'
Point = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Curve:
    """What is drawn: points (at, min, mean, max, …) in [start, end], and marks (at, words); times in Unix seconds."""

    title: str
    unit: str
    start: float
    end: float
    points: Sequence[Point]
    marks: Sequence[tuple[float, str]] = ()
    gap_s: float = 60.0


def svg(curve: Curve) -> str:
    """Return the drawing; without points it says so."""
    values = [float(one) for point in curve.points for one in point[1:4] if one is not None]
    low, high = _bounds(values)
    place = _Place(curve.start, max(curve.end, curve.start + 1), low, high)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(
            _LEFT, 14, f"{curve.title}, {curve.unit}" if curve.unit not in ("", "1") else curve.title, "#14191f", 12
        ),
        *_axes(place),
        *_curve(curve, place),
        *(_mark(at, words, place) for at, words in curve.marks if curve.start <= at <= curve.end),
    ]
    if not values:
        parts.append(_text(WIDTH / 2, HEIGHT / 2, "no data", "#5b6673", 12, "middle"))
    return "".join([*parts, "</svg>"])


@dataclass(frozen=True, slots=True)
class _Place:
    start: float
    end: float
    low: float
    high: float

    def x(self, at: float) -> float:
        return _LEFT + (at - self.start) / (self.end - self.start) * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - _BOTTOM - (value - self.low) / (self.high - self.low) * (HEIGHT - _TOP - _BOTTOM)


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    low = min(low, 0.0) if low >= 0 else low
    room = (high - low) or abs(high) or 1.0
    step = 10 ** floor(log10(room))
    return floor(low / step) * step, (floor(high / step) + 1) * step


def _axes(place: _Place) -> list[str]:
    lines = []
    for number in range(_TICKS + 1):
        value = place.low + (place.high - place.low) * number / _TICKS
        y = place.y(value)
        lines.append(_stroke(_LEFT, y, WIDTH - _RIGHT, y, "#d5dae1"))
        lines.append(_text(_LEFT - 6, y + 4, figure(value), "#5b6673", 10, "end"))
        at = place.start + (place.end - place.start) * number / _TICKS
        anchor = {0: "start", _TICKS: "end"}.get(number, "middle")
        lines.append(_text(place.x(at), HEIGHT - 8, clock(at)[:5], "#5b6673", 10, anchor))
    return lines


def _curve(curve: Curve, place: _Place) -> list[str]:
    runs: list[list[Point]] = []
    for point in curve.points:
        at = float(point[0] or 0.0)
        if not runs or at - float(runs[-1][-1][0] or 0.0) > curve.gap_s:
            runs.append([])
        runs[-1].append(point)
    drawn = []
    for run in runs:
        band = [(place.x(_of(p, 0)), place.y(_of(p, 3))) for p in run]
        band += [(place.x(_of(p, 0)), place.y(_of(p, 1))) for p in reversed(run)]
        line = [(place.x(_of(p, 0)), place.y(_of(p, 2))) for p in run]
        if len(line) == 1:
            line.append((line[0][0] + 1, line[0][1]))
        drawn.append(f'<polygon points="{_points(band)}" fill="#dde3ea"/>')
        drawn.append(f'<polyline points="{_points(line)}" fill="none" stroke="#14191f" stroke-width="1.2"/>')
    return drawn


def _of(point: Point, index: int) -> float:
    return float(point[index] or 0.0)


def _mark(at: float, words: str, place: _Place) -> str:
    x = place.x(at)
    line = _stroke(x, _TOP - 6, x, HEIGHT - _BOTTOM, "#d55e00", "2 2")
    return line + _text(min(x + 3, WIDTH - _RIGHT - 6 * len(words)), _TOP + 4, words, "#b34e00", 10)


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _stroke(x: float, y: float, to_x: float, to_y: float, colour: str, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{colour}"{dashed}/>'


def _text(x: float, y: float, words: str, colour: str, size: int, anchor: str = "start") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-size="{size}" text-anchor="{anchor}"'
    return f"<text {place} {_FONT}>{escape(words)}</text>"
