"""The board: newest state, revisions, freshness."""

from __future__ import annotations

from typing import Any

import pytest

from noc_console.board import LOST_AFTER_S, Board
from noc_console.model import Channel, Finding, Input, Kind, Layer, Observation

INPUT = Input(11, 1, Layer.PACKAGER, Kind.HLS, "http://origin/1.m3u8")
CHANNEL = Channel(1, "CH_OTT_001", "News 1", inputs=(INPUT,))


@pytest.fixture
def board() -> Board:
    board = Board("boot")
    board.configure([CHANNEL])
    return board


def look(at: float, scope: str = "playlist/720p", *findings: Finding, **metrics: float) -> Observation:
    return Observation(11, scope, at, {key.replace("__", "."): value for key, value in metrics.items()}, findings)


def only(board: Board, at: float = 0.0) -> dict[str, Any]:
    (channel,) = board.changes(0, at)["channels"]
    return channel  # type: ignore[no-any-return]


def alarm(alarm_id: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "alarm_id": alarm_id,
        "channel_id": 1,
        "input_id": 11,
        "severity": "major",
        "acknowledged": False,
        "raised_at": 5.0,
        "message": "slow",
        "owner": "",
        "resolved": False,
        **more,
    }


def test_a_channel_is_loading_then_ok_then_stale_then_lost(board: Board) -> None:
    assert only(board)["state"] == "loading"
    board.observe(look(100.0, playlist__target_duration_s=6.0))
    assert [only(board, at)["state"] for at in (110.0, 118.5, 100.0 + LOST_AFTER_S + 1)] == ["ok", "stale", "lost"]


def test_only_what_is_newer_than_the_revision_is_told(board: Board) -> None:
    rev = board.rev
    assert board.changes(rev, 0.0)["channels"] == []
    board.observe(look(1.0, playlist__age_ratio=0.5))
    assert [channel["id"] for channel in board.changes(rev, 1.0)["channels"]] == [1]


def test_ageing_gives_a_new_revision_once(board: Board) -> None:
    board.observe(look(100.0))
    board.age(101.0)
    rev = board.rev
    board.age(102.0)
    assert board.rev == rev
    board.age(200.0)
    assert board.changes(rev, 200.0)["channels"][0]["state"] == "stale"


def test_the_worst_rung_stands_for_the_input(board: Board) -> None:
    board.observe(look(1.0, "segment/720p", segment__download_s=0.2, segment__speed_ratio=30.0))
    board.observe(look(1.0, "segment/1080p", segment__download_s=0.9, segment__speed_ratio=6.0))
    metrics = only(board)["inputs"][0]["metrics"]
    assert (metrics["segment.download_s"], metrics["segment.speed_ratio"]) == (0.9, 6.0)


def test_findings_stay_until_a_look_at_the_same_scope_does_not_repeat_them(board: Board) -> None:
    stale = Finding("hls-playlist-stale", "No new segment for 11 s", {"uri": "x"})
    board.observe(look(1.0, "playlist/720p", stale))
    board.observe(look(2.0, "playlist/360p"))
    board.observe(look(4.0, "playlist/720p", stale))
    (held,) = only(board)["inputs"][0]["findings"]
    assert (held["since"], held["at"], held["cycles"]) == (1.0, 4.0, 2)
    board.observe(look(7.0, "playlist/720p"))
    assert only(board)["inputs"][0]["findings"] == []


def test_a_rung_that_left_the_ladder_takes_its_numbers_along(board: Board) -> None:
    board.observe(look(1.0, "segment/720p", segment__download_s=5.0))
    board.set_ladder(11, [{"rung": "360p", "kind": "video", "codecs": "avc1", "bandwidth_bps": 1000}])
    (entry,) = only(board)["inputs"]
    assert "segment.download_s" not in entry["metrics"]
    assert [rung["rung"] for rung in entry["rungs"]] == ["360p"]


def test_the_worst_open_alarm_is_the_channels_state(board: Board) -> None:
    board.set_alarm(alarm(1))
    board.set_alarm(alarm(2, severity="critical", message="gone", acknowledged=True))
    channel = only(board)
    assert (channel["severity"], channel["text"], channel["open_alarms"]) == ("critical", "gone", 2)
    assert channel["acknowledged"] is False
    board.set_alarm(alarm(2, severity="critical", resolved=True))
    assert only(board)["severity"] == "major"


def test_a_latched_alarm_waits_in_the_list_and_no_longer_colours_its_channel(board: Board) -> None:
    board.set_alarm(alarm(1, severity="critical", condition="cleared", latched=True))
    channel = only(board)
    assert (channel["severity"], channel["latched"], channel["open_alarms"]) == ("cleared", 1, 0)
    assert [row["alarm_id"] for row in board.alarms()] == [1]


def test_a_closed_alarm_is_told_once_more(board: Board) -> None:
    board.set_alarm(alarm(1))
    rev = board.rev
    board.set_alarm(alarm(1, resolved=True))
    assert [row["resolved"] for row in board.changes(rev, 0.0)["alarms"]] == [True]
    assert board.alarms() == []


def test_a_removed_channel_is_gone(board: Board) -> None:
    rev = board.rev
    board.configure([])
    assert board.changes(rev, 0.0)["gone"]["channels"] == [1]


def test_the_line_of_the_last_hour_has_one_value_a_minute_and_a_hole_where_nothing_was_measured(board: Board) -> None:
    for at in (0.0, 30.0, 60.0, 200.0):
        board.observe(look(at + 6000.0, "segment/a", segment__download_s=0.6, segment__duration_s=6.0))
    assert only(board)["spark"] == [0.1, 0.1, None, 0.1]


def test_an_edited_url_forgets_what_the_old_one_gave(board: Board) -> None:
    board.observe(look(1.0, playlist__age_ratio=0.5))
    moved = Input(11, 1, Layer.PACKAGER, Kind.HLS, "http://other/1.m3u8")
    board.configure([Channel(1, "CH_OTT_001", "News 1", inputs=(moved,))])
    assert only(board)["state"] == "loading"


def test_what_is_hidden_does_not_colour_the_channel_but_is_counted(board: Board) -> None:
    board.set_alarm(alarm(1, severity="critical", shelved=True))
    board.set_alarm(alarm(2, severity="minor", parent_id=9))
    told = only(board)
    assert (told["severity"], told["open_alarms"], told["shelved"]) == ("minor", 1, 1)
    assert told["cause"] == 9
    board.set_alarm(alarm(3, severity="major", out_of_service=True, flapping=True))
    told = only(board)
    assert (told["severity"], told["out_of_service"], told["flapping"]) == ("minor", 1, True)


def test_alarms_are_told_in_the_order_they_changed(board: Board) -> None:
    for number in (1, 2, 3):
        board.set_alarm(alarm(number))
    rev = board.rev
    board.set_alarm(alarm(1, message="slower"))
    board.set_alarm(alarm(4))
    assert [one["alarm_id"] for one in board.changes(rev, 0.0)["alarms"]] == [1, 4]
    assert [one["alarm_id"] for one in board.changes(0, 0.0)["alarms"]] == [2, 3, 1, 4]


def test_an_input_without_data_says_since_when(board: Board) -> None:
    rev = board.rev
    board.set_silent({11: 50.0})
    (told,) = board.changes(rev, 200.0)["channels"]
    assert (told["no_data"], told["inputs"][0]["no_data_since"]) == (True, 50.0)
    rev = board.rev
    board.set_silent({11: 50.0})
    assert board.changes(rev, 201.0)["channels"] == []
    board.set_silent({})
    assert only(board)["no_data"] is False
