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

from noc_console.media.ts import packets, pts, second, tstd
from noc_console.media.ts.accuracy import Accuracy, Judged
from noc_console.media.ts.arrival import ArrivalClock
from noc_console.media.ts.bands import Bands
from noc_console.media.ts.clock import PCR_HZ, Clock
from noc_console.media.ts.delays import ProgrammeClocks
from noc_console.media.ts.epochs import Epochs
from noc_console.media.ts.grid import SyncEvent
from noc_console.media.ts.hunt import SIZES
from noc_console.media.ts.kernels import ReadHeads, kernels_of
from noc_console.media.ts.ledger import Ledger
from noc_console.media.ts.lipsync import LipSync
from noc_console.media.ts.looking import Looking
from noc_console.media.ts.outcome import WHOLE_STREAM, Batch, Measures, PacketError, PcrReport, PidReport, Report
from noc_console.media.ts.packets import BAD_SYNC, ERROR, NULL_PID, PAYLOAD, SCRAMBLED, STARTS, Bytes
from noc_console.media.ts.pcr import PcrMemory, Pcrs, Steps, copy, measure
from noc_console.media.ts.profile import Profile
from noc_console.media.ts.psi import Psi
from noc_console.media.ts.scan import Scanned, Scanner, payload_of
from noc_console.media.ts.timeline import Arrival, Timeline
from noc_console.media.ts.windows import BITS, Windows
from noc_console.model import Finding

__all__ = ["Analyser", "Batch", "Measures", "PacketError", "PcrReport", "PidReport", "Report"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CHUNK = 65536  # packets read in one go
_SLACK_S = 1e-9
_VANISHED_S = 2.0
_TURNS = 1024
_UNRELATED_S = 60.0


class Analyser:
    """All checks of one transport stream; nothing it keeps grows with the length of the stream."""

    def __init__(self, profile: Profile | None = None, read_heads: ReadHeads = packets.read_heads) -> None:
        kernels = kernels_of(read_heads)
        self.profile = profile or Profile()
        self.psi = Psi(self.profile)
        self._looking = Looking(self.psi.looker)
        self.ledger = Ledger()
        self.windows = Windows()
        self.pcr = PcrMemory()
        self.accuracy = Accuracy(self.profile.pcr_accuracy_ns)
        self.sync_losses = 0
        self.packet_size = packets.PACKET
        self._scanner = Scanner(kernels)
        self._time: Timeline | None = None
        self._waiting: list[Scanned] = []
        self._settled = 0
        self._sound_pcr: PcrMemory | None = None
        self._sync_waiting: list[PacketError] = []
        self._epochs = Epochs()
        self._programme_clocks = ProgrammeClocks()
        self._buffers = tstd.TransportBuffers(kernels.follow_buffers)
        self._stamps = pts.StampMemory()
        self._kinds = self.psi.kinds.copy()
        self._clock_pids = self.psi.clock_pids.copy()
        self._tree_seen: object = self.psi.tree.pmt_pids
        self._hidden: set[int] = set()
        self._absent: set[int] = set()
        self._unreferenced: set[int] = set()
        self._told_strange: set[int] = set()
        self._ticked_at = float("nan")
        self._seconds = 0
        self._steps: Steps | None = None
        self._constant: dict[int, bool] = {}
        self._expected_of: object = None
        self._expected: list[int] = []
        self._steady: list[tuple[int, bool]] = []  # from which packet on the bitrate is constant, or not
        self.bands = Bands(self.profile)
        self._arrival = ArrivalClock()
        self._lips = LipSync()
        self._intervals: dict[int, float] = {}
        self._ticked_totals: dict[int, int] = {}
        self._hidden_before = (0, 0)
        self._lasting: dict[int, PacketError] = {}

    # --- packets in -------------------------------------------------------------------------------------------

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
        self._tell_accuracy(self.accuracy.finish())
        if isinstance(self._time, Clock) and self._now == self._now:
            self.windows.close(self._now)
            self._judge_vanished(self._now)
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

    # --- what has a time is judged in order -------------------------------------------------------------------

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
                self._streams(scanned, begin, cut)
                self._tell_sync(cut)
                if self.psi.tree.pmt_pids is not self._tree_seen:
                    self._tree_seen = self.psi.tree.pmt_pids
                    self._looking.tables_changed()
                    self._kinds, self._clock_pids = self.psi.kinds.copy(), self.psi.clock_pids.copy()
                self._settled = cut
            if self._steps is not None:
                self._programme_clocks.move(self._steps)
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
            cut = self._read(scanned, begin, edge)
            self._looking.show(scanned, begin, cut)
            self._count(scanned, begin, cut)
            begin = cut
            if self.psi.tree.pmt_pids is not self._tree_seen:
                return cut
            if whole_second is not None:
                time.closed(edge)
                self._second(whole_second, edge)
        return end

    def _read(self, scanned: Scanned, begin: int, end: int) -> int:
        psi, first = self.psi, scanned.first
        pid, flags = scanned.pid[begin - first : end - first], scanned.flags[begin - first : end - first]
        rows = np.flatnonzero(psi.wanted[pid])
        hidden = self._newly_hidden(pid, flags)
        if len(hidden):
            rows = np.union1d(rows, hidden)
        if not len(rows):
            return end
        assert self._time is not None
        times = self._time.at(begin + rows).tolist()
        lost = set(_between(scanned.errors, begin, end).tolist())
        repeats = set(_between(scanned.repeats, begin, end).tolist())
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
            payload = payload_of(bodies[place : place + packets.PACKET])
            psi.feed(one, bool(mark & STARTS), payload, index, at)
            if psi.tree.pmt_pids is not self._tree_seen:
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
        self._judge_buffers(scanned.pid[begin - first : end - first], begin)

    def _second(self, at: float, edge: int) -> None:
        """A second of the stream is over; `edge` is the first packet after it."""
        self._hidden.clear()
        self._seconds += 1
        window = self.windows.close(at)
        self._tell_clocks(edge)
        self._note_constancy(edge)
        self.psi.tick(at)
        self._looking.next_second()
        if self._seconds % 5 == 1:
            self.windows.remember(at)
        self._set_buffers(window.packets / window.length_s if window.length_s > 0 else 0.0)
        self._judge_absence(at, edge)
        self._judge_unreferenced(window.pids, at, edge)

    def _judge_absence(self, at: float, edge: int) -> None:
        """TR 101 290, 1.6: a PID that is referred to does not occur."""
        seen, limit = self.windows.last_at, self.profile.pid_timeout_s
        if self._expected_of is not self._tree_seen:
            self._expected_of, self._expected = self._tree_seen, np.flatnonzero(self.psi.expected).tolist()
        for pid in self._expected:
            gone = at - seen.setdefault(pid, at)
            if gone < limit:
                self._absent.discard(pid)
            elif pid not in self._absent:
                self._absent.add(pid)
                self._tell_absent(pid, at, gone, edge)

    def _judge_vanished(self, at: float) -> None:
        """A stored stream has ended: sound and picture that stopped well before it are missing too."""
        for pid in np.flatnonzero(self._kinds).tolist():
            gone = at - self.windows.last_at.get(pid, at)
            if pid not in self._absent and gone >= max(_VANISHED_S, 2 * self.windows.longest_gap.get(pid, 0.0)):
                self._absent.add(pid)
                self._tell_absent(pid, at, gone, self._scanner.packets)

    def _tell_absent(self, pid: int, at: float, gone: float, edge: int) -> None:
        text = f"PID 0x{pid:04x} is in the PMT and has not occurred for {gone:.1f} s."
        self._lasting[pid] = PacketError("1.6", pid, edge, at, text, gone)
        self.ledger.add(self._lasting[pid])

    def _judge_unreferenced(self, pids: Ints, at: float, edge: int) -> None:
        """TR 101 290, 3.4: a PID that no PSI refers to within half a second."""
        psi, first = self.psi, self.windows.first_at
        if not psi.tree.pat:
            return
        strangers = pids[psi.referenced[pids] == 0].tolist()
        self._unreferenced.intersection_update(strangers)
        for pid in strangers:
            since = at - first[pid]
            if (
                since > self.profile.unreferenced_s
                and pid not in self._unreferenced
                and pid not in self._told_strange
            ):
                self._unreferenced.add(pid)
                self._told_strange.add(pid)
                text = f"PID 0x{pid:04x} has been there for {since:.1f} s and no PSI refers to it."
                self._lasting[pid] = PacketError("3.4", pid, edge, at, text, since)
                self.ledger.add(self._lasting[pid])

    def _pcrs(self, scanned: Scanned, begin: int, end: int) -> Steps | None:
        """Judge the PCRs of the packets in [begin, end)."""
        pcr = scanned.pcr.only(_slice(scanned.pcr.index, begin, end))
        if not len(pcr.index) or self._time is None:
            return None
        at = self._time.at(pcr.index)
        return self._judge_pcrs(Pcrs(pcr.index, pcr.pid, pcr.value, at, pcr.is_flagged, pcr.run), pcr.is_sound)

    def _streams(self, scanned: Scanned, begin: int, end: int) -> None:
        """Judge time stamps, continuity and damage of the packets in [begin, end)."""
        time = self._time
        assert time is not None
        jumps = scanned.jumps[_slice(scanned.jumps, begin, end)]
        jump_pids = scanned.pid[jumps - scanned.first].astype(np.int64)
        rows = _slice(scanned.stamps[0], begin, end)
        index, pid, shown, decoded = (column[rows] for column in scanned.stamps)
        clock = self._clock_pids[pid].astype(np.int64)
        epoch = self._epochs.of(index, pid, np.where(clock < 0, pid, clock), jumps, jump_pids)
        if len(index):
            self._judge_stamps(pts.Stamps(index, pid, shown, decoded, time.at(index), epoch), clock)
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

    def _judge_pcrs(self, pcrs: Pcrs, is_sound: NDArray[np.bool_]) -> Steps | None:
        if self._sound_pcr is None and not is_sound.all():
            self._sound_pcr = copy(self.pcr)
        steps = measure(pcrs, self.pcr)
        gap, warning, error = steps.gap, self.profile.pcr_warning_s + _SLACK_S, self.profile.pcr_error_s + _SLACK_S
        judged = steps.has_before & ~steps.pcrs.is_flagged
        for pid, longest in zip(
            steps.pcrs.pid[steps.starts].tolist(), np.fmax.reduceat(gap, steps.starts).tolist(), strict=True
        ):
            if longest == longest:
                self._intervals[pid] = max(self._intervals.get(pid, 0.0), longest)
        # TR 101 290, 2.3.a: the newer text has 100 ms, the older 40 ms
        self._tell_steps("2.3.a", steps, judged & (gap > error))
        self._tell_steps("2.3.a-40", steps, judged & (gap > warning) & (gap <= error))
        if self._sound_pcr is not None:
            # what stands in a packet with a transport error is counted, its value is not believed
            rows = np.flatnonzero(is_sound)
            if not len(rows):
                return None
            steps = measure(pcrs.rows(rows), self._sound_pcr)
        if isinstance(self._time, Arrival):
            self._arrival.feed(steps)
        self._tell_steps("2.3.b", steps, steps.is_jump)
        self._tell_accuracy(self.accuracy.feed(steps))
        return steps

    def _tell_clocks(self, edge: int) -> None:
        """Tell the reader of cues what the clocks of their programmes showed last before packet `edge`."""
        for pid in sorted(set(self.psi.tree.cue_pids.values())):
            told = self._programme_clocks.last(pid, edge, self._steps)
            if told is not None:
                self.psi.pcr(pid, *told)

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
        rows = np.argsort(judged.index, kind="stable")

        def told(row: int) -> tuple[str, float]:
            pid, error = int(judged.pid[rows[row]]), float(judged.error_ns[rows[row]])
            return f"PID 0x{pid:04x}: the PCR is {error:+.0f} ns off its place, the limit is ±{limit:.0f} ns.", error

        self.ledger.many("2.4", judged.index[rows], judged.pid[rows], judged.at[rows], told)

    def _judge_stamps(self, stamps: pts.Stamps, clock: Ints) -> None:
        limit = self.profile.pts_repetition_s
        if self.profile.buffers and self._steady:
            self._judge_delays(stamps, self._programme_clocks.leads(stamps, clock, self._steps))
        wrong = pts.judge(stamps, self._stamps, self._kinds, limit)

        def told(row: int) -> tuple[str, float]:
            value = float(wrong.value[row])
            return pts.text(int(wrong.what[row]), int(wrong.pid[row]), value, limit), value

        self.ledger.many("2.5", wrong.index, wrong.pid, wrong.at, told)

    def _judge_delays(self, stamps: pts.Stamps, lead: Floats) -> None:
        # what a decoder would buffer is known only where the bitrate is constant
        places = np.searchsorted([place for place, _ in self._steady], stamps.index, "right") - 1
        is_steady = np.array([so for _, so in self._steady])[places] & (places >= 0)
        judged = is_steady & (self._kinds[stamps.pid] > 0)
        rows = np.flatnonzero(judged & (lead < 0))

        def starved(row: int) -> tuple[str, float]:
            late, pid = -float(lead[rows[row]]), int(stamps.pid[rows[row]])
            return (
                f"PID 0x{pid:04x} comes {late * 1000:.0f} ms after it should be decoded: its buffer is empty.",
                late,
            )

        self.ledger.many("3.3", stamps.index[rows], stamps.pid[rows], stamps.at[rows], starved)
        slow = np.flatnonzero(judged & (lead > tstd.DELAY_S))
        if not len(slow):
            return
        formats, pids = self.psi.looker.formats, stamps.pid[slow].tolist()
        limits = np.array([tstd.longest_delay_s(formats.get(pid), int(self._kinds[pid])) for pid in pids])
        slow = slow[lead[slow] > limits]

        def delayed(row: int) -> tuple[str, float]:
            delay, pid = float(lead[slow[row]]), int(stamps.pid[slow[row]])
            if delay > _UNRELATED_S:
                return f"PID 0x{pid:04x}: its time stamps are {delay:.0f} s off its programme's clock.", delay
            return f"PID 0x{pid:04x} waits {delay:.2f} s in the decoder's buffers, more than it may.", delay

        self.ledger.many("3.10", stamps.index[slow], stamps.pid[slow], stamps.at[slow], delayed)

    def _judge_buffers(self, pid: NDArray[np.uint16], begin: int) -> None:
        wrong = self._buffers.feed(pid, begin)
        if wrong is None or self._time is None:
            return
        at = self._time.at(wrong.index)
        for what, indicator in ((tstd.OVERFLOW, "3.3"), (tstd.NEVER_EMPTY, "3.9")):
            rows = np.flatnonzero(wrong.what == what)

            def told(row: int, rows: Ints = rows, what: int = what) -> tuple[str, float]:
                value, pid = float(wrong.value[rows[row]]), int(wrong.pid[rows[row]])
                if what == tstd.OVERFLOW:
                    return f"PID 0x{pid:04x} fills its transport buffer to {value:.0f} bytes, it holds 512.", value
                return (
                    f"PID 0x{pid:04x}: the transport buffer was not empty for {value:.2f} s, once a second is due.",
                    value,
                )

            self.ledger.many(indicator, wrong.index[rows], wrong.pid[rows], at[rows], told)

    def _note_constancy(self, edge: int) -> None:
        """Whether the bitrate is constant is settled once a second, by the PCRs before packet `edge`."""
        told = sorted(one for one in self.accuracy.told if one[0] < edge)
        self.accuracy.told = [one for one in self.accuracy.told if one[0] >= edge]
        self._constant.update((pid, so) for _, pid, so in told)
        is_constant = bool(self._constant) and all(self._constant.values())
        if not self._steady or self._steady[-1][1] != is_constant:
            self._steady.append((edge, is_constant))
            del self._steady[:-_TURNS]

    def _set_buffers(self, rate: float) -> None:
        """Buffers empty at rates that depend on the streams; without a constant bitrate none is followed."""
        if not self.profile.buffers:
            return
        if not self._steady[-1][1]:
            self._buffers.set(0.0, {})
            return
        formats = self.psi.looker.formats
        leaks = {
            pid: tstd.leak_bps(formats.get(pid), int(self._kinds[pid]))
            for pid in np.flatnonzero(self._kinds).tolist()
        }
        leaks |= dict.fromkeys([0, 1, *self.psi.tree.pmt_pids], float(tstd.SYSTEM_BPS))
        self._buffers.set(rate, leaks)

    def _take_psi_errors(self) -> None:
        for error in self.psi.errors:
            self.ledger.add(error)
        self.psi.errors.clear()

    # --- once a second ----------------------------------------------------------------------------------------

    def tick(self, at: float) -> Measures:
        """Return what the time since the last call was like; live, once a second, `at` is the time of arrival."""
        if isinstance(self._time, Clock):
            at = self._now if self._now == self._now else at
        elif self._time is not None:
            self._second(at, self._scanner.packets)
        self._take_psi_errors()
        lasting = [error for pid, error in self._lasting.items() if pid in self._absent or pid in self._unreferenced]
        lasting += self.psi.lasting()
        counts, places, found = second.counted(self.ledger, lasting, self.profile.severity_by_priority)
        rates, length = self._rates(at)
        long_rates = self.windows.long_rates(at)
        pcr = self._pcr_second(at)
        whole = {**second.error_metrics(counts), **second.pcr_metrics(second.worst_pcr(pcr.values()))}
        if length > 0:
            whole |= second.rate_metrics(rates, long_rates)
        drifts = self._drifts()
        if drifts:
            whole["ts.av_drift_s"] = max(drifts.values(), key=abs)
        metrics = {"ts": whole}
        for pid, rate in rates.items() if length > 0 else ():
            own = {"ts.bitrate_bps": rate, "ts.cc_errors": float(places.get(("1.4", pid), 0))}
            if pid in long_rates:
                own["ts.bitrate_5min_bps"] = long_rates[pid]
            if pid in pcr:
                own |= second.pcr_metrics(pcr[pid])
            metrics[second.scope_of(pid)] = own
        metrics |= self._services(rates, drifts) if length > 0 else {}
        kinds = np.flatnonzero(self._kinds).tolist()
        if length > 0:
            found += self.bands.feed(second.rates_for_bands(rates, dict.fromkeys(kinds, 1)))
        found += second.other_findings(self.profile, whole, self._is_constant())
        found += self._scrambling(kinds)
        return Measures(at, metrics, found)

    def _rates(self, at: float) -> tuple[dict[int, float], float]:
        """Return bit/s by PID since the last tick, and how long that was."""
        now = self.windows.totals()
        before, self._ticked_totals = self._ticked_totals, now
        begin = self._ticked_at if self._ticked_at == self._ticked_at else self.windows.began
        self._ticked_at = at
        length = at - begin
        if not length > 0:
            return {}, 0.0
        return {pid: (count - before.get(pid, 0)) * BITS / length for pid, count in now.items()}, length

    def _pcr_second(self, at: float) -> dict[int, second.PcrSecond]:
        arrivals = self._arrival.close(at) if isinstance(self._time, Arrival) else {}
        intervals, self._intervals = self._intervals, {}
        accuracies, self.accuracy.newest = self.accuracy.newest, {}
        return {
            pid: second.PcrSecond(intervals.get(pid), accuracies.get(pid), *arrivals.get(pid, (None, None)))
            for pid in {*arrivals, *intervals, *accuracies}
        }

    def _drifts(self) -> dict[int, float]:
        """Return how sound and picture of each programme have moved against each other."""
        found = {}
        for service in self.psi.tree.views():
            pids = [stream.pid for stream in service.streams]
            video = next((pid for pid in pids if self._kinds[pid] == 1), None)
            audio = next((pid for pid in pids if self._kinds[pid] == 2), None)
            if video is not None and audio is not None:
                drift = self._lips.drift(video, audio, self._stamps)
                if drift is not None:
                    found[service.id] = drift
        return found

    def _services(self, rates: Mapping[int, float], drifts: Mapping[int, float]) -> dict[str, dict[str, float]]:
        told = {}
        for service in self.psi.tree.views():
            pids = {service.pmt_pid, service.pcr_pid, *(stream.pid for stream in service.streams)}
            own = {"ts.bitrate_bps": sum(rates.get(pid, 0.0) for pid in pids)}
            if service.id in drifts:
                own["ts.av_drift_s"] = drifts[service.id]
            told[f"service/{service.name or service.id}"] = own
        return told

    def _scrambling(self, kinds: Sequence[int]) -> tuple[Finding, ...]:
        hidden = sum(self._scanner.scrambled.get(pid, 0) for pid in kinds)
        packets_now = sum(self._ticked_totals.get(pid, 0) for pid in kinds)
        (before, packets_before), self._hidden_before = self._hidden_before, (hidden, packets_now)
        return second.scrambling_finding(self.profile, hidden - before, packets_now - packets_before)

    # --- what is known ----------------------------------------------------------------------------------------

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
            is_constant=self._is_constant(),
            pids={pid: self._pid_report(pid, totals.get(pid, 0), duration) for pid in sorted(every)},
            counts=dict(sorted(self.ledger.counts.items())),
            errors=self.ledger.first_errors(),
            psi=self.psi.report(),
            formats=dict(sorted(self.psi.looker.formats.items())),
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
            payload_starts=scanner.starts.get(pid, 0),
            bitrate_bps=count * BITS / duration if duration else 0.0,
            pcr=self._pcr_report(pid),
        )

    def _pcr_report(self, pid: int) -> PcrReport | None:
        row, memory = self.pcr.row(pid), self.pcr
        if row < 0:
            return None
        longest = int(memory.longest.rows[row])
        return PcrReport(
            count=int(memory.count.rows[row]),
            max_interval_ms=longest / (PCR_HZ / 1000) if longest >= 0 else None,
            over_40ms=int(memory.over_40ms.rows[row]),
            over_100ms=int(memory.over_100ms.rows[row]),
            backward=int(memory.backward.rows[row]),
            max_accuracy_ns=self.accuracy.worst.get(pid),
            over_500ns=self.accuracy.over.get(pid, 0),
        )


def _slice(indexes: Ints, begin: int, end: int) -> slice:
    low, high = np.searchsorted(indexes, (begin, end))
    return slice(int(low), int(high))


def _between(indexes: Ints, begin: int, end: int) -> Ints:
    return indexes[_slice(indexes, begin, end)]
