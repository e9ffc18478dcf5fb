"""Takes packed audio apart (RFC 8216, 3.4): the ID3 time stamp, then frames of AAC, AC-3, E-AC-3 or MPEG audio."""

from __future__ import annotations

import math

from noc_console.media.container.packed import id3
from noc_console.media.es import dolby, sound
from noc_console.media.ts.bits import TooShort
from noc_console.probes.decode import audio_frames
from noc_console.probes.decode.timeline import Timeline
from noc_console.probes.decode.units import Demuxed, Lane, Track, Undecodable, Unit

_LOOKED_AT = 4096
_NAMES = {"aac": "mp4a.40.2", "ac3": "ac-3", "eac3": "ec-3", "mp2": "mp4a.40.34", "mp3": "mp4a.40.34"}


def looks_packed(data: bytes) -> bool:
    """Say whether audio frames follow behind the ID3 tags, if there are any."""
    start, _ = id3(data)
    return _decoder(data, start) != ""


def demux(data: bytes, timeline: Timeline) -> Demuxed:
    """Return the one track of packed audio; raises Undecodable where no frame begins."""
    start, stamp = id3(data)
    decoder = _decoder(data, start)
    if not decoder:
        raise Undecodable("It is no packed audio: no frame of AAC, AC-3, E-AC-3 or MPEG audio begins.")
    audio = data[start:]
    lane = Lane(Track(0, "audio", _NAMES[decoder], "audio", decoder))
    at_s = math.nan if stamp is None else timeline.seconds(stamp)
    for begin, end in audio_frames.frames(decoder, audio):
        if end > len(audio):
            break
        lane.units.append(Unit(audio[begin:end], end - begin, at_s, True))
        at_s = math.nan
    return Demuxed([lane])


def _decoder(data: bytes, at: int) -> str:
    try:
        if found := sound.synchronised(data, at):
            codec = found[0].codec
            return codec if codec in _NAMES and _follows(codec, data[at : at + 3 * _LOOKED_AT]) else ""
        if found := dolby.dolby(data, at):
            return found[0].codec
    except TooShort:
        pass
    return ""


def _follows(codec: str, data: bytes) -> bool:
    """Say whether a second frame stands where the first one ends: two bytes alone are chance."""
    return sum(1 for _ in zip(audio_frames.frames(codec, data), range(2), strict=False)) == 2
