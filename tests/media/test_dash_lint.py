"""What one MPD shows by itself: each finding once provoked, and a healthy channel that shows nothing."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from dash_making import AST, audio, listed, live, numbers, period, template, timeline, video

from noc_console import catalogues
from noc_console.media.dash import BadMpd, Mpd, parse
from noc_console.media.dash.lint import lint
from noc_console.media.dash.scte35 import read_section
from noc_console.model import Expected, Severity

AT = AST + 60.5


def ids(mpd: Mpd, expected: Expected | None = None, at: float | None = AT) -> list[str]:
    return [finding.id for finding in lint(mpd, expected, at)]


@pytest.mark.parametrize(
    "mpd",
    [
        pytest.param(listed(19, 29), id="timeline"),
        pytest.param(live(period(video(numbers()), audio(numbers()))), id="numbers"),
        pytest.param(
            live(
                period(video(template(timeline(19, 24))), audio(template(timeline(19, 24))), more='duration="PT50S"'),
                period(video(template(timeline(0, 4))), audio(template(timeline(0, 4))), name="p2", start="PT50S"),
            ),
            id="two periods",
        ),
    ],
)
def test_a_healthy_channel_shows_nothing(mpd: Mpd) -> None:
    assert ids(mpd) == []


def test_livesim_shows_nothing_of_minor_or_worse(testdata: Path) -> None:
    for path in sorted((testdata / "dash/livesim2-patch").glob("*.mpd")):
        mpd = parse(path.read_bytes(), "http://livesim.example/m.mpd")
        assert mpd.published_at is not None
        assert ids(mpd, at=mpd.published_at + 1) == [], path.name


@pytest.mark.parametrize(
    ("mpd", "finding"),
    [
        pytest.param(listed(19, 29, after=""), "dash-utctiming-missing", id="no UTCTiming"),
        pytest.param(
            listed(19, 29, more='suggestedPresentationDelay="PT30S"'), "dash-spd-unusable", id="delay over the buffer"
        ),
        pytest.param(listed(25, 29), "dash-timeshift-short", id="10 s listed of a buffer of 20 s"),
        pytest.param(
            listed(19, 29, more='availabilityEndTime="2023-11-14T22:14:00Z"'), "dash-mpd-expired-served", id="expired"
        ),
        pytest.param(
            listed(19, 29, more='mediaPresentationDuration="PT30S"'),
            "dash-end-not-fixed",
            id="over and still dynamic",
        ),
        pytest.param(
            live(period(video(template(timeline(15, 29, skip=(20,)))), audio(template(timeline(15, 29))))),
            "dash-timeline-gap",
            id="a hole",
        ),
        pytest.param(
            live(period(video(template('<S t="3420000" d="180000" r="9"/><S t="5130000" d="180000"/>')))),
            "dash-timeline-overlap",
            id="an overlap",
        ),
        pytest.param(
            live(period(more='duration="PT0S"'), period(video(numbers()), name="p2")),
            "dash-period-zero",
            id="zero period",
        ),
        pytest.param(
            live(period(more='duration="PT0.4S"'), period(video(numbers()), name="p2", start="PT0.4S")),
            "dash-period-short",
            id="400 ms",
        ),
        pytest.param(
            live(
                period(video(numbers()), more='duration="PT10S"'), period(video(numbers()), name="b", start="PT11S")
            ),
            "dash-period-gap",
            id="a second between periods",
        ),
        pytest.param(
            live(
                period(video(numbers()), audio(numbers()), more='duration="PT10S"'),
                period(video(numbers()), name="b", start="PT10S"),
            ),
            "dash-audio-missing",
            id="the second period has no audio",
        ),
        pytest.param(live(""), "dash-mpd-parse-error", id="no period"),
    ],
)
def test_one_fault_gives_its_finding(mpd: Mpd, finding: str) -> None:
    assert finding in ids(mpd)


def test_a_rounding_of_a_tick_is_no_hole() -> None:
    mpd = live(period(video(template('<S t="3420000" d="180000" r="5"/><S t="4500001" d="180000" r="4"/>'))))
    assert ids(mpd) == []


@pytest.mark.parametrize(
    ("expected", "finding"),
    [
        (Expected(rungs=("360p25@1.0M", "720p25@2.0M", "1080p25@6.0M")), ["dash-representation-missing"]),
        (Expected(rungs=("360p25@1.0M", "720p25@2.0M", "audio-en@128k")), []),
        (Expected(audio_languages=("en", "vi")), ["dash-audio-missing"]),
        (Expected(is_hdr=True), ["dash-hdr-signalling-missing"]),
    ],
)
def test_what_is_expected_is_looked_for(expected: Expected, finding: list[str]) -> None:
    assert ids(listed(19, 29), expected) == finding


def test_pq_is_hdr_signalled() -> None:
    pq = '<EssentialProperty schemeIdUri="urn:mpeg:mpegB:cicp:TransferCharacteristics" value="16"/>'
    mpd = live(period(video(numbers(), more=pq), audio(numbers())))
    assert ids(mpd, Expected(is_hdr=True)) == []


def test_a_hole_names_its_line_and_length() -> None:
    mpd = live("\n", period(video(template(timeline(15, 29, skip=(20, 21))))))
    hole = next(finding for finding in lint(mpd) if finding.id == "dash-timeline-gap")
    assert hole.where["line"] == 4
    assert "4.000 s" in hole.text


def cue(message: str, *, duration: str = "", scheme: str = "urn:scte:scte35:2014:xml+bin") -> Mpd:
    event = (
        f'<EventStream schemeIdUri="{scheme}" timescale="1"><Event id="7" presentationTime="3" {duration}>'
        f'<Signal xmlns="urn:x"><Binary>{message}</Binary></Signal></Event></EventStream>'
    )
    return live(period(event, video(numbers()), audio(numbers())))


# SCTE 35 14.1: time signal, placement opportunity start, 307 s (in the test data as well)
SIGNAL = "/DA0AAAAAAAA///wBQb+cr0AUAAeAhxDVUVJSAAAjn/PAAGlmbAICAAAAAAsoKGKNAIAmsnRfg=="


@pytest.mark.parametrize(
    ("mpd", "says"),
    [
        pytest.param(cue(SIGNAL), "", id="whole"),
        pytest.param(cue(SIGNAL, duration='duration="307"'), "", id="the same duration"),
        pytest.param(cue(SIGNAL, duration='duration="60"'), "307", id="another duration"),
        pytest.param(cue(SIGNAL[:-8] + "AAAAAA=="), "CRC", id="a wrong CRC"),
        pytest.param(cue("AAAA"), "too short", id="three bytes"),
        pytest.param(cue("no base64"), "too short", id="no base64"),
        pytest.param(cue("AAAA", scheme="urn:other"), "", id="another scheme is left alone"),
    ],
)
def test_scte35_events_are_judged(mpd: Mpd, says: str) -> None:
    found = [finding.text for finding in lint(mpd, None, AT) if finding.id == "dash-event-invalid"]
    assert bool(found) == bool(says)
    assert all(says in text for text in found)


def test_cues_are_read_as_two_other_decoders_read_them(testdata: Path) -> None:
    compared = 0
    for row in json.loads((testdata / "scte35/cues.json").read_text()):
        try:
            section = base64.b64decode(row["base64"], validate=True)
        except ValueError:
            continue
        splice = read_section(section)
        if row["decoded_ok"] and row["crc_ok"] and row["length_ok"]:
            assert not splice.fault, row["name"]
            command = row["decoded"]["command"]
            assert splice.command == command["command_type"], row["name"]
            # one cue has no component count although it splices components; the decoders overlook it
            if command.get("break_duration") and command["program_splice_flag"]:
                assert splice.break_s == pytest.approx(command["break_duration"], abs=0.001), row["name"]
            compared += 1
        elif not row["crc_ok"]:
            assert splice.fault, row["name"]
    assert compared >= 20


def test_every_finding_of_the_linter_is_in_the_catalogue(testdata: Path) -> None:
    for path in sorted((testdata / "dash").rglob("*.mpd")):
        try:
            mpd = parse(path.read_bytes(), "http://h/m.mpd")
        except BadMpd:
            continue
        for finding in lint(mpd, Expected(rungs=("none",), is_hdr=True), 1.7e9):
            assert finding.id in catalogues.findings()
            assert finding.text.endswith(".") and len(finding.text) < 300


def test_a_flaw_nobody_minds_is_a_warning() -> None:
    mpd = live(period(video(numbers())), published="")
    flaws = [finding for finding in lint(mpd) if finding.id == "dash-mpd-parse-error"]
    assert [finding.severity for finding in flaws] == [None, Severity.WARNING]
