"""From counted errors to findings of the catalogue: name, priority and severity of every TR 101 290 indicator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from noc_console.media.ts.cues import PREROLL
from noc_console.media.ts.outcome import WHOLE_STREAM, PacketError
from noc_console.model import Finding, Severity

MOST = 256


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: its number and name in TR 101 290, its priority (0: not of the TR) and its finding.

    `severity` is set where the indicator is worse than what the catalogue says of its finding.
    """

    tr: str
    name: str
    priority: int
    finding: str
    severity: Severity | None = None


_BY_PRIORITY = {1: Severity.CRITICAL, 2: Severity.MAJOR, 3: Severity.MINOR}
_ROWS = (
    ("1.1", "TS_sync_loss", "ts-sync-loss"),
    ("1.2", "Sync_byte_error", "ts-sync-byte"),
    ("1.3", "PAT_error", "ts-pat"),
    ("1.3.a", "PAT_error_2", "ts-pat"),
    ("1.4", "Continuity_count_error", "ts-cc"),
    ("1.5", "PMT_error", "ts-pmt"),
    ("1.5.a", "PMT_error_2", "ts-pmt"),
    ("1.6", "PID_error", "ts-pid-missing"),
    ("2.1", "Transport_error", "ts-transport-error"),
    ("2.2", "CRC_error", "ts-crc"),
    ("2.3", "PCR_error", "ts-pcr-discontinuity"),
    ("2.3.b", "PCR_discontinuity_indicator_error", "ts-pcr-discontinuity"),
    ("2.4", "PCR_accuracy_error", "ts-pcr-accuracy"),
    ("2.5", "PTS_error", "ts-pts"),
    ("2.6", "CAT_error", "ts-cat"),
    ("3.1", "NIT_error", "ts-nit"),
    ("3.1.a", "NIT_actual_error", "ts-nit"),
    ("3.1.b", "NIT_other_error", "ts-nit"),
    ("3.2", "SI_repetition_error", "ts-si-repetition"),
    ("3.3", "Buffer_error", "ts-buffer"),
    ("3.4", "Unreferenced_PID", "ts-unreferenced-pid"),
    ("3.4.a", "Unreferenced_PID", "ts-unreferenced-pid"),
    ("3.5", "SDT_error", "ts-sdt"),
    ("3.5.a", "SDT_actual_error", "ts-sdt"),
    ("3.5.b", "SDT_other_error", "ts-sdt"),
    ("3.6", "EIT_error", "ts-eit"),
    ("3.6.a", "EIT_actual_error", "ts-eit"),
    ("3.6.b", "EIT_other_error", "ts-eit"),
    ("3.6.c", "EIT_PF_error", "ts-eit"),
    ("3.7", "RST_error", "ts-rst"),
    ("3.8", "TDT_error", "ts-tdt"),
    ("3.9", "Empty_buffer_error", "ts-buffer"),
    ("3.10", "Data_delay_error", "ts-buffer"),
)
INDICATORS: Mapping[str, Indicator] = {
    **{tr: Indicator(tr, name, int(tr[0]), finding) for tr, name, finding in _ROWS},
    # standards 3: beyond 100 ms an error, beyond 40 ms a warning (profile switch)
    "2.3.a": Indicator("2.3.a", "PCR_repetition_error", 2, "ts-pcr-repetition", Severity.MAJOR),
    "2.3.a-40": Indicator("2.3.a", "PCR_repetition_error", 2, "ts-pcr-repetition"),
    PREROLL: Indicator("", "", 0, "media-scte-preroll"),
}


def priority_of(indicator: str) -> int:
    """Return the priority of an indicator in TR 101 290: 1, 2, 3, or 0 where it is none of them."""
    known = INDICATORS.get(indicator)
    if known is not None:
        return known.priority
    return int(indicator[0]) if indicator[:1] in ("1", "2", "3") else 0


def counts_by_priority(counts: Mapping[str, int]) -> dict[int, int]:
    """Return the errors of each priority; a late PCR beyond 40 ms only is a warning and no error of the TR."""
    told = {1: 0, 2: 0, 3: 0}
    for indicator, count in counts.items():
        priority = priority_of(indicator)
        if priority and indicator != "2.3.a-40":
            told[priority] += count
    return told


def findings(
    counts: Mapping[tuple[str, int], int],
    examples: Mapping[tuple[str, int], PacketError],
    is_by_priority: bool = False,
) -> tuple[Finding, ...]:
    """Return one finding for each (indicator, PID), with the text of its example and the exact count.

    `is_by_priority` takes the severity from the priority (1 critical, 2 major, 3 minor) instead of the catalogue;
    indicators outside the TR keep the catalogue's. The worst priorities come first; at most MOST are told.
    """
    places = sorted(
        (place for place in counts if place in examples), key=lambda place: (priority_of(place[0]) or 4, place)
    )
    return tuple(
        _finding(INDICATORS[place[0]], examples[place], counts[place], is_by_priority)
        for place in places[:MOST]
        if place[0] in INDICATORS
    )


def findings_of(
    errors: Iterable[PacketError], counts: Mapping[str, int], is_by_priority: bool = False
) -> tuple[Finding, ...]:
    """Return the findings of a whole stream, from its first errors and its exact counts by indicator.

    What is not among the first errors is added to the indicator's first PID.
    """
    places: dict[tuple[str, int], int] = {}
    examples: dict[tuple[str, int], PacketError] = {}
    rest = dict(counts)
    for error in errors:
        place = (error.indicator, error.pid)
        places[place] = places.get(place, 0) + error.weight
        examples.setdefault(place, error)
        rest[error.indicator] = rest.get(error.indicator, 0) - error.weight
    for place in places:
        places[place] += max(rest.pop(place[0], 0), 0)
    return findings(places, examples, is_by_priority)


def _finding(known: Indicator, first: PacketError, count: int, is_by_priority: bool) -> Finding:
    where: dict[str, str | int | float] = {}
    if known.priority:
        where |= {"tr": known.tr, "name": known.name, "priority": known.priority}
    if first.pid != WHOLE_STREAM:
        where["pid"] = first.pid
    if first.packet_index >= 0:
        where["packet"] = first.packet_index
    severity = _BY_PRIORITY.get(known.priority) if is_by_priority else known.severity
    return Finding(known.finding, first.text, where, count, severity)


class Tally:
    """Errors by priority over the last hour, in minutes: 60 numbers, whatever the stream does."""

    def __init__(self) -> None:
        self._minutes: dict[int, dict[int, int]] = {}

    def add(self, counts: Mapping[str, int], at: float) -> None:
        """Take the counts by indicator of one second."""
        minute = int(at // 60)
        row = self._minutes.setdefault(minute, {1: 0, 2: 0, 3: 0})
        for priority, count in counts_by_priority(counts).items():
            row[priority] += count
        for old in [one for one in self._minutes if not minute - 60 < one <= minute]:
            del self._minutes[old]

    def hour(self) -> dict[int, int]:
        """Return the errors of each priority over the last hour."""
        return {priority: sum(row[priority] for row in self._minutes.values()) for priority in (1, 2, 3)}
