"""Picture and sound against the channel's own record: codec, size, frame rate, Atmos, bitrate, captions, life."""

from __future__ import annotations

from dataclasses import replace

import pytest
from formats_making import HD, SDR, STEREO, SURROUND, sounds, stretch

from noc_console.media.es.format import Audio, Video
from noc_console.media.formats.constant import Constants
from noc_console.media.formats.names import codec_of
from noc_console.media.formats.of_input import InputFormats
from noc_console.media.formats.watch import PictureFormat, Record
from noc_console.media.stretch import Stretch
from noc_console.model import Expected, Finding

INTERLACED = replace(HD, is_interlaced=True)
ATMOS = replace(SURROUND, is_atmos=True)


def judged(video: Video, expected: Expected, *, is_best: bool = True) -> list[Finding]:
    record = Record(expected=expected, is_best=is_best)
    return list(PictureFormat().step(stretch(video), 0.0, record).findings)


def ids(findings: list[Finding] | tuple[Finding, ...]) -> list[str]:
    return [one.id for one in findings]


@pytest.mark.parametrize(
    ("said", "codec", "bits"),
    [
        ("H.264", "h264", 0),
        ("avc1", "h264", 0),
        ("HEVC-10", "hevc", 10),
        ("HEVC Main 10", "hevc", 10),
        ("h265", "hevc", 0),
        ("MPEG-2", "mpeg2video", 0),
        ("E-AC-3", "eac3", 0),
        ("DD+", "eac3", 0),
        ("aac_latm", "aac", 0),
        ("av10", "av10", 0),
        ("something else", "somethingelse", 0),
    ],
)
def test_codecs_go_by_many_names(said: str, codec: str, bits: int) -> None:
    assert codec_of(said) == (codec, bits)


@pytest.mark.parametrize(
    ("video", "codec", "profile", "is_wrong"),
    [
        (HD, "H.264", "", False),
        (HD, "HEVC", "", True),
        (SDR, "HEVC-10", "main10", False),
        (replace(SDR, bit_depth=8, profile="Main"), "HEVC-10", "", True),
        (HD, "h264", "Main", True),
        (HD, "", "high", False),
        (HD, "", "", False),
    ],
)
def test_the_codec_and_its_profile_are_those_of_the_record(
    video: Video, codec: str, profile: str, is_wrong: bool
) -> None:
    found = judged(video, Expected(video_codec=codec, video_profile=profile))
    assert ids(found) == (["media-codec-mismatch"] if is_wrong else [])


@pytest.mark.parametrize(
    ("video", "rate", "is_wrong"),
    [
        (HD, 25.0, False),
        (HD, 50.0, True),
        (INTERLACED, 25.0, False),
        (INTERLACED, 50.0, False),
        (INTERLACED, 30.0, True),
        (replace(HD, frame_rate=29.97), 30.0, True),
        (replace(HD, frame_rate=29.97), 30000 / 1001, False),
        (replace(HD, frame_rate=59.94), 60.0, True),
        (replace(HD, frame_rate=23.976), 23.98, False),
        (replace(HD, frame_rate=0.0), 50.0, False),
    ],
)
def test_frame_rates_of_frames_and_of_fields_are_one_and_2997_is_not_30(
    video: Video, rate: float, is_wrong: bool
) -> None:
    found = judged(video, Expected(frame_rate=rate))
    assert ids(found) == (["media-resolution-mismatch"] if is_wrong else [])


def test_the_size_is_that_of_the_best_rung_and_judged_there_only() -> None:
    expected = Expected(width=1920, height=1080, frame_rate=25.0, video_codec="h264")
    small = replace(HD, width=1280, height=720, frame_rate=50.0)
    assert [one.text for one in judged(small, expected)] == [
        "The picture is 1280x720, the record says 1920x1080.",
        "The picture comes at 50 Hz, the record says 25 Hz.",
    ]
    assert judged(small, expected, is_best=False) == []
    assert judged(small, Expected(height=720)) == []


@pytest.mark.parametrize(
    ("video", "mbps", "is_outside"),
    [
        (HD, 6.0, False),
        (HD, 3.0, True),
        (HD, 9.0, True),
        (replace(HD, codec="hevc"), 3.0, False),
        (SDR, 14.0, True),
        (SDR, 20.0, False),
        (replace(HD, width=720, height=576), 2.5, False),
        (replace(HD, width=720, height=480), 1.0, True),
        (replace(HD, width=1280, height=720), 1.0, False),
        (replace(HD, codec="mpeg2video"), 1.0, False),
    ],
)
def test_the_guideline_for_bitrates_is_judged_over_a_minute(video: Video, mbps: float, is_outside: bool) -> None:
    watch, record = PictureFormat(), Record()
    found = [watch.step(stretch(video, mbps=mbps), float(at), record).findings for at in range(0, 60, 6)]
    assert found[3] == (), "half a minute is too short to tell"
    assert ids(found[-1]) == (["media-bitrate-guideline"] if is_outside else [])


def test_one_large_segment_is_not_outside_the_guideline() -> None:
    watch = PictureFormat()
    rates = [6.0] * 9 + [12.0] + [6.0] * 3
    found = [watch.step(stretch(HD, mbps=mbps), at * 6.0, Record()).findings for at, mbps in enumerate(rates)]
    assert not any(found)


def test_expected_captions_may_be_away_for_a_quarter_of_an_hour() -> None:
    watch, record = PictureFormat(), Record(expected=Expected(has_captions=True))
    with_captions = replace(HD, has_captions=True)
    quiet = [watch.step(stretch(HD, mbps=6), at, record).findings for at in range(0, 900, 60)]
    assert not any(quiet)
    assert ids(watch.step(stretch(HD), 900.0, record).findings) == ["media-captions-missing"]
    assert watch.step(stretch(with_captions), 960.0, record).findings == ()
    assert watch.step(stretch(HD), 1800.0, record).findings == ()
    assert ids(watch.step(stretch(HD), 1860.0, record).findings) == ["media-captions-missing"]
    assert PictureFormat().step(stretch(HD), 5000.0, Record()).findings == ()


def listened(
    made: list[tuple[float, Stretch]], expected: Expected, ladder: dict[str, dict[str, object]]
) -> list[str]:
    known, record = InputFormats(), Record(expected=expected)
    found: list[str] = []
    for at, one in made:
        found = [each.text for look in known.step(one, at, record, ladder, str) for each in look.findings]
    return found


def test_declared_atmos_has_to_be_signalled_by_one_of_the_sounds() -> None:
    declared = Expected(has_atmos=True)
    both = sounds(stereo=STEREO, surround=SURROUND)
    early, late = [(0.0, both)], [(0.0, both), (40.0, both)]
    assert listened(early, declared, {}) == [], "sounds may come one by one"
    (text,) = listened(late, declared, {})
    assert text.startswith("The channel is declared Atmos and no sound signals it: the richest is E-AC-3")
    there = sounds(stereo=STEREO, surround=ATMOS)
    assert listened([(0.0, there), (40.0, there)], declared, {}) == []
    boxed = replace(both, facts={"container": {"surround": {"atmos": True}}})
    assert listened([(0.0, boxed), (40.0, boxed)], declared, {}) == []
    apart = [(0.0, sounds(stereo=STEREO)), (39.0, sounds(surround=ATMOS)), (40.0, sounds(stereo=STEREO))]
    assert listened(apart, declared, {}) == []


def test_a_manifest_that_says_joc_of_a_stream_without_it_is_wrong() -> None:
    made = [(at, sounds(surround=SURROUND)) for at in (0.0, 40.0)]
    (text,) = listened(made, Expected(), {"surround": {"is_atmos": True}})
    assert text.startswith("The manifest says Atmos (JOC), the stream is E-AC-3")


@pytest.mark.parametrize(
    ("expected", "heard", "is_wrong"),
    [
        (Expected(audio_codec="AAC"), STEREO, False),
        (Expected(audio_codec="AC-3"), STEREO, True),
        (Expected(audio_codec="aac", audio_channels=2), STEREO, False),
        (Expected(audio_channels=6), SURROUND, False),
        (Expected(audio_channels=6), STEREO, True),
    ],
)
def test_one_of_the_sounds_is_that_of_the_record(expected: Expected, heard: Audio, is_wrong: bool) -> None:
    made = [(at, sounds(main=heard)) for at in (0.0, 40.0)]
    assert bool(listened(made, expected, {})) is is_wrong


def test_a_measure_that_never_moves_for_a_quarter_of_an_hour_is_suspicious() -> None:
    known = Constants()
    found: dict[float, tuple[Finding, ...]] = {}
    for at in range(0, 1000, 10):
        metrics = {"video.mos": 4.25, "audio.short_term_lufs": -23.0 + at / 1e5, "video.width_px": 1920.0}
        found[at] = known.step(metrics, float(at))
    assert found[890] == ()
    assert ids(found[900]) == ["media-suspicious-constant"]
    text = "The picture's measures have been exactly the same for 15 min (video.mos 4.25): is it real?"
    assert found[900][0].text == text
    assert known.step({"video.mos": 4.3}, 1000.0) == ()


@pytest.mark.parametrize("why", [{"video.freeze_s": 30.0}, {"audio.silence_s": 30.0}, {"video.slate_s": 30.0}])
def test_what_stands_still_for_a_reason_that_is_told_is_not_suspicious_too(why: dict[str, float]) -> None:
    known = Constants()
    assert not any(known.step({"video.mos": 4.25, **why}, float(at)) for at in range(0, 1000, 10))
    assert known.step({"video.mos": 4.25}, 1000.0) == ()


def test_one_measure_that_stands_among_others_that_move_is_no_sign_of_anything() -> None:
    known = Constants()
    for at in range(0, 1000, 10):
        tone = {"audio.momentary_lufs": -23.0, "audio.true_peak_dbtp": -20.0 + at % 40 / 1e3}
        assert known.step(tone, float(at)) == ()


def test_after_a_pause_in_measuring_a_constant_begins_anew() -> None:
    known = Constants()
    times = [*range(0, 600, 10), *range(800, 1500, 10)]
    assert not any(known.step({"video.mos": 4.25}, float(at)) for at in times)
