"""Diagnostics of what is fetched: waterfall, DNS, ladder, ping, over real servers on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hls_origin import HIGH, LOW, Origin, origin
from hypothesis import given
from hypothesis import strategies as st

from noc_console.model import Access, Expected, Input, Kind, Layer
from noc_console.probes.diagnostics import dns, dns_wire, registry
from noc_console.probes.diagnostics.ask import NoAsk
from noc_console.probes.diagnostics.values import Impossible, Kit, Result, Target
from noc_console.settings import Settings

NOW = 1_790_000_036.5


class Told(NoAsk):
    """An agent that tells what it was given."""

    def __init__(self, inspection: Mapping[str, Any] | None = None) -> None:
        self.inspection = inspection

    async def inspect(self, entry: Input, seconds: float) -> Mapping[str, Any]:
        if self.inspection is None:
            return await super().inspect(entry, seconds)
        return self.inspection


def at(url: str, **more: Any) -> Input:
    return Input(1, 1, Layer.PACKAGER, Kind.HLS, url, **more)


async def examined(name: str, entry: Input | None, ask: NoAsk | None = None) -> Result:
    heard: list[tuple[float, str]] = []
    kit = Kit(
        Settings(request_timeout_s=5), lambda: NOW, ask or Told(), lambda ratio, text: heard.append((ratio, text))
    )
    result = await registry.run(name, Target("CH_1", entry), kit)
    assert all(0 <= ratio <= 1 and text for ratio, text in heard)
    return result


def words(result: Result) -> list[str]:
    return [str(row["what"]) for row in result.rows]


async def test_a_waterfall_asks_as_a_player_does_and_tells_each_phase() -> None:
    async with origin() as served:
        served.publish(0)
        result = await examined("http-waterfall", at(f"{served.url}/master.m3u8"))
    assert words(result) == ["master", "playlist", "segment"]
    assert [row["url"].rpartition("/")[2] for row in result.rows] == ["master.m3u8", "high.m3u8", "high5.ts"]
    assert (result.fields["is_ok"], result.fields["status"]) == (1.0, 200.0)
    assert all(row["total_s"] > 0 for row in result.rows)


@pytest.mark.parametrize(
    ("breaking", "stops_at", "status", "says"),
    [
        pytest.param({"/master.m3u8": 503}, 1, 503.0, "answered 503", id="the master"),
        pytest.param({"/high.m3u8": 404}, 2, 404.0, "answered 404", id="the playlist"),
        pytest.param({"/high5.ts": 500}, 3, 500.0, "answered 500", id="the segment"),
    ],
)
async def test_a_waterfall_ends_where_an_answer_leads_no_further(
    breaking: dict[str, int], stops_at: int, status: float, says: str
) -> None:
    async with origin() as served:
        served.publish(0)
        served.statuses |= breaking
        result = await examined("http-waterfall", at(f"{served.url}/master.m3u8"))
    assert (len(result.rows), result.fields["is_ok"], result.fields["status"]) == (stops_at, 0.0, status)
    assert says in result.text


async def test_a_web_page_instead_of_a_playlist_or_of_media_is_no_answer() -> None:
    async with origin() as served:
        served.publish(0)
        served.files["/high5.ts"] = b"<!DOCTYPE html><html>Sorry</html>"
        page = await examined("http-waterfall", at(f"{served.url}/master.m3u8"))
        served.files["/master.m3u8"] = b"<html>Sorry</html>"
        whole = await examined("http-waterfall", at(f"{served.url}/master.m3u8"))
    assert (page.fields["is_ok"], whole.fields["is_ok"]) == (0.0, 0.0)
    assert "HTML page" in page.text
    assert "HTML page" in whole.text


async def test_a_port_where_nobody_listens_has_no_status_and_says_why() -> None:
    result = await examined("http-waterfall", at(f"http://127.0.0.1:{_free_port()}/master.m3u8"))
    assert (result.fields["is_ok"], result.fields["status"]) == (0.0, None)
    assert "refused" in result.text or "connect" in result.text.lower()


async def test_secrets_of_the_input_are_in_no_result() -> None:
    async with origin() as served:
        served.publish(0)
        entry = at(f"{served.url}/master.m3u8", access=Access(query="token=verysecretword"))
        result = await examined("http-waterfall", entry)
    assert any("verysecretword" in target for target in served.asked)
    assert "verysecretword" not in str(result)


async def test_every_rung_is_fetched_and_one_that_fails_or_is_missing_is_named() -> None:
    async with origin() as served:
        served.publish(0)
        entry = at(f"{served.url}/master.m3u8", expected=Expected(rungs=(HIGH, LOW, "720p50@3.0M")))
        served.statuses["/low.m3u8"] = 404
        result = await examined("ladder-check", entry)
        served.statuses.clear()
        well = await examined("ladder-check", replace(entry, expected=Expected()))
    fields = result.fields
    assert (fields["is_ok"], fields["rungs"], fields["rungs_expected"], fields["failing"]) == (0.0, 2.0, 3.0, 1.0)
    assert LOW in result.text
    assert "720p50@3.0M" in result.text
    assert (well.fields["is_ok"], well.fields["edge_spread"]) == (1.0, 0.0)


async def test_a_rung_that_lags_behind_shows_in_the_spread() -> None:
    async with origin() as served:
        served.publish(0)
        served.publish(4)
        older = Origin()
        older.publish(0)
        served.files["/low.m3u8"] = older.files["/low.m3u8"]
        served.files["/low5.ts"] = b"\x00\x00\x00\x00segment"
        result = await examined("ladder-check", at(f"{served.url}/master.m3u8"))
    assert (result.fields["is_ok"], result.fields["edge_spread"]) == (0.0, 4.0)


async def test_a_playlist_check_counts_what_an_inspection_finds() -> None:
    stale = {"id": "hls-playlist-stale", "severity": "major", "clause": "8216", "text": "It is stale.", "where": {}}
    found = {"findings": [stale], "metrics": {"playlist.age_ratio": 2.5, "playlist.age_s": 15.0}}
    async with origin() as served:
        served.publish(0)
        result = await examined("playlist-check", at(f"{served.url}/master.m3u8"), Told(found))
    assert result.fields == {
        "is_ok": 0.0,
        "status": 200.0,
        "findings": 1.0,
        "worst_severity": 4.0,
        "age_ratio": 2.5,
        "age_s": 15.0,
    }


async def test_a_playlist_check_of_a_server_that_refuses_ends_at_once_with_its_status() -> None:
    async with origin() as served:
        served.publish(0)
        served.statuses["/master.m3u8"] = 403
        result = await examined("playlist-check", at(f"{served.url}/master.m3u8"))
    assert (result.fields["status"], result.fields["is_ok"], result.fields["age_s"]) == (403.0, 0.0, None)


async def test_ping_times_the_server_one_way_or_the_other_and_says_which() -> None:
    async with origin() as served:
        result = await examined("ping", at(f"{served.url}/master.m3u8"))
    assert (result.fields["sent"], result.fields["received"], result.fields["loss_ratio"]) == (10.0, 10.0, 0.0)
    assert "ICMP echo" in result.text or "TCP connections" in result.text


async def test_a_refusal_has_gone_the_way_there_and_back_too() -> None:
    result = await examined("ping", at(f"http://127.0.0.2:{_free_port()}/x"))
    assert (result.fields["received"], result.fields["loss_ratio"]) == (10.0, 0.0)


async def test_what_is_no_matter_of_the_input_is_refused_in_one_sentence() -> None:
    stream = Input(2, 1, Layer.HEADEND, Kind.TS, "udp://@239.1.1.1:1234")
    for name in ("http-waterfall", "ladder-check", "playlist-check"):
        with pytest.raises(Impossible, match="transport stream"):
            await examined(name, stream)
    with pytest.raises(Impossible, match="plain http"):
        await examined("tls", at("http://127.0.0.1:9/x"))
    with pytest.raises(Impossible, match="no input"):
        await examined("dns", None)


# -- names


async def test_a_name_has_its_addresses_and_who_of_them_answers() -> None:
    async with origin() as served:
        port = served.url.rpartition(":")[2]
        result = await examined("dns", at(f"http://localhost:{port}/x"))
    there = [row for row in result.rows if row["what"] == "address"]
    assert result.fields["addresses"] == len(there) >= 1
    assert result.fields["answering"] == sum(not row["wrong"] for row in there) >= 1


async def test_a_name_that_does_not_exist_has_no_address() -> None:
    result = await examined("dns", at("http://nobody.invalid/x"))
    assert (result.fields["is_ok"], result.fields["addresses"]) == (0.0, 0.0)
    assert "does not resolve" in result.text


def answered(number: int, name: str, records: Sequence[tuple[str, int, bytes]], code: int = 0) -> bytes:
    """A server's answer, written by hand after RFC 1035 4.1: the names of records are not compressed."""
    asked = dns_wire.question(number, name, dns_wire.A)[12:]
    head = struct.pack("!6H", number, 0x8180 | code, 1, len(records), 0, 0)
    rows = [_wire_name(owner) + struct.pack("!2HIH", kind, 1, 300, len(body)) + body for owner, kind, body in records]
    return head + asked + b"".join(rows)


def _wire_name(name: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"


@contextlib.asynccontextmanager
async def name_server(records: Sequence[tuple[str, int, bytes]], code: int = 0) -> AsyncIterator[int]:
    class Server(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, peer: Any) -> None:
            self.transport.sendto(b"\0\0 not for you", peer)
            self.transport.sendto(answered(struct.unpack("!H", data[:2])[0], "cdn.example", records, code), peer)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Server, ("127.0.0.1", 0))
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


async def test_a_name_server_tells_aliases_and_times_and_a_stray_datagram_is_passed_over() -> None:
    records = [
        ("cdn.example", dns_wire.CNAME, _wire_name("edge.example")),
        ("edge.example", dns_wire.CNAME, b"\x01a\xc0\x0c"),
        ("a.cdn.example", dns_wire.A, bytes((192, 0, 2, 7))),
    ]
    async with name_server(records) as port:
        answer = await dns.ask("127.0.0.1", port, "cdn.example", "A")
    assert [(one.name, one.type, one.ttl_s, one.value) for one in answer.records] == [
        ("cdn.example", "CNAME", 300, "edge.example"),
        ("edge.example", "CNAME", 300, "a.cdn.example"),
        ("a.cdn.example", "A", 300, "192.0.2.7"),
    ]
    assert [one.value for one in dns_wire.chain("cdn.example", answer.records)] == ["edge.example", "a.cdn.example"]


async def test_a_name_server_that_knows_no_such_name_says_so() -> None:
    async with name_server([], code=3) as port:
        assert (await dns.ask("127.0.0.1", port, "cdn.example", "A")).code == "no such name"


def test_aliases_that_go_round_in_a_circle_end() -> None:
    records = [dns_wire.Record("a", "CNAME", 1, "b"), dns_wire.Record("b", "CNAME", 1, "a")]
    assert len(dns_wire.chain("a", records)) == 2


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading_of_an_answer(body: bytes) -> None:
    for message in (body, struct.pack("!6H", 7, 0x8180, 1, 5, 0, 0) + body):
        with contextlib.suppress(dns_wire.BadAnswer):
            dns_wire.answer(7, message)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
