"""The last hour's lines of every channel, taken from the history after a start, so that no tile begins blank."""

from __future__ import annotations

from noc_console.agent.recorder import Recorder
from noc_console.board import Board
from noc_console.errors import KnownError
from noc_console.history import SeriesAnswer, SeriesQuery
from noc_console.minutes import MINUTES
from noc_console.model import Channel

_HOUR_S = 60.0 * MINUTES


async def fill_sparks(channels: list[Channel], recorder: Recorder, board: Board) -> None:
    """Give each channel its lines; a history that cannot answer leaves the tiles as they are."""
    end = recorder.clock.now() // 60 * 60
    for channel in channels:
        for entry in channel.inputs[:1]:
            try:
                loads = await _curve(recorder, entry.id, "segment.download_s", end, MINUTES)
                lengths = await _curve(recorder, entry.id, "segment.duration_s", end, 1)
                quality = await _curve(recorder, entry.id, "video.mos", end, MINUTES)
            except KnownError:
                return
            values, mos = spark(loads, lengths, end), by_minute(quality, end)
            if any(value is not None for value in (*values, *mos)):
                board.set_sparks(channel.id, values, mos, end - 1)


async def _curve(recorder: Recorder, input_id: int, metric: str, end: float, points: int) -> SeriesAnswer:
    query = SeriesQuery(input_id, metric, end - _HOUR_S, end, "*", points)
    return await recorder.history.series(query)


def spark(loads: SeriesAnswer, lengths: SeriesAnswer, end: float) -> list[float | None]:
    """Return segment download time over segment duration, one value a minute, None without data."""
    length = lengths.points[-1][2] if lengths.points else 0.0
    if length <= 0:
        return [None] * MINUTES
    return [None if value is None else round(value / length, 3) for value in by_minute(loads, end, 9)]


def by_minute(curve: SeriesAnswer, end: float, digits: int = 2) -> list[float | None]:
    """Return a curve's mean in each minute of the hour before `end`, None without data."""
    minutes: list[list[float]] = [[] for _ in range(MINUTES)]
    for at, _, mean, _, _ in curve.points:
        index = int((at - (end - _HOUR_S)) // 60)
        if 0 <= index < MINUTES:
            minutes[index].append(mean)
    return [round(sum(some) / len(some), digits) if some else None for some in minutes]
