"""Syslog against real listeners, read by a checker made from the grammar of RFC 5424, and against rsyslog."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from noc_console.notify import syslog
from noc_console.notify.outcome import Outcome

# RFC 5424, 6: HEADER SP STRUCTURED-DATA SP MSG, with BOM before a text in UTF-8
_PRINTABLE = r"[\x21-\x7e]"
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)"
_PARAM = r'(?: [\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32}="(?:[^"\\\]]|\\["\\\]])*")'
MESSAGE = re.compile(
    rf"<(\d{{1,3}})>1 ({_TIME}) ({_PRINTABLE}{{1,255}}) ({_PRINTABLE}{{1,48}}) ({_PRINTABLE}{{1,128}})"
    rf" ({_PRINTABLE}{{1,32}}) (\[[\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{{1,32}}{_PARAM}*\]) \ufeff(.*)",
    re.DOTALL,
)


def checked(message: bytes) -> re.Match[str]:
    found = MESSAGE.fullmatch(message.decode("utf-8"))
    assert found, message
    return found


def counted(stream: bytes) -> list[bytes]:
    """Take a stream apart by octet counting (RFC 6587, 3.4.1)."""
    messages = []
    while stream:
        length, _, stream = stream.partition(b" ")
        messages.append(stream[: int(length)])
        stream = stream[int(length) :]
    return messages


def config(port: int, transport: str, **more: Any) -> syslog.SyslogConfig:
    row = {"kind": "syslog", "host": "127.0.0.1", "port": port, "transport": transport, "timeout_s": 1}
    return syslog.SyslogConfig.model_validate({**row, **more})


async def tell(notice: Any, settings: syslog.SyslogConfig) -> Outcome:
    return await syslog.deliver(notice, settings, "", None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("severity", "action", "priority"),
    [("critical", "raise", 130), ("major", "raise", 131), ("warning", "raise", 133), ("critical", "resolve", 134)],
)
def test_a_message_is_of_the_grammar(make_notice: Any, severity: str, action: str, priority: int) -> None:
    notice = make_notice(action, severity=severity, channel_code='CH "1" ] \\ x')
    found = checked(syslog.message(notice, config(1, "udp"), "höst name", 2048))
    assert int(found[1]) == priority
    assert (found[3], found[4], found[6]) == ("hstname", "noc-console", action)
    assert r'channel="CH \"1\" \] \\ x"' in found[7]
    assert found[8] == notice.subject


@pytest.mark.parametrize("limit", [400, 401, 402, 403])
def test_a_long_message_is_cut_between_letters(make_notice: Any, limit: int) -> None:
    message = syslog.message(make_notice(message="Mất tiếng ế" * 100), config(1, "udp"), "host", limit)
    assert len(message) <= limit
    assert checked(message)[8].startswith("[CRITICAL]")


async def test_by_udp_it_is_one_datagram(make_notice: Any) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(2)
        outcome = await tell(make_notice(), config(listener.getsockname()[1], "udp"))
        assert outcome.state == "sent"
        assert checked(listener.recv(9000))[6] == "raise"


async def test_by_udp_a_machine_where_nobody_listens_says_so(make_notice: Any) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    outcome = await tell(make_notice(), config(port, "udp"))
    assert (outcome.state, "nobody listens" in outcome.text) == ("retry", True)


@pytest.mark.parametrize("transport", ["tcp", "tls"])
async def test_by_stream_octets_are_counted(certificate: Any, make_notice: Any, transport: str) -> None:
    heard: list[bytes] = []
    ended = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.close()
        ended.set()

    context = certificate.context if transport == "tls" else None
    server = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=context)
    async with server:
        settings = config(server.sockets[0].getsockname()[1], transport, ca_file=str(certificate.path))
        outcome = await tell(make_notice(), settings)
        async with asyncio.timeout(5):
            await ended.wait()
    assert outcome.state == "sent"
    (message,) = counted(heard[0])
    assert checked(message)[8] == make_notice().subject


async def test_a_certificate_nobody_vouches_for_is_not_spoken_to(certificate: Any, make_notice: Any) -> None:
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=certificate.context)
    async with server:
        outcome = await tell(make_notice(), config(server.sockets[0].getsockname()[1], "tls"))
    assert outcome.state == "retry"
    assert "certificate that is not trusted" in outcome.text
    assert heard == []


async def test_a_port_where_nobody_listens_is_worth_another_try(make_notice: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        outcome = await tell(make_notice(), config(free.getsockname()[1], "tcp"))
    assert (outcome.state, "cannot be reached" in outcome.text) == ("retry", True)


RSYSLOG = """
global(workDirectory="{folder}")
module(load="imtcp")
module(load="imudp")
template(name="t" type="string"
  string="%syslogfacility-text%.%syslogseverity-text% %app-name% %msgid% %structured-data% %msg%\\n")
input(type="imtcp" port="{port}" address="127.0.0.1")
input(type="imudp" port="{port}" address="127.0.0.1")
action(type="omfile" file="{folder}/out.log" template="t")
"""


@pytest.mark.skipif(not shutil.which("rsyslogd"), reason="rsyslogd is not installed")
@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_rsyslog_understands_every_part(tmp_path: Path, make_notice: Any, transport: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    conf = tmp_path / "rsyslog.conf"
    conf.write_text(RSYSLOG.format(folder=tmp_path, port=port))
    command = ["rsyslogd", "-n", "-f", str(conf), "-i", str(tmp_path / "pid")]
    daemon = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        async with asyncio.timeout(10):
            while (await tell(make_notice(), config(port, "tcp"))).state != "sent":
                await asyncio.sleep(0.05)
            notice = make_notice("escalate", number=8)
            assert (await tell(notice, config(port, transport))).state == "sent"
            log = tmp_path / "out.log"
            while not log.exists() or notice.subject not in log.read_text():
                await asyncio.sleep(0.05)
    finally:
        daemon.terminate()
        daemon.wait(10)
    line = next(one for one in log.read_text().splitlines() if notice.subject in one)
    assert line.startswith('local0.crit noc-console escalate [noc@32473 alarm="8" type="STALE_PLAYLIST"')
