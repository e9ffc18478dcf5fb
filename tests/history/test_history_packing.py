"""Columns come back exactly; bytes that are no column are refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from noc_console.history.blocks import pack_values, unpack_values
from noc_console.history.packing import pack, unpack
from noc_console.history.ticks import Samples, in_order, pack_tick, unpack_tick


@given(st.lists(st.integers(-(2**60), 2**60), max_size=300))
def test_whole_numbers_come_back(numbers):
    assert unpack(pack(np.array(numbers, np.int64))).tolist() == numbers


@given(st.binary(max_size=200))
def test_bytes_that_are_no_column_are_refused_or_read_but_never_crash(data):
    try:
        unpack(data)
    except ValueError:
        return


@given(arrays(np.float32, st.integers(1, 50), elements=st.floats(allow_nan=False, allow_infinity=False, width=32)))
def test_values_of_any_size_come_back_to_half_the_resolution(values):
    wide = values.astype(np.float64)
    back = unpack_values(pack_values(wide, 0.001), 0.001)
    assert np.allclose(back, wide, rtol=1e-7, atol=0.00051)


@pytest.mark.parametrize(("numbers", "limit"), [
    pytest.param(np.full(1200, 200), 40, id="a status that never changes"),
    pytest.param(np.arange(1200) * 6000, 40, id="a clock that never jitters"),
    pytest.param(np.random.default_rng(1).integers(0, 2, 1200), 260, id="one bit"),
    pytest.param(np.random.default_rng(1).integers(0, 256, 1200), 1240, id="eight bits of noise"),
])  # fmt: skip
def test_a_column_takes_no_more_than_it_says(numbers, limit):
    assert len(pack(numbers.astype(np.int64))) <= limit


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2**31 - 1), st.integers(-86_400_000, 86_400_000), st.floats(-1e6, 1e6, width=32)
        ),
        min_size=1, max_size=100,
    )
)  # fmt: skip
def test_a_tick_row_comes_back(rows):
    series, off, values = (np.array(column) for column in zip(*rows, strict=True))
    at = 1_790_000_000.25
    given_ = in_order(Samples(series.astype("u4"), off + 1_790_000_000_000, values.astype("f4")))
    back = unpack_tick(pack_tick(given_, at))
    assert (back.series == given_.series).all()
    assert (back.ms == given_.ms).all()
    assert (back.values == given_.values).all()
