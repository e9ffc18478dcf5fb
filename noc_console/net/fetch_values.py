"""What is asked of a server and what came back: the two values of the fetcher."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from noc_console.model import Access

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
OPEN_ACCESS = Access()


def _no_headers() -> Mapping[str, str]:
    return _NO_HEADERS  # the same one each time, so that equal requests are told by identity


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `max_bytes` bounds the body after decoding; `timeout_s` bounds everything together.

    `byte_range` is the value of a Range header without its unit, `0-1023`. `keep_bytes` is how much of the body
    the reply carries (all of it by default); the rest is counted and dropped, so that a long segment costs no
    memory. `access` gives extra headers, a query token, trust, and the address the host is pinned to.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=_no_headers)
    max_bytes: int = 4 * 1024**2
    timeout_s: float = 10.0
    max_redirects: int = 5
    byte_range: str = ""
    access: Access = OPEN_ACCESS
    accept_gzip: bool = False
    keep_bytes: int = 1 << 62


@dataclass(frozen=True, slots=True)
class Reply:
    """What one request gave; the phases are differences, never negative, and add up to `total_s`.

    `at` is Unix time at the start. `headers` are those of the last answer, names in lower case, last value wins.
    `size_bytes` is what came over the wire, before decoding. `ttfb_s` runs from the connection being ready to
    the first byte of the answer. `error` is empty or one of dns, connect, refused, tls, timeout, reset,
    too-large, redirects, truncated, encoding, protocol, url; an HTTP status is never an error here. `error_text` is
    one plain sentence without secrets.
    """

    url: str
    effective_url: str
    at: float
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    dns_s: float = 0.0
    connect_s: float = 0.0
    tls_s: float = 0.0
    ttfb_s: float = 0.0
    body_s: float = 0.0
    total_s: float = 0.0
    size_bytes: int = 0
    redirects: int = 0
    peer: str = ""
    protocol: str = ""
    is_reused: bool = False
    error: str = ""
    error_text: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether the whole body came with a 2xx status."""
        return not self.error and 200 <= self.status < 300
