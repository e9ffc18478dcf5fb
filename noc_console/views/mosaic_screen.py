"""The mosaic's screen: chips over the pictures, the pictures, what the marks mean below, the last minute on hover."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from noc_console.views.actions import add_action
from noc_console.views.desk import Desk
from noc_console.views.mosaic import Mosaic
from noc_console.views.mosaic_facts import is_ill, levels_of
from noc_console.views.mosaic_strip import StripCard
from noc_console.views.penalty_model import PenaltyModel
from noc_console.views.picture_load import decoding_words
from noc_console.views.wall_head import FILTERS, HEIGHT, Chips, Filter, WallFoot

_WORST = "Worst first"
_SHOWN: Mapping[str, Filter] = {**FILTERS, "Picture or sound ill": is_ill}


class MosaicScreen(QWidget):
    """Puts the parts together; everything it shows comes from the board and the desk's pictures."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self.mosaic, self.foot = Mosaic(desk), WallFoot(desk)
        self.chips, self.order = Chips(list(_SHOWN)), Chips(["By code", _WORST])
        self._count = QLabel("")
        self._count.setProperty("look", "note")
        self._empty = QLabel("", self)
        self._empty.setProperty("look", "note")
        self.area = QScrollArea()
        self.area.setWidget(self.mosaic)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(self.area, 1)
        column.addWidget(self.foot)
        self.strip = StripCard(desk, self)
        self.setFocusProxy(self.mosaic)
        self.chips.changed.connect(self._filter)
        self.order.changed.connect(self._filter)
        self.mosaic.opened.connect(desk.ways.openChannel)
        self.mosaic.selected.connect(self._show)
        self.mosaic.hovered.connect(self._hover)
        add_action(self, "Show the last minute", "V", self.toggle_strip, within=True)

    def refresh(self) -> None:
        """Pull from the board."""
        self.mosaic.fit(self.area.viewport().size())
        self.mosaic.refresh()
        self.strip.refresh()
        self._explain()

    def next_ill(self) -> int:
        """Select the next ill channel and return it; 0 when all are well."""
        model = PenaltyModel(self._desk.mirror)
        model.rank()
        channel_id = model.next_ill(self.mosaic.current)
        if channel_id:
            self.mosaic.select(channel_id)
        return channel_id

    def channel_in_hand(self) -> int:
        """Return the selected channel's id, 0 for none."""
        return self.mosaic.current

    def close_drawer(self) -> bool:
        """Put the strip away; say whether it was there."""
        was = self.strip.isVisible()
        self._hover(0)
        return was

    def toggle_strip(self) -> None:
        """Show the last minute of the selected channel, or put it away."""
        if not self.close_drawer():
            self._hover(self.mosaic.current)

    def status_text(self) -> str:
        """Return what the status line says at its right end."""
        mirror = self._desk.mirror
        return f"Decoding: {decoding_words(mirror)}" if mirror.agent else ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: pictures as large as fit."""
        self._empty.setGeometry(16, 52, self.width() - 32, 20)
        self.mosaic.fit(self.area.viewport().size())

    def _head(self) -> QWidget:
        head = QWidget()
        head.setFixedHeight(HEIGHT)
        title = QLabel("Mosaic")
        title.setProperty("look", "title")
        row = QHBoxLayout(head)
        row.setContentsMargins(16, 0, 12, 1)
        row.setSpacing(12)
        for widget in (title, self._count, self.chips):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.order)
        return head

    def _filter(self, _name: str = "") -> None:
        self._hover(0)
        self.mosaic.show_only(_SHOWN[self.chips.chosen], is_worst_first=self.order.chosen == _WORST)
        self.refresh()

    def _show(self, channel_id: int) -> None:
        rect = self.mosaic.tile_rect(self.mosaic.row_of[channel_id])
        self.area.ensureVisible(rect.center().x(), rect.center().y(), rect.width(), rect.height())
        if self.strip.isVisible():
            self._hover(channel_id)

    def _hover(self, channel_id: int) -> None:
        row = self.mosaic.row_of.get(channel_id, -1)
        if row < 0:
            self.strip.show_channel(0, QRect())
            return
        rect = self.mosaic.tile_rect(row)
        rect.moveTopLeft(self.mosaic.mapTo(self, rect.topLeft()) if self.isVisible() else QPoint())
        self.strip.show_channel(channel_id, rect)

    def _explain(self) -> None:
        mirror, tiles = self._desk.mirror, self.mosaic.tiles
        linked = mirror.link != "starting"
        prefix = f"Code prefix {self.mosaic.prefix} hidden. " if self.mosaic.prefix else ""
        self.foot.say(
            f"{prefix}Bars: momentary and short-term loudness, −33 to −13 LUFS, band −23 ±2. "
            "Hatched: the picture stopped, or no fresh data. The figure beside the code is the picture's age.",
            f"{self.mosaic.grid.picture_width} × {self.mosaic.grid.picture_height}" if tiles else "",
        )
        pictured = sum(one.get("thumbnail") is not None for one in mirror.channels.values())
        heard = sum(
            any(level.lufs is not None for level in levels_of(one, mirror.now())) for one in mirror.channels.values()
        )
        total = len(mirror.channels)
        self._count.setText(f"{pictured} of {total} with a picture, {heard} with sound" if linked and total else "")
        none = "No channels yet. Ctrl+N adds one, Ctrl+Shift+I imports a list." if not total else "No channel fits."
        self._empty.setText(none if linked else "Loading")
        self._empty.setVisible(not tiles)
        self._empty.raise_()
