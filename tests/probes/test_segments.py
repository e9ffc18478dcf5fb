"""One segment: fetched whole or by its first bytes, tried again, judged as missing, cut, slow or of wrong length."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest

from noc_console.catalogues import finding_type, metrics
from noc_console.model import Access, Expected, Input, Kind, Layer
from noc_console.net.fetch import Fetcher, Reply
from noc_console.probes.segments import Listed, Taken, figures, judged, take
from noc_console.probes.tools import Recorder, Tools

URL = "http://127.0.0.1:1/7.ts"
GOOD = Reply(URL, URL, 100.0, status=200, body=b"x", ttfb_s=0.1, body_s=0.9, total_s=1.0, size_bytes=3_000_000)
SEGMENT = Listed("hls", "720p@3.0M", URL, 6.0, sequence=7, line=12)
Answer = Callable[[bytes], bytes]


def page(body: bytes, status: str = "200 OK", length: int = -1) -> bytes:
    size = len(body) if length < 0 else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n\r\n".encode() + body


class Place:
    """A server with one answer after the other, and the tools of an input that watches it."""

    def __init__(self, tools: Tools, told: Recorder, url: str, heads: list[bytes]) -> None:
        self.tools, self.told, self.url, self.heads = tools, told, url, heads

    async def take(self, *, is_whole: bool = True, family: str = "hls", keep_bytes: int = 1 << 62) -> Taken:
        listed = replace(SEGMENT, url=f"{self.url}/7.ts", family=family)
        return await take(self.tools, listed, is_whole=is_whole, keep_bytes=keep_bytes)


@pytest.fixture
async def place() -> AsyncIterator[Callable[..., Awaitable[Place]]]:
    clients: set[asyncio.Task[None] | None] = set()
    servers: list[asyncio.Server] = []

    async with Fetcher() as fetcher:

        async def start(*answers: bytes) -> Place:
            waiting, heads = list(answers), []

            async def on_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                clients.add(asyncio.current_task())
                try:
                    while True:
                        heads.append(await reader.readuntil(b"\r\n\r\n"))
                        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                        writer.write(answer)
                        if b"Content-Length: 9000" in answer:
                            break
                    writer.close()
                except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                    writer.transport.abort()

            server = await asyncio.start_server(on_client, "127.0.0.1", 0)
            servers.append(server)
            told = Recorder()
            expected = Expected(segment_s=6.0)
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            input = Input(4, 4, Layer.ORIGIN, Kind.HLS, url, access=Access(query="token=s3cret"), expected=expected)
            return Place(Tools(input, fetcher, told), told, url, heads)

        yield start
        for server in servers:
            server.close()
        for client in clients:
            if client:
                client.cancel()
        await asyncio.gather(*(client for client in clients if client), return_exceptions=True)


Start = Callable[..., Awaitable[Place]]


async def test_a_good_segment_gives_its_figures_and_no_finding(place: Start) -> None:
    here = await place(page(bytes(600_000)))
    taken = await here.take()
    assert taken.is_had
    assert (taken.findings, taken.tries) == ((), 1)
    assert taken.metrics["segment.bitrate_bps"] == pytest.approx(800_000)
    assert taken.metrics["segment.speed_ratio"] > 1
    assert taken.metrics.keys() <= metrics().keys()
    rows = [data for kind, data in here.told.notes if kind == "requests"]
    assert [(row["rung"], row["duration_s"], row["status"]) for row in rows] == [("720p@3.0M", 6.0, 200)]


async def test_at_level_light_only_the_first_bytes_are_asked_for(place: Start) -> None:
    here = await place(page(bytes(1024), "206 Partial Content"))
    taken = await here.take(is_whole=False)
    assert b"Range: bytes=0-1023\r\n" in here.heads[0]
    assert taken.is_had
    assert "segment.ttfb_s" in taken.metrics
    assert not taken.metrics.keys() & {"segment.download_s", "segment.size_bytes", "segment.bitrate_bps"}


async def test_a_server_without_ranges_is_no_fault_and_costs_no_memory(place: Start) -> None:
    here = await place(page(bytes(900_000)))
    taken = await here.take(is_whole=False)
    assert taken.findings == ()
    assert len(taken.reply.body) == 64 * 1024


async def test_a_failure_is_tried_once_more_and_then_forgotten(place: Start) -> None:
    here = await place(page(b"busy", "503 Busy"), page(b"segment"))
    taken = await here.take()
    assert (taken.findings, taken.tries, taken.metrics["segment.is_missing"]) == ((), 2, 0.0)
    statuses = [one.metrics["http.is_5xx"] for one in here.told.observations]
    assert statuses == [1.0, 0.0], "each request counts for the error ratio"


@pytest.mark.parametrize("family", ["hls", "dash"])
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(page(b"", "404 Not Found"), "is listed but not there (404)", id="404"),
        pytest.param(page(b"", "410 Gone"), "is listed but not there (410)", id="410"),
        pytest.param(page(b"", "500 Error"), "was not delivered (500)", id="500"),
        pytest.param(page(b""), "came empty", id="empty"),
    ],
)
async def test_a_segment_that_is_not_there_is_missing(place: Start, family: str, answer: bytes, words: str) -> None:
    here = await place(answer)
    taken = await here.take(family=family)
    (finding,) = taken.findings
    assert finding.id == f"{family}-segment-missing"
    assert words in finding.text
    assert finding.where == {"uri": f"{here.url}/7.ts", "rung": "720p@3.0M", "sequence": 7, "line": 12}
    assert (taken.tries, taken.metrics["segment.is_missing"], taken.is_had) == (3, 1.0, False)
    assert finding_type(finding.id).alarm_type == "ABR_SEGMENT_MISSING"


async def test_a_segment_shorter_than_announced_is_cut(place: Start) -> None:
    here = await place(page(b"half", length=9000))
    taken = await here.take()
    assert [finding.id for finding in taken.findings] == ["hls-segment-incomplete"]
    assert "4 of 9000 bytes" in taken.findings[0].text


async def test_no_secret_is_in_a_row_or_a_finding(place: Start) -> None:
    here = await place(page(b"", "404 Not Found"))
    taken = await here.take()
    assert b"token=s3cret" in here.heads[0]
    assert "s3cret" not in f"{taken.findings} {here.told.notes}"


@pytest.mark.parametrize(
    ("total_s", "duration_s", "is_slow"),
    [
        pytest.param(1.99, 6.0, False, id="just fast enough"),
        pytest.param(2.01, 6.0, True, id="over 2.0 s"),
        pytest.param(0.99, 1.0, False, id="short segment, still real time"),
        pytest.param(1.01, 1.0, True, id="slower than real time"),
        pytest.param(1.5, 0.0, False, id="duration unknown"),
    ],
)
def test_slow_is_over_two_seconds_or_slower_than_real_time(total_s: float, duration_s: float, is_slow: bool) -> None:
    found = judged(replace(SEGMENT, duration_s=duration_s), replace(GOOD, total_s=total_s), 0.0, is_whole=True)
    assert ["hls-segment-slow"] * is_slow == [finding.id for finding in found]


@pytest.mark.parametrize(
    ("duration_s", "is_exempt", "is_off"),
    [
        pytest.param(6.6, False, False, id="10 % over"),
        pytest.param(6.61, False, True, id="a little more"),
        pytest.param(5.4, False, False, id="10 % under"),
        pytest.param(5.39, False, True, id="a little less"),
        pytest.param(2.0, True, False, id="the last before a discontinuity"),
    ],
)
def test_the_duration_may_be_off_by_a_tenth(duration_s: float, is_exempt: bool, is_off: bool) -> None:
    listed = replace(SEGMENT, duration_s=duration_s, is_exempt=is_exempt)
    found = judged(listed, GOOD, 6.0, is_whole=True)
    assert ["hls-segment-duration-off"] * is_off == [finding.id for finding in found]
    assert ("segment.duration_ratio" in figures(listed, GOOD, 6.0, is_whole=True)) is not is_exempt


async def test_a_segment_that_is_there_within_a_second_is_not_missing(place: Start) -> None:
    here = await place(page(b"", "404 Not Found"), page(b"", "404 Not Found"), page(b"segment"))
    taken = await here.take()
    assert (taken.findings, taken.tries) == ((), 3)
    asked = [data["at"] for kind, data in here.told.notes if kind == "requests"]
    assert 0.7 < asked[2] - asked[0] < 3.0


def test_waiting_for_a_segment_that_is_still_being_made_is_no_slow_download() -> None:
    # fetched 3.6 s before its last byte exists, and complete 0.2 s after that
    chunked = replace(SEGMENT, family="dash", duration_s=4.0, complete_at=103.6)
    reply = replace(GOOD, ttfb_s=0.01, body_s=3.79, total_s=3.8)
    assert judged(chunked, reply, 0.0, is_whole=True) == []
    assert figures(chunked, reply, 0.0, is_whole=True)["segment.download_s"] == pytest.approx(0.2)
    slow = replace(reply, body_s=6.09, total_s=6.1)
    assert [finding.id for finding in judged(chunked, slow, 0.0, is_whole=True)] == ["dash-segment-slow"]


def test_a_chunked_segment_asked_for_after_it_was_complete_is_judged_as_any_other() -> None:
    chunked = replace(SEGMENT, family="dash", complete_at=90.0)
    assert figures(chunked, GOOD, 0.0, is_whole=True)["segment.download_s"] == 1.0
