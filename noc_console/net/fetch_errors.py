"""Turns libcurl's error numbers into our words and one plain sentence that holds no secret."""

from __future__ import annotations

import errno
from urllib.parse import urlsplit

import pycurl

_WORDS = {
    pycurl.E_COULDNT_RESOLVE_HOST: "dns",
    pycurl.E_COULDNT_CONNECT: "connect",
    pycurl.E_SSL_CONNECT_ERROR: "tls",
    pycurl.E_PEER_FAILED_VERIFICATION: "tls",
    pycurl.E_SSL_CACERT_BADFILE: "tls",
    pycurl.E_SSL_CERTPROBLEM: "tls",
    pycurl.E_SSL_CIPHER: "tls",
    pycurl.E_SSL_ISSUER_ERROR: "tls",
    pycurl.E_SSL_INVALIDCERTSTATUS: "tls",
    pycurl.E_OPERATION_TIMEDOUT: "timeout",
    pycurl.E_GOT_NOTHING: "reset",
    pycurl.E_RECV_ERROR: "reset",
    pycurl.E_SEND_ERROR: "reset",
    pycurl.E_FILESIZE_EXCEEDED: "too-large",
    pycurl.E_TOO_MANY_REDIRECTS: "redirects",
    pycurl.E_PARTIAL_FILE: "truncated",
    pycurl.E_BAD_CONTENT_ENCODING: "encoding",
    pycurl.E_URL_MALFORMAT: "url",
    pycurl.E_UNSUPPORTED_PROTOCOL: "url",
}

_SENTENCES = {
    "dns": "The name {host} could not be resolved.",
    "connect": "No connection to {host}: the network or the server does not answer.",
    "refused": "{host} refused the connection: nothing listens on that port.",
    "tls": "The encrypted connection to {host} failed: {detail}.",
    "timeout": "{host} did not deliver within {timeout:g} s ({size} bytes came).",
    "reset": "{host} closed the connection before the answer was complete.",
    "too-large": "The answer of {host} is larger than the limit of {limit} bytes.",
    "redirects": "{host} redirected more often than the limit of {redirects}.",
    "truncated": "{host} sent less than it announced: {size} bytes came.",
    "encoding": "{host} packed its answer in a way that was not asked for, or the packing is broken.",
    "protocol": "{host} sent an answer that is not valid HTTP.",
    "url": "The address cannot be fetched: only complete http and https addresses can.",
}


_TLS_WORDS = (
    ("self-signed", "its certificate is signed by nobody we trust; name its CA by a CA file"),
    ("self signed", "its certificate is signed by nobody we trust; name its CA by a CA file"),
    ("unable to get local issuer", "its certificate is signed by nobody we trust; name its CA by a CA file"),
    ("certificate has expired", "its certificate has expired"),
    ("no alternative certificate subject", "its certificate is for another name"),
    ("does not match target host", "its certificate is for another name"),
    ("error adding trust anchors", "the CA file holds no certificate"),
    ("wrong version number", "it does not speak TLS on that port"),
)


def word(code: int, message: str, os_errno: int) -> str:
    """Return our word for a libcurl error code; `os_errno` tells a refused connection from an unreachable one."""
    if code == pycurl.E_COULDNT_CONNECT and os_errno == errno.ECONNREFUSED:
        return "refused"
    # libcurl bounds the answer's head itself (300 KB, 5,000 lines) and says so only in the text
    if code in (pycurl.E_RECV_ERROR, pycurl.E_OUT_OF_MEMORY, 100) and "header" in message.lower():
        return "too-large"
    if code == pycurl.E_UNSUPPORTED_PROTOCOL and "HTTP/" in message:
        return "protocol"
    return _WORDS.get(code, "protocol")


def sentence(error: str, *, url: str, detail: str, timeout: float, limit: int, redirects: int, size: int) -> str:
    """Return the operator's sentence; of the URL only the host is told, so that no token can leak."""
    return _SENTENCES[error].format(
        host=host_of(url) or "the server",
        detail=_plainly(detail),
        timeout=timeout,
        limit=limit,
        redirects=redirects,
        size=size,
    )


def _plainly(detail: str) -> str:
    """Return what TLS complains of in words that say what to do."""
    said = detail.lower()
    found = next((words for sign, words in _TLS_WORDS if sign in said), "")
    return found or detail.rstrip(".") or "the handshake did not succeed"


def host_of(url: str) -> str:
    """Return host and port of a URL without user name and password, empty where it has none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2][:255]
    except ValueError:
        return ""
