"""What *Add channel* learns of a channel's record from its streams as they are: codec, size, rate, HDR, sound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Form = Mapping[str, Any]


def learned(video: Iterable[Form], audio: Iterable[Form]) -> dict[str, Any]:
    """Return the fields of `expected` that the forms of streams tell: of the largest picture and the richest sound.

    What is not known is left out, so that it is not judged.
    """
    pictures = [one for one in video if one.get("width")]
    sounds = [one for one in audio if one.get("channels")]
    found: dict[str, Any] = {}
    if pictures:
        found |= _of_picture(max(pictures, key=lambda one: int(one["height"])))
    if sounds:
        best = max(sounds, key=lambda one: int(one["channels"]))
        found |= {"audio_codec": best["codec"], "audio_channels": best["channels"]}
        found["has_atmos"] = any(bool(one.get("atmos")) for one in sounds)
    return found


def _of_picture(one: Form) -> dict[str, Any]:
    hdr = "" if one.get("hdr") in (None, "SDR") else str(one["hdr"])
    return {
        "video_codec": one["codec"],
        "video_profile": one.get("profile") or "",
        "width": one["width"],
        "height": one["height"],
        "frame_rate": round(float(one.get("frame_rate") or 0.0), 3),
        "hdr": hdr,
        "is_hdr": bool(hdr),
        "has_captions": bool(one.get("captions")),
    }
