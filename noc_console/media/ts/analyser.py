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

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from noc_console.media.ts import packets, pts
from noc_console.media.ts.accuracy import Accuracy, Judged
from noc_console.media.ts.clock import PCR_HZ, Clock
from noc_console.media.ts.epochs import Epochs
from noc_console.media.ts.grid import SyncEvent
from noc_console.media.ts.ledger import Ledger
from noc_console.media.ts.outcome import WHOLE_STREAM, Batch, Measures, PacketError, PcrReport, PidReport, Report
from noc_console.media.ts.packets import BAD_SYNC, ERROR, NULL_PID, PAYLOAD, SCRAMBLED, STARTS, Bytes
from noc_console.media.ts.pcr import PcrMemory, Pcrs, Steps, measure
from noc_console.media.ts.profile import Profile
from noc_console.media.ts.psi import Psi
from noc_console.media.ts.scan import ReadHeads, Scanned, Scanner
from noc_console.media.ts.timeline import Arrival, Timeline
from noc_console.media.ts.windows import BITS, Windows

__all__ = ["Analyser", "Batch", "Measures", "PacketError", "PcrReport", "PidReport", "Report"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CHUNK = 65536  # packets read in one go
_SLACK_S = 1e-9


class Analyser:
    """All checks of one transport stream; nothing it keeps grows with the length of the stream."""

    def __init__(self, profile: Profile | None = None, read_heads: ReadHeads = packets.read_heads) -> None:
        self.profile = profile or Profile()
        self.psi = Psi(self.profile)
        self.ledger = Ledger()
        self.windows = Windows()
        self.pcr = PcrMemory()
        self.accuracy = Accuracy()
        self.sync_losses = 0
        self._scanner = Scanner(read_heads)
        self._time: Timeline | None = None
        self._waiting: list[Scanned] = []
        self._settled = 0
        self._epochs = Epochs()
        self._stamps = pts.StampMemory()
        self._kinds = self.psi.kinds.copy()
        self._clock_pids = self.psi.clock_pids.copy()
        self._tree_seen: object = self.psi.tree.pmt_pids
        self._hidden: set[int] = set()
        self._absent: set[int] = set()
        self._unreferenced: set[int] = set()
        self._ticked_at = float("nan")
        self._seconds = 0
        self._clock_now: dict[int, tuple[int, float]] = {}

    # --- packets in -------------------------------------------------------------------------------------------

    def feed(self, block: Bytes, times: Floats | None = None, sync: Sequence[SyncEvent] = ()) -> Batch:
        """Take packets (n, 188); `sync` is what the grid said before them, `times` when each of them arrived.

        Times are Unix seconds that never fall; either all blocks have them or none.
        """
        self._take_sync(sync)
        if self._time is None:
            self._time = Clock() if times is None else Arrival()
            self.windows.begin(0.0 if times is None or not len(times) else float(times[0]))
        for begin in range(0, len(block), CHUNK):
            scanned = self._scanner.read(block[begin : begin + CHUNK])
            pcr = scanned.pcr
            if isinstance(self._time, Clock):
                self._time.feed(pcr.index, pcr.pid, pcr.value, pcr.is_flagged, scanned.end)
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
        self._tell_accuracy(self.accuracy.finish())
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
            if event.is_gained:
                self._scanner.sync_errors += event.wrong
                if event.wrong:
                    self._tell("1.2", event.packet_index, f"{event.wrong} sync bytes are not 0x47.", event.wrong)
                continue
            self.sync_losses += 1
            text = "Sync lost: two sync bytes in a row are not 0x47."
            self._tell("1.1", event.packet_index, text)

    def _tell(self, indicator: str, index: int, text: str, weight: int = 1) -> None:
        at = self._time.now if self._time is not None else float("nan")
        self.ledger.add(PacketError(indicator, WHOLE_STREAM, index, at, text, float(weight), weight))

    # --- what has a time is judged in order -------------------------------------------------------------------

    def _settle(self) -> None:
        time = self._time
        if time is None:
            return
        while self._waiting and self._settled < time.horizon:
            scanned = self._waiting[0]
            end = min(scanned.end, time.horizon)
            while self._settled < end:
                begin, cut = self._settled, self._tables(scanned, self._settled, end)
                self._streams(scanned, begin, cut)
                if self.psi.tree.pmt_pids is not self._tree_seen:
                    self._tree_seen = self.psi.tree.pmt_pids
                    self._kinds, self._clock_pids = self.psi.kinds.copy(), self.psi.clock_pids.copy()
                self._settled = cut
            if end < scanned.end:
                break
            self._waiting.pop(0)
        time.forget(self._settled)

    def _keep_rest(self) -> None:
        """What waits for its time is copied: the caller may use the block's memory again."""
        if self._waiting:
            first = self._waiting[0]
            if first.first < self._settled or len(self._waiting) > 1 or first.block.base is not None:
                self._waiting = [one.rest(max(one.first, self._settled)) for one in self._waiting]

    def _tables(self, scanned: Scanned, begin: int, end: int) -> int:
        """Give the packets of tables (and of streams yet unknown) to their readers; second by second.

        Return where the tables in force changed: what stands before is judged by those before.
        """
        time = self._time
        assert time is not None
        edges = time.seconds(begin, end)
        for edge, second in [*edges, (end, None)]:
            cut = self._read(scanned, begin, edge)
            self._count(scanned, begin, cut)
            begin = cut
            if self.psi.tree.pmt_pids is not self._tree_seen:
                return cut
            if second is not None:
                time.closed(edge)
                self._second(second)
        return end

    def _read(self, scanned: Scanned, begin: int, end: int) -> int:
        psi, looker, first = self.psi, self.psi.looker, scanned.first
        pid, flags = scanned.pid[begin - first : end - first], scanned.flags[begin - first : end - first]
        rows = np.flatnonzero((psi.wanted | looker.wanted)[pid])
        hidden = self._newly_hidden(pid, flags)
        if len(hidden):
            rows = np.union1d(rows, hidden)
        if not len(rows):
            return end
        assert self._time is not None
        times = self._time.at(begin + rows).tolist()
        lost = set(_between(scanned.errors, begin, end).tolist())
        repeats = set(_between(scanned.repeats, begin, end).tolist())
        for row, one, mark, at in zip(rows.tolist(), pid[rows].tolist(), flags[rows].tolist(), times, strict=True):
            index = begin + row
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
            body = scanned.block[index - first].tobytes()
            payload = body[5 + body[4] :] if body[3] & 0x20 else body[4:]
            if psi.wanted[one]:
                psi.feed(one, bool(mark & STARTS), payload, index, at)
                if psi.tree.pmt_pids is not self._tree_seen:
                    return index + 1
            elif looker.wanted[one]:
                looker.look(one, payload, bool(mark & STARTS))
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

    def _second(self, at: float) -> None:
        """A second of the stream is over."""
        self._hidden.clear()
        self._seconds += 1
        window = self.windows.close(at)
        for pid, (value, when) in self._clock_now.items():
            self.psi.pcr(pid, value, when)
        self._clock_now.clear()
        self.psi.tick(at)
        if self._seconds % 5 == 1:
            self.windows.remember(at)
        self._judge_absence(at)
        self._judge_unreferenced(window.pids, at)

    def _judge_absence(self, at: float) -> None:
        """TR 101 290, 1.6: a PID that is referred to does not occur."""
        seen, limit = self.windows.last_at, self.profile.pid_timeout_s
        for pid in np.flatnonzero(self.psi.expected).tolist():
            gone = at - seen.setdefault(pid, at)
            if gone < limit:
                self._absent.discard(pid)
            elif pid not in self._absent:
                self._absent.add(pid)
                self._tell_absent(pid, at, gone)

    def _tell_absent(self, pid: int, at: float, gone: float) -> None:
        text = f"PID 0x{pid:04x} is in the PMT and has not occurred for {gone:.1f} s."
        self.ledger.add(PacketError("1.6", pid, self._settled, at, text, gone))

    def _judge_unreferenced(self, pids: Ints, at: float) -> None:
        """TR 101 290, 3.4: a PID that no PSI refers to within half a second."""
        psi, first = self.psi, self.windows.first_at
        if not psi.tree.pat:
            return
        for pid in pids[psi.referenced[pids] == 0].tolist():
            since = at - first[pid]
            if since > self.profile.unreferenced_s and pid not in self._unreferenced:
                self._unreferenced.add(pid)
                text = f"PID 0x{pid:04x} has been there for {since:.1f} s and no PSI refers to it."
                self.ledger.add(PacketError("3.4", pid, self._settled, at, text, since))

    def _streams(self, scanned: Scanned, begin: int, end: int) -> None:
        """Judge PCRs, time stamps, continuity and damage of the packets in [begin, end)."""
        time = self._time
        assert time is not None
        rows = _slice(scanned.pcr.index, begin, end)
        pcr = scanned.pcr
        if rows.stop > rows.start:
            index = pcr.index[rows]
            pcrs = Pcrs(index, pcr.pid[rows], pcr.value[rows], time.at(index), pcr.is_flagged[rows], pcr.run[rows])
            self._judge_pcrs(pcrs)
        jumps = scanned.jumps[_slice(scanned.jumps, begin, end)]
        jump_pids = scanned.pid[jumps - scanned.first].astype(np.int64)
        rows = _slice(scanned.stamps[0], begin, end)
        index, pid, shown, decoded = (column[rows] for column in scanned.stamps)
        clock = self._clock_pids[pid].astype(np.int64)
        epoch = self._epochs.of(index, pid, np.where(clock < 0, pid, clock), jumps, jump_pids)
        if len(index):
            self._judge_stamps(pts.Stamps(index, pid, shown, decoded, time.at(index), epoch))
        self._tell_rows(
            "1.4", scanned, _between(scanned.errors, begin, end), "The continuity counter does not follow on."
        )
        damaged = _between(scanned.damaged, begin, end)
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

    def _judge_pcrs(self, pcrs: Pcrs) -> None:
        steps = measure(pcrs, self.pcr)
        self._note_clocks(steps)
        gap, warning, error = steps.gap, self.profile.pcr_warning_s, self.profile.pcr_error_s
        is_flagged = steps.pcrs.is_flagged
        self._tell_steps("2.3.b", steps, steps.is_jump)
        # TR 101 290, 2.3.a: the newer text has 100 ms, the older 40 ms
        self._tell_steps("2.3.a", steps, steps.has_before & ~is_flagged & (gap > error + _SLACK_S))
        self._tell_steps(
            "2.3.a-40", steps, steps.has_before & ~is_flagged & (gap > warning + _SLACK_S) & (gap <= error + _SLACK_S)
        )
        self._tell_accuracy(self.accuracy.feed(steps))

    def _note_clocks(self, steps: Steps) -> None:
        if not self.psi.tree.cue_pids:
            return
        pcrs, ends = steps.pcrs, np.r_[steps.starts[1:], len(steps.pcrs)] - 1
        for row in ends.tolist():
            self._clock_now[int(pcrs.pid[row])] = (int(pcrs.value[row]), float(pcrs.at[row]))

    def _tell_steps(self, indicator: str, steps: Steps, wrong: NDArray[np.bool_]) -> None:
        rows = np.flatnonzero(wrong)
        if not len(rows):
            return
        rows = rows[np.argsort(steps.pcrs.index[rows])]
        pcrs = steps.pcrs

        def told(row: int) -> tuple[str, float]:
            one = rows[row]
            pid, gap = int(pcrs.pid[one]), float(steps.gap[one])
            if indicator == "2.3.b":
                jump = float(steps.step[one]) / PCR_HZ
                return f"PID 0x{pid:04x}: the PCR jumps by {jump:+.3f} s in {gap:.3f} s, and no flag tells it.", jump
            limit = self.profile.pcr_error_s if indicator == "2.3.a" else self.profile.pcr_warning_s
            return f"PID 0x{pid:04x}: no PCR for {gap * 1000:.1f} ms, the limit is {limit * 1000:.0f} ms.", gap

        self.ledger.many(indicator, pcrs.index[rows], pcrs.pid[rows], pcrs.at[rows], told)

    def _tell_accuracy(self, judged: Judged | None) -> None:
        if judged is None:
            return
        limit = self.profile.pcr_accuracy_ns
        rows = np.flatnonzero(np.abs(judged.error_ns) > limit)
        rows = rows[np.argsort(judged.index[rows], kind="stable")]

        def told(row: int) -> tuple[str, float]:
            pid, error = int(judged.pid[rows[row]]), float(judged.error_ns[rows[row]])
            return f"PID 0x{pid:04x}: the PCR is {error:+.0f} ns off its place, the limit is ±{limit:.0f} ns.", error

        self.ledger.many("2.4", judged.index[rows], judged.pid[rows], judged.at[rows], told)

    def _judge_stamps(self, stamps: pts.Stamps) -> None:
        limit = self.profile.pts_repetition_s
        wrong = pts.judge(stamps, self._stamps, self._kinds, limit)

        def told(row: int) -> tuple[str, float]:
            value = float(wrong.value[row])
            return pts.text(int(wrong.what[row]), int(wrong.pid[row]), value, limit), value

        self.ledger.many("2.5", wrong.index, wrong.pid, wrong.at, told)

    def _take_psi_errors(self) -> None:
        for error in self.psi.errors:
            self.ledger.add(error)
        self.psi.errors.clear()

    # --- what is known ----------------------------------------------------------------------------------------

    def report(self) -> Report:
        """Return everything counted since the beginning."""
        self._take_psi_errors()
        scanner, totals = self._scanner, self.windows.totals()
        duration = self._time.now if isinstance(self._time, Clock) and self._time.now == self._time.now else 0.0
        every = set(totals) | set(scanner.transport_errors)
        return Report(
            packet_size=packets.PACKET,
            packets=scanner.packets,
            sync_losses=self.sync_losses,
            sync_byte_errors=scanner.sync_errors,
            transport_errors=sum(scanner.transport_errors.values()),
            null_packets=totals.get(NULL_PID, 0),
            scrambled_packets=sum(scanner.scrambled.values()),
            duration_s=duration,
            bitrate_bps=scanner.packets * BITS / duration if duration else 0.0,
            is_constant=self._is_constant(),
            pids={pid: self._pid_report(pid, totals.get(pid, 0), duration) for pid in sorted(every)},
            counts=dict(sorted(self.ledger.counts.items())),
            errors=self.ledger.first_errors(),
            psi=self.psi.report(),
            formats=dict(self.psi.looker.formats),
        )

    def _is_constant(self) -> bool | None:
        told = list(self.accuracy.constant.values())
        return all(told) if told else None

    def _pid_report(self, pid: int, count: int, duration: float) -> PidReport:
        scanner = self._scanner
        return PidReport(
            packets=count,
            transport_errors=scanner.transport_errors.get(pid, 0),
            scrambled=scanner.scrambled.get(pid, 0),
            continuity_errors=scanner.continuity_errors.get(pid, 0),
            duplicates=scanner.repeats.get(pid, 0),
            discontinuity_flags=scanner.jumps.get(pid, 0),
            bitrate_bps=count * BITS / duration if duration else 0.0,
            pcr=self._pcr_report(pid),
        )

    def _pcr_report(self, pid: int) -> PcrReport | None:
        row, memory = self.pcr.row(pid), self.pcr
        if row < 0:
            return None
        longest = int(memory.longest.rows[row])
        worst = self.accuracy.worst.get(pid)
        return PcrReport(
            count=int(memory.count.rows[row]),
            max_interval_ms=longest / (PCR_HZ / 1000) if longest >= 0 else None,
            over_40ms=int(memory.over_40ms.rows[row]),
            over_100ms=int(memory.over_100ms.rows[row]),
            backward=int(memory.backward.rows[row]),
            max_accuracy_ns=abs(worst) if worst is not None else None,
            over_500ns=self.accuracy.over.get(pid, 0),
        )


def _slice(indexes: Ints, begin: int, end: int) -> slice:
    low, high = np.searchsorted(indexes, (begin, end))
    return slice(int(low), int(high))


def _between(indexes: Ints, begin: int, end: int) -> Ints:
    return indexes[_slice(indexes, begin, end)]
