"""Tells what a channel is: its facts for whoever wants to watch it, and the labels of its rungs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from noc_console.lab import hls_pages
from noc_console.lab.channels import Form, LabChannel
from noc_console.lab.options import FRAME_RATE
from noc_console.lab.studio import AUDIO, Studio
from noc_console.media.ladder import Rung, labelled
from noc_console.model import Layer

# the form, beside those of `channels.Form`, of faults that need HDR
HDR = "hdr"


def channel_facts(channel: LabChannel, studio: Studio, url: str) -> dict[str, Any]:
    """Return a channel as the API lists it; `expected` is what a healthy look at it finds."""
    return {
        "code": channel.code,
        "name": channel.name,
        "kind": "hls" if channel.form.is_hls else "dash",
        "form": channel.form.value,
        **({"forms": [channel.form.value, HDR]} if channel.is_hdr else {}),
        "url": url + channel.path,
        "class": "OTT",
        "tier": channel.tier,
        "layer": Layer.PACKAGER.value,
        "badges": list(channel.badges),
        "expected": {
            "segment_s": studio.grid.segment_s,
            "rungs": list(rung_names(channel, studio)),
            "audio_languages": ["en"] if channel.form is not Form.HLS_TS else [],
            "subtitle_languages": [],
            "is_hdr": channel.is_hdr,
        },
    }


def rung_names(channel: LabChannel, studio: Studio) -> Mapping[str, str]:
    """Return the name in the URL of each rung, by its label in the ladder."""
    names = [spec.name for spec in studio.ladder]
    rungs = [_picture(channel, studio, name) for name in names]
    if channel.form is not Form.HLS_TS:
        bandwidth = 0 if channel.form.is_hls else studio.rate(False, channel.look, AUDIO).peak_bps
        rungs.append(Rung("", "audio", "", bandwidth, language="en"))
        names.append(AUDIO)
    return dict(zip((rung.label for rung in labelled(rungs)), names, strict=True))


def _picture(channel: LabChannel, studio: Studio, name: str) -> Rung:
    spec = next(spec for spec in studio.ladder if spec.name == name)
    if channel.form.is_hls:
        bandwidth = hls_pages.variant(channel, studio, name).bandwidth_bps
    else:
        bandwidth = studio.rate(False, channel.look, name).peak_bps
    return Rung("", "video", "", bandwidth, width=spec.width, height=spec.height, frame_rate=FRAME_RATE)
