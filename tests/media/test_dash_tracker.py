"""A live MPD over time: what is fresh, what is stale and whose fault it is, what may not change."""

from __future__ import annotations

from pathlib import Path

import pytest
from dash_making import AST, URL, audio, listed, live, numbers, period, template, text, timeline, video

from noc_console.media.dash import Mpd, parse
from noc_console.media.dash.drift import Drift
from noc_console.media.dash.segments import segments
from noc_console.media.dash.tracker import Memory, Seen, Step, advance, due


def there(last: int) -> float:
    """When the segment `last` has ended, and half a second."""
    return AST + (last + 1) * 2 + 0.5


def play(*looks: tuple[Mpd, Seen]) -> Step:
    memory, step = Memory(), None
    for mpd, seen in looks:
        step = advance(memory, mpd, seen)
        memory = step.memory
    assert step is not None
    return step


def ids(step: Step) -> list[str]:
    return [finding.id for finding in step.findings]


def names(step: Step) -> list[str]:
    return [fresh.segment.url.rpartition("/one/")[2] for fresh in step.fresh]


def test_the_first_look_gives_the_newest_segment_of_each_rung() -> None:
    step = play((listed(0, 9), Seen(there(9))))
    assert names(step) == ["v1/1620000.m4s", "v2/1620000.m4s", "a1/1620000.m4s"]


def test_the_next_look_gives_what_came_since_oldest_first() -> None:
    step = play((listed(0, 9), Seen(there(9))), (listed(2, 11), Seen(there(11))))
    assert names(step)[:2] == ["v1/1800000.m4s", "v1/1980000.m4s"]
    assert ids(step) == []


def test_an_unchanged_mpd_gives_nothing_fresh() -> None:
    mpd = listed(0, 9)
    assert play((mpd, Seen(there(9))), (mpd, Seen(there(9) + 1, is_new=False))).fresh == ()


def test_time_alone_makes_segments_of_a_number_template() -> None:
    mpd = live(period(video(numbers()), audio(numbers())))
    step = play((mpd, Seen(there(9))))
    _, fresh = due(step.memory, mpd, there(10))
    assert [one.segment.number for one in fresh] == [10, 10, 10]


def test_a_new_period_goes_on_where_the_old_one_ended() -> None:
    old = live(period(video(template(timeline(0, 9)))))
    new = live(
        period(video(template(timeline(0, 10))), more='duration="PT22S"'),
        period(video(template(timeline(0, 1))), name="ad", start="PT22S"),
    )
    step = play((old, Seen(there(9))), (new, Seen(there(12))))
    assert [fresh.segment.start_s for fresh in step.fresh] == [20, 20, 22, 24, 22, 24]


def test_a_packager_that_starts_again_is_followed() -> None:
    step = play((listed(100, 109), Seen(there(109))), (listed(0, 3), Seen(there(110))))
    assert names(step) == ["v1/540000.m4s", "v2/540000.m4s", "a1/540000.m4s"]


@pytest.mark.parametrize(
    ("later", "is_stale"),
    [
        pytest.param(5.0, False, id="on the limit"),
        pytest.param(5.1, True, id="over it"),
    ],
)
def test_stale_after_one_and_a_half_segments_and_the_update_period(later: float, is_stale: bool) -> None:
    mpd = listed(0, 9)
    step = play((mpd, Seen(there(9) - 0.5)), (mpd, Seen(there(9) - 0.5 + later, is_new=False)))
    assert ("dash-mpd-stale" in ids(step)) is is_stale


@pytest.mark.parametrize(
    ("seen", "cause"),
    [
        (Seen(there(9) + 9, is_new=False), "origin"),
        (Seen(there(9) + 9, is_new=False, http_age_s=9), "cache"),
        (Seen(there(9) + 9, is_new=False, offset_s=7.0), "clock"),
        (Seen(there(9) + 9, is_new=False, is_failed=True), "network"),
    ],
)
def test_a_stale_mpd_says_whose_fault_it_is(seen: Seen, cause: str) -> None:
    mpd = listed(0, 9)
    step = play((mpd, Seen(there(9))), (mpd, seen))
    assert [finding.where["cause"] for finding in step.findings if finding.id == "dash-mpd-stale"] == [cause]


def test_a_channel_whose_start_moves_away_is_not_called_stale_as_well() -> None:
    starts = ("2023-11-14T22:13:20Z", "2023-11-14T22:13:50Z", "2023-11-14T22:14:20Z", "2023-11-14T22:14:50Z")
    looks = [(listed(n, n + 10, start=start), Seen(there(n + 10))) for n, start in enumerate(starts, 20)]
    assert "dash-mpd-stale" not in ids(play(*looks))


def test_a_first_look_at_an_old_mpd_is_stale_at_once() -> None:
    assert "dash-mpd-stale" in ids(play((listed(0, 9), Seen(AST + 600))))


def test_a_packager_with_latency_is_not_stale() -> None:
    looks = [(listed(n, n + 12, published="2023-11-14T22:15:20Z"), Seen(there(n + 12) + 40)) for n in range(5)]
    assert ids(play(*looks)) == []


def test_a_number_template_that_is_never_published_again_is_not_stale() -> None:
    mpd = live(period(video(numbers()), audio(numbers())))
    assert ids(play((mpd, Seen(there(20))), (mpd, Seen(there(900), is_new=False)))) == []


def test_a_number_template_that_used_to_be_published_is_stale_when_it_is_not() -> None:
    looks = [
        (live(period(video(numbers())), published=f"2023-11-14T22:14:{2 * n:02d}Z"), Seen(AST + 40 + 2 * n))
        for n in range(4)
    ]
    last = looks[-1][0]
    assert ids(play(*looks, (last, Seen(AST + 50, is_new=False)))) == []
    assert ids(play(*looks, (last, Seen(AST + 52, is_new=False)))) == ["dash-mpd-stale"]


def test_a_live_channel_that_becomes_static_has_ended() -> None:
    body = text(period(video(template(timeline(0, 10)))), update="").replace('"dynamic"', '"static"')
    step = play((listed(0, 9), Seen(there(9))), (parse(body.encode(), URL), Seen(there(10))))
    assert [finding.where["cause"] for finding in step.findings if finding.id == "dash-mpd-stale"] == ["ended"]


def changed(old: Mpd, new: Mpd) -> list[str]:
    return ids(play((old, Seen(there(29))), (new, Seen(there(30)))))


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        pytest.param(
            listed(19, 29), listed(20, 30, start="2023-11-14T22:13:21Z"), "dash-ast-changed", id="AST moves a second"
        ),
        pytest.param(
            live(period(video(numbers()), audio(numbers()))),
            live(period(video(numbers()), audio(numbers()), start="PT1S")),
            "dash-period-start-changed",
            id="the period starts elsewhere",
        ),
        pytest.param(
            live(period(video(numbers()), audio(numbers()))),
            live(period(audio(numbers()), video(numbers()))),
            "dash-adaptationset-changed",
            id="the sets change places",
        ),
        pytest.param(
            live(period(video(numbers()), audio(numbers()))),
            live(period(video(numbers(), ids=("v1",)), audio(numbers()))),
            "dash-representation-changed",
            id="a representation is gone",
        ),
        pytest.param(
            listed(19, 29),
            live(
                period(
                    video(template(timeline(20, 30, skip=(25,)) + "")),
                    audio(template(timeline(20, 30))),
                )
            ),
            "dash-timeline-history-changed",
            id="a listed segment is gone from the middle",
        ),
        pytest.param(listed(19, 29), listed(17, 27), "dash-timeline-history-changed", id="the time line goes back"),
        pytest.param(listed(19, 29), listed(40, 50), "dash-timeline-gap", id="the time line jumps"),
        pytest.param(listed(19, 29), listed(27, 30), "dash-segment-removed-early", id="the window shrinks"),
        pytest.param(
            listed(19, 29, update=""),
            listed(20, 30, update=""),
            "dash-mup-missing",
            id="no update period",
        ),
    ],
)
def test_what_may_not_change_is_noticed(old: Mpd, new: Mpd, finding: str) -> None:
    assert finding in changed(old, new)


def test_the_number_of_a_listed_segment_may_not_change() -> None:
    def numbered(first: int, start: int) -> Mpd:
        media, more = "$RepresentationID$/$Number$.m4s", f'startNumber="{start}"'
        return live(period(video(template(timeline(first, first + 10), media=media, more=more))))

    assert changed(numbered(19, 100), numbered(20, 101)) == []
    assert changed(numbered(19, 100), numbered(20, 100)) == ["dash-timeline-history-changed"]


def test_raising_the_last_repeat_is_allowed() -> None:
    def repeated(count: int) -> Mpd:
        return live(period(video(template(f'<S t="3420000" d="180000" r="{count}"/>'))))

    assert changed(repeated(10), repeated(11)) == []


def test_an_edit_is_told_twice_and_then_over() -> None:
    old, new = listed(19, 29), listed(20, 30, start="2023-11-14T22:13:21Z")
    memory, told = Memory(), []
    for mpd, at in ((old, there(29)), (new, there(30)), (new, there(30) + 1), (new, there(30) + 2)):
        step = advance(memory, mpd, Seen(at))
        memory = step.memory
        told.append("dash-ast-changed" in ids(step))
    assert told == [False, True, True, False]


def test_a_new_key_is_an_event() -> None:
    def keyed(kid: str) -> Mpd:
        inner = (
            '<ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="cenc" '
            f'xmlns:cenc="urn:mpeg:cenc:2013" cenc:default_KID="{kid}"/>'
        )
        return live(period(video(numbers(), more=inner), audio(numbers())))

    assert changed(keyed("a"), keyed("b")) == ["dash-protection-changed"]
    assert changed(keyed("a"), keyed("a")) == []


def test_audio_and_video_may_not_end_apart() -> None:
    apart = live(period(video(template(timeline(15, 29))), audio(template(timeline(15, 26)))))
    assert "dash-av-edge-apart" in ids(play((apart, Seen(there(29)))))
    close = live(period(video(template(timeline(15, 29))), audio(template(timeline(15, 28)))))
    assert "dash-av-edge-apart" not in ids(play((close, Seen(there(29)))))


def test_real_versions_follow_each_other_without_a_finding(testdata: Path) -> None:
    folder = testdata / "dash/livesim2-patch"
    for name in ("testpic_2s", "testpic_2s_snr"):
        mpds = [parse((folder / f"{name}_{n}.mpd").read_bytes(), "http://h/m.mpd") for n in (1, 2)]
        step = play(*((mpd, Seen((mpd.published_at or 0) + 1)) for mpd in mpds))
        assert ids(step) == []
        assert len(step.fresh) == 8


@pytest.mark.parametrize(
    ("per_hour", "is_found"),
    [pytest.param(0.05, False, id="50 ms an hour"), pytest.param(0.3, True, id="300 ms an hour")],
)
def test_the_media_clock_may_not_drift(per_hour: float, is_found: bool) -> None:
    drift = Drift()
    for n in range(3 * 1800):
        jitter = 1.7 * (n * 7919 % 100) / 100
        drift = drift.seen(n * 2.0, 3.0 + per_hour * n * 2 / 3600 + jitter)
    found = [finding.id for finding in drift.findings(listed(0, 1))]
    assert found == (["dash-clock-drift"] if is_found else [])


def test_metrics_tell_age_window_and_latency() -> None:
    step = play((listed(18, 28), Seen(there(28) - 0.5)), (listed(19, 29), Seen(there(29))))
    later = advance(step.memory, step.memory.mpd or listed(0, 0), Seen(there(29) + 1, is_new=False))
    assert later.metrics["playlist.age_s"] == pytest.approx(1.0)
    assert later.metrics["playlist.age_ratio"] == pytest.approx(0.5)
    assert later.metrics["playlist.latency_s"] == pytest.approx(1.5)
    assert later.metrics["playlist.segments"] == 11
    assert later.metrics["ladder.rungs"] == 3
    assert later.metrics["ladder.max_bandwidth_bps"] == 2_000_000


def test_segments_listed_far_ahead_are_not_there_yet() -> None:
    mpd = listed(0, 500)
    assert play((mpd, Seen(there(9)))).fresh[0].segment.start_s == 20


def test_a_time_line_shared_by_many_is_walked_once() -> None:
    rows = "".join(f'<S d="{2000 + n % 2}"/>' for n in range(20_000))
    reps = "".join(f'<Representation id="{n}" bandwidth="{n + 1}"/>' for n in range(100))
    text = (
        '<MPD type="dynamic" minBufferTime="PT2S" availabilityStartTime="1970-01-01T00:00:00Z"><Period start="PT0S">'
        '<AdaptationSet mimeType="video/mp4"><SegmentTemplate timescale="1000" media="$RepresentationID$/$Time$">'
        f"<SegmentTimeline>{rows}</SegmentTimeline></SegmentTemplate>{reps}</AdaptationSet></Period></MPD>"
    )
    mpd = parse(text.encode(), "http://127.0.0.1/live.mpd")
    step = advance(Memory(), mpd, Seen(2e9, is_new=True))
    assert len(step.fresh) == 100
    newest = step.fresh[0].segment
    assert newest.start_s == sum(2000 + n % 2 for n in range(19_999)) / 1000
    rep = mpd.periods[0].sets[0].representations[7]
    starts = [one.start_s for one in segments(mpd, mpd.periods[0], rep, 2e9, limit=3)]
    assert sorted(starts) == [sum(2000 + n % 2 for n in range(index)) / 1000 for index in (19_997, 19_998, 19_999)]
