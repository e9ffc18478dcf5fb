"""Finds the certificates a connection trusts: the operator's file, the system's, or the shipped ones."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

_SYSTEM = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/cert.pem",  # Alpine, macOS
)


@cache
def system_trust() -> str:
    """Return the path of the machine's CA bundle; SSL_CERT_FILE goes before, certifi's is the last resort."""
    asked = os.environ.get("SSL_CERT_FILE", "")
    for path in (asked, *_SYSTEM):
        if path and Path(path).is_file():
            return path
    import certifi

    return certifi.where()
