"""Pictures that went through encoders: real clips raise nothing, freezes survive coding, and quality is ordered."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from picture_making import RATE, ids, moving, stretch_of

from noc_console.bench.media_mos import by_film, measured
from noc_console.bench.media_pictures import checked_on
from noc_console.media.es.hevc_slice import key_quantiser
from noc_console.media.picture import FrameMeter, PictureWatch, Seen
from noc_console.media.picture.mos import estimate
from noc_console.media.picture.quantiser import quantiser, told
from noc_console.media.stretch import FRAME, PictureStretch

CLEAN = [
    "media/androidx/bt601.mp4",
    "media/androidx/testvid_1022ms.mp4",
    "media/androidx/sample_with_color_info.mp4",
    "ts/androidx/sample_h264.ts",
    "ts/androidx/sample_h265.ts",
    "ts/tsduck/test-072.ts",
    "ts/tsduck/test-206.1.ts",
    "hls/shaka/hls-ts-h264/fileSequence1.ts",
    "hls/shaka/hls-ts-muxed-aac-h264/n_3_0_0.ts",
]


def rows_of(source: Path | io.BytesIO) -> np.ndarray:
    rows, meter = [], None
    with av.open(str(source) if isinstance(source, Path) else source) as file:
        stream = file.streams.video[0]
        stream.codec_context.thread_count = 1
        stream.codec_context.options = {"export_side_data": "venc_params"}
        for frame in file.decode(stream):
            depth = frame.format.components[0].bits
            meter = meter or FrameMeter(depth)
            kind = np.uint16 if depth > 8 else np.uint8
            plane = np.frombuffer(frame.planes[0], kind)
            luma = plane.reshape(-1, frame.planes[0].line_size // np.dtype(kind).itemsize)[
                : frame.height, : frame.width
            ]
            rows.append(
                meter.measure(luma, float(frame.pts * frame.time_base), bool(frame.key_frame), quantiser(frame))
            )
    return np.array(rows, FRAME)


def seen_in(rows: np.ndarray) -> Seen:
    return PictureWatch().step(stretch_of(rows), 1000.0)


def coded(pictures: list[np.ndarray], codec: str = "libx264", bitrate: int = 0, **options: str) -> io.BytesIO:
    target = io.BytesIO()
    height, width = pictures[0].shape
    with av.open(target, "w", format="mpegts") as file:
        stream = file.add_stream(codec, rate=RATE)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = width, height, "yuv420p", 2 * RATE
        stream.codec_context.thread_count = 1
        stream.options = options
        if bitrate:
            stream.bit_rate = bitrate
        for number, picture in enumerate(pictures):
            whole = np.full((height * 3 // 2, width), 128, np.uint8)
            whole[:height] = picture
            frame = av.VideoFrame.from_ndarray(whole, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    target.seek(0)
    return target


@pytest.mark.parametrize("name", CLEAN)
def test_clean_clips_raise_nothing(testdata: Path, name: str) -> None:
    seen = seen_in(rows_of(testdata / name))
    assert not ids(seen) & {"media-freeze", "media-black", "media-macroblocking", "media-colour-bars"}


def test_the_clip_that_is_black_is_black_from_end_to_end(testdata: Path) -> None:
    seen = seen_in(rows_of(testdata / "media/androidx/silent-black-10s.mp4"))
    assert [(span.start_s, round(span.length_s, 1)) for span in seen.blacks] == [(0.0, 10.0)]
    assert not seen.freezes


@pytest.mark.parametrize(
    ("codec", "bitrate", "options"),
    [
        ("libx264", 600_000, {"preset": "veryfast"}),
        ("libx264", 0, {"preset": "ultrafast", "crf": "30"}),
        ("mpeg2video", 1_200_000, {}),
    ],
)
def test_a_coded_freeze_is_timed_to_the_frame(codec: str, bitrate: int, options: dict[str, str]) -> None:
    before = moving(60)
    film = before + [before[-1]] * 70 + moving(40, start=61)
    rows = rows_of(coded(film, codec, bitrate, **options))
    (span,) = seen_in(rows).freezes
    start = float(rows["at_s"][0])
    assert span.start_s - start == pytest.approx(59 / RATE, abs=1.1 / RATE)
    assert span.length_s == pytest.approx(71 / RATE, abs=1.1 / RATE)


def test_a_starved_encoder_shows_blocks_and_a_fed_one_does_not() -> None:
    film = moving(40, step=5)
    starved = seen_in(rows_of(coded(film, preset="ultrafast", qp="48")))
    fed = seen_in(rows_of(coded(film, preset="ultrafast", qp="20")))
    assert "media-macroblocking" in ids(starved)
    assert fed.metrics["video.blockiness_ratio"] < 0.1


def test_the_decoder_tells_the_quantiser() -> None:
    rows = rows_of(coded(moving(5), preset="ultrafast", qp="31"))
    assert rows["quantiser"] == pytest.approx(31, abs=3.1)
    old = rows_of(coded(moving(5), "mpeg2video", 10**6, qmin="8", qmax="8", flags="+qscale"))
    assert old["quantiser"][0] == pytest.approx(32.9, abs=0.1)


@pytest.mark.parametrize("junk", [b"", b"\x00" * 40, b"\xff" * 64, b"\x01" * 4000])
def test_a_torn_quantiser_is_not_known_and_breaks_nothing(junk: bytes) -> None:
    assert np.isnan(told(junk)) or isinstance(told(junk), float)


def test_the_estimate_orders_the_encodes_of_films_it_was_not_tuned_on() -> None:
    films = {name: film for name, film in checked_on().items() if name in ("diagonal", "night")}
    orders = by_film(measured(films, is_short=True, frames=9))
    assert np.mean(list(orders.values())) >= 0.9


def test_artefacts_and_small_sizes_cost_points() -> None:
    rows = rows_of(coded(moving(30), preset="veryfast", crf="20"))
    stretch = stretch_of(rows, bits=10**6)
    own, enlarged, frozen = estimate(stretch), estimate(stretch, 1080), estimate(stretch, 0, 0.5)
    broken = estimate(PictureStretch(stretch.format, "full", 0, 1.2, rows, 10**6, broken_frames=10))
    assert own and enlarged and frozen and broken
    assert enlarged.total < own.total and frozen.total < own.total and broken.total < own.total
    assert all(1 <= score <= 5 for score in (own.total, own.encoding, own.size, own.motion, own.artefacts))


def test_nothing_is_estimated_without_bits_and_quantiser() -> None:
    rows = rows_of(coded(moving(10), preset="ultrafast"))
    rows["quantiser"] = np.nan
    assert estimate(stretch_of(rows)) is None


@pytest.mark.parametrize("gop", ["open-gop=0", "open-gop=1:bframes=3"])
def test_the_quantiser_of_h265_is_read_from_its_key_slices(gop: str) -> None:
    params = {"x265-params": f"log-level=none:qp=33:ipratio=1:keyint=10:{gop}"}
    source = coded(moving(30), "libx265", preset="ultrafast", **params)
    with av.open(source) as file:
        keys = [key_quantiser(bytes(one)) for one in file.demux(video=0) if one.is_keyframe and one.size]
    assert len(keys) >= 3 and set(keys) == {33.0}


@pytest.mark.parametrize(
    "junk", [b"", b"\x00\x00\x01\x42\x01", b"\x00\x00\x01\x26\x01\xff" * 9, b"\x00\x00\x01\x42\x01" + b"\xff" * 60]
)
def test_a_torn_head_of_h265_tells_no_quantiser(junk: bytes) -> None:
    assert np.isnan(key_quantiser(junk))
