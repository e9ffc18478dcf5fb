"""How times, durations and figures of the incident record are written; times are in ICT, as everywhere on screen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=7), "ICT")
ZONE_WORDS = "ICT (UTC+07:00)"


def clock(at: float) -> str:
    """Return the time of day."""
    return datetime.fromtimestamp(at, ZONE).strftime("%H:%M:%S")


def moment(at: float | None) -> str:
    """Return day and time, a dash where nothing is known."""
    return "–" if at is None else datetime.fromtimestamp(at, ZONE).strftime("%d %b %Y %H:%M:%S")


def iso(at: float | None) -> str:
    """Return the time in UTC as ISO 8601, empty where nothing is known."""
    if at is None:
        return ""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def lasted(seconds: float | None) -> str:
    """Return a duration in words, a dash where nothing is known."""
    if seconds is None:
        return "–"
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def figure(value: float) -> str:
    """Return a figure of an axis in few digits."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= limit:
            return f"{value / (1e3 if unit == 'k' else limit):.3g} {unit}"
    return f"{value:.3g}".replace("-", "−")
