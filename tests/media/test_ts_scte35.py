"""Cues decoded beside what two other decoders say of the same sections."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_console.media.ts.scte35 import BrokenCue, Cue, decode, is_out

# its descriptor_length ends one byte before the UPID does: we keep the cue and drop the descriptor, others read on
CUT_DESCRIPTOR = "/DBDAAAAAAAA///wBQb+AA2QOQAtAitDVUVJAAAA"


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def cues(testdata: Path) -> list[dict]:  # type: ignore[type-arg]
    rows = json.loads((testdata / "scte35" / "cues.json").read_text())
    return [row for row in rows if row["decoded_ok"] and row["length_ok"]]


def test_every_known_cue_reads_as_others_read_it(testdata: Path) -> None:
    wrong = []
    for row in cues(testdata):
        if row["base64"].startswith(CUT_DESCRIPTOR):
            continue
        cue = decode(base64.b64decode(row["base64"]))
        wrong += [(row["name"], *pair) for pair in differences(cue, row)]
    assert wrong == []


def differences(cue: Cue, row: dict) -> list[tuple[str, object, object]]:  # type: ignore[type-arg]
    told, command = row["decoded"], row["decoded"]["command"]
    expected_pts = command.get("pts_time")
    if expected_pts is not None:
        expected_pts = round((expected_pts + told["info_section"]["pts_adjustment"]) % (2**33 / 90000), 3)
    pairs = [
        ("crc", cue.is_crc_good, row["crc_ok"]),
        ("pts", None if cue.pts_s is None else round(cue.pts_s, 3), expected_pts),
        ("out", cue.is_out, command.get("out_of_network_indicator")),
        ("duration", _ms(cue.duration_s), _ms(command.get("break_duration"))),
    ]
    segments = [one for one in told["descriptors"] if one["tag"] == 2]
    pairs.append(
        ("types", [one.type_id for one in cue.segmentations], [s.get("segmentation_type_id", 0) for s in segments])
    )
    pairs.append(
        (
            "lengths",
            [_ms(one.duration_s) for one in cue.segmentations],
            [_ms(s.get("segmentation_duration")) for s in segments],
        )
    )
    return [(name, ours, theirs) for name, ours, theirs in pairs if ours != theirs]


def test_a_placement_opportunity_leads_out_and_its_end_leads_back(testdata: Path) -> None:
    by_name = {row["name"]: decode(base64.b64decode(row["base64"])) for row in cues(testdata)}
    assert is_out(by_name["Sample 14.1 time_signal - Placement Opportunity Start"]) is True
    assert is_out(by_name["Sample 14.3 time_signal - Placement Opportunity End"]) is False
    assert is_out(by_name["Splice Null - Heartbeat"]) is None


@given(st.binary(max_size=200))
def test_any_bytes_give_a_cue_or_one_named_error(tail: bytes) -> None:
    body = b"\xfc" + (len(tail) | 0x3000).to_bytes(2, "big") + tail
    try:
        assert decode(body).command
    except BrokenCue as error:
        assert str(error)


def test_a_cut_section_is_named() -> None:
    with pytest.raises(BrokenCue, match="cut"):
        decode(base64.b64decode("/DA0AAAAAAAA///wBQb+cr0AUAAeAhxDVUVJ"))
