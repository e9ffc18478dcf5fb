"""One look at the certificates of one address, in a thread: the chain as sent, the protocol, whether trusted."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass

import pycurl
from cryptography import x509
from cryptography.x509.oid import NameOID

from noc_console.net.fetch_urls import connect_to
from noc_console.net.tls import system_trust
from noc_console.probes.diagnostics.values import Row

_PATIENCE_S = 5.0
_MOST_LINKS = 10
_DAY_S = 86_400.0
# OpenSSL's X509_V_ERR_*, in the operator's words
_VERDICTS = {
    10: "a certificate of the chain has expired",
    9: "a certificate of the chain is not valid yet",
    18: "the certificate is signed by itself",
    19: "the chain ends at an authority this machine does not trust",
    20: "the chain is not complete, or its authority is not trusted here",
    21: "the chain is not complete, or its authority is not trusted here",
}


@dataclass(frozen=True, slots=True)
class Link:
    """One certificate of a chain, the server's own first; days are counted from the look."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    serial: str
    days_left: float


@dataclass(frozen=True, slots=True)
class Look:
    """What one address showed; `wrong` in a few words, empty where all is well."""

    address: str
    chain: tuple[Link, ...] = ()
    protocol: str = ""
    has_name: bool = False
    wrong: str = ""

    def rows(self) -> Iterable[Row]:
        """Return a line for each certificate, or one that says what is wrong."""
        if not self.chain:
            yield {"address": self.address, "wrong": self.wrong}
        for place, link in enumerate(self.chain):
            yield {
                "address": self.address,
                "place": "server" if not place else "chain",
                "subject": link.subject,
                "issuer": link.issuer,
                "names": ", ".join(link.names[:20]),
                "serial": link.serial,
                "days_left": round(link.days_left, 1),
                "protocol": self.protocol,
                "wrong": "" if place else self.wrong,
            }


def look(host: str, port: int, address: str, ca_file: str, at: float) -> Look:
    """Return what an address shows for a name, at a time (Unix seconds); what fails is in the look."""
    try:
        pems = _chain(host, port, address)
        chain = tuple(_link(x509.load_pem_x509_certificate(pem.encode()), at) for pem in pems[:_MOST_LINKS])
    except pycurl.error as error:
        return Look(address, wrong=str(error.args[1] if len(error.args) > 1 else error) or "no TLS connection")
    except ValueError:
        return Look(address, wrong="a certificate that cannot be read")
    if not chain:
        return Look(address, wrong="no certificate was shown")
    has_name = names_host(chain[0].names, host)
    protocol, verdict = _handshake(host, port, address, ca_file)
    return Look(address, chain, protocol, has_name, _wrong(chain, has_name, verdict))


def names_host(names: Iterable[str], host: str) -> bool:
    """Say whether a certificate's names cover a host (RFC 9525: a wildcard is one whole label, the leftmost)."""
    wanted = host.rstrip(".").lower()
    for name in names:
        told = name.rstrip(".").lower()
        if told == wanted:
            return True
        if told.startswith("*.") and "." in wanted and wanted.partition(".")[2] == told[2:]:
            return True
    return False


def _wrong(chain: tuple[Link, ...], has_name: bool, verdict: int) -> str:
    if chain[0].days_left < 0:
        return f"the certificate expired {-chain[0].days_left:.0f} days ago"
    if not has_name:
        return f"the certificate is for {', '.join(chain[0].names[:3]) or chain[0].subject}, not for this name"
    if verdict:
        return _VERDICTS.get(verdict, f"the chain is not trusted here (OpenSSL {verdict})")
    return ""


def _chain(host: str, port: int, address: str) -> list[str]:
    curl = pycurl.Curl()
    url = f"https://{f'[{host}]' if ':' in host else host}:{port}/"
    try:
        curl.setopt(pycurl.URL, url)
        curl.setopt(pycurl.CONNECT_TO, [connect_to(url, f"[{address}]" if ":" in address else address)])
        curl.setopt(pycurl.CONNECT_ONLY, 1)
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.PROXY, "")
        curl.setopt(pycurl.OPT_CERTINFO, 1)
        # what is not trusted is looked at too
        curl.setopt(pycurl.SSL_VERIFYPEER, 0)
        curl.setopt(pycurl.SSL_VERIFYHOST, 0)
        curl.setopt(pycurl.TIMEOUT_MS, int(_PATIENCE_S * 1000))
        curl.perform()
        told = curl.getinfo(pycurl.INFO_CERTINFO)
    finally:
        curl.close()
    return [dict(one)["Cert"] for one in told if "Cert" in dict(one)]


def _handshake(host: str, port: int, address: str, ca_file: str) -> tuple[str, int]:
    """Return the protocol that is agreed on, and OpenSSL's verdict on the chain, 0 where it is trusted.

    libcurl loads no authorities where it is not to verify, and tells no chain where it is and it fails.
    """
    trusted = ssl.create_default_context(cafile=ca_file or system_trust())
    trusted.check_hostname = False
    try:
        return _agreed(trusted, host, port, address), 0
    except ssl.SSLCertVerificationError as error:
        verdict = int(error.verify_code)
    except (OSError, ValueError):
        return "", 0
    anything = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anything.check_hostname, anything.verify_mode = False, ssl.CERT_NONE
    try:
        return _agreed(anything, host, port, address), verdict
    except (OSError, ValueError):
        return "", verdict


def _agreed(context: ssl.SSLContext, host: str, port: int, address: str) -> str:
    with (
        socket.create_connection((address, port), _PATIENCE_S) as link,
        context.wrap_socket(link, server_hostname=host) as safe,
    ):
        return safe.version() or ""


def _link(certificate: x509.Certificate, at: float) -> Link:
    return Link(
        _common_name(certificate.subject),
        _common_name(certificate.issuer),
        _names(certificate),
        f"{certificate.serial_number:x}",
        (certificate.not_valid_after_utc.timestamp() - at) / _DAY_S,
    )


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        told = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    names = told.get_values_for_type(x509.DNSName)
    addresses: list[ipaddress.IPv4Address | ipaddress.IPv6Address] = [
        one
        for one in told.get_values_for_type(x509.IPAddress)
        if isinstance(one, ipaddress.IPv4Address | ipaddress.IPv6Address)
    ]
    return (*names, *map(str, addresses))


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()[:200]
