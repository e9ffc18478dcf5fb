"""The rim of the API: other names of a path, the token, the pace and size of requests, and bugs turned to JSON."""

from __future__ import annotations

import hmac
import itertools
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BASE = "/api/v1"
OPEN_PATHS = frozenset({f"{BASE}/health"})
OWN_TOKEN = f"{BASE}/incoming/"  # other systems come in here with tokens of their own, which the routes check
MAX_BODY = 64 * 1024
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_INCOMING = 1024**2
MAX_IMPORT = 8 * 1024**2
MAX_PICTURE = 8 * 1024**2
_PICTURES = re.compile(rf"{BASE}/(incidents|guides/runs)/\d+/pictures")
_ALIASES = (
    (re.compile(r"/api(?!/v1(?:/|$))(?=/|$)"), BASE),
    (re.compile(r"/api/v1/alerts(?=/|$)"), f"{BASE}/alarms"),
)
_ROOT_NAMES = {"/health": f"{BASE}/health", "/metrics": f"{BASE}/metrics"}
_log = logging.getLogger(__name__)
_bugs = itertools.count(1)


def canonical(path: str) -> str:
    """Return the one name of a path: `/api/x` is `/api/v1/x`, alerts are alarms (requirements, C-06)."""
    path = _ROOT_NAMES.get(path, path)
    for pattern, name in _ALIASES:
        path = pattern.sub(name, path, count=1) if pattern.match(path) else path
    return path


@dataclass(slots=True)
class Bucket:
    """A token bucket: `burst` requests at once, `rate` a second in the long run."""

    rate: float = 500.0
    burst: float = 1000.0
    clock: Callable[[], float] = time.monotonic
    _level: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin full."""
        self._level, self._at = self.burst, self.clock()

    def take(self) -> bool:
        """Return whether one more request may pass now."""
        now = self.clock()
        self._level = min(self.burst, self._level + (now - self._at) * self.rate)
        self._at = now
        if self._level < 1:
            return False
        self._level -= 1
        return True


class TooLarge(Exception):
    """The body is longer than the path allows."""


@dataclass(slots=True)
class Rim:
    """Lets through what is allowed, under its one name, and answers everything else in our envelope."""

    app: App
    token: str
    refusal: str = ""
    """What is said to every request that would change something; empty where changes are welcome."""
    bucket: Bucket = field(default_factory=Bucket)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["type"] != "http":
            return
        scope["path"] = canonical(scope["path"])
        scope["raw_path"] = scope["path"].encode("utf-8", "replace")
        headers = {name.lower(): value for name, value in scope["headers"]}
        refused = self._refused(scope, headers)
        if refused:
            await answer(send, *refused)
            return
        await self._inner(scope, receive, send)

    def _refused(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[int, str] | None:
        path = scope["path"]
        is_open = path in OPEN_PATHS or path.startswith(OWN_TOKEN)
        if not is_open and not self._is_trusted(headers.get(b"authorization", b"")):
            return 401, "The token is missing or wrong."
        if self.refusal and scope["method"] not in _READS:
            return 409, self.refusal
        if not self.bucket.take():
            return 429, "Too many requests: slow down."
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > _limit(path):
            return 413, f"The body is longer than {_limit(path)} bytes."
        return None

    def _is_trusted(self, header: bytes) -> bool:
        scheme, _, token = header.partition(b" ")
        return scheme.lower() == b"bearer" and hmac.compare_digest(token.strip(), self.token.encode())

    async def _inner(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = _Bounded(receive, send, _limit(scope["path"]))
        try:
            await self.app(scope, request.receive, request.send)
        except Exception:  # noqa: BLE001 - the last door: a bug becomes a number for the user, a traceback for us
            if not request.is_too_long:
                number = next(_bugs)
                _log.exception("internal error %d in %s %s", number, scope["method"], scope["path"])
                if not request.has_begun:
                    await answer(send, 500, f"Internal error {number}; the agent's log has the details.")
        if request.is_too_long and not request.has_begun:
            await answer(send, 413, f"The body is longer than {_limit(scope['path'])} bytes.")


@dataclass(slots=True)
class _Bounded:
    """One request whose body may have so many bytes; of one that is longer nothing the app answers is sent."""

    receiver: Receive
    sender: Send
    left: int
    has_begun: bool = False
    is_too_long: bool = False

    async def receive(self) -> Message:
        """Return the next part of the request; the one too many is an error for the app."""
        message = await self.receiver()
        self.left -= len(message.get("body", b""))
        if self.left < 0:
            self.is_too_long = True
            raise TooLarge
        return message

    async def send(self, message: Message) -> None:
        """Send a part of the answer."""
        if not self.is_too_long:
            self.has_begun = True
            await self.sender(message)


def _limit(path: str) -> int:
    if path.startswith(OWN_TOKEN):
        return MAX_INCOMING
    if _PICTURES.fullmatch(path):
        return MAX_PICTURE
    return MAX_IMPORT if path == f"{BASE}/channels/import" else MAX_BODY


async def answer(send: Send, status: int, message: str) -> None:
    """Send one error in the API's envelope."""
    body = json.dumps({"status": "error", "message": message}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
