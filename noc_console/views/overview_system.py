"""The overview's box about the system itself: workers, recording, clock, machine."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from noc_console.model import Severity
from noc_console.views import figures
from noc_console.views.card import PAD, Card
from noc_console.views.channel_paint import LEFT, RIGHT, Ink, write
from noc_console.views.glyphs import paint_glyph, paint_hatch
from noc_console.views.notices import newest
from noc_console.views.picture_load import decoding_words
from noc_console.views.state import BoardMirror, Json
from noc_console.views.theme import AXIS, BODY, MEDIUM, Theme

_FACTS = 6
_ROW = 24
_COLUMNS = (("Worker", 0.0), ("Inputs", 0.34), ("Requests", 0.52), ("Late", 0.68), ("CPU", 0.82), ("Memory", 1.0))
_WORKER_STATE = {"silent": Severity.MAJOR, "replaced": Severity.WARNING, "starting": Severity.INDETERMINATE}


class SystemBox(Card):
    """A line per worker, then what the agent says of itself."""

    def __init__(self, theme: Theme, mirror: BoardMirror) -> None:
        super().__init__(theme, "System status")
        self._mirror = mirror

    def refresh(self) -> None:
        """Paint what the agent says of itself."""
        workers = self._workers()
        good = sum(worker["state"] == "ok" for worker in workers)
        words = {"starting": "agent starting", "lost": "agent lost"}.get(self._mirror.link.value)
        self.say(words or f"{good} of {len(workers)} workers")
        self.update()

    def paint_body(self, painter: QPainter, box: QRectF) -> None:
        """Override: the table and the facts."""
        if not self._mirror.agent:
            self.paint_empty(painter, box, "Loading")
            return
        if self._mirror.is_lost:
            paint_hatch(painter, self.theme, box.adjusted(-PAD + 1, 0, PAD - 1, PAD - 1))
        head = Ink(self.theme.font(AXIS), self.theme.colours.tertiary)
        self._cells(painter, box.y() - 4, box, [name for name, _ in _COLUMNS], [head] * len(_COLUMNS))
        y = box.y() + 18
        fits = max(1, int((box.height() - 18 - _FACTS * _ROW - 8) // _ROW))
        for worker in self._workers()[:fits]:
            self._worker(painter, y, box, worker)
            y += _ROW
        hidden = len(self._workers()) - fits
        if hidden > 0:
            write(painter, QRectF(box.x(), y, box.width(), 16), f"{hidden} more workers", head)
            y += _ROW
        self._facts(painter, QRectF(box.x(), y + 8, box.width(), _FACTS * _ROW))

    def _workers(self) -> Sequence[Json]:
        found: Sequence[Json] = self._mirror.agent.get("workers", ())
        return found

    def _worker(self, painter: QPainter, y: float, box: QRectF, worker: Json) -> None:
        colours, plain = self.theme.colours, self.theme.font(BODY)
        painter.fillRect(QRectF(box.x(), y - 1, box.width(), 1), colours.table_line)
        severity = _WORKER_STATE.get(worker["state"], Severity.CLEARED)
        paint_glyph(painter, self.theme, severity, QPointF(box.x() + 72, y + _ROW / 2), 12)
        texts = [
            f"Worker {worker['slot'] + 1}",
            figures.number(worker["inputs"], 0),
            figures.number(worker["requests_per_s"], 1, "/s"),
            figures.number(worker["lag_s"] * 1000, 0, "ms"),
            figures.ratio_percent(worker["cpu_ratio"]),
            figures.size(worker["rss_bytes"]),
        ]
        first = Ink(self.theme.font(BODY, MEDIUM), colours.text)
        self._cells(painter, y, box, texts, [first, *[Ink(plain, colours.secondary)] * 5])

    def _cells(self, painter: QPainter, y: float, box: QRectF, texts: list[str], inks: list[Ink]) -> None:
        for (_, right), text, ink in zip(_COLUMNS, texts, inks, strict=True):
            if right == 0.0:
                write(painter, QRectF(box.x(), y, 90, _ROW), text, ink, LEFT)
            else:
                x = box.x() + right * box.width()
                write(painter, QRectF(x - 90, y, 90, _ROW), text, ink, RIGHT)

    def _facts(self, painter: QPainter, box: QRectF) -> None:
        agent, colours = self._mirror.agent, self.theme.colours
        facts = (
            _recording(agent),
            ("Decoding", decoding_words(self._mirror), False),
            _clock(agent),
            _machine(agent),
            _up(agent, self._mirror.now()),
            _last(agent),
        )
        for number, (name, text, is_fault) in enumerate(facts):
            row = QRectF(box.x(), box.y() + number * _ROW, box.width(), _ROW)
            painter.fillRect(QRectF(row.x(), row.y(), row.width(), 1), colours.table_line)
            write(painter, row, name, Ink(self.theme.font(BODY), colours.secondary))
            hue: QColor = self.theme.severity[Severity.CRITICAL] if is_fault else colours.text
            write(painter, row.adjusted(90, 0, 0, 0), text, Ink(self.theme.font(BODY), hue), RIGHT)


Fact = tuple[str, str, bool]


def _last(agent: Json) -> Fact:
    news = agent.get("news") or []
    told = f"{figures.clock(news[-1]['at'])} {newest(agent)}" if news else "nothing befell the agent"
    return ("Last event", told, False)


def _recording(agent: Json) -> Fact:
    recording = agent["recording"]
    if recording["state"] != "ok":
        return ("Recording", f"NOT RECORDED: {str(recording['text']).removeprefix('Not recorded: ')}", True)
    kept = f"{figures.size(recording['db_bytes'])} of {figures.size(recording['forecast_bytes'])} forecast"
    return ("Recording", f"{kept}, {figures.number(recording['kept_days'], 0, 'd')} kept", False)


def _clock(agent: Json) -> Fact:
    clock = agent["clock"]
    kernel = "in sync" if clock["is_synced"] else "not synchronised"
    if clock["offset_s"] is None or clock["hosts"] < 3:
        return ("Clock", f"{kernel}, {clock['hosts']} origins to compare, 3 needed", False)
    offset = figures.number(clock["offset_s"] * 1000, 0, "ms")
    return ("Clock", f"{offset} against {clock['hosts']} origins, {kernel}", False)


def _machine(agent: Json) -> Fact:
    machine = agent["machine"]
    parts = (("CPU", "cpu_ratio"), ("memory", "memory_ratio"), ("disk", "disk_ratio"))
    return ("Machine", ", ".join(f"{name} {figures.ratio_percent(machine[key])}" for name, key in parts), False)


def _up(agent: Json, now: float) -> Fact:
    return ("Agent", f"{agent['name']} {agent['version']}, up {figures.age(now - agent['started_at'])}", False)
