"""The bench of false alarms: quiet on what is healthy, loud on what is not, and fair where a clip really is black."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from noc_console.bench.media_clean import Clip, clip_row, clips, lab_hours, said
from noc_console.bench.media_feeds import PlayedLab
from noc_console.lab.options import LabOptions, RungSpec

RUNG = (RungSpec("v180", 320, 180, 400_000),)


def film(luma_of: object) -> bytes:
    target = io.BytesIO()
    with av.open(target, "w", format="mpegts") as file:
        stream = file.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 192, "yuv420p"
        for number in range(75):
            whole = np.full((288, 320), 128, np.uint8)
            whole[:192] = luma_of(number)  # type: ignore[operator]
            frame = av.VideoFrame.from_ndarray(whole, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return target.getvalue()


def moving(number: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    across = np.arange(320)[None, :] + np.arange(192)[:, None] * 0.5 + number * 6
    return (120 + 80 * np.sin(across / 17)).astype(np.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "moving.ts").write_bytes(film(moving))
    (tmp_path / "dark.ts").write_bytes(film(lambda number: moving(number) if number < 40 else 16))
    (tmp_path / "no-media.ts").write_bytes(b"#EXTM3U\n")
    return tmp_path


def test_a_clip_that_really_is_black_is_no_false_alarm(folder: Path) -> None:
    dark, healthy = clips(folder)
    assert (healthy.name, healthy.said) == ("moving.ts", ())
    assert "media-black" in dark.said
    assert dark.detected >= {"black"}
    assert dark.false == ()
    assert clip_row([dark, healthy]).is_met


def test_what_nobody_else_sees_is_a_false_alarm() -> None:
    row = clip_row([Clip("a.ts", 4.0, ("media-black", "media-freeze"), frozenset({"freeze"}))])
    assert not row.is_met
    assert row.measured == "1 in 1 clips; a.ts: media-black"


def test_a_minute_of_the_healthy_lab_is_quiet(tmp_path: Path) -> None:
    options = LabOptions(
        channels=1, looks=1, multicast=1, ads=False, ladder=RUNG, loop_s=8.0, segment_s=4.0, cache=tmp_path
    )
    lab = PlayedLab(options)
    try:
        seen = lab_hours(lab, options, "keyframes", 1 / 60)
    finally:
        lab.close()
    assert len(seen) == 2
    assert all(50 < one.pictures_s < 100 for one in seen)
    assert [said(one).total() for one in seen] == [0, 0]
