"""Which charts a transport stream has: PCR accuracy, PCR interval and drift; on the channel page its health."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from noc_console.model import Severity
from noc_console.views.channel_limits import SHIPPED, Limits
from noc_console.views.charts.spec import ChartSpec, CurveSpec, Limit

Json = Mapping[str, Any]
# TR 101 290, 2.3.a; standards 3: arrival jitter by the host's clock
_INTERVAL = (Limit(40.0, "40 ms", Severity.WARNING), Limit(100.0, "100 ms", Severity.MAJOR))
_JITTER = (Limit(50.0, "50 ms", Severity.WARNING),)
_NS_TOPS = (600.0, 1_000.0, 2_000.0, 4_000.0, 10_000.0, 100_000.0, 1e6, 1e7, 1e8, 1e9, 1e11)
_MS_TOPS = (120.0, 200.0, 400.0, 1_000.0, 4_000.0, 20_000.0, 100_000.0)
_JITTER_TOPS = (60.0, 100.0, 200.0, 400.0, 1_000.0, 4_000.0, 20_000.0)
_PPM_TOPS = (1.0, 2.0, 4.0, 10.0, 40.0, 100.0, 1_000.0, 10_000.0)
_MBIT_TOPS = (0.4, 0.8, 1.2, 2.0, 4.0, 8.0, 12.0, 16.0, 24.0, 40.0, 80.0, 160.0)
_COUNT_TOPS = (4.0, 8.0, 20.0, 40.0, 100.0, 400.0, 1_000.0, 4_000.0, 40_000.0, 400_000.0)


def pcr_specs(input_id: int, limits: Limits = SHIPPED) -> tuple[ChartSpec, ...]:
    """Return the charts of the PCR, worst over its PIDs in each second."""

    def curve(name: str, metric: str) -> tuple[CurveSpec, ...]:
        return (CurveSpec(name, metric, "", input_id),)

    return (
        ChartSpec(
            "PCR accuracy by position", "acc ns", _NS_TOPS, curve("accuracy", "ts.pcr_accuracy_ns"), _accuracy(limits)
        ),
        ChartSpec("PCR interval", "PCR ms", _MS_TOPS, curve("interval", "ts.pcr_interval_s"), _INTERVAL, scale=1e3),
        ChartSpec("PCR clock against ours", "ppm", _PPM_TOPS, curve("drift", "ts.pcr_drift_ppm"), is_centred=True),
    )


def health_specs(one: Json, limits: Limits = SHIPPED) -> tuple[ChartSpec, ...]:
    """Return the charts the channel page shows of a transport stream, as many as those of a playlist."""
    input_id = int(one["id"])
    errors = tuple(CurveSpec(f"P{number}", f"ts.p{number}_errors", "", input_id) for number in (1, 2, 3))
    return (
        ChartSpec("Errors a second", "errors", _COUNT_TOPS, errors),
        pcr_specs(input_id, limits)[0],
        ChartSpec("Bitrate", "Mbit/s", _MBIT_TOPS, (CurveSpec("TS", "ts.bitrate_bps", "", input_id),), scale=1e-6),
        ChartSpec(
            "Arrival jitter",
            "jitter ms",
            _JITTER_TOPS,
            (CurveSpec("jitter", "ts.arrival_jitter_s", "", input_id),),
            _JITTER,
            scale=1e3,
        ),
    )


def _accuracy(limits: Limits) -> tuple[Limit, ...]:
    """Return the limit of TR 101 290, 2.4, as the rules have it."""
    value = limits.pcr_accuracy_ns
    return (Limit(value, f"±{value:g} ns", Severity.MAJOR),) if value else ()
