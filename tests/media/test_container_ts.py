"""Heads of transport stream segments: against ffprobe, the one-fault clips, and hand-made packets."""

from __future__ import annotations

import csv
from pathlib import Path

import av
import pytest

from noc_console.media.container import BadSegment, Head, look

# ffprobe's name to the codec string's begin; what ffprobe names from private descriptors is left out
NAMES = {
    "h264": ("avc1",),
    "hevc": ("hvc1",),
    "aac": ("mp4a.40.2",),
    "aac_latm": ("mp4a.40.2-latm",),
    "ac3": ("ac-3",),
    "eac3": ("ec-3",),
    "mp2": ("mp4a.40.34",),
    "mp3": ("mp4a.40.34",),
    "mpeg2video": ("mp2v",),
    "dvb_subtitle": ("dvbsub",),
    "dvb_teletext": ("teletext",),
}
# several programmes: only the first is read; Blu-ray's 0x86 is DTS-HD there and SCTE 35 in television
OTHER_PROGRAMMES = {"ts/tsduck/test-108.ts", "ts/tsduck/test-139.ts"}
# the PMT itself is missing in the capture, ffprobe guesses from the PES
NO_TABLES = {"ts/made/bbb520k_pat_none.ts"}


def packet(pid: int, payload: bytes, *, start: bool = False, counter: int = 0, random_access: bool = False) -> bytes:
    """One packet, filled by its adaptation field."""
    room = 184 - len(payload)
    control = 0x30 if room else 0x10
    field = b"" if not room else bytes((room - 1,)) + (bytes((0x40 * random_access,)) if room > 1 else b"")
    field += b"\xff" * (room - len(field))
    return bytes((0x47, (0x40 if start else 0) | pid >> 8, pid & 255, control | counter & 15)) + field + payload


def pes(pts: int, data: bytes) -> bytes:
    stamp = bytes(
        (0x21 | pts >> 29 & 0x0E, pts >> 22 & 255, 1 | pts >> 14 & 0xFE, pts >> 7 & 255, 1 | pts << 1 & 0xFE)
    )
    return b"\x00\x00\x01\xe0\x00\x00\x80\x80\x05" + stamp + data


PAT = bytes((0, 0, 0xB0, 13, 0, 1, 0xC1, 0, 0, 0, 1, 0xE1, 0x00, 0, 0, 0, 0))
PMT = bytes((0, 2, 0xB0, 18, 0, 1, 0xC1, 0, 0, 0xE1, 1, 0xF0, 0, 0x1B, 0xE1, 1, 0xF0, 0, 0, 0, 0, 0))
IDR = b"\x00\x00\x01\x09\xf0\x00\x00\x01\x67\x64\x00\x28\x00\x00\x01\x65\x88"
NO_IDR = b"\x00\x00\x01\x09\xf0\x00\x00\x01\x41\x9a"


def segment(stamps: list[int], first: bytes = IDR) -> bytes:
    head = packet(0, PAT, start=True) + packet(0x100, PMT, start=True)
    pictures = (
        packet(0x101, pes(pts % (1 << 33), first if n == 0 else NO_IDR), start=True, counter=n)
        for n, pts in enumerate(stamps)
    )
    return head + b"".join(pictures)


def test_codecs_are_those_that_ffprobe_names(testdata: Path) -> None:
    with (testdata / "expected_ffprobe.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["file"].startswith("ts/") and row["id"]]
    compared = 0
    for row in rows:
        if row["file"] in OTHER_PROGRAMMES | NO_TABLES or row["codec"] not in NAMES:
            continue
        head = look((testdata / row["file"]).read_bytes())
        codecs = {track.id: track.codec for track in head.tracks}
        if head.kind != "ts" or int(row["id"], 16) not in codecs:
            continue
        assert codecs[int(row["id"], 16)].startswith(NAMES[row["codec"]]), row
        compared += 1
    assert compared > 80


@pytest.mark.parametrize(
    "name",
    [
        "hls/shaka/hls-text-no-discontinuity/0.ts",
        "hls/androidx/cea608/sd-hls0000000000.ts",
        "ts/mux.js/test-segment.ts",
    ],
)
def test_times_are_those_that_ffmpeg_reads(testdata: Path, name: str) -> None:
    head = look((testdata / name).read_bytes())
    with av.open(str(testdata / name)) as container:
        stream = container.streams.video[0]
        stamps = sorted(p.pts for p in container.demux(stream) if p.pts is not None)
    video = head.main
    assert video is not None and video.first_ticks == stamps[0]
    assert video.duration_s == pytest.approx((stamps[-1] - stamps[0]) / 90_000, abs=0.07)
    assert video.samples == len(stamps)


@pytest.mark.parametrize(
    ("clip", "codes"),
    [
        ("clean", set()),
        ("cc_lost", {"continuity"}),
        ("cc_order", {"continuity"}),
        ("cc_dup", set()),  # one repeat of a packet is legal
        ("sync_single", {"sync"}),
        ("tei", {"transport-error"}),
        ("pat_none", {"no-pat"}),
    ],
)
def test_a_clip_with_one_fault_says_that_fault(testdata: Path, clip: str, codes: set[str]) -> None:
    head = look((testdata / f"ts/made/bbb520k_{clip}.ts").read_bytes())
    assert {fault.code for fault in head.errors} == codes


def test_a_segment_that_starts_with_idr_says_so_and_names_its_profile() -> None:
    head = look(segment([90_000, 93_600, 97_200]))
    assert head.starts_with_idr is True
    assert head.tracks[0].codec == "avc1.640028"


def test_a_segment_that_starts_with_another_slice_says_so() -> None:
    assert look(segment([90_000, 93_600], NO_IDR)).starts_with_idr is False


def test_pts_that_wrap_at_33_bits_go_on() -> None:
    wrap = 1 << 33
    head = look(segment([wrap - 3600, wrap, wrap + 3600]))
    assert head.tracks[0].first_ticks == wrap - 3600
    assert head.duration_s == pytest.approx(0.12)


def test_the_first_stamp_is_the_smallest_with_reordered_pictures() -> None:
    head = look(segment([97_200, 90_000, 93_600]))
    assert (head.tracks[0].first_ticks, head.duration_s) == (90_000, pytest.approx(0.12))


def test_a_cut_segment_is_truncated() -> None:
    whole = segment([90_000, 93_600, 97_200])
    head = look(whole[:-100])
    assert head.is_truncated and "truncated" in {fault.code for fault in head.errors}


def test_a_web_page_is_called_one() -> None:
    head: Head = look(b"<!DOCTYPE html><html><body>404</body></html>")
    assert (head.kind, head.errors[0].code) == ("unknown", "html")


def test_no_bytes_are_empty() -> None:
    assert look(b"").errors[0].code == "empty"


def test_a_memoryview_is_as_good_as_bytes() -> None:
    body = segment([90_000, 93_600])
    assert look(memoryview(body)) == look(body)


def test_the_named_error_is_a_value_error() -> None:
    assert issubclass(BadSegment, ValueError)
