"""An HLS address or file is inspected: stable details, findings, and a proposal for Add channel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hls_origin import BEGIN, HIGH, LOW, MASTER, media_text, origin

from noc_console.media.hls.playlist import Key
from noc_console.net.fetch import Fetcher
from noc_console.probes.hls_decrypt import decrypted
from noc_console.probes.inspection import Inspection, inspect
from noc_console.settings import Settings

RENDITIONS = (
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",LANGUAGE="en",DEFAULT=YES,URI="high.m3u8?audio"\n'
    '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="Viet",LANGUAGE="vi",URI="low.m3u8?subtitles"\n'
)


async def looked(source: str, seconds: float = 0.0, settings: Settings | None = None) -> Inspection:
    async with Fetcher(now=lambda: BEGIN + 36.5) as fetcher:
        return await inspect(source, fetcher=fetcher, settings=settings or Settings(), seconds=seconds)


async def test_a_master_is_inspected_with_its_playlists_and_newest_segments() -> None:
    async with origin() as served:
        served.publish(0)
        served.files["/master.m3u8"] = (MASTER + RENDITIONS).encode()
        found = await looked(served.url + "/master.m3u8")
        assert served.asked.count("/master.m3u8") == 1
        assert {"/high5.ts", "/low5.ts"} <= set(served.asked)
    first = found.details["variants"][0]
    assert (first["uri"], first["url"]) == ("high.m3u8", served.url + "/high.m3u8")
    assert (first["bandwidth"], first["average_bandwidth"], first["codecs"]) == (6_000_000, None, "avc1.640028")
    assert (first["resolution"], first["frame_rate"], first["video_range"], first["audio"]) == (
        "1920x1080",
        50.0,
        None,
        None,
    )
    assert [one["language"] for one in found.details["renditions"]] == ["en", "vi"]
    assert found.details["playlists"][LOW]["segments"] == 6
    assert found.proposal["segment_s"] == 6.0
    assert found.proposal["rungs"] == [HIGH, LOW, "audio-en", "subtitles-vi"]
    assert (found.proposal["audio_languages"], found.proposal["subtitle_languages"]) == (["en"], ["vi"])
    assert (found.proposal["class"], found.proposal["is_hdr"]) == ("HD", False)
    assert found.metrics["segment.status"] == 200


async def test_a_media_playlist_is_inspected_by_the_stable_keys() -> None:
    async with origin() as served:
        served.publish(
            7, extra={9: '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://x",KEYFORMAT="com.apple.streamingkeydelivery"'}
        )
        found = await looked(served.url + "/high.m3u8")
    expected = {"target_duration_s": 6, "media_sequence": 7, "discontinuity_sequence": 0, "segments": 6, "parts": 0}
    assert {key: found.details[key] for key in expected} == expected
    assert (found.details["duration_s"], found.details["live"]) == (36.0, True)
    assert [(key["method"], key["system"]) for key in found.details["keys"]] == [("SAMPLE-AES", "FairPlay")]


async def test_a_short_segment_duration_is_no_fault_of_an_inspected_stream() -> None:
    async with origin() as served:
        served.files["/a.m3u8"] = media_text(0, "a").replace(b"EXTINF:6.0", b"EXTINF:4.0")
        served.files["/a5.ts"] = b"x" * 100
        found = await looked(served.url + "/a.m3u8")
    assert "hls-segment-duration-off" not in {finding.id for finding in found.findings}
    assert found.proposal["segment_s"] == 4.0


async def test_what_lasts_is_counted_once_and_each_bad_segment_once() -> None:
    async with origin() as served:
        served.publish(0)
        served.files["/high5.ts"] = None
        served.files["/high.m3u8"] = media_text(0, "high").replace(b"TARGETDURATION:6", b"TARGETDURATION:1")
        found = await looked(served.url + "/high.m3u8", seconds=0.6)
    counts = {finding.id: finding.count for finding in found.findings}
    assert counts["hls-segment-missing"] == 1
    assert counts["hls-extinf-exceeds-target"] == 6


async def test_a_file_is_judged_by_what_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / "a.m3u8"
    file.write_bytes(media_text(0, "a").replace(b"#EXT-X-TARGETDURATION:6\n", b""))
    found = await looked(str(file))
    assert "hls-targetduration-missing" in {finding.id for finding in found.findings}
    assert found.details["segments"] == 6
    assert not found.requests


async def test_a_playlist_that_cannot_be_read_is_a_finding_with_its_line() -> None:
    async with origin() as served:
        served.files["/a.m3u8"] = b"# a comment first\n#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n"
        found = await looked(served.url + "/a.m3u8")
    (finding,) = found.findings
    assert (finding.id, finding.where["line"]) == ("hls-master-parse-error", 2)
    assert not found.is_clean


@pytest.mark.parametrize("ending", ["hls/yt-dlp/bipbop_16x9.m3u8", "hls/videojs-m3u8-parser/llhls.m3u8"])
async def test_real_files_are_inspected(testdata: Path, ending: str) -> None:
    found = await looked(str(testdata / ending))
    assert found.details.get("variants") or found.details.get("segments")


VOD = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-PLAYLIST-TYPE:VOD\n" + "".join(
    f"#EXTINF:6,\nhigh{number}.ts\n" for number in range(6)
)


@pytest.mark.parametrize(("megabits", "is_told"), [(6.0, False), (3.0, True)])
async def test_the_bandwidth_of_a_short_vod_is_held_to_the_truth(megabits: float, is_told: bool) -> None:
    async with origin() as served:
        served.publish(0)
        served.files["/master.m3u8"] = MASTER.partition("#EXT-X-STREAM-INF:BANDWIDTH=9")[0].encode()
        served.files["/high.m3u8"] = f"{VOD}#EXT-X-ENDLIST\n".encode()
        served.files |= {f"/high{number}.ts": b"x" * int(megabits * 1e6 / 8 * 6) for number in range(6)}
        found = await looked(served.url + "/master.m3u8")
    assert ("hls-vod-bandwidth-off" in {finding.id for finding in found.findings}) is is_told
    assert "hls-endlist-in-live" not in {finding.id for finding in found.findings}
    assert found.details["playlists"][HIGH]["live"] is False


SECRET = b"0123456789abcdef"


def locked(clear: bytes, sequence: int) -> bytes:
    padding = 16 - len(clear) % 16
    encryptor = Cipher(algorithms.AES(SECRET), modes.CBC(sequence.to_bytes(16, "big"))).encryptor()
    return encryptor.update(clear + bytes([padding]) * padding) + encryptor.finalize()


async def seen_inside(clear: bytes, settings: Settings) -> Inspection:
    async with origin() as served:
        served.publish(0, extra={0: '#EXT-X-KEY:METHOD=AES-128,URI="key.bin"'})
        served.files["/key.bin"] = SECRET
        served.files["/high5.ts"] = locked(clear, 5)
        return await looked(served.url + "/high.m3u8", settings=settings)


async def test_an_encrypted_segment_is_looked_into_only_on_request() -> None:
    page = b"<html><body>Not a segment</body></html>"
    closed, opened = await seen_inside(page, Settings()), await seen_inside(page, Settings(decrypt_aes128=True))
    assert "hls-segment-missing" not in {finding.id for finding in closed.findings}
    assert "web page" in next(finding.text for finding in opened.findings if finding.id == "hls-segment-missing")
    assert "0123456789abcdef" not in str(opened.form())


def test_a_segment_is_opened_by_its_iv_or_its_number() -> None:
    key = Key(1, "AES-128", "k")
    assert decrypted(locked(b"clear", 7), key, SECRET, 7) == b"clear"
    assert decrypted(locked(b"clear", 7), replace(key, iv="0x7"), SECRET, 99) == b"clear"


@pytest.mark.parametrize(("body", "says"), [(b"", "blocks"), (b"x" * 17, "blocks"), (b"x" * 32, "does not open")])
def test_what_cannot_be_opened_says_why(body: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        decrypted(body, Key(1, "AES-128", "k"), SECRET, 1)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n", {"variants", "renditions"}),
        (
            "#EXTINF:4,\n1.ts\n",
            {
                *("target_duration_s", "media_sequence", "discontinuity_sequence", "segments", "parts"),
                *("duration_s", "live", "keys"),
            },
        ),
    ],
)
async def test_a_playlist_that_cannot_be_read_has_the_stable_keys_too(
    text: str, keys: set[str], tmp_path: Path
) -> None:
    path = tmp_path / "broken.m3u8"
    path.write_text(text)
    async with Fetcher() as fetcher:
        found = await inspect(str(path), fetcher=fetcher, settings=Settings())
    assert set(found.details) == keys
    assert not found.is_clean
