"""How figures are written for people: minus sign, units after a thin gap, ages, clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

GAP = " "
DASH = "–"
ICT = timezone(timedelta(hours=7), "ICT")


def number(value: float | None, digits: int = 1, unit: str = "") -> str:
    """Return a figure with a real minus sign and its unit; `n/a` when nothing was measured."""
    if value is None:
        return "n/a"
    text = f"{value:.{digits}f}".replace("-", "\u2212")
    return f"{text}{GAP}{unit}" if unit else text


def ratio_percent(value: float | None, digits: int = 0) -> str:
    """Return a ratio 0..1 as per cent."""
    return "n/a" if value is None else number(value * 100, digits, "%")


def bits(value: float | None) -> str:
    """Return bits per second with the prefix that reads best."""
    if value is None:
        return "n/a"
    for limit, unit in ((1e9, "Gbit/s"), (1e6, "Mbit/s"), (1e3, "kbit/s")):
        if value >= limit:
            return number(value / limit, 1, unit)
    return number(value, 0, "bit/s")


def size(value: float | None) -> str:
    """Return bytes with the prefix that reads best."""
    if value is None:
        return "n/a"
    for limit, unit in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if value >= limit:
            return number(value / limit, 1, unit)
    return number(value, 0, "B")


def age(seconds: float | None) -> str:
    """Return a duration in at most two units: `48 s`, `6 m 20 s`, `1 h 12 m`, `3 d 4 h`."""
    if seconds is None:
        return "n/a"
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole}{GAP}s"
    if whole < 3600:
        return f"{whole // 60}{GAP}m {whole % 60:02d}{GAP}s" if whole < 600 else f"{whole // 60}{GAP}m"
    if whole < 86400:
        return f"{whole // 3600}{GAP}h {whole % 3600 // 60:02d}{GAP}m"
    return f"{whole // 86400}{GAP}d {whole % 86400 // 3600}{GAP}h"


def clock(at: float, zone: timezone = ICT) -> str:
    """Return the time of day `21:32:07` of Unix seconds; charts and lists are in ICT."""
    return datetime.fromtimestamp(at, zone).strftime("%H:%M:%S")


def clock_utc(at: float) -> str:
    """Return the time of day in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")


def day_and_clock(at: float, zone: timezone = ICT) -> str:
    """Return `20 Nov 21:32:07` of Unix seconds."""
    moment = datetime.fromtimestamp(at, zone)
    return f"{moment.day} {moment.strftime('%b %H:%M:%S')}"
