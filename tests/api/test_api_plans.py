"""Shelving, maintenance, effective rules, load and the workshop, as clients meet them over the API."""

from __future__ import annotations

import time
from typing import Any

import pytest
from running_agent import RunningAgent, until

NOWHERE = "http://127.0.0.1:9/live/master.m3u8"


@pytest.fixture
def channel_id(agent: RunningAgent, request: pytest.FixtureRequest) -> int:
    code = f"CH_PLAN_{request.node.name.upper()[5:40]}"
    body = {"channel_code": code, "input_url": NOWHERE, "tier": 3, "labels": [code]}
    return int(agent.post("/channels", body, 201)["channel_id"])


def alarm_of(agent: RunningAgent, channel_id: int) -> dict[str, Any]:
    """An unreachable channel is an invalid manifest after two looks."""

    def found() -> dict[str, Any] | None:
        active = agent.get("/alarms/active")["alarms"]
        return next((one for one in active if one["channel_id"] == channel_id and not one["test"]), None)

    return until(found, "the alarm of a channel nobody serves", 40)


def refused(agent: RunningAgent, path: str, body: Any, status: int) -> str:
    reply = agent.http.post(path, json=body)
    assert reply.status_code == status, reply.text
    return str(reply.json()["message"])


def test_an_alarm_is_shelved_with_a_reason_and_taken_back(agent: RunningAgent, channel_id: int) -> None:
    number = alarm_of(agent, channel_id)["alarm_id"]
    assert "reason" in refused(agent, f"/alarms/{number}/shelve", {"by": "Lan", "hours": 1}, 409)
    assert "24 h" in refused(agent, f"/alarms/{number}/shelve", {"reason": "x", "hours": 25}, 409)
    shelved = agent.post(f"/alarms/{number}/shelve", {"by": "Lan", "reason": "known", "hours": 2})["alarm"]
    assert (shelved["state"], shelved["shelved_by"], shelved["hidden"]) == ("shelved", "Lan", True)
    assert shelved["shelved_until"] == pytest.approx(time.time() + 7200, abs=60)
    state = next(one for one in agent.get("/board")["channels"] if one["id"] == channel_id)
    assert (state["severity"], state["open_alarms"], state["shelved"]) == ("cleared", 0, 1)
    hiding = agent.get(f"/alarms/{number}/hiding")
    assert hiding["shelved_until"] == shelved["shelved_until"]
    assert not agent.post(f"/alarms/{number}/unshelve", {"by": "Lan"})["alarm"]["shelved"]
    kinds = [event["kind"] for event in agent.get(f"/alarms/{number}/history")["events"]]
    assert kinds[-2:] == ["AlarmShelved", "AlarmUnshelved"]


def test_a_window_hides_its_channel_and_is_cloned_ended_and_removed(agent: RunningAgent, channel_id: int) -> None:
    label = agent.get(f"/channels/{channel_id}")["channel"]["labels"][0]
    number = alarm_of(agent, channel_id)["alarm_id"]
    now = time.time()
    body = {"name": "works", "target": {"labels": [label]}, "start": now - 60, "end": now + 3600, "reason": "cabling"}
    window = agent.post("/maintenance?by=Lan", body, 201)["window"]
    assert (window["is_open"], window["hides"], window["by"]) == (True, [number], "Lan")
    assert agent.get(f"/alarms/{number}")["alarm"]["state"] == "out_of_service"
    why = agent.get(f"/alarms/{number}/hiding")["windows"]
    assert why == [{"id": window["id"], "name": "works", "kind": "maintenance", "hides": True, "why": why[0]["why"]}]
    copy = agent.post(f"/maintenance/{window['id']}/clone", {"start": now + 7200, "end": now + 9000}, 201)["window"]
    assert (copy["name"], copy["is_open"], copy["next_turn"]) == ("works (copy)", False, pytest.approx(now + 7200))
    assert agent.post(f"/maintenance/{window['id']}/end")["window"]["is_open"] is False
    assert agent.get(f"/alarms/{number}")["alarm"]["out_of_service"] is False
    assert agent.http.delete(f"/maintenance/{copy['id']}").status_code == 200
    assert agent.http.get(f"/maintenance/{copy['id']}").status_code == 404
    kinds = [event["kind"] for event in agent.get("/journal", limit=1000)["events"]]
    assert [kind for kind in kinds if kind.startswith("Maintenance")][-4:] == [
        "MaintenancePlanned",
        "MaintenancePlanned",
        "MaintenanceEnded",
        "MaintenanceRemoved",
    ]


def test_a_weekly_window_needs_a_known_zone_and_says_when_it_opens(agent: RunningAgent, channel_id: int) -> None:
    slots = [{"start": "02:00", "end": "04:00", "weekdays": [6]}]
    body = {"name": "Sunday", "target": {"channels": [channel_id]}, "slots": slots, "zone": "Asia/Ho_Chi_Minh"}
    assert "no time zone" in refused(agent, "/maintenance", {**body, "zone": "Mars/Olympus"}, 400)
    assert "what the window is about" in refused(agent, "/maintenance", {**body, "target": {}}, 400)
    window = agent.post("/maintenance", body, 201)["window"]
    assert 0 < window["next_turn"] - time.time() <= 7 * 86400
    explored = next(one for one in agent.get("/maintenance/explorer")["windows"] if one["id"] == window["id"])
    assert (explored["inputs"], explored["hid_30d"]) == (1, 0)
    assert explored["warning"] == "It has hidden nothing in 30 days."


def test_a_window_about_nothing_says_so(agent: RunningAgent) -> None:
    body = {"name": "typo", "target": {"labels": ["no-such-label"]}, "end": time.time() + 60}
    window = agent.post("/maintenance", body, 201)["window"]
    explored = next(one for one in agent.get("/maintenance/explorer")["windows"] if one["id"] == window["id"])
    assert explored["warning"] == "It is about no channel there is."


def test_alarms_are_counted_to_a_window_afterwards_with_an_audit(agent: RunningAgent, channel_id: int) -> None:
    alarm = alarm_of(agent, channel_id)
    body = {"name": "was works", "target": {"channels": [channel_id]}, "start": alarm["raised_at"] - 60}
    window = agent.post("/maintenance", {**body, "end": alarm["raised_at"] + 0.001}, 201)["window"]
    assert window["hides"] == []
    path = f"/maintenance/{window['id']}/reclassify"
    assert "reason" in refused(agent, path, {"reason": ""}, 400)
    done = agent.post(path + "?by=Lan", {"reason": "nobody entered it"})
    assert done["alarms"] == [alarm["alarm_id"]]
    assert agent.get(f"/alarms/{alarm['alarm_id']}")["alarm"]["reclassified_as"] == window["id"]
    audit = agent.get("/journal", kinds="AlarmsReclassified")["events"][-1]["data"]
    assert (audit["by"], audit["reason"], audit["alarms"]) == ("Lan", "nobody entered it", [alarm["alarm_id"]])


def test_each_limit_names_who_says_it(agent: RunningAgent, channel_id: int) -> None:
    def field(name: str) -> dict[str, Any]:
        rules = agent.get(f"/channels/{channel_id}/rules")["rules"]
        slow = next(one for one in rules if one["rule"] == "segment-slow")
        return next(one for one in slow["fields"] if one["field"] == name)

    assert (field("above")["source"], field("bad")["source"]) == ("template TPL_ABR_OTT", "shipped rule")
    change = {"level": "tier", "target": 3, "rule": "segment-slow", "changes": {"above": 3.0}}
    tier = agent.post("/rules/changes?by=Lan", change, 201)["change"]
    assert (field("above")["value"], field("above")["source"]) == (3.0, "tier 3")
    mine = {**change, "level": "channel", "target": channel_id, "changes": {"above": 5.0, "bad": 2}}
    own = agent.post("/rules/changes", mine, 201)["change"]
    assert field("above")["value"] == 5.0
    assert [source for source, _ in field("above")["below"]] == ["shipped rule", "template TPL_ABR_OTT", "tier 3"]
    assert field("bad")["value"] == 2
    for one in (own, tier):
        assert agent.http.delete(f"/rules/changes/{one['id']}").status_code == 200
    assert field("above")["value"] == 2.0


def test_a_change_of_a_rule_that_is_not_there_is_refused(agent: RunningAgent) -> None:
    change = {"level": "tier", "target": 3, "rule": "segment-slo", "changes": {"above": 3.0}}
    assert "does not exist" in refused(agent, "/rules/changes", change, 400)
    assert "no such field" in refused(
        agent, "/rules/changes", {**change, "rule": "segment-slow", "changes": {"x": 1}}, 400
    )


def test_a_severity_profile_is_previewed_before_it_is_used(agent: RunningAgent) -> None:
    shifts = agent.get("/rules/profile/preview", profile="tr")["findings"]
    by_id = {one["finding"]: (one["before"], one["after"]) for one in shifts}
    assert by_id["ts-cc"] == ("major", "critical")
    assert agent.http.put("/rules/profile", json={"profile": "tr"}).json()["profile"] == "tr"
    assert agent.http.put("/rules/profile", json={"profile": "operator"}).json()["profile"] == "operator"
    assert agent.http.put("/rules/profile", json={"profile": "mine"}).status_code == 400


def test_load_figures_come_with_their_limits(agent: RunningAgent) -> None:
    load = agent.get("/alarms/load", operators=2)["load"]
    assert load["limits"]["per_10_min"] == {"target": 1.0, "limit": 2.0}
    assert {"per_hour", "per_day", "is_flood", "chattering", "standing", "mix", "top"} <= load.keys()


def test_an_acknowledged_alarm_is_listed_as_ageing_and_several_are_taken_at_once(
    agent: RunningAgent, channel_id: int
) -> None:
    number = alarm_of(agent, channel_id)["alarm_id"]
    body = {"verb": "acknowledge", "alarm_ids": [number, 999999], "by": "Lan", "with_children": True}
    done = agent.post("/alarms/bulk", body)
    assert (done["done"], done["refused"][0]["alarm_id"]) == ([number], 999999)
    row = next(one for one in agent.get("/alarms/ageing")["alarms"] if one["alarm"]["alarm_id"] == number)
    assert row["expires_in_s"] == pytest.approx(7200, abs=60)


def test_a_rule_is_replayed_on_the_past_and_applied_with_its_proof(agent: RunningAgent, channel_id: int) -> None:
    alarm_of(agent, channel_id)
    until(lambda: agent.get("/journal", kinds="FindingBegan")["events"], "findings in the journal")
    wish = {"rule": "manifest-invalid", "changes": {"bad": 500, "of": 500}, "days": 0.1}
    wish |= {"level": "channel", "target": channel_id}
    job = agent.post("/workshop", wish, 202)["job"]
    trial = until(lambda: (told := agent.get(f"/workshop/{job}"))["state"] != "running" and told, "the replay")
    result = trial["result"]
    assert (trial["state"], result["today"]["alarms"], result["edited"]["alarms"]) == ("done", 1, 0)
    assert result["missed"]["alarms"][0]["channel_id"] == channel_id
    change = agent.post(f"/workshop/{job}/apply?by=Lan", {"note": "too early"})["change"]
    told = agent.get("/journal", kinds="RuleChanged")["events"][-1]["data"]
    assert (told["by"], told["proof"]["missed"]["count"]) == ("Lan", 1)
    assert agent.http.delete(f"/rules/changes/{change['id']}").status_code == 200


def test_prometheus_rules_are_read_and_the_rest_is_listed(agent: RunningAgent) -> None:
    text = """
groups:
  - name: video_monitoring
    rules:
      - alert: SegmentSlow
        expr: avg_over_time(download_time_ms[2m]) > 2500
        for: 1m
        labels: {severity: major}
      - alert: InstanceDown
        expr: up == 0
"""
    reply = agent.http.post("/rules/import", params={"dry_run": "true"}, content=text)
    found = reply.json()
    assert [one["rule"]["above"] for one in found["rules"]] == [2.5]
    assert found["untranslated"][0]["name"] == "InstanceDown"
    assert found["applied"] is False


def test_an_imported_rule_holds_and_what_was_changed_in_it_goes_with_it(agent: RunningAgent, channel_id: int) -> None:
    text = "groups: [{name: g, rules: [{alert: SegmentSlow, expr: segment_speed < 1.5, for: 1m}]}]"
    assert agent.http.post("/rules/import", params={"dry_run": "false"}, content=text).json()["applied"]
    added = next(one for one in agent.get("/rules/changes")["changes"] if one["level"] == "added")
    change = {"level": "channel", "target": channel_id, "rule": added["rule"], "changes": {"below": 1.1}}
    agent.post("/rules/changes", change, 201)

    def mine() -> list[Any]:
        rules = agent.get(f"/channels/{channel_id}/rules")["rules"]
        fields = [one["fields"] for one in rules if one["rule"] == added["rule"]]
        return [(one["value"], one["source"]) for some in fields for one in some if one["field"] == "below"]

    assert mine() == [(1.1, mine()[0][1])]
    assert mine()[0][1].startswith("channel ")
    assert agent.http.delete(f"/rules/changes/{added['id']}").status_code == 200
    assert mine() == []
