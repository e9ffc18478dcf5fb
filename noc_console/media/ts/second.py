"""A second of a stream as metrics and findings: what the board and the charts show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from noc_console.media.ts.findings import counts_by_priority, findings
from noc_console.media.ts.ledger import Ledger
from noc_console.media.ts.outcome import WHOLE_STREAM, PacketError
from noc_console.media.ts.packets import NULL_PID
from noc_console.media.ts.profile import Profile
from noc_console.model import Finding

_SUMS = {
    "ts.sync_losses": ("1.1",),
    "ts.cc_errors": ("1.4",),
    "ts.pat_errors": ("1.3", "1.3.a"),
    "ts.pmt_errors": ("1.5", "1.5.a"),
    "ts.pts_errors": ("2.5",),
    "ts.crc_errors": ("2.2",),
    "ts.transport_errors": ("2.1",),
}


@dataclass(frozen=True, slots=True)
class PcrSecond:
    """What the PCRs of one PID were in a second: longest interval, worst accuracy (None: not applicable), jitter."""

    interval_s: float | None = None
    accuracy_ns: float | None = None
    jitter_s: float | None = None
    drift_ppm: float | None = None


def scope_of(pid: int) -> str:
    """Return the scope of a PID."""
    return f"pid/0x{pid:04x}"


def counted(
    ledger: Ledger, lasting: Iterable[PacketError], is_by_priority: bool = False
) -> tuple[dict[str, int], dict[tuple[str, int], int], tuple[Finding, ...]]:
    """Return a second's counts by indicator, by indicator and PID, and its findings; what lasts is told again."""
    window, examples = ledger.take_window()
    counts: dict[str, int] = {}
    for (indicator, _), count in window.items():
        counts[indicator] = counts.get(indicator, 0) + count
    told = dict(window)
    for error in lasting:
        place = (error.indicator, error.pid)
        if place not in told:
            told[place] = 1
            examples[place] = error
    return counts, window, findings(told, examples, is_by_priority)


def error_metrics(counts: Mapping[str, int]) -> dict[str, float]:
    """Return the metrics that are sums of counts."""
    metrics = {key: float(sum(counts.get(one, 0) for one in some)) for key, some in _SUMS.items()}
    for priority, count in counts_by_priority(counts).items():
        metrics[f"ts.p{priority}_errors"] = float(count)
    return metrics


def rate_metrics(rates: Mapping[int, float], long_rates: Mapping[int, float]) -> dict[str, float]:
    """Return bitrate now and over five minutes, and the share of null packets."""
    total = sum(rates.values())
    metrics = {"ts.bitrate_bps": total}
    if long_rates:
        metrics["ts.bitrate_5min_bps"] = sum(long_rates.values())
    if total:
        metrics["ts.null_ratio"] = rates.get(NULL_PID, 0.0) / total
    return metrics


def pcr_metrics(pcr: PcrSecond) -> dict[str, float]:
    """Return what is known of a PID's PCRs."""
    told = {
        "ts.pcr_interval_s": pcr.interval_s,
        "ts.pcr_accuracy_ns": pcr.accuracy_ns,
        "ts.arrival_jitter_s": pcr.jitter_s,
        "ts.pcr_drift_ppm": pcr.drift_ppm,
    }
    return {key: value for key, value in told.items() if value is not None}


def worst_pcr(some: Iterable[PcrSecond]) -> PcrSecond:
    """Return the worst of each measure."""
    every = list(some)

    def most(values: Iterable[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return max(known, key=abs) if known else None

    return PcrSecond(
        most(one.interval_s for one in every),
        most(one.accuracy_ns for one in every),
        most(one.jitter_s for one in every),
        most(one.drift_ppm for one in every),
    )


def other_findings(profile: Profile, metrics: Mapping[str, float], is_constant: bool | None) -> tuple[Finding, ...]:
    """Return what is no indicator of the TR: arrival jitter, share of null packets."""
    found = []
    jitter, share = metrics.get("ts.arrival_jitter_s"), metrics.get("ts.null_ratio")
    if jitter is not None and jitter > profile.arrival_jitter_s:
        limit = profile.arrival_jitter_s * 1000
        text = f"PCRs arrive with a jitter of {jitter * 1000:.1f} ms, the limit is {limit:.0f} ms."
        found.append(Finding("ts-arrival-jitter", text))
    if share is not None and share > profile.null_share_most:
        text = f"{share:.0%} of the packets are null packets, the limit is {profile.null_share_most:.0%}."
        found.append(Finding("ts-null-share", text))
    elif share == 0.0 and is_constant:
        found.append(Finding("ts-null-share", "A stream of constant bitrate has no null packets at all."))
    return tuple(found)


def scrambling_finding(profile: Profile, hidden: int, packets: int) -> tuple[Finding, ...]:
    """Return whether sound and picture are scrambled against what is expected."""
    if profile.expects_scrambled is None or not packets:
        return ()
    if hidden and not profile.expects_scrambled:
        return (Finding("ts-scrambled-unexpected", f"{hidden} packets are scrambled in a clear stream."),)
    if not hidden and profile.expects_scrambled:
        return (Finding("ts-scrambled-unexpected", "No packet is scrambled in a stream that should be."),)
    return ()


def rates_for_bands(rates: Mapping[int, float], kinds: Iterable[int]) -> dict[int, float]:
    """Return the bitrates that are judged: of the whole, and of sound and picture."""
    judged = {pid: rates.get(pid, 0.0) for pid in kinds}
    return {WHOLE_STREAM: sum(rates.values()), **judged}
