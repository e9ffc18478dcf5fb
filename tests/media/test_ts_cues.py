"""Cues on a PID: pre-roll by the programme's clock, repeats, heartbeats, breaks that do not end or begin twice."""

from __future__ import annotations

import base64

from ts_sections import closed

from noc_console.media.ts.cues import PREROLL, Cues
from noc_console.media.ts.scte35 import WRAP, decode

PID, CLOCK_PID = 0x1F0, 0x200
# splice_insert out of 60.293 s with auto_return, of a public SCTE 35 example
REAL = base64.b64decode("/DAvAAAAAAAA///wFAVIAACPf+/+c2nALv4AUsz1AAAAAAAKAAhDVUVJAAABNWLbowo=")


def command(kind: int, body: bytes, descriptors: bytes = b"") -> bytes:
    head = bytes((0, 0, 0, 0, 0, 0, 0)) + b"\xff" + (0xF000 | len(body)).to_bytes(2, "big") + bytes((kind,))
    return closed(b"\xfc", 0x30, head[:7] + head[7:] + body + len(descriptors).to_bytes(2, "big") + descriptors)


def insert(event: int, out: bool, pts: int | None, duration_s: float | None = None, auto: bool = False) -> bytes:
    marks = (
        0x0F | 0x40 | (0x80 if out else 0) | (0x20 if duration_s is not None else 0) | (0x10 if pts is None else 0)
    )
    body = event.to_bytes(4, "big") + b"\x7f" + bytes((marks,))
    if pts is not None:
        body += time(pts)
    if duration_s is not None:
        body += ((0xFE if auto else 0x7E) << 32 | round(duration_s * 90_000)).to_bytes(5, "big")
    return command(5, body + b"\x00\x01\x00\x00")


def time(pts: int) -> bytes:
    return (0xFE << 32 | pts).to_bytes(5, "big")


def segmentation(event: int, kind: int, duration_s: float | None = None) -> bytes:
    marks = 0x80 | 0x3F | (0x40 if duration_s is not None else 0)
    body = b"CUEI" + event.to_bytes(4, "big") + b"\x7f" + bytes((marks,))
    if duration_s is not None:
        body += round(duration_s * 90_000).to_bytes(5, "big")
    body += b"\x00\x00" + bytes((kind, 1, 1))
    return b"\x02" + bytes((len(body),)) + body


HEARTBEAT = command(0, b"")


def cues(clock: int = 90_000_000) -> Cues:
    """Cues of a programme whose clock shows `clock` (90 kHz) at second 100."""
    one = Cues()
    one.pcr(CLOCK_PID, clock * 300, 100.0)
    return one


def give(one: Cues, section: bytes, at: float = 100.0) -> None:
    one.section(PID, CLOCK_PID, section, 7, at)


def kinds(one: Cues) -> list[str]:
    return [event.kind for event in one.events]


def test_the_hand_made_cues_are_what_they_say() -> None:
    cue = decode(insert(5, True, 1234, 30.0))
    assert (cue.event_id, cue.is_out, cue.pts, cue.duration_s, cue.is_crc_good) == (5, True, 1234, 30.0, True)
    cue = decode(command(6, time(99), segmentation(3, 0x34, 15.0)))
    assert cue.pts == 99 and cue.segmentations[0].type_id == 0x34 and cue.segmentations[0].duration_s == 15.0


def test_a_real_cue_is_an_event() -> None:
    one = cues()
    give(one, REAL)
    (event,) = one.events
    assert event.kind == "SpliceCue"
    assert event.data["command"] == "splice_insert" and event.data["duration_s"] == 60.293566666666664


def test_the_pre_roll_is_by_the_programmes_clock() -> None:
    one = cues()
    give(one, insert(1, True, 90_000_000 + 8 * 90_000, 30.0), at=102.0)
    assert one.events[0].data["preroll_s"] == 6.0 and one.errors == []
    assert "6.0 s ahead" in one.events[0].data["text"]


def test_a_cue_too_short_before_its_splice_is_a_finding() -> None:
    one = cues()
    give(one, insert(1, True, 90_000_000 + 3 * 90_000, 30.0))
    (error,) = one.errors
    assert (error.indicator, error.pid, error.value) == (PREROLL, PID, 3.0)


def test_the_pre_roll_knows_the_wrap_of_the_clock() -> None:
    one = cues(WRAP - 90_000)
    give(one, insert(1, True, 5 * 90_000, 30.0))
    assert one.events[0].data["preroll_s"] == 6.0


def test_without_a_clock_or_a_time_there_is_no_pre_roll() -> None:
    one = Cues()
    give(one, insert(1, True, 90_000, 30.0))
    give(one, insert(2, True, None, 30.0))
    told = [event.data["preroll_s"] for event in one.events if event.kind == "SpliceCue"]
    assert told == [None, None] and one.errors == []


def test_a_stream_without_a_clock_has_cues_without_a_time() -> None:
    one = Cues()
    give(one, insert(1, True, 90_000, 30.0), at=float("nan"))
    one.tick(float("nan"))
    assert one.told()[0]["at"] is None and one.errors == []


def test_a_repeat_is_counted_and_is_neither_event_nor_finding() -> None:
    one = cues()
    cue = insert(1, True, 90_000_000 + 5 * 90_000, 30.0)
    for at in (100.0, 102.0, 104.0):
        give(one, cue, at)
    assert kinds(one) == ["SpliceCue"] and one.errors == []
    assert one.told()[0]["sections"] == 3


def test_a_heartbeat_is_listed_and_is_no_event() -> None:
    one = cues()
    for at in range(5):
        give(one, HEARTBEAT, 100.0 + at)
    assert one.events == [] and [(row["command"], row["sections"]) for row in one.told()] == [("splice_null", 5)]


def test_a_break_that_does_not_return_is_told_after_its_length_and_five_seconds() -> None:
    one = cues()
    give(one, insert(1, True, 90_000_000 + 6 * 90_000, 30.0))
    one.tick(141.0)
    assert kinds(one) == ["SpliceCue"]
    one.tick(141.1)
    one.tick(150.0)
    assert kinds(one) == ["SpliceCue", "CueUnclosed"]


def test_a_return_ends_the_break() -> None:
    one = cues()
    give(one, insert(1, True, 90_000_000 + 6 * 90_000, 30.0))
    give(one, insert(1, False, 90_000_000 + 36 * 90_000), at=130.0)
    one.tick(999.0)
    assert kinds(one) == ["SpliceCue", "SpliceCue"]


def test_a_return_under_another_number_ends_the_newest_break() -> None:
    one = cues()
    give(one, insert(1, True, 90_000_000 + 6 * 90_000, 30.0))
    give(one, insert(77, False, None), at=130.0)
    one.tick(999.0)
    assert "CueUnclosed" not in kinds(one)


def test_with_auto_return_no_return_is_waited_for() -> None:
    one = cues()
    give(one, insert(1, True, 90_000_000 + 6 * 90_000, 30.0, auto=True))
    one.tick(999.0)
    assert kinds(one) == ["SpliceCue"]


def test_a_break_within_a_break_of_the_same_kind_is_told() -> None:
    one = cues()
    give(one, command(6, time(90_900_000), segmentation(1, 0x34, 60.0)))
    give(one, command(6, time(91_800_000), segmentation(2, 0x34, 60.0)), at=110.0)
    assert kinds(one).count("CueNested") == 1


def test_advertisements_within_a_break_are_no_nesting() -> None:
    one = cues()
    give(one, command(6, time(90_900_000), segmentation(1, 0x22, 60.0) + segmentation(2, 0x30, 30.0)))
    give(one, command(6, time(93_600_000), segmentation(2, 0x31) + segmentation(3, 0x30, 30.0)), at=130.0)
    assert "CueNested" not in kinds(one)


def test_a_thousand_breaks_are_remembered_within_bounds() -> None:
    one = cues()
    for event in range(3000):
        give(one, insert(event, True, None, 30.0), at=100.0 + event)
        one.events.clear()
    assert len(one.told()) == 1000 and len(one._open) == 64
    one.tick(1e9)
    assert len(one.events) == 64 and one._open == {}


def test_a_section_that_cannot_be_read_is_listed_as_broken() -> None:
    one = cues()
    give(one, closed(b"\xfc", 0x30, b"\x00" * 9 + b"\x00\x06" + b"\x05\xff"))
    assert one.told()[0]["command"] == "broken" and one.events == []
