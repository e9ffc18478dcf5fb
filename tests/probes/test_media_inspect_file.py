"""`noc-console inspect` on media files: spans, figures, findings, exit codes; a decoder that dies costs itself."""

from __future__ import annotations

import json
import os
import signal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from media_made import Clip, Luma, made, moving
from numpy.typing import NDArray

from noc_console.errors import KnownError
from noc_console.probes.inspect_cli import run
from noc_console.probes.media_heads import is_media_file
from noc_console.probes.media_inspect import measure_file

FRAME_S = 0.04


def ill(at_s: float, width: int, height: int) -> Luma:
    """Moves; stands still from 2 s to 4 s; is black from 5 s to 6.2 s."""
    if 5 - 1e-6 <= at_s < 6.2 - 1e-6:
        return np.full((height, width), 16, np.uint8)
    return moving(2.0 if 2 <= at_s < 4 - 1e-6 else at_s, width, height)


def hushed(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """A tone that is silent from 3 s to 4.5 s."""
    return np.where((times >= 3) & (times < 4.5), 0.0, 0.1 * np.sin(2 * np.pi * 1000 * times))


@cache
def _ill(container: str) -> bytes:
    return made(Clip(seconds=8.0, container=container, draw=ill, sing=hushed))


def inspected(capsys: pytest.CaptureFixture[str], source: object, **options: Any) -> tuple[int, dict[str, Any]]:
    """The exit code of an inspection and its JSON."""
    code = run(str(source), seconds=0.0, as_json=True, headers=(), ca_file="", **options)
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("container", ["mpegts", "mp4", "matroska"])
def test_freezes_blacks_and_silences_stand_where_they_are(
    container: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "clip.ts"
    file.write_bytes(_ill(container))
    code, found = inspected(capsys, file, wants_media=True)
    assert code == 1
    assert found["kind"] == ("ts" if container == "mpegts" else "media")
    details = found["details"]
    (freeze,), (black,), (silence,) = details["freezes"], details["blacks"], details["silences"]
    assert freeze["start_s"] == pytest.approx(2.0, abs=FRAME_S + 0.01)
    assert freeze["length_s"] == pytest.approx(2.0, abs=2 * FRAME_S)
    assert black["start_s"] == pytest.approx(5.0, abs=FRAME_S + 0.01)
    assert black["length_s"] == pytest.approx(1.2, abs=FRAME_S + 0.01)
    assert silence["start_s"] == pytest.approx(3.0, abs=0.04)
    assert silence["length_s"] == pytest.approx(1.5, abs=0.06)
    ids = {finding["id"] for finding in found["findings"]}
    assert {"media-freeze", "media-black", "media-silence"} <= ids


def test_the_keys_are_the_promised_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "clip.mp4"
    file.write_bytes(made(Clip(seconds=5.0, container="mp4")))
    code, found = inspected(capsys, file)
    assert code == 0
    assert found["metrics"]["audio.integrated_lufs"] == pytest.approx(-20.0, abs=0.2)
    assert found["metrics"]["audio.momentary_max_lufs"] == pytest.approx(-20.0, abs=0.2)
    assert found["metrics"]["audio.short_term_max_lufs"] == pytest.approx(-20.0, abs=0.2)
    assert found["metrics"]["audio.true_peak_dbtp"] == pytest.approx(-20.0, abs=1.5)
    assert 1.0 <= found["metrics"]["video.mos"] <= 5.0
    (audio,), (video,) = found["details"]["audio"], found["details"]["video"]
    assert (audio["codec"], audio["profile"], audio["channels"], audio["atmos"]) == ("aac", "LC", 2, False)
    assert audio["integrated_lufs"] == found["metrics"]["audio.integrated_lufs"]
    assert (video["codec"], video["width"], video["height"], video["frame_rate"]) == ("h264", 256, 144, 25.0)
    assert (video["hdr"], video["dolby_vision"], video["frames"]) == ("SDR", False, 125)
    assert video["mos"] == found["metrics"]["video.mos"]
    assert found["details"]["freezes"] == found["details"]["blacks"] == found["details"]["silences"] == []


def test_without_the_option_a_transport_stream_is_judged_as_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "clip.ts"
    file.write_bytes(_ill("mpegts"))
    _, found = inspected(capsys, file)
    assert "audio" not in found["details"]
    assert not [finding for finding in found["findings"] if finding["id"].startswith("media-")]


def test_hdr_is_told_of_stream_and_container(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    colours = "hdr10=1:repeat-headers=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:max-cll=1000,400"
    display = "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
    options = {"preset": "ultrafast", "x265-params": f"log-level=none:pools=1:{colours}:{display}"}
    hevc = Clip(seconds=0.6, container="mp4", video="libx265", pixels="yuv420p10le", audio="", video_options=options)
    file = tmp_path / "hdr.mp4"
    file.write_bytes(made(hevc))
    _, found = inspected(capsys, file)
    (video,) = found["details"]["video"]
    assert (video["codec"], video["profile"], video["hdr"], video["bit_depth"]) == ("hevc", "Main 10", "HDR10", 10)
    assert video["container"]["entry"] in ("hev1", "hvc1")


def test_a_fragment_finds_its_initialisation_segment_beside_it(
    testdata: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = testdata / "cmaf/androidx/multi-segment"
    _, found = inspected(capsys, folder / "audio_3.m4s")
    assert [one["codec"] for one in found["details"]["audio"]] == ["aac"]
    _, told = inspected(capsys, folder / "video_3.m4s", init=str(folder / "video_init.mp4"))
    assert [one["frames"] for one in told["details"]["video"]] == [8]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("garbage.mp4", b"\x00\x00\x00\x18ftypisom" + b"\x9c" * 5000),
        (
            "cut.m4s",
            made(Clip(seconds=0.4, container="mp4", options={"movflags": "frag_keyframe+delay_moov"}))[-900:],
        ),
        ("noise.wav", b"RIFF\xff\xff\xff\xffWAVE" + b"\x00" * 100),
    ],
)
def test_what_cannot_be_measured_is_one_sentence(
    name: str, body: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / name
    file.write_bytes(body)
    assert run(str(file), seconds=0.0, as_json=True, headers=(), ca_file="", wants_media=True) == 2
    told = capsys.readouterr()
    assert told.out == ""
    sentence = told.err.splitlines()[-1]
    assert sentence.startswith("noc-console: ") and sentence.endswith(".")
    assert "Traceback" not in told.err


def test_a_decoder_that_dies_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "clip.mkv"
    file.write_bytes(made(Clip(seconds=8.0, container="matroska")))

    def kill(_ratio: float, _text: str) -> None:
        for task in Path("/proc/self/task").iterdir():
            for child in (task / "children").read_text().split():
                command = Path(f"/proc/{child}/cmdline").read_bytes()
                if b"media_child" in command:
                    os.kill(int(child), signal.SIGKILL)

    with pytest.raises(KnownError, match="its decoder ended by signal 9"):
        measure_file(file, kill)


def test_media_is_told_by_its_first_bytes(testdata: Path, tmp_path: Path) -> None:
    assert is_media_file(testdata / "media/androidx/bt601.mp4")
    assert is_media_file(testdata / "media/androidx/sample.ac3")
    assert not is_media_file(testdata / "ts/made/bbb520k_clean.ts")
    text = tmp_path / "master.m3u8"
    text.write_text("#EXTM3U\n")
    assert not is_media_file(text)
    assert not is_media_file(tmp_path / "nothing")


def test_people_read_the_figures_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "clip.mp4"
    file.write_bytes(_ill("mp4"))
    assert run(str(file), seconds=0.0, as_json=False, headers=(), ca_file="") == 1
    told = capsys.readouterr()
    for word in ("H.264", "AAC LC", "frozen", "black", "silent", "LUFS", "MOS"):
        assert word in told.out
    assert "%" in told.err
