"""Our clock against the world: the median of what the origins say, and whether the kernel is synchronised."""

from __future__ import annotations

import ctypes
from collections import deque
from email.utils import mktime_tz, parsedate_tz
from statistics import median
from urllib.parse import urlsplit

from noc_console.net.fetch import Reply

LEAST_HOSTS = 3
_MOST_HOSTS = 256
_SAMPLES = 32
_ERROR = 5  # adjtimex(2): TIME_ERROR, the clock is not synchronised


class WorldClock:
    """How far our clock is ahead of the origins', learned from Date headers and UTCTiming.

    One host can be wrong and often is; only the median of at least three is believed.
    """

    def __init__(self) -> None:
        self._hosts: dict[str, deque[float]] = {}
        self._dates: dict[str, float] = {}

    def learn(self, reply: Reply) -> None:
        """Take the Date header of an answer; one from a cache (Age over 0) tells an old time and is left out."""
        date = reply.headers.get("date")
        if not date or reply.error or reply.headers.get("age", "0") != "0":
            return
        theirs = self._dates.get(date)
        if theirs is None:
            theirs = _seconds(date)
            if theirs is None:
                return
            if len(self._dates) > 512:
                self._dates.clear()
            self._dates[date] = theirs
        # RFC 9110 6.6.1: the Date has a grain of 1 s, so the moment is on average half a second later
        ours = reply.at + reply.total_s - reply.body_s - reply.ttfb_s / 2
        self.add(_host(reply.effective_url), ours - (theirs + 0.5))

    def add(self, host: str, offset_s: float) -> None:
        """Take one measured offset (ours minus theirs, seconds), as UTCTiming gives it."""
        samples = self._hosts.get(host)
        if samples is None:
            if len(self._hosts) >= _MOST_HOSTS:
                return
            samples = self._hosts[host] = deque(maxlen=_SAMPLES)
        samples.append(offset_s)

    @property
    def hosts(self) -> int:
        """How many hosts have told their time."""
        return len(self._hosts)

    @property
    def offset_s(self) -> float | None:
        """Our clock ahead of the world in seconds; None while fewer than three hosts are known."""
        if len(self._hosts) < LEAST_HOSTS:
            return None
        return median(median(samples) for samples in self._hosts.values())


def is_synced() -> bool | None:
    """Return whether the kernel says its clock is synchronised; None where it cannot be asked."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        buffer = ctypes.create_string_buffer(512)  # struct timex with modes = 0: read only
        state: int = libc.adjtimex(buffer)
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != _ERROR


def _seconds(date: str) -> float | None:
    parts = parsedate_tz(date[:64])
    try:
        return float(mktime_tz(parts)) if parts else None
    except (ValueError, OverflowError):
        return None


def _host(url: str) -> str:
    """Return the name of a host without its port: one machine has one clock."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
