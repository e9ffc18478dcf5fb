"""The mosaic: one widget that paints every channel's newest picture with its loudness, only where it is seen."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from noc_console.model import Severity
from noc_console.views.desk import Desk
from noc_console.views.mosaic_facts import Tile, open_faults, tile_of
from noc_console.views.mosaic_geometry import GAP, MosaicGrid, lay_out
from noc_console.views.mosaic_tile import Parts, TilePainter
from noc_console.views.state import Json
from noc_console.views.thumb_pixmaps import Wanted
from noc_console.views.wall_rows import common_prefix

Filter = Callable[[Json], bool]
_MOST_KEPT = 600


def _every(_channel: Json) -> bool:
    return True


class Mosaic(QWidget):
    """Arrow keys move the selection, Enter opens; `hovered` tells the channel below a resting pointer, 0: none."""

    opened = Signal(int)
    selected = Signal(int)
    hovered = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._parts = Parts(desk.theme)
        self._seen = self._seen_pictures = -1
        self._second = 0
        self._was_lit = True
        self._fits: Filter = _every
        self._is_worst_first = False
        self._room = QSize(1480, 900)
        self._last: dict[int, QPixmap] = {}
        self._kept: dict[int, tuple[Hashable, QPixmap]] = {}
        self._over = 0
        self.prefix = ""
        self.tiles: list[Tile] = []
        self.row_of: dict[int, int] = {}
        self.grid: MosaicGrid = lay_out(0, 1480, 900)
        self.current = 0
        """The selected channel's id; 0: none."""
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMouseTracking(True)
        self.setAccessibleName("Pictures of the channels")
        desk.pixmaps.landed.connect(self._on_landed)

    def refresh(self) -> None:
        """Pull what changed from the board, have pictures fetched, and repaint what is new."""
        self._desk.thumbs.poll(self._desk)
        mirror, store = self._desk.mirror, self._desk.thumbs.store
        if mirror.revision != self._seen:
            self._seen = mirror.revision
            self._fill()
        changed = store.changed(self._seen_pictures)
        self._seen_pictures = store.revision
        for channel_id in changed & self.row_of.keys():
            self._update_tile(self.row_of[channel_id])
        self._tick()

    def show_only(self, fits: Filter, *, is_worst_first: bool) -> None:
        """Show the channels that fit, in the order of their codes or the ill ones first."""
        self._fits, self._is_worst_first, self._seen = fits, is_worst_first, -1

    def fit(self, room: QSize) -> None:
        """Lay out for a viewport of this size."""
        if room != self._room:
            self._room = room
            self._lay_out()

    def select(self, channel_id: int) -> None:
        """Move the selection to a channel, if it is shown."""
        if channel_id not in self.row_of or channel_id == self.current:
            return
        self._update_tile(self.row_of.get(self.current, -1))
        self.current = channel_id
        self._update_tile(self.row_of[channel_id])
        self.selected.emit(channel_id)

    def tile_rect(self, row: int) -> QRect:
        """Return where a tile stands."""
        return QRect(*self.grid.place(row), self.grid.width, self.grid.height)

    def sizeHint(self) -> QSize:
        """Override: as high as all rows."""
        return QSize(self.width(), self.grid.full_height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Override: paint the tiles that the dirty region touches."""
        painter = QPainter(self)
        colours, region = self._desk.theme.colours, event.rect()
        painter.fillRect(region, colours.bg)
        now = self._desk.mirror.now()
        for row in self.grid.inside(region.top(), region.bottom()):
            rect = self.tile_rect(row)
            if rect.intersects(region):
                painter.drawPixmap(rect.topLeft(), self._drawn(self.tiles[row], now))
        if self.current in self.row_of:
            painter.setPen(QPen(colours.accent, 1 if self.hasFocus() else 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.tile_rect(self.row_of[self.current]).adjusted(-1, -1, 0, 0))
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Override: arrows move the selection, Enter opens it."""
        page = max(1, self._room.height() // (self.grid.height + GAP)) * self.grid.columns
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self.grid.columns,
            Qt.Key.Key_Down: self.grid.columns,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -len(self.tiles),
            Qt.Key.Key_End: len(self.tiles),
        }
        key = Qt.Key(event.key())
        if key in steps and self.tiles:
            row = self.row_of.get(self.current)
            target = 0 if row is None else row + steps[key]
            self.select(self.tiles[min(max(target, 0), len(self.tiles) - 1)].channel_id)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current:
            self.opened.emit(self.current)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Override: a click selects."""
        self.select(self._under(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Override: a double click opens."""
        if self._under(event):
            self.opened.emit(self._under(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Override: leaving a tile ends its strip."""
        self.moved_to(self._under(event))

    def moved_to(self, channel_id: int) -> None:
        """Tell that the pointer stands on another channel now: its strip is not asked for yet."""
        if channel_id != self._over:
            self._over = channel_id
            self.hovered.emit(0)

    def event(self, event: QEvent) -> bool:
        """Override: where the pointer rests the last minute is shown."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self.grid.hit(event.pos().x(), event.pos().y())
            self.hovered.emit(self.tiles[row].channel_id if row >= 0 else 0)
            return True
        if event.type() is QEvent.Type.Leave:
            self.hovered.emit(0)
        return super().event(event)

    def _under(self, event: QMouseEvent) -> int:
        row = self.grid.hit(event.position().x(), event.position().y())
        return self.tiles[row].channel_id if row >= 0 else 0

    def _fill(self) -> None:
        mirror = self._desk.mirror
        self.prefix = common_prefix([str(mirror.channels[key]["code"]) for key in mirror.order])
        faults = open_faults(mirror)
        none: frozenset[str] = frozenset()
        before = self.tiles
        tiles = [
            tile_of(mirror.channels[key], mirror, self.prefix, faults.get(key, none))
            for key in mirror.order
            if self._fits(mirror.channels[key])
        ]
        if self._is_worst_first:
            tiles.sort(key=_rank)
        self.tiles = tiles
        if [one.channel_id for one in before] != [one.channel_id for one in tiles]:
            self.row_of = {one.channel_id: row for row, one in enumerate(tiles)}
            self._lay_out()
            return
        for row, (old, new) in enumerate(zip(before, tiles, strict=True)):
            if old != new:
                self._update_tile(row)

    def _lay_out(self) -> None:
        self.grid = lay_out(len(self.tiles), self._room.width(), self._room.height())
        self.setMinimumHeight(self.grid.full_height)
        self._last.clear()
        self._kept.clear()
        self.update()

    def _drawn(self, tile: Tile, now: float) -> QPixmap:
        """Return a tile as a pixmap; scrolling draws most of them as they are."""
        picture, scale = self._picture(tile), self.devicePixelRatioF()
        blinks = tile.severity.rank >= Severity.MAJOR.rank and not tile.is_acked
        is_lit = self._desk.frame.is_lit or not blinks
        key = (tile, int(now - tile.picture_at), picture.cacheKey() if picture is not None else 0, is_lit, scale)
        known = self._kept.get(tile.channel_id)
        if known is not None and known[0] == key:
            return known[1]
        size = QSize(round(self.grid.width * scale), round(self.grid.height * scale))
        # the pixmap before has the right size: it is painted over
        pixmap = known[1] if known is not None and known[1].size() == size else QPixmap(size)
        pixmap.setDevicePixelRatio(scale)
        brush = QPainter(pixmap)
        TilePainter(brush, self._desk.theme, self._parts, self.grid, now).paint((0, 0), tile, picture, is_lit=is_lit)
        brush.end()
        if len(self._kept) > _MOST_KEPT:
            self._kept.clear()
        self._kept[tile.channel_id] = (key, pixmap)
        return pixmap

    def _picture(self, tile: Tile) -> QPixmap | None:
        """Return a tile's picture; the one before while a new one is decoded."""
        thumb = self._desk.thumbs.store.newest(tile.channel_id)
        if thumb is None:
            return self._last.get(tile.channel_id)
        scale = self.devicePixelRatioF()
        size = (round(self.grid.picture_width * scale), round(self.grid.picture_height * scale))
        found = self._desk.pixmaps.get(Wanted((tile.channel_id, thumb.seq), thumb.jpeg, size))
        if found is None:
            return self._last.get(tile.channel_id)
        found.setDevicePixelRatio(scale)
        if len(self._last) > _MOST_KEPT:
            self._last.clear()
        self._last[tile.channel_id] = found
        return found

    def _tick(self) -> None:
        """Repaint the ages once a second, and what blinks when it blinks."""
        second, is_lit = int(self._desk.mirror.now()), self._desk.frame.is_lit
        is_blinking = is_lit is not self._was_lit
        if second != self._second:
            self.update()
        elif is_blinking:
            for row, tile in enumerate(self.tiles):
                if tile.severity.rank >= Severity.MAJOR.rank and not tile.is_acked:
                    self._update_tile(row)
        self._second, self._was_lit = second, is_lit

    def _on_landed(self) -> None:
        if self.isVisible():
            self.update()

    def _update_tile(self, row: int) -> None:
        if row >= 0:
            self.update(self.tile_rect(row).adjusted(-1, -1, 1, 1))


def _rank(tile: Tile) -> tuple[object, ...]:
    return (-tile.severity.rank, tile.is_acked, not tile.words, tile.state == "ok", tile.code)
