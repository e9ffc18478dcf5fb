"""A whole agent tells: an alarm ends at a receiver, written down before it is sent and after."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
import running_agent
from notice_bench import configure, hook, http_receiver
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
            until(lambda: events(agent, "NoticeSent"), "the notice to be sent")
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
