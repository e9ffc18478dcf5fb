"""Real clips against what ffprobe says of them: codec, profile, size, rate, channels."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from noc_console.media.stretch import Stretch
from noc_console.probes.decode.decoder import Decoder
from noc_console.probes.decode.job import KEYFRAMES, Job

# what ffprobe sees and we do not show: cut before a picture is whole, several programmes, no initialisation segment
LEFT_OUT = ("tsduck/test-108", "tsduck/test-139", "androidx/sample_h262_mpeg_audio")


def _rows(folder: Path) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (folder / "expected_ffprobe.csv").open() as file:
        for row in csv.DictReader(file):
            if row["file"].startswith(("media/", "ts/")):
                found[row["file"]].append(row)
    return found


@cache
def _decoded(path: Path) -> Stretch:
    return Decoder().decode(Job(1, "", KEYFRAMES, path=str(path), is_last=True))


def _told(rows: list[dict[str, str]]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        if int(row["width"] or 0) and row["profile"] and row["codec"] not in ("dvb_teletext",):
            yield row["codec"], row["profile"], int(row["width"]), int(row["height"])
        elif int(row["sample_rate"] or 0):
            yield row["codec"], int(row["sample_rate"]), int(row["channels"])


def test_every_clip_is_what_ffprobe_says(testdata: Path) -> None:
    wrong, count = [], 0
    for name, rows in _rows(testdata).items():
        if any(part in name for part in LEFT_OUT) or not (testdata / name).exists():
            continue
        found = _decoded(testdata / name)
        formats = [one.format for one in (*found.pictures.values(), *found.sounds.values())]
        seen = {(one.codec, one.profile, one.width, one.height) for one in formats if one.kind == "video"}
        seen |= {(one.codec, one.sample_rate, one.channels) for one in formats if one.kind == "audio"}
        for expected in _told(rows):
            count += 1
            if expected not in seen and formats:
                wrong.append((name, expected, sorted(seen, key=str)))
    assert wrong == []
    assert count > 90


def test_frame_rates_are_those_of_ffprobe(testdata: Path) -> None:
    for name, rows in _rows(testdata).items():
        for row in rows:
            rate = float(Fraction(row["r_frame_rate"])) if row["width"] and row["profile"] else 0.0
            if not 10 < rate < 130 or any(part in name for part in LEFT_OUT) or not (testdata / name).exists():
                continue
            found = _decoded(testdata / name)
            rates = [one.format.frame_rate for one in found.pictures.values()]
            assert not rates or any(one == pytest.approx(rate, rel=0.01) for one in rates), name


def test_the_length_of_whole_clips_is_right(testdata: Path) -> None:
    for name, seconds in (("androidx/midroll-5s.mp4", 5.0), ("androidx/silent-black-10s.mp4", 10.0)):
        found = Decoder().decode(Job(1, "r", "full", path=str(testdata / "media" / name), is_last=True))
        assert found.pictures["r"].end_s - found.pictures["r"].start_s == pytest.approx(seconds, abs=0.05)
        assert found.sounds["r"].end_s - found.sounds["r"].start_s == pytest.approx(seconds, abs=0.05)


def test_sound_with_words_of_dynamic_range_compression_is_measured_as_sent(testdata: Path) -> None:
    (sound,) = _decoded(testdata / "media" / "androidx" / "sample.ac3").sounds.values()
    peak_dbtp = 20 * math.log10(float(sound.blocks["true_peak"].max()))
    # ffmpeg -drc_scale 0 tells 5.1 dBTP, by default -7.9
    assert peak_dbtp == pytest.approx(5.1, abs=0.3)
