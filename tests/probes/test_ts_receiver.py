"""What a receiver hands on: the stream in order with its times, whatever form its datagrams have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from ts_sending import LOOPBACK, Headend, datagrams, free_port, packets, rtp

from noc_console.net.udp import open_udp
from noc_console.net.udp_drain import Drainer
from noc_console.net.udp_url import udp_address
from noc_console.probes.ts_account import Account
from noc_console.probes.ts_budget import GOAL_S, LEAST_S, Wish, seconds_each
from noc_console.probes.ts_receiver import Receiver

RING = 200 * 1316
DRAINER = Drainer()


@contextmanager
def receiving(scheme: str = "udp", ring: int = RING) -> Iterator[tuple[Receiver, Headend]]:
    port = free_port()
    address = udp_address(f"{scheme}://127.0.0.1:{port}")
    receiver = Receiver(address, open_udp(address), ring)
    with Headend(LOOPBACK, port) as headend:
        try:
            yield receiver, headend
        finally:
            receiver.close()


def received(receiver: Receiver) -> bytes:
    receiver.drain(DRAINER, 0.0)
    return receiver.take().data.tobytes()


@pytest.mark.parametrize("size", [1, 4, 7, 10])
def test_datagrams_of_any_number_of_packets_are_one_run_of_bytes(size: int) -> None:
    bodies = datagrams(packets(70), size)
    with receiving() as (receiver, headend):
        headend.send(bodies)
        assert received(receiver) == b"".join(bodies)
        assert receiver.order is None


def test_each_datagram_has_its_place_and_its_time() -> None:
    with receiving() as (receiver, headend):
        headend.send(datagrams(packets(21)))
        receiver.drain(DRAINER, 1000.0)
        arrived = receiver.take()
        assert arrived.begins.tolist() == [0, 1316, 2632]
        assert (arrived.times > 1.7e9 + 1000).all()


def test_rtp_is_found_out_and_its_headers_are_left_out() -> None:
    bodies = datagrams(packets(70))
    with receiving() as (receiver, headend):
        headend.send(rtp(bodies, first=65_530))
        assert received(receiver) == b"".join(bodies)
        assert receiver.order is not None
        assert receiver.order.counts.lost == 0


def test_rtp_out_of_order_doubled_and_with_fec_between_is_put_right() -> None:
    bodies = datagrams(packets(70))
    sent = rtp(bodies)
    fec = rtp([b"parity" * 40], kind=96)
    mixed = [*sent[:2], sent[3], sent[2], *fec, sent[4], sent[4], *sent[5:]]
    with receiving() as (receiver, headend):
        headend.send(mixed)
        assert received(receiver) == b"".join(bodies)
        counts = receiver.order.counts if receiver.order else None
        assert counts is not None
        assert (counts.reordered, counts.duplicates, counts.ignored, counts.lost) == (1, 1, 1, 0)


def test_what_waits_for_a_lost_datagram_comes_at_the_next_look() -> None:
    bodies = datagrams(packets(35))
    sent = rtp(bodies)
    with receiving("rtp") as (receiver, headend):
        headend.send([*sent[:3], sent[4]])
        assert received(receiver) == b"".join(bodies[:3])
        assert received(receiver) == bodies[4]
        assert receiver.order is not None
        assert receiver.order.counts.lost == 1


def test_headers_longer_than_usual_are_passed_over() -> None:
    bodies = datagrams(packets(21))
    extended = [
        bytes((0x91,)) + one[1:12] + bytes(4) + b"\xbe\xde\x00\x01" + bytes(4) + one[12:] for one in rtp(bodies)
    ]
    with receiving("rtp") as (receiver, headend):
        headend.send(extended)
        assert received(receiver) == b"".join(bodies)


def test_datagrams_that_grow_are_received_whole() -> None:
    small, large = datagrams(packets(21), 3), datagrams(packets(70, start=21), 10)
    with receiving() as (receiver, headend):
        headend.send([*small, *large])
        assert received(receiver) == b"".join([*small, *large])
        headend.send(large)
        assert received(receiver) == b"".join(large)


def test_a_ring_that_runs_over_counts_what_it_lost_as_ours() -> None:
    with receiving(ring=40 * 1316) as (receiver, headend):
        account = Account(receiver)
        bodies = datagrams(packets(7 * 100))
        for at in range(0, 100, 20):
            headend.send(bodies[at : at + 20])
            receiver.drain(DRAINER, 0.0)
        assert receiver.take().data.tobytes() == b"".join(bodies[60:])
        assert account.ours() == 60
        metrics, found = account.second(packets=280, broken=0, ours=60)
        assert metrics["ts.socket_drops"] == 60.0
        assert metrics["ts.packet_loss_ratio"] == 0.0
        assert found == []


def test_a_share_of_lost_rtp_beyond_a_thousandth_is_a_finding() -> None:
    bodies = datagrams(packets(7 * 200))
    sent = rtp(bodies)
    del sent[50]
    with receiving("rtp", ring=400 * 1316) as (receiver, headend):
        account = Account(receiver)
        headend.send(sent)
        receiver.drain(DRAINER, 0.0)
        receiver.take()
        metrics, found = account.second(1393, 1, 0)
        assert metrics["ts.rtp_lost"] == 1.0
        assert metrics["ts.packet_loss_ratio"] == pytest.approx(1 / 200)
        assert [one.id for one in found] == ["ts-rtp-loss"]


def test_another_sender_is_noticed() -> None:
    with receiving() as (receiver, headend), Headend(*headend.to) as other:
        headend.send(datagrams(packets(7)))
        received(receiver)
        first = receiver.sender
        other.send(datagrams(packets(7)))
        received(receiver)
        assert receiver.sender != first
        assert receiver.sender_changes == 1


def test_a_cut_gives_back_what_came() -> None:
    bodies = datagrams(packets(140))
    with receiving() as (receiver, headend):
        headend.send(bodies)
        received(receiver)
        assert receiver.cut(3, 9) == b"".join(bodies[3:9])
        assert receiver.cut(0, 1000) == b"".join(bodies)


def test_memory_is_shared_by_tier_where_it_does_not_do_for_all() -> None:
    rich = seconds_each([Wish(1e6, 1), Wish(1e6, 3)], 1e9)
    assert rich == pytest.approx([GOAL_S, GOAL_S])
    one, two, three = seconds_each([Wish(1e6, 1), Wish(1e6, 2), Wish(1e6, 3)], 28e6)
    assert (one, two, three) == pytest.approx((16.0, 8.0, 4.0))
    assert seconds_each([Wish(1e6)] * 100, 1e6) == pytest.approx([LEAST_S] * 100)
