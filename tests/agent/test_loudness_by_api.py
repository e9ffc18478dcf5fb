"""The loudness report read from a real history: rows by channel and sound, nothing invented."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from noc_console.agent.loudness_report import COLUMNS, LOUDNESS, PEAK, Span, loudness_rows
from noc_console.agent.recorder import Recorder
from noc_console.history import History, Tick, open_history
from noc_console.model import Channel, Input, Kind, Layer
from noc_console.settings import Settings

START = 1_790_000_040.0
EDGE = Input(21, 1, Layer.EDGE, Kind.HLS, "http://edge/1/master.m3u8")
PACKAGER = Input(22, 1, Layer.PACKAGER, Kind.HLS, "http://packager/1/master.m3u8")
NEWS = Channel(1, "CH_1", "News", inputs=(EDGE, PACKAGER))
MUTE = Channel(2, "CH_2", "Mute", inputs=())


class Hand:
    """A clock moved by hand, which is all a recorder asks of one here."""

    at = START

    def now(self) -> float:
        return self.at


@pytest.fixture
async def recorder(tmp_path: Path) -> AsyncIterator[Recorder]:
    clock = Hand()
    history = await open_history(Settings(db=tmp_path / "local.db", event_reserve_bytes=0), clock.now)
    yield Recorder(history, clock, lambda event: None)  # type: ignore[arg-type]
    await history.close()


async def measured(
    history: History, sound: tuple[int, str], values: list[tuple[float, float]], every_s: float = 6.0
) -> None:
    """Commit loudness and true peak of one sound, one pair after the other."""
    ids = np.array([history.series_id(*sound, metric) for metric in (LOUDNESS, PEAK)], "u4")
    for number, pair in enumerate(values):
        at = START + number * every_s
        await history.commit(Tick(at, ids, np.full(2, at), np.array(pair, "f4")), ())


async def test_a_row_tells_loudness_peak_deviation_and_the_share_of_right_minutes(recorder: Recorder) -> None:
    # 30 minutes, one value every 6 s: 27 of them right, three far too loud
    values = [(-23.2, -9.0)] * 270 + [(-15.0, -0.4)] * 30
    await measured(recorder.history, (22, "audio-en"), values)
    (row,) = await loudness_rows(recorder, [NEWS], Span(START, START + 1800))
    assert tuple(row) == COLUMNS
    assert (row["program"], row["channel"], row["rendition"]) == ("News", "CH_1", "audio-en")
    assert (row["minutes"], row["samples"]) == (30, 300)
    assert row["compliance_percent"] == 90.0
    assert row["true_peak_dbtp"] == pytest.approx(-0.4, abs=0.01)
    power = (27 * 10 ** (-23.2 / 10) + 3 * 10 ** (-15.0 / 10)) / 30
    assert row["average_lufs"] == pytest.approx(10 * np.log10(power), abs=0.05)
    assert row["deviation_lu"] == pytest.approx(row["average_lufs"] + 23.0, abs=0.02)


async def test_sound_is_taken_where_it_is_nearest_to_the_source(recorder: Recorder) -> None:
    await measured(recorder.history, (21, "audio-en"), [(-30.0, -9.0)] * 20)
    await measured(recorder.history, (22, "audio-en"), [(-23.0, -9.0)] * 20)
    await measured(recorder.history, (22, "audio-vi"), [(-20.0, -9.0)] * 20)
    rows = await loudness_rows(recorder, [NEWS], Span(START, START + 300))
    assert [(row["rendition"], row["average_lufs"]) for row in rows] == [("audio-en", -23.0), ("audio-vi", -20.0)]
    assert [row["compliance_percent"] for row in rows] == [100.0, 0.0]


async def test_what_was_not_heard_is_blank_and_never_nought(recorder: Recorder) -> None:
    await measured(recorder.history, (22, "audio-en"), [(-23.0, -9.0)] * 20)
    rows = await loudness_rows(recorder, [NEWS, MUTE], Span(START - 7200, START - 3600))
    assert [row["channel"] for row in rows] == ["CH_1", "CH_2"]
    for row in rows:
        assert [row[name] for name in COLUMNS[1:5]] == [None] * 4
        assert (row["minutes"], row["samples"]) == (0, 0)


async def test_a_week_is_read_in_bounded_parts(recorder: Recorder) -> None:
    await measured(recorder.history, (22, "audio-en"), [(-23.0, -9.0)] * 60, every_s=600.0)
    week = Span(START, START + 7 * 86_400)
    assert week.points == 2880
    (row,) = await loudness_rows(recorder, [NEWS], week)
    assert (row["minutes"], row["samples"], row["compliance_percent"]) == (60, 60, 100.0)
