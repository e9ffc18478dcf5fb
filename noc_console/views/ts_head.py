"""The head of a transport stream's page: who it is, where it comes from, and its figures of this second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from noc_console.model import Severity
from noc_console.views import figures
from noc_console.views.channel_paint import RIGHT, Ink, badge, card, width_of, write
from noc_console.views.desk import Desk
from noc_console.views.glyphs import paint_glyph, paint_hatch
from noc_console.views.theme import AXIS, BODY, FIGURE, MEDIUM, SEMIBOLD, TITLE
from noc_console.views.ts_facts import TsRow

_TOP, _FACTS, _GAP = 52, 52, 8


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure with its name; `severity` is set where it is beyond its limit."""

    name: str
    value: str
    severity: Severity = Severity.CLEARED


class TsHead(QWidget):
    """Paints the head from the board's row and the newest report."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._row: TsRow | None = None
        self._report: Mapping[str, Any] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Override: two rows."""
        return QSize(600, _TOP + _GAP + _FACTS)

    def show_row(self, row: TsRow | None, report: Mapping[str, Any]) -> None:
        """Show an input from now on."""
        self._row, self._report = row, report
        if row is not None:
            self.setAccessibleName(f"Transport stream of {row.channel['code']} {row.channel['name']}")
            told = ", ".join(f"{fact.name} {fact.value}" for fact in facts(row, report))
            self.setAccessibleDescription(f"{row.severity.value}: {row.text} {told}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: name, then figures."""
        painter = QPainter(self)
        if self._row is None:
            ink = Ink(self._desk.theme.font(BODY), self._desk.theme.colours.secondary)
            write(painter, QRectF(0, 8, self.width(), 20), "This input is no longer there", ink)
        else:
            self._paint_name(painter, self._row)
            self._paint_facts(painter, facts(self._row, self._report), is_old=self._row.state in ("stale", "lost"))
        painter.end()

    def _paint_name(self, painter: QPainter, row: TsRow) -> None:
        theme, colours = self._desk.theme, self._desk.theme.colours
        severity = row.severity
        if row.state in ("stale", "lost") and severity is Severity.CLEARED:
            severity = Severity.INDETERMINATE
        paint_glyph(painter, theme, severity, QPointF(14, _TOP / 2), 26)
        code = theme.mono(FIGURE)
        left = 40 + write(painter, QRectF(40, 0, 500, _TOP), row.channel["code"], Ink(code, colours.text)) + 18
        title = Ink(theme.font(TITLE, SEMIBOLD), colours.text)
        x = left + write(painter, QRectF(left, 7, 260, 18), row.channel["name"], title) + 12
        for text in self._badges(row):
            x += badge(painter, theme, QPointF(x, 16), text) + 4
        under = QRectF(left, 27, max(self.width() - left - 340, 60), 18)
        write(painter, under, self._said(row), Ink(theme.font(BODY), colours.secondary))
        right = QRectF(self.width() - 330, 7, 330, 18)
        write(painter, right, str(row.input["url"]), Ink(theme.mono(BODY), colours.text), RIGHT)
        sender = (self._report.get("source") or {}).get("sender")
        from_ = f"from {sender}" if sender else "sender not known yet"
        write(painter, right.translated(0, 20), from_, Ink(theme.font(BODY), colours.secondary), RIGHT)

    def _badges(self, row: TsRow) -> list[str]:
        protocol = str((self._report.get("source") or {}).get("protocol") or "").upper()
        rate = {True: ["CBR"], False: ["VBR"]}.get(self._report.get("is_constant_bitrate"), [])  # type: ignore[arg-type]
        return [f"L{row.input['layer']}", *([protocol] if protocol else []), "TS", *rate]

    def _said(self, row: TsRow) -> str:
        seen = f"last packets {figures.clock(row.input['at'])} ICT" if row.input["at"] else "no packets yet"
        match row.state:
            case "stale":
                return f"Stale for {figures.age(self._desk.mirror.now() - row.input['at'])}, {seen}"
            case "lost":
                return f"Link to the agent lost, {seen}"
            case "disabled":
                return f"Disabled: not measured, {seen}"
            case "loading":
                return "Loading: waiting for the first packets"
        return row.text or f"Normal, {seen}"

    def _paint_facts(self, painter: QPainter, shown: list[Fact], *, is_old: bool) -> None:
        theme, colours = self._desk.theme, self._desk.theme.colours
        box = QRectF(0, _TOP + _GAP, self.width(), _FACTS)
        card(painter, theme, box)
        if is_old:
            paint_hatch(painter, theme, box.adjusted(1, 1, -1, -1))
        pitch = box.width() / len(shown)
        for place, fact in enumerate(shown):
            cell = QRectF(box.x() + place * pitch + 12, box.y(), pitch - 14, box.height())
            name = Ink(theme.font(AXIS), colours.secondary)
            write(painter, cell.adjusted(0, 6, 0, -28), fact.name, name)
            is_ill = fact.severity.rank >= Severity.WARNING.rank and not is_old
            colour = colours.tertiary if is_old else theme.severity[fact.severity] if is_ill else colours.text
            font = theme.font(TITLE, MEDIUM)
            line = cell.adjusted(0, 24, 0, -6)
            write(painter, line, fact.value, Ink(font, colour))
            if is_ill:
                x = cell.x() + min(width_of(fact.value, font), cell.width() - 16) + 11
                paint_glyph(painter, theme, fact.severity, QPointF(x, line.center().y()), 12)


def facts(row: TsRow, report: Mapping[str, Any]) -> list[Fact]:
    """Return the figures of this second; what is not measured says so and is never 0."""
    metric = row.metric
    rtp = (report.get("source") or {}).get("rtp")
    accuracy, interval = metric("ts.pcr_accuracy_ns"), metric("ts.pcr_interval_s")
    jitter = metric("ts.arrival_jitter_s")
    return [
        Fact("Bitrate", figures.bits(metric("ts.bitrate_bps"))),
        Fact("Null", figures.ratio_percent(metric("ts.null_ratio"))),
        _count("P1 a second", metric("ts.p1_errors"), Severity.CRITICAL),
        _count("P2 a second", metric("ts.p2_errors"), Severity.MAJOR),
        _count("P3 a second", metric("ts.p3_errors"), Severity.MINOR),
        _count("CC a second", metric("ts.cc_errors"), Severity.MAJOR),
        Fact("PCR accuracy", figures.number(accuracy, 0, "ns"), _over(accuracy, 500.0, Severity.MAJOR)),
        Fact("PCR interval", _ms(interval), _over(interval, 0.04, Severity.WARNING)),
        Fact("Arrival jitter", _ms(jitter), _over(jitter, 0.05, Severity.WARNING)),
        Fact("RTP lost", str(rtp["lost"]) if rtp and "lost" in rtp else "no RTP"),
        _count("Lost here", metric("ts.socket_drops"), Severity.WARNING),
        Fact("Evidence held", figures.number(metric("ts.ring_s"), 0, "s")),
    ]


def _count(name: str, value: float | None, severity: Severity) -> Fact:
    return Fact(name, figures.number(value, 0), severity if value else Severity.CLEARED)


def _over(value: float | None, limit: float, severity: Severity) -> Severity:
    return severity if value is not None and abs(value) > limit else Severity.CLEARED


def _ms(value: float | None) -> str:
    return figures.number(None if value is None else value * 1e3, 1, "ms")
