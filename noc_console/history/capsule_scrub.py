"""Takes secrets out of what leaves the house: query strings, user names in URLs, tokens, headers, known values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from noc_console.model import Channel

HIDDEN = "***"
_SHORTEST = 6
#: Told to every server, and their words stand in many places.
_PLAIN_HEADERS = frozenset(
    {"accept", "accept-language", "accept-encoding", "user-agent", "referer", "origin", "range"}
)
_MOST_DEPTH = 40
_USER = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.\-]{1,15}://)[^\s/@\"'<>]+@")
_QUERY_OF_URL = re.compile(r"(?P<url>[a-zA-Z][a-zA-Z0-9+.\-]{1,15}://[^\s?\"'<>]*)\?[^\s\"'<>]+")
_QUERY = re.compile(r"\?[^\s\"'<>?]*=[^\s\"'<>]*")
# RFC 8216, 4.3.2.4: the URI of a key may carry the key itself
_INLINE = re.compile(r"(?P<kind>data:[\w/+.;=-]*,)[^\s\"'<>]+", re.IGNORECASE)
_NAMED = re.compile(
    r"(?P<name>\b(?:(?:hdnt[ls]|acl|policy|sig|signature|session(?:id)?|key-pair-id|x-amz-\w+)=|"
    r"(?:token|auth|authorization|hmac|jwt|api[-_]?key|access[-_]?key|secret|password|passwd)\s?[=:]\s?))"
    r"(?:bearer\s+|basic\s+)?[^\s&;,\"'<>]{2,}",
    re.IGNORECASE,
)
_SECRET_KEYS = frozenset(
    {"headers", "authorization", "cookie", "set-cookie", "token", "secret", "password", "query", "access", "auth_key"}
    | {"priv_key", "community", "communities", "api_key", "routing_key"}
)


@dataclass(frozen=True, slots=True)
class Scrub:
    """What is known to be secret: every value, in whatever place, becomes ***."""

    values: tuple[str, ...] = ()

    def text(self, text: str) -> str:
        """Return a text without secrets; a query string leaves its question mark."""
        text = _USER.sub(r"\g<scheme>", self.known(text))
        text = _INLINE.sub(r"\g<kind>" + HIDDEN, text)
        text = _QUERY_OF_URL.sub(r"\g<url>?", text)
        text = _QUERY.sub("?", text)
        return _NAMED.sub(r"\g<name>" + HIDDEN, text)

    def known(self, text: str) -> str:
        """Return a text without the known values, and else as it is."""
        for value in self.values:
            if value in text:
                text = text.replace(value, HIDDEN)
        return text

    def value(self, value: Any, depth: int = 0) -> Any:
        """Return a JSON value without secrets; what stands under a name such as `headers` goes whole."""
        if depth > _MOST_DEPTH:
            return None
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {
                self.text(str(key)): _emptied(one) if str(key).lower() in _SECRET_KEYS else self.value(one, depth + 1)
                for key, one in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.value(one, depth + 1) for one in value]
        return value

    def body(self, body: bytes) -> bytes:
        """Return a playlist or another text without secrets; what is no text stays as it is."""
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return body
        return self.text(text).encode("utf-8")

    def leaks(self, body: bytes) -> bool:
        """Say whether a known secret stands in bytes, as it is or as JSON writes it."""
        return any(one in body for value in self.values for one in _spellings(value))


def scrub_of(channels: Iterable[Channel]) -> Scrub:
    """Return the scrub that knows the secrets of these channels' inputs; the longest go first."""
    found: set[str] = set()
    for channel in channels:
        for one in channel.inputs:
            told = [value for name, value in one.access.headers.items() if name.lower() not in _PLAIN_HEADERS]
            found |= {*told, *(part for value in told for part in value.split() if len(part) > 11)}
            found |= {one.access.query, *_parameters(one.access.query)}
            found |= _of_url(one.url)
    secrets = (value for value in found if len(value) >= _SHORTEST and not value.isdigit())
    return Scrub(tuple(sorted(secrets, key=lambda value: (-len(value), value))))


def _of_url(url: str) -> set[str]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return set()
    told = {parts.username or "", parts.password or ""}
    return told | {unquote(one) for one in told} | _parameters(parts.query)


def _parameters(query: str) -> set[str]:
    """Return values long enough to be a token; short ones are words that may stand anywhere."""
    return {value for _, value in parse_qsl(query.lstrip("?"), keep_blank_values=False) if len(value) > 7}


def _emptied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {}
    return [] if isinstance(value, list | tuple) else HIDDEN if value else value


def _spellings(value: str) -> set[bytes]:
    return {value.encode("utf-8", "replace"), json.dumps(value)[1:-1].encode()}
