"""A whole agent and a lab: diagnostics by the API, by a guide's step, and kept in the journal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import running_agent
from running_agent import RunningAgent, until

from noc_console.guides.known import DIAGNOSTICS

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


SITE = """
[logs]
folders = ["FOLDER/logs"]
usual = "errors.log"

[commands.say]
title = "Say where"
command = ["/bin/echo", "at", "{encoder_host}", "$(id)"]
role = "engineer"

[commands.endless]
title = "Never ends"
command = ["/bin/sleep", "600"]
role = "engineer"
confirm = false
time_limit_s = 0.3

[commands.chatty]
title = "Says too much"
command = ["/usr/bin/yes"]
role = "engineer"
confirm = false
most_bytes = 1000
"""


LABEL = "encoder_host:10.0.0.7"


class Site:
    """An agent that watches one channel of a lab."""

    def __init__(self, agent: RunningAgent, lab: str) -> None:
        self.agent, self.lab = agent, lab
        served = {"url": f"{lab}/CH_OTT_DEMO_001/master.m3u8", "layer": 2, "expected": {"segment_s": 2.0}}
        made = agent.post("/channels", {"channel_code": "CH_1", "inputs": [served], "labels": [LABEL]}, 201)
        self.channel = int(made["channel"]["id"])

    def examined(self, name: str, **wish: Any) -> dict[str, Any]:
        made = self.agent.post(f"/diagnostics/{name}", {"channel_id": self.channel, "by": "Lan", **wish}, 202)
        return self.ended(name, made)

    def commanded(self, name: str, **order: Any) -> dict[str, Any]:
        wish = {"channel_id": self.channel, "by": "Lan", "role": "engineer", **order}
        return self.ended(name, self.agent.post(f"/diagnostics/commands/{name}", wish, 202))

    def refused(self, path: str, **body: Any) -> tuple[int, str]:
        reply = self.agent.http.post(path, json={"channel_id": self.channel, "by": "Lan", **body})
        return reply.status_code, reply.json()["message"]

    def ended(self, name: str, made: dict[str, Any]) -> dict[str, Any]:
        path = f"/diagnostics/jobs/{made['job']['id']}"
        return until(lambda: _over(self.agent.get(path, wait=5)["job"]), f"the end of {name}", 60)

    def is_it_us(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.agent.post(f"/channels/{self.channel}/is-it-us", {"by": "Lan"})["answer"]
        return answer

    @contextmanager
    def broken(self, fault: str) -> Iterator[None]:
        """Have a fault in the lab, and find it told by the agent, for as long as the context lasts."""
        wish = {"channel": "CH_OTT_DEMO_001", "fault": fault, "seconds": 600}
        begun = httpx.post(f"{self.lab}/api/faults", json=wish, trust_env=False).raise_for_status().json()
        until(self._is_ill, f"findings of {fault}", 60)
        try:
            yield
        finally:
            httpx.delete(f"{self.lab}/api/faults/{begun['id']}", trust_env=False).raise_for_status()

    def _is_ill(self) -> bool:
        (channel,) = self.agent.get("/board")["channels"]
        return any(one["severity"] in ("major", "critical") for one in channel["inputs"][0]["findings"])

    def is_measured(self) -> bool:
        (channel,) = self.agent.get("/board")["channels"]
        return bool(channel["inputs"][0]["state"] == "ok")


def _over(job: dict[str, Any]) -> dict[str, Any] | None:
    return None if job["state"] == "running" else job


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("diagnostics")
    (folder / "guides").mkdir()
    (folder / "logs").mkdir()
    (folder / "logs" / "errors.log").write_text('{"level": "error", "code": "E1"}\n{"level": "info"}\n')
    (folder / "secret.txt").write_text("ERROR nobody may read this\n")
    (folder / "logs" / "way-out.log").symlink_to(folder / "secret.txt")
    (folder / "diagnostics.toml").write_text(SITE.replace("FOLDER", str(folder)))
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


def test_a_log_of_an_allowed_folder_is_counted_and_no_other_file_is_read(site: Site) -> None:
    job = site.examined("log-tail")
    assert (job["result"]["fields"]["lines"], job["result"]["fields"]["errors"]) == (2, 1)
    (kept,) = job["result"]["captures"]
    assert b"E1" in site.agent.http.get(f"/captures/{kept}").content
    for name, words in (("../secret.txt", "a file name"), ("way-out.log", "no log"), ("none.log", "no log")):
        failed = site.examined("log-tail", file=name)
        assert (failed["state"], words in failed["message"]) == ("failed", True)
    assert "errors.log" in site.agent.get("/diagnostics/commands")["allowed"]["logs"]


def test_a_command_the_site_allows_runs_without_a_shell_and_is_kept_whole(site: Site) -> None:
    job = site.commanded("say", is_confirmed=True)
    assert [row["text"] for row in job["result"]["rows"]] == ["at 10.0.0.7 $(id)"]
    kept = site.agent.get("/journal", kinds="DiagnosticRan")["events"][-1]["data"]
    assert (kept["name"], kept["result"]["command"][-2:]) == ("command/say", ["10.0.0.7", "$(id)"])
    assert site.agent.http.get(f"/captures/{kept['captures'][0]}").content == b"at 10.0.0.7 $(id)\n"


def test_a_command_is_refused_without_role_confirmation_or_permission(site: Site) -> None:
    assert site.refused("/diagnostics/commands/say", role="trainee", is_confirmed=True)[0] == 409
    assert site.refused("/diagnostics/commands/say", role="engineer") == (
        409,
        "Say where wants to be confirmed first.",
    )
    status, sentence = site.refused("/diagnostics/commands/rm", role="engineer")
    assert (status, "is not allowed here" in sentence) == (404, True)


def test_a_command_that_does_not_end_or_says_too_much_is_ended(site: Site) -> None:
    late = site.commanded("endless")["result"]
    assert (late["fields"]["is_ok"], late["text"]) == (0, "Never ends was ended after 0.3 s.")
    chatty = site.commanded("chatty")["result"]
    assert "more than 1000 bytes" in chatty["text"]
    (kept,) = chatty["captures"]
    assert len(site.agent.http.get(f"/captures/{kept}").content) == 1000


def test_is_it_us_says_nothing_is_wrong_of_a_channel_that_is_well(site: Site) -> None:
    until(site.is_measured, "the first looks")
    answer = site.is_it_us()
    assert (answer["verdict"], answer["took_s"] < 10) == ("nothing", True)
    assert [row["what"] for row in answer["waterfall"]] == ["master", "playlist", "segment"]


@pytest.mark.parametrize("fault", ["5xx-burst", "html-playlist"])
def test_is_it_us_names_the_packager_that_serves_wrongly_and_keeps_the_question(site: Site, fault: str) -> None:
    with site.broken(fault):
        answer = site.is_it_us()
    assert (answer["verdict"], answer["level"]) == ("packager", "high")
    kept = site.agent.get("/journal", kinds="IsItUsAsked")["events"][-1]["data"]
    assert (kept["verdict"], kept["by"], kept["lines"]) == ("packager", "Lan", answer["lines"])


def test_is_it_us_of_no_channel_is_refused(site: Site) -> None:
    assert site.agent.http.post("/channels/77/is-it-us", json={"by": "Lan"}).status_code == 404


def test_diagnostics_are_listed_with_the_fields_guides_may_use(site: Site) -> None:
    told = {one["name"]: one for one in site.agent.get("/diagnostics")["diagnostics"]}
    assert told.keys() == DIAGNOSTICS.keys()
    assert all(told[name]["fields"] == dict(fields) for name, fields in DIAGNOSTICS.items())
    assert site.refused("/diagnostics/nonsense")[0] == 404
