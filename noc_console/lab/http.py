"""A lean HTTP/1.1 server on asyncio and httptools: keep-alive, bounded, one answer at a time per connection."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

import httptools

from noc_console.lab.clock import Clock
from noc_console.lab.reply import Reply, Request, text_reply

MAX_URL = 4096
MAX_HEADERS = 16_384
MAX_BODY = 65_536
MAX_CONNECTIONS = 4096
MAX_PIPELINED = 64
IDLE_S = 75.0
_CHUNKS = 20
_METHODS = ("GET", "HEAD", "POST", "DELETE", "OPTIONS")
_ALWAYS = (
    "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: Date, ETag, Content-Length, Content-Range\r\n"
)
_REASONS = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one answer: when the request was complete, how many bytes of body went out, in what time."""

    request: Request
    reply: Reply
    at: float
    size: int
    took_s: float


Answer = Callable[[Request, float], Reply]
Report = Callable[[Sent], None]


class Connection(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[tuple[Request, float, bool]] = deque()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._is_busy = False
        self._is_full = False
        self._begin()

    def _begin(self) -> None:
        self._url = b""
        self._headers: dict[str, str] = {}
        self._header_bytes = 0
        self._body = b""

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Override: refuse the connection when there are too many."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if not self._server.enter(self):
            transport.abort()
            return
        self._rest()

    def connection_lost(self, exc: Exception | None) -> None:
        """Override: forget what was still to be sent."""
        self._server.leave(self)
        self._transport = None
        for timer in (self._timer, self._idle):
            if timer is not None:
                timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Override: parse; anything that is not HTTP/1.1 gets 400 and the connection is closed."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._refuse(400)
        except httptools.HttpParserError:
            self._refuse(400)

    def pause_writing(self) -> None:
        """Override: the client reads slowly; ask no more of ourselves."""
        self._is_full = True

    def resume_writing(self) -> None:
        """Override: the client has caught up."""
        self._is_full = False
        self._next()

    def close(self) -> None:
        """Close the connection now."""
        if self._transport is not None:
            self._transport.abort()

    # httptools callbacks

    def on_message_begin(self) -> None:
        """Override: a new request starts."""
        self._begin()

    def on_url(self, url: bytes) -> None:
        """Override: take the request target, bounded."""
        self._url += url
        if len(self._url) > MAX_URL:
            self._refuse(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Override: take one header, bounded."""
        self._header_bytes += len(name) + len(value)
        if self._header_bytes > MAX_HEADERS:
            self._refuse(431)
            return
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        """Override: take a part of the body, bounded."""
        if len(self._body) + len(body) > MAX_BODY:
            self._refuse(413)
            return
        self._body += body

    def on_message_complete(self) -> None:
        """Override: answer, or wait for the answer before it."""
        path, _, query = self._url.decode("latin-1").partition("?")
        method = self._parser.get_method().decode("latin-1")
        request = Request(method, path, query, self._headers, self._body)
        if len(self._waiting) >= MAX_PIPELINED:
            self._refuse(429)
            return
        self._waiting.append((request, self._server.clock(), self._parser.should_keep_alive()))
        self._next()

    # answering

    def _next(self) -> None:
        while self._waiting and not self._is_busy and not self._is_full and self._transport is not None:
            request, at, keep = self._waiting.popleft()
            self._answer(request, at, keep)
        if not self._waiting and not self._is_busy:
            self._rest()

    def _answer(self, request: Request, at: float, keep: bool) -> None:
        if request.method not in _METHODS:
            self._refuse(405)
            return
        reply = self._server.answer(request, at)
        if reply.delay_s > 0:
            self._is_busy = True
            self._later(reply.delay_s, self._send, request, reply, at, keep)
        else:
            self._send(request, reply, at, keep)

    def _send(self, request: Request, reply: Reply, at: float, keep: bool) -> None:
        transport = self._transport
        self._is_busy = False
        if transport is None:
            return
        if reply.is_reset:
            _reset(transport)
            self._report(request, reply, at, 0)
            return
        body = b"" if request.method == "HEAD" else reply.body
        is_cut = reply.cut >= 0 and bool(body)
        head = self._server.head(reply, keep and not is_cut)
        body = body[: reply.cut] if is_cut else body
        if reply.pace_s > 0 and body:
            transport.write(head)
            self._is_busy = True
            self._drip(request, reply, at, keep and not is_cut, body, 0)
            return
        if len(body) < 65_536:
            transport.write(head + body)
        else:
            transport.writelines((head, body))
        self._finish(request, reply, at, keep and not is_cut, len(body))

    def _drip(self, request: Request, reply: Reply, at: float, keep: bool, body: bytes, done: int) -> None:
        if self._transport is None:
            return
        step = -(-len(body) // _CHUNKS)
        self._transport.write(body[done : done + step])
        done = min(done + step, len(body))
        if done < len(body):
            self._later(reply.pace_s / _CHUNKS, self._drip, request, reply, at, keep, body, done)
            return
        self._is_busy = False
        self._finish(request, reply, at, keep, done)
        self._next()

    def _finish(self, request: Request, reply: Reply, at: float, keep: bool, size: int) -> None:
        self._report(request, reply, at, size)
        if not keep and self._transport is not None:
            self._waiting.clear()
            self._transport.close()
        elif reply.delay_s > 0:
            asyncio.get_running_loop().call_soon(self._next)

    def _report(self, request: Request, reply: Reply, at: float, size: int) -> None:
        self._server.report(Sent(request, reply, at, size, self._server.clock() - at))

    def _refuse(self, status: int) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._waiting.clear()
            self._transport.write(self._server.head(text_reply(status, ""), keep=False))
            self._transport.close()

    def _later(self, delay_s: float, call: Callable[..., None], *args: object) -> None:
        self._timer = asyncio.get_running_loop().call_later(delay_s, call, *args)

    def _rest(self) -> None:
        """Close the connection when nothing is asked for a while."""
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(IDLE_S, self._give_up)

    def _give_up(self) -> None:
        if self._is_busy:
            self._rest()
        else:
            self.close()


class Server:
    """Listens on loopback and hands every request to one function."""

    def __init__(self, clock: Clock, answer: Answer, report: Report) -> None:
        self.clock = clock
        self.answer = answer
        self.report = report
        self._connections: set[Connection] = set()
        self._listener: asyncio.Server | None = None
        self._date = (0, "")

    async def start(self, port: int) -> int:
        """Listen on 127.0.0.1 and return the port; OSError when it is taken."""
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(lambda: Connection(self), "127.0.0.1", port, backlog=1024)
        bound: int = self._listener.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        if self._listener is not None:
            self._listener.close()
            for connection in tuple(self._connections):
                connection.close()
            await self._listener.wait_closed()

    def enter(self, connection: Connection) -> bool:
        """Take note of a connection; False when there are too many."""
        if len(self._connections) >= MAX_CONNECTIONS:
            return False
        self._connections.add(connection)
        return True

    def leave(self, connection: Connection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)

    def head(self, reply: Reply, keep: bool) -> bytes:
        """Return status line and headers."""
        lines = [f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, '')}\r\nDate: {self._now()}\r\n", _ALWAYS]
        if reply.status != 304:
            lines.append(f"Content-Length: {len(reply.body)}\r\n")
        lines.extend(f"{name}: {value}\r\n" for name, value in reply.headers)
        lines.append("\r\n" if keep else "Connection: close\r\n\r\n")
        return "".join(lines).encode("latin-1")

    def _now(self) -> str:
        second = int(self.clock())
        if second != self._date[0]:
            self._date = (second, formatdate(second, usegmt=True))
        return self._date[1]


def _reset(transport: asyncio.Transport) -> None:
    """Close with a TCP reset: no lingering on what is unsent (SO_LINGER on, 0 s)."""
    peer: socket.socket = transport.get_extra_info("socket")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
