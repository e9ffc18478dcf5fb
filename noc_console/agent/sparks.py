"""The last hour's line of every channel, taken from the history after a start, so that no tile begins blank."""

from __future__ import annotations

from noc_console.agent.recorder import Recorder
from noc_console.board import SPARK_MINUTES, Board
from noc_console.errors import KnownError
from noc_console.history import SeriesAnswer, SeriesQuery
from noc_console.model import Channel

_HOUR_S = 60.0 * SPARK_MINUTES


async def fill_sparks(channels: list[Channel], recorder: Recorder, board: Board) -> None:
    """Give each channel its line; a history that cannot answer leaves the tiles as they are."""
    end = recorder.clock.now() // 60 * 60
    for channel in channels:
        for entry in channel.inputs[:1]:
            try:
                loads = await _curve(recorder, entry.id, "segment.download_s", end, SPARK_MINUTES)
                lengths = await _curve(recorder, entry.id, "segment.duration_s", end, 1)
            except KnownError:
                return
            values = spark(loads, lengths, end)
            if any(value is not None for value in values):
                board.set_spark(channel.id, values, end - 1)


async def _curve(recorder: Recorder, input_id: int, metric: str, end: float, points: int) -> SeriesAnswer:
    query = SeriesQuery(input_id, metric, end - _HOUR_S, end, "*", points)
    return await recorder.history.series(query)


def spark(loads: SeriesAnswer, lengths: SeriesAnswer, end: float) -> list[float | None]:
    """Return segment download time over segment duration, one value a minute, None without data."""
    length = lengths.points[-1][2] if lengths.points else 0.0
    if length <= 0:
        return [None] * SPARK_MINUTES
    minutes: list[list[float]] = [[] for _ in range(SPARK_MINUTES)]
    for at, _, mean, _, _ in loads.points:
        index = int((at - (end - _HOUR_S)) // 60)
        if 0 <= index < SPARK_MINUTES:
            minutes[index].append(mean)
    return [round(sum(some) / len(some) / length, 3) if some else None for some in minutes]
