"""What is kept of each request: a row of the waterfall and the `http.*` samples of its answer."""

from __future__ import annotations

from typing import Any

from noc_console.media.cache_headers import age_s, cache_status
from noc_console.model import Observation
from noc_console.net.fetch import Reply

_LONGEST_URI = 2048  # a hostile playlist's is cut, so that the row stays one


def row(reply: Reply, *, rung: str, duration_s: float) -> dict[str, Any]:
    """Return the waterfall row of one request, as `GET /channels/{id}/requests` shows it."""
    return {
        "at": reply.at,
        "rung": rung,
        "uri": reply.url[:_LONGEST_URI],
        "status": reply.status,
        "dns_s": reply.dns_s,
        "connect_s": reply.connect_s,
        "tls_s": reply.tls_s,
        "ttfb_s": reply.ttfb_s,
        "body_s": reply.body_s,
        "total_s": reply.total_s,
        "size_bytes": reply.size_bytes,
        "reused": reply.is_reused,
        "protocol": reply.protocol,
        "peer": reply.peer,
        "redirects": reply.redirects,
        "duration_s": duration_s,
        "error": reply.error,
        "http_age_s": age_s(reply.headers),
        "cache": cache_status(reply.headers),
    }


def observation(reply: Reply, *, input_id: int, rung: str) -> Observation:
    """Return the `http.*` samples of one request, in a scope of their own that never has findings."""
    metrics = {
        "http.requests": 1.0,
        "http.is_5xx": float(500 <= reply.status < 600),
        "http.is_error": float(bool(reply.error) or reply.status >= 400),
    }
    cache = cache_status(reply.headers)
    if cache:
        metrics["http.cache_hit"] = float(cache == "hit")
    return Observation(input_id, f"http/{rung}", reply.at, metrics)
