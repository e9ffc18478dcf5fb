"""A whole agent as a process, watching the lab: measuring, alarms, deaths and restarts."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import running_agent
from running_agent import RunningAgent, is_alive, until

CODE = "CH_OTT_DEMO_001"


@pytest.fixture(scope="module")
def lab() -> Iterator[str]:
    with running_agent.running_lab() as url:
        yield url


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "local.db"


def add_channel(agent: RunningAgent, lab: str, **more: Any) -> int:
    entry = {"url": f"{lab}/{CODE}/master.m3u8", "expected": {"segment_s": 2.0}}
    body = {"channel_code": "CH_1", "channel_name": "One", "inputs": [entry], **more}
    return int(agent.post("/channels", body, 201)["channel_id"])


def channel(agent: RunningAgent) -> dict[str, Any]:
    return dict(agent.get("/board")["channels"][0])


def events(agent: RunningAgent, kind: str) -> list[dict[str, Any]]:
    return list(agent.get("/journal", kinds=kind)["events"])


def measured(agent: RunningAgent) -> dict[str, Any] | None:
    shown = channel(agent)
    return shown if "segment.download_s" in shown["inputs"][0]["metrics"] else None


def begin_fault(lab: str, fault: str, seconds: float) -> None:
    reply = httpx.post(
        f"{lab}/api/faults", json={"channel": CODE, "fault": fault, "seconds": seconds}, trust_env=False
    )
    assert reply.is_success, reply.text


def alarm_of(agent: RunningAgent, kind: str) -> dict[str, Any] | None:
    return next((one for one in agent.get("/alarms/active")["alarms"] if one["alarm_type"] == kind), None)


def test_a_channel_added_by_post_is_measured_judged_and_remembered(db: Path, lab: str) -> None:
    with running_agent.running(db) as agent:
        channel_id = add_channel(agent, lab)
        shown = until(lambda: measured(agent), "a measured segment")
        assert shown["state"] == "ok"
        rungs = [rung for rung in shown["inputs"][0]["rungs"] if rung["kind"] == "video"]
        assert len(rungs) == 4
        assert all(rung["bandwidth_bps"] and rung["codec"] for rung in rungs)
        rung = rungs[0]["rung"]
        rows = agent.get(f"/channels/{channel_id}/requests", rung=rung)
        assert rows and all(row["status"] == 200 and row["rung"] == rung for row in rows)
        playlist = agent.get(f"/channels/{channel_id}/playlist", scope=f"playlist/{rung}")
        assert playlist["text"].startswith("#EXTM3U")
        entry = shown["inputs"][0]["id"]

        def curve() -> list[Any]:
            return list(agent.get("/series", input=entry, metric="segment.download_s", rung=rung)["points"])

        assert until(curve, "the first point of the curve")

        begin_fault(lab, "missing-segment", 4)
        alarm = until(lambda: alarm_of(agent, "ABR_SEGMENT_MISSING"), "the alarm of the missing segment")
        kept = until(lambda: events(agent, "EvidenceKept"), "evidence of the alarm")[0]["data"]
        assert kept["alarm_id"] == alarm["id"]
        evidence = agent.http.get(f"/captures/{kept['captures'][0]}")
        assert evidence.content.startswith(b"#EXTM3U")

        refused = agent.post(f"/alarms/{alarm['id']}/resolve", {"by": "T. Linh"}, 409)
        assert "still holds" in refused["message"]
        known = agent.post(f"/alarms/{alarm['id']}/acknowledge", {"by": "T. Linh", "note": "origin team is on it"})
        assert known["alarm"]["owner"] == "T. Linh"
        assert channel(agent)["acknowledged"]
        until(lambda: alarm_of(agent, "ABR_SEGMENT_MISSING") is None, "the alarm to clear by itself", 30)
        history = [event["kind"] for event in agent.get(f"/alarms/{alarm['id']}/history")["events"]]
        assert history[0] == "AlarmRaised"
        assert "AlarmAcknowledged" in history
        assert history[-1] == "AlarmCleared"


def test_a_worker_that_is_killed_or_hangs_is_replaced_and_measuring_goes_on(db: Path, lab: str) -> None:
    with running_agent.running(db, NOC_CONSOLE_WORKER_SILENT_S="2") as agent:
        add_channel(agent, lab)
        until(lambda: measured(agent), "a measured segment")
        pid = agent.get("/board")["agent"]["workers"][0]["pid"]
        os.kill(pid, signal.SIGKILL)
        told = until(lambda: events(agent, "WorkerReplaced"), "the event that says so")[0]
        assert told["data"]["pid"] == pid
        assert told["data"]["why"] == "ended by itself (killed by SIGKILL)"
        killed_at = told["at"]
        until(lambda: channel(agent)["at"] > killed_at, "a newer sample")

        def replaced() -> dict[str, Any] | None:
            worker = agent.get("/board")["agent"]["workers"][0]
            return worker if worker["state"] == "replaced" and worker["pid"] else None

        worker = until(replaced, "the board to say so")
        assert worker["pid"] != pid
        assert worker["inputs"] == 1
        said = [one["text"] for one in agent.get("/board")["agent"]["news"]]
        assert any(f"(process {pid}) was replaced: ended by itself" in text for text in said)

        os.kill(worker["pid"], signal.SIGSTOP)
        told = until(lambda: events(agent, "WorkerReplaced")[1:], "the event of the second one", 30)[0]
        assert told["data"]["pid"] == worker["pid"]
        assert told["data"]["why"].startswith("silent for ")
        assert not is_alive(worker["pid"])
        hung_at = told["at"]
        until(lambda: channel(agent)["at"] > hung_at, "a newer sample")


def test_after_kill_9_no_process_is_left_and_no_alarm_is_lost_or_repeated(db: Path, lab: str) -> None:
    agent = running_agent.start(db)
    try:
        add_channel(agent, lab)
        begin_fault(lab, "stale-playlist", 60)
        raised = until(lambda: alarm_of(agent, "STALE_PLAYLIST"), "the alarm", 30)
        agent.post(f"/alarms/{raised['id']}/note", {"by": "Minh", "note": "seen"})
        before = agent.get("/journal")
        worker = agent.get("/board")["agent"]["workers"][0]["pid"]
    finally:
        agent.process.kill()
        agent.process.wait()
        agent.let_go()
        agent.http.close()
    until(lambda: not is_alive(worker), "the worker to end", 5)
    with running_agent.running(db) as again:
        restored = alarm_of(again, "STALE_PLAYLIST")
        assert restored is not None
        assert restored["id"] == raised["id"]
        assert restored["notes"][0]["by"] == "Minh"
        after = again.get("/journal")
        assert after["journal"] != before["journal"]
        kept = [(event["seq"], event["kind"]) for event in after["events"]]
        assert kept[: len(before["events"])] == [(event["seq"], event["kind"]) for event in before["events"]]
        assert "JournalRestarted" in {kind for _, kind in kept}
        until(lambda: measured(again), "measuring again")
        assert [kind for _, kind in kept].count("AlarmRaised") == 1
        old_cursor = again.http.get("/journal", params={"after": before["next"]})
        assert old_cursor.status_code == 409


def test_one_agent_holds_the_history_and_sigterm_ends_it_cleanly(db: Path) -> None:
    with running_agent.running(db) as agent:
        address = db.with_name("local.db.agent")
        assert address.stat().st_mode & 0o777 == 0o600
        worker = agent.get("/board")["agent"]["workers"][0]["pid"]
        with pytest.raises(RuntimeError, match=r"in use by another agent"):
            running_agent.start(db)
        assert address.exists()
        with agent.http.stream("GET", "/board/stream") as reply:
            lines = reply.iter_lines()
            assert next(lines)
            agent.process.send_signal(signal.SIGTERM)
            assert all(line.startswith('{"rev":') for line in lines)
        assert agent.process.wait(10) == 0
        assert not address.exists()
        assert not is_alive(worker)
    with sqlite3.connect(db) as known:
        last = known.execute("SELECT kind FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    assert last == ("RecordingStopped",)


def test_the_agent_ends_with_its_console(db: Path) -> None:
    with running_agent.running(db) as agent:
        agent.let_go()
        assert agent.process.wait(5) == 0


def test_keep_watching_outlives_the_console_until_it_is_taken_back(db: Path) -> None:
    with running_agent.running(db) as agent:
        agent.post("/agent/keep", {"keep": True})
        agent.let_go()
        assert agent.get("/board")["agent"]["keep"]
        with pytest.raises(subprocess.TimeoutExpired):
            agent.process.wait(1)
        agent.post("/agent/keep", {"keep": False})
        assert agent.process.wait(5) == 0


def test_a_store_that_cannot_be_written_raises_its_alarm_and_nothing_is_lost(db: Path) -> None:
    with running_agent.running(db) as agent:
        intruder = sqlite3.connect(db, isolation_level=None)
        intruder.execute("BEGIN EXCLUSIVE")
        body = {"channel_code": "CH_1", "input_url": "http://127.0.0.1:9/x.m3u8"}
        try:
            until(lambda: alarm_of(agent, "DATABASE_CONNECTION_FAILURE"), "the alarm of the store", 30)
            board = agent.get("/board")
            assert board["agent"]["recording"]["state"] == "not_recorded"
            assert agent.http.post("/channels", json=body).status_code == 503
        finally:
            intruder.execute("ROLLBACK")
            intruder.close()
        latched = until(
            lambda: (
                (found := alarm_of(agent, "DATABASE_CONNECTION_FAILURE"))
                and found["condition"] == "cleared"
                and found
            ),
            "the alarm to clear",
            30,
        )
        assert latched["state"] == "latched"  # critical: it waits for an answer
        assert agent.post(f"/alarms/{latched['alarm_id']}/acknowledge", {"by": "Lan"})["alarm"]["resolved"]
        kinds = [event["kind"] for event in agent.get("/journal")["events"]]
        order = [kind for kind in kinds if kind.startswith(("Recording", "Alarm"))]
        assert order == [
            "RecordingStopped",
            "AlarmRaised",
            "RecordingResumed",
            "AlarmCleared",
            "AlarmAcknowledged",
        ]


def test_the_demo_starts_its_lab_and_goes_by_one_command(db: Path) -> None:
    env = {"NOC_LAB_CHANNELS": "1", "NOC_LAB_SEGMENT_S": "2"}
    with running_agent.running(db, "--demo", "auto", "--table", **env) as agent:
        until(lambda: agent.get("/board")["channels"] and measured(agent), "a measured demo channel", 30)
        assert channel(agent)["demo"]
        faults = {one["fault"] for one in agent.get("/lab")["faults"]}
        assert "missing-segment" in faults
        body = {"channel": CODE, "fault": "missing-segment", "seconds": 60}
        running = agent.post("/lab/faults", body, 201)
        assert agent.get("/lab")["running"]
        assert agent.http.delete(f"/lab/faults/{running['id']}").is_success
        shown = len(agent.get("/board")["channels"])
        assert agent.post("/demo/remove")["removed"] == shown
        board = agent.get("/board")
        assert board["channels"] == []
        assert agent.http.get("/lab").status_code == 404


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--host", "0.0.0.0"], "listens on this machine only"),
        (["--workers", "99"], "--workers has a value that cannot be used"),
        (["--demo", "perhaps"], "--demo takes auto, yes or no"),
    ],
)
def test_a_wrong_start_is_one_sentence_and_exit_code_2(db: Path, arguments: list[str], sentence: str) -> None:
    command = [sys.executable, "-m", "noc_console", "agent", "--db", str(db), "--port", "0", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert ended.returncode == 2
    assert sentence in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
