"""Which addresses may be told an input's secrets: its own host, and those that are named beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from noc_console.model import Access

#: What libcurl itself keeps from another host than the first.
_KEPT_BY_LIBCURL = frozenset(("authorization", "cookie"))


def is_same_site(url: str, home: str, hosts: Iterable[str] = ()) -> bool:
    """Say whether `url` is on the host of `home` or on one of `hosts`; a step from https down to http never is."""
    try:
        there, here = urlsplit(url), urlsplit(home)
        name, own = there.hostname, here.hostname
    except ValueError:
        return False
    if not name or (here.scheme == "https" and there.scheme != "https"):
        return False
    return name == own or any(_is_named(name, host.lower()) for host in hosts)


def access_for(access: Access, url: str, home: str) -> Access:
    """Return what of the access of an input at `home` goes to `url`: a stranger gets no header and no token.

    The pin is kept for the input's own host alone. The very same access is returned where nothing is held back.
    """
    if not (access.headers or access.query or access.pin):
        return access
    if is_same_site(url, home):
        return access
    if is_same_site(url, home, access.hosts):
        return replace(access, pin="") if access.pin else access
    return Access(ca_file=access.ca_file)


def needs_own_redirects(access: Access) -> bool:
    """Say whether libcurl would carry a secret header along to another host."""
    return any(name.lower() not in _KEPT_BY_LIBCURL for name in access.headers)


def redirected(url: str, location: str) -> str:
    """Return where an answer of `url` sends its client, empty where that is no http or https address."""
    try:
        there = urljoin(url, location)
        return there if urlsplit(there).scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _is_named(name: str, host: str) -> bool:
    return name.endswith(host[1:]) if host.startswith("*.") else name == host
