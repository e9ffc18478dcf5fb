"""What the channel form holds, as plain values: from a URL, a proposal or the catalogue, and back to the API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from noc_console.model import Layer

Json = Mapping[str, Any]
_GENERIC = frozenset(
    ("live", "hls", "dash", "master", "index", "playlist", "manifest", "stream", "streams", "video", "main")
) | frozenset(("default", "chunklist", "media", "out", "v1", "v2", "cmaf", "abr"))
DEFAULT_SEGMENT_S = 6.0


@dataclass(frozen=True, slots=True)
class Values:
    """A channel with its first input as the form shows it; lists are kept as the texts of their fields."""

    url: str = ""
    code: str = ""
    name: str = ""
    channel_class: str = "HD"
    tier: int = 2
    template: str = "TPL_ABR_OTT"
    layer: int = int(Layer.PACKAGER)
    level: str = "full"
    segment_s: float = DEFAULT_SEGMENT_S
    rungs: str = ""
    audio_languages: str = ""
    subtitle_languages: str = ""
    is_hdr: bool = False
    is_enabled: bool = True
    kind: str = ""
    """`hls` or `dash` as an inspection has seen it; empty: the agent tells it from the URL."""


def from_url(url: str) -> Values:
    """Return a first guess from nothing but the URL."""
    name = named(url)
    code = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")[:40]
    code = code if code.startswith("CH_") else f"CH_OTT_{code}" if code else ""
    return Values(url=url, code=code, name=name)


def named(url: str) -> str:
    """Return the most telling word of a URL's path: `/live/news-1/master.m3u8` gives `News 1`."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    words = [part.rpartition(".")[0] or part for part in parts.path.split("/") if part]
    telling = [word for word in words if word.lower() not in _GENERIC and not word.isdigit()]
    word = telling[-1] if telling else (parts.hostname or "")
    spaced = re.sub(r"[-_.%+]+|(?<=[a-z])(?=\d)", " ", word).strip()[:60]
    return " ".join(part if part.isupper() else part.capitalize() for part in spaced.split())


def with_proposal(values: Values, proposal: Json, touched: frozenset[str]) -> Values:
    """Return the values with what an inspection proposes; what the operator touched stays."""
    offered: dict[str, Any] = {
        "channel_class": str(proposal.get("class") or values.channel_class),
        "template": str(proposal.get("template") or values.template),
        "segment_s": float(proposal.get("segment_s") or values.segment_s),
        "rungs": ", ".join(proposal.get("rungs") or ()),
        "audio_languages": ", ".join(proposal.get("audio_languages") or ()),
        "subtitle_languages": ", ".join(proposal.get("subtitle_languages") or ()),
        "is_hdr": bool(proposal.get("is_hdr")),
    }
    kept = {name: value for name, value in offered.items() if name not in touched}
    return replace(values, kind=str(proposal.get("kind") or values.kind), **kept)


def from_catalogue(channel: Json) -> Values:
    """Return what the catalogue knows of a channel and its first input."""
    one = channel["inputs"][0] if channel["inputs"] else {}
    expected = one.get("expected", {})
    return Values(
        url=str(one.get("url", "")),
        code=channel["code"],
        name=channel["name"],
        channel_class=channel["class"],
        tier=int(channel["tier"]),
        template=channel["template"],
        layer=int(one.get("layer", Layer.PACKAGER)),
        level=str(one.get("level", "full")),
        segment_s=float(expected.get("segment_s", DEFAULT_SEGMENT_S)),
        rungs=", ".join(expected.get("rungs", ())),
        audio_languages=", ".join(expected.get("audio_languages", ())),
        subtitle_languages=", ".join(expected.get("subtitle_languages", ())),
        is_hdr=bool(expected.get("is_hdr")),
        is_enabled=bool(channel["enabled"]),
        kind=str(one.get("kind", "")),
    )


def body(values: Values, known: Json | None) -> dict[str, Any]:
    """Return the body for POST or PUT /channels; the other inputs of a known channel stay as they are."""
    inputs = [dict(one) for one in known["inputs"]] if known is not None else []
    first = inputs[0] if inputs else {}
    if values.kind:
        first["kind"] = values.kind
    first |= {
        "url": values.url,
        "layer": values.layer,
        "level": values.level,
        "expected": {
            "segment_s": values.segment_s,
            "rungs": words(values.rungs),
            "audio_languages": words(values.audio_languages),
            "subtitle_languages": words(values.subtitle_languages),
            "is_hdr": values.is_hdr,
        },
    }
    return {
        "code": values.code,
        "name": values.name,
        "class": values.channel_class,
        "tier": values.tier,
        "template": values.template,
        "inputs": [first, *inputs[1:]],
    }


def complaint(values: Values) -> str:
    """Return what is still missing, in one sentence; empty when the channel can be saved."""
    if not values.url.startswith(("http://", "https://")):
        return "The URL must begin with http:// or https://."
    if not values.code:
        return "A channel needs a code, such as CH_OTT_NEWS_1."
    return "" if values.name else "A channel needs a name."


def words(text: str) -> list[str]:
    """Return the entries of a field: separated by commas, blanks or line ends."""
    return [word for word in re.split(r"[,\s]+", text) if word]
