"""Where the tiles stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_console.views.wall_geometry import Form, lay_out


@pytest.mark.parametrize(
    ("count", "width", "columns", "form"),
    [
        (12, 1504, 6, Form.HUGE),
        (60, 1504, 10, Form.LARGE),
        (300, 1504, 20, Form.FULL),
        (500, 1504, 25, Form.SMALL),
        (1000, 1504, 40, Form.TINY),
        (500, 1038, 15, Form.FULL),
    ],
)
def test_the_form_follows_number_and_room(count, width, columns, form):
    grid = lay_out(count, width)
    assert (grid.columns, grid.form) == (columns, form)


@pytest.mark.parametrize("count", [300, 500, 1000])
def test_a_desk_screen_shows_all_tiles_without_scrolling(count):
    assert lay_out(count, 1504).full_height <= 942


def test_three_hundred_tiles_have_the_size_of_the_picture():
    grid = lay_out(300, 1504)
    assert (grid.width, grid.height) == (72, 60)


@given(st.integers(1, 1200), st.integers(800, 3840), st.data())
def test_every_tile_is_hit_where_it_stands_and_fits_the_width(count, width, data):
    grid = lay_out(count, width)
    index = data.draw(st.integers(0, count - 1))
    x, y = grid.place(index)
    assert grid.hit(x, y) == index
    assert grid.hit(x + grid.width - 1, y + grid.height - 1) == index
    assert grid.hit(x - 1, y) != index
    assert x + grid.width <= width
    assert index in grid.inside(x, y, x, y)


def test_beside_the_tiles_nothing_is_hit():
    grid = lay_out(21, 1504)
    assert grid.hit(0, 0) == -1
    assert grid.hit(*grid.place(21)) == -1


def test_no_channel_no_tile():
    grid = lay_out(0, 1504)
    assert grid.full_height == 0
    assert grid.inside(0, 0, 1504, 900) == []
