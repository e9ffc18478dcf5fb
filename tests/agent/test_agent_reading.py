"""A capsule and a backup in a read-only agent: everything is answered, nothing is changed, nothing is measured."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import running_agent
from running_agent import RunningAgent, until
from typer.testing import CliRunner

from noc_console.agent.exhibit import exhibit_of
from noc_console.agent.main import Launch, household
from noc_console.agent.reading import ReadingRoom
from noc_console.cli import app
from noc_console.errors import KnownError

NOWHERE = "http://u:pass-w0rd@127.0.0.1:9/live/master.m3u8?token=abcdef0123456789"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def kept_ticks(db: Path) -> int:
    with closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True)) as known:
        return int(known.execute("SELECT count(*) FROM journal WHERE kind = 'Tick'").fetchone()[0])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a capsule and a history; the agent that made them has ended, its own folder is gone."""
    live, kept = tmp_path_factory.mktemp("live"), tmp_path_factory.mktemp("kept")
    with running_agent.running(live / "local.db") as agent:
        body = {"channel_code": "CH_CAP", "input_url": NOWHERE, "tier": 1}
        channel = agent.post("/channels", body, 201)["channel_id"]
        agent.post("/channels", {"channel_code": "CH_OTHER", "input_url": "http://127.0.0.1:9/other.m3u8"}, 201)
        alarm = agent.post(f"/channels/{channel}/test-alarm", {"by": "Linh"}, 201)
        until(lambda: agent.get("/board")["channels"][0]["inputs"][0]["metrics"], "a first look", 40)
        ticks = kept_ticks(live / "local.db")
        until(lambda: kept_ticks(live / "local.db") > ticks + 1, "the look in the history", 40)
        made = agent.post("/incidents?by=Linh", {"alarms": [alarm["alarm_id"]], "title": "No picture"}, 201)
        path = f"/incidents/{made['incident']['id']}"
        assert agent.http.post(f"{path}/pictures?by=Linh", content=PNG).status_code == 201
        reply = agent.http.post(f"{path}/capsule?by=Linh", timeout=60)
        assert reply.status_code == 200, reply.text
        (kept / "one.noccap").write_bytes(reply.content)
        (kept / "head").write_text(reply.headers["x-capsule-head"])
        told = agent.get("/journal", kinds="CapsuleMade")["events"]
        assert [event["data"]["head"] for event in told] == [reply.headers["x-capsule-head"]]
    source, copy = sqlite3.connect(live / "local.db"), sqlite3.connect(kept / "copy.db")
    source.backup(copy)
    source.close()
    copy.close()
    shutil.rmtree(live)
    return kept


@pytest.fixture(scope="module")
def capsule(house: Path) -> Iterator[RunningAgent]:
    with running_agent.running(house / "one.noccap", "--read-only") as agent:
        yield agent


def test_the_board_stands_as_it_was_at_the_end_and_says_what_it_is(capsule: RunningAgent, house: Path) -> None:
    board = capsule.get("/board")
    shown = board["agent"]["read_only"]
    assert (shown["kind"], shown["verified"], shown["incident"], shown["fault"]) == ("capsule", True, 1, "")
    assert shown["head"] == (house / "head").read_text()
    assert [channel["code"] for channel in board["channels"]] == ["CH_CAP"]
    (channel,) = board["channels"]
    assert (channel["severity"] != "cleared", channel["state"]) == (True, "ok")
    assert channel["inputs"][0]["metrics"]
    assert board["alarms"][0]["channel_code"] == "CH_CAP"
    assert capsule.get("/board")["at"] == board["at"] == shown["end"]
    assert board["agent"]["workers"] == []


def test_the_incident_its_timeline_evidence_and_report_are_there(capsule: RunningAgent) -> None:
    (incident,) = capsule.get("/incidents")["incidents"]
    assert incident["title"] == "No picture"
    texts = [line["text"] for line in capsule.get("/incidents/1/timeline")["lines"]]
    assert "Incident 1 opened: No picture" in texts
    digest = hashlib.sha256(PNG).hexdigest()
    assert digest in [one["hash"] for one in capsule.get("/incidents/1/evidence")["evidence"] if one["kept"]]
    assert capsule.http.get(f"/captures/{digest}").content == PNG
    assert "No picture" in capsule.http.get("/incidents/1/report", params={"format": "md"}).text
    (channel,) = capsule.get("/channels")["channels"]
    assert channel["input_url"] == "http://127.0.0.1:9/live/master.m3u8?"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/alarms/1/acknowledge"),
        ("POST", "/incidents"),
        ("POST", "/incidents/1/notes"),
        ("PUT", "/incidents/1"),
        ("DELETE", "/channels/1"),
        ("POST", "/channels/import"),
        ("POST", "/agent/keep"),
        ("POST", "/incoming/alertmanager"),
    ],
)
def test_every_command_is_answered_with_one_sentence(capsule: RunningAgent, method: str, path: str) -> None:
    reply = capsule.http.request(method, path, json={})
    assert (reply.status_code, reply.json()["message"]) == (409, "This is a capsule: nothing can be changed.")


def test_the_file_and_its_folder_stay_as_they_were(capsule: RunningAgent, house: Path) -> None:
    before = hashlib.sha256((house / "one.noccap").read_bytes()).hexdigest()
    names = sorted(file.name for file in house.iterdir())
    for path in (
        "/board",
        "/journal",
        "/incidents/1/report",
        "/channels/1",
        "/alarms/load",
        "/maintenance",
        "/health",
    ):
        capsule.get(path)
    assert capsule.http.get("/channels/1/requests").status_code in (200, 503)
    assert hashlib.sha256((house / "one.noccap").read_bytes()).hexdigest() == before
    assert sorted(file.name for file in house.iterdir()) == names == ["copy.db", "head", "one.noccap"]


def test_a_changed_capsule_opens_with_its_fault_said(house: Path, tmp_path: Path) -> None:
    body = (house / "one.noccap").read_bytes()
    (tmp_path / "new.noccap").write_bytes(body[:-1] + bytes([body[-1] ^ 1]))
    (tmp_path / "private").mkdir()
    shown = exhibit_of(tmp_path / "new.noccap", tmp_path / "private").about
    assert shown["verified"] is False
    assert "NOT VERIFIED: What is in it is as it was sealed, but" in shown["text"]


def test_what_is_no_capsule_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "bad.noccap").write_bytes(b"no zip")
    with pytest.raises(KnownError, match=r"bad.noccap is damaged or no capsule"):
        exhibit_of(tmp_path / "bad.noccap", tmp_path)


def test_a_capsule_is_read_only_by_its_name_alone(house: Path) -> None:
    launch = Launch(db=house / "one.noccap", token_fd=0)
    assert isinstance(household(launch, _nobody), ReadingRoom)
    assert not isinstance(household(Launch(db=house / "copy.db", token_fd=0), _nobody), ReadingRoom)


async def _nobody(*_args: object) -> None:
    return None


def test_a_backup_opens_by_the_same_way(house: Path) -> None:
    with running_agent.running(house / "copy.db", "--read-only") as agent:
        board = agent.get("/board")
        assert (board["agent"]["read_only"]["kind"], board["agent"]["read_only"]["file"]) == ("history", "copy.db")
        assert {channel["code"] for channel in board["channels"]} == {"CH_CAP", "CH_OTHER"}
        refused = agent.http.post("/channels", json={})
        assert refused.json()["message"] == "copy.db is opened read-only: nothing can be changed."
    assert sorted(file.name for file in house.iterdir()) == ["copy.db", "head", "one.noccap"]


def test_the_command_line_verifies_and_reports_from_a_capsule(house: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    said = runner.invoke(app, ["capsule", "verify", str(house / "one.noccap")])
    assert (said.exit_code, said.output.startswith("intact: ")) == (0, True)
    target = tmp_path / "report.md"
    asked = ["report", "incident", "1", "--db", str(house / "one.noccap"), "--to", str(target)]
    assert runner.invoke(app, asked, catch_exceptions=False).exit_code == 0
    assert target.read_text().startswith("# Incident 1: No picture")
    drawings = [line for line in target.read_text().splitlines() if line.startswith("![")]
    assert len(drawings) == len(list(tmp_path.glob("*.svg")))
