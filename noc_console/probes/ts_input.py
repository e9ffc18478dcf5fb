"""One live transport stream: what its socket received is analysed, and how it came is told beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from noc_console.media.ts.profile import Profile
from noc_console.model import Finding
from noc_console.net.udp import JoinFailed
from noc_console.probes.tools import Tools
from noc_console.probes.ts_account import Account
from noc_console.probes.ts_look import StreamLook
from noc_console.probes.ts_receiver import Receiver

SILENCE_S = 1.0
_TICK_S = 0.85  # a look that comes sooner, because the ring fills up, is no second of its own


class TsInput:
    """The memory of one input from look to look."""

    def __init__(self, tools: Tools, receiver: Receiver, profile: Profile | None = None) -> None:
        self.receiver: Receiver | None = receiver
        self._from = receiver
        self._look = StreamLook(tools, profile)
        self._tools = tools
        self._account = Account(receiver)
        self._began_at = self._ticked_at = tools.now()
        self._sender = ""
        self._is_silent = False
        self._ours = 0

    def look(self, at: float) -> None:
        """Analyse what came; once a second, and when packets stop, tell what it was.

        Raises JoinFailed when the system is no member of the group any more: it has to be joined again.
        """
        ours = self._account.ours()
        self._ours += ours
        arrived = self._from.take()
        reads = self._look.reader.feed(arrived.data, arrived.begins, arrived.times)
        since = float(arrived.times[0]) if len(arrived.times) else None
        self._look.take(reads, is_ours=bool(ours), since=since)
        self._mind_sender(at)
        is_silent = at - max(self._from.newest_at, self._began_at) >= SILENCE_S
        is_news = is_silent and not self._is_silent
        self._is_silent = is_silent
        if at - self._ticked_at >= _TICK_S or is_news:
            self._tell(at)
        if not self._from.is_joined:
            raise JoinFailed(f"This machine is no member of {self._from.address.host} any more; it joins again.")

    def _tell(self, at: float) -> None:
        self._ticked_at = at
        ours, self._ours = self._ours, 0
        broken = 0 if ours else self._look.broken
        own, found = self._account.second(self._look.packets, broken, ours)
        own |= {"ts.igmp_joined": 1.0, "ts.ring_s": self._held_s()}
        if self._is_silent:
            found.append(self._no_packets(at))
        self._look.tell(at, own, found, ours)

    def _no_packets(self, at: float) -> Finding:
        newest = self._from.newest_at
        silent_s = at - max(newest, self._began_at)
        what = "No packets" if newest else "No packets have come since the input was opened"
        return Finding("ts-no-packets", f"{what} for {silent_s:.0f} s, limit 1 s.", {"url": self._tools.input.url})

    def _mind_sender(self, at: float) -> None:
        before, now = self._sender, self._from.sender
        self._sender = now
        if before and before != now:
            text = f"The sender changed from {before} to {now}."
            event = {"kind": "SourceChanged", "at": at, "finding": "ts-source-changed", "text": text}
            self._tools.note("event", {**event, "before": before, "after": now})

    def _held_s(self) -> float:
        return self._from.ring.seconds if self._from.ring else 0.0

    def packets(self, indicator: str, limit: int) -> list[dict[str, Any]]:
        """Return the newest counted errors as packets, of one indicator of TR 101 290 or of all."""
        return self._look.newest_errors(indicator, limit)

    def report(self) -> dict[str, Any]:
        """Return everything known of the stream: the API's `GET /channels/{id}/ts`."""
        receiver, order = self._from, self._from.order
        source: Mapping[str, Any] = {
            "sender": receiver.sender,
            "protocol": "rtp" if order else "udp",
            "datagrams": receiver.datagrams,
            "socket_drops": receiver.drops,
            "overrun": receiver.overrun,
            "sender_changes": receiver.sender_changes,
            "rtp": None if order is None else {name: getattr(order.counts, name) for name in order.counts.__slots__},
            "ring_s": round(self._held_s(), 3),
            "ring_bytes": receiver.ring_bytes,
        }
        return {"source": source, **self._look.report()}
