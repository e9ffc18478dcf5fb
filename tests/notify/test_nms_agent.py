"""A whole agent: traps and webhooks become events and alarms, alarms become traps, all of it is in the NMS log."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import running_agent
from netsnmp import EMPTY_MIBS, Trapd, free_port, needs, trapd
from running_agent import RunningAgent, until

TOKEN = "token-of-alertmanager-1"
COMMUNITY = "community-of-the-tests"
AUTH_KEY, PRIV_KEY = "auth-key-of-noc", "priv-key-of-noc"
RULES = """
[traps]
enabled = true
port = PORT
users = [{ name = "noc", auth = "sha256", priv = "aes128" }]

[alertmanager]
enabled = true

[[rules]]
name = "encoder"
source = "trap"
match = { trap_oid = "1.3.6.1.4.1.8072.2.3.0.1" }
clear = { trap_oid = "1.3.6.1.4.1.8072.2.3.0.2" }
alarm = "PCR_JITTER"
severity = "minor"
channel = "{1.3.6.1.4.1.8072.2.3.2.2}"
channel_pattern = '^(\\S+)'

[[rules]]
name = "alerts"
source = "alertmanager"
match = { "labels.channel" = "*" }
alarm = "SERVICE_DOWN"
severity = "{labels.severity}"
severities = { critical = "major" }
channel = "{labels.channel}"
"""


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trapd]:
    with trapd(tmp_path_factory.mktemp("trapd"), f"authCommunity log {COMMUNITY}\n") as one:
        yield one


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory, daemon: Trapd, port: int) -> Iterator[RunningAgent]:
    db = tmp_path_factory.mktemp("nms") / "local.db"
    (db.parent / "notify.toml").write_text(
        f'[receivers.nms]\nkind = "snmp"\nroles = ["nms"]\ndestinations = ["127.0.0.1:{daemon.port}"]\n'
        '[[routes]]\nname = "all"\nsteps = [{ tell = ["nms"] }]\n'
    )
    with running_agent.running(db, NOC_CONSOLE_KEYRING="no") as running:
        running.post("/channels", {"channel_code": "CH1", "input_url": "http://127.0.0.1:9/x.m3u8"}, 201)
        put(running, "/receivers/nms/secret", {"secret": COMMUNITY})
        secrets = {
            "communities": [COMMUNITY],
            "users": {"noc": {"auth_key": AUTH_KEY, "priv_key": PRIV_KEY}},
            "alertmanager_token": TOKEN,
        }
        put(running, "/nms/incoming/secrets", secrets)
        put(running, "/nms/incoming", {"text": RULES.replace("PORT", str(port)), "by": "Minh"})
        yield running


def put(agent: RunningAgent, path: str, body: Any, status: int = 200) -> Any:
    reply = agent.http.put(path, json=body)
    assert reply.status_code == status, reply.text
    return reply.json()


def send(port: int, folder: Path, trap_oid: str, text: str, *how: str) -> None:
    env = {**os.environ, **EMPTY_MIBS, "SNMP_PERSISTENT_DIR": str(folder)}
    place = [f"127.0.0.1:{port}", "123", trap_oid, "1.3.6.1.4.1.8072.2.3.2.2", "s", text]
    subprocess.run([needs("snmptrap"), *(how or ("-v2c", "-c", COMMUNITY)), *place], env=env, check=True, timeout=20)


def alarms(agent: RunningAgent, alarm_type: str) -> list[dict[str, Any]]:
    return [one for one in agent.get("/alarms/active")["alarms"] if one["alarm_type"] == alarm_type]


def log(agent: RunningAgent, **query: Any) -> list[dict[str, Any]]:
    return list(agent.get("/nms-log", **query)["lines"])


def test_a_trap_raises_an_alarm_on_its_channel_and_another_clears_it(
    agent: RunningAgent, port: int, tmp_path: Path
) -> None:
    send(port, tmp_path, "1.3.6.1.4.1.8072.2.3.0.1", "ch1 PCR jitter")
    until(lambda: alarms(agent, "PCR_JITTER"), "the alarm")
    (alarm,) = alarms(agent, "PCR_JITTER")
    assert (alarm["channel_code"], alarm["severity"]) == ("CH1", "minor")
    assert "ch1 PCR jitter" in alarm["message"]
    v3 = [
        "-v3",
        "-e",
        "0x80001f8880aabbcc",
        "-u",
        "noc",
        "-l",
        "authPriv",
        "-a",
        "SHA-256",
        "-A",
        AUTH_KEY,
        "-x",
        "AES",
    ]
    send(port, tmp_path, "1.3.6.1.4.1.8072.2.3.0.2", "ch1 PCR good", *v3, "-X", PRIV_KEY)
    until(lambda: not alarms(agent, "PCR_JITTER"), "the clear")
    lines = [one for one in log(agent, direction="in") if one["kind"] == "TrapReceived"]
    assert [one["outcome"] for one in lines] == [
        "clears PCR_JITTER on ch1 by rule encoder",
        "raises PCR_JITTER on ch1 by rule encoder",
    ]
    raw = agent.get(f"/nms-log/{lines[0]['seq']}")["line"]["raw"]["raw"]
    assert (raw["version"], raw["user"], raw["level"]) == ("3", "noc", "authPriv")
    assert bytes.fromhex(raw["pdu_hex"]).count(b"ch1 PCR good") == 1


def test_alertmanagers_webhook_raises_and_resolves(agent: RunningAgent, testdata: Path) -> None:
    folder = testdata / "prometheus" / "alertmanager-payloads"
    bodies = [json.loads((folder / f"webhook-{name}-1.json").read_text())["body"] for name in ("firing", "resolved")]
    path, headers = f"{agent.url}/api/v1/incoming/alertmanager", {"Authorization": f"Bearer {TOKEN}"}
    assert httpx.post(path, json=bodies[0]).status_code == 401
    assert (
        httpx.post(path, json=bodies[0], headers={"Authorization": f"Bearer {running_agent.TOKEN}"}).status_code
        == 401
    )
    assert httpx.post(path, json={"alerts": 3}, headers=headers).json()["message"].startswith("This is no payload")
    reply = httpx.post(path, json=bodies[0], headers=headers)
    assert reply.json() == {"status": "ok", "count": 1, "outcomes": ["raises SERVICE_DOWN on ch1 by rule alerts"]}
    (alarm,) = alarms(agent, "SERVICE_DOWN")
    assert (alarm["channel_code"], alarm["severity"], alarm["message"]) == (
        "CH1", "major", "ChannelDown: Channel ch1 down",
    )  # fmt: skip
    httpx.post(path, json=bodies[0], headers=headers)
    assert len(alarms(agent, "SERVICE_DOWN")) == 1
    httpx.post(path, json=bodies[1], headers=headers)
    assert alarms(agent, "SERVICE_DOWN") == []


def test_an_alarm_goes_out_as_a_trap_and_is_in_the_log_with_what_it_said(agent: RunningAgent, daemon: Trapd) -> None:
    raised = agent.post("/channels/1/test-alarm", {"by": "T. Linh"}, 201)["alarm"]
    oid = ".1.3.6.1.4.1.37211.100.6.6"
    while True:
        got = daemon.next()
        if got.value(1) == f"OID: {oid}":
            break
    assert [value for _, value in got.binds[2:5]] == [
        "INTEGER: 4", 'STRING: "CH1"', 'STRING: "TEST alarm, forced by T. Linh"',
    ]  # fmt: skip
    of_alarm = f"alarm {raised['alarm_id']}"
    sent = until(lambda: [one for one in log(agent, direction="out") if of_alarm in one["summary"]], "the line")
    line = agent.get(f"/nms-log/{sent[0]['seq']}")["line"]
    assert (line["peer"], line["kind"]) == ("nms", "NoticeSent")
    (notice,) = line["raw"]["notices"]
    assert notice["data"]["alarm"]["alarm_id"] == raised["alarm_id"]
    assert [one["value"] for one in notice["varbinds"]][:3] == [oid[1:], 4, "CH1"]


def test_the_log_is_read_in_order_after_a_line_and_searched(agent: RunningAgent, port: int, tmp_path: Path) -> None:
    send(port, tmp_path, "1.3.6.1.4.1.99999.0.1", "nothing to us: needle")
    (found,) = until(lambda: log(agent, text="NEEDLE"), "the line")
    assert (found["outcome"], found["peer"], found["means"]) == ("event only", "127.0.0.1", "trap")
    assert log(agent, text="needle", direction="out") == []
    everything = log(agent)
    assert [one["seq"] for one in everything] == sorted((one["seq"] for one in everything), reverse=True)
    after = log(agent, after=everything[-1]["seq"])
    assert [one["seq"] for one in after] == [one["seq"] for one in reversed(everything[:-1])]
    assert len(log(agent, limit=1)) == 1
    assert agent.http.get("/nms-log/999999999").status_code == 404


def test_wrong_communities_are_counted_and_no_secret_is_anywhere(
    agent: RunningAgent, port: int, tmp_path: Path
) -> None:
    send(port, tmp_path, "1.3.6.1.4.1.8072.2.3.0.1", "ch1", "-v2c", "-c", "guessed-community")
    shown = until(lambda: (one := agent.get("/nms/incoming")["incoming"])["refused"] and one, "the count")
    assert shown["secrets"] == {"communities": 1, "users": ["noc"], "alertmanager_token": True}
    assert shown["traps"]["listening_port"] == port
    paths = ("/nms-log?raw=true", "/journal?limit=10000", "/nms/incoming", "/receivers", "/nms/snmp", "/board")
    everything = "".join(agent.http.get(path).text for path in paths)
    for secret in (TOKEN, COMMUNITY, AUTH_KEY, PRIV_KEY, "guessed-community", COMMUNITY.encode().hex()):
        assert secret not in everything


def test_a_wrong_configuration_changes_nothing(agent: RunningAgent, port: int) -> None:
    said = put(agent, "/nms/incoming", {"text": "[traps]\nport = 'x'"}, 400)
    assert said["message"].startswith("incoming.toml: traps, port: ")
    assert agent.get("/nms/incoming")["incoming"]["traps"]["listening_port"] == port


def test_prometheus_is_told_how_many_came_by_which_rule(agent: RunningAgent) -> None:
    figures = (
        'noc_incoming_notices{instance="local",source="trap",rule="encoder"} 2',
        'noc_incoming_notices{instance="local",source="alertmanager",rule="alerts"} 3',
        'noc_incoming_refused{instance="local"} 1',
    )
    until(lambda: all(one in agent.http.get("/metrics").text for one in figures), "the figures")


def test_the_mapping_can_be_tried(agent: RunningAgent) -> None:
    fields = {"trap_oid": "1.3.6.1.4.1.8072.2.3.0.1", "1.3.6.1.4.1.8072.2.3.2.2": "ch1 is bad"}
    verdict = agent.post("/nms/mapping/try", {"fields": fields})["verdict"]
    assert (verdict["rule"], verdict["alarm_type"], verdict["channel_id"]) == ("encoder", "PCR_JITTER", 1)
    assert agent.post("/nms/mapping/try", {"fields": {}})["verdict"] is None


def test_an_nms_administrator_gets_engine_id_warning_and_mib(agent: RunningAgent) -> None:
    (root,) = agent.get("/nms/snmp")["snmp"]["roots"]
    assert root["engine_id"].startswith("8000915b05")
    assert "37211" in root["warning"]
    mib = agent.http.get("/nms/mib", params={"root": "1.3.6.1.4.1.32473.5", "module": "NOC-CONSOLE-OBJECTS-MIB"})
    assert "{ enterprises 32473 5 }" in mib.text
    assert agent.http.get("/nms/mib", params={"root": "x"}).status_code == 400


def test_the_nms_is_asked_for_its_uptime(agent: RunningAgent) -> None:
    (found,) = agent.post("/nms/snmp/nms/reach", {"by": "Minh"})["destinations"]
    assert found["uptime_s"] is None
    assert "does not answer" in found["fault"] or "refuses" in found["fault"]
    assert agent.http.post("/nms/snmp/nobody/reach", json={}).status_code == 404
