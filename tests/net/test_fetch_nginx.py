"""Against a server we did not write: nginx with HTTP/2, TLS, gzip and ranges; skipped where it is not installed."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Trust

from noc_console.model import Access
from noc_console.net.fetch import Fetcher, Request

CONF = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/t; proxy_temp_path {folder}/t; fastcgi_temp_path {folder}/t;
  uwsgi_temp_path {folder}/t; scgi_temp_path {folder}/t;
  gzip on; gzip_types *; gzip_min_length 1;
  ssl_certificate {chain}; ssl_certificate_key {chain};
  server {{ listen 127.0.0.1:{http}; listen 127.0.0.1:{https} ssl http2; root {folder}; }}
}}
"""


@dataclass(frozen=True)
class Nginx:
    http: str
    https: str
    access: Access


@pytest.fixture
async def nginx(tmp_path: Path, trust: Trust) -> AsyncIterator[Nginx]:
    program = shutil.which("nginx")
    if not program:
        pytest.skip("nginx is not installed")
    tmp_path.chmod(0o755)
    (tmp_path / "live.m3u8").write_bytes(b"#EXTM3U\n" * 500)
    (tmp_path / "0.ts").write_bytes(bytes(range(256)) * 4096)
    ports = [free_port(), free_port()]
    chain = Path(trust.ca_file).with_name("server.pem")
    conf = tmp_path / "nginx.conf"
    conf.write_text(CONF.format(folder=tmp_path, chain=chain, http=ports[0], https=ports[1]))
    process = subprocess.Popen(
        [program, "-e", str(tmp_path / "error.log"), "-c", str(conf)], stderr=subprocess.DEVNULL
    )
    try:
        await listening(ports[1], process)
        access = Access(ca_file=trust.ca_file)
        yield Nginx(f"http://127.0.0.1:{ports[0]}", f"https://localhost:{ports[1]}", access)
    finally:
        process.terminate()
        process.wait(5)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def listening(port: int, process: subprocess.Popen[bytes]) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                assert process.poll() is None, "nginx did not start"
                await asyncio.sleep(0.02)
            else:
                writer.close()
                await writer.wait_closed()
                return


async def test_http2_is_taken_where_it_is_offered(nginx: Nginx) -> None:
    async with Fetcher() as fetcher:
        encrypted = await fetcher.fetch(Request(f"{nginx.https}/live.m3u8", access=nginx.access))
        plain = await fetcher.fetch(Request(f"{nginx.http}/live.m3u8"))
    assert (encrypted.status, encrypted.protocol) == (200, "HTTP/2")
    assert (plain.status, plain.protocol) == (200, "HTTP/1.1")
    assert encrypted.tls_s > 0


async def test_many_requests_share_one_http2_connection(nginx: Nginx) -> None:
    async with Fetcher() as fetcher:
        request = Request(f"{nginx.https}/0.ts", access=nginx.access)
        replies = await asyncio.gather(*(fetcher.fetch(request) for _ in range(40)))
    assert {len(reply.body) for reply in replies} == {1024 * 1024}
    assert sum(not reply.is_reused for reply in replies) == 1


async def test_gzip_ranges_and_missing_files(nginx: Nginx) -> None:
    async with Fetcher() as fetcher:
        packed = await fetcher.fetch(Request(f"{nginx.http}/live.m3u8", accept_gzip=True))
        part = await fetcher.fetch(Request(f"{nginx.http}/0.ts", byte_range="256-259"))
        missing = await fetcher.fetch(Request(f"{nginx.http}/1.ts"))
        head = await fetcher.fetch(Request(f"{nginx.http}/0.ts", method="HEAD"))
    assert (packed.body, packed.headers["content-encoding"]) == (b"#EXTM3U\n" * 500, "gzip")
    assert packed.size_bytes < 200
    assert (part.status, part.body) == (206, b"\x00\x01\x02\x03")
    assert (missing.status, missing.error) == (404, "")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(1024 * 1024))
