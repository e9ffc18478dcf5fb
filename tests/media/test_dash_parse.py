"""MPDs read into values: the real ones against three other parsers, hand-made ones, hostile ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from dash_making import URL, audio, live, numbers, period, template, text, timeline, video

from noc_console.media.dash import BadMpd, Mpd, init_url, parse, segments
from noc_console.media.dash.segments import MOST_SEGMENTS

# where the other parser's answer is not that of the standard, or counts something else:
DISAGREED = {
    "dash/androidx-mpd/sample_mpd_vod_location_fallback": "it counts every BaseURL as segments of their own",
    "dash/eyevinn-dash-mpd/other/fraunhofer_iis_mpegh.mpd": "117.12 s / 1.92 s are 61 segments, not 62",
    "dash/streamlink/test_baseurl_nested.mpd": "the period starts behind the end of the presentation",
    "dash/streamlink/test_baseurl_urljoin.mpd": "the period starts behind the end of the presentation",
    "dash/streamlink/test_segment_scheme_mismatch.mpd": "the period starts behind the end of the presentation",
    "dash/eyevinn-dash-mpd/schema-mpds/example_G4.mpd": "more entries are listed than the period lasts",
}
# attributes without a space between them: three browsers refuse these two files
NOT_XML = {"dash/livesim2/testpic_2s/Manifest.mpd", "dash/livesim2/testpic_2s/Manifest_endNumber.mpd"}


def oracle(testdata: Path) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    for line in (testdata / "dash/oracle.jsonl").read_text().splitlines():
        row = json.loads(line)
        path = testdata / row["file"]
        if path.is_file():
            yield row["file"], path.read_bytes(), row["mpdparser"]


def test_every_real_mpd_is_read_or_refused_with_a_sentence(testdata: Path) -> None:
    refused = set()
    count = 0
    for path in sorted(testdata.rglob("*")):
        if path.is_file() and (path.suffix == ".mpd" or path.name.startswith("sample_mpd")):
            count += 1
            try:
                parse(path.read_bytes(), URL)
            except BadMpd as error:
                assert str(error).endswith(".")
                refused.add(str(path.relative_to(testdata)))
    assert count > 100
    assert refused == NOT_XML


def test_durations_and_update_periods_agree_with_the_oracle(testdata: Path) -> None:
    compared = 0
    for name, body, other in oracle(testdata):
        if "error" in other or name in NOT_XML:
            continue
        mpd = parse(body, URL)
        if other.get("min_update_ms") is not None:
            assert mpd.update_s == pytest.approx(other["min_update_ms"] / 1000), name
        if other.get("duration") and mpd.duration_s is not None:
            assert mpd.duration_s == pytest.approx(other["duration"], abs=0.001), name
            compared += 1
    assert compared > 50


def test_video_ladders_agree_with_the_oracle(testdata: Path) -> None:
    compared = 0
    for name, body, other in oracle(testdata):
        if "error" in other or name in NOT_XML:
            continue
        mine = {(rep.bandwidth_bps, rep.codecs) for rep in parse(body, URL).each()}
        sizes = {(rep.bandwidth_bps, rep.width, rep.height) for rep in parse(body, URL).each()}
        for theirs in other.get("video", ()):
            bandwidth, size = theirs.get("bw", 0), theirs.get("res")
            assert (bandwidth, theirs.get("codecs") or "") in mine, name
            assert not size or (bandwidth, size["width"], size["height"]) in sizes, name
            compared += 1
    assert compared > 200


def test_segment_counts_of_static_mpds_agree_with_the_oracle(testdata: Path) -> None:
    compared = 0
    for name, body, other in oracle(testdata):
        if "error" in other or name in NOT_XML | DISAGREED.keys():
            continue
        mpd = parse(body, URL)
        if mpd.is_dynamic:
            continue
        for theirs in other.get("video", ()):
            own = _counts(mpd, theirs.get("bw", 0))
            if own is None or not 0 < theirs["segments"] < MOST_SEGMENTS:
                continue  # byte ranges inside one file, or more than a bounded window shows
            # it joins the periods of some ladders and tells those of others one by one
            assert theirs["segments"] in {sum(own), *own}, (name, theirs["bw"])
            compared += 1
    assert compared > 100


def _counts(mpd: Mpd, bandwidth: int) -> list[int] | None:
    """Segments of a bandwidth in each period; None where two representations share it or it is one file."""
    counts = []
    for one in mpd.periods:
        reps = [rep for two in one.sets for rep in two.representations if rep.bandwidth_bps == bandwidth]
        if len(reps) > 1 or any(rep.addressing.kind == "single" for rep in reps):
            return None
        counts += [len(segments(mpd, one, rep, 0.0, limit=MOST_SEGMENTS)) for rep in reps]
    return counts


def test_a_template_is_inherited_attribute_by_attribute() -> None:
    mpd = live(
        '<Period id="p" start="PT0S"><SegmentTemplate timescale="1000" duration="2000" startNumber="7"/>'
        '<AdaptationSet contentType="video"><SegmentTemplate media="$Number$.m4s"/>'
        '<Representation id="a" bandwidth="1"/>'
        '<Representation id="b" bandwidth="2"><SegmentTemplate startNumber="9"/></Representation>'
        "</AdaptationSet></Period>"
    )
    one, two = mpd.each()
    assert (one.addressing.duration, one.addressing.start_number, one.addressing.media) == (2000, 7, "$Number$.m4s")
    assert (two.addressing.duration, two.addressing.start_number) == (2000, 9)


def test_base_urls_are_resolved_from_the_outside_in() -> None:
    mpd = live(
        "<BaseURL>../media/</BaseURL>",
        '<Period start="PT0S"><BaseURL>p1/</BaseURL><AdaptationSet contentType="video"><BaseURL>v/</BaseURL>'
        + numbers()
        + '<Representation id="a" bandwidth="1"><BaseURL>hi/</BaseURL></Representation></AdaptationSet></Period>',
    )
    rep = mpd.each()[0]
    assert init_url(rep) == "http://origin.example/live/media/p1/v/hi/a/init.mp4"


@pytest.mark.parametrize(
    ("attributes", "starts"),
    [
        pytest.param(('start="PT0S"', 'start="PT10S"'), [0.0, 10.0], id="told"),
        pytest.param(('start="PT5S" duration="PT10S"', ""), [5.0, 15.0], id="behind the one before"),
        pytest.param(("", ""), [0.0, None], id="early available: not known yet"),
    ],
)
def test_period_starts_follow_from_their_neighbours(attributes: tuple[str, str], starts: list[float | None]) -> None:
    mpd = live(*(f'<Period id="{n}" {told}/>' for n, told in enumerate(attributes)))
    assert [one.start_s for one in mpd.periods] == starts


def test_xlink_is_reported_and_not_followed() -> None:
    mpd = live('<Period xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="http://ads.example/1"/>')
    assert mpd.periods[0].xlink == "http://ads.example/1"


def test_lines_are_those_of_the_file() -> None:
    mpd = live("\n" + period(video(numbers())) + "\n" + period(audio(numbers()), name="p2", start="PT60S"))
    assert [one.line for one in mpd.periods] == [4, 5]


def test_protection_is_told_with_its_key_id() -> None:
    kid = "34e5db32-8625-47cd-ba06-68fca0655a72"
    inner = (
        f'<ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="cenc" '
        f'xmlns:cenc="urn:mpeg:cenc:2013" cenc:default_KID="{kid}"/>'
    )
    mpd = live(period(video(numbers(), more=inner)))
    assert mpd.each()[0].protections[0].kid == kid


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"<!DOCTYPE html><html></html>", "web page", id="a web page"),
        pytest.param(b"<MPD><Period></MPD>", "no valid XML", id="a tag not closed"),
        pytest.param(b"<Period/>", "not an MPD", id="another root"),
        pytest.param(b"<MPD>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</MPD>", "no valid XML", id="too deep"),
        pytest.param(b"<MPD>" + b"<a/>" * 250_000 + b"</MPD>", "more than", id="too many elements"),
        pytest.param(b"<MPD>" + b" " * (9 * 1024 * 1024) + b"</MPD>", "limit", id="too large"),
        pytest.param("<MPD/>".encode("utf-16")[:-3], "no valid XML", id="half a character"),
    ],
)
def test_what_is_no_mpd_is_refused_with_a_sentence(body: bytes, says: str) -> None:
    with pytest.raises(BadMpd, match=says):
        parse(body, URL)


def test_a_billion_laughs_are_refused_before_anybody_laughs() -> None:
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {after} "{f"&{name};" * 10}">' for name, after in pairwise("abcdefghij")
    )
    with pytest.raises(BadMpd, match="document type"):
        parse(f"<!DOCTYPE MPD [{entities}]><MPD>&j;</MPD>".encode(), URL)


def test_a_file_of_this_machine_is_never_read() -> None:
    body = b'<!DOCTYPE MPD [<!ENTITY x SYSTEM "file:///etc/passwd">]><MPD><Period id="&x;"/></MPD>'
    with pytest.raises(BadMpd):
        parse(body, URL)


def test_a_timeline_that_repeats_for_ever_is_refused() -> None:
    with pytest.raises(BadMpd, match="more than"):
        live(period(video(template('<S t="0" d="1" r="999999999"/>'))))


def test_a_timescale_of_zero_is_refused() -> None:
    with pytest.raises(BadMpd, match="timescale"):
        live(period(video('<SegmentTemplate timescale="0" media="$Number$" duration="1"/>')))


def test_an_undeclared_prefix_is_lived_with() -> None:
    body = text(period(video(numbers(), more="<dashif:x/>"))).encode()
    assert len(parse(body, URL).each()) == 2


def test_an_old_start_costs_nothing() -> None:
    mpd = live(period(video(numbers(seconds=0.04))), start="1970-01-01T00:00:00Z", window="")
    listed = segments(mpd, mpd.periods[0], mpd.each()[0], 1.7e9)
    assert len(listed) == 100
    assert listed[-1].end_s == pytest.approx(1.7e9)


def test_timelines_of_shared_templates_are_one_value() -> None:
    one, two = live(period(video(template(timeline(0, 5))))).each()
    assert one.addressing is two.addressing
