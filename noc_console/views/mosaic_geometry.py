"""Where each tile of the mosaic stands: pictures as large as all of them fit, at least 128 x 72."""

from __future__ import annotations

from dataclasses import dataclass, replace

GAP, MARGIN = 4, 12
HEAD, SIDE, METERS = 20, 4, 14
_WIDTHS = tuple(range(256, 127, -4))
"""Pictures are 256 pixels wide as they come; larger ones would only be blurred."""


@dataclass(frozen=True, slots=True)
class MosaicGrid:
    """A laid-out mosaic in device-independent pixels; hit tests are divisions."""

    columns: int
    picture_width: int
    count: int
    left: int = MARGIN

    @property
    def picture_height(self) -> int:
        """Height of a picture, 16 to 9."""
        return self.picture_width * 9 // 16

    @property
    def width(self) -> int:
        """Width of a tile: picture, meters beside it, and what is between."""
        return SIDE + self.picture_width + SIDE + METERS + SIDE

    @property
    def height(self) -> int:
        """Height of a tile."""
        return HEAD + self.picture_height + SIDE

    @property
    def rows(self) -> int:
        """Number of rows."""
        return -(-self.count // self.columns)

    @property
    def full_height(self) -> int:
        """Height of all rows with their gaps and margins."""
        return self.rows * (self.height + GAP) + 2 * MARGIN - GAP if self.count else 0

    def place(self, index: int) -> tuple[int, int]:
        """Return the left upper corner of a tile."""
        row, column = divmod(index, self.columns)
        return self.left + column * (self.width + GAP), MARGIN + row * (self.height + GAP)

    def hit(self, x: float, y: float) -> int:
        """Return the index of the tile at a point, -1 beside the tiles."""
        column, in_x = divmod(x - self.left, self.width + GAP)
        row, in_y = divmod(y - MARGIN, self.height + GAP)
        index = int(row * self.columns + column)
        is_on = 0 <= column < self.columns and row >= 0 and in_x < self.width and in_y < self.height
        return index if is_on and 0 <= index < self.count else -1

    def inside(self, top: int, bottom: int) -> range:
        """Return the tiles of the rows that touch a stretch of height."""
        first = max(0, (top - MARGIN) // (self.height + GAP))
        last = (bottom - MARGIN) // (self.height + GAP)
        return range(min(first * self.columns, self.count), max(0, min((last + 1) * self.columns, self.count)))


def lay_out(count: int, width: int, height: int) -> MosaicGrid:
    """Return the grid for `count` channels in a viewport: the largest pictures that all fit, else small ones.

    Small ones fill the width, and the rest is reached by scrolling.
    """
    grids = [_grid(count, width, picture) for picture in _WIDTHS]
    return next((grid for grid in grids if grid.full_height <= height), _filled(grids[-1], width))


def _grid(count: int, width: int, picture: int) -> MosaicGrid:
    tile = MosaicGrid(1, picture, count).width
    columns = max(1, (width - 2 * MARGIN + GAP) // (tile + GAP))
    return MosaicGrid(columns, picture, count)


def _filled(grid: MosaicGrid, width: int) -> MosaicGrid:
    around = grid.width - grid.picture_width
    room = (width - 2 * MARGIN + GAP) // grid.columns - GAP - around
    return replace(grid, picture_width=max(grid.picture_width, min(room, _WIDTHS[0])))
