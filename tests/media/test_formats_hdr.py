"""High dynamic range told by stream, container and manifest: what a picture is, what it lacks, where it got lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noc_console.media.es.format import Colour, Mastering, Video
from noc_console.media.formats.lost import AtLayer, lost_at
from noc_console.media.formats.watch import FormatWatch, Record
from noc_console.model import Layer

SDR = Video("hevc", "Main 10", "5.1", 3840, 2160, 50.0, bit_depth=10, colour=Colour(1, 1, 1))
SILENT = replace(SDR, colour=Colour())
PQ = replace(SDR, colour=Colour(9, 16, 9))
HDR10 = replace(PQ, mastering=Mastering(((8500, 39850), (6550, 2300), (35400, 14600), (15635, 16450)), 1000.0, 0.005))
HLG = replace(SDR, colour=Colour(9, 18, 9))
LATE_HLG = replace(SDR, colour=Colour(9, 14, 9, alternative=18))
DECLARED = Record(Layer.PACKAGER, is_hdr=True)
SAYS_PQ = {"video_range": "PQ", "codecs": "hvc1.2.4.L153"}


@pytest.mark.parametrize(("video", "is_there"), [(HDR10, 1), (HLG, 1), (LATE_HLG, 1), (PQ, 0), (SDR, 0), (SILENT, 0)])
def test_hlg_needs_no_metadata_and_pq_does(video: Video, is_there: int) -> None:
    judged = FormatWatch().see(video, 0.0, DECLARED)
    assert judged.metrics["hdr.is_present"] == is_there
    assert [one.id for one in judged.findings] == ([] if is_there else ["media-hdr-missing"])


def test_pq_alone_is_enough_for_a_channel_whose_record_says_so() -> None:
    assert FormatWatch().see(PQ, 0.0, replace(DECLARED, hdr="PQ")).findings == ()


def test_an_sdr_channel_is_not_judged_and_gets_no_metric() -> None:
    judged = FormatWatch().see(SDR, 0.0, Record())
    assert (judged.metrics, judged.findings) == ({}, ())


def test_the_sentence_says_who_tells_what_and_where_it_got_lost() -> None:
    judged = FormatWatch().see(SDR, 0.0, DECLARED, rung=SAYS_PQ)
    (finding,) = judged.findings
    assert finding.text == "The playlist says PQ, the stream says SDR: lost at the packager or before it."
    upstream = [AtLayer(Layer.HEADEND, True)]
    (finding,) = FormatWatch().see(SDR, 0.0, DECLARED, rung=SAYS_PQ, elsewhere=upstream).findings
    assert finding.text.endswith("lost at the packager: the headend still has it.")
    assert finding.where["lost_at"] == "packager"


@pytest.mark.parametrize(
    ("elsewhere", "layer", "text"),
    [
        ([(1, False)], "headend", "lost at the headend or before it"),
        ([(1, True), (2, False)], "packager", "lost at the packager: the headend still has it"),
        ([(1, True), (3, False)], "origin", "lost between the headend, where it is there, and the origin"),
        ([(1, False), (2, True), (3, False)], "origin", "lost at the origin: the packager still has it"),
        ([(5, True)], "edge", "lost at the edge or before it"),
    ],
)
def test_the_first_layer_without_it_is_named(elsewhere: list[tuple[int, bool]], layer: str, text: str) -> None:
    found = lost_at(Layer.EDGE, [AtLayer(Layer(number), is_there) for number, is_there in elsewhere])
    assert (found.layer, found.text) == (layer, text)
