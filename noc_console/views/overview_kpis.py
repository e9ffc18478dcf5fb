"""The six key figures of the overview, out of the board and the alarms of the last hour."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from noc_console.model import Severity
from noc_console.views import figures
from noc_console.views.kpi import Kpi
from noc_console.views.overview_figures import Curve, Delivery, ages, failing, open_counts
from noc_console.views.picture_load import Seen, seen_of
from noc_console.views.state import BoardMirror, Json
from noc_console.views.summary import Summary
from noc_console.views.wall_scales import MOS_HIGH, MOS_LOW

TITLES = ("Active channels", "Critical", "Major", "Playlist age, median", "Segments on time", "Requests failing")
_HOUR = 60
_ON_TIME_NORMAL = 0.995
_MOS_NORMAL = (4.0, MOS_HIGH)


def kpis(mirror: BoardMirror, summary: Summary, found: Delivery, alarms: Iterable[Json]) -> list[Kpi]:
    """Return the figures in the order of TITLES; `n/a` until something was measured.

    Where pictures and sound are measured, their figures stand in the places of playlist age and segments on time.
    """
    if not mirror.agent:
        return [Kpi("n/a", note="Loading")] * len(TITLES)
    known, seen = list(alarms), seen_of(mirror)
    return [
        _active(summary, found),
        _severity(mirror, summary, Severity.CRITICAL, known),
        _severity(mirror, summary, Severity.MAJOR, known),
        _quality(seen) or _age(mirror, summary),
        _loudness(seen) or _on_time(found),
        _failing(mirror),
    ]


def _active(summary: Summary, found: Delivery) -> Kpi:
    measured = f"{found.channels} delivering" if found.channels else "none measured yet"
    note = f"{summary.disabled} disabled" if summary.disabled else measured
    return Kpi(str(summary.active), f"/{summary.total}", note)


def _severity(mirror: BoardMirror, summary: Summary, severity: Severity, alarms: list[Json]) -> Kpi:
    count = summary.channels[severity]
    curve = open_counts(alarms, severity, mirror.now(), _HOUR)
    worst = [
        one
        for one in mirror.channels.values()
        if one["severity"] == severity.value and mirror.channel_state(one) != "disabled"
    ]
    note = "none"
    if worst:
        newest = max(worst, key=lambda one: float(one["since"]))
        acked = summary.acknowledged[severity]
        age = figures.age(mirror.now() - newest["since"])
        note = f"{acked} acknowledged" if acked else f"{newest['name']}, {age}"
    top = max(3.0, *curve)
    return Kpi(str(count), "", note, severity if count else Severity.CLEARED, severity, curve, (0.0, 0.0), (0.0, top))


def _age(mirror: BoardMirror, summary: Summary) -> Kpi:
    values = ages(mirror)
    if not len(values):
        return Kpi("n/a", note="no playlist measured")
    over = int((values > 1.5).sum())
    note = f"{over} channels over 1.5" if over else "all channels under 1.5"
    return Kpi(figures.number(float(np.median(values)), 2), "× target", note)


def _on_time(found: Delivery) -> Kpi:
    recent = _recent(found.on_time)
    if recent is None:
        return Kpi("n/a", note="no segment measured")
    curve = tuple(found.on_time.tolist())
    return Kpi(
        figures.number(recent * 100, 1),
        "%",
        "normal 99.5–100",
        Severity.CLEARED,
        None,
        curve,
        (_ON_TIME_NORMAL, 1.0),
        (0.9, 1.0),
    )


def _quality(seen: Seen) -> Kpi | None:
    recent = _recent(seen.mos)
    if recent is None:
        return None
    note = "tier " + ", ".join(f"{tier}: {figures.number(mean, 1)}" for tier, mean in seen.by_tier[:3])
    scale = (MOS_LOW, MOS_HIGH)
    curve = tuple(seen.mos.tolist())
    return Kpi(
        figures.number(recent, 1), "estimate", note, curve=curve, band=_MOS_NORMAL, scale=scale, title="MOS, median"
    )


def _loudness(seen: Seen) -> Kpi | None:
    if not seen.heard:
        return None
    note = f"{seen.on_target} of {seen.heard} at −23 ±2 LUFS"
    return Kpi(figures.number(seen.on_target / seen.heard * 100, 1), "%", note, title="Loudness in range")


def _failing(mirror: BoardMirror) -> Kpi:
    bad, total = failing(mirror)
    if not total:
        return Kpi("n/a", note="no request made")
    return Kpi(figures.number(bad / total * 100, 1), "%", f"{bad} of {total} rungs, last request")


def _recent(curve: Curve) -> float | None:
    known = curve[-3:][np.isfinite(curve[-3:])]
    return float(known[-1]) if len(known) else None
