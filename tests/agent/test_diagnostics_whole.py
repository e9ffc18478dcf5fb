"""A whole agent and a lab: diagnostics by the API, by a guide's step, and kept in the journal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import running_agent
from running_agent import RunningAgent, until

GUIDE = """
guide: PB-TRY
version: 1
kind: runbook
title: Try
alarms: []
questions:
  probe: {kind: diagnostic, diagnostic: http-waterfall}
steps:
  - {id: ask, kind: diagnostic, text: Ask, run: http-waterfall, next: served}
  - id: served
    kind: decide
    text: Is it served?
    branches:
      - {when: {all: [[probe.status, "==", 200]]}, says: yes, next: form}
    otherwise: {says: no, next: form}
    no_data: {next: form}
  - {id: form, kind: form, fields: [{name: root_cause, kind: text, required: true}], next: end}
"""


class Site:
    """An agent that watches one channel of a lab."""

    def __init__(self, agent: RunningAgent, lab: str) -> None:
        self.agent, self.lab = agent, lab
        served = {"url": f"{lab}/CH_OTT_DEMO_001/master.m3u8", "layer": 2, "expected": {"segment_s": 2.0}}
        made = agent.post("/channels", {"channel_code": "CH_1", "inputs": [served]}, 201)
        self.channel = int(made["channel"]["id"])

    def examined(self, name: str, **wish: Any) -> dict[str, Any]:
        made = self.agent.post(f"/diagnostics/{name}", {"channel_id": self.channel, "by": "Lan", **wish}, 202)
        path = f"/diagnostics/jobs/{made['job']['id']}"
        return until(lambda: _over(self.agent.get(path, wait=5)["job"]), f"the end of {name}", 60)

    def broken(self, fault: str) -> Any:
        wish = {"channel": "CH_OTT_DEMO_001", "fault": fault, "seconds": 600}
        return httpx.post(f"{self.lab}/api/faults", json=wish, trust_env=False).raise_for_status()


def _over(job: dict[str, Any]) -> dict[str, Any] | None:
    return None if job["state"] == "running" else job


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("diagnostics")
    (folder / "guides").mkdir()
    (folder / "guides" / "pb-try.yaml").write_text(GUIDE)
    with running_agent.running_lab() as lab, running_agent.running(folder / "local.db") as agent:
        yield Site(agent, lab)


def test_a_waterfall_by_the_api_is_told_and_kept(site: Site) -> None:
    job = site.examined("http-waterfall")
    assert (job["state"], job["by"], job["result"]["fields"]["status"]) == ("done", "Lan", 200)
    assert [row["what"] for row in job["result"]["rows"]] == ["master", "playlist", "segment"]
    kept = site.agent.get("/journal", kinds="DiagnosticRan")["events"][-1]
    assert (kept["data"]["name"], kept["data"]["by"]) == ("http-waterfall", "Lan")
    assert kept["data"]["result"]["fields"] == job["result"]["fields"]
    assert kept["data"]["target"]["channel"] == "CH_1"


def test_a_step_of_a_guide_runs_it_and_decides_by_it(site: Site) -> None:
    until(lambda: any(one["guide"] == "PB-TRY" for one in site.agent.get("/guides")["guides"]), "the guide")
    run = site.agent.post("/guides/runs", {"guide": "PB-TRY", "channel_id": site.channel, "by": "Lan"}, 201)["run"]
    site.agent.http.post(f"/guides/runs/{run['run_id']}/diagnostics", json={"step": "ask", "by": "Lan"})
    told = until(lambda: _at_form(site, run["run_id"]), "the form", 60)
    assert told["diagnosed"]["ask"]["fields"]["status"] == 200
    assert [stay["says"]["en"] for stay in told["run"]["stays"] if stay["step"] == "served"] == ["yes"]
    events = site.agent.get("/journal", kinds="DiagnosticRan")["events"]
    assert run["run_id"] in [event["data"]["run_id"] for event in events]


def _at_form(site: Site, run_id: int) -> dict[str, Any] | None:
    run: dict[str, Any] = site.agent.get(f"/guides/runs/{run_id}")["run"]
    return run if run["steps"] == ["form"] else None
