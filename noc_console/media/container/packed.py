"""Packed audio with its ID3 time stamp (RFC 8216, 3.4) and WebVTT segments (3.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from noc_console.media.container.head import Fault, Head, Track
from noc_console.media.es import sound
from noc_console.media.es.dolby import AC3_KBPS, AC3_RATES

_OWNER = b"com.apple.streaming.transportStreamTimestamp\x00"
_MOST_FRAMES = 20_000
_CUE = re.compile(rb"(?:(\d{1,4}):)?(\d\d):(\d\d)\.(\d{3})[ \t]+-->[ \t]+(?:(\d{1,4}):)?(\d\d):(\d\d)\.(\d{3})")
_MAP = re.compile(rb"X-TIMESTAMP-MAP=(?=[^\r\n]*MPEGTS:(\d{1,13}))(?=[^\r\n]*LOCAL:([\d:.]{9,13}))")


@dataclass(frozen=True, slots=True)
class Frames:
    """A run of audio frames: how many, how long, what they are, and bytes left over after the last whole one."""

    kind: str
    codec: str
    count: int
    duration_s: float
    rest: int


def look_packed(data: bytes) -> Head | None:
    """Return the head of an ADTS, AC-3, E-AC-3 or MP3 segment, None where the bytes are none of them."""
    start, stamp = id3(data)
    audio = data[start:]
    frames = adts_frames(audio) or _ac3_frames(audio) or _mp3_frames(audio)
    if frames is None or not frames.count:
        return None
    faults = []
    if stamp is None:
        faults.append(Fault("no-timestamps", "Packed audio without the ID3 time stamp that ties it to the video."))
    if frames.rest:
        faults.append(Fault("truncated", f"The segment ends inside an audio frame, {frames.rest} bytes left over."))
    first_s = None if stamp is None else stamp / 90_000
    end_s = None if first_s is None else first_s + frames.duration_s
    track = Track(0, "audio", frames.codec, 90_000, stamp, stamp, first_s, end_s, frames.duration_s, frames.count)
    return Head(frames.kind, len(data), (track,), None, frames.rest > 0, errors=tuple(faults))


def adts_frames(data: bytes) -> Frames | None:
    """Return the run of ADTS frames (ISO/IEC 14496-3, 1.A.2), None where there is none."""
    at, count, rate, name = 0, 0, 0, ""
    while count < _MOST_FRAMES and (frame := sound.adts(data, at)):
        head, size = frame
        rate, name = head.sample_rate, head.name
        if at + size > len(data):
            break
        count, at = count + 1, at + size
    return Frames("aac", name, count, count * 1024 / rate, len(data) - at) if rate else None


def look_webvtt(data: bytes) -> Head:
    """Return the head of a WebVTT segment: first and last cue, moved by X-TIMESTAMP-MAP where it has one."""
    first = _CUE.search(data)
    last = max(_CUE.finditer(data, max(0, len(data) - 4096)), key=lambda cue: cue.start(), default=first)
    shift, ticks = 0.0, None
    if mapped := _MAP.search(data[:1024]):
        ticks = int(mapped[1]) % (1 << 33)
        shift = ticks / 90_000 - _clock(mapped[2])
    start = _seconds(first.groups()[:4]) + shift if first else None
    end = _seconds(last.groups()[4:]) + shift if last else None
    length = end - start if start is not None and end is not None else None
    track = Track(0, "text", "wvtt", 90_000, ticks, ticks, start, end, length, data.count(b"-->"))
    return Head("webvtt", len(data), (track,))


def id3(data: bytes) -> tuple[int, int | None]:
    """Return where the audio starts behind ID3 tags and the 33-bit time stamp they carry."""
    at, stamp = 0, None
    while data[at : at + 3] == b"ID3" and at + 10 <= len(data):
        size = data[at + 6] << 21 | data[at + 7] << 14 | data[at + 8] << 7 | data[at + 9]
        owner = data.find(_OWNER, at, at + 10 + size)
        if owner >= 0:
            value = data[owner + len(_OWNER) : owner + len(_OWNER) + 8]
            stamp = int.from_bytes(value, "big") & ((1 << 33) - 1) if len(value) == 8 else stamp
        at += 10 + size
    return at, stamp


def _ac3_frames(data: bytes) -> Frames | None:
    """Return the run of AC-3 or E-AC-3 frames (ETSI TS 102 366, 5.3 and E.1.2)."""
    at, count, length_s, codec = 0, 0, 0.0, ""
    while at + 6 <= len(data) and data[at : at + 2] == b"\x0b\x77" and count < _MOST_FRAMES:
        if data[at + 5] >> 3 > 10:
            code, blocks = data[at + 4] >> 6, (1, 2, 3, 6)[data[at + 4] >> 4 & 3]
            size, codec = 2 * ((data[at + 2] & 7) << 8 | data[at + 3]) + 2, "ec-3"
            rate = AC3_RATES[code] if code < 3 else 24000
            seconds = 0.0 if data[at + 2] >> 6 == 1 else blocks * 256 / rate
        else:
            code, index = data[at + 4] >> 6, data[at + 4] & 63
            if code > 2 or index // 2 >= len(AC3_KBPS):
                break
            rate, codec = AC3_RATES[code], "ac-3"
            words = AC3_KBPS[index // 2] * 96000 // rate + (index & 1 if rate == 44100 else 0)
            size, seconds = 2 * words, 1536 / rate
        if at + size > len(data):
            break
        at, count, length_s = at + size, count + 1, length_s + seconds
    return Frames("ac3", codec, count, length_s, len(data) - at) if codec else None


def _mp3_frames(data: bytes) -> Frames | None:
    """Return the run of MPEG-1 layer III frames (ISO/IEC 11172-3, 2.4.2.3)."""
    at, count, rate = 0, 0, 0
    while (
        count < _MOST_FRAMES and data[at + 1 : at + 2] in (b"\xfa", b"\xfb") and (frame := sound.mpeg_audio(data, at))
    ):
        rate = frame[0].sample_rate
        if at + frame[1] > len(data):
            break
        at, count = at + frame[1], count + 1
    return Frames("mp3", "mp4a.40.34", count, count * 1152 / rate, len(data) - at) if rate else None


def _clock(text: bytes) -> float:
    parts = text.decode("ascii").split(":")
    try:
        return sum(float(part) * 60.0**power for power, part in enumerate(reversed(parts)))
    except ValueError:
        return 0.0


def _seconds(groups: tuple[bytes | None, ...]) -> float:
    hours, minutes, seconds, millis = (int(group or 0) for group in groups)
    return hours * 3600 + minutes * 60 + seconds + millis / 1000
