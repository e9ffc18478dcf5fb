"""Transport streams on the wire: real groups on loopback, faults begun over the lab's API, and nothing elsewhere."""

from __future__ import annotations

import asyncio
import itertools
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import numpy as np
import pytest
from lab_bench import Bench, Open
from lab_ts import counter_errors, taken_apart

from noc_console.errors import KnownError
from noc_console.lab.ts_socket import Datagrams, Destination, Sender


@contextmanager
def listening(url: str) -> Iterator[socket.socket]:
    """Join the group of a URL on loopback."""
    group, port = urlsplit(url).hostname or "", urlsplit(url).port
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.bind((group, port))
        joined = struct.pack("=4s4si", socket.inet_aton(group), bytes(4), socket.if_nametoindex("lo"))
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
        opened.setblocking(False)
        yield opened


async def heard(listener: socket.socket, count: int) -> list[tuple[bytes, tuple[str, int]]]:
    """Return the next datagrams and who sent them."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(10):
        return [await loop.sock_recvfrom(listener, 2048) for _ in range(count)]


async def _inputs(bench: Bench) -> dict[str, str]:
    told = (await bench.ask("/api/channels")).json["channels"]
    found = {}
    for channel in told:
        for one in channel.get("inputs", [channel]):
            if one["kind"] == "ts":
                found[channel["code"]] = one["url"]
    return found


async def _take(bench: Bench, listener: socket.socket, count: int) -> list[tuple[bytes, tuple[str, int]]]:
    """Return datagrams while the lab's clock runs at the pace at which they are taken."""
    hearing = asyncio.ensure_future(heard(listener, count))
    while not hearing.done():
        bench.clock.at += 0.02
        await asyncio.wait([hearing], timeout=0.005)
    return hearing.result()


async def test_two_channels_are_sent_at_the_headend_the_second_in_rtp(opened: Open) -> None:
    async with opened(multicast=2) as bench:
        urls = await _inputs(bench)
        assert [urlsplit(url).scheme for url in urls.values()] == ["udp", "rtp"]
        plain, rtp = urls.values()
        with listening(plain) as first, listening(rtp) as second:
            packets = b"".join(body for body, _ in await _take(bench, first, 60))
            framed = [body for body, _ in await _take(bench, second, 60)]
        assert len(packets) == 60 * 1316
        assert counter_errors(taken_apart(np.frombuffer(packets, np.uint8).reshape(-1, 188), 1)) == {}
        assert {(len(body), body[0], body[1]) for body in framed} == {(1328, 0x80, 33)}
        numbers = [int.from_bytes(body[2:4], "big") for body in framed]
        assert {(after - before) % 65536 for before, after in itertools.pairwise(numbers)} == {1}
        joined = b"".join(body[12:] for body in framed)
        assert counter_errors(taken_apart(np.frombuffer(joined, np.uint8).reshape(-1, 188), 1)) == {}


async def test_a_channel_keeps_its_code_and_gets_a_second_input(opened: Open) -> None:
    async with opened(multicast=1) as bench:
        channel = (await bench.ask("/api/channels")).json["channels"][0]
        assert [(one["kind"], one["layer"]) for one in channel["inputs"]] == [("hls", 2), ("ts", 1)]
        assert channel["inputs"][1]["url"].startswith("udp://@239.255.0.1:")
        assert channel["inputs"][1]["url"].endswith("?iface=lo")


async def test_many_groups_share_one_stream_and_those_beyond_the_channels_have_codes_of_their_own(
    opened: Open,
) -> None:
    async with opened(multicast=12) as bench:
        urls = await _inputs(bench)
        assert len(set(urls.values())) == 12
        assert "CH_TS_DEMO_012" in urls
        with listening(urls["CH_OTT_DEMO_001"]) as first, listening(urls["CH_TS_DEMO_011"]) as other:
            one = [body for body, _ in await _take(bench, first, 20)]
            two = [body for body, _ in await heard(other, 20)]
        assert set(one) & set(two)


async def test_a_fault_is_begun_counted_and_ended_over_the_api(opened: Open) -> None:
    async with opened(multicast=1) as bench:
        url = (await _inputs(bench))["CH_OTT_DEMO_001"]
        with listening(url) as listener:
            await _take(bench, listener, 5)
            begun = await bench.fault("CH_OTT_DEMO_001", "ts-cc-errors", params={"per_s": 5})
            assert begun["expects"] == ["ts-cc"] and begun["alarm"] == "CC_ERROR"
            grams = await _take(bench, listener, 150)
            ended = (await bench.ask(f"/api/faults/{begun['id']}", "DELETE")).json
            assert ended["ends_at"] == bench.clock.at
            grams += await _take(bench, listener, 100)
        packets = np.frombuffer(b"".join(body for body, _ in grams), np.uint8).reshape(-1, 188)
        log = (await bench.ask("/api/faults/log")).json["faults"]
        assert sum(counter_errors(taken_apart(packets, 1)).values()) == log[0]["made"] > 5


async def test_the_lab_knows_how_many_datagrams_it_sent(opened: Open) -> None:
    async with opened(multicast=2) as bench:
        url = (await _inputs(bench))["CH_OTT_DEMO_001"]
        with listening(url) as listener:
            received = len(await _take(bench, listener, 40))
            # the clock stands still now: what was due is sent soon, and then nothing more
            told, before = {"sent": 0}, -1
            while told["sent"] != before:
                before = told["sent"]
                for _ in range(20):
                    told = (await bench.ask("/api/multicast")).json
            with suppress(BlockingIOError):
                while listener.recv(2048):
                    received += 1
    assert told["streams"][0]["sent"] == received
    assert told["streams"][0]["url"] == url
    assert told["sent"] == sum(one["sent"] for one in told["streams"])
    assert (told["failed"], told["skipped"]) == (0, 0)


async def test_another_sender_takes_over_while_the_fault_lasts(opened: Open) -> None:
    async with opened(multicast=1) as bench:
        url = (await _inputs(bench))["CH_OTT_DEMO_001"]
        with listening(url) as listener:
            before = {sender for _, sender in await _take(bench, listener, 5)}
            await bench.fault("CH_OTT_DEMO_001", "ts-source-change")
            grams = await _take(bench, listener, 200)
        assert {host for host, _ in before} == {"127.0.0.1"}
        assert grams[-1][1][0] == "127.0.0.2"
        packets = np.frombuffer(b"".join(body for body, _ in grams), np.uint8).reshape(-1, 188)
        assert counter_errors(taken_apart(packets, 1)) == {}


@pytest.mark.parametrize(
    ("order", "said"),
    [
        pytest.param({"channel": "CH_OTT_DEMO_003", "fault": "ts-stop"}, "no transport stream", id="not on air"),
        pytest.param({"channel": "CH_OTT_DEMO_001", "fault": "rtp-loss"}, "sent in RTP", id="not in RTP"),
        pytest.param({"channel": "CH_OTT_DEMO_001", "fault": "ts-stop", "rung": "v54"}, "no rungs", id="a rung"),
        pytest.param(
            {"channel": "CH_OTT_DEMO_001", "fault": "ts-stop", "params": {"x": 1}}, "no setting", id="a setting"
        ),
        pytest.param({"channel": "CH_OTT_DEMO_001", "fault": "ts-stop", "seconds": -1}, "lasts", id="no length"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_one_sentence(opened: Open, order: object, said: str) -> None:
    async with opened(multicast=1) as bench:
        answer = await bench.ask("/api/faults", "POST", order)
        assert answer.status == 400
        assert said in answer.json["message"]


@pytest.mark.parametrize("host", ["239.1.1.1", "224.0.0.1", "192.0.2.1", "8.8.8.8", "::1", "lo", "0.0.0.0"])
def test_nothing_is_sent_anywhere_but_to_loopback(host: str) -> None:
    with pytest.raises(KnownError):
        Destination(host, 5000)


def test_nothing_is_sent_from_anywhere_but_loopback() -> None:
    with pytest.raises(KnownError):
        Sender([Destination("127.0.0.1", 5000)], source="192.0.2.2")


def test_datagrams_of_any_length_arrive_whole_at_each_address() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as two,
    ):
        for receiver in (one, two):
            receiver.bind(("127.0.0.1", 0))
            receiver.settimeout(5)
        sender = Sender([Destination("127.0.0.1", receiver.getsockname()[1]) for receiver in (one, two)])
        body = np.arange(200, dtype=np.uint8)
        starts, sizes = np.array([0, 10, 60]), np.array([10, 50, 140])
        sender.send(Datagrams(body, starts, sizes), np.array([0, 1, 0]))
        assert [one.recv(2048), one.recv(2048)] == [bytes(range(10)), bytes(range(60, 200))]
        assert two.recv(2048) == bytes(range(10, 60))
        assert (sender.sent, sender.failed) == (3, 0)
        sender.close()
