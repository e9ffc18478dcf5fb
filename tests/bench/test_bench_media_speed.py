"""The bench of pictures and sound runs and says what it measured; how fast is for the performance page."""

from __future__ import annotations

from pathlib import Path

import pytest

from noc_console.bench import media, media_material, media_peers, media_speed
from noc_console.bench.media_material import Clip

SMALL = Clip("180p25 H.264", "libx264", 320, 176, 25, 300_000, 1.0, 2.0, 2)
DEEP = Clip("180p25 HEVC", "libx265", 320, 192, 25, 300_000, 1.0, 2.0, 1)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOC_LAB_CACHE", str(tmp_path / "cache"))


def test_sound_is_measured_beside_ffmpeg() -> None:
    beside, channels = media.run({"only": "loudness", "rounds": "1", "seconds": "12"})[:2]
    assert "ffmpeg" in beside.measured
    assert float(channels.measured) > 1


def test_both_meters_hear_the_same_seconds() -> None:
    frames = media_material.adts(12.0)
    assert media_peers.hear(frames) == 12
    assert media_speed.listen(frames) == pytest.approx(1200, abs=5)


def test_key_pictures_are_measured_beside_ffmpeg() -> None:
    whole, beside, _, bare = media_speed.key_rows(SMALL, rounds=1)
    assert "a key picture each 1 s" in whole.how
    assert beside.is_met is not None
    assert bare.is_met is None


@pytest.mark.parametrize(("is_keys", "pictures"), [(True, 2), (False, 50)])
def test_ffmpeg_sees_every_picture_that_we_see(is_keys: bool, pictures: int) -> None:
    first, second = media_material.segments(SMALL)
    assert media_peers.look(first, is_keys=is_keys) == media_peers.look(second, is_keys=is_keys) == pictures


def test_pictures_of_ten_bits_and_all_pictures_are_measured() -> None:
    (uhd,) = media_speed.uhd_rows((DEEP,), rounds=1)
    assert "a key picture" in uhd.measured
    assert media_speed.full_rows(SMALL, rounds=1)[0].is_met is not None


def test_what_was_made_once_is_kept(tmp_path: Path) -> None:
    made = media_material.segments(SMALL)
    written = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").iterdir()}
    assert media_material.segments(SMALL) == made
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").iterdir()} == written
    assert len(written) == 2
