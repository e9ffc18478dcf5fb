"""What the channel form holds, as plain values: from a URL, a proposal or the catalogue, and back to the API."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from noc_console.model import Layer

Json = Mapping[str, Any]
_GENERIC = frozenset(
    ("live", "hls", "dash", "master", "index", "playlist", "manifest", "stream", "streams", "video", "main")
) | frozenset(("default", "chunklist", "media", "out", "v1", "v2", "cmaf", "abr"))
DEFAULT_SEGMENT_S = 6.0
_STREAM = ("udp", "rtp", "file")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}\Z")  # RFC 9110, 5.6.2: a token


_LEARNED = (
    *("video_codec", "video_profile", "width", "height", "frame_rate", "hdr"),
    *("audio_codec", "audio_channels", "has_atmos", "has_captions"),
)


@dataclass(frozen=True, slots=True)
class Values:
    """A channel with one of its inputs as the form shows it; lists are kept as the texts of their fields."""

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
    """`hls`, `dash` or `ts`; empty: the agent tells it from the URL."""
    headers: str = ""
    """A line for each: `Name: value`; values the agent keeps are shown as ***."""
    query: str = ""
    ca_file: str = ""
    pin: str = ""
    hosts: str = ""
    learned: Json = field(default_factory=dict)
    """What an inspection learned of the streams and the form does not show: codec, size, frame rate, sound."""


def from_url(url: str) -> Values:
    """Return a first guess from nothing but the URL."""
    name = named(url)
    code = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")[:40]
    code = code if code.startswith("CH_") else f"CH_OTT_{code}" if code else ""
    layer = Layer.HEADEND if is_stream(url) else Layer.PACKAGER
    return Values(url=url, code=code, name=name, layer=int(layer))


def is_stream(url: str) -> bool:
    """Say whether a URL names a transport stream: datagrams, or a file to replay."""
    return url.partition(":")[0].lower() in _STREAM


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
    learned = {name: proposal[name] for name in _LEARNED if name in proposal}
    return replace(values, kind=str(proposal.get("kind") or values.kind), learned=learned, **kept)


def from_catalogue(channel: Json) -> Values:
    """Return what the catalogue knows of a channel and its first input."""
    about = Values(
        code=channel["code"],
        name=channel["name"],
        channel_class=channel["class"],
        tier=int(channel["tier"]),
        template=channel["template"],
        is_enabled=bool(channel["enabled"]),
    )
    return with_input(about, channel["inputs"][0] if channel["inputs"] else {})


def with_input(values: Values, one: Json) -> Values:
    """Return the values with another input in them."""
    expected, access = one.get("expected", {}), one.get("access", {})
    return replace(
        values,
        url=str(one.get("url", "")),
        layer=int(one.get("layer", Layer.PACKAGER)),
        level=str(one.get("level", "full")),
        segment_s=float(expected.get("segment_s", DEFAULT_SEGMENT_S)),
        rungs=", ".join(expected.get("rungs", ())),
        audio_languages=", ".join(expected.get("audio_languages", ())),
        subtitle_languages=", ".join(expected.get("subtitle_languages", ())),
        is_hdr=bool(expected.get("is_hdr")),
        kind=str(one.get("kind", "")),
        headers="\n".join(f"{name}: {value}" for name, value in access.get("headers", {}).items()),
        query=str(access.get("query", "")),
        ca_file=str(access.get("ca_file", "")),
        pin=str(access.get("pin", "")),
        hosts=", ".join(access.get("hosts", ())),
    )


def input_of(values: Values, before: Json) -> dict[str, Any]:
    """Return the form's input in the words of the API; what the form does not show stays as it was before."""
    one = {name: value for name, value in before.items() if name != "kind"}
    if values.kind:
        one["kind"] = values.kind
    return one | {
        "url": values.url,
        "layer": values.layer,
        "level": values.level,
        "access": {
            "headers": headers_of(values.headers),
            "query": values.query.strip(),
            "ca_file": values.ca_file.strip(),
            "pin": values.pin.strip(),
            "hosts": words(values.hosts),
        },
        "expected": {
            **before.get("expected", {}),
            **values.learned,
            "segment_s": values.segment_s,
            "rungs": words(values.rungs),
            "audio_languages": words(values.audio_languages),
            "subtitle_languages": words(values.subtitle_languages),
            "is_hdr": values.is_hdr,
        },
    }


def headers_of(text: str) -> dict[str, str]:
    """Return the headers of the field, one a line."""
    pairs = (line.partition(":") for line in text.splitlines() if line.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def body(values: Values, inputs: Sequence[Json]) -> dict[str, Any]:
    """Return the body for POST or PUT /channels."""
    return {
        "code": values.code,
        "name": values.name,
        "class": values.channel_class,
        "tier": values.tier,
        "template": values.template,
        "inputs": [dict(one) for one in inputs],
    }


def complaint(values: Values) -> str:
    """Return what is still missing, in one sentence; empty when the channel can be saved."""
    if not values.url.startswith(("http://", "https://")) and not is_stream(values.url):
        return "The URL must begin with http://, https://, udp:// or rtp://."
    if not values.code:
        return "A channel needs a code, such as CH_OTT_NEWS_1."
    if not values.name:
        return "A channel needs a name."
    wrong = [name for name, value in headers_of(values.headers).items() if not _HEADER.match(name) or not value]
    return f"A header is written as Name: value, which '{wrong[0][:40]}' is not." if wrong else ""


def words(text: str) -> list[str]:
    """Return the entries of a field: separated by commas, blanks or line ends."""
    return [word for word in re.split(r"[,\s]+", text) if word]
