"""The wall's screen: chips over the tiles, the tiles, their legend below, the penalty box at the right."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QWidget

from noc_console.views.desk import Desk
from noc_console.views.guide_way import add_guide_way, alarm_of_channel
from noc_console.views.penalty import PenaltyBox
from noc_console.views.wall import Wall
from noc_console.views.wall_head import FILTERS, WallFoot, WallHead
from noc_console.views.wall_rows import WallRows

_NARROW = 1500


class WallScreen(QWidget):
    """Puts the parts together and passes selections between wall and penalty box."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._seen = -1
        self.head, self.wall, self.foot, self.penalty = WallHead(desk), Wall(desk), WallFoot(desk), PenaltyBox(desk)
        self._empty = QLabel("", self)
        self._empty.setProperty("look", "note")
        area = QScrollArea()
        area.setWidget(self.wall)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area = area
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.head, 0, 0)
        grid.addWidget(area, 1, 0)
        grid.addWidget(self.foot, 2, 0)
        grid.addWidget(self.penalty, 0, 1, 3, 1)
        grid.setRowStretch(1, 1)
        grid.setColumnStretch(0, 1)
        self.setFocusProxy(self.wall)
        self.head.chips.changed.connect(self._filter)
        self.wall.opened.connect(desk.ways.openChannel)
        self.wall.selected.connect(self._show)
        self.penalty.chosen.connect(self.wall.select)
        self.penalty.opened.connect(desk.ways.openChannel)
        add_guide_way(self, desk, self._guided)

    def refresh(self) -> None:
        """Pull from the board."""
        self.wall.refresh()
        self.penalty.refresh()
        if self._desk.mirror.revision != self._seen:
            self._seen = self._desk.mirror.revision
            self._filter()
        self._explain()

    def next_ill(self) -> int:
        """Select the next ill channel and return it; 0 when all are well."""
        channel_id = self.penalty.model.next_ill(self.wall.current)
        if channel_id:
            self.wall.select(channel_id)
        return channel_id

    def channel_in_hand(self) -> int:
        """Return the selected channel's id, 0 for none."""
        return self.wall.current

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: the penalty box is narrower on a small screen."""
        is_wide = self.width() >= _NARROW - 60
        self.penalty.setFixedWidth(360 if is_wide else 280)
        self.head.legend.setVisible(is_wide)
        self._empty.setGeometry(16, 52, self.width() - self.penalty.width() - 32, 20)

    def _guided(self) -> int:
        return alarm_of_channel(self._desk, self.wall.current)

    def _filter(self, name: str = "") -> None:
        rows, mirror = self.wall.rows, self._desk.mirror
        fits = FILTERS[name or self.head.chips.chosen]
        self.wall.show_only(np.array([fits(mirror.channels[key]) for key in rows.ids], np.bool_))

    def _show(self, channel_id: int) -> None:
        self.penalty.show_channel(channel_id)
        rect = self.wall.tile_rect(self.wall.rows.row_of[channel_id])
        self._area.ensureVisible(rect.center().x(), rect.center().y(), rect.width(), rect.height())

    def _explain(self) -> None:
        rows, grid = self.wall.rows, self.wall.grid
        prefix = f"Code prefix {rows.prefix} hidden. " if rows.prefix else ""
        self.foot.say(
            f"{prefix}{_figures(rows)} Square dot: the layer of the fault, underline is L0.",
            f"{grid.columns} × {grid.rows}, fixed order" if rows.ids else "",
        )
        linked = self._desk.mirror.link != "starting"
        count = f"{len(rows)} channels" if len(rows) != 1 else "1 channel"
        self.head.count.setText(count if linked else "")
        self._empty.setText("No channels yet. Ctrl+N adds one, Ctrl+Shift+I imports a list." if linked else "Loading")
        self._empty.setVisible(not rows.ids)
        self._empty.raise_()


def _figures(rows: WallRows) -> str:
    """Return what line and bar of the tiles measure; with both kinds on the wall both are told."""
    quality, load = "MOS, 1 h, 3.1 to 4.8", "segment download ÷ duration, 1 h, 0 to 1.5, root scale"
    sound, age = "loudness, −23 LUFS ±6, band ±2", "playlist age 0 to 3 target durations, band 1.5"
    is_hatched = " Hatched: no fresh data, or the picture stopped." if rows.has_mos.any() else ""
    line, bar = _told(rows.has_mos, quality, load), _told(rows.has_sound, sound, age)
    return f"Line: {line}. Bar: {bar}.{is_hatched}"


def _told(is_first: np.ndarray[tuple[int], np.dtype[np.bool_]], first: str, second: str) -> str:
    if not is_first.any():
        return second
    return first if is_first.all() else f"{first}; where none is measured {second}"
