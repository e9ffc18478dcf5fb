"""What caches say about an answer: its age, and whether it was a hit, a miss or expired."""

from __future__ import annotations

import re
from collections.abc import Mapping

# RFC 9211 Cache-Status, and what the CDNs and proxies in the field send instead of it
_STATUS_HEADERS = ("cache-status", "x-cache-status", "cf-cache-status", "x-cache", "x-cache-lookup")
_WORDS = re.compile(r"hit|miss|expired|stale|revalidated|updating|bypass|dynamic|fwd=stale|fwd=", re.IGNORECASE)
_MEANING = {
    "hit": "hit",
    "revalidated": "hit",
    "updating": "hit",
    "stale": "expired",
    "expired": "expired",
    "miss": "miss",
    "bypass": "miss",
    "dynamic": "miss",
    "fwd=stale": "expired",
    "fwd=": "miss",
}


def age_s(headers: Mapping[str, str]) -> float:
    """Return the Age of an answer in seconds (RFC 9111 5.1), 0 where none or nonsense is given."""
    text = headers.get("age", "").strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) < 11 else 0.0


def cache_status(headers: Mapping[str, str]) -> str:
    """Return `hit`, `miss` or `expired` as the nearest cache tells it, empty where none does."""
    for name in _STATUS_HEADERS:
        # the last entry is the cache nearest to us (RFC 9211 2); the same holds for X-Cache in practice
        value = headers.get(name)
        if value and (found := _WORDS.search(value.rpartition(",")[2])):
            return _MEANING[found.group().lower()]
    return ""
