"""Real processes for tests: an agent started as the console starts it, and a lab to watch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

TOKEN = "token-of-the-tests"
T = TypeVar("T")


@dataclass
class RunningAgent:
    """An agent process, where it serves, and our end of its token pipe."""

    process: subprocess.Popen[bytes]
    url: str
    db: Path
    hold: int
    http: httpx.Client

    def get(self, path: str, **params: Any) -> Any:
        reply = self.http.get(path, params=params)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        reply = self.http.post(path, json=body)
        assert reply.status_code == status, reply.text
        return reply.json()

    def let_go(self) -> None:
        """Close the token pipe, as the console's death does."""
        if self.hold >= 0:
            os.close(self.hold)
            self.hold = -1

    def end(self) -> int:
        self.let_go()
        self.http.close()
        self.process.terminate()
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def start(db: Path, *arguments: str, **env: str) -> RunningAgent:
    """Start an embedded agent and wait until it serves."""
    token_out, token_in = os.pipe()
    ready_out, ready_in = os.pipe()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "noc_console",
            "agent",
            "--embedded",
            "--db",
            str(db),
            "--port",
            "0",
            "--token-fd",
            str(token_out),
            "--ready-fd",
            str(ready_in),
            *arguments,
        ],
        pass_fds=(token_out, ready_in),
        env={**os.environ, **env},
    )
    os.close(token_out)
    os.close(ready_in)
    os.write(token_in, f"{TOKEN}\n".encode())
    with os.fdopen(ready_out, "rb") as ready:
        told = json.loads(ready.readline() or b'{"error": "the agent ended without a word"}')
    if "error" in told:
        process.wait(10)
        os.close(token_in)
        raise RuntimeError(told["error"])
    http = httpx.Client(
        base_url=told["url"] + "/api/v1", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10, trust_env=False
    )
    return RunningAgent(process, told["url"], db, token_in, http)


@contextmanager
def running(db: Path, *arguments: str, **env: str) -> Iterator[RunningAgent]:
    """Run an agent for as long as the context lasts."""
    agent = start(db, *arguments, **env)
    try:
        yield agent
    finally:
        if agent.process.poll() is None:
            agent.end()
        agent.let_go()
        agent.http.close()


@contextmanager
def running_lab(channels: int = 1) -> Iterator[str]:
    """Run a lab with short segments and return its URL."""
    ready_out, ready_in = os.pipe()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "noc_console",
            "lab",
            "--channels",
            str(channels),
            "--port",
            "0",
            "--segment-s",
            "2",
            "--ready-fd",
            str(ready_in),
        ],
        pass_fds=(ready_in,),
        stderr=subprocess.DEVNULL,
    )
    os.close(ready_in)
    try:
        with os.fdopen(ready_out, "rb") as ready:
            yield json.loads(ready.readline())["url"]
    finally:
        process.terminate()
        process.wait(10)


def until(question: Callable[[], T | None], what: str, patience_s: float = 20.0) -> T:
    """Ask again until there is an answer, and return it."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        answer = question()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"waited {patience_s} s in vain for: {what}")


def is_alive(pid: int) -> bool:
    """Return whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
