"""Read the lines of a master playlist (RFC 8216 4.3.4)."""

from __future__ import annotations

from functools import partial

from noc_console.media.hls.attributes import Variables, attributes, expand, integer, resolution, seconds
from noc_console.media.hls.playlist import BadPlaylist, Key, Master, Rendition, Variant
from noc_console.media.hls.variables import define
from noc_console.model import Finding, Severity

_PARSE_ERROR = "hls-master-parse-error"
_MAX_PROBLEMS = 100
_MOST_OFFERS = 5000
MAX_URI = 8192


class _Reading:
    """What has been read so far."""

    __slots__ = ("iframes", "keys", "problems", "renditions", "tags", "url", "variables", "variants", "version")

    def __init__(self, url: str, problems: list[Finding]) -> None:
        self.url = url
        self.problems = problems
        self.version = 1
        self.variants: list[Variant] = []
        self.iframes: list[Variant] = []
        self.renditions: list[Rendition] = []
        self.keys: list[Key] = []
        self.variables = Variables()
        self.tags: dict[str, int] = {}

    @property
    def offers(self) -> int:
        """How many variants and renditions have been read."""
        return len(self.variants) + len(self.iframes) + len(self.renditions) + len(self.keys)

    def complain(self, line: int, severity: Severity, text: str) -> None:
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(Finding(_PARSE_ERROR, text, {"line": line}, severity=severity))

    def read_attributes(self, line: int, text: str) -> dict[str, str]:
        minor = partial(self.complain, line, Severity.MINOR)
        if self.variables and "{$" in text:
            text = expand(text, self.variables, partial(self.complain, line, Severity.MAJOR))
        return attributes(text, minor)


def read_master(lines: list[str], url: str, problems: list[Finding]) -> Master:
    """Return what the lines say; what is malformed goes to `problems`."""
    reading = _Reading(url, problems)
    pending: tuple[int, dict[str, str]] | None = None
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line:
            continue
        if line[0] != "#":
            pending = _uri(reading, number, line, pending)
        elif line.startswith("#EXT-X-STREAM-INF:"):
            if pending is not None:
                reading.complain(pending[0], Severity.MAJOR, "EXT-X-STREAM-INF is not followed by a URI.")
            reading.tags.setdefault("EXT-X-STREAM-INF", number)
            pending = (number, reading.read_attributes(number, line[18:]))
        elif line.startswith("#EXT"):
            _tag(reading, number, line)
        if reading.offers > _MOST_OFFERS:
            text = f"The playlist offers more than {_MOST_OFFERS} variants and renditions."
            raise BadPlaylist(_PARSE_ERROR, text, number)
    if pending is not None:
        reading.complain(pending[0], Severity.MAJOR, "EXT-X-STREAM-INF is not followed by a URI.")
    return Master(
        url=url,
        version=reading.version,
        variants=tuple(reading.variants),
        iframes=tuple(reading.iframes),
        renditions=tuple(reading.renditions),
        session_keys=tuple(reading.keys),
        variables=reading.variables,
        is_independent="EXT-X-INDEPENDENT-SEGMENTS" in reading.tags,
        tags=reading.tags,
        problems=tuple(problems),
    )


def _uri(
    reading: _Reading, number: int, line: str, pending: tuple[int, dict[str, str]] | None
) -> tuple[int, dict[str, str]] | None:
    if pending is not None:
        uri = line[:MAX_URI]
        if reading.variables and "{$" in line:
            uri = expand(line, reading.variables, partial(reading.complain, number, Severity.MAJOR))
        reading.variants.append(_variant(reading, pending[0], uri, pending[1]))
    return None


def _tag(reading: _Reading, number: int, line: str) -> None:
    name, _, value = line[1:].partition(":")
    reading.tags.setdefault(name, number)
    match name:
        case "EXT-X-VERSION":
            reading.version = integer(value.strip()) or 1
        case "EXT-X-MEDIA":
            _rendition(reading, number, reading.read_attributes(number, value))
        case "EXT-X-I-FRAME-STREAM-INF":
            found = reading.read_attributes(number, value)
            reading.iframes.append(_variant(reading, number, found.get("URI", ""), found))
        case "EXT-X-SESSION-KEY":
            reading.keys.append(key_of(number, reading.read_attributes(number, value)))
        case "EXT-X-DEFINE":
            minor = partial(reading.complain, number, Severity.MAJOR)
            define(reading.read_attributes(number, value), reading.variables, {}, reading.url, minor)
        case "EXTINF" | "EXT-X-TARGETDURATION" | "EXT-X-MEDIA-SEQUENCE" | "EXT-X-ENDLIST":
            if reading.tags[name] == number:
                # RFC 8216 4.1: a playlist must not have both kinds of tags
                reading.complain(number, Severity.MAJOR, f"{name} of a media playlist stands in a master playlist.")


def key_of(line: int, found: dict[str, str]) -> Key:
    """Return the key an attribute list describes."""
    return Key(
        line=line,
        method=found.get("METHOD", ""),
        uri=found.get("URI", ""),
        iv=found.get("IV", ""),
        keyformat=found.get("KEYFORMAT", "identity"),
        keyformat_versions=found.get("KEYFORMATVERSIONS", ""),
    )


def _variant(reading: _Reading, line: int, uri: str, found: dict[str, str]) -> Variant:
    size = (0, 0)
    if "RESOLUTION" in found:
        read = resolution(found["RESOLUTION"])
        if read is None:
            reading.complain(line, Severity.MINOR, f"RESOLUTION {found['RESOLUTION'][:40]!r} cannot be read.")
        size = read or size
    return Variant(
        line=line,
        uri=uri,
        bandwidth_bps=_rate(reading, line, found, "BANDWIDTH"),
        average_bandwidth_bps=_rate(reading, line, found, "AVERAGE-BANDWIDTH"),
        codecs=found.get("CODECS", ""),
        width=size[0],
        height=size[1],
        frame_rate=min(seconds(found.get("FRAME-RATE", "0")) or 0.0, 1000.0),
        video_range=found.get("VIDEO-RANGE", ""),
        supplemental_codecs=found.get("SUPPLEMENTAL-CODECS", ""),
        audio=found.get("AUDIO", ""),
        video=found.get("VIDEO", ""),
        subtitles=found.get("SUBTITLES", ""),
        closed_captions=found.get("CLOSED-CAPTIONS", ""),
        pathway=found.get("PATHWAY-ID", ""),
        name=found.get("NAME", ""),
    )


def _rate(reading: _Reading, line: int, found: dict[str, str], name: str) -> int:
    text = found.get(name)
    if text is None:
        return 0
    number = integer(text)
    if number is not None:
        return min(number, 10**12)
    reading.complain(line, Severity.MINOR, f"{name} {text[:40]!r} is not a whole number.")
    return int(min(seconds(text) or 0.0, 1e12))


def _rendition(reading: _Reading, line: int, found: dict[str, str]) -> None:
    missing = [name for name in ("TYPE", "GROUP-ID", "NAME") if name not in found]
    if missing:
        # RFC 8216 4.3.4.1: TYPE, GROUP-ID and NAME are required
        reading.complain(line, Severity.MINOR, f"EXT-X-MEDIA has no {' and no '.join(missing)}.")
    reading.renditions.append(
        Rendition(
            line=line,
            type=found.get("TYPE", ""),
            group=found.get("GROUP-ID", ""),
            name=found.get("NAME", ""),
            language=found.get("LANGUAGE", ""),
            uri=found.get("URI", "")[:MAX_URI],
            is_default=found.get("DEFAULT") == "YES",
            is_autoselect=found.get("AUTOSELECT") == "YES",
            is_forced=found.get("FORCED") == "YES",
            channels=found.get("CHANNELS", ""),
            instream_id=found.get("INSTREAM-ID", ""),
            characteristics=found.get("CHARACTERISTICS", ""),
        )
    )
