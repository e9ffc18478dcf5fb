"""What may be said about a channel from outside: checked forms, and their way to and from our nouns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from noc_console.errors import KnownError
from noc_console.model import Access, Channel, Expected, Input, Kind, Layer, Level, MediaMode
from noc_console.net.udp_url import udp_address

MASK = "***"
MOST_SLATES = 32
REPLAYED = (".ts", ".m2ts", ".mts", ".trp", ".pcap", ".pcapng", ".cap")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,49}\Z")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def checked_url(url: str) -> str:
    """Return the URL when a probe can fetch it, else raise ValueError with a plain sentence."""
    url = url.strip()
    if re.search(r"[\x00-\x20\x7f\ud800-\udfff]", url):
        raise ValueError("the URL contains blanks or control characters")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("the URL cannot be read") from None
    if parts.scheme in ("udp", "rtp"):
        return _checked_group(url)
    if parts.scheme == "file":
        return _checked_file(url)
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError("the URL must begin with http://, https://, udp:// or rtp:// and name a host")
    return url


def _checked_group(url: str) -> str:
    try:
        udp_address(url)
    except KnownError as error:
        raise ValueError(f"the URL names no stream: {str(error).rstrip('.')}") from None
    return url


def _checked_file(url: str) -> str:
    path = unquote(urlsplit(url).path)
    if not path.startswith("/") or not path.lower().endswith(REPLAYED):
        raise ValueError(f"the URL of a file to replay is its full path and ends with {', '.join(REPLAYED)}")
    return url


def _checked_code(code: str) -> str:
    if not _CODE.match(code):
        raise ValueError("the channel code takes letters, digits, _ . - and at most 50 characters")
    return code


def _printable(text: str) -> str:
    if _UNPRINTABLE.search(text):
        raise ValueError("the text contains control characters")
    return text.strip()


def _listed(value: object) -> object:
    if isinstance(value, str):
        return [part.strip() for part in re.split(r"[;,|]", value) if part.strip()]
    return value


def _worded(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Url = Annotated[str, Field(max_length=2048), AfterValidator(checked_url)]
Text = Annotated[str, Field(max_length=200), AfterValidator(_printable)]
Words = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=64), BeforeValidator(_listed)]


class AccessForm(BaseModel):
    """How a server is reached; secret values are shown as *** and kept when sent back so."""

    headers: dict[Annotated[str, Field(max_length=128)], Annotated[str, Field(max_length=4096)]] = Field(
        default_factory=dict, max_length=32
    )
    query: str = Field(default="", max_length=2048)
    ca_file: str = Field(default="", max_length=1024)
    pin: str = Field(default="", max_length=255)
    hosts: list[Annotated[str, Field(max_length=255)]] = Field(default_factory=list, max_length=32)


class ExpectedForm(BaseModel):
    """What the channel should look like; empty lists are not judged."""

    segment_s: float = Field(default=6.0, gt=0, le=60, allow_inf_nan=False)
    rungs: Words = Field(default_factory=list)
    audio_languages: Words = Field(default_factory=list)
    subtitle_languages: Words = Field(default_factory=list)
    is_hdr: bool = False
    is_still: bool = False
    has_atmos: bool = False
    video_codec: Annotated[str, Field(max_length=20), AfterValidator(_printable)] = ""
    width: int = Field(default=0, ge=0, le=16384)
    height: int = Field(default=0, ge=0, le=16384)
    frame_rate: float = Field(default=0.0, ge=0, le=1000, allow_inf_nan=False)
    hdr: Literal["", "HLG", "PQ", "HDR10", "HDR10+", "Dolby Vision"] = ""
    video_profile: Annotated[str, Field(max_length=40), AfterValidator(_printable)] = ""
    audio_codec: Annotated[str, Field(max_length=20), AfterValidator(_printable)] = ""
    audio_channels: int = Field(default=0, ge=0, le=64)
    has_captions: bool = False
    slates: dict[
        Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_printable)],
        Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")],
    ] = Field(default_factory=dict, max_length=MOST_SLATES)


class InputForm(BaseModel):
    """One address a channel is measured at."""

    id: int = Field(default=0, ge=0, le=2**62)
    url: Url
    layer: int | None = Field(default=None, ge=0, le=5)
    kind: Kind | None = None
    level: Level = Level.FULL
    poll_s: float = Field(default=0.0, ge=0, le=3600, allow_inf_nan=False)
    access: AccessForm = Field(default_factory=AccessForm)
    expected: ExpectedForm = Field(default_factory=ExpectedForm)
    media: MediaMode | None = None
    media_rung: Annotated[str, Field(max_length=64), AfterValidator(_printable)] = ""


class ChannelForm(BaseModel):
    """A channel as a client describes it; what is not said keeps its value, or takes the default."""

    model_config = ConfigDict(populate_by_name=True)

    channel_code: Annotated[str, AfterValidator(_checked_code)] | None = Field(
        default=None, validation_alias=AliasChoices("channel_code", "code")
    )
    channel_name: Text | None = Field(default=None, validation_alias=AliasChoices("channel_name", "name"))
    tier: int | None = Field(default=None, ge=1, le=3)
    channel_class: Annotated[str, Field(max_length=20)] | None = Field(
        default=None, validation_alias=AliasChoices("class", "channel_class")
    )
    template: Annotated[str, Field(max_length=50), BeforeValidator(_worded)] | None = Field(
        default=None, validation_alias=AliasChoices("template", "template_name", "template_id")
    )
    enabled: bool | None = Field(default=None, validation_alias=AliasChoices("enabled", "is_enabled"))
    alarmed: bool | None = Field(default=None, validation_alias=AliasChoices("alarmed", "is_alarmed"))
    is_4k: bool | None = None
    is_hdr: bool | None = None
    labels: Words | None = None
    badges: Words | None = None
    input_url: Url | None = None
    inputs: Annotated[list[InputForm], Field(max_length=16)] | None = None


def kind_of(url: str) -> Kind:
    """Guess from its form what a URL speaks: datagrams and files are TS, HLS is what is not clearly an MPD."""
    if urlsplit(url).scheme in ("udp", "rtp", "file"):
        return Kind.TS
    path = urlsplit(url).path.lower()
    return Kind.DASH if path.endswith(".mpd") or ".mpd/" in path else Kind.HLS


def to_channel(form: ChannelForm, known: Channel | None = None, *, is_demo: bool = False) -> Channel:
    """Return the channel a form describes, starting from the one already known; ids of new ones are 0."""
    start = known or Channel(id=0, code="", name="", is_demo=is_demo)
    said: dict[str, Any] = {
        "code": form.channel_code,
        "name": form.channel_name,
        "tier": form.tier,
        "channel_class": form.channel_class or ("4K" if form.is_4k else None),
        "template": form.template,
        "is_enabled": form.enabled,
        "is_alarmed": form.alarmed,
        "labels": None if form.labels is None else tuple(form.labels),
    }
    values = {name: getattr(start, name) if value is None else value for name, value in said.items()}
    inputs = _inputs(form, start)
    badges = tuple(form.badges) if form.badges is not None else _badges(start, inputs, form)
    return Channel(id=start.id, is_demo=start.is_demo, inputs=inputs, badges=badges, **values)


def to_input(form: InputForm, known: Input | None = None) -> Input:
    """Return the input a form describes; masked secrets keep the value already known."""
    kept = known.access.headers if known else {}
    headers = {name: kept.get(name, "") if text == MASK else text for name, text in form.access.headers.items()}
    query = known.access.query if known and form.access.query == MASK else form.access.query
    expected = form.expected
    guess = kind_of(form.url)
    # what comes as datagrams is a transport stream, and nothing else is one
    kind = guess if Kind.TS in (guess, form.kind) else form.kind or guess
    usual = Layer.HEADEND if kind is Kind.TS else Layer.PACKAGER
    return Input(
        id=known.id if known else 0,
        channel_id=known.channel_id if known else 0,
        layer=usual if form.layer is None else Layer(form.layer),
        kind=kind,
        url=form.url,
        level=form.level,
        poll_s=form.poll_s,
        access=Access(headers, query, form.access.ca_file, form.access.pin, tuple(form.access.hosts)),
        expected=Expected(
            expected.segment_s,
            tuple(expected.rungs),
            tuple(expected.audio_languages),
            tuple(expected.subtitle_languages),
            expected.is_hdr,
            expected.is_still,
            expected.has_atmos,
            expected.video_codec,
            expected.width,
            expected.height,
            expected.frame_rate,
            dict(expected.slates),
            expected.hdr,
            expected.video_profile,
            expected.audio_codec,
            expected.audio_channels,
            expected.has_captions,
        ),
        media=form.media or (known.media if known else MediaMode.KEYFRAMES),
        media_rung=form.media_rung,
    )


def _inputs(form: ChannelForm, start: Channel) -> tuple[Input, ...]:
    if form.inputs is not None:
        by_id: Mapping[int, Input] = {known.id: known for known in start.inputs}
        return tuple(to_input(one, by_id.get(one.id) if one.id else None) for one in form.inputs)
    if form.input_url is None:
        return start.inputs
    if start.inputs and start.inputs[0].url == form.input_url:
        return start.inputs
    first = InputForm(url=form.input_url)
    if not start.inputs:
        return (to_input(first),)
    known = start.inputs[0]
    is_alike = (kind_of(form.input_url) is Kind.TS) == (known.kind is Kind.TS)
    layer = int(known.layer) if is_alike else None
    moved = InputForm.model_validate({**first.model_dump(), **_kept_how(known), "layer": layer})
    return (to_input(moved, known), *start.inputs[1:])


def _kept_how(known: Input) -> dict[str, Any]:
    """Return how an input is measured, which a new address does not change."""
    return {"level": known.level, "media": known.media, "media_rung": known.media_rung}


def _badges(start: Channel, inputs: tuple[Input, ...], form: ChannelForm) -> tuple[str, ...]:
    kinds = [one.kind.value.upper() for one in inputs]
    marks = ["4K"] * bool(form.is_4k) + ["HDR"] * bool(form.is_hdr)
    kept = [badge for badge in start.badges if badge not in ("HLS", "DASH", "TS")]
    return tuple(dict.fromkeys([*kinds, *kept, *marks]))
