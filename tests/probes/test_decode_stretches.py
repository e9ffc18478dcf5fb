"""Bytes become measured stretches: pictures and sounds of every container, seamless from one to the next."""

from __future__ import annotations

import gc
from functools import cache
from pathlib import Path

import av
import media_made
import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from media_made import Clip, made

from noc_console.media.loudness.summary import summarise
from noc_console.media.stretch import PictureStretch, SoundStretch, Stretch
from noc_console.probes.decode.decoder import Decoder
from noc_console.probes.decode.job import AUDIO, FULL, KEYFRAMES, Job

FRAGMENTED = {"movflags": "frag_keyframe+delay_moov+default_base_moof"}


@cache
def clip(container: str = "mpegts", **changes: object) -> bytes:
    return made(Clip(container=container, **changes))  # type: ignore[arg-type]


def fragments(**changes: object) -> tuple[bytes, bytes]:
    """The initialisation segment and the fragments of a clip."""
    data = made(Clip(container="mp4", options=FRAGMENTED, **changes))  # type: ignore[arg-type]
    at = data.index(b"moof") - 4
    return data[:at], data[at:]


def picture(stretch: Stretch) -> PictureStretch:
    (one,) = stretch.pictures.values()
    return one


def sound(stretch: Stretch) -> SoundStretch:
    (one,) = stretch.sounds.values()
    return one


def test_a_ts_segment_becomes_all_its_frames_and_its_sound() -> None:
    found = Decoder().decode(Job(7, "144p25@1.0M", FULL, body=clip(), at=1000.0, sequence=1, is_last=True))
    assert found.faults == ()
    assert (found.input_id, found.at) == (7, 1000.0)
    seen = found.pictures["144p25@1.0M"]
    assert (seen.format.codec, seen.format.width, seen.format.height, seen.format.frame_rate) == (
        "h264",
        256,
        144,
        25,
    )
    assert len(seen.frames) == 100
    assert np.diff(seen.frames["at_s"]) == pytest.approx(0.04)
    assert seen.end_s - seen.start_s == pytest.approx(4.0)
    assert seen.key_interval_s == pytest.approx(1.0)
    assert seen.frames["is_key"].sum() == 4
    assert seen.bits > 0
    heard = found.sounds["144p25@1.0M"]
    assert (heard.format.codec, heard.format.profile, heard.layout) == ("aac", "LC", ("FL", "FR"))
    assert heard.end_s - heard.start_s == pytest.approx(4.0, abs=0.06)


def test_key_frames_alone_keep_the_span_of_the_stretch() -> None:
    found = picture(Decoder().decode(Job(1, "r", KEYFRAMES, body=clip(), sequence=1)))
    assert len(found.frames) == 4
    assert found.frames["is_key"].all()
    assert found.end_s - found.start_s == pytest.approx(4.0)
    assert found.mode == KEYFRAMES


def test_key_frames_are_the_same_pictures_as_among_all_frames() -> None:
    keys = picture(Decoder().decode(Job(1, "r", KEYFRAMES, body=clip(), sequence=1))).frames
    every = picture(Decoder().decode(Job(1, "r", FULL, body=clip(), sequence=1, is_last=True))).frames
    among = every[every["is_key"]]
    assert keys["at_s"] == pytest.approx(among["at_s"])
    assert keys["hash"].tolist() == among["hash"].tolist()
    assert keys["luma_mean"] == pytest.approx(among["luma_mean"])


def test_sound_alone_leaves_the_picture_out() -> None:
    found = Decoder().decode(Job(1, "r", AUDIO, body=clip(), sequence=1))
    assert not found.pictures
    assert len(sound(found).blocks) > 390


@pytest.mark.parametrize("pieces", [1, 3, 16])
def test_sound_of_a_cut_stream_is_that_of_the_whole(pieces: int) -> None:
    decoder, blocks = Decoder(), []
    for piece in media_made.cut(clip(), pieces):
        found = decoder.decode(Job(1, "", FULL, body=piece, kind="ts"))
        blocks += [one.blocks for one in found.sounds.values()]
        assert not found.faults
    joined = np.concatenate(blocks)
    assert np.diff(joined["at_s"]) == pytest.approx(0.01, abs=1e-3)
    # a tone of -20 dBFS peak on two channels: -3.01 - 20 + 3.01, K-weighting at 1 kHz adds +0.69 - 0.691
    levels = 10 * np.log10(joined["level"][5:-5, 0])
    assert levels == pytest.approx(-23.0, abs=0.3)
    assert joined["true_peak"].max() < 0.112


def test_all_frames_of_a_cut_stream_come_once_and_in_order() -> None:
    decoder, times = Decoder(), []
    pieces = media_made.cut(clip(), 7)
    for number, piece in enumerate(pieces, 1):
        found = decoder.decode(Job(1, "", FULL, body=piece, kind="ts", is_last=number == len(pieces)))
        times += [at for one in found.pictures.values() for at in one.frames["at_s"].tolist()]
    assert len(times) == 100
    assert np.diff(times) == pytest.approx(0.04)


def test_a_decoder_that_starts_cold_makes_no_silence_and_no_click() -> None:
    middle = media_made.cut(clip(), 4)[2]
    heard = sound(Decoder().decode(Job(1, "", AUDIO, body=middle, kind="ts")))
    assert 10 * np.log10(heard.blocks["level"][:, 0]) == pytest.approx(-23.0, abs=0.3)
    assert heard.blocks["true_peak"].max() < 0.112


def test_a_missing_segment_is_a_gap_in_time_and_no_silence() -> None:
    decoder = Decoder()
    first, _, third = media_made.cut(clip(), 3)
    before = sound(decoder.decode(Job(1, "r", AUDIO, body=first, sequence=1)))
    after = sound(decoder.decode(Job(1, "r", AUDIO, body=third, sequence=3)))
    assert after.start_s - before.end_s > 1.0
    assert 10 * np.log10(after.blocks["level"][:, 0]) == pytest.approx(-23.0, abs=0.3)


def test_time_stamps_go_on_over_their_wrap() -> None:
    from noc_console.probes.decode.timeline import Timeline

    timeline = Timeline()
    last, first = timeline.seconds((1 << 33) - 90_000), timeline.seconds(90_000)
    assert first - last == pytest.approx(2.0)
    assert timeline.seconds((1 << 33) - 45_000) == pytest.approx(last + 0.5)
    assert np.isnan(timeline.seconds(-1))


@pytest.mark.parametrize(
    ("audio", "codec", "layout"),
    [("aac", "aac", "stereo"), ("ac3", "ac3", "5.1"), ("eac3", "eac3", "stereo"), ("mp2", "mp2", "stereo")],
)
def test_every_sound_of_broadcasting_is_decoded(audio: str, codec: str, layout: str) -> None:
    data = clip(audio=audio, layout=layout, video="", seconds=2.0)
    heard = sound(Decoder().decode(Job(1, "", AUDIO, body=data, is_last=True)))
    assert heard.format.codec == codec
    assert len(heard.layout) == heard.format.channels == (6 if layout == "5.1" else 2)
    assert heard.format.has_lfe == (layout == "5.1")
    assert heard.end_s - heard.start_s == pytest.approx(2.0, abs=0.08)
    assert heard.broken_frames == 0


def test_a_fragment_is_decoded_with_its_initialisation_segment() -> None:
    init, body = fragments()
    found = Decoder().decode(Job(1, "r", FULL, "fmp4", body, init=init, sequence=1, is_last=True))
    assert found.faults == ()
    assert len(picture(found).frames) == 100
    assert picture(found).format.profile
    assert sound(found).format.text.startswith("AAC LC 48 kHz 2 ch")


def test_fragments_one_by_one_give_seamless_sound() -> None:
    init, body = fragments()
    starts = [at - 4 for at in range(len(body)) if body[at : at + 4] == b"moof"]
    decoder, blocks = Decoder(), []
    for number, (begin, end) in enumerate(zip(starts, [*starts[1:], len(body)], strict=True)):
        found = decoder.decode(Job(1, "r", AUDIO, body=body[begin:end], init=init, sequence=number))
        blocks += [one.blocks for one in found.sounds.values()]
    assert np.diff(np.concatenate(blocks)["at_s"]) == pytest.approx(0.01, abs=1e-3)


def test_packed_audio_stands_where_its_id3_tag_says() -> None:
    frames = clip("adts", video="", seconds=2.0)
    stamp = b"com.apple.streaming.transportStreamTimestamp\x00" + (90_000 * 50).to_bytes(8, "big")
    frame = b"PRIV" + len(stamp).to_bytes(4, "big") + b"\x00\x00" + stamp
    size = len(frame)
    tag = b"ID3\x04\x00\x00" + bytes(size >> shift & 127 for shift in (21, 14, 7, 0)) + frame
    heard = sound(Decoder().decode(Job(1, "audio-en", body=tag + frames)))
    assert heard.start_s == pytest.approx(50.0213, abs=1e-3)  # the first frame lacks the one before it
    assert heard.end_s - heard.start_s == pytest.approx(2.0, abs=0.06)


@pytest.mark.parametrize("container", ["mp4", "matroska", "mov", "flv"])
def test_files_of_other_kinds_are_left_to_the_library(container: str) -> None:
    found = Decoder().decode(Job(1, "r", FULL, body=clip(container)))
    assert len(picture(found).frames) == 100
    assert sound(found).end_s - sound(found).start_s == pytest.approx(4.0, abs=0.1)


def test_loudness_of_a_wave_file_is_exact() -> None:
    data = clip("wav", video="", audio="pcm_s24le", seconds=4.0)
    heard = sound(Decoder().decode(Job(1, "", body=data)))
    # BS.1770: a sine of 1 kHz at 0 dBFS peak in both channels has 0 LUFS (the weighting is +0.69 dB there)
    assert summarise(heard.blocks, heard.layout).integrated_lufs == pytest.approx(-20.0, abs=0.1)


def test_an_encrypted_segment_is_opened_with_its_key() -> None:
    key, iv = bytes(range(16)), (5).to_bytes(16, "big")
    padder = PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    body = encryptor.update(padder.update(clip()) + padder.finalize()) + encryptor.finalize()
    assert picture(Decoder().decode(Job(1, "r", body=body, sequence=5, key=key))).broken_frames == 0
    assert picture(Decoder().decode(Job(1, "r", body=body, sequence=9, key=key, iv=iv))).broken_frames == 0
    (fault,) = Decoder().decode(Job(1, "r", body=body, sequence=5, key=bytes(16))).faults
    assert "cannot be decrypted" in fault


def test_one_service_of_several_is_chosen(testdata: Path) -> None:
    path = str(testdata / "ts/tsduck/test-108.ts")
    first = Decoder().decode(Job(1, "", FULL, path=path, is_last=True))
    decoder = Decoder()
    decoder.decode(Job(1, "", FULL, path=path, is_last=True))
    demuxer = next(iter(decoder._sessions.values())).ts
    assert len(demuxer.programs) > 3
    other = Decoder().decode(Job(1, "", FULL, path=path, is_last=True, program=demuxer.programs[-1]))
    assert set(first.pictures) & set(other.pictures) == set()
    pid = int(next(iter(first.sounds)).removeprefix("pid/"), 16)
    alone = Decoder().decode(Job(1, "", FULL, path=path, is_last=True, pids=(pid,)))
    assert not alone.pictures
    assert list(alone.sounds) == [f"pid/0x{pid:04x}"]


def test_pes_packets_that_begin_inside_pictures_are_put_together(testdata: Path) -> None:
    """Apple's segmenter packs pictures without regard to PES packets."""
    folder = testdata / "hls/shaka/hls-ts-h264"
    decoder, seen, keys = Decoder(), 0, 0
    for number in range(3):
        path = str(folder / f"fileSequence{number}.ts")
        full = picture(decoder.decode(Job(1, "r", FULL, path=path, sequence=number)))
        sparse = picture(decoder.decode(Job(2, "r", KEYFRAMES, path=path, sequence=number)))
        assert full.broken_frames == sparse.broken_frames == 0
        seen, keys = seen + len(full.frames), keys + len(sparse.frames)
    assert (seen, keys) == (539, 9)


def test_sound_is_what_its_frames_are_whatever_the_table_says(testdata: Path) -> None:
    """TSDuck's test-072: AAC under the stream type of MPEG audio."""
    path = str(testdata / "ts/tsduck/test-072.ts")
    heard = sound(Decoder().decode(Job(1, "", AUDIO, path=path, is_last=True)))
    assert (heard.format.codec, heard.broken_frames) == ("aac", 0)


def test_what_is_remembered_is_bounded() -> None:
    from noc_console.probes.decode.decoder import Limits

    decoder = Decoder(Limits(sessions=3))
    for number in range(6):
        decoder.decode(Job(number, "r", AUDIO, body=clip(), sequence=1))
    assert len(decoder._sessions) == 3
    decoder.forget(5)
    assert len(decoder._sessions) == 2


def test_no_frame_outlives_its_stretch_even_where_garbage_is_not_collected() -> None:
    decoder = Decoder()
    for number in range(3):
        decoder.decode(Job(1, "r", FULL, body=clip(), sequence=number, wants_thumbnail=True))
    assert not gc.isenabled()
    alive = [one for one in gc.get_objects() if isinstance(one, av.VideoFrame | av.AudioFrame)]
    assert len(alive) <= 4  # each decoder holds the empty one that it fills next


def test_a_stretch_in_a_file_is_left_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "stretch.ts"
    path.write_bytes(clip())
    assert Decoder().decode(Job(1, "r", path=str(path), sequence=1)).pictures
    assert path.exists()
    path.unlink()
    (fault,) = Decoder().decode(Job(1, "r", path=str(path), sequence=1)).faults
    assert "not where it should be" in fault
