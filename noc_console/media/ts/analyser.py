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

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts import packets
from noc_console.media.ts.clock import Clock
from noc_console.media.ts.grid import SyncEvent
from noc_console.media.ts.hunt import SIZES
from noc_console.media.ts.kernels import ReadHeads, kernels_of
from noc_console.media.ts.ledger import Ledger
from noc_console.media.ts.looking import Looking
from noc_console.media.ts.outcome import WHOLE_STREAM, Batch, Measures, PacketError, PcrReport, PidReport, Report
from noc_console.media.ts.packets import BAD_SYNC, ERROR, NULL_PID, PAYLOAD, SCRAMBLED, STARTS, Bytes
from noc_console.media.ts.pcr import Pcrs, Steps
from noc_console.media.ts.pcr_judge import PcrJudge
from noc_console.media.ts.presence import Presence
from noc_console.media.ts.profile import Profile
from noc_console.media.ts.psi import Psi
from noc_console.media.ts.scan import Scanned, Scanner, part_of, payload_of
from noc_console.media.ts.stamp_judge import StampJudge
from noc_console.media.ts.ticking import Ticker
from noc_console.media.ts.timeline import Arrival, Timeline
from noc_console.media.ts.windows import BITS, Windows

__all__ = ["Analyser", "Batch", "Measures", "PacketError", "PcrReport", "PidReport", "Report"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CHUNK = 131072  # packets read in one go
_REMEMBER_EVERY = 5  # seconds between the sums that the average of five minutes is made of


class Analyser:
    """All checks of one transport stream; nothing it keeps grows with the length of the stream.

    `read_heads` is `packets.read_heads` (numpy alone) or `fast.read_heads` (compiled); the results are the same.
    """

    def __init__(self, profile: Profile | None = None, read_heads: ReadHeads = packets.read_heads) -> None:
        kernels = kernels_of(read_heads)
        self.profile = profile or Profile()
        self.psi = Psi(self.profile)
        self.ledger = Ledger()
        self.windows = Windows()
        self.pcrs = PcrJudge(self.profile, self.ledger)
        self.stamps = StampJudge(self.profile, self.ledger, self.psi, kernels.follow_buffers)
        self.presence = Presence(self.profile, self.ledger, self.psi, self.windows)
        self.sync_losses = 0
        self.packet_size = packets.PACKET
        self._scanner = Scanner(kernels)
        self._looking = Looking(self.psi.looker)
        self._ticker = Ticker(self)
        self._time: Timeline | None = None
        self._waiting: list[Scanned] = []
        self._settled = 0
        self._steps: Steps | None = None
        self._sync_waiting: list[PacketError] = []
        self._tree_seen: object = self.psi.tree.pmt_pids
        self._hidden: set[int] = set()
        self._seconds = 0

    @property
    def scrambled(self) -> Mapping[int, int]:
        """Scrambled packets by PID since the beginning."""
        return self._scanner.scrambled

    def feed(self, block: Bytes, times: Floats | None = None, sync: Sequence[SyncEvent] = ()) -> Batch:
        """Take packets (n, 188); `sync` is what the grid said before them, `times` when each of them arrived.

        Times are Unix seconds that never fall; either all blocks have them or none.
        """
        self._take_sync(sync)
        if len(block) > 1 and block.strides[0] in SIZES:
            self.packet_size = block.strides[0]
        if self._time is None:
            self._time = Clock() if times is None else Arrival()
            self.windows.begin(0.0 if times is None or not len(times) else float(times[0]))
        for begin in range(0, len(block), CHUNK):
            scanned = self._scanner.read(block[begin : begin + CHUNK])
            pcr = scanned.pcr
            if isinstance(self._time, Clock):
                sound = pcr if pcr.is_sound.all() else pcr.only(pcr.is_sound)
                self._time.feed(sound.index, sound.pid, sound.value, sound.is_flagged, scanned.end)
            elif isinstance(self._time, Arrival) and times is not None:
                self._time.take(scanned.first, times[begin : begin + CHUNK])
            else:
                raise ValueError("Either all blocks have arrival times or none.")
            self._waiting.append(scanned)
            self._settle()
        self._keep_rest()
        return self._batch(len(block))

    def finish(self, sync: Sequence[SyncEvent] = ()) -> Batch:
        """The input ends: judge what has waited for a time."""
        self._take_sync(sync)
        if isinstance(self._time, Clock):
            self._time.finish(self._scanner.packets)
        self._settle()
        self._sync_waiting = [replace(error, at=self._now) for error in self._sync_waiting]
        self._tell_sync(None)
        self.pcrs.finish()
        if isinstance(self._time, Clock) and self._now == self._now:
            self.windows.close(self._now)
            self.presence.finish(self.stamps.kinds, self._now, self._scanner.packets)
        return self._batch(0)

    def _batch(self, count: int) -> Batch:
        self._take_psi_errors()
        errors, counts = self.ledger.take_batch()
        events = tuple(self.psi.events)
        self.psi.events.clear()
        return Batch(errors, counts, events, count)

    def _take_sync(self, sync: Sequence[SyncEvent]) -> None:
        for event in sync:
            self._scanner.new_run()
            index = event.packet_index
            if not event.is_gained:
                self.sync_losses += 1
                text = "Sync lost: two sync bytes in a row are not 0x47."
                self._sync_waiting.append(PacketError("1.1", WHOLE_STREAM, index, self._now, text, 1.0))
            elif event.wrong:
                self._scanner.sync_errors += event.wrong
                text = f"{event.wrong} sync bytes are not 0x47, {event.skipped} bytes belong to no packet."
                self._sync_waiting.append(
                    PacketError("1.2", WHOLE_STREAM, index, self._now, text, float(event.wrong), event.wrong)
                )
        if sync and isinstance(self._time, Arrival):
            self._tell_sync(None)

    def _tell_sync(self, before: int | None) -> None:
        """Count what the grid said, with the time of the packet it concerns (all of it with None)."""
        while self._sync_waiting and (before is None or self._sync_waiting[0].packet_index < before):
            error = self._sync_waiting.pop(0)
            if before is not None and self._time is not None:
                error = replace(error, at=float(self._time.at(np.array([error.packet_index]))[0]))
            self.ledger.add(error)

    @property
    def _now(self) -> float:
        return self._time.now if self._time is not None else float("nan")

    def _settle(self) -> None:
        time = self._time
        if time is None:
            return
        while self._waiting and self._settled < time.horizon:
            scanned = self._waiting[0]
            end = min(scanned.end, time.horizon)
            self._steps = self._pcrs(scanned, self._settled, end)
            while self._settled < end:
                begin, cut = self._settled, self._tables(scanned, self._settled, end)
                self.stamps.judge(scanned, (begin, cut), time, self._steps, self.pcrs.steady)
                self._damage(scanned, begin, cut)
                self._tell_sync(cut)
                if self.psi.tree.pmt_pids is not self._tree_seen:
                    self._tree_seen = self.psi.tree.pmt_pids
                    self._looking.tables_changed()
                    self.stamps.tables_changed()
                self._settled = cut
            if self._steps is not None:
                self.stamps.clocks.move(self._steps)
                self._steps = None
            if end < scanned.end:
                break
            self._waiting.pop(0)
        time.forget(self._settled)

    def _keep_rest(self) -> None:
        """What waits for its time is copied: the caller may use the block's memory again."""
        if self._waiting:
            newest = self._waiting[-1]
            self._waiting[-1] = newest.rest(max(newest.first, self._settled))

    def _tables(self, scanned: Scanned, begin: int, end: int) -> int:
        """Give the packets of tables (and of streams yet unknown) to their readers; second by second.

        Return where the tables in force changed: what stands before is judged by those before.
        """
        time = self._time
        assert time is not None
        edges = time.seconds(begin, end)
        for edge, whole_second in [*edges, (end, None)]:
            while begin < edge or self.psi.tree.pmt_pids is not self._tree_seen:
                cut = self._read(scanned, begin, edge)
                self._looking.show(scanned, begin, cut)
                self._count(scanned, begin, cut)
                begin = cut
                if self.psi.tree.pmt_pids is not self._tree_seen and self._is_other_tree():
                    return cut
            if whole_second is not None:
                time.closed(edge)
                self._second(whole_second, edge)
        return end

    def _is_other_tree(self) -> bool:
        """Say whether the tables that came anew change how streams are judged; if not, go on with them."""
        if not self.stamps.is_same_tree():
            return True
        self._tree_seen = self.psi.tree.pmt_pids
        self._looking.tables_changed()
        return False

    def _read(self, scanned: Scanned, begin: int, end: int) -> int:
        psi, tree, first = self.psi, self.psi.tree, scanned.first
        pid, flags = scanned.pid[begin - first : end - first], scanned.flags[begin - first : end - first]
        rows = np.flatnonzero(psi.wanted.take(pid).view(np.bool_))
        hidden = self._newly_hidden(pid, flags)
        if len(hidden):
            rows = np.union1d(rows, hidden)
        if not len(rows):
            return end
        assert self._time is not None
        times = self._time.at(begin + rows).tolist()
        lost = set(scanned.errors[part_of(scanned.errors, begin, end)].tolist())
        repeats = set(scanned.repeats[part_of(scanned.repeats, begin, end)].tolist())
        bodies, place = scanned.block[begin - first + rows].tobytes(), -packets.PACKET
        for row, one, mark, at in zip(rows.tolist(), pid[rows].tolist(), flags[rows].tolist(), times, strict=True):
            index = begin + row
            place += packets.PACKET
            if index in lost:
                psi.lost(one)
            if mark & (ERROR | BAD_SYNC) or index in repeats:
                continue
            if mark & SCRAMBLED:
                if one not in self._hidden or psi.wanted[one]:
                    self._hidden.add(one)
                    psi.scrambled(one, index, at)
                continue
            if not mark & PAYLOAD:
                continue
            is_plain = mark & STARTS and not bodies[place + 3] & 0x20
            if not (is_plain and psi.feed_again(one, bodies[place + 4 : place + packets.PACKET], index, at)):
                payload = payload_of(bodies[place : place + packets.PACKET])
                psi.feed(one, bool(mark & STARTS), payload, index, at)
            if tree.pmt_pids is not self._tree_seen:
                return index + 1
        return end

    def _newly_hidden(self, pid: NDArray[np.uint16], flags: Bytes) -> Ints:
        """The first scrambled packet of each PID within a second."""
        hidden = np.flatnonzero(flags & (SCRAMBLED | ERROR | BAD_SYNC) == SCRAMBLED)
        if self._hidden:
            hidden = hidden[~np.isin(pid[hidden], list(self._hidden))]
        if not len(hidden):
            return hidden
        _, rows = np.unique(pid[hidden], return_index=True)
        return hidden[np.sort(rows)]

    def _count(self, scanned: Scanned, begin: int, end: int) -> None:
        first = scanned.first
        pid = scanned.pid[begin - first : end - first]
        low, high = np.searchsorted(scanned.damaged, (begin, end))
        if high > low:
            flags = scanned.flags[begin - first : end - first]
            pid = pid[flags & BAD_SYNC == 0]
        self.windows.add(pid)
        if self._time is not None:
            self.stamps.follow_buffers(scanned.pid[begin - first : end - first], begin, self._time)

    def _second(self, at: float, edge: int) -> None:
        """A second of the stream is over; `edge` is the first packet after it."""
        self._hidden.clear()
        self._seconds += 1
        window = self.windows.close(at)
        self._tell_clocks(edge)
        is_constant = self.pcrs.note_constancy(edge)
        self.psi.tick(at)
        self._looking.next_second()
        if self._seconds % _REMEMBER_EVERY == 1:
            self.windows.remember(at)
        self.stamps.set_buffers(window.packets / window.length_s if window.length_s > 0 else 0.0, is_constant)
        self.presence.judge(window.pids, at, edge)

    def _pcrs(self, scanned: Scanned, begin: int, end: int) -> Steps | None:
        """Judge the PCRs of the packets in [begin, end)."""
        pcr = scanned.pcr.only(part_of(scanned.pcr.index, begin, end))
        if not len(pcr.index) or self._time is None:
            return None
        at = self._time.at(pcr.index)
        pcrs = Pcrs(pcr.index, pcr.pid, pcr.value, at, pcr.is_flagged, pcr.run)
        return self.pcrs.judge(pcrs, pcr.is_sound, isinstance(self._time, Arrival))

    def _damage(self, scanned: Scanned, begin: int, end: int) -> None:
        """Count continuity errors, transport errors and wrong sync bytes of the packets in [begin, end)."""
        errors = scanned.errors[part_of(scanned.errors, begin, end)]
        self._tell_rows("1.4", scanned, errors, "The continuity counter does not follow on.")
        damaged = scanned.damaged[part_of(scanned.damaged, begin, end)]
        if len(damaged):
            wrong = scanned.flags[damaged - scanned.first] & BAD_SYNC != 0
            self._tell_rows("1.2", scanned, damaged[wrong], "The sync byte is not 0x47.")
            self._tell_rows("2.1", scanned, damaged[~wrong], "The transport_error_indicator is set.")

    def _tell_rows(self, indicator: str, scanned: Scanned, index: Ints, text: str) -> None:
        if not len(index) or self._time is None:
            return
        pid = scanned.pid[index - scanned.first].astype(np.int64)
        if indicator == "1.2":
            pid = np.full(len(index), WHOLE_STREAM, np.int64)
        self.ledger.many(indicator, index, pid, self._time.at(index), lambda row: (text, 1.0))

    def _tell_clocks(self, edge: int) -> None:
        """Tell the reader of cues what the clocks of their programmes showed last before packet `edge`."""
        for pid in sorted(set(self.psi.tree.cue_pids.values())):
            told = self.stamps.clocks.last(pid, edge, self._steps)
            if told is not None:
                self.psi.pcr(pid, *told)

    def _take_psi_errors(self) -> None:
        for error in self.psi.errors:
            self.ledger.add(error)
        self.psi.errors.clear()

    def tick(self, at: float) -> Measures:
        """Return what the time since the last call was like; live, once a second, `at` is the time of arrival."""
        is_live = isinstance(self._time, Arrival)
        if is_live:
            self._second(at, self._scanner.packets)
        elif self._now == self._now:
            at = self._now
        self._take_psi_errors()
        return self._ticker.measures(at, is_live)

    def report(self) -> Report:
        """Return everything counted since the beginning."""
        self._take_psi_errors()
        scanner, totals = self._scanner, self.windows.totals()
        duration = self._time.now if isinstance(self._time, Clock) and self._time.now == self._time.now else 0.0
        every = set(totals) | set(scanner.transport_errors)
        return Report(
            packet_size=self.packet_size,
            packets=scanner.packets,
            sync_losses=self.sync_losses,
            sync_byte_errors=scanner.sync_errors,
            transport_errors=sum(scanner.transport_errors.values()),
            null_packets=totals.get(NULL_PID, 0),
            scrambled_packets=sum(scanner.scrambled.values()),
            duration_s=duration,
            bitrate_bps=scanner.packets * BITS / duration if duration else 0.0,
            is_constant=self.pcrs.is_constant(),
            pids={pid: self._pid_report(pid, totals.get(pid, 0), duration) for pid in sorted(every)},
            counts=dict(sorted(self.ledger.counts.items())),
            errors=self.ledger.first_errors(),
            psi=self.psi.report(),
            formats=dict(sorted(self.psi.looker.formats.items())),
        )

    def _pid_report(self, pid: int, count: int, duration: float) -> PidReport:
        scanner = self._scanner
        return PidReport(
            packets=count,
            transport_errors=scanner.transport_errors.get(pid, 0),
            scrambled=scanner.scrambled.get(pid, 0),
            continuity_errors=scanner.continuity_errors.get(pid, 0),
            duplicates=scanner.repeats.get(pid, 0),
            discontinuity_flags=scanner.jumps.get(pid, 0),
            payload_starts=scanner.starts.get(pid, 0),
            bitrate_bps=count * BITS / duration if duration else 0.0,
            pcr=self.pcrs.report(pid),
        )
