"""Frames between a worker and the core over a socketpair: `type u8 | length u32 | payload`, little-endian."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from noc_console.errors import KnownError

HEAD = struct.Struct("<BI")
MOST_PAYLOAD_BYTES = 32 * 1024**2
_BUFFER_BYTES = 1024**2


class FrameType(IntEnum):
    """What a frame holds; the first three go up to the core, the last two down to the worker."""

    DECLARE = 1
    BATCH = 2
    NOTE = 3
    ASSIGN = 4
    COMMAND = 5


class GarbledFrame(KnownError):
    """What came through the pipe is no frame of ours: the process at the other end is to be replaced."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as it came; `json` reads the payload of all types but BATCH."""

    type: FrameType
    payload: bytes

    def json(self) -> dict[str, Any]:
        """Return the payload as a JSON object; raises GarbledFrame where it is none."""
        try:
            found = json.loads(self.payload)
        except (ValueError, RecursionError) as error:
            raise GarbledFrame(f"A {self.type.name} frame of the pipe is not valid JSON.") from error
        if not isinstance(found, dict):
            raise GarbledFrame(f"A {self.type.name} frame of the pipe holds no JSON object.")
        return found


def encoded(type_: FrameType, payload: bytes) -> bytes:
    """Return a frame as it goes over the pipe; a payload over 32 MiB raises GarbledFrame."""
    if len(payload) > MOST_PAYLOAD_BYTES:
        raise GarbledFrame(f"A {type_.name} frame of {len(payload)} bytes is larger than the pipe allows.")
    return HEAD.pack(type_, len(payload)) + payload


def encoded_json(type_: FrameType, content: Any) -> bytes:
    """Return a frame with a JSON payload."""
    return encoded(type_, json.dumps(content, separators=(",", ":")).encode())


def head(raw: bytes) -> tuple[FrameType, int]:
    """Return type and payload length of a frame's five first bytes; raises GarbledFrame."""
    number, length = HEAD.unpack(raw)
    try:
        type_ = FrameType(number)
    except ValueError:
        raise GarbledFrame(f"The pipe carries a frame of unknown type {number}.") from None
    if length > MOST_PAYLOAD_BYTES:
        raise GarbledFrame(f"The pipe announces a frame of {length} bytes, more than it allows.")
    return type_, length


class Pipe:
    """One end of the socketpair, for asyncio; both processes use the same class."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self) -> Frame | None:
        """Return the next frame, None when the other end has closed; raises GarbledFrame."""
        try:
            type_, length = head(await self._reader.readexactly(HEAD.size))
            return Frame(type_, await self._reader.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    def write(self, raw: bytes) -> None:
        """Queue an encoded frame; whoever writes looks at `backlog_bytes` first."""
        if not self._writer.is_closing():
            self._writer.write(raw)

    async def drain(self) -> None:
        """Wait until the queue is short again; a closed pipe ends the wait."""
        try:
            await self._writer.drain()
        except ConnectionError:
            return

    @property
    def backlog_bytes(self) -> int:
        """How much is queued because the other end does not read."""
        return self._writer.transport.get_write_buffer_size()

    def close(self) -> None:
        """Close this end; the other one reads the end of the stream."""
        self._writer.close()


async def open_pipe(end: socket.socket) -> Pipe:
    """Return the pipe on one end of a socketpair."""
    for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        end.setsockopt(socket.SOL_SOCKET, option, _BUFFER_BYTES)
    reader, writer = await asyncio.open_connection(sock=end, limit=_BUFFER_BYTES)
    return Pipe(reader, writer)
