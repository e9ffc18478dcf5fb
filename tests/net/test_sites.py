"""An input's headers and token reach its own site and no other, also over redirects."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from conftest import Origin, page

from noc_console.model import Access
from noc_console.net.fetch import Fetcher, Request
from noc_console.net.fetch_urls import without_token
from noc_console.net.sites import access_for, is_same_site

Serve = Callable[..., Awaitable[Origin]]
HOME = "https://live.example.com/a/master.m3u8?x=1"
ACCESS = Access(headers={"X-Key": "k1"}, query="token=s3cret", ca_file="/ca.pem", pin="127.0.0.1")


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher() as made:
        yield made


@pytest.mark.parametrize(
    ("url", "hosts", "is_same"),
    [
        pytest.param("https://live.example.com/b/1.ts", (), True, id="own host"),
        pytest.param("https://LIVE.example.com:8443/1.ts", (), True, id="another port of it"),
        pytest.param("http://live.example.com/1.ts", (), False, id="in the clear"),
        pytest.param("https://cdn.example.com/1.ts", (), False, id="a neighbour"),
        pytest.param("https://cdn.example.com/1.ts", ("cdn.example.com",), True, id="a named one"),
        pytest.param("https://e7.cdn.example.net/1.ts", ("*.cdn.example.net",), True, id="a named family"),
        pytest.param("https://evilcdn.example.net/1.ts", ("*.cdn.example.net",), False, id="a look-alike"),
        pytest.param("https://live.example.com@evil.net/1.ts", (), False, id="our name as a user"),
        pytest.param("https://[broken/1.ts", (), False, id="no address"),
    ],
)
def test_which_addresses_are_of_the_same_site(url: str, hosts: tuple[str, ...], is_same: bool) -> None:
    assert is_same_site(url, HOME, hosts) is is_same


def test_a_stranger_gets_our_trust_and_nothing_else() -> None:
    assert access_for(ACCESS, "https://live.example.com/1.ts", HOME) is ACCESS
    assert access_for(ACCESS, "https://ads.example.org/1.ts", HOME) == Access(ca_file="/ca.pem")


def moved(where: str) -> bytes:
    return page(b"", f"Location: {where}", status="302 Found")


@pytest.mark.parametrize("name", ["X-Key", "Authorization", "Cookie"])
async def test_a_redirect_to_another_host_loses_the_headers(fetcher: Fetcher, serve: Serve, name: str) -> None:
    stranger = await serve(page(b"there"))
    there = f"http://localhost:{stranger.port}/b.m3u8"
    origin = await serve(moved(there))
    reply = await fetcher.fetch(Request(f"{origin.url}/a.m3u8", access=Access({name: "k1"}, "token=s3cret")))
    assert (reply.status, reply.body, reply.redirects, reply.effective_url) == (200, b"there", 1, there)
    assert f"{name}: k1".encode() in origin.heads[0]
    assert not any(word in stranger.heads[0] for word in (b"k1", b"s3cret"))
    phases = (reply.dns_s, reply.connect_s, reply.tls_s, reply.ttfb_s, reply.body_s)
    assert sum(phases) == pytest.approx(reply.total_s, abs=1e-6)


async def test_a_redirect_to_a_named_host_keeps_them(fetcher: Fetcher, serve: Serve) -> None:
    friend = await serve(page(b"there"))
    origin = await serve(moved(f"http://localhost:{friend.port}/b.m3u8"))
    access = Access({"X-Key": "k1"}, hosts=("localhost",))
    await fetcher.fetch(Request(f"{origin.url}/a.m3u8", access=access))
    assert b"X-Key: k1" in friend.heads[0]


async def test_redirects_within_the_site_keep_them_step_by_step(fetcher: Fetcher, serve: Serve) -> None:
    async def answer(head: bytes, writer: asyncio.StreamWriter) -> None:
        step = int(head[5:6])
        writer.write(moved(f"/{step + 1}") if step < 3 else page(b"there"))

    origin = await serve(answer)
    reply = await fetcher.fetch(Request(f"{origin.url}/0", access=Access({"X-Key": "k1"})))
    assert (reply.body, reply.redirects, reply.url) == (b"there", 3, f"{origin.url}/0")
    assert all(b"X-Key: k1" in head for head in origin.heads)


@pytest.mark.parametrize(
    ("location", "error"), [("/", "redirects"), ("file:///etc/passwd", "url"), ("http://[bad/", "url")]
)
async def test_a_redirect_that_leads_nowhere_has_its_name(
    fetcher: Fetcher, serve: Serve, location: str, error: str
) -> None:
    origin = await serve(moved(location))
    reply = await fetcher.fetch(Request(origin.url, access=Access({"X-Key": "k1"}), max_redirects=2))
    assert (reply.error, reply.body, bool(reply.error_text)) == (error, b"", True)
    assert len(origin.heads) <= 3


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("http://h/a?t=s3", "http://h/a"),
        ("http://h/a?t=s3&x=1", "http://h/a?x=1"),
        ("http://h/a?x=1&t=s3", "http://h/a?x=1"),
        ("http://h/a?x=1", "http://h/a?x=1"),
    ],
)
def test_the_token_is_taken_out_of_an_address_wherever_it_stands(url: str, clean: str) -> None:
    assert without_token(url, "t=s3") == clean
