"""Writes the shown range of the channel page's charts to CSV or JSON, one row a sample; run beside the GUI thread."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from noc_console.errors import KnownError
from noc_console.views.charts.reduce import Floats
from noc_console.views.charts.spec import CurveSpec
from noc_console.views.charts.trace import Trace

COLUMNS = ("time", "at", "channel", "input", "rung", "metric", "min", "mean", "max")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the charts show: the channel's code, the range in Unix seconds, samples (4 x n: at, min, mean, max)."""

    code: str
    start: float
    end: float
    curves: tuple[tuple[CurveSpec, Floats], ...]

    @property
    def file_name(self) -> str:
        """The name offered for the file."""
        at = datetime.fromtimestamp(self.end, UTC).strftime("%Y%m%dT%H%M%SZ")
        return f"{self.code}_{at}.csv"


def shown_of(code: str, start: float, end: float, traces: Mapping[CurveSpec, Trace]) -> Shown:
    """Return a copy of what is shown, so that it can be written while the charts go on; one of each series."""
    by_key = {curve.key: (curve, trace) for curve, trace in traces.items()}
    return Shown(code, start, end, tuple((curve, trace.between(start, end)) for curve, trace in by_key.values()))


def write(path: Path, shown: Shown) -> int:
    """Write the samples, `.json` as JSON, anything else as CSV; return how many. Raises KnownError."""
    rows = list(_rows(shown))
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            if path.suffix.lower() == ".json":
                json.dump({"channel": shown.code, "start": shown.start, "end": shown.end, "samples": rows}, file)
            else:
                writer = csv.DictWriter(file, COLUMNS)
                writer.writeheader()
                writer.writerows(rows)
    except OSError as error:
        raise KnownError(f"{path} could not be written: {error.strerror}.") from None
    return len(rows)


def _rows(shown: Shown) -> Iterator[dict[str, Any]]:
    for curve, samples in shown.curves:
        for at, least, mean, greatest in samples.T.tolist():
            yield {
                "time": datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "at": round(at, 3),
                "channel": shown.code,
                "input": curve.input_id,
                "rung": curve.rung,
                "metric": curve.metric,
                "min": least,
                "mean": mean,
                "max": greatest,
            }
