"""What the answer around a playlist says: MIME type, compression, and tokens that run out."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

from noc_console.model import Finding, Severity

# RFC 8216 4 and 10: application/vnd.apple.mpegurl, audio/mpegurl; the x- forms are what servers sent before
_TYPES = ("application/vnd.apple.mpegurl", "audio/mpegurl", "application/x-mpegurl", "audio/x-mpegurl")
_SMALL_BYTES = 1400
_DAY_S, _HOUR_S = 86_400, 3_600
_EXPIRY = re.compile(r"(?:^|[~/&,;])(?:exp|expires?|e)=(\d{9,11})(?![0-9])", re.IGNORECASE)
_NAMES = {"exp", "expire", "expires", "expiry", "e", "token_expires", "x-expires", "validto"}


def lint_answer(headers: Mapping[str, str], size_bytes: int) -> list[Finding]:
    """Return what is wrong with the headers (names in lower case) of a playlist of `size_bytes` as decoded."""
    findings = []
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TYPES:
        findings.append(Finding("hls-content-type-wrong", f"The MIME type is {kind[:60] or 'not told'!r}."))
    if size_bytes > _SMALL_BYTES and headers.get("content-encoding", "").lower() not in (
        "gzip",
        "br",
        "zstd",
        "deflate",
    ):
        findings.append(
            Finding(
                "hls-playlist-not-compressed", f"{size_bytes} bytes were sent uncompressed though gzip was offered."
            )
        )
    return findings


def lint_token(url: str, now: float) -> list[Finding]:
    """Return the finding when the token of an address runs out within a day (an hour is major)."""
    expiry = token_expiry(url)
    if expiry is None or expiry - now > _DAY_S:
        return []
    left = expiry - now
    told = "has run out" if left <= 0 else f"runs out in {left / 3600:.1f} h"
    return [
        Finding(
            "hls-token-expiring",
            f"The token of the address {told}.",
            severity=Severity.MAJOR if left <= _HOUR_S else None,
        )
    ]


def token_expiry(url: str) -> float | None:
    """Return the Unix time at which an address stops being valid, None where it does not say."""
    try:
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, max_num_fields=200)
    except ValueError:
        return None
    return min(_expiries(parts.path, pairs), default=None)


def _expiries(path: str, pairs: list[tuple[str, str]]) -> Iterator[float]:
    for name, value in pairs:
        if name.lower() in _NAMES and value.isascii() and value.isdigit() and 9 <= len(value) <= 11:
            yield float(value)
        elif value.count(".") == 2 and value.startswith("eyJ"):
            yield from _jwt(value)
        else:
            # Akamai: hdnts=st=..~exp=..~acl=..~hmac=..
            yield from (float(found) for found in _EXPIRY.findall(value))
    yield from (float(found) for found in _EXPIRY.findall(path))


def _jwt(token: str) -> Iterator[float]:
    claims = token.split(".")[1]
    try:
        expiry = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))).get("exp")
    except (ValueError, binascii.Error, AttributeError, RecursionError):
        return
    if isinstance(expiry, int | float):
        yield float(expiry)
