"""Fetches over http and https through libcurl on the caller's asyncio loop, with every phase timed."""

from __future__ import annotations

import asyncio
import math
import select
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import pycurl

from noc_console.net import fetch_errors
from noc_console.net.fetch_handle import Handle, Held
from noc_console.net.fetch_redirects import follow
from noc_console.net.fetch_urls import wire_url
from noc_console.net.fetch_values import OPEN_ACCESS, Reply, Request
from noc_console.net.sites import needs_own_redirects

__all__ = ["OPEN_ACCESS", "Fetcher", "Reply", "Request"]

_POLLS = {
    pycurl.POLL_IN: select.EPOLLIN,
    pycurl.POLL_OUT: select.EPOLLOUT,
    pycurl.POLL_INOUT: select.EPOLLIN | select.EPOLLOUT,
}
_SELECTS = [
    (pycurl.CSELECT_IN if events & (select.EPOLLIN | select.EPOLLHUP) else 0)
    | (pycurl.CSELECT_OUT if events & select.EPOLLOUT else 0)
    | (pycurl.CSELECT_ERR if events & select.EPOLLERR else 0)
    for events in range(32)
]
_KEPT_CONNECTIONS = 1024
_MOST_CONNECTIONS = 2048
_HELD_BYTES = 256 * 1024**2


class Fetcher:
    """Many transfers on one libcurl multi handle; belongs to the running loop that it was made on.

    libcurl's sockets live in an epoll of their own, and the loop watches that one descriptor: a transfer then
    costs no asyncio handle of its own. `now` gives Unix time for `Reply.at`. Bodies under way take at most about
    `held_bytes` together: over it, those longer than a sixteenth of it are given up as too large. Proxies of the
    environment are not used. A redirect to a host that is not of the request's site loses the headers of the access.
    """

    def __init__(self, now: Callable[[], float] = time.time, held_bytes: int = _HELD_BYTES) -> None:
        self._now = now
        self._held = Held(held_bytes)
        self._loop = asyncio.get_running_loop()
        self._epoll = select.epoll()
        self._idle_fds: set[int] = set()
        self._idle: list[Handle] = []
        self._busy: dict[Any, Handle] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._due = math.inf
        self._is_soon = self._is_closed = False
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)
        self._multi.setopt(pycurl.M_MAXCONNECTS, _KEPT_CONNECTIONS)
        self._multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, _MOST_CONNECTIONS)
        self._loop.add_reader(self._epoll.fileno(), self._on_ready)

    async def fetch(self, request: Request) -> Reply:
        """Return what the server gave; the world's faults are in the reply, only cancellation is raised."""
        if request.max_redirects and request.access.headers and needs_own_redirects(request.access):
            return await follow(self._fetched, request)
        return await self._fetched(request)

    async def _fetched(self, request: Request) -> Reply:
        at = self._now()
        handle = self._idle.pop() if self._idle else Handle(self._held)
        try:
            handle.prepare(request, wire_url(request.url, request.access.query), at)
        except (ValueError, UnicodeError, pycurl.error):
            handle.forget()
            self._idle.append(handle)
            return _refused(request, at)
        future = handle.future = self._loop.create_future()
        self._busy[handle.curl] = handle
        self._multi.add_handle(handle.curl)
        try:
            code, message = await future
            return handle.reply(code, message)
        finally:
            if self._busy.pop(handle.curl, None) is not None:
                self._multi.remove_handle(handle.curl)  # cancelled: libcurl closes what was under way
            handle.forget()
            self._idle.append(handle)

    @property
    def in_flight(self) -> int:
        """How many transfers are under way."""
        return len(self._busy)

    @property
    def held_bytes(self) -> int:
        """How many bytes of unfinished bodies are held."""
        return self._held.bytes

    def close(self) -> None:
        """Abort what is under way and let go of all connections; a second time it does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        for handle in list(self._busy.values()):
            handle.future.cancel()
            self._multi.remove_handle(handle.curl)
        self._busy.clear()
        if self._timer:
            self._timer.cancel()
        self._loop.remove_reader(self._epoll.fileno())
        self._multi.close()
        for handle in self._idle:
            handle.curl.close()
        self._idle.clear()
        self._epoll.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _watch(self, what: int, fd: int, _multi: Any, _data: Any) -> None:
        """Do what libcurl asks of a socket; one it lets go of stays in the epoll until it speaks or is closed.

        A connection is let go of after each answer and taken up for the next request: this saves a system call
        each time. A closed one has left the epoll by itself, so that changing it tells that its number is new.
        """
        if what == pycurl.POLL_REMOVE:
            self._idle_fds.add(fd)
            return
        self._idle_fds.discard(fd)
        try:
            self._epoll.modify(fd, _POLLS[what])
        except FileNotFoundError:
            self._epoll.register(fd, _POLLS[what])

    def _set_timer(self, timeout_ms: int) -> None:
        """Note when libcurl wants to be called; a timer that is set for earlier is left to find it too early."""
        if timeout_ms == 0:
            self._due = 0.0
            if not self._is_soon:
                self._is_soon = True
                self._loop.call_soon(self._on_soon)
        elif timeout_ms < 0:
            self._due = math.inf
        else:
            self._due = self._loop.time() + timeout_ms / 1000
            self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            if self._timer.when() <= self._due:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(self._due, self._on_timer)

    def _on_soon(self) -> None:
        self._is_soon = False
        self._act_on_time()

    def _on_timer(self) -> None:
        self._timer = None
        if self._due <= self._loop.time():
            self._act_on_time()
        elif self._due < math.inf:
            self._arm()

    def _act_on_time(self) -> None:
        if not self._is_closed:
            self._due = math.inf
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
            self._collect()

    def _on_ready(self) -> None:
        act, idle = self._multi.socket_action, self._idle_fds
        for fd, events in self._epoll.poll(0, 256):
            if fd in idle:
                self._drop(fd)  # closed by the server while nobody asked: libcurl sees to it when it takes it up
            else:
                act(fd, _SELECTS[events & 31])
        self._collect()

    def _drop(self, fd: int) -> None:
        self._idle_fds.discard(fd)
        with suppress(OSError):
            self._epoll.unregister(fd)

    def _collect(self) -> None:
        queued = 1
        while queued:
            queued, done, failed = self._multi.info_read()
            for curl in done:
                self._finish(curl, 0, "")
            for curl, code, message in failed:
                self._finish(curl, code, message)

    def _finish(self, curl: Any, code: int, message: str) -> None:
        handle = self._busy.pop(curl, None)
        if handle is None:
            return
        self._multi.remove_handle(curl)
        if not handle.future.done():
            handle.future.set_result((code, message))


def _refused(request: Request, at: float) -> Reply:
    text = fetch_errors.sentence("url", url="", detail="", timeout=0, limit=0, redirects=0, size=0)
    return Reply(url=request.url, effective_url=request.url, at=at, error="url", error_text=text)
