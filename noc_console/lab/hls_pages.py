"""Composes the HLS playlists of a channel at one moment: variants, segments, ad breaks."""

from __future__ import annotations

from collections.abc import Iterator

from noc_console.lab import scte35
from noc_console.lab.channels import Form, LabChannel
from noc_console.lab.clock import iso
from noc_console.lab.hls import Entry, MasterPlaylist, MediaPlaylist, Variant
from noc_console.lab.options import FRAME_RATE, TICKS
from noc_console.lab.schedule import Slot
from noc_console.lab.studio import AUDIO, AUDIO_CODEC, Rate, Studio, duration_s, lead_s

IFRAMES = "iframe"
_AUDIO_TAG = (
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aac",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,'
    'CHANNELS="2",URI="audio/playlist.m3u8"'
)


def master(channel: LabChannel, studio: Studio) -> MasterPlaylist:
    """Return the multivariant playlist."""
    has_audio = channel.form is Form.HLS_FMP4
    variants = tuple(variant(channel, studio, spec.name) for spec in studio.ladder)
    keys = next(one for one in variants if one.rung == studio.iframe_rung)
    codec = studio.codec(channel.look, keys.rung)
    iframes = (
        f'#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH={keys.bandwidth_bps},CODECS="{codec}",'
        f'RESOLUTION={keys.width}x{keys.height},VIDEO-RANGE={keys.range},URI="{IFRAMES}/playlist.m3u8"'
    )
    return MasterPlaylist(variants, ((_AUDIO_TAG,) if has_audio else ()) + (iframes,))


def variant(channel: LabChannel, studio: Studio, rung: str) -> Variant:
    """Return one variant with attributes that are true for programme and ads alike."""
    spec = next(spec for spec in studio.ladder if spec.name == rung)
    rate = _rate(channel, studio, rung)
    codecs = f"{studio.codec(channel.look, rung)},{AUDIO_CODEC}"
    has_audio = channel.form is Form.HLS_FMP4
    if has_audio:
        rate = rate.plus(_rate(channel, studio, AUDIO))
    return Variant(
        rung,
        rate.peak_bps,
        rate.average_bps,
        codecs,
        spec.width,
        spec.height,
        FRAME_RATE,
        "aac" if has_audio else "",
        "PQ" if channel.is_hdr else "SDR",
    )


def media(channel: LabChannel, studio: Studio, rung: str, at: float, window: int) -> MediaPlaylist:
    """Return the media playlist of a rung: the newest `window` segments complete at a Unix time."""
    schedule = channel.schedule
    edge = schedule.edge(at)
    slots = [schedule.slot(seq) for seq in range(edge - window + 1, edge + 1)]
    before = slots[0].discontinuities - slots[0].is_discontinuity
    if rung == IFRAMES:
        gop = studio.grid.gop
        entries = tuple(entry for slot in slots for entry in _key_frames(channel, studio, slot))
        target_s = max(1, int(gop / FRAME_RATE + 0.5))
        return MediaPlaylist(target_s, slots[0].start // gop, before, entries, is_iframes=True)
    entries = tuple(_entry(channel, rung, slot) for slot in slots)
    return MediaPlaylist(studio.grid.target_s, slots[0].seq, before, entries)


def _rate(channel: LabChannel, studio: Studio, rung: str) -> Rate:
    is_transport = channel.form is Form.HLS_TS
    rate = studio.rate(is_transport, channel.look, rung)
    return rate.worst(studio.rate(is_transport, channel.ad_look, rung)) if channel.schedule.ads else rate


def _entry(channel: LabChannel, rung: str, slot: Slot) -> Entry:
    is_transport = channel.form is Form.HLS_TS
    return Entry(
        slot=slot,
        uri=f"{slot.seq}.{'ts' if is_transport else 'm4s'}",
        duration_s=duration_s(slot, rung),
        at=channel.schedule.wall(slot.start) + lead_s(slot, rung),
        init="" if is_transport else ("ad.mp4" if slot.ad else "init.mp4"),
        tags=tuple(_break_tags(channel, slot)),
        is_discontinuity=slot.is_discontinuity,
    )


def _key_frames(channel: LabChannel, studio: Studio, slot: Slot) -> Iterator[Entry]:
    """Yield the key frames of a segment; each is shown until the next one."""
    rung, is_transport = studio.iframe_rung, channel.form is Form.HLS_TS
    whole = _entry(channel, rung, slot)
    look = channel.ad_look if slot.ad else channel.look
    gop_s = studio.grid.gop / FRAME_RATE
    for number, (offset, size) in enumerate(studio.key_frames(is_transport, look, rung, slot)):
        yield Entry(
            slot=slot,
            uri=f"../{rung}/{whole.uri}",
            duration_s=gop_s,
            at=whole.at + number * gop_s,
            init=f"../{rung}/{whole.init}" if whole.init else "",
            tags=whole.tags if number == 0 else (),
            byte_range=f"{size}@{offset}",
            is_discontinuity=slot.is_discontinuity and number == 0,
        )


def _break_tags(channel: LabChannel, slot: Slot) -> Iterator[str]:
    """Yield the tags of an ad break's edges (RFC 8216, 4.3.2.7.1), and the older CUE tags beside them."""
    schedule = channel.schedule
    size = schedule.grid.segment
    length = schedule.ads * size
    if slot.ad == 1:
        yield _date_range(channel, slot.start, length, is_out=True)
        yield f"#EXT-X-CUE-OUT:{length / FRAME_RATE:.3f}"
    elif slot.ad:
        yield f"#EXT-X-CUE-OUT-CONT:{(slot.ad - 1) * size / FRAME_RATE:.3f}/{length / FRAME_RATE:.3f}"
    elif slot.is_return:
        yield _date_range(channel, slot.start - length, length, is_out=False)
        yield "#EXT-X-CUE-IN"


def _date_range(channel: LabChannel, start: int, length: int, *, is_out: bool) -> str:
    splice = start if is_out else start + length
    message = scte35.splice_insert(start & 0x7FFFFFFF, is_out, splice * TICKS, length * TICKS)
    name, duration = ("SCTE35-OUT", "PLANNED-DURATION") if is_out else ("SCTE35-IN", "DURATION")
    return (
        f'#EXT-X-DATERANGE:ID="break-{start}",START-DATE="{iso(channel.schedule.wall(start))}",'
        f"{duration}={length / FRAME_RATE:.3f},{name}={message}"
    )
