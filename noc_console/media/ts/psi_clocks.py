"""When tables must come and how dense they may (TR 101 290 1.3, 1.5, 3.1 to 3.8): clocks in, errors out."""

from __future__ import annotations

from collections.abc import Mapping

from noc_console.media.ts import tables
from noc_console.media.ts.outcome import PacketError
from noc_console.media.ts.profile import Profile
from noc_console.media.ts.psi_limits import ALWAYS_SI, DENSE_S, EIT_PID, PAT_PID, limit, table_name
from noc_console.media.ts.psi_state import Known, Watch

EIT_PF = (tables.EIT_ACTUAL, tables.EIT_OTHER)
SI_IDS = range(0x40, 0x74)
_MOST = 8192
_MANDATORY = frozenset((tables.PAT, tables.PMT, tables.NIT_ACTUAL, tables.SDT_ACTUAL, tables.EIT_ACTUAL, tables.TDT))
_WITHDRAWN = 6  # limits after which a table nobody must send was taken off, and is waited for no more
Key = tuple[int, int, int]


class Clocks:
    """The clocks of all tables of one stream; `errors` is the list that errors are added to."""

    def __init__(self, profile: Profile, errors: list[PacketError]) -> None:
        self._profile = profile
        self._errors = errors
        self._watches: dict[Key, Watch] = {}
        self._pairs: dict[bytes, list[float]] = {}
        self._halves: dict[bytes, PacketError] = {}
        self._began: float | None = None

    def begin(self, at: float) -> None:
        """Start the clocks of what every stream must carry; only the first call counts."""
        if self._began is not None or at != at:
            return
        self._began = at
        self.watch(tables.PAT, 0, PAT_PID, at)
        if self._profile.si_rules:
            for table_id, section, pid in ALWAYS_SI:
                self.watch(table_id, section, pid, at)

    def age(self, at: float) -> float:
        """Return for how long the stream is watched, in seconds."""
        return at - self._began if self._began is not None else 0.0

    def tick(self, at: float) -> None:
        """Judge what is absent."""
        self.begin(at)
        for key, watch in self._watches.items():
            if times := watch.overdue(at):
                self.late(watch, times, -1, at)
                if key[0] not in _MANDATORY and at - watch.last > _WITHDRAWN * watch.limit_s:
                    watch.rest()
        for service, pair in self._pairs.items():
            self._judge_pair(service, pair, at)

    def lasting(self) -> tuple[PacketError, ...]:
        """Return what was told as absent and is absent still; its errors are counted already."""
        watches = (watch.lasting for watch in self._watches.values() if watch.told is not None)
        return (*(error for error in watches if error is not None), *self._halves.values())

    def follow(self, programmes: Mapping[int, int], at: float) -> None:
        """Watch the PMTs that the PAT lists, and those only."""
        gone = [key for key in self._watches if key[0] == tables.PMT and programmes.get(key[1]) != key[2]]
        for key in gone:
            del self._watches[key]
        for number, pid in programmes.items():
            self.watch(tables.PMT, number, pid, at)

    def watch_of(self, pid: int, body: bytes, section: int, at: float) -> Watch | None:
        """Return the clock that a section moves, None where no limit is set or the profile does not apply it."""
        table_id, times = body[0], limit(body[0])
        if not times.absent or (table_id in SI_IDS and self._profile.si_rules is False):
            return None
        extension = int.from_bytes(body[3:5], "big") if times.by_extension else 0
        if table_id in EIT_PF:
            if section > 1:
                return None
            extension = section
        return self.watch(table_id, extension, pid, at)

    def watch(self, table_id: int, extension: int, pid: int, at: float) -> Watch | None:
        """Return the clock of a table, started now where it is new; None where there are too many."""
        key = (table_id, extension, pid if table_id == tables.PMT else 0)
        watch = self._watches.get(key)
        if watch is None and len(self._watches) < _MOST:
            times = limit(table_id)
            what = _what(table_id, extension)
            watch = Watch(times.absent, pid, what, times.absent_s, at, at + times.absent_s)
            self._watches[key] = watch
        return watch

    def dense_of(self, table_id: int) -> str:
        """Return the indicator of two sections too close to each other, empty where that is not judged."""
        is_off = self._profile.si_rules is False and table_id in SI_IDS
        return "" if is_off else limit(table_id).dense

    def pair_of(self, key: bytes, at: float) -> list[float] | None:
        """Return when present and following of a service last came (and whether one was told as missing)."""
        if self._profile.si_rules is not False and key not in self._pairs and len(self._pairs) < _MOST // 2:
            self._pairs[key] = [at, at, 0.0]
        return self._pairs.get(key)

    def forget_pairs(self) -> None:
        """Let go of the services' pairs: memory is bounded."""
        self._pairs.clear()
        self._halves.clear()

    def moved(self, known: Known, pid: int, packet: int, at: float, began: float) -> None:
        """A section came again: `began` is when its first byte came, `at` its last."""
        beat, watch = known.beat, known.watch
        if known.dense and began - beat.last < DENSE_S:
            self.too_dense(known, pid, packet, at, began)
        beat.last = at
        if watch is not None:
            if not at <= watch.due and (times := watch.overdue(at)):
                self.late(watch, times, packet, at)
            watch.last = at
            watch.due = at + watch.limit_s
        if known.pair is not None:
            known.pair[known.number] = at

    def late(self, watch: Watch, times: int, packet: int, at: float) -> None:
        """Tell an absence; `times` is how many errors it counts for."""
        gap = at - watch.last
        text = f"No {watch.what} for {gap:.3f} s; it must come every {watch.limit_s:g} s."
        watch.told = PacketError(watch.indicator, watch.pid, packet, at, text, gap, times)
        self._errors.append(watch.told)

    def too_dense(self, known: Known, pid: int, packet: int, at: float, began: float) -> None:
        """Tell two sections of one sub-table too close to each other."""
        gap = began - known.beat.last
        if gap < 0:
            return
        name = table_name(known.body[0])
        text = f"Two sections of the {name} came {gap * 1000:.1f} ms apart; 25 ms is the least."
        self._errors.append(PacketError(known.dense, pid, packet, at, text, gap))

    def _judge_pair(self, key: bytes, pair: list[float], at: float) -> None:
        """TR 101 290, 3.6.c: where a service has present or following, it has both."""
        step = limit(key[0]).absent_s
        fresh, stale = max(pair[0], pair[1]), min(pair[0], pair[1])
        if at - stale <= step:
            pair[2] = 0.0
            self._halves.pop(key, None)
        elif at - fresh <= step and at - stale > 2 * step and not pair[2]:
            pair[2] = 1.0
            missing = "present" if pair[0] < pair[1] else "following"
            text = f"The EIT of service {int.from_bytes(key[1:3], 'big')} has no section for the {missing} event."
            self._halves[key] = PacketError("3.6.c", EIT_PID, -1, at, text, at - stale)
            self._errors.append(self._halves[key])
        elif at - fresh > step:
            self._halves.pop(key, None)


def _what(table_id: int, extension: int) -> str:
    name = table_name(table_id)
    if table_id == tables.PMT:
        return f"{name} of programme {extension}"
    if table_id in EIT_PF:
        return f"{name} {'present' if extension == 0 else 'following'} (section {extension})"
    return f"{name} {extension}" if limit(table_id).by_extension else name
