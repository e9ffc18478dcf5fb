"""Files that are not what they should be are kept aside, never deleted, and refused or replaced in words."""

from __future__ import annotations

import sqlite3

import pytest

from noc_console.errors import KnownError
from noc_console.history import SeriesQuery, cli
from noc_console.model import Channel, Event


async def test_a_file_of_garbage_is_moved_aside_and_a_new_history_begun(desk):
    garbage = b"this is no database, but it may be somebody's evidence\n" * 500
    desk.settings.db.write_bytes(garbage)
    history = await desk.open()

    (damaged,) = await history.events(0)
    assert damaged.kind == "HistoryDamaged"
    aside = [path for path in desk.settings.db.parent.iterdir() if ".damaged-" in path.name]
    assert [path.read_bytes() for path in aside] == [garbage]
    assert aside[0].name in damaged.data["text"]
    assert history.state.state == "ok"


async def test_a_history_with_torn_pages_is_moved_aside(desk, make_tick):
    history = await desk.open()
    for number in range(200):
        await history.commit(None, [Event("Noted", float(number), data={"text": "x" * 500})])
    await desk.close()
    body = bytearray(desk.settings.db.read_bytes())
    body[8192:] = b"\xa5" * (len(body) - 8192)
    desk.settings.db.write_bytes(body)

    kinds = [e.kind for e in await (await desk.open()).events(0)]
    assert kinds == ["HistoryDamaged"]


async def test_two_damaged_files_in_one_second_do_not_overwrite_each_other(desk):
    for _ in range(2):
        desk.settings.db.write_bytes(b"garbage" * 1000)
        await desk.open()
        await desk.close()
    assert len(list(desk.settings.db.parent.glob("local.db.damaged-*"))) == 2


async def test_a_newer_schema_is_refused_in_one_sentence_and_left_alone(desk):
    await desk.open()
    await desk.close()
    with sqlite3.connect(desk.settings.db) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.close()
    before = desk.settings.db.read_bytes()

    with pytest.raises(KnownError, match=r"newer version of noc-console.*9999"):
        await desk.open()
    assert desk.settings.db.read_bytes() == before


async def test_a_folder_instead_of_a_file_is_refused(desk):
    desk.settings.db.mkdir()
    with pytest.raises(KnownError, match="cannot be opened"):
        await desk.open()


async def test_a_file_that_is_damaged_while_open_stops_recording_but_raises_nothing(desk):
    history = await desk.open()
    for number in range(200):
        await history.save_channel(Channel(0, f"CH_{number}", "x" * 200))
    await history.settle()
    with sqlite3.connect(desk.settings.db) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    size = desk.settings.db.stat().st_size
    with desk.settings.db.open("r+b") as file:
        file.seek(0)
        file.write(b"\xa5" * size)
    history._recorder.let_go()
    history._store.engine.dispose()

    told = await history.commit(None, [Event("Raised", 1.0)])
    assert [e.kind for e in told] == ["Raised", "RecordingStopped"]
    assert "damaged" in history.state.text
    with pytest.raises(KnownError, match="damaged"):
        await history.channels()


async def test_check_says_what_is_wrong_and_verify_passes_a_whole_file(desk, capsys):
    await desk.open()
    await desk.close()
    assert cli.run("check", desk.settings.db, None) == 0
    broken = desk.settings.db.with_name("broken.db")
    body = bytearray(desk.settings.db.read_bytes())
    body[-20000:] = b"\xa5" * 20000
    broken.write_bytes(body)
    assert cli.run("verify", desk.settings.db, broken) == 1
    assert "broken.db: " in capsys.readouterr().out


async def test_a_file_removed_while_open_is_told_and_recording_resumes_when_it_is_back(desk):
    history = await desk.open()
    await history.commit(None, [Event("Before", 1.0)])
    away = desk.settings.db.with_name("away.db")
    desk.settings.db.rename(away)
    told = await history.commit(None, [Event("Raised", 2.0)])
    assert [e.kind for e in told] == ["Raised", "RecordingStopped"]
    assert "was removed" in history.state.text
    away.rename(desk.settings.db)
    assert [e.kind for e in await history.commit(None, ())] == ["RecordingResumed"]
    kinds = [e.kind for e in await history.events(0)]
    assert kinds == ["Before", "Raised", "RecordingStopped", "RecordingResumed"]


async def test_one_damaged_tick_row_costs_only_itself(desk, make_tick):
    history, at = await desk.open(), desk.clock.at
    series = history.series_id(1, "a", "segment.download_s")
    for second in range(3):
        await history.commit(make_tick(at + second, (series, at + second, float(second))), ())
    await desk.close()
    with sqlite3.connect(desk.settings.db) as db:
        db.execute("UPDATE journal SET body = x'01000000000000000000ffff' WHERE kind = 'Tick' AND at = ?", (at + 1,))
    db.close()
    desk.clock.at += 10
    answer = await (await desk.open()).series(SeriesQuery(1, "segment.download_s", at - 1, at + 9, "a"))
    assert [p[2] for p in answer.points] == [0.0, 2.0]
