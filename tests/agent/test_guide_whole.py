"""A whole agent: an alarm, its guide answered before anybody asks, two people at it, a kill that loses nothing."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import running_agent
from running_agent import RunningAgent, until

GUIDE = """
guide: PB-MANIFEST-INVALID
version: 2
kind: playbook
title: Playlist invalid
alarms: [MANIFEST_INVALID]
questions:
  status: {metric: playlist.status, window_s: 60, statistic: last}
  gone: {kind: finding, finding: hls-master-unreachable, window_s: 60}
steps:
  - {id: look, kind: evidence, text: Look, show: [status, gone], next: served}
  - id: served
    kind: decide
    text: Is it served?
    branches:
      - {when: {all: [[gone, "==", 1]]}, says: no, blames: origin, confidence: 0.6, next: seen}
    otherwise: {says: yes, next: seen}
    no_data: {next: seen}
  - {id: seen, kind: question, text: Do you see it?, options: [{says: yes, next: form}, {says: no, next: form}]}
  - {id: form, kind: form, fields: [{name: root_cause, kind: text, required: true}], next: end}
"""


def raised(agent: RunningAgent) -> dict[str, Any]:
    entry = {"url": "http://127.0.0.1:9/live/master.m3u8", "poll_s": 0.5, "expected": {"segment_s": 1.0}}
    agent.post("/channels", {"channel_code": "CH_1", "inputs": [entry]}, 201)
    return until(lambda: agent.get("/alarms/active")["alarms"], "the alarm", 30)[0]


def test_from_the_alarm_to_the_form_over_a_kill(tmp_path: Path) -> None:
    (tmp_path / "guides").mkdir()
    (tmp_path / "guides" / "pb-manifest-invalid.yaml").write_text(GUIDE)
    with running_agent.running(tmp_path / "local.db") as agent:
        until(lambda: agent.get("/guides")["guides"], "the guides")
        alarm = raised(agent)
        told = until(lambda: agent.get("/journal", kinds="EvidenceAnswered")["events"], "the answers")[0]["data"]
        assert (told["guide"], told["took_s"] < 5) == ("PB-MANIFEST-INVALID", True)
        assert told["answers"]["gone"]["value"] == 1
        evidence = agent.get(f"/alarms/{alarm['alarm_id']}/evidence")["evidence"]
        assert evidence["answers"] == told["answers"]
        run = agent.post("/guides/runs", {"alarm_id": alarm["alarm_id"], "by": "Lan"}, 201)["run"]
        assert run["steps"] == ["seen"]
        path = f"/guides/runs/{run['run_id']}"
        joined = agent.post("/guides/runs", {"alarm_id": alarm["alarm_id"], "by": "Minh"})["run"]
        assert (joined["run_id"], joined["people"]) == (run["run_id"], ["Lan", "Minh"])
        refused = agent.http.post(f"{path}/deeds", json={"kind": "filled", "by": "Lan", "step": "form", "values": {}})
        assert (refused.status_code, "does not stand" in refused.json()["message"]) == (409, True)
        before = agent.post(f"{path}/deeds", {"kind": "chose", "by": "Minh", "step": "seen", "way": "options.0"})[
            "run"
        ]
        os.kill(agent.process.pid, signal.SIGKILL)
        agent.process.wait(10)
    with running_agent.running(tmp_path / "local.db") as agent:
        after = agent.get(path)["run"]
        assert (after["run"], after["steps"], after["people"]) == (before["run"], ["form"], ["Lan", "Minh"])
        deed = {"kind": "filled", "by": "Lan", "step": "form", "values": {"root_cause": "origin down"}}
        assert agent.post(f"{path}/deeds", deed)["run"]["ending"] == "resolved"
        (row,) = agent.get("/guides/runs", is_over=True)["runs"]
        assert (row["guide"], row["verdict"], row["alarm_type"]) == (
            "PB-MANIFEST-INVALID",
            ["origin"],
            "MANIFEST_INVALID",
        )
        assert agent.get("/guides/PB-MANIFEST-INVALID")["guide"]["is_site"]
