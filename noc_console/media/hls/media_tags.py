"""What each tag of a media playlist does to the reading; one function per tag, the registry is a dict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from noc_console.media.hls.attributes import attributes, byterange, date, integer, seconds
from noc_console.media.hls.parse_master import key_of
from noc_console.media.hls.playlist import (
    Cue,
    DateRange,
    Map,
    Part,
    PreloadHint,
    RenditionReport,
    ServerControl,
)
from noc_console.media.hls.reading import Reading
from noc_console.media.hls.variables import define
from noc_console.model import Severity

_MAX_TARGET_S = 86_400
_MAX_KEYS = 16


def _version(reading: Reading, line: int, value: str) -> None:
    number = integer(value)
    if number is None:
        reading.complain(line, f"EXT-X-VERSION {value[:40]!r} is no number.")
    reading.version = number or 1


def _target_duration(reading: Reading, line: int, value: str) -> None:
    number = integer(value)
    if number is None:
        reading.complain(line, f"TARGETDURATION {value[:40]!r} is not a whole number of seconds.")
        number = int(min(seconds(value) or 0.0, _MAX_TARGET_S))
    reading.target_duration_s = min(number, _MAX_TARGET_S)


def _media_sequence(reading: Reading, line: int, value: str) -> None:
    number = integer(value)
    if number is None:
        reading.complain(line, f"MEDIA-SEQUENCE {value[:40]!r} is no number.", Severity.MAJOR)
    elif reading.segments:
        # RFC 8216 4.3.3.2: it must stand before the first segment
        reading.complain(line, "MEDIA-SEQUENCE stands after the first segment.")
    reading.media_sequence = number or 0


def _discontinuity_sequence(reading: Reading, line: int, value: str) -> None:
    number = integer(value)
    if number is None:
        reading.complain(line, f"DISCONTINUITY-SEQUENCE {value[:40]!r} is no number.", Severity.MAJOR)
    elif reading.segments or reading.discontinuities:
        # RFC 8216 4.3.3.3: it must stand before the first segment and the first discontinuity
        reading.complain(line, "DISCONTINUITY-SEQUENCE stands after the first segment or discontinuity.")
    reading.discontinuity_sequence = number or 0


def _playlist_type(reading: Reading, line: int, value: str) -> None:
    if value not in ("VOD", "EVENT"):
        reading.complain(line, f"PLAYLIST-TYPE {value[:40]!r} is neither VOD nor EVENT.")
    reading.playlist_type = value[:16]


def _discontinuity(reading: Reading, line: int, value: str) -> None:
    if not reading.is_discontinuity:
        reading.discontinuities += 1
    reading.is_discontinuity = True


def _gap(reading: Reading, line: int, value: str) -> None:
    reading.is_gap = True


def _byterange(reading: Reading, line: int, value: str) -> None:
    reading.range = byterange(value)
    if reading.range is None:
        reading.complain(line, f"BYTERANGE {value[:40]!r} cannot be read.")


def _key(reading: Reading, line: int, value: str) -> None:
    found = reading.read_attributes(line, value)
    key = key_of(line, found)
    if not key.method:
        reading.complain(line, "EXT-X-KEY has no METHOD.", Severity.MAJOR)
        return
    if key.method == "NONE":
        reading.keys = ()
        return
    if not key.uri:
        # RFC 8216 4.3.2.4: URI is required unless METHOD is NONE
        reading.complain(line, "EXT-X-KEY has no URI.", Severity.MAJOR)
    # RFC 8216 4.3.2.4: a key holds until the next one of the same KEYFORMAT
    reading.keys = (*(kept for kept in reading.keys if kept.keyformat != key.keyformat), key)[-_MAX_KEYS:]
    reading.all_keys.append(key)


def _map(reading: Reading, line: int, value: str) -> None:
    found = reading.read_attributes(line, value)
    if not found.get("URI"):
        reading.complain(line, "EXT-X-MAP has no URI.", Severity.MAJOR)
        return
    span = byterange(found["BYTERANGE"]) if "BYTERANGE" in found else None
    reading.map = Map(line, found["URI"], None if span is None else (span[0], span[1] or 0))
    reading.all_maps.append(reading.map)


def _part(reading: Reading, line: int, value: str) -> None:
    found = reading.read_attributes(line, value)
    duration = seconds(found.get("DURATION", ""))
    if duration is None or "URI" not in found:
        reading.complain(line, "EXT-X-PART has no DURATION or no URI.", Severity.MAJOR)
    span = byterange(found["BYTERANGE"]) if "BYTERANGE" in found else None
    uri = found.get("URI", "")
    reading.parts.append(
        Part(
            line=line,
            uri=uri,
            duration_s=duration or 0.0,
            is_independent=found.get("INDEPENDENT") == "YES",
            byterange=None if span is None else reading.resolve("part " + uri, span),
            is_gap=found.get("GAP") == "YES",
        )
    )


def _part_inf(reading: Reading, line: int, value: str) -> None:
    target = seconds(reading.read_attributes(line, value).get("PART-TARGET", ""))
    if not target:
        reading.complain(line, "EXT-X-PART-INF has no PART-TARGET.", Severity.MAJOR)
    reading.part_target_s = target or 0.0


def _server_control(reading: Reading, line: int, value: str) -> None:
    found = reading.read_attributes(line, value)
    reading.control = ServerControl(
        line=line,
        can_block_reload=found.get("CAN-BLOCK-RELOAD") == "YES",
        hold_back_s=seconds(found.get("HOLD-BACK", "0")) or 0.0,
        part_hold_back_s=seconds(found.get("PART-HOLD-BACK", "0")) or 0.0,
        can_skip_until_s=seconds(found.get("CAN-SKIP-UNTIL", "0")) or 0.0,
        can_skip_dateranges=found.get("CAN-SKIP-DATERANGES") == "YES",
    )


def _preload_hint(reading: Reading, line: int, value: str) -> None:
    found = reading.read_attributes(line, value)
    reading.hints.append(
        PreloadHint(
            line,
            found.get("TYPE", ""),
            found.get("URI", ""),
            integer(found.get("BYTERANGE-START", "0")) or 0,
            integer(found.get("BYTERANGE-LENGTH", "0")) or 0,
        )
    )


def _rendition_report(reading: Reading, line: int, value: str) -> None:
    found = reading.read_attributes(line, value)
    last, part = integer(found.get("LAST-MSN", "")), integer(found.get("LAST-PART", ""))
    reading.reports.append(
        RenditionReport(line, found.get("URI", ""), -1 if last is None else last, -1 if part is None else part)
    )


def _skip(reading: Reading, line: int, value: str) -> None:
    skipped = integer(reading.read_attributes(line, value).get("SKIPPED-SEGMENTS", ""))
    if skipped is None:
        reading.complain(line, "EXT-X-SKIP has no SKIPPED-SEGMENTS.", Severity.MAJOR)
    reading.skipped = skipped or 0


def _daterange(reading: Reading, line: int, value: str) -> None:
    found = reading.read_attributes(line, value)
    if not found.get("ID"):
        reading.complain(line, "EXT-X-DATERANGE has no ID.")
        return
    reading.dateranges.append(
        DateRange(
            line=line,
            id=found["ID"],
            class_=found.get("CLASS", ""),
            start=date(found["START-DATE"]) if "START-DATE" in found else None,
            end=date(found["END-DATE"]) if "END-DATE" in found else None,
            duration_s=seconds(found["DURATION"]) if "DURATION" in found else None,
            planned_s=seconds(found["PLANNED-DURATION"]) if "PLANNED-DURATION" in found else None,
            is_cue_out="SCTE35-OUT" in found,
            is_cue_in="SCTE35-IN" in found,
        )
    )


def _define(reading: Reading, line: int, value: str) -> None:
    complain = partial(reading.complain, line, severity=Severity.MAJOR)
    define(attributes(value, complain), reading.variables, reading.imported, reading.url, complain)
    reading.has_variables = True


def _cue_out(reading: Reading, line: int, value: str) -> None:
    reading.cues.append(Cue(line, "out", _cue_duration(value)))


def _cue_cont(reading: Reading, line: int, value: str) -> None:
    reading.cues.append(Cue(line, "cont", None))


def _cue_in(reading: Reading, line: int, value: str) -> None:
    reading.cues.append(Cue(line, "in", None))


def _cue_duration(value: str) -> float | None:
    """Return the planned length of `30`, `DURATION=30,...`; 0 means that none is planned."""
    text = value
    if "=" in value:
        found = {name.upper(): text for name, text in attributes(value, _ignore).items()}
        text = found.get("DURATION", "")
    return seconds(text.strip()) or None


def _ignore(text: str) -> None:
    """Free-form cue values are nobody's standard."""


TAGS: Mapping[str, Callable[[Reading, int, str], None]] = {
    "EXT-X-VERSION": _version,
    "EXT-X-TARGETDURATION": _target_duration,
    "EXT-X-MEDIA-SEQUENCE": _media_sequence,
    "EXT-X-DISCONTINUITY-SEQUENCE": _discontinuity_sequence,
    "EXT-X-PLAYLIST-TYPE": _playlist_type,
    "EXT-X-DISCONTINUITY": _discontinuity,
    "EXT-X-GAP": _gap,
    "EXT-X-BYTERANGE": _byterange,
    "EXT-X-KEY": _key,
    "EXT-X-MAP": _map,
    "EXT-X-PART": _part,
    "EXT-X-PART-INF": _part_inf,
    "EXT-X-SERVER-CONTROL": _server_control,
    "EXT-X-PRELOAD-HINT": _preload_hint,
    "EXT-X-RENDITION-REPORT": _rendition_report,
    "EXT-X-SKIP": _skip,
    "EXT-X-DATERANGE": _daterange,
    "EXT-X-DEFINE": _define,
    "EXT-X-CUE-OUT": _cue_out,
    "EXT-X-CUE-OUT-CONT": _cue_cont,
    "EXT-X-CUE-IN": _cue_in,
}
