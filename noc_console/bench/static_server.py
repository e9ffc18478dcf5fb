"""A static server in another process for the benches: nginx where it is installed, else one of httptools."""

from __future__ import annotations

import asyncio
import multiprocessing
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_NGINX = """
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 100000000; client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  open_file_cache max=100;
  server {{ listen 127.0.0.1:{port} backlog=4096; root {folder}/files; }}
}}
"""


@dataclass(frozen=True, slots=True)
class StaticServer:
    """Where the server is and what it is."""

    url: str
    name: str


@contextmanager
def static_server(body_bytes: int = 2048, delay_s: float = 0.0) -> Iterator[StaticServer]:
    """Serve one body on every path while the context lasts; a delay before each answer needs our own server."""
    port = _free_port()
    if delay_s == 0.0 and shutil.which("nginx"):
        with _nginx(port, body_bytes):
            yield StaticServer(f"http://127.0.0.1:{port}/body", "nginx")
        return
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(port, body_bytes, delay_s), daemon=True
    )
    process.start()
    try:
        _wait_for(port)
        yield StaticServer(f"http://127.0.0.1:{port}/body", "httptools server")
    finally:
        process.terminate()
        process.join(5)


@contextmanager
def _nginx(port: int, body_bytes: int) -> Iterator[None]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "files").mkdir()
        (folder / "files" / "body").write_bytes(bytes(body_bytes))
        folder.chmod(0o755)
        (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port), encoding="ascii")
        program = str(shutil.which("nginx"))
        process = subprocess.Popen(
            [program, "-p", name, "-e", f"{name}/error.log", "-c", f"{name}/nginx.conf"],
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(port)
            yield
        finally:
            process.terminate()
            process.wait(5)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(200):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise TimeoutError("the static server of the bench did not start")


def _serve(port: int, body_bytes: int, delay_s: float) -> None:
    asyncio.run(_answer(port, body_bytes, delay_s))


async def _answer(port: int, body_bytes: int, delay_s: float) -> None:
    import httptools

    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n" % body_bytes
    answer += b"x" * body_bytes
    loop = asyncio.get_running_loop()

    class Client(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport
            self.parser = httptools.HttpRequestParser(self)

        def data_received(self, data: bytes) -> None:
            self.parser.feed_data(data)

        def on_message_complete(self) -> None:
            if delay_s:
                loop.call_later(delay_s, self.answer)
            else:
                self.answer()

        def answer(self) -> None:
            if isinstance(self.transport, asyncio.WriteTransport) and not self.transport.is_closing():
                self.transport.write(answer)

    server = await loop.create_server(Client, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()
