"""TLS: real servers on loopback show whole, expired and foreign certificates."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from noc_console.model import Access, Input, Kind, Layer
from noc_console.probes.diagnostics import registry
from noc_console.probes.diagnostics.ask import NoAsk
from noc_console.probes.diagnostics.tls_look import names_host
from noc_console.probes.diagnostics.values import Kit, Result, Target
from noc_console.settings import Settings

NOW = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
Key = ec.EllipticCurvePrivateKey


class Authority:
    """A CA of one test: its certificate lies in a file."""

    def __init__(self, folder: Path) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.folder = folder
        self.certificate = self.signed("Test CA", self.key, days=400, is_ca=True)
        (folder / "ca.pem").write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def signed(
        self, name: str, key: Key, *, days: float, names: tuple[str, ...] = (), is_ca: bool = False
    ) -> x509.Certificate:
        alternatives = [
            x509.IPAddress(ipaddress.ip_address(one)) if one[0].isdigit() else x509.DNSName(one) for one in names
        ]
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - datetime.timedelta(days=100))
            .not_valid_after(NOW + datetime.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        )
        if alternatives:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    @contextlib.asynccontextmanager
    async def serving(self, days: float, *names: str) -> AsyncIterator[int]:
        """Serve TLS with a chain of two certificates, and yield the port."""
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = self.signed("edge", key, days=days, names=names)
        pem = serialization.Encoding.PEM
        held = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file = self.folder / "server.pem"
        file.write_bytes(held + leaf.public_bytes(pem) + self.certificate.public_bytes(pem))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        tasks: list[asyncio.StreamWriter] = []

        async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            tasks.append(writer)

        server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=context)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for writer in tasks:
                writer.transport.abort()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def examined(port: int, ca_file: str = "", host: str = "127.0.0.1") -> Result:
    entry = Input(1, 1, Layer.EDGE, Kind.HLS, f"https://{host}:{port}/m.m3u8", access=Access(ca_file=ca_file))
    kit = Kit(Settings(), NOW.timestamp, NoAsk())
    return await registry.run("tls", Target("CH_1", entry), kit)


async def test_a_whole_chain_tells_names_issuer_serial_and_days(authority: Authority) -> None:
    async with authority.serving(90, "127.0.0.1", "cdn.example") as port:
        result = await examined(port, str(authority.folder / "ca.pem"))
    fields = result.fields
    assert result.text == "127.0.0.1: 1 address, 90 days left, TLSv1.3."
    assert (fields["is_ok"], fields["addresses"], fields["serials"], fields["name_matches"]) == (1.0, 1.0, 1.0, 1.0)
    assert (fields["days_left"], fields["chain_days_left"]) == (pytest.approx(90), pytest.approx(400))
    first, second = result.rows
    assert (first["issuer"], first["names"], second["subject"]) == ("Test CA", "cdn.example, 127.0.0.1", "Test CA")
    assert first["protocol"].startswith("TLSv1.")


async def test_one_that_has_expired_is_looked_at_all_the_same(authority: Authority) -> None:
    async with authority.serving(-3, "127.0.0.1") as port:
        result = await examined(port, str(authority.folder / "ca.pem"))
    assert (result.fields["is_ok"], result.fields["days_left"]) == (0.0, pytest.approx(-3))
    assert "expired 3 days ago" in result.text


async def test_one_for_another_name_is_told_with_its_names(authority: Authority) -> None:
    async with authority.serving(90, "other.example") as port:
        result = await examined(port, str(authority.folder / "ca.pem"))
    assert (result.fields["is_ok"], result.fields["name_matches"]) == (0.0, 0.0)
    assert "other.example" in result.text


async def test_an_authority_this_machine_does_not_know_is_not_trusted(authority: Authority) -> None:
    async with authority.serving(90, "127.0.0.1") as port:
        result = await examined(port)
    assert result.fields["is_ok"] == 0.0
    assert "trust" in result.text


async def test_one_that_ends_soon_is_not_well(authority: Authority) -> None:
    async with authority.serving(20, "127.0.0.1") as port:
        assert (await examined(port, str(authority.folder / "ca.pem"))).fields["is_ok"] == 0.0


async def test_a_port_that_speaks_no_tls_is_said_to_be_so() -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        result = await examined(server.sockets[0].getsockname()[1])
    assert (result.fields["is_ok"], result.fields["days_left"], result.fields["serials"]) == (0.0, None, None)


@pytest.mark.parametrize(
    ("names", "host", "is_covered"),
    [
        (("cdn.example",), "CDN.example.", True),
        (("*.cdn.example",), "a.cdn.example", True),
        (("*.cdn.example",), "a.b.cdn.example", False),
        (("*.cdn.example",), "cdn.example", False),
        (("127.0.0.1",), "127.0.0.1", True),
        ((), "cdn.example", False),
    ],
)
def test_which_names_cover_a_host(names: tuple[str, ...], host: str, is_covered: bool) -> None:
    assert names_host(names, host) is is_covered
