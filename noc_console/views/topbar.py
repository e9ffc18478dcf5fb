"""The bar at the top: agent link, recording, channels by severity, alarm load, clocks, operator."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

from noc_console.model import Severity
from noc_console.views import figures
from noc_console.views.desk import Desk
from noc_console.views.glyphs import paint_glyph
from noc_console.views.icons import paint_mark, paint_recording
from noc_console.views.state import Json
from noc_console.views.summary import Summary, summarise
from noc_console.views.theme import BODY, COUNTER, MEDIUM, SEMIBOLD, TITLE

HEIGHT = 48
_TARGET = 2
"""Alarms in ten minutes that one operator can handle; more are coloured."""
_CELLS = 10
_DEMO_ROOM = 90
_DEMO_LONG = "DEMO   Remove demo channels"


class TopBar(QWidget):
    """Paints the summary; a click on the operator's name changes it."""

    operatorClicked = Signal()  # noqa: N815
    removeDemo = Signal()  # noqa: N815

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shown: tuple[object, ...] = ()
        self._summary: Summary | None = None
        self._seen = -1
        self._operator_box = QRect()
        self.clocks_left = 0.0
        """Where the clocks begin; nothing else reaches beyond."""
        self._demo = QPushButton(_DEMO_LONG, self)
        self._demo.setProperty("look", "chip")
        self._demo.setToolTip("These channels come from the built-in lab. One click removes them.")
        self._demo.setAccessibleName("Remove demo channels")
        self._demo.clicked.connect(self.removeDemo)
        self._demo.hide()
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName("State of the console")

    def refresh(self) -> None:
        """Paint anew when anything shown differs; clocks make that once a second."""
        mirror = self._desk.mirror
        if mirror.revision != self._seen or self._summary is None:
            self._seen = mirror.revision
            self._summary = summarise(mirror)
            self._demo.setVisible(self._summary.demo > 0 and not mirror.is_read_only)
        now = (int(mirror.now()), self._seen, self._desk.operator.name)
        if now != self._shown:
            self._shown = now
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override: the operator's name asks for another."""
        if self._operator_box.contains(event.position().toPoint()):
            self.operatorClicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: sections from the left, clocks and operator from the right."""
        painter = QPainter(self)
        colours = self._desk.theme.colours
        painter.fillRect(self.rect(), colours.panel)
        painter.fillRect(0, HEIGHT - 1, self.width(), 1, colours.hairline)
        paint_mark(painter, QRectF(16, 12, 24, 24), colours.secondary, colours.normal, colours.text)
        right = self.clocks_left = self._paint_right(painter)
        # notes are written where there is room for them: what they stand beside matters more
        room = right - (_DEMO_ROOM if self._demo.isVisibleTo(self) else 0)
        end = self._paint_sections(painter, True)
        if end > room:
            painter.fillRect(QRectF(48, 0, self.width() - 48, HEIGHT - 1), colours.panel)
            end = self._paint_sections(painter, False)
            self._paint_right(painter)
        self._place_demo(round(end) + 4, right)
        painter.end()

    def _paint_sections(self, painter: QPainter, is_wide: bool) -> float:
        """Paint from the left; return where the sections end."""
        pen = _Pen(painter, self._desk, 64)
        pen.words("noc-console", self._desk.theme.font(TITLE, SEMIBOLD), self._desk.theme.colours.text, 12)
        summary = self._summary or summarise(self._desk.mirror)
        sections: list[Callable[[_Pen, Summary, bool], None]] = [
            self._agent,
            self._recording,
            self._counters,
            self._load,
        ]
        if self._desk.mirror.agent.get("drill"):
            sections.insert(0, self._drill)
        for section in sections:
            pen.rule()
            section(pen, summary, is_wide)
        return pen.x

    def _agent(self, pen: _Pen, summary: Summary, is_wide: bool) -> None:
        colours = self._desk.theme.colours
        if summary.link == "linked":
            pen.glyph(Severity.CLEARED, 12)
            pen.words(f"Agent {summary.agent}", pen.bold, colours.text, 8 if is_wide else 16)
            if is_wide and summary.link_ms is not None:
                pen.words(f"link {figures.number(summary.link_ms, 0, 'ms')}", pen.plain, colours.secondary, 16)
        elif summary.link == "starting":
            pen.glyph(Severity.INDETERMINATE, 14)
            pen.words("Agent starting", pen.bold, colours.text, 16)
        else:
            pen.glyph(Severity.CRITICAL, 14)
            pen.words("Agent lost", pen.bold, colours.text, 8)
            pen.words(figures.age(self._desk.mirror.lost_for_s), pen.plain, colours.secondary, 16)

    def _drill(self, pen: _Pen, summary: Summary, is_wide: bool) -> None:
        """Say that what is seen may be a drill, and no more."""
        colours = self._desk.theme.colours
        pen.words("DRILL", pen.strong, colours.accent, 8 if is_wide else 16)
        if is_wide:
            pen.words("running", pen.plain, colours.secondary, 16)

    def _recording(self, pen: _Pen, summary: Summary, is_wide: bool) -> None:
        colours = self._desk.theme.colours
        if self._desk.mirror.is_read_only:
            self._exhibit(pen, self._desk.mirror.agent["read_only"])
            return
        if summary.is_recording is None:
            pen.words("Recording", pen.bold, colours.tertiary, 8)
            pen.words("unknown", pen.plain, colours.tertiary, 16)
            return
        if not summary.is_recording:
            pen.glyph(Severity.CRITICAL, 14)
            pen.words("NOT RECORDED", pen.strong, self._desk.theme.severity[Severity.CRITICAL], 8)
            if is_wide:
                pen.words(summary.not_recorded_text[:40], pen.plain, colours.secondary, 16)
            return
        paint_recording(pen.painter, QPointF(pen.x + 5, HEIGHT / 2), colours.secondary)
        pen.x += 18
        pen.words("Recording", pen.bold, colours.text, 8 if is_wide else 16)
        if is_wide:
            kept = f"{figures.number(summary.kept_days, 0, 'd')} kept, "
            pen.words(f"{kept}disk {figures.ratio_percent(summary.disk_ratio)}", pen.plain, colours.secondary, 16)

    def _exhibit(self, pen: _Pen, exhibit: Json) -> None:
        """Write what is shown where else it says that it is recorded."""
        theme = self._desk.theme
        kind = "CAPSULE" if exhibit["kind"] == "capsule" else "BACKUP"
        if exhibit["fault"]:
            pen.glyph(Severity.CRITICAL, 14)
            pen.words(f"{kind} NOT VERIFIED", pen.strong, theme.severity[Severity.CRITICAL], 16)
            return
        pen.words(kind, pen.strong, theme.colours.text, 8)
        pen.words("read only" + (", verified" if exhibit["verified"] else ""), pen.plain, theme.colours.secondary, 16)

    def _counters(self, pen: _Pen, summary: Summary, is_wide: bool) -> None:
        theme = self._desk.theme
        if is_wide:
            pen.words("Channels", pen.plain, theme.colours.secondary, 16)
        for severity in reversed(Severity):
            if severity is Severity.CLEARED:
                continue
            count = summary.channels[severity]
            if count:
                pen.glyph(severity, 18)
            else:
                pen.quiet(severity, 18)
            colour = theme.colours.text if count else theme.colours.tertiary
            pen.words(str(count), theme.font(COUNTER, SEMIBOLD), colour, 18)

    def _load(self, pen: _Pen, summary: Summary, is_wide: bool) -> None:
        colours = self._desk.theme.colours
        if is_wide:
            pen.words("Alarm load", pen.plain, colours.secondary, 12)
        pen.words(f"{summary.load} in 10 min", pen.strong, colours.text, 12)
        top = (HEIGHT - 8) // 2
        cells = _CELLS if is_wide else 5
        pen.painter.setPen(colours.hairline)
        pen.painter.drawRect(QRectF(pen.x, top, cells * 12 + 1, 8))
        for cell in range(min(summary.load, cells)):
            hue = colours.secondary if cell < _TARGET else self._desk.theme.severity[Severity.MAJOR]
            pen.painter.fillRect(QRectF(pen.x + 1 + cell * 12, top + 3, 11, 3), hue)
        pen.x += cells * 12 + 10
        if is_wide:
            pen.words("target 1–2", pen.plain, colours.tertiary, 12)

    def _paint_right(self, painter: QPainter) -> float:
        """Paint operator and clocks; return where they begin."""
        theme, mirror = self._desk.theme, self._desk.mirror
        name = self._desk.operator.name or "Who is here?"
        note = "F2 changes"
        width = max(
            QFontMetricsF(theme.font(BODY, SEMIBOLD)).horizontalAdvance(name),
            QFontMetricsF(theme.font(BODY)).horizontalAdvance(note),
        )
        left = self.width() - 16 - width
        self._operator_box = QRect(int(left) - 8, 0, int(width) + 24, HEIGHT)
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for text, top, weight, colour in (
            (name, 7, SEMIBOLD, theme.colours.text),
            (note, 24, 400, theme.colours.tertiary),
        ):
            painter.setFont(theme.font(BODY, weight))
            painter.setPen(colour)
            painter.drawText(QRectF(left, top, width, 17), align, text)
        left -= 16
        painter.fillRect(QRectF(left, 12, 1, 24), theme.colours.hairline)
        for zone, text in (("ICT", figures.clock(mirror.now())), ("UTC", figures.clock_utc(mirror.now()))):
            left = self._clock(painter, zone, text, left - 16)
        painter.fillRect(QRectF(left - 16, 12, 1, 24), theme.colours.hairline)
        return left - 16

    def _clock(self, painter: QPainter, zone: str, text: str, right: float) -> float:
        theme = self._desk.theme
        for words, font, colour, gap in (
            (text, theme.font(COUNTER, MEDIUM), theme.colours.text, 8),
            (zone, theme.font(BODY), theme.colours.secondary, 0),
        ):
            width = QFontMetricsF(font).horizontalAdvance(words)
            painter.setFont(font)
            painter.setPen(colour)
            painter.drawText(QRectF(right - width, 0, width + 1, HEIGHT - 1), Qt.AlignmentFlag.AlignVCenter, words)
            right -= width + gap
        return right

    def _place_demo(self, left: int, right: float) -> None:
        self._demo.setText(_DEMO_LONG)
        width = self._demo.sizeHint().width()
        if width > right - left - 12:
            self._demo.setText("DEMO ×")
            width = self._demo.sizeHint().width()
        box = QRect(left, (HEIGHT - 24) // 2, width, 24)
        if self._demo.geometry() != box:
            self._demo.setGeometry(box)


class _Pen:
    """Writes from left to right on the bar's middle line."""

    def __init__(self, painter: QPainter, desk: Desk, x: float) -> None:
        self.painter, self._desk, self.x = painter, desk, x
        theme = desk.theme
        self.plain, self.bold, self.strong = theme.font(), theme.font(BODY, MEDIUM), theme.font(BODY, SEMIBOLD)

    def words(self, text: str, font: QFont, colour: QColor, gap: float) -> None:
        """Write a text and go on `gap` behind it."""
        width = QFontMetricsF(font).horizontalAdvance(text)
        self.painter.setFont(font)
        self.painter.setPen(colour)
        self.painter.drawText(QRectF(self.x, 0, width + 2, HEIGHT - 1), Qt.AlignmentFlag.AlignVCenter, text)
        self.x += width + gap

    def glyph(self, severity: Severity, size: int) -> None:
        """Paint a state's shape."""
        paint_glyph(self.painter, self._desk.theme, severity, QPointF(self.x + size / 2, HEIGHT / 2), size)
        self.x += size + 8

    def quiet(self, severity: Severity, size: int) -> None:
        """Paint a shape in grey, because nothing is in that state."""
        grey = self._desk.theme.greyed()
        paint_glyph(self.painter, grey, severity, QPointF(self.x + size / 2, HEIGHT / 2), size, acked=True)
        self.x += size + 8

    def rule(self) -> None:
        """Draw the hairline between two sections."""
        self.painter.fillRect(QRectF(self.x, 12, 1, 24), self._desk.theme.colours.hairline)
        self.x += 16
