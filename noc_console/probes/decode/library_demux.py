"""Takes files apart with the library: progressive MP4, Matroska, WAV and all else that it knows, in pieces."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

import av
from av.container import InputContainer

from noc_console.probes.decode.units import Demuxed, Lane, Track, Undecodable, Unit

MOST_TRACKS = 32
MOST_PIECE_BYTES = 32 * 1024 * 1024
_CODECS = {
    "h264": "avc1",
    "hevc": "hvc1",
    "mpeg2video": "mp2v",
    "mpeg1video": "mp1v",
    "aac": "mp4a.40.2",
    "aac_latm": "mp4a.40.2-latm",
    "ac3": "ac-3",
    "eac3": "ec-3",
    "dca": "dts",
    "av1": "av01",
    "vp9": "vp09",
}
# without a limit a header may ask for so much memory that the process is ended by the kernel
_OPTIONS = {"probesize": "5000000", "analyzeduration": "5000000", "protocol_whitelist": "file", "max_streams": "100"}


def opened(file: BinaryIO | str, format: str | None = None) -> InputContainer:
    """Open a container; raises Undecodable where the library does not know it."""
    try:
        container: InputContainer = av.open(file, "r", format=format, options=_OPTIONS)
        return container
    except (av.FFmpegError, ValueError, OSError) as error:
        raise Undecodable(f"It is no media file that can be opened: {_reason(error)}.") from None


def pieces(
    container: InputContainer,
    wants_picture: bool = True,
    piece_s: float = math.inf,
    told: Mapping[int, Mapping[str, Any]] | None = None,
) -> Iterator[Demuxed]:
    """Yield what a container holds, cut after so many seconds or bytes; the last piece may be empty.

    `told` are facts of the container about its tracks, by their id.
    """
    tracks = {stream.index: track for stream in container.streams if (track := _track(stream, wants_picture))}
    for index, track in tracks.items():
        tracks[index] = replace(track, container=(told or {}).get(track.id, {}))
    faults = [_refused(stream) for stream in container.streams if stream.type in ("video", "audio")]
    found = _new(tracks, [fault for fault in faults if fault])
    if not tracks:
        raise Undecodable("It has no picture and no sound that can be decoded.")
    size, first_s = 0, math.nan
    try:
        for packet in container.demux([container.streams[index] for index in tracks]):
            if not packet.size:
                continue
            unit = _unit(packet)
            lane = found.lanes[list(tracks).index(packet.stream_index)]
            lane.units.append(unit)
            size += unit.size
            first_s = unit.pts_s if math.isnan(first_s) else first_s
            if size >= MOST_PIECE_BYTES or unit.pts_s - first_s >= piece_s:
                yield found
                found, size, first_s = _new(tracks, []), 0, math.nan
    except (av.FFmpegError, OSError) as error:
        found.faults.append(f"The file cannot be read further: {_reason(error)}.")
    yield found


def _new(tracks: dict[int, Track], faults: list[str]) -> Demuxed:
    return Demuxed([Lane(track) for track in tracks.values()], faults)


def _unit(packet: Any) -> Unit:
    base = packet.time_base
    pts_s = float(packet.pts * base) if packet.pts is not None and base else math.nan
    duration_s = float(packet.duration * base) if packet.duration and base else 0.0
    return Unit(bytes(packet), packet.size, pts_s, packet.is_keyframe, duration_s, packet.is_corrupt, packet)


def _track(stream: Any, wants_picture: bool) -> Track | None:
    context = stream.codec_context
    if stream.type not in ("video", "audio") or context is None or stream.index >= MOST_TRACKS:
        return None
    if stream.type == "video" and (not wants_picture or stream.disposition & stream.disposition.attached_pic):
        return None
    name = context.codec.name if context.codec else ""
    family = context.codec.canonical_name if context.codec else context.name
    codec = _CODECS.get(family, family)
    extradata = context.extradata or b""
    is_prefixed = codec in ("avc1", "hvc1") and extradata[:1] == b"\x01"
    where = f"track/{stream.id or stream.index + 1}"
    return Track(
        stream.id,
        stream.type,
        codec,
        where,
        name,
        extradata,
        language=stream.language or "",
        context=context,
        is_prefixed=is_prefixed,
    )


def _refused(stream: Any) -> str:
    return "" if stream.codec_context else f"Stream {stream.index} is of a codec that cannot be decoded here."


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return str(text).rstrip(".").lower()[:200]
