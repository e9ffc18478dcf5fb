"""The API keeps the promises of docs/api.md and requirements 1.8, name by name."""

from __future__ import annotations

from typing import Any

import pytest
from running_agent import RunningAgent, until

NOWHERE = "http://127.0.0.1:9/live/master.m3u8"


@pytest.fixture
def channel_id(agent: RunningAgent, request: pytest.FixtureRequest) -> int:
    code = f"CH_OTT_{request.node.name.upper()[:40]}".replace("[", "_").replace("]", "_")
    body = {"channel_code": code, "channel_name": "Contract", "input_url": NOWHERE, "tier": 1, "is_4k": True}
    return int(agent.post("/channels", body, 201)["channel_id"])


def test_a_channel_has_both_name_sets_and_its_input(agent: RunningAgent, channel_id: int) -> None:
    said = agent.get(f"/channels/{channel_id}")
    assert said["status"] == "ok"
    channel = said["channel"]
    assert channel["channel_id"] == channel["id"] == channel_id
    assert channel["channel_code"] == channel["code"]
    assert channel["channel_type"] == "LIVE"
    assert channel["input_url"] == NOWHERE
    assert channel["inputs"][0]["kind"] == "hls"
    assert channel["enabled"] is True
    assert channel["is_4k"] is True


def test_channels_are_listed_by_code_in_an_envelope_and_filtered(agent: RunningAgent, channel_id: int) -> None:
    answer = agent.get("/channels")
    assert answer["count"] == len(answer["channels"])
    codes = [one["code"] for one in answer["channels"]]
    assert codes == sorted(codes)
    assert channel_id in [one["id"] for one in agent.get("/channels", tier=1, is_4k="true")["channels"]]
    assert channel_id not in [one["id"] for one in agent.get("/channels", tier=3)["channels"]]
    # C-30: a boolean query is read as one
    assert channel_id not in [one["id"] for one in agent.get("/channels", is_4k="false")["channels"]]


def test_put_changes_what_it_says_and_delete_disables(agent: RunningAgent, channel_id: int) -> None:
    reply = agent.http.put(f"/channels/{channel_id}", json={"channel_name": "Renamed", "tier": 3})
    assert reply.json()["channel"]["name"] == "Renamed"
    assert reply.json()["channel"]["input_url"] == NOWHERE
    assert agent.http.delete(f"/channels/{channel_id}").status_code == 200
    assert agent.get(f"/channels/{channel_id}")["channel"]["enabled"] is False
    assert agent.post(f"/channels/{channel_id}/enable")["channel"]["enabled"] is True
    assert agent.http.delete(f"/channels/{channel_id}", params={"purge": "true"}).status_code == 200
    assert agent.http.get(f"/channels/{channel_id}").status_code == 404


def test_secrets_are_masked_and_kept_when_sent_back_masked(agent: RunningAgent, channel_id: int) -> None:
    entry = {"url": NOWHERE, "access": {"headers": {"X-Key": "s3cret"}, "query": "token=s3cret"}}
    agent.http.put(f"/channels/{channel_id}", json={"inputs": [entry]})
    shown = agent.get(f"/channels/{channel_id}")["channel"]
    assert "s3cret" not in str(shown)
    assert shown["inputs"][0]["access"]["headers"] == {"X-Key": "***"}
    again = agent.http.put(f"/channels/{channel_id}", json={"inputs": shown["inputs"]}).json()["channel"]
    assert again["inputs"][0]["id"] == shown["inputs"][0]["id"]
    events = agent.get("/journal", kinds="ChannelChanged")["events"]
    assert "s3cret" not in str(events)
    # nothing changed, so nothing was written
    assert [event["channel_id"] for event in events].count(channel_id) == 1


def test_programs_are_bare_and_carry_the_inspectors_names(agent: RunningAgent, channel_id: int) -> None:
    listed = agent.get("/programs")
    mine = next(one for one in listed if one["id"] == channel_id)
    assert mine == {"id": channel_id, "name": "Contract", "status": "monitoring", "mos": None}
    one = agent.get(f"/programs/{channel_id}")
    assert {"codec", "resolution", "loudness_lufs", "tr101290_errors"} <= one.keys()
    assert agent.post(f"/programs/{channel_id}/disable")["status"] == "ok"
    assert agent.get(f"/programs/{channel_id}")["status"] == "disabled"
    agent.post(f"/programs/{channel_id}/enable")
    series = agent.get(f"/programs/{channel_id}/metrics", start="2026-01-01T00:00:00Z", end="2026-01-02T00:00:00Z")
    assert series["mos"] == []


def test_a_test_alarm_is_seen_by_every_name_and_ends_by_hand(agent: RunningAgent, channel_id: int) -> None:
    raised = agent.post(f"/channels/{channel_id}/test-alarm", {"by": "Lan"}, 201)
    number = raised["alarm_id"]
    by_alias = {one["id"]: one for one in agent.get("/alerts/active")["alarms"]}
    alarm = by_alias[number]
    both = (
        "alarm_id",
        "channel_id",
        "channel_code",
        "alarm_type",
        "severity",
        "message",
        "acknowledged",
        "acknowledged_by",
        "acknowledged_at",
        "resolved",
        "resolved_at",
        "created_at",
        "channel",
        "type",
        "timestamp",
    )
    assert set(both) <= alarm.keys()
    assert alarm["test"] is True
    upper = agent.get(f"/programs/{channel_id}/alarms")
    assert [one["severity"] for one in upper] == ["MAJOR"]
    assert set(upper[0]) == {"type", "severity", "message", "timestamp"}
    assert agent.post(f"/alerts/{number}/acknowledge")["alarm"]["acknowledged_by"] == "system"
    assert agent.post(f"/alarms/{number}/resolve", {"by": "Lan"})["alarm"]["resolved"]
    assert number not in [one["id"] for one in agent.get("/alarms/active")["alarms"]]
    assert agent.get(f"/alarms/{number}")["alarm"]["resolved_by"] == "Lan"
    assert number in [one["id"] for one in agent.get("/alarms", channel_id=channel_id)["alarms"]]
    assert agent.http.post(f"/alarms/{number}/acknowledge").status_code == 404


def test_health_needs_no_token_and_says_healthy(agent: RunningAgent) -> None:
    for path in ("/health", "/api/health", "/api/v1/health"):
        reply = agent.http.get(f"{agent.url}{path}", headers={"Authorization": ""})
        assert reply.status_code == 200
        said = reply.json()
        assert said["status"] == "healthy"
        assert all(said[key].endswith("%") for key in ("cpu_usage", "memory_usage", "disk_usage"))


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic dG9rZW4=", "token-of-the-tests"])
def test_without_the_right_token_nothing_is_told(agent: RunningAgent, header: str) -> None:
    for path in ("/board", "/channels", "/metrics", "/openapi.json", "/nothing"):
        reply = agent.http.get(path, headers={"Authorization": header})
        assert reply.status_code == 401
        assert reply.json() == {"status": "error", "message": "The token is missing or wrong."}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nothing", None, 404),
        ("PATCH", "/channels", None, 405),
        ("GET", "/channels/999999", None, 404),
        ("GET", "/channels/abc", None, 422),
        ("POST", "/channels", {"channel_code": "X"}, 400),
        ("POST", "/channels", {"channel_code": "X", "input_url": "ftp://x/y"}, 422),
        ("POST", "/channels", {"channel_code": "a b", "input_url": NOWHERE}, 422),
        ("POST", "/channels", {"channel_code": "X", "input_url": NOWHERE, "template": "TPL_NOT_THERE"}, 400),
        ("GET", "/series?metric=no.such", None, 404),
        ("GET", "/series?metric=segment.download_s&start=5&end=1", None, 400),
        ("GET", "/journal?after=x:y", None, 400),
        ("GET", "/journal?after=ffff:1", None, 409),
        ("GET", "/inspect/job-999", None, 404),
        ("GET", "/lab", None, 404),
        ("GET", f"/captures/{'0' * 64}", None, 404),
        ("POST", "/templates", {}, 400),
        ("POST", "/templates", {"name": "TPL_ABR_OTT"}, 409),
        ("GET", "/programs/1/metrics?start=yesterday", None, 400),
        ("POST", "/channels/import", None, 400),
    ],
)
def test_every_refusal_is_one_sentence(agent: RunningAgent, method: str, path: str, body: Any, status: int) -> None:
    reply = agent.http.request(method, path, json=body)
    assert reply.status_code == status, reply.text
    said = reply.json()
    assert said["status"] == "error"
    assert said["message"].endswith(".")
    assert "Traceback" not in said["message"]


def test_a_code_is_given_once(agent: RunningAgent, channel_id: int) -> None:
    code = agent.get(f"/channels/{channel_id}")["channel"]["code"]
    twin = agent.post("/channels", {"channel_code": code, "input_url": NOWHERE}, 409)
    assert code in twin["message"]


def test_a_body_that_is_too_long_is_refused_whether_its_length_is_told_or_not(agent: RunningAgent) -> None:
    told = agent.http.post("/channels", content=b"x" * 100_000)
    assert told.status_code == 413
    untold = agent.http.post("/channels", content=iter([b"x" * 50_000] * 4))
    assert untold.status_code == 413


def test_an_import_says_first_what_it_would_do(agent: RunningAgent) -> None:
    text = (
        "channel_code;channel_name;input_url;tier\n"
        "CH_CSV_1;Một;http://127.0.0.1:9/1.m3u8;1\n"
        "CH_CSV_2;Two;http://127.0.0.1:9/2.mpd;9\n"
        "CH_CSV_1;Again;http://127.0.0.1:9/3.m3u8;1\n"
    )
    dry = agent.http.post("/channels/import", params={"dry_run": "true"}, content=text.encode()).json()
    assert [one["code"] for one in dry["add"]] == ["CH_CSV_1"]
    assert [one["line"] for one in dry["errors"]] == [3, 4]
    assert "CH_CSV_1" not in [one["code"] for one in agent.get("/channels")["channels"]]
    agent.http.post("/channels/import", content=text.encode())
    again = agent.http.post("/channels/import", params={"dry_run": "true"}, content=text.encode()).json()
    assert (again["add"], again["change"], again["same"]) == ([], [], 1)
    changed = text.replace("Một", "Hai")
    diff = agent.http.post("/channels/import", params={"dry_run": "true"}, content=changed.encode()).json()
    assert [(one["before"]["name"], one["after"]["name"]) for one in diff["change"]] == [("Một", "Hai")]


def test_templates_are_shipped_changed_and_kept_while_used(agent: RunningAgent) -> None:
    names = {one["name"]: one for one in agent.get("/templates")["templates"]}
    assert {"TPL_LIVE_HD", "TPL_LIVE_4K_HDR", "TPL_ABR_OTT"} <= names.keys()
    assert names["TPL_ABR_OTT"]["loudness_target"] == -23.0
    form = {"name": "TPL_MINE", "segment_s": 4.0, "rules": {"segment-slow": {"above": 1.5}}}
    assert agent.post("/templates", form, 201)["template"]["min_mos"] == 2.0
    assert agent.http.put("/templates/TPL_MINE", json={"rules": {"no-such-rule": {"above": 1}}}).status_code == 400
    number = agent.get("/templates/TPL_MINE")["template"]["template_id"]
    made = agent.post("/channels", {"channel_code": "CH_T", "input_url": NOWHERE, "template_id": number}, 201)
    assert made["channel"]["template"] == "TPL_MINE"
    assert agent.http.delete("/templates/TPL_MINE").status_code == 409
    changed = agent.http.put("/templates/TPL_ABR_OTT", json={"description": "ours"}).json()["template"]
    assert changed["description"] == "ours"
    agent.http.delete("/templates/TPL_ABR_OTT")
    assert agent.get("/templates/TPL_ABR_OTT")["template"]["description"] == names["TPL_ABR_OTT"]["description"]


def test_a_long_poll_returns_when_something_changes(agent: RunningAgent, channel_id: int) -> None:
    state = agent.get("/board")
    changed = agent.get("/board", since=state["rev"], wait=20)
    assert changed["rev"] > state["rev"]
    assert changed["boot"] == state["boot"]
    gone = agent.get("/board", since=10**9)
    assert channel_id in [one["id"] for one in gone["channels"]]


def test_the_stream_is_one_object_a_line(agent: RunningAgent) -> None:
    with agent.http.stream("GET", "/board/stream") as reply:
        lines = reply.iter_lines()
        first, second = next(lines), next(lines)
    assert first.startswith('{"rev":')
    assert second.startswith('{"rev":')


def test_the_journal_is_read_by_cursor_without_a_hole(agent: RunningAgent, channel_id: int) -> None:
    seen, cursor = [], ""
    while page := (answer := agent.get("/journal", after=cursor, limit=2))["events"]:
        seen += [event["seq"] for event in page]
        cursor = answer["next"]
    assert seen == sorted(seen)
    assert seen == [event["seq"] for event in agent.get("/journal", limit=10_000)["events"]][: len(seen)]


def test_prometheus_text_has_a_help_for_every_family(agent: RunningAgent, channel_id: int) -> None:
    text = until(lambda: agent.http.get("/metrics").text, "the figures")
    families = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    assert {"up", "noc_channel_open_alarms", "noc_worker_requests_per_s"} <= families
    assert families == {line.split()[2] for line in text.splitlines() if line.startswith("# HELP")}


def test_the_day_and_the_loudness_have_their_shapes(agent: RunningAgent, channel_id: int) -> None:
    day = agent.get("/reports/daily")
    assert set(day) == {"date", "programs_monitored", "critical_alerts", "major_alerts", "top_errors"}
    assert agent.http.get("/reports/loudness").text.startswith("program,average_lufs,true_peak_dbtp,deviation_lu,")
    assert {one["type"] for one in agent.get("/flows")} <= {"HLS", "DASH"}
    (probe,) = agent.get("/probes")["probes"]
    assert probe["probe_name"] == "local"


def test_an_inspection_that_cannot_be_done_says_so(agent: RunningAgent) -> None:
    job = agent.post("/inspect", {"url": NOWHERE}, 202)["job"]
    ended = until(lambda: _ended(agent, job), "the inspection to end")
    assert ended["state"] == "failed"
    assert ended["message"].endswith(".")


def _ended(agent: RunningAgent, job: str) -> dict[str, Any] | None:
    state = agent.get(f"/inspect/{job}")
    return state if state["state"] != "running" else None
