"""Sections that are known take a short way: clocks, counts and changes are those of the long one."""

from __future__ import annotations

import random

import pytest
from ts_sections import pat, payloads, pmt, sdt

from noc_console.media.ts import psi as psi_room
from noc_console.media.ts.psi import Psi

AVC, AAC = 0x1B, 0x0F
TABLES = [
    (0, pat({1: 0x100})),
    (0, pat({1: 0x100, 2: 0x101}, version=1)),
    (0x100, pmt(1, 0x200, [(AVC, 0x200, b"")])),
    (0x100, pmt(1, 0x200, [(AVC, 0x200, b""), (AAC, 0x201, b"")])),  # same version, other content
    (0x101, pmt(2, 0x300, [(AVC, 0x300, b"")])),
    (0x11, sdt({1: ("VTV", "VTV1 HD")})),
    (0x11, sdt(dict.fromkeys(range(8), ("VTV", "a service with quite a long name")))),  # several packets
]


def played(seed: int, is_short: bool) -> tuple[list[object], int]:
    """Tables in random order, some 5 ms apart, some missing for seconds; now and then a packet is lost."""
    dice, psi, at, taken = random.Random(seed), Psi(), 0.0, 0
    told: list[object] = []
    for packet in range(600):
        pid, whole = dice.choice(TABLES)
        at += dice.choice((0.005, 0.02, 0.1, 0.4, 1.5))
        if dice.random() < 0.02:
            psi.lost(pid)
        for starts, payload in payloads(whole):
            full = payload.ljust(184, b"\xff")
            if is_short and starts and psi.feed_again(pid, full, packet, at):
                taken += 1
            else:
                psi.feed(pid, starts, full, packet, at)
        if packet % 10 == 0:
            psi.tick(at)
    told += [psi.report(), list(psi.errors), list(psi.events), psi.lasting()]
    return told, taken


def test_the_short_way_finds_what_the_long_one_does() -> None:
    for seed in range(20):
        ours, taken = played(seed, is_short=True)
        assert ours == played(seed, is_short=False)[0]
        assert taken > 200


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psi_room, "MOST_AGAIN", 3)
    for seed in range(5):
        assert played(seed, is_short=True)[0] == played(seed, is_short=False)[0]
