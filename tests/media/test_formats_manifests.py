"""What playlists and MPDs tell of dynamic range and Atmos comes to the rungs that are judged by it."""

from __future__ import annotations

from noc_console.media.dash import ladder, parse
from noc_console.media.formats.tellings import of_manifest
from noc_console.media.hls import Master
from noc_console.media.hls import parse as parse_playlist
from noc_console.media.hls.rungs import rungs_of
from noc_console.media.ladder import Rung, measured

MASTER = """#EXTM3U
#EXT-X-VERSION:10
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Stereo",LANGUAGE="en",CHANNELS="2",URI="stereo.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Atmos",LANGUAGE="vi",CHANNELS="16/JOC",URI="atmos.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="inside",NAME="Atmos",CHANNELS="16/JOC"
#EXT-X-STREAM-INF:BANDWIDTH=20000000,CODECS="hvc1.2.4.L153,ec-3",SUPPLEMENTAL-CODECS="dvh1.08.07/db4h",\
RESOLUTION=3840x2160,FRAME-RATE=50,VIDEO-RANGE=HLG,AUDIO="a"
dolby.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=9000000,CODECS="hvc1.2.4.L150",RESOLUTION=1920x1080,VIDEO-RANGE=PQ,AUDIO="inside"
pq.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=5000000,CODECS="avc1.640028",RESOLUTION=1920x1080,AUDIO="a"
sdr.m3u8
"""

MPD = """<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:scte214="urn:scte:dash:scte214-extensions" type="static"
 mediaPresentationDuration="PT60S" minBufferTime="PT2S" profiles="urn:mpeg:dash:profile:isoff-live:2011">
<Period id="1" start="PT0S">
<AdaptationSet id="1" contentType="video" mimeType="video/mp4">
<SegmentTemplate timescale="1" duration="6" media="v$Number$.m4s"/>
<EssentialProperty schemeIdUri="urn:mpeg:mpegB:cicp:TransferCharacteristics" value="18"/>
<Representation id="v" bandwidth="20000000" codecs="hvc1.2.4.L153" scte214:supplementalCodecs="dvh1.08.07"
 width="3840" height="2160" frameRate="50"/>
</AdaptationSet>
<AdaptationSet id="2" contentType="video" mimeType="video/mp4">
<SegmentTemplate timescale="1" duration="6" media="s$Number$.m4s"/>
<SupplementalProperty schemeIdUri="urn:mpeg:mpegB:cicp:TransferCharacteristics" value="1"/>
<Representation id="s" bandwidth="5000000" codecs="avc1.640028" width="1920" height="1080"/>
</AdaptationSet>
<AdaptationSet id="3" contentType="audio" mimeType="audio/mp4" lang="en">
<SegmentTemplate timescale="1" duration="6" media="a$Number$.m4s"/>
<SupplementalProperty schemeIdUri="tag:dolby.com,2018:dash:EC3_ExtensionType:2018" value="JOC"/>
<Representation id="a" bandwidth="448000" codecs="ec-3"/>
</AdaptationSet>
</Period></MPD>"""


def told(rung: Rung) -> tuple[str, str, bool]:
    facts = {"codecs": rung.codecs, "supplemental_codecs": rung.supplemental_codecs, "video_range": rung.video_range}
    one = of_manifest(facts)
    return one.text, one.curve, rung.is_atmos


def test_a_master_playlist_tells_ranges_dolby_vision_and_objects() -> None:
    master = parse_playlist(MASTER.encode(), "https://h/master.m3u8")
    assert isinstance(master, Master)
    by_name = {rung.uri.rpartition("/")[2]: told(rung) for rung in rungs_of(master)}
    assert by_name == {
        "dolby.m3u8": ("Dolby Vision 8 level 7", "HLG", False),
        "pq.m3u8": ("PQ", "PQ", True),
        "sdr.m3u8": ("", "", False),
        "stereo.m3u8": ("", "", False),
        "atmos.m3u8": ("", "", True),
    }


def test_an_mpd_tells_ranges_dolby_vision_and_objects() -> None:
    rungs = ladder(parse(MPD.encode(), "https://h/live.mpd"))
    assert [told(rung) for rung in rungs] == [
        ("Dolby Vision 8 level 7", "HLG", False),
        ("SDR", "SDR", False),
        ("", "", True),
    ]


def test_of_two_pictures_of_a_size_the_one_in_hdr_is_decoded() -> None:
    sdr = Rung("sdr", "video", "a", 9_000_000, height=1080, video_range="SDR")
    hdr = Rung("hdr", "video", "b", 6_000_000, height=1080, video_range="HLG")
    assert measured([sdr, hdr]) == {"hdr"}
    assert measured([sdr, hdr], "sdr") == {"sdr"}
