"""A drill on a running agent: what trainees see of it, what its instructor sees, what the journal keeps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import running_agent
from running_agent import until

DRILL = """
[[scenario]]
name = "short"
title = "One playlist stops"
topic = "Delivery"
minutes = 5
faults = [{ fault = "missing-segment", from_s = [0.1, 0.2] }]
"""
SITE = {"NOC_LAB_CHANNELS": "2", "NOC_LAB_MULTICAST": "0", "NOC_LAB_SEGMENT_S": "2"}


@pytest.mark.timeout(170)
def test_a_drill_from_its_start_to_the_training_record(tmp_path: Path) -> None:
    (tmp_path / "drills.toml").write_text(DRILL)
    with running_agent.running(tmp_path / "local.db", "--demo", "yes", **SITE) as agent:
        until(lambda: [row["state"] for row in agent.get("/board")["channels"]] == ["ok", "ok"], "two channels", 60)
        names = [one["name"] for one in agent.get("/drills/scenarios")["scenarios"]]
        assert "short" in names
        assert "bad-night" in names
        started = agent.post("/drills", {"scenario": "short", "team": "Shift B", "by": "Minh"}, 201)
        path, key = f"/drills/{started['drill_id']}", started["key"]
        again = agent.http.post("/drills", json={"scenario": "short", "by": "Minh"})
        assert (again.status_code, again.json()["message"]) == (409, "A drill is running already: end it first.")

        alarm = until(lambda: agent.get("/alarms/active")["alarms"], "the alarm", 60)[0]
        hidden = [agent.get(path)["drill"], agent.get("/drills")["drills"][0], agent.get("/board")["agent"]["drill"]]
        hidden += [agent.get("/journal", kinds="DrillStarted")["events"][0]["data"], agent.get("/lab")["running"]]
        for told in hidden:
            assert "missing-segment" not in json.dumps(told)
            assert key not in json.dumps(told)
        seen = agent.get(path, key=key)["drill"]
        assert seen["plan"][0]["channel"] == alarm["channel_code"]
        fault_id = agent.http.get(agent.get("/lab")["url"] + "/api/faults").json()["running"][0]["id"]
        assert agent.http.delete(f"/lab/faults/{fault_id}").status_code == 404

        agent.post(f"/alarms/{alarm['alarm_id']}/acknowledge", {"by": "Lan"})
        run = agent.post("/guides/runs", {"alarm_id": alarm["alarm_id"], "by": "Lan"}, 201)["run"]
        deed = {"kind": "closed", "by": "Lan", "reason": "the packager lacks them"}
        agent.post(f"/guides/runs/{run['run_id']}/deeds", deed)
        refused = agent.http.post(f"{path}/end", params={"key": "guess", "by": "Lan"})
        assert refused.status_code == 409
        ended = agent.http.post(f"{path}/end", params={"key": key, "by": "Minh"}).json()["drill"]

        (score,) = ended["sheet"]["faults"]
        assert (score["alarm_type"], score["is_right"]) == ("ABR_SEGMENT_MISSING", True)
        assert score["acknowledged_s"] is not None
        assert score["guide"] == "PB-ABR-SEGMENT-MISSING"
        assert ended["sheet"]["people"] == ["Lan"]
        assert ended["sheet"]["false_steps"] == []
        assert agent.get(path)["drill"]["plan"] == seen["plan"]
        until(lambda: agent.get("/board")["agent"]["drill"] is None, "the board without a drill")
        (row,) = agent.get("/drills/training")["training"]
        assert (row["team"], row["topic"], row["trainer"]) == ("Shift B", "Delivery", "Minh")
        until(lambda: not agent.get("/lab")["running"], "the fault's end")


@pytest.mark.timeout(120)
def test_a_drill_that_the_agents_end_cut_off_is_told_as_broken_off(tmp_path: Path) -> None:
    with running_agent.running(tmp_path / "local.db", "--demo", "yes", **SITE) as agent:
        until(lambda: agent.get("/board")["agent"]["lab"], "the lab", 60)
        agent.post("/drills", {"scenario": "nothing", "by": "Minh"}, 201)
    with running_agent.running(tmp_path / "local.db", "--demo", "yes", **SITE) as agent:
        (drill,) = agent.get("/drills")["drills"]
        assert drill["state"] == "broken-off"
        assert agent.get("/drills/training")["training"] == []
