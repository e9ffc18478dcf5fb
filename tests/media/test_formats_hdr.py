"""High dynamic range told by stream, container and manifest: what a picture is, what it lacks, where it got lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from formats_making import BT709, HDR10, HLG, LATE_HLG, PQ, SDR, SILENT, stretch
from ts_sections import descriptor

from noc_console.media.container.psi import _stream
from noc_console.media.es.format import Video
from noc_console.media.formats.lost import AtLayer, lost_at
from noc_console.media.formats.of_input import InputFormats
from noc_console.media.formats.tellings import of_container, of_manifest, of_stream
from noc_console.media.formats.verdict import Verdict
from noc_console.media.formats.watch import Judged, PictureFormat, Record
from noc_console.media.stretch import Stretch
from noc_console.model import Expected, Layer

DECLARED = Record(Layer.PACKAGER, is_hdr=True)
SAYS_PQ = {"video_range": "PQ", "codecs": "hvc1.2.4.L153"}
COLR_PQ = {"colour": {"primaries": 9, "transfer": 16, "matrix": 9}}


def seen(video: Video, record: Record, **more: object) -> Judged:
    return PictureFormat().step(stretch(video), 0.0, record, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("video", "is_there"), [(HDR10, 1), (HLG, 1), (LATE_HLG, 1), (PQ, 0), (SDR, 0), (SILENT, 0)])
def test_hlg_needs_no_metadata_and_pq_does(video: Video, is_there: int) -> None:
    judged = seen(video, DECLARED)
    assert judged.metrics["hdr.is_present"] == is_there
    assert [one.id for one in judged.findings] == ([] if is_there else ["media-hdr-missing"])


def test_pq_alone_is_enough_for_a_channel_whose_record_says_so() -> None:
    assert seen(PQ, replace(DECLARED, expected=Expected(hdr="PQ"))).findings == ()


def test_metadata_of_pq_may_stand_in_the_container() -> None:
    assert seen(PQ, DECLARED, container={**COLR_PQ, "has_mastering": True}).findings == ()


def test_an_sdr_channel_is_not_judged_and_gets_no_metric() -> None:
    judged = seen(SDR, Record())
    assert (judged.metrics, judged.findings) == ({}, ())


def test_the_sentence_says_who_tells_what_and_where_it_got_lost() -> None:
    (finding,) = seen(SDR, DECLARED, rung=SAYS_PQ).findings
    assert finding.text == "The playlist says PQ, the stream says SDR: lost at the packager or before it."
    upstream = [AtLayer(Layer.HEADEND, True)]
    (finding,) = seen(SDR, DECLARED, rung=SAYS_PQ, elsewhere=upstream).findings
    assert finding.text.endswith("lost at the packager: the headend still has it.")
    assert finding.where["lost_at"] == "packager"


def test_a_container_that_goes_on_saying_pq_does_not_hide_a_stream_that_says_nothing() -> None:
    (finding,) = seen(SILENT, DECLARED, container=COLR_PQ).findings
    assert finding.text.startswith("The container says PQ, the stream says nothing of it: lost at")


@pytest.mark.parametrize(
    ("elsewhere", "layer", "text"),
    [
        ([(1, False)], "headend", "lost at the headend or before it"),
        ([(1, True), (2, False)], "packager", "lost at the packager: the headend still has it"),
        ([(1, True), (3, False)], "origin", "lost between the headend, where it is there, and the origin"),
        ([(1, False), (2, True), (3, False)], "origin", "lost at the origin: the packager still has it"),
        ([(2, True), (2, False)], "edge", "lost between the packager, where it is there, and the edge"),
        ([(5, True)], "edge", "lost at the edge or before it"),
    ],
)
def test_the_first_layer_without_it_is_named(elsewhere: list[tuple[int, bool]], layer: str, text: str) -> None:
    found = lost_at(Layer.EDGE, [AtLayer(Layer(number), is_there) for number, is_there in elsewhere])
    assert (found.layer, found.text) == (layer, text)


def test_dolby_vision_is_told_by_the_container_and_by_the_codecs_of_a_manifest() -> None:
    told = of_container({"dolby_vision": {"profile": 8, "level": 6, "compatibility": 4}})
    assert (told.text, told.curve) == ("Dolby Vision 8.4 level 6", "HLG")
    assert of_container({"dolby_vision": {"profile": 5, "level": 9, "compatibility": 0}}).curve == "PQ"
    assert of_manifest({"codecs": "dvh1.05.06,ec-3"}).text == "Dolby Vision 5 level 6"
    supplemental = {"codecs": "hvc1.2.4.L153", "supplemental_codecs": "dvh1.08.07/db4h", "video_range": "HLG"}
    assert of_manifest(supplemental).text == "Dolby Vision 8 level 7"
    assert Verdict(of_stream(HLG), told).dolby_vision == "8.4 level 6"
    assert Verdict(of_stream(HLG), told).contradiction("playlist") == ""
    assert Verdict(of_stream(PQ), told).contradiction("playlist") == (
        "the container says Dolby Vision 8.4 level 6, the stream says PQ"
    )


def test_a_change_is_told_once_when_it_was_seen_twice() -> None:
    watch = PictureFormat()
    order = [HDR10, HDR10, BT709, HDR10, BT709, BT709, BT709]
    events = [watch.step(stretch(video), float(at), Record()).events for at, video in enumerate(order)]
    assert [len(one) for one in events] == [0, 0, 0, 0, 0, 1, 0]
    (changed,) = events[5]
    assert (changed.kind, changed.at) == ("HdrChanged", 4.0)
    assert changed.data["before"] == "HDR10 (colour 9/16/9) mastered at 1000 cd/m2"
    assert changed.data["after"] == "SDR (colour 1/1/1)"


def test_a_change_is_that_of_the_stream_whatever_the_container_goes_on_saying() -> None:
    watch = PictureFormat()
    order = [HDR10, SILENT, SILENT]
    (changed,) = [
        event
        for at, video in enumerate(order)
        for event in watch.step(stretch(video), float(at), DECLARED, {**COLR_PQ, "has_mastering": True}).events
    ]
    assert changed.data["after"] == "not told (colour 2/2/2)"


@pytest.mark.parametrize("ranges", [("SDR", "PQ"), ("", "HLG")])
def test_the_sdr_rungs_of_a_ladder_that_has_both_need_no_hdr(ranges: tuple[str, str]) -> None:
    ladder = {name: {"video_range": told} for name, told in zip(("low", "high"), ranges, strict=True)}
    both = Stretch(1, 0.0, {"low": stretch(SDR), "high": stretch(SDR)})
    looks = {look.rung: look for look in InputFormats().step(both, 0.0, DECLARED, ladder, str)}
    assert looks["low"].findings == ()
    assert [one.id for one in looks["high"].findings] == ["media-hdr-missing"]


def test_a_program_map_tells_dolby_vision() -> None:
    body = b"\x01\x00" + (8 << 9 | 6 << 3 | 5).to_bytes(2, "big") + b"\x10"
    stream = _stream(0x06, 0x100, descriptor(0x05, b"HEVC") + descriptor(0xB0, body))
    assert of_container(stream.facts).text == "Dolby Vision 8.1 level 6"
    layer = b"\x01\x00" + (7 << 9 | 6 << 3 | 6).to_bytes(2, "big") + b"\x00\x00" + b"\x60"
    stream = _stream(0x24, 0x101, descriptor(0xB0, layer))
    assert of_container(stream.facts).text == "Dolby Vision 7.6 level 6"
