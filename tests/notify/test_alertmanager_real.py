"""Alertmanager itself: what it makes of our alerts."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from running_agent import until

from noc_console.notify import alertmanager
from noc_console.notify.post import Posts

PROGRAM = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="Alertmanager is not installed")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("alertmanager")
    conf = folder / "conf.yml"
    conf.write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--config.file={conf}", f"--storage.path={folder}", f"--web.listen-address=127.0.0.1:{port}"]
    daemon = subprocess.Popen([str(PROGRAM), *options, "--cluster.listen-address="], stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        try:
            return httpx.get(f"{url}/-/ready", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    try:
        until(ready, "Alertmanager to be ready")
        yield url
    finally:
        daemon.terminate()
        daemon.wait(10)


@pytest.fixture
async def posts() -> AsyncIterator[Posts]:
    one = Posts()
    yield one
    await one.close()


def active(place: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{place}/api/v2/alerts", trust_env=False).json()
    return found


async def tell(posts: Posts, place: str, notice: Any) -> str:
    config = alertmanager.AlertmanagerConfig(kind="alertmanager", url=place, labels={"site": "hanoi"})
    return (await posts.deliver(notice, "am", config, "")).state


async def test_an_alert_is_raised_told_twice_as_one_and_resolved(place: str, posts: Posts, make_notice: Any) -> None:
    now = time.time()
    raised = {"raised_at": now - 5, "number": 101}
    assert await tell(posts, place, make_notice(**raised, data={})) == "sent"
    assert await tell(posts, place, make_notice("escalate", **raised)) == "sent"
    (alert,) = [one for one in active(place) if one["labels"]["alarm_id"] == "101"]
    assert alert["labels"] == {
        "alertname": "StalePlaylist",
        "severity": "critical",
        "channel": "CH_1",
        "layer": "3",
        "alarm_id": "101",
        "agent": "local",
        "site": "hanoi",
    }
    assert alert["annotations"]["summary"] == make_notice("escalate").subject
    ended = make_notice("resolve", **raised, cleared_at=now - 1, condition="cleared")
    assert await tell(posts, place, ended) == "sent"
    assert not [one for one in active(place) if one["labels"]["alarm_id"] == "101"]


async def test_a_worse_severity_ends_the_former_alert(place: str, posts: Posts, make_notice: Any) -> None:
    now = time.time()
    assert await tell(posts, place, make_notice(number=102, severity="major", raised_at=now - 9)) == "sent"
    worse = make_notice("update", number=102, raised_at=now - 9, data={"severity_was": "major"})
    assert await tell(posts, place, worse) == "sent"
    mine = [one["labels"]["severity"] for one in active(place) if one["labels"]["alarm_id"] == "102"]
    assert mine == ["critical"]
