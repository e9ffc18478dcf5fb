"""An assignment says the same to the worker as it did in the core."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_console.model import Access, Expected, Input, Kind, Layer, Level
from noc_console.net.pipe import HEAD, Frame, FrameType, GarbledFrame
from noc_console.net.pipe_forms import assigned, assignment
from noc_console.settings import Settings

TEXTS = st.text(max_size=12)
LABELS = st.lists(TEXTS, max_size=3).map(tuple)
INPUTS = st.builds(
    Input,
    id=st.integers(1, 10**6),
    channel_id=st.integers(1, 10**6),
    layer=st.sampled_from(Layer),
    kind=st.sampled_from(Kind),
    url=TEXTS,
    level=st.sampled_from(Level),
    poll_s=st.floats(0, 60),
    access=st.builds(
        Access, headers=st.dictionaries(TEXTS, TEXTS, max_size=2), query=TEXTS, ca_file=TEXTS, pin=TEXTS
    ),
    expected=st.builds(
        Expected,
        segment_s=st.floats(0, 60),
        rungs=LABELS,
        audio_languages=LABELS,
        subtitle_languages=LABELS,
        is_hdr=st.booleans(),
    ),
)


@settings(deadline=None)
@given(st.lists(INPUTS, max_size=4).map(tuple))
def test_inputs_and_bounds_come_out_as_they_went_in(inputs: tuple[Input, ...]) -> None:
    settings = Settings(request_timeout_s=3.5, max_redirects=2)
    raw = assignment(inputs, settings)
    frame = Frame(FrameType(raw[0]), raw[HEAD.size :])
    assert frame.type is FrameType.ASSIGN
    assert assigned(frame.json()) == (inputs, settings)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"inputs": [{}], "settings": {}}, id="an input without anything"),
        pytest.param({"inputs": [], "settings": {"max_redirects": -1}}, id="an impossible bound"),
        pytest.param({"inputs": 3, "settings": {}}, id="no list"),
    ],
)
def test_a_garbled_assignment_is_refused_by_name(content: dict[str, object]) -> None:
    with pytest.raises(GarbledFrame):
        assigned(content)
