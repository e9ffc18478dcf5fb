"""Pictures and sound measured: cost beside FFmpeg's filters, onset by the lab's log, false alarms, the estimate."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from noc_console.bench import Row, media_clean, media_mos, media_onset, media_speed

Part = Callable[[Mapping[str, str]], list[Row]]


def run(options: Mapping[str, str]) -> list[Row]:
    """Measure; options: `only` some parts, separated by commas (loudness, keys, uhd, full, onset, clean, mos).

    `rounds` of the timed ones, `seconds` of sound; `onsets` of each kind and form (1), `seed`; `hours` of clean
    pictures and sound (1); `ladder=1`: the whole one of the estimate.
    """
    parts = _parts()
    wanted = options["only"].split(",") if "only" in options else list(parts)
    rows = [row for name in wanted for row in parts[name](options)]
    load = f"{os.getloadavg()[0]:.1f} at the end, {os.cpu_count()} cores"
    return [*rows, Row("load of the machine", "", load, None, "CPU time is counted, which others' work makes longer")]


def _parts() -> Mapping[str, Part]:
    return {
        "loudness": lambda options: media_speed.loudness_rows(
            float(options.get("seconds", "60")), _rounds(options, 5)
        ),
        "keys": lambda options: media_speed.key_rows(rounds=_rounds(options, 5)),
        "uhd": lambda options: media_speed.uhd_rows(rounds=_rounds(options, 5)),
        "full": lambda options: media_speed.full_rows(rounds=_rounds(options, 2)),
        "onset": lambda options: media_onset.rows(int(options.get("onsets", "1")), int(options.get("seed", "1"))),
        "clean": lambda options: media_clean.rows(float(options.get("hours", "1"))),
        "mos": lambda options: media_mos.run({} if options.get("ladder") else {"short": "yes"}),
    }


def _rounds(options: Mapping[str, str], usual: int) -> int:
    return int(options.get("rounds", str(usual)))
