"""Follows redirects step by step where libcurl would carry an input's secret headers along to a stranger."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from noc_console.net import fetch_errors
from noc_console.net.fetch_values import Reply, Request
from noc_console.net.sites import access_for, redirected

_REDIRECTS = (301, 302, 303, 307, 308)
_PHASES = ("dns_s", "connect_s", "tls_s", "ttfb_s", "body_s", "total_s")


async def follow(fetch: Callable[[Request], Awaitable[Reply]], request: Request) -> Reply:
    """Return the last answer with the phases of all; each step gets what of the access its host may have."""
    step = replace(request, max_redirects=0)
    reply = await fetch(step)
    whole = reply
    for count in range(1, request.max_redirects + 2):
        location = reply.headers.get("location", "")
        if reply.error or reply.status not in _REDIRECTS or not location:
            return whole
        url = redirected(reply.effective_url, location)
        if not url:
            return _ended(whole, "url", request)
        if count > request.max_redirects:
            return _ended(whole, "redirects", request)
        # where a server sends us to is its own address: the token is not added to it
        access = replace(access_for(request.access, url, request.url), query="")
        reply = await fetch(replace(step, url=url, access=access))
        whole = _joined(whole, reply, count)
    return whole


def _joined(before: Reply, last: Reply, redirects: int) -> Reply:
    phases = {name: getattr(before, name) + getattr(last, name) for name in _PHASES}
    return replace(last, url=before.url, at=before.at, redirects=redirects, is_reused=False, **phases)


def _ended(reply: Reply, error: str, request: Request) -> Reply:
    text = fetch_errors.sentence(
        error,
        url=reply.effective_url,
        detail="",
        timeout=request.timeout_s,
        limit=request.max_bytes,
        redirects=request.max_redirects,
        size=reply.size_bytes,
    )
    return replace(reply, body=b"", error=error, error_text=text)
