"""One POST to a receiver: bounded in time and size, and its answer as an outcome; nothing secret in any text."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from noc_console.net.tls import system_trust
from noc_console.notify.outcome import Outcome
from noc_console.notify.receiver import HttpConfig

MAX_ANSWER_BYTES = 64 * 1024
MAX_RETRY_AFTER_S = 3600.0
_LATER = frozenset({408, 425, 500, 502, 503, 504})

# both write whole addresses, which may hold a token, into the log below WARNING
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


def client_for(config: HttpConfig) -> httpx.AsyncClient:
    """Return a client with the receiver's trust; every request has a connection of its own.

    A kept connection that the server closes just now would make an outcome uncertain that need not be.
    """
    context = ssl.create_default_context(cafile=config.ca_file or system_trust())
    return httpx.AsyncClient(
        verify=context,
        proxy=config.proxy or None,
        timeout=httpx.Timeout(config.timeout_s, connect=min(5.0, config.timeout_s)),
        limits=httpx.Limits(max_connections=4, max_keepalive_connections=0),
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": "noc-console"},
    )


async def send(client: httpx.AsyncClient, request: httpx.Request, patience_s: float) -> tuple[Outcome, bytes]:
    """Send a request and return what it means, with the answer's body."""
    place = _place(request.url)
    try:
        async with asyncio.timeout(2 * patience_s):
            reply = await client.send(request, stream=True)
            try:
                body = await _bounded(reply)
            finally:
                await reply.aclose()
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
        return Outcome("retry", f"{place} cannot be reached: {_why(error)}"), b""
    except (httpx.TimeoutException, TimeoutError):
        return Outcome("uncertain", f"{place} did not answer in time; it may have heard."), b""
    except (httpx.TransportError, httpx.StreamError):
        return Outcome("uncertain", f"{place} broke the connection before it answered; it may have heard."), b""
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError, UnicodeError):
        return Outcome("failed", f"{place}: the address cannot be used."), b""
    return outcome_of(reply.status_code, reply.headers, place), body


def outcome_of(status: int, headers: Mapping[str, str], place: str) -> Outcome:
    """Return what a status means (RFC 9110; 429: RFC 6585)."""
    if 200 <= status < 300:
        return Outcome("sent", f"{place} answered {status}.")
    if status == 429 or status in _LATER:
        wait_s = retry_after_s(headers.get("retry-after", ""))
        asked = f" and asks for {wait_s:.0f} s" if wait_s else ""
        return Outcome("retry", f"{place} answered {status}{asked}.", wait_s)
    return Outcome("failed", f"{place} refused with {status}.")


def retry_after_s(text: str) -> float:
    """Return the seconds a Retry-After asks for, as a number or a date; 0 where it is none (RFC 9110, 10.2.3)."""
    text = text.strip()
    if text.isdigit() and len(text) < 10:
        return min(float(text), MAX_RETRY_AFTER_S)
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return 0.0
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return min(max(0.0, (when - datetime.now(UTC)).total_seconds()), MAX_RETRY_AFTER_S)


async def _bounded(reply: httpx.Response) -> bytes:
    body = b""
    async for piece in reply.aiter_bytes():
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            break
    return body[:MAX_ANSWER_BYTES]


def _place(url: httpx.URL) -> str:
    """Return the host and port of an address; its path and query may hold a token."""
    parts = urlsplit(str(url))
    return parts.netloc.rpartition("@")[2]


def _why(error: Exception) -> str:
    text = str(error) or type(error).__name__
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted ({cause.verify_message})."
        cause = cause.__cause__ or cause.__context__
    return (text.rstrip(".") if len(text) < 200 else "no connection") + "."
