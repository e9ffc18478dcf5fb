"""Any sections and any packets: bounded work, named results, memory that does not grow."""

from __future__ import annotations

import json
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from ts_sections import closed, pat, payloads, pmt

from noc_console.media.ts.findings import INDICATORS
from noc_console.media.ts.profile import Profile
from noc_console.media.ts.psi import MOST_WAITING, Psi

PIDS = (0x00, 0x01, 0x10, 0x11, 0x12, 0x13, 0x14, 0x100, 0x1F0)
TABLES = (0x00, 0x01, 0x02, 0x40, 0x41, 0x42, 0x46, 0x4A, 0x4E, 0x4F, 0x50, 0x6F, 0x70, 0x71, 0x72, 0x73, 0xFC, 0x7F)
TIMES = st.floats(allow_nan=True, allow_infinity=False, width=32)
# a table with a good CRC that says anything, so that the readers behind the CRC are reached
SOUND = st.builds(
    lambda table, marks, content: closed(bytes((table,)), marks, content),
    st.sampled_from(TABLES),
    st.sampled_from([0x30, 0xB0]),
    st.binary(max_size=1000),
)
SECTIONS = st.one_of(SOUND, st.binary(min_size=1, max_size=400))


def ready() -> Psi:
    psi = Psi(Profile(si_rules=True))
    for pid, whole in ((0, pat({1: 0x100})), (0x100, pmt(1, 0x200, [(0x86, 0x1F0, b""), (0x1B, 0x200, b"")]))):
        for starts, payload in payloads(whole):
            psi.feed(pid, starts, payload, 0, 0.0)
    return psi


def assert_named(psi: Psi) -> None:
    assert all(error.indicator in INDICATORS and error.text.endswith(".") for error in psi.errors)
    assert len(psi.events) <= MOST_WAITING
    json.dumps([[event.at, dict(event.data)] for event in psi.events], allow_nan=False)
    json.dumps([dict(cue) for cue in psi.report().cues], allow_nan=False)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PIDS), SECTIONS, TIMES), max_size=20))
def test_any_sections(parts: list[tuple[int, bytes, float]]) -> None:
    psi = ready()
    for pid, whole, at in parts:
        for starts, payload in payloads(whole):
            psi.feed(pid, starts, payload, 1, at)
        psi.tick(at)
    assert_named(psi)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PIDS), st.booleans(), st.binary(max_size=184)), max_size=40))
def test_any_payloads(parts: list[tuple[int, bool, bytes]]) -> None:
    psi = ready()
    for at, (pid, starts, payload) in enumerate(parts):
        psi.feed(pid, starts, payload, at, at / 10)
    psi.tick(99.0)
    assert_named(psi)
    assert sum(len(line.assembler._part) for line in psi._lines.values()) < len(PIDS) * 8192


@settings(deadline=None)
@given(st.binary(max_size=184), st.lists(st.integers(1, 183), max_size=4))
def test_where_a_section_is_cut_into_packets_changes_nothing(rest: bytes, cuts: list[int]) -> None:
    whole = b"\x00" + pat({number: 0x100 + number for number in range(1, 40)}) + b"\xff" + rest
    plain, other = Psi(), Psi()
    for psi, edges in ((plain, []), (other, sorted(set(cuts)))):
        ends = [0, *edges, len(whole)]
        for begin, end in pairwise(ends):
            psi.feed(0, begin == 0, whole[begin:end], 0, 0.0)
    assert plain.tree.pat == other.tree.pat and len(plain.tree.pat) == 39


def test_a_stream_that_never_repeats_itself_keeps_bounded_memory(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    from noc_console.media.ts import psi as room

    monkeypatch.setattr(room, "MOST_KEPT", 100_000)
    psi = ready()
    for turn in range(2000):
        whole = closed(b"\x50", 0xB0, turn.to_bytes(2, "big") + b"\xc1\x00\x00\x00\x01\x00\x01" + bytes(200))
        for starts, payload in payloads(whole):
            psi.feed(0x12, starts, payload, turn, turn / 100)
        psi.errors.clear()
    kept = sum(len(known.body) for line in psi._lines.values() for known in line.known.values())
    assert kept <= 100_000 and sum(len(line.beats) for line in psi._lines.values()) < 1000
