"""One request at a time: what an honest server's answer looks like, and how it is reached."""

from __future__ import annotations

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from conftest import Origin, Trust, page

from noc_console.model import Access
from noc_console.net.fetch import Fetcher, Reply, Request

Serve = Callable[..., Awaitable[Origin]]


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher() as made:
        yield made


def phases(reply: Reply) -> tuple[float, ...]:
    return (reply.dns_s, reply.connect_s, reply.tls_s, reply.ttfb_s, reply.body_s)


async def test_the_answer_comes_with_its_body_and_headers(fetcher: Fetcher, serve: Serve) -> None:
    origin = await serve(page(b"body", "X-Cache: MISS", "Age: 7", "X-CACHE: HIT"))
    reply = await fetcher.fetch(Request(f"{origin.url}/a.m3u8"))
    assert (reply.status, reply.body, reply.error) == (200, b"body", "")
    assert reply.headers["x-cache"] == "HIT", "the last value wins"
    assert (reply.headers["age"], reply.size_bytes, reply.protocol) == ("7", 4, "HTTP/1.1")
    assert reply.peer == f"127.0.0.1:{origin.port}"


async def test_the_phases_add_up_to_the_whole(fetcher: Fetcher, serve: Serve, trust: Trust) -> None:
    async def late(_: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst")
        await asyncio.sleep(0.05)
        writer.write(b"later")

    origin = await serve(late, tls=trust.server)
    reply = await fetcher.fetch(Request(origin.url, access=Access(ca_file=trust.ca_file)))
    assert reply.is_ok
    assert all(phase >= 0 for phase in phases(reply))
    assert sum(phases(reply)) == pytest.approx(reply.total_s)
    assert reply.tls_s > 0
    assert reply.connect_s > 0
    assert reply.ttfb_s >= 0.05
    assert reply.body_s > 0


async def test_a_second_request_takes_the_open_connection(fetcher: Fetcher, serve: Serve) -> None:
    origin = await serve(page())
    first, second = [await fetcher.fetch(Request(origin.url)) for _ in range(2)]
    assert [first.is_reused, second.is_reused] == [False, True]
    assert (second.dns_s, second.connect_s, second.tls_s) == (0, 0, 0)
    assert origin.connections == 1


async def test_ipv6_is_reached(fetcher: Fetcher, serve: Serve) -> None:
    origin = await serve(page(), host="::1")
    reply = await fetcher.fetch(Request(origin.url))
    assert (reply.status, reply.peer) == (200, f"[::1]:{origin.port}")


async def test_a_head_request_takes_no_body(fetcher: Fetcher, serve: Serve) -> None:
    origin = await serve(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    reply = await fetcher.fetch(Request(origin.url, method="HEAD"))
    assert (reply.status, reply.body, reply.error) == (200, b"", "")
    assert origin.heads[0].startswith(b"HEAD ")


async def test_a_get_after_a_head_takes_the_body_again(fetcher: Fetcher, serve: Serve) -> None:
    async def honest(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(page() if head.startswith(b"GET") else page()[: -len(b"hello")])

    origin = await serve(honest)
    await fetcher.fetch(Request(origin.url, method="HEAD"))
    assert (await fetcher.fetch(Request(origin.url))).body == b"hello"


async def test_a_range_is_asked_for_once_and_not_again(fetcher: Fetcher, serve: Serve) -> None:
    origin = await serve(page(b"01234", status="206 Partial Content"))
    await fetcher.fetch(Request(origin.url, byte_range="0-4"))
    await fetcher.fetch(Request(origin.url))
    assert b"Range: bytes=0-4\r\n" in origin.heads[0]
    assert b"Range" not in origin.heads[1]


async def test_gzip_is_asked_for_and_decoded_only_when_wanted(fetcher: Fetcher, serve: Serve) -> None:
    packed = gzip.compress(b"#EXTM3U\n" * 100)
    origin = await serve(page(packed, "Content-Encoding: gzip"))
    wanted = await fetcher.fetch(Request(origin.url, accept_gzip=True))
    plain = await fetcher.fetch(Request(origin.url))
    assert wanted.body == b"#EXTM3U\n" * 100
    assert wanted.size_bytes == len(packed), "the size is the one on the wire"
    assert wanted.headers["content-encoding"] == "gzip"
    assert plain.body == packed
    assert [b"Accept-Encoding: gzip" in head for head in origin.heads] == [True, False]


async def test_only_the_wanted_part_of_a_long_body_is_kept(fetcher: Fetcher, serve: Serve) -> None:
    origin = await serve(page(b"head" + bytes(1_000_000)))
    reply = await fetcher.fetch(Request(origin.url, keep_bytes=4))
    assert (reply.body, reply.size_bytes, reply.error) == (b"head", 1_000_004, "")


async def test_headers_and_token_of_the_access_go_along(fetcher: Fetcher, serve: Serve) -> None:
    origin = await serve(page())
    access = Access(headers={"X-Key": "k1", "X-Empty": ""}, query="?token=secret")
    replies = [
        await fetcher.fetch(Request(f"{origin.url}/{path}", headers={"Origin": "https://player"}, access=access))
        for path in ("a.m3u8", "a.m3u8?b=1#fragment")
    ]
    assert origin.heads[0].startswith(b"GET /a.m3u8?token=secret HTTP")
    assert origin.heads[1].startswith(b"GET /a.m3u8?b=1&token=secret HTTP")
    assert b"X-Key: k1\r\n" in origin.heads[0]
    assert b"X-Empty:\r\n" in origin.heads[0]
    assert b"Origin: https://player\r\n" in origin.heads[0]
    assert not any("secret" in reply.effective_url for reply in replies)


async def test_the_headers_of_one_request_do_not_stick_to_the_next(fetcher: Fetcher, serve: Serve) -> None:
    origin = await serve(page())
    await fetcher.fetch(Request(origin.url, headers={"X-Key": "k1"}))
    await fetcher.fetch(Request(origin.url))
    assert b"X-Key" not in origin.heads[1]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_a_host_is_pinned_to_an_address(fetcher: Fetcher, serve: Serve, host: str) -> None:
    origin = await serve(page(), host=host)
    url = f"http://edge.example.invalid:{origin.port}/live.m3u8"
    pinned = await fetcher.fetch(Request(url, access=Access(pin=host)))
    free = await fetcher.fetch(Request(url))
    assert (pinned.status, host in pinned.peer) == (200, True)
    assert f"Host: edge.example.invalid:{origin.port}".encode() in origin.heads[0]
    assert free.error == "dns", "the pin is this request's only"


async def test_a_pin_may_name_another_port(fetcher: Fetcher, serve: Serve) -> None:
    origin = await serve(page())
    reply = await fetcher.fetch(
        Request("http://edge.example.invalid/a", access=Access(pin=f"127.0.0.1:{origin.port}"))
    )
    assert reply.status == 200


async def test_a_redirect_is_followed_and_told(fetcher: Fetcher, serve: Serve) -> None:
    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        moved = b"HTTP/1.1 302 Found\r\nX-Way: here\r\nLocation: /b.m3u8\r\nContent-Length: 0\r\n\r\n"
        writer.write(moved if head.startswith(b"GET /a") else page(b"there"))

    origin = await serve(answer)
    reply = await fetcher.fetch(Request(f"{origin.url}/a.m3u8"))
    assert (reply.status, reply.body, reply.redirects) == (200, b"there", 1)
    assert reply.effective_url == f"{origin.url}/b.m3u8"
    assert "x-way" not in reply.headers, "only the last answer's headers count"


async def test_with_no_redirects_allowed_the_redirect_itself_is_the_answer(fetcher: Fetcher, serve: Serve) -> None:
    origin = await serve(page(b"", "Location: /b", status="302 Found"))
    reply = await fetcher.fetch(Request(origin.url, max_redirects=0))
    assert (reply.status, reply.error) == (302, "")


async def test_our_own_ca_is_trusted_only_where_it_is_given(fetcher: Fetcher, serve: Serve, trust: Trust) -> None:
    origin = await serve(page(), tls=trust.server)
    url = origin.url.replace("127.0.0.1", "localhost")
    stranger = await fetcher.fetch(Request(url))
    friend = await fetcher.fetch(Request(url, access=Access(ca_file=trust.ca_file)))
    again = await fetcher.fetch(Request(url))
    assert (stranger.error, friend.status, again.error) == ("tls", 200, "tls")
    assert "certificate" in stranger.error_text


async def test_a_certificate_for_another_name_is_refused(fetcher: Fetcher, serve: Serve, trust: Trust) -> None:
    origin = await serve(page(), tls=trust.server)
    url = f"https://edge.example.invalid:{origin.port}/"
    reply = await fetcher.fetch(Request(url, access=Access(ca_file=trust.ca_file, pin="127.0.0.1")))
    assert reply.error == "tls"
    assert reply.error_text.endswith("failed: its certificate is for another name.")


async def test_what_tls_complains_of_is_said_plainly(fetcher: Fetcher, serve: Serve, trust: Trust) -> None:
    origin = await serve(page(), tls=trust.server)
    reply = await fetcher.fetch(Request(f"https://127.0.0.1:{origin.port}/"))
    assert reply.error_text.endswith("its certificate is signed by nobody we trust; name its CA by a CA file.")


@pytest.mark.parametrize("path", ["/a b.ts", "/kênh/đài.ts", "/a%20b.ts?x=ä"])
async def test_real_world_addresses_are_encoded_as_players_do(fetcher: Fetcher, serve: Serve, path: str) -> None:
    origin = await serve(page())
    reply = await fetcher.fetch(Request(origin.url + path))
    assert reply.status == 200
    assert origin.heads[0].isascii()


async def test_many_at_once_all_get_their_own_answer(fetcher: Fetcher, serve: Serve) -> None:
    async def echo(head: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0)
        writer.write(page(head.split()[1]))

    origin = await serve(echo)
    replies = await asyncio.gather(*(fetcher.fetch(Request(f"{origin.url}/{n}")) for n in range(300)))
    assert [reply.body for reply in replies] == [b"/%d" % n for n in range(300)]
    assert fetcher.in_flight == 0


async def test_a_cancelled_fetch_leaves_nothing_behind(fetcher: Fetcher, serve: Serve) -> None:
    async def never(head: bytes, writer: asyncio.StreamWriter) -> None:
        if b"/never" in head:
            await asyncio.Event().wait()
        writer.write(page())

    origin = await serve(never)
    task = asyncio.create_task(fetcher.fetch(Request(f"{origin.url}/never")))
    while not origin.heads:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert fetcher.in_flight == 0
    assert (await fetcher.fetch(Request(origin.url))).body == b"hello"


async def test_closing_ends_what_is_under_way(serve: Serve) -> None:
    async def never(_: bytes, __: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    origin = await serve(never)
    fetcher = Fetcher()
    task = asyncio.create_task(fetcher.fetch(Request(origin.url)))
    while not origin.heads:
        await asyncio.sleep(0)
    fetcher.close()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_no_secret_reaches_a_message_or_the_log(
    fetcher: Fetcher, serve: Serve, trust: Trust, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    access = Access(headers={"Authorization": "Bearer s3cret"}, query="token=s3cret")
    loop = await serve(page(b"", "Location: /again?token=s3cret", status="302 Found"))
    encrypted = await serve(page(), tls=trust.server)
    urls = [
        loop.url,
        encrypted.url,
        "http://user:s3cret@127.0.0.1:1/?key=s3cret",
        "http://user:s3cret@nosuch.invalid/s3cret",
        "ftp://user:s3cret@127.0.0.1/",
        "http://[s3cret/",
    ]
    replies = [await fetcher.fetch(Request(url, access=access)) for url in urls]
    assert all(reply.error and reply.error_text for reply in replies)
    assert not any("s3cret" in reply.error_text for reply in replies)
    assert "s3cret" not in caplog.text
