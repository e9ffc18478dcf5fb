"""What the store needs from time to time, one short slice after a tick: sealing, ageing, forecast."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from noc_console.history.ageing import age_window, drop_window, sweep
from noc_console.history.faults import FAULTS
from noc_console.history.recalling import recall_hours
from noc_console.history.recorder import Recorder
from noc_console.history.sealing import GRACE_S, seal_windows
from noc_console.history.shelf import Sealed

log = logging.getLogger(__name__)

DAY_S = 86400.0
_MONTH_S = 30.44 * DAY_S
_PAUSE_S = 60.0
_HOURLY_ROW_BYTES = 52
_RASTER_PART = 0.5


@dataclass(frozen=True, slots=True)
class Limits:
    """How long what is kept, in seconds, and what the captures may take, in bytes."""

    values_s: float
    aggregates_s: float
    hourly_s: float
    captures_bytes: int = 0


class Upkeep:
    """Runs in the writer thread; a fault of the store ends the job, which begins anew a minute later."""

    def __init__(self, recorder: Recorder, limits: Limits) -> None:
        self._recorder = recorder
        self._limits = limits
        self._job: Iterator[None] | None = None
        self._not_before = float("-inf")
        self._swept_at: float | None = None
        self._is_failing = False
        self._has_recalled = False

    def step(self, at: float) -> bool:
        """Do one slice of what is due at this time; return whether anything was."""
        if self._recorder.state.state != "ok" or at < self._not_before:
            return False
        self._job = self._job or self._next(at)
        if self._job is None:
            return False
        try:
            next(self._job)
        except StopIteration:
            self._end()
        except (*FAULTS, ValueError):
            if not self._is_failing:
                log.warning("the history could not be tidied; trying again every minute", exc_info=True)
            self._is_failing = True
            self._recorder.let_go()
            self._job, self._not_before = None, at + _PAUSE_S
        return True

    def _end(self) -> None:
        self._job, self._is_failing = None, False
        self._recorder.forecast_bytes = self.forecast()

    def _next(self, at: float) -> Iterator[None] | None:
        if not self._has_recalled:
            self._has_recalled = True
            return recall_hours(self._recorder)
        windows = self._recorder.store.windows
        due = sorted(start for start in windows.windows if start + windows.span_s + GRACE_S <= at)
        if due:
            return seal_windows(self._recorder, due)
        for window in self._recorder.sealed:
            if window.end < at - self._limits.aggregates_s:
                return drop_window(self._recorder, window)
            if not window.step_s and window.end < at - self._limits.values_s:
                return age_window(self._recorder, window)
        if self._swept_at is None or at - self._swept_at > DAY_S:
            self._swept_at = at
            return sweep(self._recorder, at - self._limits.hourly_s)
        return None

    def forecast(self) -> int:
        """Return the bytes the store and captures will take once everything has its full age."""
        sealed = self._recorder.sealed
        raw = _per_s([w for w in sealed if not w.step_s][-12:])
        raster = _per_s([w for w in sealed if w.step_s][-12:]) or raw * _RASTER_PART
        limits = self._limits
        values = raw * limits.values_s + raster * max(limits.aggregates_s - limits.values_s, 0.0)
        hourly = self._recorder.store.names.last() * _HOURLY_ROW_BYTES * limits.hourly_s / 3600
        return int(values * 1.15 + hourly * (1 if sealed else 0)) + limits.captures_bytes


def _per_s(windows: list[Sealed]) -> float:
    span = sum(window.span_s for window in windows)
    return sum(window.size_bytes for window in windows) / span if span else 0.0


def limits_of(values_h: float, aggregates_d: float, hourly_months: int, captures_bytes: int) -> Limits:
    """Return the limits the settings ask for."""
    return Limits(values_h * 3600, aggregates_d * DAY_S, hourly_months * _MONTH_S, captures_bytes)
