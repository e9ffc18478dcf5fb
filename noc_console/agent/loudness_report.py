"""The loudness report (R-156, R-082): how loud each programme was over a span, and for what share of it right."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from noc_console.agent.recorder import Recorder
from noc_console.history import SeriesAnswer, SeriesQuery
from noc_console.media.loudness.report import LoudnessRow, row_of_minutes
from noc_console.model import Channel

LOUDNESS, PEAK = "audio.loudness_lufs", "audio.true_peak_dbtp"
COLUMNS = (
    "program", "average_lufs", "true_peak_dbtp", "deviation_lu", "compliance_percent", "minutes", "samples",
    "channel", "rendition",
)  # fmt: skip
_MINUTE_S = 60.0
#: By the minute up to two days; a longer span in as many parts.
_MOST_POINTS = 2880


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in Unix seconds."""

    start: float
    end: float

    @property
    def points(self) -> int:
        """Return into how many parts the span is read."""
        return min(max(math.ceil((self.end - self.start) / _MINUTE_S), 1), _MOST_POINTS)

    @property
    def part_s(self) -> float:
        """Return the length of one part, at least a minute."""
        return max((self.end - self.start) / self.points, _MINUTE_S)


async def loudness_rows(recorder: Recorder, channels: Iterable[Channel], span: Span) -> list[dict[str, Any]]:
    """Return one row for each sound of each channel, measured where it is nearest to the source.

    A channel whose sound was never measured has one row of blanks: no data is never 0.
    """
    rows: list[dict[str, Any]] = []
    for channel in channels:
        found = _nearest(recorder, channel)
        for input_id, rung in found:
            rows.append(await _row(recorder, channel, (input_id, rung), span))
        if not found:
            blank = LoudnessRow(channel.name, None, None, None, None, None, 0)
            rows.append(_told(channel, "", blank, 0))
    return rows


def _nearest(recorder: Recorder, channel: Channel) -> list[tuple[int, str]]:
    """Return the sounds of the first input, from the source on, whose sound was measured."""
    for one in sorted(channel.inputs, key=lambda entry: entry.layer):
        if rungs := recorder.history.rungs(one.id, LOUDNESS):
            return [(one.id, rung) for rung in rungs]
    return []


async def _row(recorder: Recorder, channel: Channel, sound: tuple[int, str], span: Span) -> dict[str, Any]:
    input_id, rung = sound
    asked = [SeriesQuery(input_id, key, span.start, span.end, rung, span.points) for key in (LOUDNESS, PEAK)]
    loudness, peaks = await recorder.ask(recorder.history.several(asked))
    row = row_of_minutes(channel.name, _by_part(loudness, span.part_s), [point[3] for point in peaks.points])
    return _told(channel, rung, row, sum(point[4] for point in loudness.points))


def _by_part(answer: SeriesAnswer, part_s: float) -> Sequence[float]:
    """Return one loudness for each part with sound: the newest, which is that of the minute before it."""
    return tuple({int(point[0] // part_s): point[2] for point in answer.points}.values())


def _told(channel: Channel, rung: str, row: LoudnessRow, samples: int) -> dict[str, Any]:
    share = row.compliance_ratio
    return {
        "program": row.channel,
        "average_lufs": _rounded(row.average_lufs),
        "true_peak_dbtp": _rounded(row.true_peak_dbtp),
        "deviation_lu": _rounded(row.deviation_lu),
        "compliance_percent": None if share is None else round(share * 100, 2),
        "minutes": row.minutes,
        "samples": samples,
        "channel": channel.code,
        "rendition": rung,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
