"""A picture and the sounds of an input against the channel's own record: codec, profile, size, frame rate, Atmos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from noc_console.media.es.format import Audio, Video
from noc_console.media.formats.names import codec_of, squeezed
from noc_console.model import Expected, Finding

#: 29.97 and 30 are two rates; what is told with two digits is 30000/1001.
_RATE_STEP_HZ = 0.006


@dataclass(frozen=True, slots=True)
class Heard:
    """One sound of an input: what its stream is, and whether stream or container, and the manifest, tell of Atmos."""

    audio: Audio
    is_atmos: bool = False
    is_told_atmos: bool = False


def of_picture(video: Video, expected: Expected, is_best: bool) -> Iterator[Finding]:
    """Yield what is other than the record says; size and frame rate are those of the best rung, and judged there."""
    if wrong := _codec(video, expected):
        text = f"The picture is {_named(video)}, the record says {wrong}."
        yield Finding("media-codec-mismatch", text, {"expected": wrong, "seen": _named(video)})
    if not is_best:
        return
    wanted = f"{expected.width or '?'}x{expected.height or '?'}"
    if (expected.width or video.width, expected.height or video.height) != (video.width, video.height):
        seen = f"{video.width}x{video.height}"
        yield Finding(
            "media-resolution-mismatch",
            f"The picture is {seen}, the record says {wanted}.",
            {"expected": wanted, "seen": seen},
        )
    if expected.frame_rate and video.frame_rate and not _is_rate(video, expected.frame_rate):
        seen = f"{video.frame_rate:.6g} Hz{' interlaced' if video.is_interlaced else ''}"
        wanted = f"{expected.frame_rate:.6g} Hz"
        text = f"The picture comes at {seen}, the record says {wanted}."
        yield Finding("media-resolution-mismatch", text, {"uri": "frame-rate", "expected": wanted, "seen": seen})


def of_sounds(sounds: Mapping[str, Heard], expected: Expected) -> dict[str, list[Finding]]:
    """Return what is wrong by rung; the record holds when any of the sounds fits it, the manifest for each."""
    found: dict[str, list[Finding]] = {rung: [] for rung in sounds}
    for rung, one in sounds.items():
        if one.is_told_atmos and not one.is_atmos:
            text = f"The manifest says Atmos (JOC), the stream is {one.audio.text}."
            found[rung].append(Finding("media-atmos-missing", text, {"seen": one.audio.text}))
    if not sounds:
        return found
    best = max(sounds, key=lambda rung: sounds[rung].audio.channels)
    if expected.has_atmos and not any(one.is_atmos for one in sounds.values()) and not found[best]:
        text = f"The channel is declared Atmos and no sound signals it: the richest is {sounds[best].audio.text}."
        found[best].append(Finding("media-atmos-missing", text, {"seen": sounds[best].audio.text}))
    if (wanted := _sound_record(expected)) and not any(_fits(one.audio, expected) for one in sounds.values()):
        seen = sounds[best].audio.text
        text = f"The sound is {seen}, the record says {wanted}."
        found[best].append(Finding("media-codec-mismatch", text, {"expected": wanted, "seen": seen}))
    return found


def _codec(video: Video, expected: Expected) -> str:
    """Return what the record wants, where the picture is none of it."""
    codec, bits = codec_of(expected.video_codec) if expected.video_codec else ("", 0)
    is_other = bool(codec) and (codec != codec_of(video.codec)[0] or video.bit_depth < bits)
    profile = expected.video_profile
    if not is_other and (not profile or not video.profile or squeezed(profile) == squeezed(video.profile)):
        return ""
    return f"{expected.video_codec} {profile}".strip()


def _named(video: Video) -> str:
    return " ".join(part for part in (video.codec, video.profile, f"{video.bit_depth} bit") if part)


def _is_rate(video: Video, wanted_hz: float) -> bool:
    """Interlaced pictures are told by frames or by fields."""
    rates = (video.frame_rate, 2 * video.frame_rate) if video.is_interlaced else (video.frame_rate,)
    return any(abs(rate - wanted_hz) < _RATE_STEP_HZ for rate in rates)


def _sound_record(expected: Expected) -> str:
    channels = f"{expected.audio_channels} channels" if expected.audio_channels else ""
    return ", ".join(part for part in (expected.audio_codec, channels) if part)


def _fits(audio: Audio, expected: Expected) -> bool:
    if expected.audio_codec and codec_of(expected.audio_codec)[0] != codec_of(audio.codec)[0]:
        return False
    return not expected.audio_channels or expected.audio_channels == audio.channels
