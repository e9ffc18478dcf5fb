"""`noc-console inspect` on transport streams: files, captures, groups; details, exit codes, bounded memory."""

from __future__ import annotations

import asyncio
import json
import struct
from pathlib import Path

import pytest
from ts_sending import Headend, datagrams, free_port, packets, rtp
from typer.testing import CliRunner

from noc_console import cli
from noc_console.bench.ts_stream import made_loop
from noc_console.errors import KnownError
from noc_console.probes.ts_inspect import inspect_file, inspect_live, is_stream_file


def told(_ratio: float, _message: str) -> None:
    """Nobody is told."""


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    loop, file = made_loop(2e6), tmp_path_factory.mktemp("ts") / "clean.ts"
    bodies = []
    for _ in range(3):
        bodies.append(loop.datagrams.tobytes())
        loop.turn()
    file.write_bytes(b"".join(bodies))
    return file


def test_a_clean_file_is_described_and_nothing_is_found(clean: Path) -> None:
    found = inspect_file(clean, told)
    assert found.findings == ()
    assert found.details["packets"] == clean.stat().st_size // 188
    assert found.details["packet_size"] == 188
    (service,) = found.details["services"]
    assert (service["name"], service["provider"], service["pmt_pid"]) == ("Lab", "NOC", 0x20)
    assert found.details["tables"]["PAT"]["crc_errors"] == 0
    assert found.proposal["badges"] == ["TS"]
    assert found.proposal["class"] == "HD"


@pytest.mark.parametrize(("before", "behind", "size"), [(0, 0, 188), (4, 0, 192), (0, 16, 204)])
def test_packets_of_all_three_sizes_are_read(
    clean: Path, tmp_path: Path, before: int, behind: int, size: int
) -> None:
    body = clean.read_bytes()
    file = tmp_path / "other.m2ts"
    file.write_bytes(b"".join(bytes(before) + body[at : at + 188] + bytes(behind) for at in range(0, len(body), 188)))
    found = inspect_file(file, told)
    assert (found.details["packet_size"], found.details["packets"]) == (size, len(body) // 188)
    assert found.findings == ()


def capture(bodies: list[bytes]) -> bytes:
    raw = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    for index, body in enumerate(bodies):
        udp = struct.pack("!HHHH", 2000, 3000, 8 + len(body), 0) + body
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 1, 17, 0) + bytes((10, 0, 0, 1, 239, 1, 1, 1))
        raw += struct.pack("<IIII", 1_700_000_000, index * 1000, len(head + udp), len(head + udp)) + head + udp
    return raw


@pytest.mark.parametrize("is_rtp", [False, True])
def test_a_capture_goes_the_same_way_and_names_its_flow(tmp_path: Path, is_rtp: bool) -> None:
    bodies = datagrams(packets(7 * 300))
    if is_rtp:
        bodies = rtp(bodies)
    del bodies[100]
    file = tmp_path / "one.pcap"
    file.write_bytes(capture(bodies))
    found = inspect_file(file, told)
    assert found.details["pids"]["256"]["continuity_errors"] == 1
    source = found.details["source"]
    assert (source["flow"], source["protocol"]) == ("10.0.0.1:2000 > 239.1.1.1:3000", "rtp" if is_rtp else "udp")
    assert {one.id for one in found.findings} == ({"ts-cc", "ts-rtp-loss"} if is_rtp else {"ts-cc"})


def test_a_real_capture_has_as_many_packets_as_another_analyser_says(testdata: Path) -> None:
    found = inspect_file(testdata / "pcap" / "test-162.pcap", told)
    assert found.details["packets"] == 112
    assert found.details["source"]["flow"] == "10.101.10.90:2000 > 235.0.2.1:2000"


@pytest.mark.parametrize("name", ["test-102.pcapng", "test-106.1.pcapng", "test-107.pcapng"])
def test_a_capture_without_a_stream_is_one_sentence(testdata: Path, name: str) -> None:
    with pytest.raises(KnownError, match="holds no transport stream"):
        inspect_file(testdata / "pcap" / name, told)


@pytest.mark.parametrize("body", [b"", b"#EXTM3U\n", b"<MPD/>", bytes(70_000), b"GGGG", b"G"])
def test_what_is_no_stream_is_left_to_others(tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "any"
    file.write_bytes(body)
    assert not is_stream_file(file)


def test_the_command_line_tells_json_and_the_exit_code(clean: Path, tmp_path: Path) -> None:
    body = bytearray(clean.read_bytes())
    del body[188 * 500 : 188 * 501]
    broken = tmp_path / "broken.ts"
    broken.write_bytes(body)
    codes = []
    for file in (clean, broken, tmp_path / "nowhere.ts"):
        result = CliRunner().invoke(cli.app, ["inspect", "--json", str(file)])
        codes.append(result.exit_code)
        if file is broken:
            shown = json.loads(result.stdout)
            assert shown["kind"] == "ts"
            (finding,) = shown["findings"]
            assert (finding["id"], finding["count"], finding["clause"]) == ("ts-cc", 1, "TR 101 290 1.4")
    assert codes == [0, 1, 2]


def test_the_report_for_people_names_services_and_pids(clean: Path) -> None:
    result = CliRunner().invoke(cli.app, ["inspect", str(clean)])
    assert "a transport stream, 1 service(s)" in result.stdout
    assert "0x0100" in result.stdout


async def test_a_group_is_received_for_a_while_and_inspected() -> None:
    port = free_port()
    loop = made_loop(2e6)
    with Headend("239.77.3.1", port) as headend:
        task = asyncio.create_task(inspect_live(f"udp://@239.77.3.1:{port}?iface=lo", 1.5, told))
        while not task.done():
            headend.send(one.tobytes() for one in loop.datagrams[:20])
            await asyncio.sleep(0.1)
    found = await task
    assert found.details["source"]["datagrams"] % 20 == 0
    assert found.details["packets"] == found.details["source"]["datagrams"] * 7


async def test_a_silent_group_and_one_that_cannot_be_joined_are_one_sentence() -> None:
    with pytest.raises(KnownError, match="Nothing came from"):
        await inspect_live(f"udp://@239.77.3.2:{free_port()}?iface=lo", 0.2, told)
    with pytest.raises(KnownError, match="there is no interface"):
        await inspect_live("udp://@239.77.3.2:5000?iface=nowhere0", 0.2, told)
