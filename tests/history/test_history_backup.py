"""Copies are whole although ticks are written meanwhile, and the right ones stay."""

from __future__ import annotations

import asyncio
import shutil
from datetime import date, timedelta

from noc_console.history import backup, cli, open_history
from noc_console.model import Event


async def test_a_backup_made_while_ticks_are_written_is_whole_and_opens_as_another_journal(desk, make_tick, tmp_path):
    history = await desk.open()
    ids = [history.series_id(n, "a", "segment.size_bytes") for n in range(400)]

    async def write(count):
        for _ in range(count):
            desk.clock.at += 1
            samples = [(n, desk.clock.at, desk.clock.at * 7919 % 1e6 + n) for n in ids]
            await history.commit(make_tick(desk.clock.at, *samples), [Event("Counted", desk.clock.at)])

    await write(1000)
    running = asyncio.create_task(history.backup())
    while not running.done():
        await write(1)
    made = await running
    assert backup.problems(made) == []

    restored = tmp_path / "restored" / "local.db"
    restored.parent.mkdir()
    shutil.copy(made, restored)
    again = await open_history(desk.settings.model_copy(update={"db": restored}), desk.clock)
    assert again.journal_id != history.journal_id
    assert len(await again.events(0, frozenset({"Counted"}), 10_000)) >= 1000
    await again.close()


def test_seven_days_four_weeks_and_twelve_months_are_kept():
    first = date(2025, 1, 1)
    there: set[date] = set()
    for number in range(700):
        there.add(first + timedelta(days=number))
        there = backup.kept(there)
    last = first + timedelta(days=699)
    assert {last - timedelta(days=n) for n in range(7)} <= there
    assert len({(d.year, d.month) for d in there}) == 12
    assert len({d.isocalendar()[:2] for d in there if d > last - timedelta(days=28)}) == 4
    assert len(there) <= 7 + 4 + 12


async def test_the_day_s_backup_is_made_once_by_itself_and_told(desk, make_tick):
    history = await desk.open()
    desk.clock.at += 24 * 3600
    told = []
    for _ in range(3000):
        desk.clock.at += 0.01
        told += await history.commit(None, [Event("Ticked", desk.clock.at)])
        if told[-1].kind == "BackupMade":
            break
    assert told[-1].kind == "BackupMade"
    (made,) = backup.dates(desk.settings.db)
    assert backup.path_of(desk.settings.db, made).stat().st_size == told[-1].data["size_bytes"]
    assert [e.kind for e in await history.commit(None, [Event("Ticked", desk.clock.at)])] == ["Ticked"]


async def test_the_commands_look_after_a_file_in_use(desk, capsys, tmp_path):
    history = await desk.open()
    await history.commit(None, [Event("Counted", 1.0)])
    copy = tmp_path / "copy.db"
    assert cli.run("backup", desk.settings.db, copy) == 0
    assert cli.run("verify", desk.settings.db, copy) == 0
    assert cli.run("info", desk.settings.db, None) == 0
    said = capsys.readouterr().out
    assert f"{copy}: whole" in said
    assert f"journal: {history.journal_id}" in said
    assert "events: 1, ticks not yet sealed: 0" in said
