"""Begin and length of pictures that freeze or go black and of silence: what is told beside the lab's own log.

The lab's time is played by hand, so that the load of the machine makes no difference.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from noc_console.bench import Row
from noc_console.bench.media_feeds import Feed, PlayedLab
from noc_console.bench.media_watched import Told, Watched, watched
from noc_console.lab.fault import Fault
from noc_console.lab.media_faults import MEDIA_FAULTS
from noc_console.lab.options import FRAME_RATE, LabOptions
from noc_console.probes.decode.job import FULL, KEYFRAMES

#: What each fault of the lab becomes: the event that tells its begin and length.
EVENTS: Mapping[str, str] = {
    "freeze": "PictureFroze",
    "black": "PictureBlack",
    "colour-bars": "BarsShown",
    "silence": "SoundSilent",
}
#: Faults that are told as findings while they last; of these counts how long it takes.
FINDINGS = ("loud", "quiet", "channel-mute", "phase-inverted", "blockiness")
_MODES = {FULL: "all frames", KEYFRAMES: "key frames"}
_BEGIN_AT, _LEAD_S, _REST_S, _LASTS_S = 1_790_000_000.0, 12.0, 12.0, 120.0
_LENGTHS = {"colour-bars": (12.0, 20.0)}
_USUAL_LENGTH = (3.0, 14.0)
_FRAME_S = 1 / FRAME_RATE
_NEAR_S = 6.0
_WRAP_S = 2**33 / 90_000


@dataclass(frozen=True, slots=True)
class Case:
    """One fault on one feed in one mode: how far begin and length were off, None where nothing was told."""

    fault: str
    form: str
    mode: str
    begin_off_s: float | None
    length_off_s: float | None


@dataclass(frozen=True, slots=True)
class Delay:
    """One fault on one feed: how long after its begin the first finding came, None where none did."""

    fault: str
    form: str
    after_s: float | None


def rows(onsets: int = 1, seed: int = 1, options: LabOptions | None = None) -> list[Row]:
    """Measure so many faults of each kind on each form; four channels are also transport streams."""
    options = options or LabOptions(channels=4, looks=4, multicast=4, ads=False)
    lab = PlayedLab(options)
    try:
        cases = onsets_of(lab, onsets, Random(seed))
        gop_s = options.grid.gop / FRAME_RATE
    finally:
        lab.close()
    lab = PlayedLab(options)  # its faults begin anew
    try:
        delays = delays_of(lab)
    finally:
        lab.close()
    return [*onset_rows(cases, gop_s), *delay_rows(delays)]


def onsets_of(lab: PlayedLab, times: int, random: Random, kinds: Sequence[str] = tuple(EVENTS)) -> list[Case]:
    """Begin faults at moments by chance, and return what the watches made of them, in both modes."""
    feeds = lab.feeds()
    cases = []
    for code in dict.fromkeys(feed.code for feed in feeds):
        own = [feed for feed in feeds if feed.code == code]
        faults, until = _drawn(lab, own[0], [kind for _ in range(times) for kind in kinds], random)
        for feed in own:
            for mode in _MODES:
                seen = watched(lab.jobs(feed, mode, _BEGIN_AT, until), is_ts=feed.is_ts)
                cases += [_case(lab, fault, feed, mode, seen) for fault in faults]
    return cases


def _drawn(lab: PlayedLab, feed: Feed, kinds: Sequence[str], random: Random) -> tuple[list[Fault], float]:
    """Begin faults one after the other; return them, and when all is over."""
    faults, at = [], _BEGIN_AT + _LEAD_S
    for kind in random.sample(kinds, len(kinds)):
        seconds = random.uniform(*_LENGTHS.get(kind, _USUAL_LENGTH))
        faults.append(lab.begin(feed, kind, seconds, at + random.uniform(0, 8)))
        at = faults[-1].ends_at + _REST_S
    return faults, at + _REST_S


def _case(lab: PlayedLab, fault: Fault, feed: Feed, mode: str, seen: Watched) -> Case:
    begin_s, end_s = lab.times(fault, feed)
    offs = [(_turned(one.start_s - begin_s), one) for one in seen.told if one.kind == EVENTS[fault.kind]]
    near = [pair for pair in offs if abs(pair[0]) <= _NEAR_S]
    if not near:
        return Case(fault.kind, feed.form, mode, None, None)
    off_s, told = min(near, key=_nearness)
    return Case(fault.kind, feed.form, mode, off_s, told.length_s - (end_s - begin_s))


def _nearness(pair: tuple[float, Told]) -> float:
    return abs(pair[0])


def _turned(seconds: float) -> float:
    """Return a difference of two times on a clock of 33 bits."""
    return (seconds + _WRAP_S / 2) % _WRAP_S - _WRAP_S / 2


def onset_rows(cases: Sequence[Case], gop_s: float) -> list[Row]:
    """Return a row for each kind and mode: median and worst of begin and length, and what was missed."""
    found = []
    for fault, mode in sorted({(case.fault, case.mode) for case in cases}):
        own = [case for case in cases if (case.fault, case.mode) == (fault, mode)]
        limit_s = _FRAME_S if mode == FULL or fault == "silence" else gop_s
        begins = [abs(case.begin_off_s) for case in own if case.begin_off_s is not None]
        lengths = [abs(case.length_off_s) for case in own if case.length_off_s is not None]
        missed = sorted({case.form for case in own if case.begin_off_s is None})
        told = f"{len(begins)} of {len(own)} told"
        if begins:
            told += f"; begin off by {_spread(begins)}; length off by {_spread(lengths)}"
        is_met = not missed and max(begins) <= limit_s + 1e-3
        how = ", ".join(sorted({case.form for case in own})) + (f"; missed: {', '.join(missed)}" if missed else "")
        found.append(Row(f"begin of {fault}, {_MODES[mode]}", f"<= {limit_s:g} s", told, is_met, how))
    return found


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values) * 1e3:.0f} ms (worst {max(values) * 1e3:.0f} ms)"


def delays_of(lab: PlayedLab, kinds: Sequence[str] = FINDINGS, lasts_s: float = _LASTS_S) -> list[Delay]:
    """Begin each kind on every feed, one after the other, and return how long its finding takes."""
    feeds = lab.feeds()
    delays = []
    for code in dict.fromkeys(feed.code for feed in feeds):
        own = [feed for feed in feeds if feed.code == code]
        at = _BEGIN_AT + lasts_s
        faults = []
        for kind in kinds:
            faults.append(lab.begin(own[0], kind, lasts_s, at))
            at = faults[-1].ends_at + lasts_s
        for feed in own:
            seen = watched(lab.jobs(feed, KEYFRAMES, _BEGIN_AT, at), is_ts=feed.is_ts)
            delays += [_delay(lab, fault, feed, seen) for fault in faults]
    return delays


def _delay(lab: PlayedLab, fault: Fault, feed: Feed, seen: Watched) -> Delay:
    begin_s, _ = lab.times(fault, feed)
    due = MEDIA_FAULTS[fault.kind].hls
    after = [_turned(one.at_s - begin_s) for one in seen.found if one.id in due]
    within = [after_s for after_s in after if 0 <= after_s <= _LASTS_S + 60]
    return Delay(fault.kind, feed.form, min(within, default=None))


def delay_rows(delays: Sequence[Delay]) -> list[Row]:
    """Return a row for each kind: how long after its begin the finding came."""
    found = []
    for fault in dict.fromkeys(one.fault for one in delays):
        own = [one for one in delays if one.fault == fault]
        after = [one.after_s for one in own if one.after_s is not None]
        told = f"{len(after)} of {len(own)} told"
        if after:
            told += f"; after {statistics.median(after):.1f} s (worst {max(after):.1f} s)"
        how = f"{', '.join(MEDIA_FAULTS[fault].hls)}, key frames; end of the stretch that told it"
        found.append(Row(f"{fault}: finding", "told", told, len(after) == len(own), how))
    return found
