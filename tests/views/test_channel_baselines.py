"""The bands of the last 24 h behind the charts of the channel page."""

from __future__ import annotations

from collections.abc import Iterator

import canned_story as story
import numpy as np
import pytest
from canned_agent import serving, settled
from PySide6.QtWidgets import QApplication

from noc_console.views.channel import ChannelScreen
from noc_console.views.channel_baselines import BaselineFeed
from noc_console.views.charts.bands import NAME, Band
from noc_console.views.charts.legend import Legend
from noc_console.views.charts.spec import ChartSpec, CurveSpec
from noc_console.views.charts.stack import Stack
from noc_console.views.charts.trace import Trace
from noc_console.views.desk import Desk
from noc_console.views.theme import Theme

END = 1_795_185_120.0
BITS = CurveSpec("1080p50", "segment.bitrate_bps", "1080p50", 1)
SPEC = ChartSpec("Bitrate", "Mbit/s", (8,), (BITS,), scale=1e-6)


@pytest.fixture
def stack(look: Theme, qapp: QApplication) -> Iterator[Stack]:
    shown = Stack(look, [SPEC])
    shown.resize(900, 200)
    shown.show()
    qapp.processEvents()
    yield shown
    shown.close()


def drawn(stack: Stack, qapp: QApplication, bands: dict[CurveSpec, Band]) -> list[str]:
    """Return the colours of one pixel column of the chart, from top to bottom."""
    trace = Trace()
    trace.replace([[at, 5e6, 5e6, 5e6, 1] for at in np.arange(END - 900, END, 6.0)])
    stack.draw(END - 900, END, {BITS: trace}, bands=bands)
    qapp.processEvents()
    image, box = stack.grab().toImage(), stack.charts[0].box.sceneBoundingRect()
    return [image.pixelColor(int(box.center().x()), y).name() for y in range(int(box.top()) + 1, int(box.bottom()))]


def test_a_band_is_painted_where_its_values_are_and_nowhere_else(
    stack: Stack, look: Theme, qapp: QApplication
) -> None:
    column = drawn(stack, qapp, {BITS: Band(2e6, 4e6)})
    hue = look.colours.band_low.name()
    places = [place / len(column) for place, colour in enumerate(column) if colour == hue]
    # the axis goes from 0 to 8: 4 is half way down, 2 three quarters
    assert min(places) == pytest.approx(0.5, abs=0.03)
    assert max(places) == pytest.approx(0.75, abs=0.03)
    assert stack.charts[0].has_bands


def test_a_band_beyond_the_axis_is_cut_off_and_a_flat_one_still_seen(
    stack: Stack, look: Theme, qapp: QApplication
) -> None:
    hue = look.colours.band_low.name()
    assert hue not in drawn(stack, qapp, {BITS: Band(9e6, 12e6)})
    assert hue in drawn(stack, qapp, {BITS: Band(3e6, 3e6)})
    assert hue not in drawn(stack, qapp, {})
    assert not stack.charts[0].has_bands


async def test_each_curve_is_asked_for_once_until_it_has_aged(desk: Desk) -> None:
    feed = BaselineFeed(desk)
    known = CurveSpec("1080p50", "segment.download_s", story.RUNGS[0], 10)
    async with serving(desk) as agent:
        agent.answers["/series/baseline"] = {
            "band": {"low": 0.2, "mean": 0.3, "high": 0.5, "n": 9, "covered_s": 3600}
        }
        feed.poll([known])
        await settled(desk)
        assert feed.bands([known]) == {known: Band(0.2, 0.5)}
        feed.poll([known])
        agent.answers["/series/baseline"] = {"band": None}
        other = CurveSpec("TTFB", "segment.ttfb_s", story.RUNGS[0], 10)
        feed.poll([known, other])
        await settled(desk)
        assert feed.bands([known, other]) == {known: Band(0.2, 0.5)}


async def test_the_page_draws_the_bands_and_names_them(desk: Desk) -> None:
    desk.mirror.take(story.board())
    async with serving(desk):
        screen = ChannelScreen(desk)
        screen.resize(1864, 1008)
        screen.open(1)
        screen.show()
        await settled(desk)
        screen.plots.resume()
        screen.refresh()
        stack = screen.plots.stack
        assert [chart.has_bands for chart in stack.charts] == [True, True, True, False], "bars have none"
        assert stack.findChild(Legend).accessibleDescription().count(NAME) == 3
        screen.close()
