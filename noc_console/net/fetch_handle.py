"""One pooled libcurl easy handle: told what to fetch, collecting the answer, asked for its timings once."""

from __future__ import annotations

import sys
from typing import Any

import pycurl

from noc_console.net import fetch_errors
from noc_console.net.fetch_urls import connect_to, without_token
from noc_console.net.fetch_values import Reply, Request
from noc_console.net.tls import system_trust

_PROTOCOLS = {1: "HTTP/1.0", 2: "HTTP/1.1", 3: "HTTP/2", 30: "HTTP/3"}
_CONNECT_LIMIT_S = 5.0
_STALL_BYTES_PER_S = 64
_STALL_S = 20
_SHARES = 16


class Held:
    """How many bytes of unfinished bodies a fetcher holds; over the limit long bodies are given up."""

    __slots__ = ("bytes", "limit")

    def __init__(self, limit: int) -> None:
        self.bytes = 0
        self.limit = limit


class Handle:
    """An easy handle with its fixed options set once; `future` is the request it works for."""

    __slots__ = (
        *("_asked", "_chunks", "_head", "_held", "_keep", "_kept", "_limit", "_taken"),
        *("curl", "future", "overflowed", "sent"),
    )

    def __init__(self, held: Held) -> None:
        self.curl: Any = pycurl.Curl()
        self._held = held
        self.future: Any = None
        self.sent: tuple[Request, float] | None = None
        self.overflowed = False
        self._asked: tuple[Any, ...] = ()
        self._chunks: list[bytes] = []
        self._head: list[bytes] = []
        self._keep = self._kept = self._limit = self._taken = 0
        self._fix()

    def prepare(self, request: Request, url: str, at: float) -> None:
        """Set what differs from the request before; raises pycurl.error where libcurl rejects a value."""
        asked = (
            request.headers,
            request.access,
            request.timeout_s,
            request.max_redirects,
            request.method,
            request.accept_gzip,
            request.byte_range,
            request.access.pin and url,
        )
        if asked != self._asked:
            self._asked = ()
            self._configure(request, url)
            self._asked = asked
        self.curl.setopt(pycurl.URL, url)
        self._taken, self.overflowed = 0, False
        self._head.clear()
        self._limit, self._keep = request.max_bytes, request.keep_bytes
        self.sent = (request, at)

    def reply(self, code: int, message: str) -> Reply:
        """Return what the finished transfer gave."""
        assert self.sent is not None
        request, at = self.sent
        info = self.curl.getinfo
        redirects = info(pycurl.REDIRECT_COUNT)
        effective = request.url
        if redirects:
            effective = without_token(_text(self.curl.getinfo_raw(pycurl.EFFECTIVE_URL)), request.access.query)
        is_reused = code == 0 and not info(pycurl.NUM_CONNECTS)
        dns, connect, tls, first, total = self._moments(is_short=is_reused and not redirects)
        size = info(pycurl.SIZE_DOWNLOAD_T)
        error = self._error(code, message)
        return Reply(
            url=request.url,
            effective_url=effective,
            at=at,
            status=info(pycurl.RESPONSE_CODE),
            headers=_headers(self._head),
            body=self._body(),
            dns_s=dns / 1e6,
            connect_s=(connect - dns) / 1e6,
            tls_s=(tls - connect) / 1e6,
            ttfb_s=(first - tls) / 1e6,
            body_s=(total - first) / 1e6,
            total_s=total / 1e6,
            size_bytes=size,
            redirects=redirects,
            peer=_peer(info(pycurl.PRIMARY_IP), info(pycurl.PRIMARY_PORT)),
            protocol=_PROTOCOLS.get(info(pycurl.INFO_HTTP_VERSION), ""),
            is_reused=is_reused,
            error=error,
            error_text=error and self._sentence(error, effective, message, size),
        )

    def _moments(self, *, is_short: bool) -> tuple[int, int, int, int, int]:
        """Return when each phase ended, in microseconds; a failure's time belongs to the phase it ended in.

        `is_short` is the usual case, an open connection: there is nothing to ask about its phases.
        """
        info = self.curl.getinfo
        if is_short:
            first = info(pycurl.STARTTRANSFER_TIME_T)
            return 0, 0, 0, first, max(info(pycurl.TOTAL_TIME_T), first)
        dns = info(pycurl.NAMELOOKUP_TIME_T)
        connect = max(info(pycurl.CONNECT_TIME_T), dns)
        tls = max(info(pycurl.APPCONNECT_TIME_T), connect)
        first = max(info(pycurl.STARTTRANSFER_TIME_T), tls)
        total = max(info(pycurl.TOTAL_TIME_T), first)
        if not self._head and not info(pycurl.REQUEST_SIZE):
            # libcurl stamps the later phases at the end of a failure that never came to ask
            has_connected = connect > dns
            dns = dns or total
            tls = first = total
            connect = connect if has_connected else total
        return dns, connect, tls, first, total

    def forget(self) -> None:
        """Let go of the request and its bytes before the handle goes back to the pool."""
        self.future = self.sent = None
        self._drop_body()
        self._head.clear()

    def _error(self, code: int, message: str) -> str:
        if not code:
            return ""
        if self.overflowed:
            return "too-large"
        return fetch_errors.word(code, message, self.curl.getinfo(pycurl.OS_ERRNO))

    def _sentence(self, error: str, effective: str, message: str, size: int) -> str:
        assert self.sent is not None
        request = self.sent[0]
        return fetch_errors.sentence(
            error,
            url=effective,
            detail=message,
            timeout=request.timeout_s,
            limit=min(request.max_bytes, self._taken) or request.max_bytes,
            redirects=request.max_redirects,
            size=size,
        )

    def _drop_body(self) -> None:
        if self._chunks:
            self._held.bytes -= self._kept
            self._chunks, self._kept = [], 0

    def _body(self) -> bytes:
        chunks = self._chunks
        if self.overflowed:
            return b""
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _write(self, data: bytes) -> int | None:
        length = len(data)
        taken = self._taken
        self._taken = taken + length
        held = self._held
        if self._taken > self._limit or (held.bytes > held.limit and self._taken > held.limit // _SHARES):
            self.overflowed = True
            return 0  # libcurl aborts a transfer whose bytes are not taken
        if taken < self._keep:
            kept = data if self._taken <= self._keep else data[: self._keep - taken]
            self._chunks.append(kept)
            self._kept += len(kept)
            held.bytes += len(kept)
        return None

    def _fix(self) -> None:
        curl = self.curl
        curl.setopt(pycurl.WRITEFUNCTION, self._write)
        curl.setopt(pycurl.HEADERFUNCTION, self._head.append)  # heads of all answers on the way, line by line
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        curl.setopt(pycurl.REDIR_PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS)
        curl.setopt(pycurl.PIPEWAIT, 1)
        curl.setopt(pycurl.TCP_NODELAY, 1)
        curl.setopt(pycurl.BUFFERSIZE, 128 * 1024)
        curl.setopt(pycurl.DNS_CACHE_TIMEOUT, 60)
        curl.setopt(pycurl.LOW_SPEED_LIMIT, _STALL_BYTES_PER_S)
        curl.setopt(pycurl.LOW_SPEED_TIME, _STALL_S)
        curl.setopt(pycurl.PROXY, "")  # what is measured is the way to the server, whatever the environment says
        curl.setopt(pycurl.USERAGENT, "noc-console")

    def _configure(self, request: Request, url: str) -> None:
        curl, access = self.curl, request.access
        # a new method must be named after the flags that imply one
        curl.setopt(pycurl.NOBODY, 1 if request.method == "HEAD" else 0)
        if request.method != "HEAD":
            curl.setopt(pycurl.HTTPGET, 1)
        headers = [_header(*pair) for pair in {**access.headers, **request.headers}.items()]
        curl.setopt(pycurl.HTTPHEADER, headers or None)  # pycurl takes an empty list for no change
        curl.setopt(pycurl.TIMEOUT_MS, max(1, int(request.timeout_s * 1000)))
        curl.setopt(pycurl.CONNECTTIMEOUT_MS, max(1, int(min(request.timeout_s, _CONNECT_LIMIT_S) * 1000)))
        curl.setopt(pycurl.FOLLOWLOCATION, 1 if request.max_redirects else 0)
        curl.setopt(pycurl.MAXREDIRS, request.max_redirects)
        curl.setopt(pycurl.RANGE, request.byte_range or None)
        curl.setopt(pycurl.ACCEPT_ENCODING, "gzip" if request.accept_gzip else None)
        curl.setopt(pycurl.CAINFO, access.ca_file or system_trust())
        curl.setopt(pycurl.CONNECT_TO, [connect_to(url, access.pin)] if access.pin else None)


def _header(name: str, value: str) -> str:
    if not (name + value).isprintable() or ":" in name:
        raise ValueError("a header holds control characters")
    return f"{name}: {value}" if value else f"{name};"


def _headers(lines: list[bytes]) -> dict[str, str]:
    """Return the headers of the last answer: each head begins with its status line."""
    headers: dict[str, str] = {}
    for line in lines:
        pair = _PAIRS.get(line) or _pair(line)
        if pair[0]:
            headers[pair[0]] = pair[1]
        elif line[:5] == b"HTTP/":
            headers.clear()
    return headers


#: Header lines seen before: servers repeat themselves, and taking them apart is most of a small answer's cost.
_PAIRS: dict[bytes, tuple[str, str]] = {}


def _pair(line: bytes) -> tuple[str, str]:
    name, colon, value = line.decode("latin-1").partition(":")
    pair = (sys.intern(name.lower()), value.strip()) if colon and name[:5] != "HTTP/" else ("", "")
    if len(line) <= 256:
        if len(_PAIRS) >= 4096:
            _PAIRS.clear()
        _PAIRS[line] = pair
    return pair


def _peer(address: str, port: int) -> str:
    if not address:
        return ""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode("utf-8", "replace")
