"""An agent that is killed in a storm of alarms: no notice is lost, and one that is told twice says so.

`NOC_KILLS=50` kills as often as the requirement asks for.
"""

from __future__ import annotations

import os
import random
import sqlite3
import threading
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import running_agent
from notice_bench import Heard, configure, hook, http_receiver
from running_agent import RunningAgent, until

KILLS = int(os.environ.get("NOC_KILLS", "3"))
STORMERS = 4


def storm(agent: RunningAgent, channels: list[int], lasting_s: float, told: list[int]) -> None:
    """Raise and close test alarms as fast as the agent takes them, until it is killed in the middle."""
    over = threading.Event()

    def work(number: int) -> None:
        mine = channels[number::STORMERS]
        try:
            while not over.is_set():
                channel = random.choice(mine)
                alarm = agent.post(f"/channels/{channel}/test-alarm", {"by": "storm"}, 201)["alarm_id"]
                told.append(alarm)
                if random.random() < 0.5:
                    agent.post(f"/alarms/{alarm}/resolve", {"by": "storm"})
        except (httpx.TransportError, RuntimeError):
            return

    with ThreadPoolExecutor(STORMERS) as pool:
        for number in range(STORMERS):
            pool.submit(work, number)
        over.wait(lasting_s)
        agent.process.kill()
        over.set()
    agent.process.wait(10)
    agent.let_go()
    agent.http.close()


def add_channel(agent: RunningAgent, number: int) -> int:
    body = {"channel_code": f"CH_{number}", "input_url": "http://127.0.0.1:9/x.m3u8", "enabled": False}
    return int(agent.post("/channels", body, 201)["channel_id"])


def rows(db: Path, query: str) -> list[Any]:
    with sqlite3.connect(db) as known:
        return known.execute(query).fetchall()


def is_quiet(agent: RunningAgent) -> bool:
    return not any(agent.get("/notices", state=state)["notices"] for state in ("queued", "sending", "held"))


@pytest.mark.slow
@pytest.mark.timeout(60 + 10 * KILLS)
def test_no_notice_is_lost_and_none_is_told_twice_without_saying_so(tmp_path: Path) -> None:
    db = tmp_path / "local.db"
    told: list[int] = []
    with http_receiver() as receiver:
        pager = f'[receivers.pager]\nkind = "pagerduty"\nurl = "{receiver.url}/page"\nroles = ["nms"]\n'
        configure(db, hook(receiver.url, roles='["chat"]') + pager)
        (tmp_path / "local.db.secrets").write_text('{"pager": "key"}')
        with running_agent.running(db, NOC_CONSOLE_KEYRING="no") as agent:
            channels = [add_channel(agent, number) for number in range(8)]
        for _ in range(KILLS):
            storm(running_agent.start(db, NOC_CONSOLE_KEYRING="no"), channels, random.uniform(0.1, 0.9), told)
        with running_agent.running(db, NOC_CONSOLE_KEYRING="no") as agent:
            until(lambda: is_quiet(agent), "everything to be told", 60)
        heard = list(receiver.heard)

    assert len(told) > KILLS
    alarms = {alarm for (alarm,) in rows(db, "SELECT alarm_id FROM alarms WHERE channel_id > 0")}
    assert set(told) <= alarms
    by_notice: dict[str, list[Heard]] = defaultdict(list)
    pages: Counter[tuple[str, str]] = Counter()
    for one in heard:
        if one.path == "/hook":
            by_notice[one.json["notice_id"]].append(one)
        else:
            pages[one.json["dedup_key"], one.json["event_action"]] += 1

    outbox = rows(db, "SELECT notice_id, alarm_id, receiver, action, state FROM outbox")
    hooks = [row for row in outbox if row[2] == "hook"]
    assert {row[4] for row in outbox} == {"sent"}
    assert {row[1] for row in hooks if row[3] == "raise"} >= alarms
    assert set(by_notice) == {row[0] for row in hooks}
    for same in by_notice.values():
        assert all(one.json["may_be_a_repeat"] for one in same[1:])
    closed = rows(db, "SELECT alarm_id FROM alarms WHERE resolved AND channel_id > 0")
    assert {row[1] for row in hooks if row[3] == "resolve"} == {alarm for (alarm,) in closed}
    assert len({key for key, action in pages if action == "trigger"}) == len(alarms)
    assert len({key for key, action in pages if action == "resolve"}) == len(closed)
