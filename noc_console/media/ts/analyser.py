"""The analyser of one transport stream: blocks of packets in, errors, measures and a report out.

It asks no clock. Live, each packet has its arrival time; offline the time of a packet is its place between two PCRs
of the reference PID, so that what a block holds may wait for the next PCR. How the stream is divided into blocks
changes nothing.

What it calls of the rooms beside (see `psi.Psi` and `es.Looker`):

- `psi.wanted` uint8[8192]: 1 where sections are carried; the payloads of those PIDs go to
  `psi.feed(pid, starts, payload, packet_index, at)` in order, `psi.lost(pid)` before one that follows a continuity
  error; scrambled ones go to `psi.scrambled(pid, packet_index, at)` in their place, once a run.
- `psi.tick(at)`: once a second of stream time, for what is absent.
- `psi.errors: list[PacketError]`, `psi.events: list[Event]`: what has been found; the analyser takes and clears them.
- `psi.referenced` uint8[8192] (1: some PSI refers to it, or it is reserved), `psi.kinds` uint8[8192] (1 video,
  2 audio, 0 other), `psi.clock_pids` int16[8192] (the PCR PID of the PID's programme, -1 unknown).
- `looker.wanted` uint8[8192]: 1 where the format of a PID is still to be learned; then
  `looker.look(pid, pes_bytes)` is called with a PES head and what follows it in the packet.

`at` is NaN where the stream has no clock at all: no limit is then broken, because every comparison is false.
"""

from __future__ import annotations

from noc_console.media.ts.outcome import Batch, Measures, PacketError, PcrReport, PidReport, Report

__all__ = ["Batch", "Measures", "PacketError", "PcrReport", "PidReport", "Report"]
