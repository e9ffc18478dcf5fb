"""Incidents as clients meet them: from an alarm to the review, with timeline, evidence and report."""

from __future__ import annotations

from typing import Any

import pytest
from running_agent import RunningAgent

NOWHERE = "http://127.0.0.1:9/live/master.m3u8"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


@pytest.fixture
def alarm_id(agent: RunningAgent, request: pytest.FixtureRequest) -> int:
    """The TEST alarm of a channel of its own."""
    code = f"CH_INC_{request.node.name.upper()[5:40]}".replace("[", "_")
    channel = agent.post("/channels", {"channel_code": code, "input_url": NOWHERE, "tier": 1}, 201)["channel_id"]
    return int(agent.post(f"/channels/{channel}/test-alarm", {"by": "Linh"}, 201)["alarm_id"])


def opened(agent: RunningAgent, alarm_id: int, **said: Any) -> dict[str, Any]:
    return dict(agent.post("/incidents?by=Linh", {"alarms": [alarm_id], **said}, 201)["incident"])


def refused(agent: RunningAgent, path: str, body: Any, status: int) -> str:
    reply = agent.http.post(path, json=body)
    assert reply.status_code == status, reply.text
    return str(reply.json()["message"])


def test_an_incident_lives_from_its_alarm_to_its_review(agent: RunningAgent, alarm_id: int) -> None:
    made = opened(agent, alarm_id, title="No picture")
    path = f"/incidents/{made['id']}"
    assert (made["state"], made["commander"], made["alarms"], made["impact"]["tier"]) == (
        "open",
        "Linh",
        [alarm_id],
        1,
    )
    assert made["times"]["start"] == agent.get(f"/alarms/{alarm_id}")["alarm"]["raised_at"]
    agent.post(f"{path}/notes?by=Minh", {"text": "disk full"}, 201)
    agent.post(f"{path}/tasks?by=Linh", {"text": "call storage", "owner": "Minh", "due_at": 1.0}, 201)
    assert [task["text"] for task in agent.get("/incidents/tasks")["tasks"] if task["incident_id"] == made["id"]] == [
        "call storage"
    ]
    agent.http.put(f"{path}/tasks/1?by=Minh", json={"done": True})
    agent.http.put(f"{path}?by=Linh", json={"impact": {"viewers": "no picture in Hanoi"}, "ticket": "T-1"})
    agent.post(f"{path}/mitigate?by=Linh")
    assert "cause" in refused(agent, f"{path}/close", {}, 400)
    over = agent.post(f"{path}/close?by=Linh", {"cause": "encoder", "cause_text": "disk"})["incident"]
    assert (over["state"], over["review"]["due_at"]) == ("review_due", over["closed_at"] + 86_400)
    assert "still wants" in refused(
        agent, f"{path}/review", dict.fromkeys(("happened", "why", "fix", "prevention"), ""), 400
    )
    answers = {"happened": "dark", "why": "full", "fix": "cleaned", "prevention": "watch the disk"}
    held = agent.post(f"{path}/review?by=Minh", answers)["incident"]
    assert (held["state"], held["review"]["held_by"], held["overdue"]) == ("closed", "Minh", 0)
    told = agent.get(f"{path}/timeline")["lines"]
    said = [line["text"] for line in told if line["group"] == "incident"]
    assert said[0] == f"Incident {made['id']} opened: No picture"
    assert said[1:3] == ["disk full", "Task for Minh: call storage, due 01 Jan 1970 07:00:01"]
    assert said[-1] == "Review held. Prevention: watch the disk"
    assert [line["at"] for line in told] == sorted(line["at"] for line in told)
    assert agent.get(path)["incident"]["alarm_objects"][0]["alarm_id"] == alarm_id


def test_several_operators_change_different_things_of_one_incident(agent: RunningAgent, alarm_id: int) -> None:
    path = f"/incidents/{opened(agent, alarm_id)['id']}"
    agent.http.put(f"{path}?by=Minh", json={"commander": "Minh"})
    agent.http.put(f"{path}?by=Linh", json={"severity": "critical"})
    now = agent.get(path)["incident"]
    assert (now["commander"], now["severity"]) == ("Minh", "critical")
    events = agent.get("/journal", kinds="IncidentChanged", limit=1000)["events"]
    ours = [event["data"] for event in events if event["data"]["incident"]["id"] == now["id"]]
    assert [(one["by"], one["text"]) for one in ours] == [
        ("Minh", "Changed: commander Minh"),
        ("Linh", "Changed: severity critical"),
    ]


def test_alarms_are_added_and_taken_out(agent: RunningAgent, alarm_id: int) -> None:
    made = opened(agent, alarm_id)
    code = "CH_INC_SECOND"
    channel = agent.post("/channels", {"channel_code": code, "input_url": NOWHERE}, 201)["channel_id"]
    second = agent.post(f"/channels/{channel}/test-alarm", {"by": "Linh"}, 201)["alarm_id"]
    both = agent.post(f"/incidents/{made['id']}/alarms?by=Linh", {"alarms": [second]})["incident"]
    assert (both["alarms"], len(both["impact"]["channels"])) == ([alarm_id, second], 2)
    assert [one["id"] for one in agent.get("/incidents", alarm_id=second)["incidents"]] == [made["id"]]
    left = agent.http.delete(f"/incidents/{made['id']}/alarms/{alarm_id}").json()["incident"]
    assert left["alarms"] == [second]
    assert agent.http.delete(f"/incidents/{made['id']}/alarms/{alarm_id}").status_code == 404
    assert "no alarm" in refused(agent, f"/incidents/{made['id']}/alarms", {"alarms": [999_999]}, 404).lower()


def test_a_picture_is_kept_as_evidence_and_what_is_none_is_refused(agent: RunningAgent, alarm_id: int) -> None:
    path = f"/incidents/{opened(agent, alarm_id)['id']}"
    reply = agent.http.post(f"{path}/pictures?by=Linh&text=The wall", content=PNG)
    assert reply.status_code == 201, reply.text
    digest = reply.json()["incident"]["notes"][0]["capture"]
    assert agent.http.get(f"/captures/{digest}").content == PNG
    (piece,) = [one for one in agent.get(f"{path}/evidence")["evidence"] if one["hash"] == digest]
    assert (piece["media_type"], piece["size_bytes"], piece["kept"]) == ("image/png", len(PNG), True)
    assert agent.http.post(f"{path}/pictures", content=b"<svg/>").status_code == 400
    assert agent.http.post(f"{path}/pictures", content=PNG + bytes(9 * 1024**2)).status_code == 413


@pytest.mark.parametrize(
    ("form", "begins"), [("md", "# Incident "), ("html", "<!doctype html>"), ("csv", "time_utc,")]
)
def test_the_report_is_given_in_every_form(agent: RunningAgent, alarm_id: int, form: str, begins: str) -> None:
    made = opened(agent, alarm_id, title="=<script>|")
    text = agent.http.get(f"/incidents/{made['id']}/report", params={"format": form}).text
    assert text.startswith(begins)
    assert "<script>" not in text.replace("\\<script\\>", "") or form == "csv"
    page = agent.get(f"/incidents/{made['id']}/report")["page"]
    assert [one["title"] for one in page["sections"]] == [
        "Customer impact", "Alarms", "Measured", "Timeline", "Cause", "Actions", "Notes", "Evidence", "Review",
    ]  # fmt: skip


def test_incidents_are_there_again_after_the_tables_are_made_anew(agent: RunningAgent, alarm_id: int) -> None:
    assert agent.get("/board")["agent"]["incidents"]["open"] >= 0
    assert "needs a title" in refused(agent, "/incidents", {}, 400)
    made = opened(agent, alarm_id)
    listed = agent.get("/incidents", state="open")["incidents"]
    assert listed[0]["id"] == made["id"]
    assert agent.http.get("/incidents/99999").status_code == 404
