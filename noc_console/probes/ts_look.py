"""What has been analysed of one stream since the last second, told as one look; errors are kept as packets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from noc_console.media.ts.details import details
from noc_console.media.ts.profile import Profile
from noc_console.model import Finding, Severity
from noc_console.probes.tools import Tools
from noc_console.probes.ts_media import StreamCuts
from noc_console.probes.ts_packets import ErrorShelf
from noc_console.probes.ts_reader import Read, StreamReader

SCOPE = "ts"
_PARTS_EVERY = 10  # seconds between two looks at PIDs and services: their curves are for days, not for seconds
_CONTINUITY = "1.4"
_NO_PACKETS = "ts-no-packets"


class StreamLook:
    """The memory of one stream from look to look; one that `is_paced` as it is played is decoded too."""

    def __init__(self, tools: Tools, profile: Profile | None = None, *, is_paced: bool = True) -> None:
        self.reader = StreamReader(profile)
        self._tools = tools
        self._errors = ErrorShelf()
        self._cuts = StreamCuts(tools, tools.spool) if tools.spool and is_paced else None
        self._turn = 0
        self._was_silent = False
        self.packets = self.broken = 0

    def take(self, reads: Iterable[Read], *, is_ours: bool = False, since: float | None = None) -> None:
        """Count what was read; `is_ours` says that datagrams were lost on our side among it.

        `since` is when the first of it came, where it has gathered for a while (Unix seconds).
        """
        for read in reads:
            piece, batch = read.piece, read.batch
            self.packets += batch.packets
            if self._cuts is not None:
                self._cuts.take(piece.block, self.reader.analyser.psi.tree, self._tools.now(), since)
            self.broken += batch.counts.get(_CONTINUITY, 0)
            if batch.errors:
                self._errors.add(batch.errors, piece.block, piece.first_index, piece.size, ours=is_ours)
            for event in batch.events:
                self._tools.note("event", {"kind": event.kind, "at": event.at, **event.data})

    def tell(self, at: float, own: Mapping[str, float], found: Iterable[Finding], ours: int = 0) -> None:
        """Hand on the measures since the last call, with metrics and findings of the way the stream came.

        `ours` datagrams were lost on our side: continuity errors are then counted as ours and no fault of the stream.
        """
        measures = self.reader.analyser.tick(at)
        metrics = {**measures.metrics.get(SCOPE, {}), **own, "ts.packets_per_s": float(self.packets)}
        findings = [*measures.findings, *found]
        was_silent, self._was_silent = self._was_silent, not self.packets and self.reader.grid.packets > 0
        if self._was_silent or was_silent:
            # where nothing comes, what is missing in it is no error of its own, nor is the gap when it comes again
            metrics |= {name: 0.0 for name in metrics if name.endswith("_errors")}
            findings = list(found)
        if ours:
            metrics["ts.cc_errors_ours"] = float(self.broken)
            metrics["ts.cc_errors"] = 0.0
            metrics["ts.p1_errors"] = max(0.0, metrics.get("ts.p1_errors", 0.0) - self.broken)
            findings = [_marked(finding, ours) for finding in findings]
        if not self.reader.grid.is_locked and self.reader.grid.losses:
            # sync that stays lost is lost in each second of it, and nothing that is a packet comes meanwhile
            metrics["ts.sync_losses"] = max(1.0, metrics.get("ts.sync_losses", 0.0))
            if not self.packets and all(finding.id != _NO_PACKETS for finding in findings):
                findings.append(Finding(_NO_PACKETS, "What comes has no transport stream sync for 1 s."))
        self._tools.look(SCOPE, at, metrics, tuple(findings))
        self.packets = self.broken = 0
        self._turn += 1
        if self._turn % _PARTS_EVERY == 1:
            for scope, some in measures.metrics.items():
                if scope != SCOPE:
                    self._tools.look(scope, at, some)

    def newest_errors(self, indicator: str, limit: int) -> list[dict[str, Any]]:
        """Return the newest counted errors as packets, of one indicator of TR 101 290 or of all."""
        return self._errors.newest(indicator, limit)

    def report(self) -> dict[str, Any]:
        """Return services, PIDs, tables and counts: the details of an inspection."""
        told = details(self.reader.analyser.report())
        return {**told, "packet_size": self.reader.grid.size or told["packet_size"]}


def _marked(finding: Finding, ours: int) -> Finding:
    """Return a continuity finding as ours: what this machine lost is never blamed on the stream."""
    if finding.id != "ts-cc":
        return finding
    text = f"{finding.text.rstrip('.')}; {ours} datagrams were lost in this machine, which explains it."
    return replace(finding, text=text, where={**finding.where, "ours": 1}, severity=Severity.WARNING)
