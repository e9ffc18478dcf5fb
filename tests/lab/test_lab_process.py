"""The lab as a process of its own: says when it serves, and never outlives the one who started it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass
class Child:
    process: subprocess.Popen[bytes]
    url: str
    hold: int


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Child]:
    ready, tell = os.pipe()
    held, hold = os.pipe()
    command = [sys.executable, "-m", "noc_console", "lab", "--channels", "1", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--segment-s", "0.96", "--ready-fd", str(tell)],
        pass_fds=(tell, held),
        env={**os.environ, "NOC_LAB_HOLD_FD": str(held), "NOC_LAB_CACHE": str(tmp_path)},
    )
    os.close(tell)
    os.close(held)
    with os.fdopen(ready) as file:
        told = json.loads(file.readline())
    assert told["pid"] == process.pid
    made = Child(process, told["url"], hold)
    yield made
    process.kill()
    process.wait()
    if made.hold >= 0:
        os.close(made.hold)


def test_it_serves_when_it_says_so_and_ends_when_its_parent_is_gone(child: Child) -> None:
    with urllib.request.urlopen(f"{child.url}/api/channels") as answer:
        assert len(json.load(answer)["channels"]) == 1
    assert child.process.poll() is None
    os.close(child.hold)
    child.hold = -1
    assert child.process.wait(10) == 0


def test_it_ends_in_order_when_it_is_told_to(child: Child) -> None:
    child.process.terminate()
    assert child.process.wait(10) == 0


def test_it_ends_soon_when_its_parent_is_gone_while_it_still_encodes(tmp_path: Path) -> None:
    held, hold = os.pipe()
    command = [sys.executable, "-m", "noc_console", "lab", "--channels", "12", "--port", "0"]
    process = subprocess.Popen(
        command,
        pass_fds=(held,),
        env={**os.environ, "NOC_LAB_HOLD_FD": str(held), "NOC_LAB_CACHE": str(tmp_path)},
        stderr=subprocess.DEVNULL,
    )
    os.close(held)
    os.close(hold)
    try:
        assert process.wait(30) == 0
        assert len(list(tmp_path.glob("*.npz"))) < 12
    finally:
        process.kill()
        process.wait()
