"""HDR10 channels: what playlist, container and pictures say of them, and what is left when it was lost."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Any

import av
import pytest
from lab_bench import Bench, Open
from lab_media import box, boxes

HLS, DASH = "CH_HDR_DEMO_001", "CH_HDR_DEMO_002"
PQ, BT2020 = 16, 9
# ITU-T H.265: a prefix SEI unit that begins with a mastering display message of 24 bytes (D.2.28)
MASTERING = bytes.fromhex("4e018918")


@pytest.fixture
async def hdr(opened: Open) -> AsyncIterator[Bench]:
    async with opened(channels=1, hdr=2) as made:
        yield made


async def segment(bench: Bench, code: str, at: float) -> bytes:
    """Return the segment that holds a wall time."""
    channel = next(one for one in bench.lab.channels if one.code == code)
    seq = channel.schedule.covering(channel.schedule.frame(at))
    return (await bench.ask(f"/{code}/v90/{seq}.m4s")).body


async def first_picture(bench: Bench, code: str, at: float) -> Any:
    """Return the first decoded picture of the segment that holds a wall time."""
    data = (await bench.ask(f"/{code}/v90/init.mp4")).body + await segment(bench, code, at)
    with av.open(io.BytesIO(data)) as file:
        return next(file.decode(video=0))


def light(picture: Any) -> set[str]:
    return {side.type.name for side in picture.side_data}


async def test_every_layer_of_a_healthy_channel_says_hdr(hdr: Bench) -> None:
    rows = {one["code"]: one for one in (await hdr.ask("/api/channels")).json["channels"]}
    assert rows[HLS]["expected"]["is_hdr"]
    assert "HDR" in rows[HLS]["badges"]
    master = await hdr.text(f"/{HLS}/master.m3u8")
    assert "VIDEO-RANGE=PQ" in master
    assert "VIDEO-RANGE=SDR" not in master
    assert 'CODECS="hev1.2.4.L' in master
    mpd = await hdr.text(f"/{DASH}/manifest.mpd")
    assert 'schemeIdUri="urn:mpeg:mpegB:cicp:TransferCharacteristics" value="16"' in mpd
    init = (await hdr.ask(f"/{HLS}/v90/init.mp4")).body
    entry = box(init, "moov", "trak", "mdia", "minf", "stbl", "stsd")[8:]
    (name, body), *_ = boxes(entry)
    inner = dict(boxes(body[78:]))
    assert name == "hev1"
    assert inner["colr"][:4] == b"nclx"
    assert int.from_bytes(inner["colr"][6:8], "big") == PQ
    assert int.from_bytes(inner["clli"][:2], "big") == 1000
    assert len(inner["mdcv"]) == 24
    for code in (HLS, DASH):
        picture = await first_picture(hdr, code, hdr.clock.at - 3.0)
        assert picture.format.name == "yuv420p10le"
        assert (picture.color_trc, picture.color_primaries) == (PQ, BT2020)
        assert light(picture) >= {"MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL"}


async def test_an_encoder_that_has_lost_hdr_goes_on_showing_pictures_that_say_nothing_of_it(hdr: Bench) -> None:
    told = await hdr.fault(HLS, "hdr-dropped", seconds=4.0)
    assert (told["expects"], told["alarm"]) == (["media-hdr-missing"], "HDR_METADATA_MISSING")
    hdr.clock.at = told["ends_at"] + 2.0
    ill = await first_picture(hdr, HLS, told["begins_at"] + 2.0)
    assert ill.color_trc != PQ
    assert MASTERING not in await segment(hdr, HLS, told["begins_at"] + 2.0)
    assert "VIDEO-RANGE=PQ" in await hdr.text(f"/{HLS}/master.m3u8"), "nobody has told the packager"
    assert MASTERING in await segment(hdr, HLS, told["ends_at"] + 1.0)
    well = await first_picture(hdr, HLS, told["ends_at"] + 1.0)
    assert well.color_trc == PQ


async def test_a_black_hdr_picture_is_black_and_still_hdr(hdr: Bench) -> None:
    told = await hdr.fault(DASH, "black", seconds=2.0)
    hdr.clock.at = told["ends_at"] + 2.0
    picture = await first_picture(hdr, DASH, told["begins_at"] + 1.0)
    assert picture.to_ndarray()[:90].mean() < 18 * 4
    assert picture.color_trc == PQ


async def test_only_hdr_channels_can_lose_it(hdr: Bench) -> None:
    kinds = {one["fault"]: one for one in (await hdr.ask("/api/faults")).json["faults"]}
    assert kinds["hdr-dropped"]["fits"] == ["hdr"]
    refused = await hdr.ask(
        "/api/faults", "POST", {"channel": hdr.lab.channels[0].code, "fault": "hdr-dropped", "seconds": 5}
    )
    assert refused.status == 400
    assert refused.json["message"] == "'The encoder has lost HDR' needs an HDR channel."
