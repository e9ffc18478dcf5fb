"""Alertmanager itself calls our webhook: its alert is an alarm here, and its resolve clears it."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import running_agent
from running_agent import RunningAgent, until

PROGRAM = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="Alertmanager is not installed")
TOKEN = "token-of-alertmanager-2"
RULES = """
[alertmanager]
enabled = true
[[rules]]
name = "probe"
match = { "labels.alertname" = "ProbeDown" }
alarm = "PROBE_DOWN"
severity = "{labels.severity}"
channel = "{labels.channel}"
message = "{annotations.summary}"
"""
CONF = """
route: {{receiver: noc, group_wait: 0s, group_interval: 1s, repeat_interval: 1h}}
receivers:
  - name: noc
    webhook_configs:
      - url: {url}/api/v1/incoming/alertmanager
        send_resolved: true
        http_config: {{authorization: {{credentials: {token}}}}}
"""


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[RunningAgent]:
    (tmp_path / "incoming.toml").write_text(RULES)
    with running_agent.running(tmp_path / "local.db", NOC_CONSOLE_KEYRING="no") as one:
        one.post("/channels", {"channel_code": "CH1", "input_url": "http://127.0.0.1:9/x.m3u8"}, 201)
        told = one.http.put("/nms/incoming/secrets", json={"alertmanager_token": TOKEN})
        assert told.status_code == 200
        yield one


@pytest.fixture
def place(tmp_path: Path, agent: RunningAgent) -> Iterator[str]:
    (tmp_path / "am.yml").write_text(CONF.format(url=agent.url, token=TOKEN))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--config.file={tmp_path / 'am.yml'}", f"--storage.path={tmp_path / 'am'}"]
    options += [f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="]
    daemon = subprocess.Popen([str(PROGRAM), *options], stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        until(lambda: is_ready(url), "Alertmanager to be ready")
        yield url
    finally:
        daemon.terminate()
        daemon.wait(10)


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/-/ready", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def alarms(agent: RunningAgent) -> list[dict[str, Any]]:
    return [one for one in agent.get("/alarms/active")["alarms"] if one["alarm_type"] == "PROBE_DOWN"]


@pytest.mark.slow
def test_an_alert_of_alertmanager_is_an_alarm_until_it_is_resolved(agent: RunningAgent, place: str) -> None:
    labels = {"alertname": "ProbeDown", "channel": "ch1", "severity": "major"}
    alert: dict[str, Any] = {"labels": labels, "annotations": {"summary": "No contact for 5 min"}}
    httpx.post(f"{place}/api/v2/alerts", json=[alert], trust_env=False).raise_for_status()
    (alarm,) = until(lambda: alarms(agent), "the alarm")
    assert (alarm["channel_code"], alarm["severity"], alarm["message"]) == ("CH1", "major", "No contact for 5 min")
    ended = {**alert, "endsAt": (datetime.now(UTC) - timedelta(seconds=1)).isoformat()}
    httpx.post(f"{place}/api/v2/alerts", json=[ended], trust_env=False).raise_for_status()
    until(lambda: not alarms(agent), "the clear")
    lines = agent.get("/nms-log", direction="in")["lines"]
    assert [one["outcome"].split()[0] for one in lines] == ["clears", "raises"]
