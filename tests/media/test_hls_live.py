"""One live playlist from poll to poll, time played by hand."""

from __future__ import annotations

import pytest
from hls_texts import BEGIN, live, live_text

from noc_console.catalogues import severity_of
from noc_console.media.hls import Media, parse_media
from noc_console.media.hls.live import Memory, Step, advance
from noc_console.media.hls.stale import Seen

AT = BEGIN + 36.5


def play(*polls: tuple[float, Media | None], offset: float | None = None, **seen: object) -> Step:
    """Play polls at seconds after the first; None is a fetch that failed, the same object an unchanged body."""
    memory, step = Memory(), None
    for after, media in polls:
        step = advance(memory, media, Seen(AT + after, clock_offset_s=offset, **seen))  # type: ignore[arg-type]
        memory = step.memory
    assert step is not None
    return step


def ids(step: Step) -> set[str]:
    return {finding.id for finding in step.findings}


def serious(step: Step) -> set[str]:
    return {finding.id for finding in step.findings if (found := severity_of(finding)) and found.rank >= 3}


def test_a_healthy_playlist_gives_no_finding_and_its_new_segments() -> None:
    step = play((0, live(0)), (6, live(1)), (12, live(2)))
    assert not step.findings
    assert [segment.sequence for segment in step.fresh] == [7]
    assert step.metrics["playlist.media_sequence"] == 7
    assert step.metrics["playlist.age_s"] == 0
    assert step.metrics["playlist.latency_s"] == pytest.approx(0.5)


STILL = live(0)


@pytest.mark.parametrize(
    ("after", "found"),
    [
        pytest.param(8.9, set(), id="within 1.5 target durations"),
        pytest.param(9.1, {"hls-playlist-stale"}, id="beyond 1.5"),
        pytest.param(18.1, {"hls-playlist-stale-long"}, id="beyond 3"),
    ],
)
def test_a_playlist_without_a_new_segment_is_stale_by_target_durations(after: float, found: set[str]) -> None:
    assert serious(play((0, STILL), (6, STILL), (after, STILL))) == found


@pytest.mark.parametrize(
    ("polls", "is_guess"),
    [
        pytest.param([(0, STILL)], True, id="the first look"),
        pytest.param([(0, STILL), (8.9, STILL)], True, id="nothing new yet"),
        pytest.param([(0, STILL), (6, live(1))], False, id="a segment came while we looked on"),
        pytest.param([(0, STILL), (9.1, STILL)], False, id="stale: at least this old"),
    ],
)
def test_until_a_segment_comes_the_age_of_the_newest_is_a_guess(polls, is_guess) -> None:
    assert ("playlist.age_unknown" in play(*polls).metrics) is is_guess


def test_a_late_poll_does_not_make_a_playlist_stale() -> None:
    assert not play((0, live(0)), (60, live(10))).findings
    assert not play((0, live(0)), (600, live(100))).findings


def cause(step: Step) -> object:
    return next(finding.where["cause"] for finding in step.findings if finding.id.startswith("hls-playlist-stale"))


def test_a_stale_playlist_of_the_origin_names_the_origin() -> None:
    assert cause(play((0, STILL), (10, STILL))) == "origin"


def test_an_old_copy_of_a_cache_names_the_cache() -> None:
    memory = play((0, STILL)).memory
    step = advance(memory, memory.media, Seen(AT + 10, age_s=9))
    assert cause(step) == "cache"
    assert "copy 9 s old" in step.findings[0].text


def test_an_old_date_without_age_names_the_cache_too() -> None:
    memory = play((0, STILL)).memory
    assert cause(advance(memory, memory.media, Seen(AT + 10, date=AT, clock_offset_s=0.0))) == "cache"


def test_failing_requests_name_the_network() -> None:
    assert cause(play((0, STILL), (6, None), (10, None))) == "network"


def test_a_clock_that_is_off_is_told_before_the_origin_is_blamed() -> None:
    assert cause(play((0, STILL), (10, STILL), offset=4.0)) == "clock"
    assert cause(play((0, STILL), (10, STILL), offset=0.5)) == "origin"


def test_a_target_duration_that_is_too_small_does_not_make_a_playlist_stale() -> None:
    small = live(0, target=2)
    assert "hls-playlist-stale" not in ids(play((0, small), (6, small)))


def test_an_age_header_makes_the_newest_segment_older() -> None:
    step = advance(Memory(), live(0), Seen(AT, age_s=3))
    assert step.metrics["playlist.age_s"] == 3


def test_what_happened_once_stays_visible_for_three_target_durations() -> None:
    first, back = live(20), live(3)
    step = play((0, first), (6, back))
    assert "hls-media-sequence-decreased" in ids(step)
    later = advance(step.memory, live(4), Seen(AT + 12))
    assert "hls-media-sequence-decreased" in ids(later)
    gone = advance(later.memory, live(6), Seen(AT + 6 + 18.5))
    assert "hls-media-sequence-decreased" not in ids(gone)


def test_a_packager_that_began_anew_and_a_cache_that_went_back_are_told_apart() -> None:
    anew = play((0, live(900)), (6, live(0)))
    older = play((0, live(5)), (6, live(4)))
    causes = [
        finding.where["cause"] for step in (anew, older) for finding in step.findings if "decreased" in finding.id
    ]
    assert causes == ["origin", "cache"]


def test_a_jump_beyond_the_playlist_is_a_finding_unless_we_looked_late() -> None:
    assert "hls-media-sequence-jump" in ids(play((0, live(0)), (6, live(500))))
    assert not ids(play((0, live(0)), (120, live(20))))


def test_changed_history_is_named_with_its_segment() -> None:
    changed = parse_media(live_text(1).replace("s3.ts", "other.ts").encode(), "http://x/")
    step = play((0, live(0)), (6, changed))
    (finding,) = step.findings
    assert (finding.id, finding.where["sequence"]) == ("hls-history-changed", 3)


def test_a_renewed_token_is_no_change_of_history() -> None:
    texts = [live_text(number).replace(".ts", f".ts?token={number}") for number in (0, 1)]
    step = play(*((6 * n, parse_media(text.encode(), "http://x/")) for n, text in enumerate(texts)))
    assert not step.findings
    assert len(step.fresh) == 1


def test_target_duration_and_version_must_not_change() -> None:
    changed = parse_media(live_text(1, target=7).replace("VERSION:6", "VERSION:7").encode(), "http://x/")
    assert ids(play((0, live(0)), (6, changed))) == {"hls-targetduration-changed", "hls-version-changed"}


def test_a_key_that_vanishes_from_a_listed_segment_is_told() -> None:
    key = '#EXT-X-KEY:METHOD=AES-128,URI="k"'
    locked = [live(number, extra={number: [key]}) for number in (0, 1)]
    assert not play((0, locked[0]), (6, locked[1])).findings
    assert "hls-key-tag-dropped" in ids(play((0, locked[0]), (6, live(1))))


def test_the_end_of_a_live_playlist_is_critical() -> None:
    ended = parse_media((live_text(1) + "#EXT-X-ENDLIST\n").encode(), "http://x/")
    assert serious(play((0, live(0)), (6, ended))) == {"hls-endlist-in-live"}
    assert serious(play((0, ended))) == {"hls-endlist-in-live"}


def test_the_end_of_what_is_only_inspected_is_no_fault() -> None:
    ended = parse_media((live_text(1) + "#EXT-X-ENDLIST\n").encode(), "http://x/")
    assert not advance(Memory(expects_live=False), ended, Seen(AT)).findings


def breaks(first: int, extra: dict[int, list[str]]) -> Media:
    return live(first, 8, extra=extra, head="#EXT-X-DISCONTINUITY-SEQUENCE:40")


def test_ad_breaks_with_discontinuities_are_healthy() -> None:
    extra = {10: ["#EXT-X-DISCONTINUITY", "#EXT-X-CUE-OUT:12"], 12: ["#EXT-X-DISCONTINUITY", "#EXT-X-CUE-IN"]}
    memory = Memory()
    for first in range(18):
        gone = sum(number < first for number in extra)
        head = f"#EXT-X-DISCONTINUITY-SEQUENCE:{40 + gone}"
        step = advance(memory, live(first, 8, extra=extra, head=head), Seen(AT + 12 + 6 * first))
        memory = step.memory
        assert not step.findings, (first, step.findings)


def test_a_break_that_never_returns_is_told_after_its_duration_and_five_seconds() -> None:
    extra = {8: ["#EXT-X-CUE-OUT:DURATION=12"]}
    memory, told = Memory(), []
    for first in range(6):
        step = advance(memory, live(first, 8, extra=extra), Seen(AT + 12 + 6 * first))
        memory = step.memory
        told.append("hls-cue-unclosed" in ids(step))
    assert told == [False, False, False, True, True, True]


def test_a_break_inside_a_break_is_told() -> None:
    extra = {8: ["#EXT-X-CUE-OUT:30"], 9: ["#EXT-X-CUE-OUT:30"]}
    assert "hls-cue-unclosed" in ids(play((12, live(0, 9, extra=extra)), (18, live(1, 9, extra=extra))))


def test_a_storm_of_discontinuities_is_told_outside_breaks_only() -> None:
    cut = {number: ["#EXT-X-DISCONTINUITY"] for number in range(8, 40)}
    memory, found = Memory(), []
    for first in range(9):
        gone = sum(number < first for number in cut)
        head = f"#EXT-X-DISCONTINUITY-SEQUENCE:{gone}"
        step = advance(memory, live(first, 8, extra=cut, head=head), Seen(AT + 12 + 6 * first))
        memory = step.memory
        found.append("hls-discontinuity-storm" in ids(step))
    assert found == [False] * 7 + [True, True]


def test_a_packager_that_never_writes_discontinuity_sequence_is_only_warned_of() -> None:
    extra = {3: ["#EXT-X-DISCONTINUITY"]}
    step = play(*((6 * n, live(n, extra=extra)) for n in range(5)))
    assert ids(step) == {"hls-dseq-not-incremented"}
    assert not serious(step)


def test_too_little_new_content_is_told_where_it_is_not_stale() -> None:
    memory = advance(Memory(), live(0), Seen(AT)).memory
    text = live_text(0)
    for number in range(1, 7):
        text += f"#EXTINF:1.000,\nshort{number}.ts\n"
        step = advance(memory, parse_media(text.encode(), "http://x/"), Seen(AT + 6 * number))
        memory = step.memory
    assert "hls-content-shortage" in ids(step)


def test_dates_far_from_utc_are_told() -> None:
    assert ids(advance(Memory(), live(0), Seen(AT - 3))) == {"hls-pdt-clock-offset"}
    assert ids(advance(Memory(), live(0), Seen(AT + 70))) == {"hls-pdt-clock-offset"}


def test_our_own_clock_is_put_right_before_dates_are_judged() -> None:
    assert not advance(Memory(), live(0), Seen(AT + 70, clock_offset_s=70.0)).findings


def test_removed_segments_are_remembered_as_long_as_they_must_be_there() -> None:
    step = play((0, live(0)), (6, live(1)))
    (removed,) = step.memory.removed
    assert removed.uri == "http://origin.example/live/s0.ts"
    assert removed.until == AT + 6 + 6 + 36


LOW = (
    "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:4\n#EXT-X-PART-INF:PART-TARGET=1\n"
    "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=3\n#EXT-X-MEDIA-SEQUENCE:5\n"
    "#EXT-X-PROGRAM-DATE-TIME:{date}\n#EXTINF:4,\ns5.ts\n#EXTINF:4,\ns6.ts\n#EXTINF:4,\ns7.ts\n"
)


def low(parts: int, hint: str = "") -> Media:
    text = LOW.format(date="2026-09-21T14:13:40Z")
    text += "".join(f'#EXT-X-PART:DURATION=1,URI="p{number}.ts"\n' for number in range(parts))
    text += f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{hint or f"p{parts}.ts"}"\n'
    return parse_media(text.encode(), "http://x/")


def test_parts_that_stay_away_are_late() -> None:
    one = low(1)
    assert "llhls-part-late" not in ids(play((0, one), (3, one)))
    assert "llhls-part-late" in ids(play((0, one), (3, one), (4, one)))
    assert "llhls-part-late" not in ids(play((0, one), (3, low(2)), (4, low(3))))


def test_a_hint_must_be_honoured_by_the_next_part() -> None:
    assert "llhls-preload-hint-broken" not in ids(play((0, low(1)), (1, low(2))))
    assert "llhls-preload-hint-broken" in ids(play((0, low(1, hint="q.ts")), (1, low(2))))


def test_ranges_of_one_file_under_a_standing_number_are_a_wrong_step_and_no_stale_playlist() -> None:
    def ranges(first: int) -> Media:
        lines = ["#EXTM3U", "#EXT-X-VERSION:4", "#EXT-X-TARGETDURATION:4", "#EXT-X-MEDIA-SEQUENCE:0"]
        for number in range(first, first + 5):
            lines += ["#EXTINF:4,", f"#EXT-X-BYTERANGE:1000@{number * 1000}", "live.ts"]
        return parse_media("\n".join([*lines, ""]).encode(), "http://127.0.0.1/live.m3u8", {})

    step = advance(Memory(), ranges(0), Seen(100.0))
    for number in range(1, 12):
        step = advance(step.memory, ranges(number), Seen(100.0 + 4 * number))
        assert [segment.byterange for segment in step.fresh] == [(1000, (number + 4) * 1000)]
    told = {finding.id for finding in step.findings}
    assert "hls-media-sequence-step" in told
    assert not told & {"hls-playlist-stale", "hls-playlist-stale-long", "hls-history-changed"}
