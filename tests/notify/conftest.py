"""Certificates and notices for the receivers' tests."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from noc_console.routing import texts
from noc_console.routing.case import dedup_key
from noc_console.routing.notice import Action, Notice

RAISED_AT = 1_790_000_000.0


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate of 127.0.0.1 and its key."""

    path: Path
    context: ssl.SSLContext


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "noc-console tests")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "cert.pem").write_bytes(pem)
    (folder / "both.pem").write_bytes(pem + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return Certificate(folder / "cert.pem", context)


MakeNotice = Callable[..., Notice]


@pytest.fixture
def make_notice() -> MakeNotice:
    """Make a notice as routing makes it, of an alarm whose fields may be changed."""

    def make(action: str = "raise", number: int = 7, data: dict[str, Any] | None = None, **changes: Any) -> Notice:
        alarm = {
            "alarm_id": number,
            "channel_id": 1,
            "channel_code": "CH_1",
            "input_id": 1,
            "layer": 3,
            "alarm_type": "STALE_PLAYLIST",
            "severity": "critical",
            "message": 'No new segment for 20 s, "limit" 9 s — <b>Mất</b> & more',
            "condition": "raised",
            "raised_at": RAISED_AT,
            "playbook": "PB-STALE-PLAYLIST",
            **changes,
        }
        said = Action(action)
        return Notice(
            id=f"{number}-{int(RAISED_AT)}-1",
            alarm_id=number,
            receiver="one",
            action=said,
            dedup_key=dedup_key(alarm, "local"),
            subject=texts.subject(alarm, said, 0),
            text=texts.body(alarm, said, "local", "the route says so"),
            due_at=RAISED_AT + 1,
            reason="route-step",
            data={"alarm": alarm, "agent": "local", **(data or {})},
        )

    return make
