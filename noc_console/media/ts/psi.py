"""Sections of all PSI and SI tables: what they say, how they are timed (TR 101 290 1.3 to 3.8), what changes.

An unchanged section, the usual case, only moves clocks and counters; a table is parsed when its bytes change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from noc_console.media.es.looker import Looker
from noc_console.media.ts import psi_changes, psi_state, tables
from noc_console.media.ts.crc import is_intact
from noc_console.media.ts.cues import Cues
from noc_console.media.ts.descriptors import Descriptor
from noc_console.media.ts.outcome import PacketError
from noc_console.media.ts.profile import Profile
from noc_console.media.ts.psi_clocks import EIT_PF, Clocks
from noc_console.media.ts.psi_limits import PAT_PID, PLACES, SI_PIDS, WITH_CRC, table_name
from noc_console.media.ts.psi_state import Beat, Known, Line, Stat, SubTable
from noc_console.media.ts.psi_tree import ServiceView, Tree
from noc_console.model import Event

# bytes of remembered sections, events nobody took, and changes that are parsed between two ticks
MOST_KEPT = 48 * 1024 * 1024
MOST_WAITING = 1024
MOST_CHANGES = 256
# payloads of whole packets that are remembered, and their length
MOST_AGAIN = 4096
_WHOLE = 184
_RENEWED = 8192
_STUFFING = 0xFF
_FOLLOWED = frozenset((0x00, 0x01, 0x02, 0x40, 0x41, 0x42, 0x46, 0x4A))
_SHORT = (tables.TDT, tables.TOT, tables.RST)
_CAT_AGAIN_S = 5.0
_CAT_GRACE_S = 1.0
_NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class PsiReport:
    """What is known of the tables: services, counts by table, cues, and what the PMTs say every PID is.

    `contents` are the PIDs and sections of the tables in force, SI of other streams too.
    """

    transport_stream_id: int
    network: str
    services: tuple[ServiceView, ...]
    tables: Mapping[str, Stat]
    cues: tuple[Mapping[str, Any], ...]
    cat: tuple[Descriptor, ...] = ()
    clock_utc: float | None = None
    contents: tuple[tuple[int, tuple[bytes, ...]], ...] = ()
    kinds: Mapping[int, tuple[str, str]] = field(default_factory=dict)


class Psi:
    """The tables of one stream. `errors` and `events` are taken and cleared by whoever feeds it.

    `feed` takes the payloads of the PIDs in `wanted`, in order; `scrambled` a scrambled packet of any PID (of PAT
    and PMT each one, of others at least the first of a run); `lost` says that packets of a PID are missing; `pcr`
    the clock of a programme (once a second is enough) for the pre-roll of cues; `tick` is called about once a
    second. `at` is stream or arrival time in seconds, NaN where there is none: no limit is judged then.

    The arrays have one place per PID and keep their identity: `wanted`, `referenced` (by any table, or reserved),
    `expected` (streams and PCRs that a PMT promises), `kinds` (1 video, 2 audio), `clock_pids` (-1 unknown).
    """

    def __init__(self, profile: Profile | None = None, looker: Looker | None = None) -> None:
        self.looker = looker or Looker()
        self.tree = Tree()
        self.cues = Cues()
        self.errors: list[PacketError] = []
        self.events: list[Event] = []
        self.dropped = 0
        self.stats: dict[str, Stat] = {}
        self._profile = profile or Profile()
        self._clocks = Clocks(self._profile, self.errors)
        self._lines: dict[int, Line] = {}
        self._kept = 0
        self._agains = 0
        self._changes = 0
        self._renewed_at = 0
        self._is_stale = False
        self._cat_at = _NEVER
        self._cat_told = _NEVER
        self.wanted = self.tree.wanted
        self.referenced = self.tree.referenced
        self.expected = self.tree.expected
        self.kinds = self.tree.kinds
        self.clock_pids = self.tree.clock_pids

    def feed(self, pid: int, starts: bool, payload: bytes, packet: int, at: float) -> None:
        """Take the payload of one packet of a section PID."""
        line = self._lines.get(pid)
        if line is None:
            self._clocks.begin(at)
            line = self._lines[pid] = Line(pid)
        assembler = line.assembler
        if starts and not assembler.is_open and len(payload) > 3 and payload[0] == 0:
            end = 4 + ((payload[2] & 0x0F) << 8 | payload[3])
            if end == len(payload) or (end < len(payload) and payload[end] == _STUFFING):
                self._section(line, payload[1:end], packet, at, at)
                if len(payload) == _WHOLE:
                    self._note_again(line, payload, payload[1:end])
                return
        began = line.began if assembler.is_open else at
        for section in assembler.feed(payload, starts, packet):
            self._section(line, section.body, packet, at, began)
            began = at
        line.began = at if starts else line.began

    def feed_again(self, pid: int, payload: bytes, packet: int, at: float) -> bool:
        """Take a payload of a whole packet that starts a unit, if it was there before; else do nothing, say False."""
        line = self._lines.get(pid)
        if line is None or line.assembler.is_open or (known := line.again.get(payload)) is None:
            return False
        known.stat.sections += 1
        self._clocks.moved(known, pid, packet, at, at)
        table = known.table
        if table is not None and table.parts.get(known.number) is not known.body:
            self._take(pid, known.body, table, packet, at)
        return True

    def lost(self, pid: int) -> None:
        """Forget the section under way on a PID: a packet of it is missing."""
        if line := self._lines.get(pid):
            line.assembler.drop()

    def scrambled(self, pid: int, packet: int, at: float) -> None:
        """Take note of a scrambled packet (transport_scrambling_control is not 00)."""
        is_table = pid == PAT_PID or pid in self.tree.pmt_pids
        if pid == PAT_PID:
            self._error("1.3.a", pid, packet, at, "PID 0x0000 (PAT) is scrambled.")
        elif pid in self.tree.pmt_pids:
            self._error("1.5.a", pid, packet, at, f"PID 0x{pid:04x} (PMT) is scrambled.")
        self.lost(pid)
        # TR 101 290, 2.6: scrambled packets, and no CAT; a table that is scrambled has its own indicator
        is_due = not is_table and at - self._cat_told > _CAT_AGAIN_S and self._clocks.age(at) > _CAT_GRACE_S
        if self._cat_at == _NEVER and is_due:
            self._cat_told = at
            self._error("2.6", pid, packet, at, f"PID 0x{pid:04x} is scrambled and the stream has no CAT.")

    def pcr(self, pid: int, ticks: int, at: float) -> None:
        """Take the clock of a programme: a PCR in 27 MHz ticks, and when it came."""
        self.cues.pcr(pid, ticks, at)

    def tick(self, at: float) -> None:
        """Judge what is absent; about once a second."""
        self._changes = 0
        if self._is_stale:
            self._settle(at)
        self._clocks.tick(at)
        self.cues.tick(at)
        self._take_cues()
        self.looker.tick(at)
        self._take_formats(at)

    def lasting(self) -> tuple[PacketError, ...]:
        """Return the absences that have been told and last: their findings stay, nothing is counted again."""
        return self._clocks.lasting()

    def report(self) -> PsiReport:
        """Return what is known now."""
        return PsiReport(
            transport_stream_id=self.tree.transport_stream_id,
            network=self.tree.network,
            services=self.tree.views(),
            tables={name: Stat(one.sections, one.crc_errors, list(one.versions)) for name, one in self.stats.items()},
            cues=self.cues.told(),
            cat=self.tree.cat,
            clock_utc=self.tree.clock_utc,
            contents=tuple(
                (pid, table.whole)
                for pid, line in sorted(self._lines.items())
                for table in line.tables.values()
                if table.whole
            ),
            kinds={pid: told[:2] for pid, told in self.tree.streams.items()},
        )

    def _section(self, line: Line, body: bytes, packet: int, at: float, began: float) -> None:
        known = line.known.get(body[:12])
        if known is None or known.body != body:
            self._other(line, body, packet, at, began)
            return
        known.stat.sections += 1
        self._clocks.moved(known, line.pid, packet, at, began)
        table = known.table
        if table is not None and table.parts.get(known.number) is not known.body:
            self._take(line.pid, known.body, table, packet, at)

    def _note_again(self, line: Line, payload: bytes, body: bytes) -> None:
        known = line.known.get(body[:12])
        if known is None or known.body != body:
            return
        self._agains += 1
        if self._agains > MOST_AGAIN:
            self._agains = 1
            for one in self._lines.values():
                one.again.clear()
        line.again[payload] = known

    def _other(self, line: Line, body: bytes, packet: int, at: float, began: float) -> None:
        """A section with other bytes than before: its place, its CRC, and what it says."""
        table_id = body[0]
        if table_id != tables.SCTE35 and line.pid in self.tree.cue_pids:
            return
        place = PLACES.get(line.pid)
        is_placed = place is None or table_id in place.allowed
        if place is not None and not is_placed and self._is_judged(line.pid):
            text = f"PID 0x{line.pid:04x} carries {table_name(table_id)} (table_id 0x{table_id:02x})."
            self._error(place.indicator, line.pid, packet, at, text, float(table_id))
        stat = self._stat(line.pid, table_id)
        stat.sections += 1
        if (body[1] & 0x80 or table_id in (tables.TOT, tables.SCTE35)) and not is_intact(body):
            stat.crc_errors += 1
            if table_id in WITH_CRC:
                text = f"The CRC of a section of the {table_name(table_id)} on PID 0x{line.pid:04x} is wrong."
                self._error("2.2", line.pid, packet, at, text)
            return
        if is_placed and table_id == tables.SCTE35:
            self._cue(line.pid, body, packet, at)
        elif is_placed:
            self._accept(line, body, stat, packet, at, began)

    def _accept(self, line: Line, body: bytes, stat: Stat, packet: int, at: float, began: float) -> None:
        table_id, head = body[0], tables.header(body)
        if head is None and table_id not in _SHORT:
            return
        if head is not None and head.version not in stat.versions:
            stat.versions.append(head.version)
        if table_id == tables.PMT and self.tree.pat.get(int.from_bytes(body[3:5], "big")) != line.pid:
            return
        if table_id == tables.CAT:
            self._cat_at = at
        if table_id in (tables.TDT, tables.TOT):
            self.tree.clock_utc = tables.clock(body) or None
        elif table_id == tables.EIT_ACTUAL and head is not None and head.is_current:
            self.tree.happen(head, body)
        known = self._remember(line, body, stat, head, at)
        self._clocks.moved(known, line.pid, packet, at, began)
        if known.table is not None:
            self._take(line.pid, body, known.table, packet, at)

    def _remember(self, line: Line, body: bytes, stat: Stat, head: tables.Header | None, at: float) -> Known:
        table_id, number = body[0], head.number if head else 0
        key = psi_state.sub_table(body) if head else body[:1]
        beat = line.beats.get(key)
        if beat is None:
            beat = line.beats[key] = Beat()
        watch = self._clocks.watch_of(line.pid, body, number, at)
        known = Known(body, number, stat, beat, self._clocks.dense_of(table_id), watch)
        if head is not None and table_id in EIT_PF and number <= 1:
            known.pair = self._clocks.pair_of(key, at)
        if head is not None and head.is_current and table_id in _FOLLOWED:
            known.table = line.tables.get(key)
            if known.table is None:
                known.table = line.tables[key] = SubTable()
        self._kept += len(body) + 256
        if self._kept > MOST_KEPT:
            self._forget()
        if body[:12] in line.known:
            line.again.clear()
        line.known[body[:12]] = known
        return known

    def _forget(self) -> None:
        """Let go of remembered sections where a stream never repeats itself: memory is bounded."""
        self._kept = 0
        for line in self._lines.values():
            line.forget()
            line.beats.clear()
        self._clocks.forget_pairs()

    def _take(self, pid: int, body: bytes, table: SubTable, packet: int, at: float) -> None:
        before = table.take((body[5] >> 1) & 0x1F, body[6], body[7], body)
        if before is None:
            return
        if packet - self._renewed_at > _RENEWED:
            self._renewed_at, self._changes = packet, 0
        self._changes += 1
        try:
            self._apply(table.whole, at)
        except (tables.BrokenSection, IndexError, ValueError):
            return
        if before and self._changes <= MOST_CHANGES:
            self._tell(psi_changes.event(pid, before, table.whole, at))
        elif before:
            self.dropped += 1

    def _apply(self, whole: tuple[bytes, ...], at: float) -> None:
        listed = self.tree.pat
        if not self.tree.apply(whole):
            return
        for number, pid in self.tree.pat.items() if whole[0][0] == tables.PAT else ():
            # a programme that is newly listed is read when its table comes, also where it was read before
            if number and listed.get(number) != pid and (line := self._lines.get(pid)):
                line.forget()
        self._settle(at)

    def _settle(self, at: float) -> None:
        """Let every PID's role follow the tables; a stream that changes without end is followed once a tick."""
        self._is_stale = self._changes > MOST_CHANGES
        if self._is_stale:
            return
        self.tree.settle()
        self.looker.expect({pid: told[1] for pid, told in self.tree.streams.items() if told[0] in ("video", "audio")})
        self._clocks.follow({number: pid for number, pid in self.tree.pat.items() if number}, at)

    def _cue(self, pid: int, body: bytes, packet: int, at: float) -> None:
        if pid in self.tree.cue_pids:
            self.cues.section(pid, self.tree.cue_pids[pid], body, packet, at)
            self._take_cues()

    def _take_cues(self) -> None:
        for event in self.cues.events:
            self._tell(event)
        self.errors.extend(self.cues.errors)
        self.cues.events.clear()
        self.cues.errors.clear()

    def _take_formats(self, at: float) -> None:
        for one in self.looker.changes:
            text = f"PID 0x{one.pid:04x} changed from {one.before.text} to {one.after.text}."
            data = {"text": text, "pid": one.pid, "before": one.before.text, "after": one.after.text}
            if getattr(one.before, "hdr", "") != getattr(one.after, "hdr", ""):
                data["finding"] = "media-hdr-changed"
            self._tell(Event("FormatChanged", at, data=data))
        self.looker.changes.clear()

    def _is_judged(self, pid: int) -> bool:
        return pid not in SI_PIDS or (self._profile.si_rules is not False and pid not in self.tree.streams)

    def _stat(self, pid: int, table_id: int) -> Stat:
        is_stray = table_id in (tables.PAT, tables.CAT) and pid != table_id
        name = f"table 0x{table_id:02x}" if is_stray else table_name(table_id)
        stat = self.stats.get(name)
        if stat is None:
            stat = self.stats[name] = Stat()
        return stat

    def _tell(self, event: Event) -> None:
        if len(self.events) < MOST_WAITING:
            # a stream without any clock has no times: 0 is "not known"
            self.events.append(event if event.at == event.at else replace(event, at=0.0))
        else:
            self.dropped += 1

    def _error(self, indicator: str, pid: int, packet: int, at: float, text: str, value: float = 0.0) -> None:
        self.errors.append(PacketError(indicator, pid, packet, at, text, value))
