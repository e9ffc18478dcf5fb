"""The faults of pictures and sound themselves: what is encoded ill, and what a monitor should say about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from noc_console.lab.fault import DASH, HLS, FaultKind

PICTURE, SOUND, TIME = "picture", "sound", "time"


def _kind(ills: str, title: str, finding: str, alarm: str = "", **params: float) -> FaultKind:
    return FaultKind(title, HLS | DASH, (finding,), (finding,), alarm, params, ills=ills)


#: What knobs may be set to: `luma` of the nominal range, `share` of the healthy bitrate, `lu` louder, `channel` 1
#: left or 2 right, `ms` by which the sound comes late.
RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"luma": (0.0, 1.0), "share": (0.02, 1.0), "lu": (-60.0, 22.0), "channel": (1.0, 2.0), "ms": (-5000.0, 5000.0)}
)
MEDIA_FAULTS: Mapping[str, FaultKind] = MappingProxyType(
    {
        "freeze": _kind(PICTURE, "The picture stands still", "media-freeze", "VIDEO_FREEZE"),
        "black": _kind(PICTURE, "The picture is black", "media-black", "BLACK_FRAME", luma=0.0),
        "colour-bars": _kind(PICTURE, "Colour bars instead of the picture", "media-colour-bars", "VIDEO_FREEZE"),
        "blockiness": _kind(
            PICTURE, "The encoder is starved", "media-macroblocking", "MACROBLOCKING_HIGH", share=0.15
        ),
        "hdr-dropped": replace(
            _kind(PICTURE, "The encoder has lost HDR", "media-hdr-missing", "HDR_METADATA_MISSING"), needs_hdr=True
        ),
        "silence": _kind(SOUND, "No sound", "media-silence", "AUDIO_SILENCE"),
        "loud": _kind(SOUND, "The sound is too loud", "media-loudness", "LOUDNESS_OUT_OF_RANGE", lu=8.0),
        "quiet": _kind(SOUND, "The sound is too quiet", "media-loudness", "LOUDNESS_OUT_OF_RANGE", lu=-8.0),
        "channel-mute": _kind(
            SOUND, "One channel has no sound", "media-channel-missing", "AUDIO_SILENCE", channel=2.0
        ),
        "phase-inverted": _kind(
            SOUND, "The right channel is turned round", "media-phase-inverted", "LOUDNESS_OUT_OF_RANGE"
        ),
        "av-shift": _kind(TIME, "The sound comes late", "media-av-sync", "AV_SYNC", ms=300.0),
    }
)
