"""Talks to an agent: one question a method, plain values back, two errors: the link is lost, or it was refused."""

from __future__ import annotations

import ipaddress
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from functools import cache
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from noc_console.errors import KnownError
from noc_console.net.tls import system_trust

BASE = "/api/v1"
CONNECT_S = 3.0
ANSWER_S = 10.0
LONGEST_WAIT_S = 25.0
Json = Mapping[str, Any]
Params = Mapping[str, str | int | float | bool]


class LinkLost(KnownError):
    """The agent does not answer; the sentence says where it was looked for."""


class AgentRefused(KnownError):
    """The agent answered that it will not or cannot; `status` is the HTTP status, the text its own sentence."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class ApiClient:
    """A client of one agent's API; close it, or use it as an async context.

    `url` is `http://127.0.0.1:8443`; plain http to any other machine is refused (KnownError). Paths are those of
    docs/api.md without the base path.
    """

    def __init__(self, url: str, token: str, *, ca_file: str = "") -> None:
        self.url = url.rstrip("/").removesuffix(BASE)
        is_plain = _checked(self.url)
        self._http = httpx.AsyncClient(
            base_url=self.url + BASE,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            verify=_plain() if is_plain else _trust(ca_file),
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=8),
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        """Use the client as a context."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it at the end."""
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    # -- any question

    async def get(self, path: str, params: Params | None = None, *, wait_s: float = 0.0) -> Any:
        """Ask; `wait_s` is how long the agent may hold the answer back."""
        return await self._ask(
            "GET", path, params=params, timeout=httpx.Timeout(ANSWER_S + wait_s, connect=CONNECT_S)
        )

    async def post(self, path: str, body: Json | None = None, params: Params | None = None) -> Any:
        """Command."""
        return await self._ask("POST", path, json=dict(body or {}), params=params)

    async def put(self, path: str, body: Json) -> Any:
        """Change."""
        return await self._ask("PUT", path, json=dict(body))

    async def delete(self, path: str, params: Params | None = None) -> Any:
        """End or remove."""
        return await self._ask("DELETE", path, params=params)

    async def post_text(self, path: str, text: str, params: Params | None = None) -> Any:
        """Send a text, such as a list to import."""
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        timeout = httpx.Timeout(120.0, connect=CONNECT_S)
        content = text.encode("utf-8", "replace")
        return await self._ask("POST", path, content=content, headers=headers, params=params, timeout=timeout)

    async def get_bytes(self, path: str) -> bytes:
        """Return a body that is not JSON, such as a capture."""
        return (await self._send("GET", path)).content

    async def post_bytes(self, path: str, body: bytes, params: Params | None = None) -> Any:
        """Send a body that is not JSON, such as a picture."""
        headers = {"Content-Type": "application/octet-stream"}
        timeout = httpx.Timeout(120.0, connect=CONNECT_S)
        return await self._ask("POST", path, content=body, headers=headers, params=params, timeout=timeout)

    async def post_for_bytes(self, path: str, params: Params | None = None) -> tuple[bytes, Mapping[str, str]]:
        """Command something whose answer is not JSON and may take minutes; return body and headers."""
        reply = await self._send("POST", path, params=params, timeout=httpx.Timeout(330.0, connect=CONNECT_S))
        return reply.content, dict(reply.headers)

    # -- what the console asks most

    async def board(self, since: int = 0, wait_s: float = 0.0) -> dict[str, Any]:
        """Return what changed on the board since a revision, waiting for it up to 25 s."""
        wait_s = min(wait_s, LONGEST_WAIT_S)
        return dict(await self.get("/board", {"since": since, "wait": wait_s}, wait_s=wait_s))

    async def board_stream(self, since: int = 0) -> AsyncIterator[dict[str, Any]]:
        """Yield the board's changes as they come, until the link is lost (LinkLost)."""
        timeout = httpx.Timeout(LONGEST_WAIT_S + ANSWER_S, connect=CONNECT_S)
        try:
            async with self._http.stream("GET", "/board/stream", params={"since": since}, timeout=timeout) as reply:
                if reply.is_error:
                    await reply.aread()
                _raise_refused(reply)
                async for line in reply.aiter_lines():
                    if line:
                        yield json.loads(line)
        except (httpx.HTTPError, ValueError) as error:
            raise self._lost(error) from None

    async def journal(
        self, after: str = "", *, kinds: str = "", limit: int = 1000, wait_s: float = 0.0
    ) -> dict[str, Any]:
        """Return events in order after a cursor."""
        asked: dict[str, str | int | float] = {"after": after, "kinds": kinds, "limit": limit, "wait": wait_s}
        return dict(await self.get("/journal", asked, wait_s=wait_s))

    async def series(self, input_id: int, metric: str, **more: str | int | float) -> dict[str, Any]:
        """Return a curve; `more` is rung, start, end, points."""
        return dict(await self.get("/series", {"input": input_id, "metric": metric, **more}))

    async def alarms(self) -> list[dict[str, Any]]:
        """Return the open alarms."""
        return list((await self.get("/alarms/active"))["alarms"])

    async def alarm_verb(self, alarm_id: int, verb: str, by: str, note: str = "", *, is_false: bool = False) -> Any:
        """Acknowledge, resolve or note an alarm in somebody's name."""
        body = {"by": by or "system", "note": note, "is_false": is_false}
        return (await self.post(f"/alarms/{alarm_id}/{verb}", body))["alarm"]

    async def channels(self) -> list[dict[str, Any]]:
        """Return the catalogue's channels by code."""
        return list((await self.get("/channels"))["channels"])

    async def add_channel(self, form: Json) -> dict[str, Any]:
        """Add a channel and return it."""
        return dict((await self.post("/channels", form))["channel"])

    async def change_channel(self, channel_id: int, form: Json) -> dict[str, Any]:
        """Change what the form says of a channel and return it."""
        return dict((await self.put(f"/channels/{channel_id}", form))["channel"])

    async def remove_channel(self, channel_id: int, *, purge: bool = False) -> None:
        """Disable a channel, or remove it for good."""
        await self.delete(f"/channels/{channel_id}", {"purge": purge})

    async def import_channels(self, text: str, *, dry_run: bool) -> dict[str, Any]:
        """Add and change channels by a CSV or M3U list."""
        return dict(await self.post_text("/channels/import", text, {"dry_run": dry_run}))

    async def inspect(self, url: str, seconds: float = 0.0) -> str:
        """Begin an inspection and return its job."""
        return str((await self.post("/inspect", {"url": url, "seconds": seconds}))["job"])

    async def keep(self, is_kept: bool) -> None:
        """Go on watching after the console has gone, or not."""
        await self.post("/agent/keep", {"keep": is_kept})

    # -- within

    async def _ask(self, method: str, path: str, **options: Any) -> Any:
        reply = await self._send(method, path, **options)
        try:
            return reply.json()
        except ValueError as error:
            raise self._lost(error) from None

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            reply = await self._http.request(method, path, **options)
        except (httpx.HTTPError, httpx.InvalidURL, RuntimeError) as error:
            raise self._lost(error) from None
        _raise_refused(reply)
        return reply

    def _lost(self, error: Exception) -> LinkLost:
        why = "answers too late" if isinstance(error, httpx.TimeoutException) else "does not answer"
        return LinkLost(f"The agent at {self.url} {why}.")


def _raise_refused(reply: httpx.Response) -> None:
    if reply.is_success:
        return
    try:
        message = str(reply.json()["message"])
    except (ValueError, KeyError, TypeError):
        message = f"The agent answered with status {reply.status_code}."
    raise AgentRefused(reply.status_code, message)


def _checked(url: str) -> bool:
    """Return whether a URL is plain http, which only loopback may be."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise KnownError(f"{url[:80]!r} is no address of an agent: write http://127.0.0.1:8443.")
    if parts.scheme == "http" and not _is_loopback(host):
        raise KnownError(f"Plain http to {host} would show the token to everybody: use https.")
    return parts.scheme == "http"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@cache
def _trust(ca_file: str) -> ssl.SSLContext:
    """Return the context all clients share (making one takes tens of milliseconds)."""
    try:
        return ssl.create_default_context(cafile=ca_file or system_trust())
    except (OSError, ssl.SSLError):
        raise KnownError(f"The certificates in {ca_file} cannot be read.") from None


@cache
def _plain() -> ssl.SSLContext:
    """Return an empty context for clients that never speak TLS."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
