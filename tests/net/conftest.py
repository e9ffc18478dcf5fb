"""Real servers on loopback that behave, or misbehave, exactly as a test says."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Origin:
    """A running server: where it is, and the request heads it has seen."""

    url: str
    port: int
    heads: list[bytes] = field(default_factory=list)
    connections: int = 0


@dataclass(frozen=True)
class Trust:
    """A CA of our own and a server context whose certificate it has signed for `localhost` and loopback."""

    ca_file: str
    server: ssl.SSLContext


def page(body: bytes = b"hello", *headers: str, status: str = "200 OK") -> bytes:
    """Return a whole, honest answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[Origin]]]:
    """Return a starter of servers; `answer` is bytes to send to every request, or a coroutine function."""
    async with AsyncExitStack() as stack:

        async def start(
            answer: bytes | Answer, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
        ) -> Origin:
            return await stack.enter_async_context(_serving(answer, host, tls))

        yield start


@asynccontextmanager
async def _serving(answer: bytes | Answer, host: str, tls: ssl.SSLContext | None) -> AsyncIterator[Origin]:
    origin = Origin("", 0)
    clients: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def on_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        clients[task] = writer
        origin.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                origin.heads.append(head)
                if isinstance(answer, bytes):
                    writer.write(answer)
                    await writer.drain()
                else:
                    await answer(head, writer)
        writer.transport.abort()

    server = await asyncio.start_server(on_client, host, 0, ssl=tls, backlog=1000)
    origin.port = server.sockets[0].getsockname()[1]
    name = f"[{host}]" if ":" in host else host
    origin.url = f"{'https' if tls else 'http'}://{name}:{origin.port}"
    try:
        yield origin
    finally:
        server.close()
        for task in clients:
            task.cancel()
        await asyncio.gather(*clients, return_exceptions=True)


@pytest.fixture(scope="session")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    """Return a CA made for this run."""
    folder = tmp_path_factory.mktemp("trust")
    ca_key, ca = _certificate("test CA", None, None)
    key, certificate = _certificate("localhost", ca_key, ca)
    (folder / "ca.pem").write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    chain = folder / "server.pem"
    chain.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return Trust(str(folder / "ca.pem"), context)


def _certificate(
    name: str, signer: ec.EllipticCurvePrivateKey | None, issuer: x509.Certificate | None
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=10))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer is not None:
        loopback = [x509.IPAddress(ipaddress.ip_address(address)) for address in ("127.0.0.1", "::1")]
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), *loopback]), critical=False
        )
    return key, builder.sign(signer or key, hashes.SHA256())
