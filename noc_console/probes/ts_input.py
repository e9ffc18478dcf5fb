"""One live transport stream: what arrived goes through the analyser; a second's measures become one look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from noc_console.media.ts.profile import Profile
from noc_console.model import Finding, Severity
from noc_console.probes.tools import Tools
from noc_console.probes.ts_account import Account
from noc_console.probes.ts_packets import ErrorShelf
from noc_console.probes.ts_reader import StreamReader
from noc_console.probes.ts_receiver import Receiver

SCOPE = "ts"
SILENCE_S = 1.0
_TICK_S = 0.85  # a look that comes sooner, because the ring fills up, is no second of its own
_PARTS_EVERY = 10  # seconds between two looks at PIDs and services: their curves are for days, not for seconds
_CONTINUITY = "1.4"


class TsInput:
    """The memory of one input from look to look."""

    def __init__(self, tools: Tools, receiver: Receiver, profile: Profile | None = None) -> None:
        self.receiver = receiver
        self.reader = StreamReader(profile)
        self.errors = ErrorShelf()
        self._tools = tools
        self._account = Account(receiver)
        self._began_at = self._ticked_at = tools.now()
        self._sender = ""
        self._turn = 0
        self._is_silent = False
        self._packets = self._broken = self._ours = 0

    def look(self, at: float) -> None:
        """Analyse what came; once a second tell what it was."""
        ours = self._account.ours()
        self._ours += ours
        arrived = self.receiver.take()
        for read in self.reader.feed(arrived.data, arrived.begins, arrived.times):
            piece, batch = read.piece, read.batch
            self._packets += batch.packets
            self._broken += batch.counts.get(_CONTINUITY, 0)
            if batch.errors:
                self.errors.add(batch.errors, piece.block, piece.first_index, piece.size, ours=bool(ours))
            for event in batch.events:
                self._tools.note("event", {"kind": event.kind, "at": event.at, **event.data})
        self._mind_sender(at)
        is_silent = at - max(self.receiver.newest_at, self._began_at) >= SILENCE_S
        is_news = is_silent and not self._is_silent
        self._is_silent = is_silent
        if at - self._ticked_at >= _TICK_S or is_news:
            self._tell(at, is_silent)

    def _tell(self, at: float, is_silent: bool) -> None:
        self._ticked_at = at
        measures = self.reader.analyser.tick(at)
        ours, self._ours = self._ours, 0
        packets, self._packets = self._packets, 0
        broken, self._broken = self._broken, 0
        metrics = dict(measures.metrics.get(SCOPE, {}))
        own, found = self._account.second(packets, 0 if ours else broken, ours)
        findings = [*measures.findings, *found]
        if ours:
            metrics["ts.cc_errors_ours"] = float(broken)
            metrics["ts.cc_errors"] = 0.0
            findings = [_marked(finding, ours) for finding in findings]
        if is_silent:
            findings.append(self._no_packets(at))
        metrics |= own
        metrics["ts.packets_per_s"] = float(packets)
        metrics["ts.igmp_joined"] = 1.0
        metrics["ts.ring_s"] = self._held_s()
        self._tools.look(SCOPE, at, metrics, tuple(findings))
        self._turn += 1
        if self._turn % _PARTS_EVERY == 1:
            for scope, some in measures.metrics.items():
                if scope != SCOPE:
                    self._tools.look(scope, at, some)

    def _no_packets(self, at: float) -> Finding:
        newest = self.receiver.newest_at
        silent_s = at - max(newest, self._began_at)
        what = "No packets have come since the group was joined" if not newest else "No packets"
        return Finding("ts-no-packets", f"{what} for {silent_s:.0f} s, limit 1 s.", {"url": self._tools.input.url})

    def _mind_sender(self, at: float) -> None:
        sender = self.receiver.sender
        if sender != self._sender:
            if self._sender:
                data = {
                    "before": self._sender,
                    "after": sender,
                    "text": f"The sender changed from {self._sender} to {sender}.",
                }
                self._tools.note("event", {"kind": "SourceChanged", "finding": "ts-source-changed", "at": at, **data})
            self._sender = sender

    def _held_s(self) -> float:
        return self.receiver.ring.seconds if self.receiver.ring else 0.0

    def packets(self, indicator: str, limit: int) -> list[dict[str, Any]]:
        """Return the newest counted errors as packets, of one indicator of TR 101 290 or of all."""
        return self.errors.newest(indicator, limit)

    def report(self) -> dict[str, Any]:
        """Return everything known of the stream: the API's `GET /channels/{id}/ts`."""
        from noc_console.media.ts.details import details

        receiver = self.receiver
        order = receiver.order
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
        return {"source": source, **details(self.reader.analyser.report())}


def _marked(finding: Finding, ours: int) -> Finding:
    """Return a continuity finding as ours: what this machine lost is never blamed on the stream."""
    if finding.id != "ts-cc":
        return finding
    text = f"{finding.text.rstrip('.')}; {ours} datagrams were lost in this machine, which explains it."
    return replace(finding, text=text, where={**finding.where, "ours": 1}, severity=Severity.WARNING)
