"""The tools of a probe, with a real fetcher and a recorder as its sink."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from noc_console import catalogues
from noc_console.media.ladder import Rung, labelled
from noc_console.model import Access, Input, Kind, Layer
from noc_console.net.fetch import Fetcher, Reply, Request
from noc_console.probes import requests
from noc_console.probes.tools import Recorder, Tools, now, steady_wall
from noc_console.settings import Settings

ACCESS = Access(headers={"X-Key": "k"}, query="token=s3cret", pin="127.0.0.1")
INPUT = Input(9, 9, Layer.EDGE, Kind.HLS, "http://127.0.0.1:1/a.m3u8", access=ACCESS)


@pytest.fixture
async def told() -> Recorder:
    return Recorder()


@pytest.fixture
async def tools(told: Recorder) -> AsyncIterator[Tools]:
    async with Fetcher() as fetcher:
        yield Tools(INPUT, fetcher, told, settings=Settings(request_timeout_s=1.5, max_redirects=2))


def test_a_request_carries_the_inputs_access_and_the_settings_bounds() -> None:
    tools = Tools(INPUT, None, Recorder(), settings=Settings(request_timeout_s=1.5, max_redirects=2))  # type: ignore[arg-type]
    request = tools.request("http://127.0.0.1/", max_bytes=7)
    assert request == Request("http://127.0.0.1/", access=ACCESS, timeout_s=1.5, max_redirects=2, max_bytes=7)


async def test_every_fetch_is_counted_and_shown(tools: Tools, told: Recorder) -> None:
    reply = await tools.fetch(tools.request(INPUT.url), rung="720p", duration_s=6.0)
    assert reply.error == "refused"
    (observation,) = told.observations
    assert (observation.input_id, observation.scope, observation.rung) == (9, "http/720p", "720p")
    assert observation.metrics == {"http.requests": 1.0, "http.is_5xx": 0.0, "http.is_error": 1.0}
    ((kind, row),) = told.notes
    assert kind == "requests"
    assert (row["rung"], row["error"], row["duration_s"]) == ("720p", "refused", 6.0)
    assert "s3cret" not in str(row)


async def test_a_test_that_asks_for_a_refusal_is_shown_and_not_counted(tools: Tools, told: Recorder) -> None:
    await tools.fetch(tools.request(INPUT.url), rung="720p", is_counted=False)
    assert told.observations == []
    assert [kind for kind, _ in told.notes] == ["requests"]


@pytest.mark.parametrize(
    ("status", "error", "is_5xx", "is_error"),
    [(200, "", 0, 0), (206, "", 0, 0), (304, "", 0, 0), (404, "", 0, 1), (503, "", 1, 1), (200, "truncated", 0, 1)],
)
def test_what_counts_as_an_error(status: int, error: str, is_5xx: float, is_error: float) -> None:
    reply = Reply("http://x/", "http://x/", 1.0, status=status, error=error, headers={"x-cache": "HIT"})
    metrics = requests.observation(reply, input_id=1, rung="").metrics
    assert (metrics["http.is_5xx"], metrics["http.is_error"], metrics["http.cache_hit"]) == (is_5xx, is_error, 1.0)
    assert metrics.keys() <= catalogues.metrics().keys()


def test_the_row_has_the_keys_of_the_api() -> None:
    """The list is that of `GET /channels/{id}/requests` in docs/api.md."""
    row = requests.row(Reply("http://x/", "http://x/", 1.0), rung="a", duration_s=0)
    assert set(row) == {
        *("at", "rung", "uri", "status", "dns_s", "connect_s", "tls_s", "ttfb_s", "body_s", "total_s", "size_bytes"),
        *("reused", "protocol", "peer", "redirects", "duration_s", "error", "http_age_s", "cache"),
    }


async def test_the_last_two_different_bodies_of_a_scope_are_kept(tools: Tools) -> None:
    for at, body in enumerate((b"one", b"two", b"two", b"three", b"three")):
        tools.keep_body("playlist/a", "http://x/", float(at), body)
    assert [(kept.at, kept.body) for kept in tools.bodies("playlist/a")] == [(2.0, b"two"), (4.0, b"three")]
    assert tools.scopes() == ("playlist/a",)
    assert tools.bodies("playlist/b") == ()


async def test_a_huge_body_is_kept_in_part(tools: Tools) -> None:
    tools.keep_body("mpd", "http://x/", 1.0, bytes(3_000_000))
    assert len(tools.bodies("mpd")[0].body) == 512 * 1024


async def test_the_ladder_is_told_only_when_it_changed(tools: Tools, told: Recorder) -> None:
    low, high = Rung("360p", "video", "a", 1_000_000), Rung("720p", "video", "b", 3_000_000)
    for rungs in ([low], [low], [low, high]):
        tools.tell_ladder(rungs)
    assert [[rung["rung"] for rung in data["rungs"]] for _, data in told.notes] == [["360p"], ["360p", "720p"]]


async def test_a_hostile_playlists_words_are_cut(tools: Tools, told: Recorder) -> None:
    (rung,) = labelled([Rung("", "audio", "a", language="x" * 100_000, codecs="y" * 100_000)])
    tools.tell_ladder([rung])
    row = requests.row(Reply("http://x/" + "a" * 100_000, "http://x/", 1.0), rung=rung.label, duration_s=0)
    assert len(str(told.notes)) + len(str(row)) < 5000


async def test_a_look_is_an_observation_of_the_input(tools: Tools, told: Recorder) -> None:
    tools.look("master", 5.0, {"ladder.rungs": 4.0})
    assert (told.observations[0].input_id, told.observations[0].scope) == (9, "master")


async def test_time_never_runs_backwards_and_waiting_ends_at_the_moment(tools: Tools) -> None:
    moments = [now() for _ in range(1000)]
    assert moments == sorted(moments)
    due = tools.now() + 0.02
    await tools.sleep_until(due)
    assert tools.now() >= due
    async with asyncio.timeout(1):
        await tools.sleep_until(due - 3600)
        await tools.sleep(-5)


def test_a_worker_counts_like_its_core_whatever_the_wall_clock_shows_meanwhile() -> None:
    an_hour_ahead = time.time() + 3600 - time.monotonic()
    assert steady_wall(repr(an_hour_ahead))() == pytest.approx(time.time() + 3600, abs=1)


@pytest.mark.parametrize("origin", [None, "", "noon", "nan", "inf"])
def test_without_a_core_the_wall_clock_is_taken(origin: str | None) -> None:
    assert steady_wall(origin)() == pytest.approx(time.time(), abs=1)


async def test_the_clock_is_unknown_without_three_hosts(tools: Tools) -> None:
    assert tools.clock_offset_s is None
