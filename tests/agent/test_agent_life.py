"""How an agent is found and trusted: tokens, address file, sockets, the parent's end of the pipe."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from pathlib import Path

import pytest

from noc_console.agent import life
from noc_console.errors import KnownError


def test_a_headless_token_is_made_once_and_readable_by_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(life.TOKEN_VARIABLE, raising=False)
    token, how = life.headless_token(tmp_path / "local.db")
    path = tmp_path / "local.db.token"
    assert path.stat().st_mode & 0o777 == 0o600
    assert str(path) in how
    assert token not in how
    assert life.headless_token(tmp_path / "local.db")[0] == token


def test_the_environment_may_hold_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(life.TOKEN_VARIABLE, "from-outside")
    assert life.headless_token(tmp_path / "local.db")[0] == "from-outside"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.9.9.9"])
def test_loopback_is_served(host: str) -> None:
    assert life.is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.10.10.21", "monitor.example", ""])
def test_anything_else_waits_for_tls(host: str) -> None:
    with pytest.raises(KnownError, match="until it speaks TLS"):
        life.bound_socket(host, 0)


def test_a_port_that_is_taken_is_one_sentence() -> None:
    with life.bound_socket("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(KnownError, match=f"Port {port} on 127.0.0.1 cannot be used"):
            life.bound_socket("127.0.0.1", port)


def test_the_address_file_is_private_and_taken_away_by_its_owner_only(tmp_path: Path) -> None:
    db = tmp_path / "local.db"
    life.announce(db, "http://127.0.0.1:1", "secret")
    path = life.address_file(db)
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text()) == {"url": "http://127.0.0.1:1", "token": "secret", "pid": os.getpid()}
    life.write_private(path, json.dumps({"pid": os.getpid() + 1}))
    life.withdraw(db)
    assert path.exists()
    life.announce(db, "http://127.0.0.1:1", "secret")
    life.withdraw(db)
    assert not path.exists()


def test_a_token_comes_as_one_line() -> None:
    out, into = os.pipe()
    os.write(into, b"tok-en\n")
    assert life.read_token(out) == "tok-en"
    os.close(into)
    with pytest.raises(KnownError, match="did not hand over a token"):
        life.read_token(out)
    os.close(out)


async def test_the_parent_is_gone_when_its_end_of_the_pipe_is_closed() -> None:
    out, into = os.pipe()
    gone = asyncio.create_task(life.parent_gone(out))
    os.write(into, b"still here")
    await asyncio.sleep(0)
    assert not gone.done()
    os.close(into)
    await asyncio.wait_for(gone, 5)
    os.close(out)


def test_answers_are_sent_without_delay_because_the_listener_names_its_protocol() -> None:
    with life.bound_socket("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
