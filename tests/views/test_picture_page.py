"""Picture and sound on the channel page, the wall and the overview: charts, strip, cards, words."""

from __future__ import annotations

import base64

import canned_story as story
import numpy as np
import pytest
from canned_agent import serving, settled
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QToolTip
from test_picture_mosaic import board_of, jpeg, media, row, seen_channel

from noc_console.minutes import Minutes
from noc_console.model import Severity
from noc_console.views.channel import ChannelScreen
from noc_console.views.channel_limits import limits_of
from noc_console.views.charts.limits import beyond, crossed, worst_now
from noc_console.views.charts.reduce import Line
from noc_console.views.charts.spec import ChartSpec, Limit
from noc_console.views.charts.trace import Gap
from noc_console.views.figures import GAP
from noc_console.views.overview_figures import delivery
from noc_console.views.overview_kpis import kpis
from noc_console.views.picture_charts import Aspect, rungs_with, specs_of
from noc_console.views.picture_load import decoding_words, seen_of
from noc_console.views.summary import summarise
from noc_console.views.thumb_tip import with_picture
from noc_console.views.wall import Wall
from noc_console.views.wall_rows import CURVE_FAULT, MARK_FAULT
from noc_console.views.wall_scales import loudness_share, mos_shares

PICTURE = {
    "video.mos": 4.31,
    "video.mos_encoding": 4.9,
    "video.mos_size": 4.6,
    "video.mos_motion": 4.7,
    "video.mos_artefacts": 5.0,
    "video.blockiness_ratio": 0.02,
    "video.luma_mean_ratio": 0.4,
    "video.bitrate_bps": 5.4e6,
}
QUIET = {
    "/series": {"unit": "1", "points": [], "gaps": []},
    "/series/baseline": {"band": None},
    "/alarms/7/history": {"events": []},
}
SOUND = {
    "audio.momentary_lufs": -22.8,
    "audio.short_term_lufs": -23.1,
    "audio.loudness_lufs": -23.0,
    "audio.integrated_lufs": -23.2,
    "audio.range_lu": 6.0,
    "audio.true_peak_dbtp": -3.4,
    "audio.silence_s": 0.0,
    "audio.left_active": 1.0,
    "audio.right_active": 0.0,
}


def measured_input(id_: int = 10, **more) -> dict:
    one = {**story.input_(id_), "media": media()}
    one["rungs"][0]["metrics"] |= PICTURE
    one["rungs"][0]["format"] = {"video": {"text": "H.264 High@4.1 1920×1080p50"}}
    one["rungs"][4]["metrics"] |= SOUND
    one["rungs"][4]["format"] = {"audio": {"text": "AAC LC 48 kHz 2 ch"}}
    return {**one, **more}


def frame_event(alarm_id: int, *offsets: float) -> dict:
    items = [{"hash": f"{number:064x}", "at": story.NOW - 380 + offset} for number, offset in enumerate(offsets)]
    return {
        "evidence": {"alarm_id": alarm_id, "captures": [{"kind": "FramesKept", "at": story.NOW, "items": items}]},
    }


@pytest.fixture
def page(desk, qtbot):
    alarm = story.alarm(7, 1, "CH_001", "VIDEO_FREEZE", "critical", "Picture frozen for 18 s")
    channel = seen_channel(1, inputs=[measured_input()], severity="critical", alarm_id=7, text="Picture frozen")
    desk.mirror.take({**board_of(channel), "alarms": [alarm]})
    made = ChannelScreen(desk)
    qtbot.addWidget(made)
    made.resize(1860, 990)
    made.show()
    made.open(1)
    return made


# -- charts


def test_a_measured_channel_begins_with_quality_loudness_bitrate_and_download(page):
    assert [chart.spec.title for chart in page.plots.stack.charts] == [
        "Picture quality, an estimate",
        "Loudness",
        "Bitrate",
        "Segment download",
    ]


def test_a_channel_without_picture_and_sound_keeps_the_charts_of_delivery():
    titles = [spec.title for spec in specs_of(Aspect.ALL, story.input_(10), ())]
    assert titles == [spec.title for spec in specs_of(Aspect.DELIVERY, story.input_(10), ())]
    assert titles[0] == "Playlist age"


def test_one_key_leads_through_delivery_picture_and_sound_and_back(page):
    seen = []
    for _ in Aspect:
        page.plots.next_aspect()
        seen.append((page.plots.aspect, page.media.isVisible(), page.work.isVisible()))
    assert seen == [
        (Aspect.DELIVERY, False, True),
        (Aspect.PICTURE, True, False),
        (Aspect.SOUND, True, False),
        (Aspect.ALL, False, True),
    ]


def test_charts_ask_only_for_rungs_on_which_something_is_measured():
    one = measured_input()
    assert rungs_with(one, "video.mos") == [story.RUNGS[0]]
    picture = specs_of(Aspect.PICTURE, one, ())
    assert {curve.rung for spec in picture for curve in spec.curves} == {story.RUNGS[0]}
    loudness = specs_of(Aspect.SOUND, one, ())[0]
    assert [curve.name for curve in loudness.curves] == ["60 s", "S 3 s", "M 0.4 s"]
    assert [curve.is_judged for curve in loudness.curves] == [True, False, False]


def test_limits_are_those_of_the_channels_rules_and_none_where_a_rule_is_off():
    rules = [
        {"rule": "video-mos", "fields": [{"field": "below", "value": 3.9}]},
        {"rule": "audio-loudness", "fields": [{"field": "above", "value": 1.0}]},
        {"rule": "audio-true-peak", "fields": [{"field": "above", "value": -1}, {"field": "is_on", "value": False}]},
    ]
    limits = limits_of(rules)
    one = measured_input()
    assert [limit.value for limit in specs_of(Aspect.PICTURE, one, (), limits)[0].limits] == [3.9, 2.0]
    assert [limit.value for limit in specs_of(Aspect.SOUND, one, (), limits)[0].limits] == [-22.0, -24.0]
    assert specs_of(Aspect.SOUND, one, (), limits)[1].limits == ()


def test_a_scale_that_does_not_begin_at_nothing_has_its_ends_labelled():
    quality = ChartSpec("MOS", "MOS", (5.0,), low=1.0)
    assert quality.ticks(5.0) == (1.0, 2.0, 3.0, 4.0, 5.0)
    assert ChartSpec("Loudness", "LUFS", (-13.0,), low=-33.0).ticks(-13.0) == (-33.0, -28.0, -23.0, -18.0, -13.0)


def test_only_what_is_below_a_lower_limit_and_above_an_upper_one_takes_the_colour():
    limits = (Limit(-21.0, "", Severity.MAJOR), Limit(-25.0, "", Severity.MAJOR, is_lower=True))
    line = Line(np.arange(5.0), np.array([-23.0, -19.0, -23.0, -27.0, -23.0]))
    over = beyond(limits, line)
    finite = over.y[np.isfinite(over.y)]
    assert ((finite >= -21.0) | (finite <= -25.0)).all()
    assert {-19.0, -27.0} <= set(finite.tolist())
    assert crossed(limits, line) == list(limits)
    assert worst_now(limits, line) is None
    assert worst_now(limits, Line(np.arange(2.0), np.array([-23.0, -26.0]))) is limits[1]


def test_a_quality_under_its_limit_is_the_ill_curve_of_the_page(page, desk):
    chart = page.plots.stack.charts[0]
    curve = chart.spec.curves[0]
    trace = page.plots._feed.traces[curve]
    trace.replace([[story.NOW - 60 + step, 2.8, 2.8, 2.8, 1] for step in range(60)])
    page.plots.show_input(desk.mirror.channels[1], desk.mirror.channels[1]["inputs"][0], [])
    assert chart.ill_curves == {curve: Severity.MAJOR}
    assert (chart.top, chart.part_of(5.0), chart.part_of(1.0)) == (5.0, 1.0, 0.0)


@pytest.mark.parametrize(("start", "is_shown"), [(-200.0, True), (-118.0, False)])
def test_a_gap_is_one_of_the_page_only_where_all_its_curves_have_most_of_it(start, is_shown, page):
    page.plots.show_aspect(Aspect.SOUND)
    points = [[story.NOW - 320, 1.0, 1.0, 1.0, 1], [story.NOW - 10, 1.0, 1.0, 1.0, 1]]
    silent, *others = page.plots._feed.traces.values()
    silent.replace(points, (Gap(story.NOW - 240, story.NOW - 120, "no data"),))
    for trace in others:
        trace.replace(points, (Gap(story.NOW + start, story.NOW - 100, "no data"),))
    assert any(gap.start == story.NOW - 240 for gap in page.plots._gaps()) is is_shown


# -- pictures


async def test_the_strip_shows_the_last_minute_and_on_a_key_the_moments_around_the_alarm(page, desk, qtbot):
    async with serving(desk) as agent:
        agent.answers |= QUIET
        agent.answers["/alarms/7/evidence"] = frame_event(7, -8.0, -2.0, 4.0, 10.0)
        agent.answers |= {f"/captures/{number:064x}": jpeg() for number in range(4)}
        rows = [row(1, number, story.NOW - 30 + number * 5, jpeg()) for number in range(6)]
        agent.answers["/channels/1/thumbnails"] = {"status": "ok", "thumbnails": rows}
        page.refresh()
        page._on_aspect()
        await settled(desk)
        page._on_aspect()
        assert len(page.pictures._last_minute()) == 6
        page.pictures.toggle()
        assert page.pictures.is_at_alarm
        around = page.pictures._around()
        assert [frame.right for frame in around] == _apart(-8, -2, 4, 10)
        assert [frame.is_marked for frame in around] == [False, False, True, False]
        page.pictures.grab()
        page.pictures.toggle()
        assert not page.pictures.is_at_alarm


def _apart(*seconds: int) -> list[str]:
    return [f"{'−' if one < 0 else '+'}{abs(one)}{GAP}s" for one in seconds]


async def test_an_agent_that_tells_wrong_frames_leaves_the_strip_as_it_is(page, desk):
    async with serving(desk) as agent:
        agent.answers |= QUIET
        agent.answers["/alarms/7/evidence"] = {"evidence": {"captures": [{"kind": "FramesKept", "items": [{}]}]}}
        page._on_aspect()
        await settled(desk)
        page._on_aspect()
        page.pictures.toggle()
        assert not page.pictures.is_at_alarm


def test_where_nothing_is_decoded_there_is_no_strip(page, desk):
    one = {**story.input_(10), "media": media(mode="off")}
    desk.mirror.take({**board_of(seen_channel(1, inputs=[one], thumbnail=None)), "rev": 2})
    page.refresh()
    assert not page.pictures.isVisible()


def test_the_cards_tell_quality_meters_and_formats(page, desk):
    page.plots.show_aspect(Aspect.PICTURE)
    for card in (page.media.picture, page.media.meters, page.media.formats):
        assert not card.grab().isNull()
    assert page.media.picture._metrics()["video.mos"] == 4.31
    assert page.media.formats._known() == [
        (story.RUNGS[0], "H.264 High@4.1 1920×1080p50"),
        (story.RUNGS[4], "AAC LC 48 kHz 2 ch"),
    ]


def test_a_format_that_differs_from_the_record_is_told_first(page, desk):
    findings = [story.finding("media-codec-mismatch", "minor", "format/1080p50", "H.264 instead of HEVC")]
    one = measured_input(findings=findings)
    page.media.formats.show_input(one)
    assert page.media.formats._differences() == findings
    assert page.media.formats.accessibleDescription() == "1 differ from the record"


# -- wall


def wall_of(desk, qtbot, *channels, alarms=()) -> Wall:
    desk.mirror.take({**board_of(*channels), "alarms": list(alarms)})
    made = Wall(desk)
    qtbot.addWidget(made)
    made.resize(1480, 960)
    made.show()
    made.refresh()
    return made


def test_a_tile_shows_quality_and_loudness_where_they_are_measured_and_delivery_where_not(desk, qtbot):
    wall = wall_of(desk, qtbot, seen_channel(1, mos=[None] * 58 + [4.8, 3.1]), story.channel(2, "CH_002", "Bare"))
    assert wall.rows.has_mos.tolist() == [True, False]
    assert wall.rows.curve[0, -2:].tolist() == [1.0, 0.0]
    assert np.isnan(wall.rows.curve[0, :58]).all()
    assert wall.rows.mark[0] == pytest.approx(loudness_share(-23.1))
    assert wall.rows.band.tolist() == [pytest.approx([1 / 3, 2 / 3]), pytest.approx([0.0, 0.5])]


@pytest.mark.parametrize(
    ("kind", "fault"), [("VIDEO_MOS_LOW", CURVE_FAULT), ("LOUDNESS_OUT_OF_RANGE", MARK_FAULT), ("SEGMENT_SLOW", 0)]
)
def test_only_the_figure_an_alarm_is_about_takes_its_colour(kind, fault, desk, qtbot):
    alarm = story.alarm(7, 1, "CH_001", kind, "major", "x")
    ill = seen_channel(1, mos=[4.0] * 60, severity="major", alarm_id=7)
    assert wall_of(desk, qtbot, ill, alarms=[alarm]).rows.fault.tolist() == [fault]


def test_a_tile_whose_picture_stopped_is_hatched_and_says_so(desk, qtbot):
    wall = wall_of(desk, qtbot, seen_channel(1, picture="frozen"), seen_channel(2))
    assert wall.rows.stopped.tolist() == [True, False]
    assert wall.rows.labels[0].badges == ("frozen",)
    still, moving = (_hues(wall.grab(wall.tile_rect(number)).toImage()) for number in (0, 1))
    hatch = desk.theme.colours.hatch.name()
    assert hatch in still
    assert hatch not in moving


def _hues(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(20, image.height() - 20)}


def test_values_beyond_the_scales_stand_at_their_ends():
    assert mos_shares([1.0, 3.1, 4.8, 5.0, None], 5).tolist()[:4] == [0.0, 0.0, 1.0, 1.0]
    assert (loudness_share(-60.0), loudness_share(-23.0), loudness_share(0.0)) == (0.0, 0.5, 1.0)
    assert np.isnan(loudness_share(None))


def test_the_facts_of_a_tile_come_with_its_picture_and_its_age(desk):
    desk.mirror.take(board_of(seen_channel(1)))
    picture = jpeg()
    text = with_picture(desk, 1, picture)
    assert base64.b64encode(picture).decode() in text
    assert "picture 4" in text
    assert "−23.1" in text


async def test_a_picture_that_comes_after_the_pointer_has_gone_shows_nothing(desk, qtbot):
    wall = wall_of(desk, qtbot, seen_channel(1))
    async with serving(desk):
        wall._tip.ask(desk, 1, wall.mapToGlobal(wall.tile_rect(0).center()))
        QToolTip.hideText()
        await settled(desk)
    assert not QToolTip.isVisible()


# -- the hour's minutes, the overview


def test_a_minute_is_the_mean_of_its_values_and_an_empty_one_stays_empty():
    minutes = Minutes(2)
    for at, value in ((0.0, None), (61.0, 4.0), (70.0, 5.0), (200.0, 3.0)):
        minutes.add(at, value)
    assert minutes.shown() == [4.5, None, 3.0]


def test_the_hour_is_never_longer_than_sixty_minutes():
    minutes = Minutes()
    for minute in range(200):
        minutes.add(minute * 60.0 + 1, float(minute))
    assert minutes.shown() == [float(minute) for minute in range(140, 200)]


def test_the_overview_tells_the_median_by_tier_and_how_many_are_on_target(desk):
    quiet = {"momentary": -30.0, "short_term": -30.0, "loudness": -28.0, "at": story.NOW}
    desk.mirror.take(
        board_of(
            seen_channel(1, mos=[4.0] * 60),
            seen_channel(2, mos=[4.4] * 60, tier=2),
            seen_channel(3, mos=[None] * 60, meters=quiet),
        )
    )
    seen = seen_of(desk.mirror)
    assert (seen.on_target, seen.heard) == (2, 3)
    assert seen.by_tier == ((1, 4.0), (2, 4.4))
    assert seen.mos[-1] == pytest.approx(4.2)
    found = kpis(desk.mirror, summarise(desk.mirror), delivery(desk.mirror), [])
    assert [one.title for one in found][3:5] == ["MOS, median", "Loudness in range"]
    assert found[4].figure == "66.7"


@pytest.mark.parametrize(
    ("skipped", "why", "words"),
    [
        ({}, "", "60 stretches in the last minute, none skipped, 1.9 of 2 cores"),
        ({"3": {"crowded": 4, "late": 1}}, "crowded", "2 of 2 channels skipped in the last minute (decoders full)"),
        ({"3": {"room": 4}}, "", "4 stretches skipped in the last minute (no room to keep them), 1.9 of 2 cores"),
    ],
)
def test_what_decoders_skip_is_said_in_words(skipped, why, words, desk):
    decoding = {"cores_used": 1.9, "workers": [{}, {}], "decoded_per_min": 60, "skipped_per_min": skipped}
    channels = [
        seen_channel(number, inputs=[{**story.input_(number * 10), "media": media(why=why)}]) for number in (1, 2)
    ]
    desk.mirror.take(board_of(*channels, decoding=decoding))
    assert decoding_words(desk.mirror).startswith(words)


def test_an_agent_that_decodes_nothing_says_so(desk):
    desk.mirror.take(story.board())
    assert decoding_words(desk.mirror).startswith("off")


def test_colours_of_the_bars_are_those_of_the_theme(desk, qtbot):
    wall = wall_of(desk, qtbot, seen_channel(1))
    assert QColor(desk.theme.colours.band_high).name() in _hues(wall.grab(wall.tile_rect(0)).toImage())
