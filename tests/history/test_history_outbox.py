"""The outbox is what the notices' events say: written with them, rebuilt from them, pruned by age."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config

from noc_console.history import migrations
from noc_console.history.engines import sqlite_engine
from noc_console.history.outbox import NoticeQuery
from noc_console.model import Event


def queued(name: str, at: float, alarm_id: int = 1, receiver: str = "one") -> Event:
    notice = {"id": name, "alarm_id": alarm_id, "receiver": receiver, "action": "raise", "reason": "route-step"}
    return Event("NoticeQueued", at, 1, 1, {"notice": {**notice, "due_at": at}})


def became(kind: str, at: float, *names: str, **more: Any) -> Event:
    return Event(kind, at, 1, 1, {"ids": list(names), "alarm_ids": [1], "receiver": "one", **more})


async def states(history: Any, **query: Any) -> dict[str, str]:
    return {row["notice_id"]: row["state"] for row in await history.notices(NoticeQuery(**query))}


async def test_each_event_of_a_notice_moves_its_row_and_a_rebuild_gives_the_same(desk) -> None:
    history = await desk.open()
    at = desk.clock.at
    await history.commit(None, [queued("a", at), queued("b", at), queued("c", at, 2, "two"), queued("d", at)])
    await history.commit(None, [became("NoticeSending", at + 1, "a", "b", attempts=1)])
    await history.commit(None, [became("NoticeSent", at + 2, "a", attempts=1, outcome="took it")])
    await history.commit(None, [became("NoticeHeld", at + 2, "b", attempts=1, outcome="503")])
    await history.commit(None, [became("NoticeDropped", at + 3, "d", reason="never-told")])
    expected = {"a": "sent", "b": "held", "c": "queued", "d": "skipped"}
    assert await states(history) == expected
    before = await history.notices(NoticeQuery())
    assert await history.rebuild_projections()
    assert await history.notices(NoticeQuery()) == before

    assert [row["notice_id"] for row in await history.waiting_notices()] == ["b", "c"]
    assert await states(history, receiver="two") == {"c": "queued"}
    assert await states(history, alarm_id=1, state="sent") == {"a": "sent"}
    assert [row["notice_id"] for row in await history.notices_of([1])] == ["a", "b", "d"]
    (row,) = [row for row in before if row["notice_id"] == "a"]
    assert (row["done_at"], row["outcome"], row["attempts"]) == (at + 2, "took it", 1)


async def test_a_notice_queued_twice_is_one(desk) -> None:
    history = await desk.open()
    await history.commit(None, [queued("a", desk.clock.at), queued("a", desk.clock.at)])
    await history.commit(None, [became("NoticeSent", desk.clock.at, "a"), queued("a", desk.clock.at)])
    assert await states(history) == {"a": "sent"}


async def test_what_was_done_long_ago_goes_and_what_waits_stays(desk) -> None:
    history = await desk.open()
    at = desk.clock.at
    await history.commit(None, [queued("a", at), queued("b", at), became("NoticeSent", at, "a")])
    assert await history.prune_notices(at) == 0
    assert await history.prune_notices(at + 1) == 1
    assert await states(history) == {"b": "queued"}


async def test_who_was_told_of_an_open_alarm_is_kept_for_as_long_as_it_is_open(desk) -> None:
    history = await desk.open()
    at = desk.clock.at
    alarm = {"alarm_id": 1, "alarm_type": "STALE_PLAYLIST", "severity": "major", "raised_at": at, "resolved": False}
    await history.commit(None, [Event("AlarmRaised", at, data={"alarm": alarm}), queued("a", at)])
    await history.commit(None, [became("NoticeSent", at, "a")])
    assert await history.prune_notices(at + 1) == 0
    await history.commit(None, [Event("AlarmCleared", at, data={"alarm": {**alarm, "resolved": True}})])
    assert await history.prune_notices(at + 1) == 1


async def test_what_became_of_notices_is_in_their_alarms_history(desk) -> None:
    history = await desk.open()
    await history.commit(None, [queued("a", desk.clock.at), became("NoticeSent", desk.clock.at, "a")])
    assert [one.kind for one in await history.alarm_events(1)] == ["NoticeSent"]


async def test_a_history_of_before_the_outbox_gets_one(desk) -> None:
    engine = sqlite_engine(desk.settings.db)
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    history = await desk.open()
    await history.commit(None, [queued("a", desk.clock.at)])
    assert await states(history) == {"a": "queued"}
