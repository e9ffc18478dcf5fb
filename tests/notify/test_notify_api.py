"""Receivers, secrets, policy and dry run as a script sees them, on a whole agent."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
import running_agent
from notice_bench import Answer, HttpReceiver, hook, http_receiver
from running_agent import RunningAgent, until

SECRET = "s3cr3t-of-the-hook"


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAgent]:
    with running_agent.running(tmp_path_factory.mktemp("notify") / "local.db") as running:
        running.post("/channels", {"channel_code": "CH_1", "input_url": "http://127.0.0.1:9/x.m3u8", "tier": 1}, 201)
        yield running


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    with http_receiver() as one:
        yield one


def put(agent: RunningAgent, path: str, body: Any, status: int = 200) -> Any:
    reply = agent.http.put(path, json=body)
    assert reply.status_code == status, reply.text
    return reply.json()


def put_hook(agent: RunningAgent, url: str, **more: Any) -> Any:
    row = {"kind": "webhook", "url": f"{url}/hook", "roles": ["chat"], **more}
    return put(agent, "/receivers", {"receivers": {"hook": row}, "by": "Minh"})


def test_a_receiver_is_put_tried_and_told_and_its_secret_is_nowhere(
    agent: RunningAgent, receiver: HttpReceiver
) -> None:
    put_hook(agent, receiver.url)
    put(agent, "/receivers/hook/secret", {"secret": SECRET, "by": "Minh"})
    (shown,) = agent.get("/receivers")["receivers"]
    assert (shown["name"], shown["state"], shown["has_secret"]) == ("hook", "ok", True)

    outcome = agent.post("/receivers/hook/test", {"by": "Minh"})["outcome"]
    assert outcome["state"] == "sent"
    (trial,) = receiver.heard
    assert trial.json["test"] is True
    assert "TEST" in trial.json["subject"]
    assert trial.headers["X-Noc-Signature"].startswith("sha256=")

    agent.post("/channels/1/test-alarm", {}, 201)
    until(lambda: len(receiver.heard) > 1, "the alarm")
    until(lambda: agent.get("/notices", state="sent")["notices"], "the outcome")
    everything = [agent.http.get(path).text for path in ("/receivers", "/notices", "/policy", "/journal", "/board")]
    with sqlite3.connect(agent.db) as known:
        everything += [
            str(row) for row in known.execute("SELECT body FROM outbox UNION ALL SELECT body FROM journal")
        ]
    everything += [path.read_text() for path in agent.db.parent.glob("notify.toml")]
    assert not [text for text in everything if SECRET in text]
    kept = agent.db.parent / "local.db.secrets"
    assert json.loads(kept.read_text()) == {"hook": SECRET}
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_receiver_that_moves_loses_the_secret_that_was_meant_for_the_old_place(
    agent: RunningAgent, receiver: HttpReceiver
) -> None:
    put_hook(agent, receiver.url)
    put(agent, "/receivers/hook/secret", {"secret": SECRET})
    put_hook(agent, receiver.url, roles=["mail"])
    assert agent.get("/receivers")["receivers"][0]["has_secret"]
    put_hook(agent, "http://127.0.0.1:9")
    assert not agent.get("/receivers")["receivers"][0]["has_secret"]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"kind": "pigeon"}, "needs a kind, one of"),
        ({"kind": "webhook", "url": "gopher://x"}, "begins with https"),
        ({"kind": "webhook", "url": "http://u:p@127.0.0.1/"}, "a password does not belong into an address"),
        ({"kind": "webhook", "url": "http://127.0.0.1/", "template": "{% if %}"}, "template cannot be read, line 1"),
        ({"kind": "webhook", "url": "http://127.0.0.1/", "quiet": [{"hours": "late"}]}, "is no span of hours"),
        ({"kind": "mail", "host": "mail.example.com", "sender": "a@b.c", "to": ["x"]}, "is no mail address"),
        (
            {
                "kind": "mail",
                "host": "h.example.com",
                "sender": "a@b.c",
                "to": ["d@e.f"],
                "user": "u",
                "security": "none",
            },
            "a password is not sent in the clear",
        ),
        ({"kind": "ticket-file", "folder": "tickets"}, "named from the root"),
    ],
)
def test_a_receiver_that_makes_no_sense_is_refused_in_one_sentence_and_changes_nothing(
    agent: RunningAgent, row: dict[str, Any], sentence: str
) -> None:
    put_hook(agent, "http://127.0.0.1:9")
    before = agent.get("/receivers")
    refused = put(agent, "/receivers", {"receivers": {"new": row}}, 400)
    assert sentence in refused["message"]
    assert "\n" not in refused["message"]
    assert agent.get("/receivers") == before


def test_the_file_is_taken_anew_when_it_changes_and_a_wrong_one_is_told_with_its_line(
    agent: RunningAgent, receiver: HttpReceiver
) -> None:
    path = agent.db.with_name("notify.toml")
    path.write_text(hook(receiver.url, "by-hand"))
    until(lambda: [one["name"] for one in agent.get("/receivers")["receivers"]] == ["by-hand"], "the new receiver")
    path.write_text(hook(receiver.url, "by-hand") + '\n[receivers.second]\nkind = "slack"\ncolour = "red"\n')
    fault = until(lambda: agent.get("/policy")["policy"]["fault"], "the sentence")
    assert fault.startswith("notify.toml, line 9: colour: there is no such setting")
    assert [one["name"] for one in agent.get("/receivers")["receivers"]] == ["by-hand"]

    def said() -> bool:
        return any(fault in one["text"] for one in agent.get("/board")["agent"]["news"])

    until(said, "the console to be told")
    path.write_text(hook(receiver.url, "by-hand"))
    until(lambda: not agent.get("/policy")["policy"]["fault"], "the fault to be gone")


def test_the_dry_run_says_who_when_and_why_and_who_not(agent: RunningAgent) -> None:
    rows = {
        name: {"kind": "webhook", "url": "http://127.0.0.1:9/x", "roles": roles}
        for name, roles in {"chat": ["chat"], "post": ["mail"], "boss": ["manager"], "off": ["page"]}.items()
    }
    rows["off"]["enabled"] = False
    rows["alone"] = {"kind": "webhook", "url": "http://127.0.0.1:9/x"}
    put(agent, "/receivers", {"receivers": rows})
    found = agent.post("/notices/dry-run", {"channel": "CH_1", "type": "TS_SYNC_LOSS", "at": 1_790_000_000})
    assert found["routes"] == ["critical-outage"]
    told = [(one["receiver"], one["after_s"], one["reason"]) for one in found["told"]]
    assert told[:4] == [
        ("chat", 0, "route-step"),
        ("post", 0, "route-step"),
        ("boss", 1200, "unacknowledged"),
        ("boss", 1800, "unacknowledged"),
    ]
    assert ("boss", 3600, "repeat-until-acknowledged") in told
    reasons = {one["receiver"]: one["reason"] for one in found["not_told"]}
    assert reasons["off"] == "receiver-disabled"
    assert reasons["alone"] == "not-in-route"
    assert reasons["second-on-call"] == "no-receiver"
    major = agent.post("/notices/dry-run", {"channel": 1, "severity": "major"})
    assert [(one["receiver"], one["after_s"]) for one in major["told"]] == [("chat", 0), ("post", 300), ("chat", 600)]


def test_a_dry_run_of_an_open_alarm_knows_what_was_told_and_who_has_it(
    agent: RunningAgent, receiver: HttpReceiver
) -> None:
    put_hook(agent, receiver.url)
    alarm = agent.post("/channels/1/test-alarm", {}, 201)["alarm_id"]
    first = agent.post("/notices/dry-run", {"alarm": alarm})
    assert [(one["done"], one["after_s"]) for one in first["told"]] == [(True, 0), (False, 600)]
    agent.post(f"/alarms/{alarm}/acknowledge", {"by": "Minh"})
    second = agent.post("/notices/dry-run", {"alarm": alarm})
    assert [one["done"] for one in second["told"]] == [True]
    assert "acknowledged" in {one["reason"] for one in second["not_told"]}


def test_the_policy_can_be_replaced_and_the_shipped_one_comes_back(agent: RunningAgent) -> None:
    shipped = agent.get("/policy")["policy"]
    assert shipped["is_shipped"]
    route = {"name": "all", "steps": [{"tell": ["hook"]}], "hours": "08:00-18:00", "days": ["mon-fri"]}
    changed = put(agent, "/policy", {"routes": [route], "zone": "Asia/Ho_Chi_Minh"})["policy"]
    assert not changed["is_shipped"]
    assert changed["routes"][0]["name"] == "all"
    refused = put(agent, "/policy", {"routes": [{"name": "all", "severities": ["loud"]}]}, 400)
    assert "severities" in refused["message"]
    assert put(agent, "/policy", {"routes": None, "zone": None})["policy"]["routes"] == shipped["routes"]


def test_a_receiver_that_refuses_is_told_as_failed_and_hears_no_end(
    agent: RunningAgent, receiver: HttpReceiver
) -> None:
    receiver.answers = [Answer(400)]
    put_hook(agent, receiver.url)
    alarm = agent.post("/channels/1/test-alarm", {}, 201)["alarm_id"]
    (failed,) = until(lambda: agent.get("/notices", alarm_id=alarm, state="failed")["notices"], "the failure")
    assert "refused with 400" in failed["outcome"]
    agent.post(f"/alarms/{alarm}/resolve", {"by": "Minh"})
    history = [one["kind"] for one in agent.get(f"/alarms/{alarm}/history")["events"]]
    assert "NoticeFailed" in history
    assert len([one for one in receiver.heard if one.json["alarm"]["alarm_id"] == alarm]) == 1


def test_what_is_due_while_the_configuration_changes_is_told_once(
    agent: RunningAgent, receiver: HttpReceiver
) -> None:
    put_hook(agent, receiver.url)
    step = {"after_min": 0.005, "tell": ["hook"]}
    put(agent, "/policy", {"routes": [{"name": "soon", "steps": [step]}]})
    alarms = []
    for number in range(6):
        alarms.append(agent.post("/channels/1/test-alarm", {}, 201)["alarm_id"])
        put_hook(agent, receiver.url, headers={"X-Number": str(number)})

    def heard() -> list[int]:
        told = sorted(one.json["alarm"]["alarm_id"] for one in receiver.heard if one.json["action"] == "raise")
        return [alarm for alarm in told if alarm in alarms]  # the channel's address is dead, which is told as well

    until(lambda: heard() == alarms, "each alarm once")
    put(agent, "/policy", {"routes": None})


def test_unknown_receivers_and_alarms_are_404(agent: RunningAgent) -> None:
    assert put(agent, "/receivers/nobody/secret", {"secret": "x"}, 404)["message"] == "There is no receiver nobody."
    agent.post("/receivers/nobody/test", {}, 404)
    agent.post("/notices/dry-run", {"alarm": 123456}, 404)
    agent.post("/notices/dry-run", {"channel": "CH_9", "severity": "major"}, 404)
    agent.post("/notices/dry-run", {"channel": "CH_1"}, 400)
