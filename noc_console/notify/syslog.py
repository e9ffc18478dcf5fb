"""Syslog by RFC 5424, over UDP (RFC 5426), TCP with octet counting (RFC 6587) and TLS (RFC 5425)."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from datetime import UTC, datetime
from typing import Annotated, Literal

import httpx
from pydantic import Field

from noc_console.net.tls import system_trust
from noc_console.notify.outcome import Outcome
from noc_console.notify.receiver import Kind, Line, Port, ReceiverConfig
from noc_console.routing.notice import Action, Notice
from noc_console.routing.texts import one_line

MAX_UDP_BYTES = 2048  # RFC 5424, 6.1: what receivers should take
MAX_STREAM_BYTES = 8192
# RFC 5424, table 2
_SEVERITIES = {"critical": 2, "major": 3, "minor": 4, "warning": 5}
_INFORMATIONAL = 6
_REFUSAL_S = 0.05
_FAREWELL_S = 1.0
_BOM = b"\xef\xbb\xbf"


class SyslogConfig(ReceiverConfig, frozen=True):
    """Where to, how, and as what; `sd_id` names the structured data (NAME@your enterprise number)."""

    host: Line
    port: Port = 514
    transport: Literal["udp", "tcp", "tls"] = "udp"
    facility: int = Field(default=16, ge=0, le=23)
    app_name: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,48}$")] = "noc-console"
    sd_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\-]{1,20}@[0-9.]{1,11}$")] = "noc@32473"
    ca_file: Line = ""


async def deliver(notice: Notice, config: SyslogConfig, secret: str, client: httpx.AsyncClient) -> Outcome:
    """Hand the message over; syslog has no answer, so "sent" means that nothing spoke against it."""
    place = f"{config.host}:{config.port} ({config.transport})"
    limit = MAX_UDP_BYTES if config.transport == "udp" else MAX_STREAM_BYTES
    line = message(notice, config, socket.gethostname(), limit)
    try:
        async with asyncio.timeout(config.timeout_s):
            if config.transport == "udp":
                return await _by_udp(line, config, place)
            reader, writer = await asyncio.open_connection(config.host, config.port, ssl=_tls(config))
    except ssl.SSLCertVerificationError as error:
        return Outcome("retry", f"{place} has a certificate that is not trusted ({error.verify_message}).")
    except TimeoutError:
        return Outcome("retry", f"{place} does not answer.")
    except (OSError, UnicodeError) as error:
        return Outcome("retry", f"{place} cannot be reached ({_name(error)}).")
    return await _by_stream(line, reader, writer, place)


async def _by_udp(line: bytes, config: SyslogConfig, place: str) -> Outcome:
    loop = asyncio.get_running_loop()
    refused: asyncio.Future[Exception] = loop.create_future()

    class Sender(asyncio.DatagramProtocol):
        def error_received(self, exc: Exception) -> None:
            if not refused.done():
                refused.set_result(exc)

    transport, _ = await loop.create_datagram_endpoint(Sender, remote_addr=(config.host, config.port))
    try:
        transport.sendto(line)
        # a machine where nobody listens says so at once
        done, _ = await asyncio.wait([refused], timeout=_REFUSAL_S)
    finally:
        transport.close()
    if done:
        return Outcome("retry", f"{place}: nobody listens there.")
    return Outcome("sent", f"Handed to the network for {place}; UDP has no answer.")


async def _by_stream(line: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, place: str) -> Outcome:
    try:
        # RFC 6587, 3.4.1 and RFC 5425, 4.3: MSG-LEN SP SYSLOG-MSG
        writer.write(b"%d " % len(line) + line)
        await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
        async with asyncio.timeout(_FAREWELL_S):
            await reader.read(1)
    except TimeoutError:
        return Outcome("sent", f"{place} took it; syslog has no answer.")
    except OSError:
        return Outcome("uncertain", f"{place} broke the connection; it may have heard.")
    finally:
        writer.close()
    return Outcome("sent", f"{place} took it; syslog has no answer.")


def _tls(config: SyslogConfig) -> ssl.SSLContext | None:
    if config.transport != "tls":
        return None
    return ssl.create_default_context(cafile=config.ca_file or system_trust())


def message(notice: Notice, config: SyslogConfig, host: str, limit: int) -> bytes:
    """Return the message of RFC 5424, 6, of at most so many bytes."""
    alarm = notice.alarm
    is_over = notice.action is Action.RESOLVE
    severity = _INFORMATIONAL if is_over else _SEVERITIES.get(str(alarm.get("severity", "")), _INFORMATIONAL)
    at = datetime.fromtimestamp(notice.due_at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    head = f"<{config.facility * 8 + severity}>1 {at} {_printable(host, 255)} {config.app_name} - {notice.action}"
    values = {
        "alarm": notice.alarm_id,
        "type": alarm.get("alarm_type", ""),
        "severity": alarm.get("severity", ""),
        "channel": alarm.get("channel_code", ""),
        "layer": alarm.get("layer", ""),
        "notice": notice.id,
        "test": "true" if notice.is_test else "false",
    }
    data = "".join(f' {name}="{_escaped(value)}"' for name, value in values.items())
    begin = f"{head} [{config.sd_id}{data}] ".encode()
    room = max(0, limit - len(begin) - len(_BOM))
    text = one_line(notice.subject).encode("utf-8", "replace")[:room].decode("utf-8", "ignore").encode()
    return begin + _BOM + text


def _escaped(value: object) -> str:
    # RFC 5424, 6.3.3: in a value " \ and ] are escaped
    return re.sub(r'(["\\\]])', r"\\\1", one_line(str(value)))[:255]


def _printable(text: str, longest: int) -> str:
    return "".join(sign for sign in text if "!" <= sign <= "~")[:longest] or "-"


def _name(error: BaseException) -> str:
    return getattr(error, "strerror", None) or type(error).__name__


KIND = Kind(SyslogConfig, deliver)
