"""Which clock is believed where an MPD names no time source: the Date of its server, or ours."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from noc_console.media.dash import Mpd, parse
from noc_console.net.fetch import Reply
from noc_console.probes.dash_time import from_date

NOW = 1_790_000_000.0


def mpd(published_at: float | None) -> Mpd:
    stamp = "" if published_at is None else f'publishTime="{_iso(published_at)}"'
    text = f'<MPD type="dynamic" availabilityStartTime="2026-01-01T00:00:00Z" minBufferTime="PT2S" {stamp}/>'
    return parse(text.encode(), "http://127.0.0.1/live.mpd")


def _iso(at: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def reply(date: float, **headers: str) -> Reply:
    told = {"date": formatdate(date, usegmt=True), **headers}
    url = "http://127.0.0.1/live.mpd"
    return Reply(url, url, NOW, status=200, headers=told, body=b"x", ttfb_s=0.01, total_s=0.01)


@pytest.mark.parametrize(
    ("date", "published", "believed"),
    [
        pytest.param(300.0, -2.0, 0.0, id="the web server alone is five minutes ahead"),
        pytest.param(-300.0, -2.0, 0.0, id="the web server alone is five minutes behind"),
        pytest.param(300.0, 298.0, -300.0, id="the whole origin is ahead"),
        pytest.param(-300.0, -302.0, 300.0, id="the whole origin is behind, or we are ahead"),
        pytest.param(300.0, None, -300.0, id="nothing but the Date is told"),
        pytest.param(0.0, -2.0, 0.0, id="all agree"),
    ],
)
def test_the_clock_that_fits_the_time_of_publishing_is_believed(
    date: float, published: float | None, believed: float
) -> None:
    told = from_date(reply(NOW + date), mpd(None if published is None else NOW + published), NOW)
    assert told is not None
    assert told.believed_s == pytest.approx(believed, abs=1.0)


def test_a_date_out_of_a_cache_tells_nothing() -> None:
    assert from_date(reply(NOW - 300, age="300"), mpd(NOW), NOW) is None
