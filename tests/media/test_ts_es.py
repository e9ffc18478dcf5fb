"""Formats of elementary streams, beside what FFmpeg was told to encode and what ffprobe says of captures."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ts_encoded import PACKET, picture_stream, sound_stream
from ts_sections import descriptor, pat, payloads, pmt

from noc_console.media.es.format import Audio, Format, Video
from noc_console.media.es.looker import ALL, MOST_BYTES, START, Looker
from noc_console.media.ts.psi import Psi

NAN = float("nan")
MASTERING = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
HDR10 = "log-level=none:hdr10=1:repeat-headers=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:"
HDR10 += f"master-display={MASTERING}:max-cll=1000,400"
FAST = {"preset": "ultrafast"}
# the set-up of this stream says one channel; a decoder that knows parametric stereo gives two
MONO_WITH_PS = "ts/androidx/sample_latm.ts"


def formats(data: bytes) -> dict[int, Format]:
    """Read a whole stream as the analyser does."""
    psi = Psi()
    looker = psi.looker
    for at in range(0, len(data) - PACKET + 1, PACKET):
        packet = data[at : at + PACKET]
        if packet[0] != 0x47 or packet[1] & 0x80 or packet[3] & 0xC0 or not packet[3] & 0x10:
            continue
        pid, starts = (packet[1] & 0x1F) << 8 | packet[2], bool(packet[1] & 0x40)
        payload = packet[4 + (1 + packet[4] if packet[3] & 0x20 else 0) :]
        if psi.wanted[pid]:
            psi.feed(pid, starts, payload, 0, NAN)
        elif looker.wanted[pid] == ALL or (looker.wanted[pid] == START and starts):
            looker.look(pid, payload, starts)
    return looker.formats


def one_picture(data: bytes) -> Video:
    (found,) = formats(data).values()
    assert isinstance(found, Video)
    return found


def test_hdr10_is_told_by_transfer_mastering_display_and_content_light() -> None:
    options = FAST | {"x265-params": HDR10}
    video = one_picture(picture_stream("libx265", (320, 192), Fraction(50), options, "yuv420p10le"))
    assert (video.codec, video.profile, video.width, video.height) == ("hevc", "Main 10", 320, 192)
    assert (video.frame_rate, video.bit_depth, video.hdr) == (50.0, 10, "HDR10")
    assert video.mastering is not None and (video.mastering.brightest, video.mastering.darkest) == (1000.0, 0.005)
    assert video.mastering.primaries[0] == (13250, 34500) and video.light == (1000, 400)
    assert (video.colour.primaries, video.colour.transfer, video.colour.matrix) == (9, 16, 9)


def test_hlg_is_told_by_the_preferred_transfer_too() -> None:
    params = "log-level=none:atc-sei=18:colorprim=bt2020:transfer=bt2020-10:colormatrix=bt2020nc"
    options = FAST | {"x265-params": params}
    video = one_picture(picture_stream("libx265", (320, 192), Fraction(25), options, "yuv420p10le"))
    assert video.colour.transfer == 14 and video.hdr == "HLG"


@pytest.mark.parametrize(
    ("codec", "size", "rate", "options", "pixels", "text"),
    [
        ("libx264", (720, 576), Fraction(25), {"x264-params": "interlaced=1"}, "yuv420p",
         "H.264 Main@3.0 720x576i25 8 bit SDR"),
        ("libx264", (426, 240), Fraction(30000, 1001), {"profile": "high422"}, "yuv422p10le",
         "H.264 High 4:2:2@2.1 426x240p29.97 10 bit SDR"),
        ("mpeg2video", (704, 480), Fraction(30000, 1001), {"b": "3000000"}, "yuv420p",
         "MPEG-2 Main@Main 704x480p29.97 8 bit SDR"),
        ("mpeg1video", (352, 288), Fraction(25), {"b": "1000000"}, "yuv420p", "MPEG-1 352x288p25 8 bit SDR"),
    ],
)  # fmt: skip
def test_pictures(codec: str, size: tuple[int, int], rate: Fraction, options: dict, pixels: str, text: str) -> None:  # type: ignore[type-arg]
    assert one_picture(picture_stream(codec, size, rate, FAST | options, pixels)).text == text


@pytest.mark.parametrize(
    ("codec", "rate", "layout", "bitrate", "options", "text"),
    [
        ("aac", 44100, "stereo", 128_000, {}, "AAC LC 44.1 kHz 2 ch"),
        ("aac", 48000, "stereo", 128_000, {"mpegts_flags": "latm"}, "AAC (LATM) LC 48 kHz 2 ch"),
        ("aac", 24000, "stereo", 64_000, {}, "AAC LC 24 kHz 2 ch"),
        ("aac", 16000, "mono", 32_000, {}, "AAC LC 16 kHz 1 ch"),
        ("mp2", 32000, "mono", 64_000, {}, "MPEG audio layer II 32 kHz 1 ch 64 kbit/s"),
        ("ac3", 48000, "5.1", 448_000, {}, "AC-3 48 kHz 5.1 448 kbit/s"),
        ("eac3", 48000, "5.1", 384_000, {}, "E-AC-3 48 kHz 5.1 384 kbit/s"),
    ],
)
def test_sounds(codec: str, rate: int, layout: str, bitrate: int, options: dict, text: str) -> None:  # type: ignore[type-arg]
    (found,) = formats(sound_stream(codec, rate, layout, bitrate, options)).values()
    assert found.text == text


def truth(testdata: Path) -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = {}
    with (testdata / "expected_ffprobe.csv").open() as file:
        for row in csv.DictReader(file):
            if row["file"].endswith(".ts") and row["id"]:
                rows.setdefault(row["file"], []).append(row)
    return rows


def test_captures_read_as_ffprobe_reads_them(testdata: Path) -> None:
    wrong, judged = [], 0
    for name, rows in truth(testdata).items():
        if name.startswith("ts/made/") and "clean" not in name:
            continue
        found = formats((testdata / name).read_bytes())
        for row in rows:
            one = found.get(int(row["id"], 16))
            if one is not None and name != MONO_WITH_PS:
                judged += 1
                wrong += [(name, row["id"], *pair) for pair in differences(one, row)]
    assert wrong == [] and judged > 50


def differences(one: Format, row: dict[str, str]) -> list[tuple[str, object, object]]:
    # ffprobe guesses the layer of MPEG audio from the stream_type where it sees no frame
    pairs = [] if row["codec"] in ("mp3", "mp2") else [("codec", one.codec, row["codec"])]
    if isinstance(one, Video) and row["width"] not in ("", "0"):
        up, down = row["r_frame_rate"].split("/")
        pairs += [("size", f"{one.width}x{one.height}", f"{row['width']}x{row['height']}")]
        pairs += [("profile", one.profile, row["profile"])] if row["profile"] else []
        if one.frame_rate:
            pairs.append(("rate", round(one.frame_rate, 2), round(int(up) / int(down), 2)))
        pairs.append(("depth", one.bit_depth, 10 if "10le" in row["pix_fmt"] else 8))
    if isinstance(one, Audio) and row["sample_rate"] not in ("", "0"):
        pairs += [("profile", one.profile, row["profile"])] if row["codec"] == "aac" and row["profile"] else []
        pairs += [
            ("samples", str(one.sample_rate), row["sample_rate"]),
            ("channels", str(one.channels), row["channels"]),
        ]
    return [pair for pair in pairs if pair[1] != pair[2]]


def _bits(*fields: tuple[int, int]) -> bytes:
    text = "".join(f"{value:0{width}b}" for value, width in fields)
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def enhanced(
    has_objects: bool, size: int = 1536, kind: int = 0, mode: int = 7, lfe: int = 1, places: int = 0
) -> bytes:
    """Return an E-AC-3 frame of six blocks, 48 kHz, with addbsi; kind 1 is dependent (TS 102 366, E.1.2)."""
    dependent = [(1, 1), (places, 16)] if kind == 1 else []
    head = _bits(
        (0x0B77, 16), (kind, 2), (0, 3), (size // 2 - 1, 11), (0, 2), (3, 2), (mode, 3), (lfe, 1), (16, 5),
        (27, 5), (0, 1),  # dialnorm, compre
        *dependent,
        (0, 1), (0, 1),  # mixmdate, infomdate
        (1, 1), (1, 6), (int(has_objects), 8), (16, 8),  # addbsie, two bytes: the flag of TS 103 420, complexity 16
    )  # fmt: skip
    return head + bytes(size - len(head))


def heard(data: bytes) -> Audio:
    looker = Looker()
    looker.expect({0x100: "ec-3"})
    looker.look(0x100, pes(data[:160], 0xBD))
    for at in range(160, len(data), 184):
        if looker.wanted[0x100] == ALL:
            looker.look(0x100, data[at : at + 184], starts=False)
    found = looker.formats[0x100]
    assert isinstance(found, Audio)
    return found


@pytest.mark.parametrize("has_objects", [True, False])
def test_atmos_is_told_by_the_extension_of_the_bit_stream_information(has_objects: bool) -> None:
    found = heard(enhanced(has_objects) * 2)
    assert (found.is_atmos, found.channels, found.bitrate_bps) == (has_objects, 6, 384_000)


def test_a_dependent_frame_adds_its_channels() -> None:
    # the back channels (bit 6 of the map) beside sides that replace the ones of the 5.1 frame
    found = heard(enhanced(False) + enhanced(True, 768, kind=1, mode=6, lfe=0, places=0x1A00) + enhanced(False))
    assert (found.channels, found.is_atmos, found.bitrate_bps) == (8, True, 576_000)
    assert found.text == "E-AC-3 48 kHz 7.1 576 kbit/s Atmos"


def test_a_frame_alone_in_its_pes_packet_is_told_in_the_end() -> None:
    looker = Looker()
    looker.expect({0x100: "ec-3"})
    for _ in range(6):
        frame = enhanced(False)
        looker.look(0x100, pes(frame[:160], 0xBD))
        for at in range(160, len(frame), 184):
            looker.look(0x100, frame[at : at + 184], starts=False)
    assert looker.formats[0x100].codec == "eac3"


def pes(payload: bytes, stream: int = 0xE0, marks: int = 0x80) -> bytes:
    return b"\x00\x00\x01" + bytes((stream, 0, 0, marks, 0, 0)) + payload


SPS = bytes.fromhex("6764001facd9405005bb016a02020280000003008000001e078c18cb")
IDR = b"\x65\x88\x84\x00\x33"


def avc(*units: bytes) -> bytes:
    return b"".join(b"\x00\x00\x01" + unit for unit in units)


def test_a_stream_is_asked_for_until_it_is_known_and_again_each_second() -> None:
    looker = Looker()
    looker.expect({0x100: "avc1"})
    assert looker.wanted[0x100] == START
    looker.look(0x100, pes(avc(b"\x09\x10", SPS)))
    assert looker.wanted[0x100] == ALL
    looker.look(0x100, avc(IDR), starts=False)
    assert looker.wanted[0x100] == 0 and looker.formats[0x100].text.startswith("H.264 High@3.1 1280x720p")
    looker.tick(1.0)
    assert looker.wanted[0x100] == START and looker.changes == []


def test_what_stands_behind_the_sequence_header_belongs_to_the_format() -> None:
    data = picture_stream("mpeg2video", (704, 576), Fraction(25), {"flags": "+ildct+ilme"}, frames=1)
    at = data.index(b"\x00\x00\x01\xb3")
    head, rest = data[at : at + 12], data[at + 12 : at + 80]
    looker = Looker()
    looker.expect({0x100: "mp2v"})
    looker.look(0x100, pes(head))
    assert looker.formats == {} and looker.wanted[0x100] == ALL
    looker.look(0x100, rest, starts=False)
    assert looker.formats[0x100].codec == "mpeg2video" and looker.changes == []


def first_pes(data: bytes, pid: int = 0x100) -> bytes:
    """Return the first PES packet of a PID."""
    whole = b""
    for at in range(0, len(data), PACKET):
        packet = data[at : at + PACKET]
        if (packet[1] & 0x1F) << 8 | packet[2] != pid or not packet[3] & 0x10:
            continue
        if packet[1] & 0x40 and whole:
            break
        whole += packet[4 + (1 + packet[4] if packet[3] & 0x20 else 0) :]
    return whole


def test_a_preferred_transfer_behind_the_parameter_sets_is_no_change() -> None:
    params = "log-level=none:atc-sei=18:colorprim=bt2020:transfer=bt2020-10:colormatrix=bt2020nc"
    options = FAST | {"x265-params": params}
    whole = first_pes(picture_stream("libx265", (320, 192), Fraction(25), options, "yuv420p10le", frames=1))
    looker = Looker()
    looker.expect({0x100: "hvc1"})
    looker.look(0x100, whole[:32])
    for begin in range(32, len(whole), 8):
        if looker.wanted[0x100] == ALL:
            looker.look(0x100, whole[begin : begin + 8], starts=False)
    found = looker.formats[0x100]
    assert isinstance(found, Video) and found.hdr == "HLG" and looker.changes == []


def test_a_picture_without_parameter_sets_waits_for_the_next() -> None:
    looker = Looker()
    looker.expect({0x100: "avc1"})
    looker.look(0x100, pes(avc(b"\x41\x9a\x00")))
    assert looker.wanted[0x100] == START and looker.formats == {}


def test_another_size_is_a_change_and_is_told() -> None:
    psi = Psi()
    for starts, payload in payloads(pat({1: 0x1000})):
        psi.feed(0, starts, payload, 0, 0.0)
    for starts, payload in payloads(pmt(1, 0x100, [(0x02, 0x100, b"")])):
        psi.feed(0x1000, starts, payload, 0, 0.0)
    for size in ((720, 576), (544, 576)):
        data = picture_stream("mpeg2video", size, Fraction(25), {}, frames=1)
        for at in range(0, len(data), PACKET):
            packet = data[at : at + PACKET]
            if (packet[1] & 0x5F, packet[2]) == (0x41, 0x00) and packet[3] & 0x10:
                psi.looker.look(0x100, packet[4 + (1 + packet[4] if packet[3] & 0x20 else 0) :])
        psi.tick(1.0)
    (event,) = psi.events
    assert event.kind == "FormatChanged"
    assert "720x576" in event.data["before"] and "544x576" in event.data["after"]


def test_a_scrambled_pes_packet_is_not_read() -> None:
    looker = Looker()
    looker.expect({0x100: "avc1"})
    looker.look(0x100, pes(avc(SPS, IDR), marks=0xA0))
    assert looker.formats == {}


def test_a_stream_that_leaves_the_pmt_is_forgotten() -> None:
    looker = Looker()
    looker.expect({0x100: "avc1"})
    looker.look(0x100, pes(avc(SPS, IDR)))
    looker.expect({0x101: "ac-3"})
    assert looker.formats == {} and not looker.wanted[0x100] and looker.wanted[0x101]


def test_sound_that_is_declared_wrong_is_read_as_what_it_is() -> None:
    adts = bytes.fromhex("fff14c80017ffc") + bytes(4)
    looker = Looker()
    looker.expect({0x100: "mp4a.40.34"})
    looker.look(0x100, pes(adts, 0xC0))
    assert looker.formats[0x100].codec == "aac"


def test_private_streams_are_known_by_their_descriptors() -> None:
    psi = Psi()
    for starts, payload in payloads(pat({1: 0x1000})):
        psi.feed(0, starts, payload, 0, 0.0)
    private = [(6, 0x101, descriptor(0x6A, b"\x00")), (6, 0x102, descriptor(0x7A, b"\x00")),
               (6, 0x103, descriptor(0x05, b"HEVC")), (6, 0x104, descriptor(0x59, b""))]  # fmt: skip
    for starts, payload in payloads(pmt(1, 0x101, private)):
        psi.feed(0x1000, starts, payload, 0, 0.0)
    codecs = [psi.tree.streams[pid][1] for pid in (0x101, 0x102, 0x103, 0x104)]
    assert codecs == ["ac-3", "ec-3", "hvc1", "dvbsub"]


CODECS = ["avc1", "hvc1", "mp2v", "mp4a.40.2", "mp4a.40.2-latm", "mp4a.40.34", "ac-3", "ec-3", "dts"]
STARTS = [
    SPS,
    IDR,
    b"\x42\x01\x01\x01\x60",
    b"\xb3\x2d\x02\x40",
    b"\x0b\x77",
    b"\xff\xf1\x4c\x80",
    b"\x56\xe0",
    b"\x7f\xfe\x80\x01",
]


@settings(deadline=None)
@given(
    st.sampled_from(CODECS),
    st.lists(
        st.tuples(
            st.booleans(),
            st.sampled_from(["", "00000001", "000001"]),
            st.sampled_from(STARTS),
            st.binary(max_size=300),
        ),
        max_size=12,
    ),
)
def test_any_bytes_cost_bounded_work_and_raise_nothing(
    codec: str, parts: list[tuple[bool, str, bytes, bytes]]
) -> None:
    looker = Looker()
    looker.expect({7: codec})
    for starts, prefix, known, rest in parts:
        data = bytes.fromhex(prefix) + known + rest
        looker.look(7, pes(data) if starts else data, starts)
        assert len(looker._looks[7].data) <= MOST_BYTES + len(data) + 9
    looker.tick(1.0)
