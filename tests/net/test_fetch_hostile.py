"""A hostile or broken server cannot hurt: every fault has a name, a sentence and a bound."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from conftest import Origin, page

from noc_console.net.fetch import Fetcher, Request

Serve = Callable[..., Awaitable[Origin]]


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher() as made:
        yield made


async def reset(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def reset_in_the_body(head: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    await asyncio.sleep(0.02)
    await reset(head, writer)


async def hang_up(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def lie_about_the_length(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    writer.close()


async def stop_in_a_chunk(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf")
    writer.close()


async def stall(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    await asyncio.Event().wait()


async def say_nothing(_: bytes, __: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def drip(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"x")
        await asyncio.sleep(0.01)


async def endless(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(bytes(65536))
        await writer.drain()


async def endless_head(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Long: " + b"a" * 1000 + b"\r\n")
        await writer.drain()


async def many_short_headers(_: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 20_000 + b"Content-Length: 0\r\n\r\n")


async def endless_interim(_: bytes, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 1000)
        await writer.drain()


BOMB = page(gzip.compress(bytes(50_000_000)), "Content-Encoding: gzip")
NESTED = page(gzip.compress(gzip.compress(bytes(50_000_000))), "Content-Encoding: gzip, gzip")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(reset, "reset", id="reset at once"),
        pytest.param(reset_in_the_body, "reset", id="reset in the body"),
        pytest.param(hang_up, "reset", id="closed without an answer"),
        pytest.param(lie_about_the_length, "truncated", id="less than Content-Length"),
        pytest.param(stop_in_a_chunk, "truncated", id="stops in a chunk"),
        pytest.param(stall, "timeout", id="stalls in the body"),
        pytest.param(say_nothing, "timeout", id="never answers"),
        pytest.param(drip, "timeout", id="drips byte by byte"),
        pytest.param(endless, "too-large", id="never ends"),
        pytest.param(endless_head, "too-large", id="head never ends"),
        pytest.param(many_short_headers, "too-large", id="too many headers"),
        pytest.param(endless_interim, "too-large", id="interim answers never end"),
        pytest.param(page(bytes(100_001)), "too-large", id="one byte too much"),
        pytest.param(BOMB, "too-large", id="gzip bomb"),
        pytest.param(NESTED, "too-large", id="gzip bomb in gzip"),
        pytest.param(page(b"no gzip", "Content-Encoding: gzip"), "encoding", id="announces gzip, sends none"),
        pytest.param(page(b"x", "Content-Encoding: sparkle"), "encoding", id="packs as nobody asked for"),
        pytest.param(b"SSH-2.0-OpenSSH_9.6\r\n\r\n" * 9, "protocol", id="no HTTP at all"),
        pytest.param(b"HTTP/1.1 abc\r\n\r\n", "protocol", id="status is no number"),
        pytest.param(page(b"", "Location: /", status="302 Found"), "redirects", id="redirect loop"),
        pytest.param(page(b"", "Location: file:///etc/passwd", status="302 Found"), "url", id="redirect to a file"),
        pytest.param(page(b"", "Location: gopher://127.0.0.1/", status="302 Found"), "url", id="redirect to gopher"),
    ],
)
async def test_a_fault_has_a_name_and_a_sentence(fetcher: Fetcher, serve: Serve, answer: bytes, error: str) -> None:
    origin = await serve(answer)
    request = Request(origin.url, max_bytes=100_000, timeout_s=0.7, accept_gzip=True)
    reply = await fetcher.fetch(request)
    assert reply.error == error, reply
    assert reply.error_text.endswith(".")
    assert "limit of 0 bytes" not in reply.error_text
    assert len(reply.body) <= 100_000
    assert reply.total_s < 2


async def test_a_server_that_was_bad_once_is_asked_again_on_a_fresh_connection(
    fetcher: Fetcher, serve: Serve
) -> None:
    turns = iter([lie_about_the_length, reset])

    async def better_later(head: bytes, writer: asyncio.StreamWriter) -> None:
        bad = next(turns, None)
        if bad:
            await bad(head, writer)
        else:
            writer.write(page())

    origin = await serve(better_later)
    replies = [await fetcher.fetch(Request(origin.url)) for _ in range(3)]
    assert [reply.error for reply in replies] == ["truncated", "reset", ""]


async def test_a_connection_closed_while_idle_is_no_fault(fetcher: Fetcher, serve: Serve) -> None:
    async def once(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(page())
        await writer.drain()
        writer.close()

    origin = await serve(once)
    replies = [await fetcher.fetch(Request(origin.url)) for _ in range(5)]
    assert [reply.error for reply in replies] == [""] * 5


async def test_a_port_nobody_listens_on_is_refused(fetcher: Fetcher) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        reply = await fetcher.fetch(Request(f"http://127.0.0.1:{taken.getsockname()[1]}/"))
    assert reply.error == "refused"
    assert reply.connect_s + reply.dns_s == pytest.approx(reply.total_s)


async def test_a_full_listener_times_out_while_connecting(fetcher: Fetcher) -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for client in (first, second):
            client.setblocking(False)
            client.connect_ex(full.getsockname())
        reply = await fetcher.fetch(Request(f"http://127.0.0.1:{full.getsockname()[1]}/", timeout_s=0.3))
    assert reply.error == "timeout"
    assert reply.ttfb_s == 0


async def test_an_unknown_name_is_a_dns_error(fetcher: Fetcher) -> None:
    reply = await fetcher.fetch(Request("http://nosuch.invalid/live.m3u8"))
    assert (reply.error, "nosuch.invalid" in reply.error_text) == ("dns", True)


async def test_plain_http_on_a_tls_address_is_a_tls_error(fetcher: Fetcher, serve: Serve) -> None:
    origin = await serve(hang_up)
    reply = await fetcher.fetch(Request(origin.url.replace("http://", "https://"), timeout_s=1))
    assert reply.error in ("tls", "timeout")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "live.m3u8",
        "file:///etc/passwd",
        "http://",
        "http:///a",
        "http://[::1",
        "http://a:99999/",
        "http://127.0.0.1/\x00",
        "http://127.0.0.1/\r\nX-Injected: 1",
        "http://ex ample.invalid/",
        "http://\ud800.invalid/",
        "http://" + "a" * 300 + ".invalid/",
        "http://" + "é" * 100 + ".invalid/",
        "http://127.0.0.1:1/" + "a" * 9_000_000,
        "HTTP://%zz/",
    ],
)
async def test_what_is_no_address_is_told_and_never_raised(fetcher: Fetcher, url: str) -> None:
    reply = await fetcher.fetch(Request(url, timeout_s=1))
    assert reply.error in ("url", "dns", "refused"), reply.error
    assert len(reply.error_text) < 400


async def test_a_header_cannot_smuggle_a_line(fetcher: Fetcher, serve: Serve) -> None:
    origin = await serve(page())
    reply = await fetcher.fetch(Request(origin.url, headers={"X-A": "b\r\nX-Injected: 1"}))
    assert reply.error == "url"
    assert origin.heads == []
    assert (await fetcher.fetch(Request(origin.url))).status == 200


async def test_many_endless_bodies_at_once_are_bounded_together_and_the_small_ones_come_through(serve: Serve) -> None:
    flood, honest = await serve(endless), await serve(page(bytes(50_000)))
    async with Fetcher(held_bytes=4_000_000) as fetcher:
        floods = [fetcher.fetch(Request(flood.url, max_bytes=1 << 40, timeout_s=20)) for _ in range(8)]
        small = [fetcher.fetch(Request(honest.url)) for _ in range(8)]
        replies = await asyncio.gather(*floods, *small)
        assert fetcher.held_bytes == 0
    assert [reply.error for reply in replies] == ["too-large"] * 8 + [""] * 8
    assert all(reply.body == b"" for reply in replies[:8])


async def test_a_body_of_which_little_is_kept_may_be_long(serve: Serve) -> None:
    origin = await serve(page(bytes(3_000_000)))
    async with Fetcher(held_bytes=100_000) as fetcher:
        reply = await fetcher.fetch(Request(origin.url, keep_bytes=1000))
        assert (reply.error, len(reply.body), fetcher.held_bytes) == ("", 1000, 0)


async def test_a_proxy_of_the_environment_is_not_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    origin = await serve(page())
    async with Fetcher() as fetcher:
        assert (await fetcher.fetch(Request(origin.url))).status == 200
