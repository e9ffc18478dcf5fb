"""What the lab answers: a document, how it is sent, and the rules of HTTP that every answer obeys."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_SMALLEST_GZIP = 200


@dataclass(frozen=True, slots=True)
class Request:
    """One request as read from the wire; header names are lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Document:
    """A body that may be asked for many times; `max_age_s` is how long a cache may keep it."""

    body: bytes
    content_type: str
    max_age_s: int = 0
    is_text: bool = True

    @cached_property
    def etag(self) -> str:
        """Return the opaque tag of this body, without quotes."""
        return hashlib.blake2b(self.body, digest_size=8).hexdigest()

    @cached_property
    def zipped(self) -> bytes:
        """Return the body as gzip."""
        return gzip.compress(self.body, 1, mtime=0)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer and how it is sent.

    `delay_s` passes before the first byte, `pace_s` from the first to the last; after `cut` bytes of the body the
    connection is closed (-1: never); `is_reset` closes it at once, with a TCP reset. `fault` is the id of the fault
    that made it so.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    delay_s: float = 0.0
    pace_s: float = 0.0
    cut: int = -1
    is_reset: bool = False
    fault: int = 0


def document_reply(document: Document, request: Request) -> Reply:
    """Answer with a document: conditional (RFC 9110, 13), compressed when asked, or a range of it (14)."""
    wants_gzip = document.is_text and "gzip" in request.headers.get("accept-encoding", "")
    is_zipped = wants_gzip and len(document.body) >= _SMALLEST_GZIP
    etag = f'"{document.etag}{"-gz" if is_zipped else ""}"'
    cache = f"public, max-age={document.max_age_s}" if document.max_age_s else "no-cache"
    headers = [("ETag", etag), ("Cache-Control", cache), ("Accept-Ranges", "bytes")]
    if document.is_text:
        headers.append(("Vary", "Accept-Encoding"))
    known = request.headers.get("if-none-match", "")
    if known and (known.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in known.split(",")]):
        return Reply(304, headers=tuple(headers))
    headers.append(("Content-Type", document.content_type))
    if is_zipped:
        headers.append(("Content-Encoding", "gzip"))
    body = document.zipped if is_zipped else document.body
    return _ranged(Reply(200, body, tuple(headers)), request)


def text_reply(status: int, text: str, content_type: str = "text/plain; charset=utf-8") -> Reply:
    """Answer with a short text that nobody may cache."""
    return Reply(status, text.encode(), (("Content-Type", content_type), ("Cache-Control", "no-store")))


def _ranged(reply: Reply, request: Request) -> Reply:
    asked = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if asked is None or asked[1] == asked[2] == "":
        return reply
    size = len(reply.body)
    first = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
    last = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
    if first > last:
        return replace(reply, status=416, body=b"", headers=(("Content-Range", f"bytes */{size}"),))
    headers = (*reply.headers, ("Content-Range", f"bytes {first}-{last}/{size}"))
    return replace(reply, status=206, body=reply.body[first : last + 1], headers=headers)
