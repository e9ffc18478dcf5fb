"""TS segments of HLS: errors inside are told with their packets, those at a seam only where seams were clean."""

from __future__ import annotations

import pytest

from noc_console.bench.ts_stream import made_loop
from noc_console.media.hls.playlist import Segment
from noc_console.probes.hls_stream import SegmentStream


def segment(sequence: int, *, is_discontinuity: bool = False, discontinuities: int = 0) -> Segment:
    return Segment(
        sequence, sequence, f"{sequence}.ts", 2.4, None, False, is_discontinuity, discontinuities, (), None, None,
        False, (), (),
    )  # fmt: skip


@pytest.fixture(scope="module")
def bodies() -> list[bytes]:
    """Eight segments of one endless stream."""
    loop, found = made_loop(1e6), []
    for _ in range(8):
        found.append(loop.datagrams.tobytes())
        loop.turn()
    return found


def without(body: bytes, pid: int, place: int) -> bytes:
    """Leave out one packet of a PID."""
    rows = [at for at in range(0, len(body), 188) if (body[at + 1] & 0x1F) << 8 | body[at + 2] == pid]
    return body[: rows[place]] + body[rows[place] + 188 :]


def judged(stream: SegmentStream, sequence: int, body: bytes, **more: bool | int) -> list[tuple[str, int, str]]:
    found = stream.judge(segment(sequence, **more), body, {"rung": "720p", "sequence": sequence})  # type: ignore[arg-type]
    return [(one.id, one.count, str(one.severity or "")) for one in found.findings]


def test_segments_of_one_stream_are_clean(bodies: list[bytes]) -> None:
    stream = SegmentStream()
    assert [judged(stream, number, body) for number, body in enumerate(bodies)] == [[]] * 8


def test_a_packet_missing_inside_a_segment_is_one_continuity_error_with_its_place(bodies: list[bytes]) -> None:
    stream = SegmentStream()
    found = stream.judge(segment(7), without(bodies[0], 0x100, 40), {"rung": "720p", "sequence": 7, "line": 9})
    (finding,) = found.findings
    assert (finding.id, finding.count, found.continuity_errors) == ("ts-cc", 1, 1)
    assert (finding.where["rung"], finding.where["sequence"], finding.where["pid"]) == ("720p", 7, 0x100)


def test_a_packager_that_begins_each_segment_anew_is_not_blamed(bodies: list[bytes]) -> None:
    stream = SegmentStream()
    assert [judged(stream, number, bodies[number % 2 * 3]) for number in range(6)] == [[]] * 6


def test_a_break_between_segments_is_told_where_the_ones_before_followed_on(bodies: list[bytes]) -> None:
    stream = SegmentStream()
    for number in range(5):
        assert judged(stream, number, bodies[number]) == []
    assert judged(stream, 5, without(bodies[5], 0x100, 0)) == [("ts-cc", 1, "warning")]


def test_a_segment_that_was_not_fetched_or_a_signalled_discontinuity_leaves_the_seam_unjudged(
    bodies: list[bytes],
) -> None:
    stream = SegmentStream()
    for number in range(4):
        judged(stream, number, bodies[number])
    assert judged(stream, 6, bodies[6]) == []
    assert judged(stream, 7, bodies[0], is_discontinuity=True, discontinuities=1) == []


def test_a_wrong_crc_in_a_segment_is_found(bodies: list[bytes]) -> None:
    body = bytearray(bodies[0])
    at = next(at for at in range(0, len(body), 188) if body[at + 1 : at + 3] == b"\x40\x00")
    body[at + 5 + 8] ^= 0xFF
    assert ("ts-crc", 1, "") in judged(SegmentStream(), 0, bytes(body))


@pytest.mark.parametrize("body", [b"", b"G" * 188 * 3, b"\x00" * 5000, bytes(range(256)) * 40])
def test_garbage_ends_in_findings_or_none(body: bytes) -> None:
    SegmentStream().judge(segment(0), body, {})
