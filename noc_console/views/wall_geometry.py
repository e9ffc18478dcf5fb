"""Where each tile of the wall stands: columns and tile size by number of channels and room (SCREENS 4 and 7)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

GAP = 2
MARGIN = 12


class Form(StrEnum):
    """How much a tile tells."""

    HUGE = "huge"
    LARGE = "large"
    FULL = "full"
    SMALL = "small"
    TINY = "tiny"


@dataclass(frozen=True, slots=True)
class Grid:
    """A laid-out wall in device-independent pixels; hit tests are divisions."""

    form: Form
    columns: int
    width: int
    height: int
    count: int

    @property
    def rows(self) -> int:
        """Number of rows."""
        return -(-self.count // self.columns)

    @property
    def full_height(self) -> int:
        """Height of all rows with their gaps and margins."""
        return self.rows * (self.height + GAP) + MARGIN if self.count else 0

    def place(self, index: int) -> tuple[int, int]:
        """Return the left upper corner of a tile."""
        row, column = divmod(index, self.columns)
        return MARGIN + column * (self.width + GAP), MARGIN + row * (self.height + GAP)

    def hit(self, x: float, y: float) -> int:
        """Return the index of the tile at a point, -1 beside the tiles."""
        column, in_x = divmod(x - MARGIN, self.width + GAP)
        row, in_y = divmod(y - MARGIN, self.height + GAP)
        index = int(row * self.columns + column)
        is_on = 0 <= column < self.columns and row >= 0 and in_x < self.width and in_y < self.height
        return index if is_on and 0 <= index < self.count else -1

    def inside(self, left: int, top: int, right: int, bottom: int) -> list[int]:
        """Return the tiles that touch a rectangle."""
        first_row = max(0, (top - MARGIN) // (self.height + GAP))
        last_row = min(self.rows - 1, (bottom - MARGIN) // (self.height + GAP))
        first = max(0, (left - MARGIN) // (self.width + GAP))
        last = min(self.columns - 1, (right - MARGIN) // (self.width + GAP))
        return [
            index
            for row in range(first_row, last_row + 1)
            for index in range(row * self.columns + first, row * self.columns + last + 1)
            if index < self.count
        ]


def lay_out(count: int, width: int) -> Grid:
    """Return the grid for `count` channels in a viewport `width` wide.

    A desk screen has 20 columns up to 300 channels, 25 up to 500, 40 above; a narrow one has 15 and scrolls.
    Up to 60 channels get a large tile, up to 24 a huge one, which have room for the alarm's text.
    """
    room = width - 2 * MARGIN + GAP
    is_narrow = width < 1300
    if count <= 24:
        return Grid(Form.HUGE, *_fit(room, 4 if is_narrow else 6), 128, count)
    if count <= 60:
        return Grid(Form.LARGE, *_fit(room, 7 if is_narrow else 10), 92, count)
    if is_narrow:
        return Grid(Form.FULL, *_fit(room, 15), 60, count)
    if count <= 300:
        return Grid(Form.FULL, *_fit(room, 20), 60, count)
    if count <= 500:
        return Grid(Form.SMALL, *_fit(room, 25), 44, count)
    return Grid(Form.TINY, *_fit(room, 40), 35, count)


def _fit(room: int, columns: int) -> tuple[int, int]:
    return columns, max(24, room // columns - GAP)
