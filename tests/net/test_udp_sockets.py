"""Sockets and drains on loopback: groups, senders, kernel times, drops, datagrams of all sizes."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import numpy as np
import pytest
from ts_sending import LOOPBACK, Headend, free_port

from noc_console.net import udp_drain
from noc_console.net.udp import JoinFailed, buffer_bytes, joined_groups, open_udp
from noc_console.net.udp_drain import Drainer, sender_name
from noc_console.net.udp_ring import Ring
from noc_console.net.udp_url import udp_address

SIZE = 1316


def opened(url: str) -> socket.socket:
    return open_udp(udp_address(url))


def bodies(count: int, size: int = SIZE) -> list[bytes]:
    return [index.to_bytes(4, "big") + bytes(size - 4) for index in range(count)]


def numbers(ring: Ring, count: int) -> list[int]:
    first = ring.written - count
    return [
        int.from_bytes(ring.body[number % ring.slots, :4].tobytes(), "big") for number in range(first, ring.written)
    ]


@pytest.fixture(params=["recvmmsg", "recvmsg"])
def drainer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Drainer:
    """Both ways to drain give the same; systems without recvmmsg have the other."""
    if request.param == "recvmsg":
        monkeypatch.setattr(udp_drain, "_recvmmsg", lambda: None)
    return Drainer()


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("udp://@239.77.2.1:{}?iface=lo", "239.77.2.1"),
        ("udp://127.0.0.1@232.77.2.1:{}?iface=lo", "232.77.2.1"),
        ("udp://@239.77.2.2:{}?iface=127.0.0.1", "239.77.2.2"),
        ("udp://127.0.0.1:{}", LOOPBACK),
        ("udp://@[::1]:{}", "::1"),
    ],
)
def test_what_is_sent_is_received_in_order_with_the_kernels_time(url: str, host: str, drainer: Drainer) -> None:
    port = free_port()
    with opened(url.format(port)) as link, Headend(host, port) as headend:
        before = time.time()
        headend.send(bodies(150))
        ring = Ring(400 * SIZE, SIZE)
        found = drainer.drain(link, ring)
        assert found.count == 150
        assert numbers(ring, 150) == list(range(150))
        assert (ring.sizes[:150] == SIZE).all()
        times = ring.times(slice(0, 150))
        assert before - 0.01 <= times[0] <= times[-1] <= time.time() + 0.01
        assert sender_name(found.sender).endswith(f":{headend.link.getsockname()[1]}")
        assert found.senders == 1


def test_a_named_sender_keeps_others_out(drainer: Drainer) -> None:
    port = free_port()
    with opened(f"udp://127.0.0.9@232.77.2.3:{port}?iface=lo") as link, Headend("232.77.2.3", port) as headend:
        headend.send(bodies(3))
        assert drainer.drain(link, Ring(100 * SIZE, SIZE)).count == 0


def test_a_socket_hears_its_own_group_only(drainer: Drainer) -> None:
    port = free_port()
    with opened(f"udp://@239.77.2.4:{port}?iface=lo") as one, opened(f"udp://@239.77.2.5:{port}?iface=lo") as other:
        with Headend("239.77.2.4", port) as headend:
            headend.send(bodies(5))
        assert drainer.drain(one, Ring(100 * SIZE, SIZE)).count == 5
        assert drainer.drain(other, Ring(100 * SIZE, SIZE)).count == 0


def test_two_may_receive_one_group(drainer: Drainer) -> None:
    port = free_port()
    url = f"udp://@239.77.2.6:{port}?iface=lo"
    with opened(url) as one, opened(url) as other, Headend("239.77.2.6", port) as headend:
        headend.send(bodies(5))
        assert [drainer.drain(link, Ring(100 * SIZE, SIZE)).count for link in (one, other)] == [5, 5]


def test_the_ring_keeps_the_newest_and_counts_all(drainer: Drainer) -> None:
    port = free_port()
    ring = Ring(40 * SIZE, SIZE)
    with opened(f"udp://127.0.0.1:{port}") as link, Headend(LOOPBACK, port) as headend:
        for _ in range(3):
            headend.send(bodies(30))
            drainer.drain(link, ring)
    assert (ring.written, ring.oldest) == (90, 50)
    assert numbers(ring, 40) == [*range(20, 30), *range(30)]


def test_datagrams_longer_than_a_slot_keep_their_tails(drainer: Drainer) -> None:
    port = free_port()
    ring = Ring(40 * SIZE, SIZE)
    with opened(f"udp://127.0.0.1:{port}") as link, Headend(LOOPBACK, port) as headend:
        headend.send([b"a" * SIZE, b"b" * 2000, b"c" * 100, b""])
        drainer.drain(link, ring)
    assert ring.sizes[:4].tolist() == [SIZE, 2000, 100, 0]
    assert ring.tails == {1: b"b" * (2000 - SIZE)}


def test_an_rtp_header_lies_apart_from_its_packets(drainer: Drainer) -> None:
    port = free_port()
    ring = Ring(40 * SIZE, SIZE, head=12)
    with opened(f"udp://127.0.0.1:{port}") as link, Headend(LOOPBACK, port) as headend:
        headend.send([bytes(range(12)) + b"G" * SIZE] * 3)
        drainer.drain(link, ring)
    assert ring.heads[2].tolist() == list(range(12))
    assert (ring.body[:3] == ord("G")).all()


def test_what_the_kernel_drops_is_counted(drainer: Drainer) -> None:
    port = free_port()
    with opened(f"udp://127.0.0.1:{port}") as link, Headend(LOOPBACK, port) as headend:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        ring = Ring(1000 * SIZE, SIZE)
        headend.send(bodies(200))
        first = drainer.drain(link, ring)
        headend.send(bodies(1))
        second = drainer.drain(link, ring)
    assert second.drops == 200 - first.count > 0


def test_the_buffer_is_at_least_a_mebibyte_and_the_group_is_listed_as_joined() -> None:
    with opened(f"udp://@239.77.2.7:{free_port()}?iface=lo") as link:
        assert buffer_bytes(link) >= 1024**2 or buffer_bytes(link) >= _system_limit()
        assert udp_address("udp://@239.77.2.7:1").host in joined_groups()


def test_a_group_of_ipv6_is_joined() -> None:
    with opened(f"udp://@[ff15::77]:{free_port()}?iface=lo"):
        assert udp_address("udp://@[ff15::77]:1").host in joined_groups()
    with opened(f"udp://@[ff35::77]:{free_port()}?iface=lo&source=::1"):
        assert udp_address("udp://@[ff35::77]:1").host in joined_groups()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("udp://@239.77.2.8:5000?iface=nowhere0", "there is no interface nowhere0"),
        ("udp://192.0.2.1:5000", "is not of this machine"),
    ],
)
def test_what_cannot_be_joined_is_one_sentence(url: str, sentence: str) -> None:
    with pytest.raises(JoinFailed, match=sentence):
        opened(url)


def test_a_port_somebody_holds_for_himself_is_said(drainer: Drainer) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind((LOOPBACK, 0))
        with pytest.raises(JoinFailed, match="holds this port"):
            opened(f"udp://127.0.0.1:{holder.getsockname()[1]}")


def test_a_resized_ring_keeps_the_newest_datagrams() -> None:
    ring, drainer, port = Ring(40 * SIZE, SIZE), Drainer(), free_port()
    with opened(f"udp://127.0.0.1:{port}") as link, Headend(LOOPBACK, port) as headend:
        for _ in range(2):
            headend.send(bodies(30))
            drainer.drain(link, ring)
        for slots in (25, 100):
            other = ring.resized(slots * SIZE)
            kept = min(slots, 40)
            assert (other.written, other.written - other.oldest) == (60, kept)
            assert numbers(other, kept) == ([*range(30), *range(30)])[-kept:]
            assert np.array_equal(
                np.concatenate([other.times(span) for span in other.spans(60 - kept, 60)]),
                np.concatenate([ring.times(span) for span in ring.spans(60 - kept, 60)]),
            )


def _system_limit() -> int:
    return int(Path("/proc/sys/net/core/rmem_max").read_text(encoding="ascii"))
