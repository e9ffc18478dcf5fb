"""What must not be told is not told: findings, rows, playlists kept as evidence, inspections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from noc_console.model import Access, Finding, Input, Kind, Layer
from noc_console.net.fetch import Fetcher
from noc_console.probes.inspection import inspect
from noc_console.probes.secrets import Secrets
from noc_console.probes.tools import Recorder, Tools
from noc_console.settings import Settings

URL = "http://anna:pa55w0rd@127.0.0.1:1/a.m3u8"
ACCESS = Access(headers={"Authorization": "Bearer abcdefghij"}, query="token=s3cr3t-value&n=7")


def test_values_of_headers_and_token_and_the_password_are_hidden_everywhere() -> None:
    secrets = Secrets(ACCESS, URL)
    told = {"uri": f"{URL}?token=s3cr3t-value", "deep": [("Bearer abcdefghij", 4)], "n": 7}
    assert secrets.hide(told) == {"uri": "http://anna:***@127.0.0.1:1/a.m3u8?token=***", "deep": [("***", 4)], "n": 7}
    assert secrets.hide(b"#EXTINF:7,\na.ts?n=7&token=s3cr3t-value") == b"#EXTINF:7,\na.ts?n=***&token=***"


def test_without_secrets_nothing_is_changed() -> None:
    assert not Secrets(Access(ca_file="/ca.pem"), "http://127.0.0.1/a?token=in-the-open")


def test_a_probe_tells_no_secret_that_a_server_sends_back() -> None:
    told = Recorder()
    tools = Tools(Input(1, 1, Layer.EDGE, Kind.HLS, URL, access=ACCESS), None, told)  # type: ignore[arg-type]
    listed = "http://127.0.0.1:1/7.ts?token=s3cr3t-value"
    tools.look("segment/a", 1.0, {}, (Finding("hls-segment-missing", f"{listed} is gone.", {"uri": listed}),))
    tools.note("requests", {"uri": listed})
    tools.keep_body("master", listed, 1.0, b"#EXTM3U\n7.ts?token=s3cr3t-value")
    assert "s3cr3t" not in f"{told.observations} {told.notes} {tools.bodies('master')}"


def test_secrets_go_to_the_inputs_own_host_only() -> None:
    tools = Tools(Input(1, 1, Layer.EDGE, Kind.HLS, URL, access=ACCESS), None, Recorder())  # type: ignore[arg-type]
    assert tools.request("http://127.0.0.1:9/b.ts").access == ACCESS
    assert tools.request("http://localhost:1/b.ts").access == Access()


@asynccontextmanager
async def two_sites() -> AsyncIterator[tuple[str, list[bytes]]]:
    """Serve a master here whose variant is on `localhost`, with its segment; give its address and the heads there."""
    heads: list[bytes] = []
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n1.ts\n#EXT-X-ENDLIST\n"

    tasks: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.append(asyncio.current_task())  # type: ignore[arg-type]
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                port = server.sockets[0].getsockname()[1]
                if b"Host: localhost" in head:
                    heads.append(head)
                    body = playlist if b"v.m3u8" in head else b"x"
                else:
                    body = b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttp://localhost:%d/v.m3u8\n" % port
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://anna:pa55w0rd@127.0.0.1:{server.sockets[0].getsockname()[1]}/master.m3u8", heads
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_an_inspection_tells_and_sends_no_secret_to_strangers() -> None:
    async with two_sites() as (url, heads), Fetcher() as fetcher:
        found = await inspect(url, fetcher=fetcher, settings=Settings(), access=ACCESS)
    assert len(heads) >= 2
    assert not any(word in head for head in heads for word in (b"s3cr3t", b"abcdefghij", b"Authorization"))
    assert "pa55w0rd" not in f"{found.form()} {found.requests}"
    assert found.source == url.replace("pa55w0rd", "***")
