"""The console's copy of the board."""

from __future__ import annotations

from noc_console.views.state import BoardMirror, Link


def channel(key: int, code: str = "", **more):
    return {"id": key, "code": code or f"CH_{key:03d}", "state": "ok", **more}


def board(rev: int = 1, boot: str = "a", channels=(), alarms=(), gone_channels=(), gone_alarms=()):
    return {
        "rev": rev,
        "boot": boot,
        "at": 1000.0,
        "agent": {"name": "local"},
        "channels": list(channels),
        "alarms": list(alarms),
        "gone": {"channels": list(gone_channels), "alarms": list(gone_alarms)},
    }


def test_only_what_changed_since_is_reported():
    mirror = BoardMirror()
    mirror.take(board(1, channels=[channel(1), channel(2)]))
    seen = mirror.changes(0).revision
    mirror.take(board(2, channels=[channel(2, name="new")]))
    changes = mirror.changes(seen)
    assert changes.channels == {2}
    assert not changes.order
    assert not changes.everything


def test_order_is_by_code_and_a_new_channel_changes_it():
    mirror = BoardMirror()
    mirror.take(board(1, channels=[channel(1, "B"), channel(2, "A")]))
    seen = mirror.revision
    assert mirror.order == (2, 1)
    mirror.take(board(2, channels=[channel(3, "AA")]))
    assert mirror.order == (2, 3, 1)
    assert mirror.changes(seen).order


def test_gone_channels_leave():
    mirror = BoardMirror()
    mirror.take(board(1, channels=[channel(1), channel(2)]))
    mirror.take(board(2, gone_channels=[1, 99]))
    assert mirror.order == (2,)


def test_another_boot_forgets_everything():
    mirror = BoardMirror()
    mirror.take(board(5, "a", channels=[channel(1)], alarms=[{"id": 7, "resolved": False}]))
    seen = mirror.revision
    mirror.take(board(1, "b", channels=[channel(2)]))
    assert mirror.order == (2,)
    assert mirror.alarms == {}
    assert mirror.changes(seen).everything


def test_a_lost_link_is_a_change_of_everything_and_keeps_the_last_values():
    mirror = BoardMirror()
    mirror.take(board(1, channels=[channel(1)]))
    seen = mirror.revision
    mirror.lose("The agent does not answer.")
    assert mirror.link is Link.LOST
    assert mirror.changes(seen).everything
    assert mirror.channel_state(mirror.channels[1]) == "lost"
    mirror.take(board(2))
    assert mirror.channel_state(mirror.channels[1]) == "ok"


def test_the_agents_time_goes_on_between_answers():
    now = [50.0]
    mirror = BoardMirror(monotonic=lambda: now[0])
    mirror.take(board(1))
    now[0] = 53.0
    assert mirror.now() == 1003.0
    assert mirror.answer_age_s == 3.0


def test_open_alarms_come_worst_first_then_newest():
    mirror = BoardMirror()
    alarms = [
        {"id": 1, "severity": "minor", "raised_at": 9.0, "resolved": False},
        {"id": 2, "severity": "major", "raised_at": 1.0, "resolved": False},
        {"id": 3, "severity": "major", "raised_at": 5.0, "resolved": False},
        {"id": 4, "severity": "critical", "raised_at": 5.0, "resolved": True},
    ]
    mirror.take(board(1, alarms=alarms))
    assert [alarm["id"] for alarm in mirror.open_alarms()] == [3, 2, 1]
