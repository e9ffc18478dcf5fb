"""A whole agent tells: an alarm ends at a receiver, written down before it is sent and after."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
import running_agent
from notice_bench import Answer, configure, hook, http_receiver
from running_agent import RunningAgent, until


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "local.db"


def events(agent: RunningAgent, *kinds: str) -> list[dict[str, Any]]:
    return list(agent.get("/journal", kinds=",".join(kinds))["events"])


def add_channel(agent: RunningAgent, **more: Any) -> int:
    body = {"channel_code": "CH_1", "input_url": "http://127.0.0.1:9/x.m3u8", "enabled": True, **more}
    return int(agent.post("/channels", body, 201)["channel_id"])


def test_an_alarm_ends_at_the_webhook_and_was_in_the_outbox_before(db: Path) -> None:
    with http_receiver() as receiver:
        configure(db, hook(receiver.url))
        with running_agent.running(db) as agent:
            channel_id = add_channel(agent)
            alarm = agent.post(f"/channels/{channel_id}/test-alarm", {"by": "T. Linh"}, 201)["alarm"]
            until(lambda: events(agent, "NoticeSent"), "the notice to be sent", 40)
            (heard,) = [one.json for one in receiver.heard if one.json["alarm"]["alarm_id"] == alarm["alarm_id"]]
            assert heard["action"] == "raise"
            assert heard["test"] is True
            assert heard["subject"].startswith("TEST [MAJOR] CH_1")
            kinds = [
                event["kind"]
                for event in events(agent)
                if event["kind"].startswith(("Notice", "AlarmRaised")) and event["kind"] != "NoticeSkipped"
            ]
            assert kinds[:4] == ["AlarmRaised", "NoticeQueued", "NoticeSending", "NoticeSent"]
    with sqlite3.connect(db) as known:
        states = known.execute("SELECT alarm_id, state FROM outbox").fetchall()
    assert (alarm["alarm_id"], "sent") in states


def test_what_waits_too_long_is_an_alarm_of_its_own_until_it_is_told(db: Path) -> None:
    with http_receiver() as receiver:
        receiver.answers = [Answer(503)]
        configure(db, hook(receiver.url))
        with running_agent.running(db, NOC_CONSOLE_NOTIFY_HELD_S="1") as agent:
            channel_id = add_channel(agent, enabled=False)
            agent.post(f"/channels/{channel_id}/test-alarm", {}, 201)

            def held() -> dict[str, Any] | None:
                alarms = agent.get("/alarms/active")["alarms"]
                return next((one for one in alarms if one["alarm_type"] == "NOTIFY_HELD"), None)

            alarm = until(held, "the alarm", 40)
            assert alarm["severity"] == "warning"
            assert "Notices for hook have waited" in alarm["message"]
            told = agent.get("/board")["agent"]["notices"]
            assert (told["failing"], told["waiting"]) == (["hook"], 1)
            receiver.answers = [Answer(200)]
            until(lambda: held() is None, "the alarm to clear", 45)
            assert agent.get("/notices", state="sent")["notices"]


def test_an_agent_that_tells_nobody_says_so(db: Path) -> None:
    with http_receiver() as receiver:
        configure(db, hook(receiver.url))
        with running_agent.running(db, NOC_CONSOLE_NOTIFY="none") as agent:
            channel_id = add_channel(agent, enabled=False)
            agent.post(f"/channels/{channel_id}/test-alarm", {}, 201)
            (skipped,) = events(agent, "NoticeSkipped")
            assert [one["reason"] for one in skipped["data"]["skipped"]] == ["notify-none"]
        assert receiver.heard == []


def test_without_receivers_nothing_is_told_and_nothing_is_an_error(db: Path) -> None:
    with running_agent.running(db) as agent:
        channel_id = add_channel(agent, enabled=False)
        agent.post(f"/channels/{channel_id}/test-alarm", {}, 201)
        agent.get("/alarms/active")
        assert not [one for one in events(agent) if one["kind"].startswith("Notice")]
