"""The faults under way: channel, what, rung, and how long yet; the arrow keys choose one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from noc_console.views.channel_paint import RIGHT, Ink, badge, write
from noc_console.views.figures import age
from noc_console.views.lab_panel_values import Running
from noc_console.views.theme import BODY, MEDIUM, Theme

ROW = 36


class RunningList(QWidget):
    """Paints the running faults; `chosen_id` is the one the operator means."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._faults: tuple[Running, ...] = ()
        self._now = 0.0
        self.chosen_id = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Running faults")

    def show_faults(self, faults: Sequence[Running], now: float) -> None:
        """Show these faults at a moment; one that is over takes the choice with it."""
        shown = tuple(fault for fault in faults if not fault.ends_at or fault.left_s(now) > 0)
        ids = [fault.id for fault in shown]
        if self.chosen_id not in ids:
            self.chosen_id = ids[0] if ids else ""
        self._faults, self._now = shown, now
        self.setAccessibleDescription(", ".join(f"{one.channel} {one.title}" for one in shown) or "none")
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override: Up and Down choose."""
        way = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        ids = [fault.id for fault in self._faults]
        if way is None or self.chosen_id not in ids:
            super().keyPressEvent(event)
            return
        self.chosen_id = ids[min(max(ids.index(self.chosen_id) + way, 0), len(ids) - 1)]
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override: a click chooses."""
        row = int(event.position().y() // ROW)
        if row < len(self._faults):
            self.chosen_id = self._faults[row].id
            self.setFocus()
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Override: rows, or that there are none."""
        painter = QPainter(self)
        theme, colours = self._theme, self._theme.colours
        if not self._faults:
            box = QRectF(16, 0, self.width() - 32, ROW)
            write(painter, box, "No fault is running", Ink(theme.font(BODY), colours.secondary))
        for row, fault in enumerate(self._faults):
            self._paint_row(painter, QRectF(0, row * ROW, self.width(), ROW), fault)
        painter.end()

    def _paint_row(self, painter: QPainter, box: QRectF, fault: Running) -> None:
        theme, colours = self._theme, self._theme.colours
        is_chosen = fault.id == self.chosen_id
        if is_chosen:
            painter.fillRect(box, colours.selected_row)
        painter.setPen(QPen(colours.table_line, 1))
        painter.drawLine(QPointF(box.left(), box.bottom() - 0.5), QPointF(box.right(), box.bottom() - 0.5))
        line = box.adjusted(16, 0, -16, 0)
        x = line.left() + badge(painter, theme, QPointF(line.left(), line.center().y()), "LAB") + 10
        code = QRectF(x, line.top(), 180, line.height())
        write(painter, code, fault.channel, Ink(theme.mono(BODY, MEDIUM), colours.text))
        what = QRectF(code.right() + 8, line.top(), line.right() - code.right() - 190, line.height())
        write(painter, what, fault.title, Ink(theme.font(BODY), colours.text))
        rung = QRectF(what.right(), line.top(), 90, line.height())
        write(painter, rung, fault.rung or "all rungs", Ink(theme.font(BODY), colours.secondary))
        left = f"{age(fault.left_s(self._now))} left" if fault.ends_at else "until ended"
        write(painter, line, left, Ink(theme.font(BODY, MEDIUM), colours.text), RIGHT)
        if is_chosen and self.hasFocus():
            painter.setPen(QPen(colours.accent, 1))
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
