"""Is the declared bandwidth true: average over an hour and peak by RFC 8216 4.1, from the segments themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from noc_console.media.ladder import Rung
from noc_console.model import Finding

_HOUR_S = 3600.0
_LEAST_S = 1800.0
_MAX_SEGMENTS = 4000
_MOST_IN_A_PEAK = 256


@dataclass(frozen=True, slots=True)
class Size:
    """One segment fetched whole: number, media seconds, bytes."""

    sequence: int
    duration_s: float
    bytes: int


def remember(sizes: tuple[Size, ...], size: Size) -> tuple[Size, ...]:
    """Return the last hour of segments with one more."""
    if size.duration_s <= 0 or size.bytes <= 0 or (sizes and size.sequence == sizes[-1].sequence):
        return sizes
    total = size.duration_s
    keep = 0
    for known in reversed(sizes):
        total += known.duration_s
        if total > _HOUR_S or keep >= _MAX_SEGMENTS:
            break
        keep += 1
    return (*sizes[len(sizes) - keep :], size)


def peak_bps(sizes: Sequence[Size], target_s: float) -> float:
    """Return the peak segment bit rate: of contiguous segments lasting 0.5 to 1.5 target durations (RFC 8216 4.1)."""
    best = 0.0
    for start, first in enumerate(sizes):
        total_s, total, number = 0.0, 0, first.sequence
        for size in sizes[start : start + _MOST_IN_A_PEAK]:
            if size.sequence != number or total_s + size.duration_s > 1.5 * target_s:
                break
            number += 1
            total_s += size.duration_s
            total += size.bytes
            if total_s >= 0.5 * target_s:
                best = max(best, total * 8 / total_s)
    return best


def judge_live(rung: Rung, sizes: Sequence[Size], target_s: float) -> list[Finding]:
    """Return what is untrue about the bandwidth a live variant declares (HLS authoring 1.28, 1.29)."""
    findings = []
    # only the newest segments can bring a new peak; what is older was judged when it came
    recent = sizes[-_recent(sizes, target_s) :]
    peak = peak_bps(recent, target_s) if rung.bandwidth_bps else 0.0
    if peak and peak >= 1.25 * rung.bandwidth_bps:
        findings.append(
            Finding(
                "hls-live-peak-exceeded",
                f"Peak {peak / 1e6:.2f} Mbit/s is {peak / rung.bandwidth_bps:.0%} of BANDWIDTH, limit 125 %.",
                {"rung": rung.label},
            )
        )
    total_s = sum(size.duration_s for size in sizes) if rung.average_bandwidth_bps else 0.0
    if total_s >= _LEAST_S:
        average = sum(size.bytes for size in sizes) * 8 / total_s
        if average >= 1.10 * rung.average_bandwidth_bps:
            findings.append(
                Finding(
                    "hls-live-average-exceeded",
                    f"Average over {total_s / 60:.0f} min {average / 1e6:.2f} Mbit/s is "
                    f"{average / rung.average_bandwidth_bps:.0%} of AVERAGE-BANDWIDTH, limit 110 %.",
                    {"rung": rung.label},
                )
            )
    return findings


def judge_vod(rung: Rung, sizes: Sequence[Size], target_s: float) -> list[Finding]:
    """Return what is untrue about a whole VOD variant (HLS authoring 1.26, 1.27, 1.30)."""
    total_s = sum(size.duration_s for size in sizes)
    if not total_s or not rung.bandwidth_bps:
        return []
    peak, average = peak_bps(sizes, target_s), sum(size.bytes for size in sizes) * 8 / total_s
    told = []
    if peak and abs(peak / rung.bandwidth_bps - 1) > 0.10:
        told.append(f"peak {peak / 1e6:.2f} Mbit/s against BANDWIDTH {rung.bandwidth_bps / 1e6:.2f}")
    if rung.average_bandwidth_bps and abs(average / rung.average_bandwidth_bps - 1) > 0.10:
        told.append(
            f"average {average / 1e6:.2f} Mbit/s against AVERAGE-BANDWIDTH {rung.average_bandwidth_bps / 1e6:.2f}"
        )
    if peak > 2 * average:
        told.append(f"peak is {peak / average:.0%} of the average, limit 200 %")
    return [Finding("hls-vod-bandwidth-off", f"{'; '.join(told)}.", {"rung": rung.label})] if told else []


def _recent(sizes: Sequence[Size], target_s: float) -> int:
    total, count = 0.0, 0
    for size in reversed(sizes):
        total += size.duration_s
        count += 1
        if total > 6 * target_s:
            break
    return max(count, 1)
