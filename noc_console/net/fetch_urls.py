"""Makes the URL that goes on the wire from the URL as listed: blanks, non-ASCII letters, the query token."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

_LONGEST = 64 * 1024
_KEPT = "%/:=&?~#+!$,;'@()*[]|"


def wire_url(url: str, token: str) -> str:
    """Return `url` as it is sent: without fragment, percent-encoded where needed, with the query token.

    Raises ValueError where it is no complete http or https URL, or longer than 64 KiB.
    """
    if len(url) > _LONGEST:
        raise ValueError("too long")
    if not url.isascii() or not url.isprintable() or " " in url:
        url = _encoded(url)
    if url[:7].lower() != "http://" and url[:8].lower() != "https://":
        raise ValueError("not http or https")
    if "#" in url:
        url = url.partition("#")[0]
    if not token:
        return url
    return f"{url}{'&' if '?' in url else '?'}{token.lstrip('?&')}"


def without_token(url: str, token: str) -> str:
    """Return an effective URL without the query token that was added to it."""
    token = token.lstrip("?&")
    if not token:
        return url
    head, found, tail = url.partition("?" + token)
    if found and tail[:1] in ("", "&"):
        return f"{head}?{tail[1:]}" if tail else head
    return url.replace("&" + token, "", 1)


def connect_to(url: str, pin: str) -> str:
    """Return libcurl's CONNECT_TO entry that sends the URL's host to the address `pin` (`IP` or `IP:port`)."""
    address, port = pin, ""
    if pin.startswith("["):
        address, _, port = pin.partition("]")
        address, port = address + "]", port.lstrip(":")
    elif pin.count(":") == 1:
        address, _, port = pin.partition(":")
    elif ":" in pin:
        address = f"[{pin}]"
    host = urlsplit(url).netloc.rpartition("@")[2]
    host = host[: host.index("]") + 1] if host.startswith("[") else host.partition(":")[0]
    return f"{host}::{address}:{port}"


def _encoded(url: str) -> str:
    parts = urlsplit(url.strip())
    host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    rest = url.strip().partition("://")[2].partition("/")
    return f"{parts.scheme}://{host}{rest[1]}{quote(rest[2], safe=_KEPT)}"
