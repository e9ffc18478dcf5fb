"""What is decoded is taken whole at every level: the best picture and all sound, once, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from dash_origin import Origin, running, watching
from hls_origin import BEGIN, HIGH, Probe, media_text, probe
from hls_origin import Origin as HlsOrigin

from noc_console.media.ladder import Rung, measured
from noc_console.model import Level
from noc_console.net.pipe_media import SOUND, Spooled, spooled_of
from noc_console.probes.media_spool import Spool

AT = BEGIN + 36.0


def stretches(notes: list[tuple[str, object]]) -> list[Spooled]:
    return [spooled_of(1, data) for kind, data in notes if kind == "stretch"]  # type: ignore[arg-type]


def told(watched: Probe) -> list[Spooled]:
    return stretches(watched.recorder.notes)  # type: ignore[arg-type]


async def played(served: HlsOrigin, watched: Probe, folder: Path) -> None:
    """Play two rounds: the second brings one more segment of each rung."""
    watched.tools.spool = Spool(folder, 1_000_000)
    served.publish(1)
    await watched.round()
    served.publish(2)
    await watched.round(AT + 6)


@pytest.mark.parametrize(
    ("rungs", "wanted", "labels"),
    [
        ([("a", "video", 720, 3), ("b", "video", 1080, 5), ("c", "video", 1080, 6)], "", {"c"}),
        ([("a", "video", 720, 3), ("b", "video", 1080, 5)], "a", {"a"}),
        ([("a", "video", 720, 3)], "gone", {"a"}),
        (
            [("a", "video", 720, 3), ("x", "audio", 0, 0), ("y", "audio", 0, 0), ("s", "subtitles", 0, 0)],
            "",
            set("axy"),
        ),
        ([("x", "audio", 0, 0)], "", {"x"}),
        ([], "", set()),
    ],
)
def test_the_best_picture_or_the_one_wanted_and_every_sound_are_measured(
    rungs: list[tuple[str, str, int, int]], wanted: str, labels: set[str]
) -> None:
    every = [Rung(label, kind, "http://x/", height=height, bandwidth_bps=rate) for label, kind, height, rate in rungs]
    assert measured(every, wanted) == labels


@pytest.mark.parametrize("level", list(Level))
async def test_an_hls_input_hands_on_its_best_rung_at_every_level(tmp_path: Path, level: Level) -> None:
    async with probe(AT, level=level) as (served, watched):
        await played(served, watched, tmp_path)
        found = told(watched)
        assert {one.rung for one in found} == {HIGH}
        numbers = [one.sequence for one in found]
        assert numbers == sorted(set(numbers))
        assert numbers[-1] == 7
        assert served.asked.count("/high7.ts") == 1
        assert all((tmp_path / one.file).read_bytes() == b"\x00\x00\x00\x00segment" for one in found)
        assert found[-1].at == BEGIN + 6 * 7
        sizes = [one for one in watched.looks("segment/360p50@900k") if "segment.bitrate_bps" in one.metrics]
        assert bool(sizes) == (level is not Level.LIGHT)


async def test_without_decoders_level_light_stays_light(tmp_path: Path) -> None:
    async with probe(AT, level=Level.LIGHT) as (served, watched):
        served.publish(1)
        await watched.round()
        assert told(watched) == []
        assert not [one for one in watched.looks(f"segment/{HIGH}") if "segment.bitrate_bps" in one.metrics]


async def test_sound_with_a_playlist_of_its_own_is_handed_on_as_sound(tmp_path: Path) -> None:
    async with probe(AT, level=Level.LIGHT) as (served, watched):
        watched.tools.spool = Spool(tmp_path, 1_000_000)
        served.publish(1)
        audio = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="en",LANGUAGE="en",URI="audio.m3u8"\n'
        master = served.files["/master.m3u8"]
        assert master is not None
        with_audio = master.decode().replace("#EXTM3U\n", "#EXTM3U\n" + audio).replace("CODECS", 'AUDIO="a",CODECS')
        served.files["/audio.m3u8"] = media_text(1, "low")
        served.files["/master.m3u8"] = with_audio.encode()
        await watched.round()
        assert {(one.rung, one.holds) for one in told(watched)} == {(HIGH, "picture"), ("audio-en", SOUND)}


def encrypted(body: bytes, secret: bytes, number: int) -> bytes:
    padding = 16 - len(body) % 16
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(number.to_bytes(16, "big"))).encryptor()
    return encryptor.update(body + bytes([padding]) * padding) + encryptor.finalize()


@pytest.mark.parametrize("is_opened", [True, False], ids=["the operator asked for it", "not asked for"])
async def test_aes_128_is_handed_on_in_the_clear_or_told_as_encrypted(tmp_path: Path, is_opened: bool) -> None:
    secret = b"0123456789abcdef"
    async with probe(AT) as (served, watched):
        watched.tools.spool = Spool(tmp_path, 1_000_000)
        watched.tools.settings = watched.tools.settings.model_copy(update={"decrypt_aes128": is_opened})
        served.publish(1, extra={1: '#EXT-X-KEY:METHOD=AES-128,URI="key"'})
        served.files["/key"] = secret
        for number in range(1, 7):
            served.files[f"/high{number}.ts"] = encrypted(b"clear", secret, number)
        await watched.round()
        newest = told(watched)[-1]
        if is_opened:
            assert (tmp_path / newest.file).read_bytes() == b"clear"
        else:
            assert (newest.file, newest.why) == ("", "encrypted")
            assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("level", list(Level))
async def test_a_dash_input_hands_on_its_best_rung_with_its_initialisation_segment(
    tmp_path: Path, level: Level
) -> None:
    async with running(Origin()) as origin, watching(origin, level, spool=Spool(tmp_path, 10_000_000)) as seen:
        await seen.until(lambda: len(stretches(seen.notes)) >= 3)  # type: ignore[arg-type]
        found = stretches(seen.notes)  # type: ignore[arg-type]
    assert {one.rung for one in found} == {"280p@200k"}
    assert all(one.init and one.kind == "fmp4" for one in found)
    numbers = [one.sequence for one in found]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert all((tmp_path / one.file).stat().st_size == one.size_bytes > 0 for one in found)
