"""How an agent is found, trusted and ended: token, ready line, address file, and the parent's life."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import os
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path

from noc_console.errors import KnownError

TOKEN_VARIABLE = "NOC_CONSOLE_TOKEN"  # noqa: S105 - the name of a variable, not a secret
_TOKEN_BYTES = 32
_log = logging.getLogger(__name__)
_MAX_TOKEN_LINE = 1024


def read_token(fd: int) -> str:
    """Return the token line the parent wrote into the inherited pipe; the pipe stays open."""
    line = b""
    while not line.endswith(b"\n"):
        part = os.read(fd, _MAX_TOKEN_LINE)
        line += part
        if not part or len(line) > _MAX_TOKEN_LINE:
            break
    token = line.split(b"\n", 1)[0].decode("ascii", "replace").strip()
    if not token:
        raise KnownError("The console that started this agent did not hand over a token.")
    return token


def headless_token(db: Path) -> tuple[str, str]:
    """Return the token of an agent without a console and one sentence saying where it is from."""
    if token := os.environ.get(TOKEN_VARIABLE, "").strip():
        return token, f"The token is that of the variable {TOKEN_VARIABLE}."
    path = db.with_name(db.name + ".token")
    if path.is_file() and (token := path.read_text(encoding="ascii", errors="replace").strip()):
        return token, f"The token is in {path}."
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, token + "\n")
    except OSError as error:
        raise KnownError(f"The token cannot be kept in {path}: {error.strerror}.") from None
    return token, f"A new token was made and kept in {path}."


def bound_socket(host: str, port: int) -> socket.socket:
    """Return a listening socket on loopback; anywhere else is refused until TLS is there."""
    if not is_loopback(host):
        raise KnownError(
            f"The agent listens on this machine only until it speaks TLS: use --host 127.0.0.1, not {host}."
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends without delay (TCP_NODELAY) only where the protocol is named: 44 ms for each answer otherwise
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise KnownError(f"Port {port} on {host} cannot be used: {error.strerror}. Choose another --port.") from None
    listener.listen(256)
    listener.setblocking(False)
    return listener


def is_loopback(host: str) -> bool:
    """Return whether a host name or address can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def url_of(listener: socket.socket) -> str:
    """Return the address clients reach the listening socket by."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def address_file(db: Path) -> Path:
    """Return the file beside the history in which a running agent says where it is."""
    return db.with_name(db.name + ".agent")


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, never half-written under its name."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def announce(db: Path, url: str, token: str) -> None:
    """Write the address file, so that a second console on the same history attaches to this agent.

    Where it cannot be written (a full disk) the agent goes on without: only that second console will not find it.
    """
    try:
        write_private(address_file(db), json.dumps({"url": url, "token": token, "pid": os.getpid()}) + "\n")
    except OSError as error:
        _log.warning("the address file %s cannot be written: %s", address_file(db), error.strerror)


def withdraw(db: Path) -> None:
    """Remove the address file, if it is ours."""
    path = address_file(db)
    try:
        if json.loads(path.read_text(encoding="utf-8")).get("pid") == os.getpid():
            path.unlink(missing_ok=True)
    except (OSError, ValueError):
        return


def say_ready(fd: int, url: str) -> None:
    """Tell the parent, in one line, where the agent serves; a parent that is gone is found by its pipe."""
    _say(fd, {"url": url, "pid": os.getpid()})


def say_failed(fd: int, message: str) -> None:
    """Tell the parent, in one line, why there will be no agent."""
    _say(fd, {"error": message})


def _say(fd: int, content: Mapping[str, object]) -> None:
    if fd < 0:
        return
    try:
        os.write(fd, (json.dumps(content) + "\n").encode())
        os.close(fd)
    except OSError:
        return


async def parent_gone(fd: int) -> None:
    """Return when the parent's end of the token pipe has closed: the parent has died or let go."""
    loop = asyncio.get_running_loop()
    closed = loop.create_future()

    def look() -> None:
        try:
            is_open = bool(os.read(fd, 4096))
        except BlockingIOError:
            return
        except OSError:
            is_open = False
        if not is_open and not closed.done():
            closed.set_result(None)

    os.set_blocking(fd, False)
    loop.add_reader(fd, look)
    try:
        await closed
    finally:
        loop.remove_reader(fd)
