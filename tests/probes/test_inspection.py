"""What a source is, is told by its content; what cannot be inspected is told in one sentence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from noc_console.errors import KnownError
from noc_console.model import Finding, Kind, Severity
from noc_console.net.fetch import Fetcher
from noc_console.probes import inspect_cli
from noc_console.probes.inspection import Inspection, inspect, kind_of
from noc_console.settings import Settings

MEDIA = b"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\na.ts\n#EXT-X-ENDLIST\n"
MPD = b'<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period/></MPD>'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(MEDIA, Kind.HLS, id="playlist"),
        pytest.param(b"\xef\xbb\xbf" + MEDIA, Kind.HLS, id="playlist behind a byte order mark"),
        pytest.param(MEDIA.partition(b"\n")[2], Kind.HLS, id="playlist without its first line"),
        pytest.param(b"\n\n" + MEDIA, Kind.HLS, id="playlist after blank lines"),
        pytest.param(MPD, Kind.DASH, id="MPD"),
        pytest.param(MPD[:70], Kind.DASH, id="MPD cut short"),
        pytest.param(b"<!-- made by us -->\n<dash:MPD xmlns:dash='x'>", Kind.DASH, id="MPD with a prefix"),
        pytest.param(MPD.decode().encode("utf-16"), Kind.DASH, id="MPD in UTF-16"),
    ],
)
def test_the_content_says_what_it_is(body: bytes, kind: Kind) -> None:
    assert kind_of(body, "x.mp3") is kind


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>#EXTM3U</body></html>", "an HTML page"),
        (b"<rss/>", "another kind of XML"),
        (b'{"a": 1}', "JSON"),
        (b"\x47" + bytes(187) + b"\x47" + bytes(187), "a transport stream"),
        (b"\x00\x00\x00\x18ftypmp42", "an MP4 file"),
        (bytes(100), "binary data"),
        (b"\x89PNG\r\n\x1a\n\xff\xd8", "binary data"),
        ("xin chào".encode(), "text of another kind"),
        (MEDIA.decode().encode("utf-16"), "text in UTF-16, which no player reads"),
    ],
)
def test_anything_else_is_named_and_refused(body: bytes, words: str) -> None:
    with pytest.raises(KnownError, match=f"is {words}, not an HLS playlist or a DASH MPD"):
        kind_of(body, "x.m3u8")


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher() as made:
        yield made


@pytest.mark.parametrize(("body", "kind"), [(MEDIA, "hls"), (MPD, "dash")])
async def test_a_file_is_inspected_whatever_its_name(
    fetcher: Fetcher, tmp_path: Path, body: bytes, kind: str
) -> None:
    path = tmp_path / "playlist.txt"
    path.write_bytes(body)
    steps: list[float] = []
    found = await inspect(
        str(path), fetcher=fetcher, settings=Settings(), progress=lambda ratio, _: steps.append(ratio)
    )
    form = found.form()
    assert list(form) == ["source", "kind", "findings", "metrics", "details"]
    assert (form["source"], form["kind"]) == (str(path), kind)
    assert all(set(each) == {"id", "severity", "clause", "count", "text", "where"} for each in form["findings"])
    assert found.proposal_form()["kind"] == kind
    assert (steps[0], steps[-1]) == (0.0, 1.0)
    json.dumps(form, allow_nan=False)


async def test_every_real_playlist_and_mpd_can_be_inspected(fetcher: Fetcher, testdata: Path) -> None:
    """Real files of many players' and parsers' test suites, some of them broken on purpose."""
    files = sorted(path for path in testdata.rglob("*") if path.suffix in (".m3u8", ".mpd"))
    assert len(files) > 400
    for path in files:
        try:
            found = await inspect(str(path), fetcher=fetcher, settings=Settings())
        except KnownError as error:
            assert path.stat().st_size == 0, error
        else:
            json.dumps(found.form(), allow_nan=False)
            json.dumps(found.proposal_form(), allow_nan=False)


def test_findings_of_one_id_are_told_once_with_their_count_and_the_worst_severity() -> None:
    from noc_console.probes.inspection_form import merged

    found = merged(
        (
            Finding("hls-codecs-missing", "first", {"line": 3}),
            Finding("hls-media-parse-error", "bad", {"line": 9}),
            Finding("hls-codecs-missing", "second", {"line": 5}, count=2, severity=Severity.MAJOR),
        )
    )
    assert [(each.id, each.count, each.text) for each in found] == [
        ("hls-media-parse-error", 1, "bad"),
        ("hls-codecs-missing", 3, "first"),
    ]
    assert found[1].severity is Severity.MAJOR


@pytest.mark.parametrize(
    ("severity", "is_clean"),
    [(Severity.WARNING, True), (Severity.INDETERMINATE, True), (Severity.MINOR, False), (Severity.CRITICAL, False)],
)
def test_clean_is_nothing_of_minor_or_worse(severity: Severity, is_clean: bool) -> None:
    finding = Finding("hls-codecs-missing", "", severity=severity)
    assert Inspection("x", Kind.HLS, (finding,)).is_clean is is_clean


def test_what_json_cannot_tell_becomes_null() -> None:
    found = Inspection("x", Kind.HLS, (), {"a.b": float("nan")}, {"keys": ({"c": float("inf")},)})
    assert json.loads(json.dumps(found.form(), allow_nan=False))["details"] == {"keys": [{"c": None}]}


class Page:
    """A web server that answers every request with one page."""

    def __init__(self, status: str, body: bytes) -> None:
        self.answer = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Iterator[str]:
    """Serve the test's page from a thread, because the command line runs its own loop."""
    import socketserver
    import threading

    made: Page = request.param

    class OnRequest(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline().strip():
                pass
            with suppress(ConnectionError):  # a client that has seen enough hangs up
                self.wfile.write(made.answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), OnRequest) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/live.m3u8?token=s3cret"
        server.shutdown()
        thread.join()


def command(source: str, **options: Any) -> int:
    asked: dict[str, Any] = {"seconds": 0, "as_json": False, "headers": (), "ca_file": "", **options}
    return inspect_cli.run(source, **asked)


def test_json_prints_the_object_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.mpd"
    path.write_bytes(MEDIA)
    code = command(str(path), as_json=True)
    out, err = capsys.readouterr()
    form = json.loads(out)
    assert form["kind"] == "hls"
    assert form["details"]["target_duration_s"] == 6
    assert code == (1 if any(each["severity"] in ("minor", "major", "critical") for each in form["findings"]) else 0)
    assert "Fetching" in err


def test_what_cannot_be_read_is_said_to_be_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.m3u8"
    path.write_bytes(b"#EXT-X-VERSION:3\n#EXTINF:9.0,\na.ts\n")
    assert command(str(path)) == 1
    assert "is an HLS playlist that cannot be read" in " ".join(capsys.readouterr().out.split())


def test_rungs_are_named_as_in_the_findings_and_the_next_step_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    master, live = tmp_path / "master.m3u8", tmp_path / "live.m3u8"
    master.write_text("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=3000000,RESOLUTION=1280x720\nv/a.m3u8\n")
    live.write_bytes(MEDIA.replace(b"#EXT-X-ENDLIST\n", b""))
    command(str(master))
    out = capsys.readouterr().out
    assert "720p@3.0M" in out
    assert "v/a.m3u8" in out
    command(str(live))
    assert "give its URL to have its segments fetched" in " ".join(capsys.readouterr().out.split())


def test_findings_give_exit_code_1_and_stand_with_clause_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.m3u8"
    path.write_bytes(b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:9.0,\na.ts\n#EXT-X-ENDLIST\n")
    assert command(str(path)) == 1
    out = capsys.readouterr().out
    assert "hls-extinf-exceeds-target" in out
    assert "line 4" in out, "the place of a segment is the line of its URI"
    assert "HLS rule 1" in out
    assert "finding(s) of minor or worse" in out


@pytest.mark.parametrize(
    ("page", "words"),
    [
        pytest.param(Page("200 OK", b"<html>login</html>"), "an HTML page", id="a login page"),
        pytest.param(Page("404 Not Found", b"no"), "answered 404", id="not there"),
        pytest.param(Page("200 OK", bytes(5_000_000)), "larger than the limit", id="too large"),
        pytest.param(Page("302 Found\r\nLocation: /live.m3u8", b""), "redirected more often", id="a loop"),
    ],
    indirect=["page"],
)
def test_what_a_server_does_is_told_in_one_sentence_with_exit_code_2(
    page: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(page) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("source", "options", "words"),
    [
        ("/nosuch/a.m3u8", {}, "There is no file"),
        ("", {}, "There is nothing to inspect"),
        ("http://127.0.0.1:1/", {"seconds": float("nan")}, "number of seconds from 0"),
        ("http://127.0.0.1:1/", {"seconds": -5.0}, "number of seconds from 0"),
        ("/dev/zero", {}, "larger than the limit of 4 MiB"),
        ("/", {}, "is a folder"),
        ("http://127.0.0.1:1/a.m3u8", {}, "refused the connection"),
        ("ftp://127.0.0.1/a.m3u8", {}, "only complete http and https"),
        ("bad\x00name", {}, "cannot be read"),
        ("http://127.0.0.1:1/", {"headers": ("no colon",)}, "Name: value"),
        ("https://127.0.0.1:1/", {"ca_file": "/nosuch.pem"}, "/nosuch.pem"),
    ],
)
def test_what_cannot_be_inspected_ends_with_exit_code_2(
    source: str, options: dict[str, Any], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(source, **options) == 2
    assert words in capsys.readouterr().err


async def test_an_inspection_can_be_cancelled(fetcher: Fetcher) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        writer.close()
        hung_up.set()

    asked, hung_up = asyncio.Event(), asyncio.Event()
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/a.m3u8"
    task = asyncio.create_task(inspect(url, fetcher=fetcher, settings=Settings()))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(hung_up.wait(), 5)
    server.close()
    assert fetcher.in_flight == 0
