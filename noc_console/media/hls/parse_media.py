"""Read the lines of a media playlist (RFC 8216 4.3.2 and 4.3.3, 8216bis 4.4.4 and 4.4.5) in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from noc_console.media.hls.attributes import date, expand, seconds
from noc_console.media.hls.media_tags import TAGS
from noc_console.media.hls.parse_master import MAX_URI
from noc_console.media.hls.playlist import Media, Segment
from noc_console.media.hls.reading import Reading
from noc_console.model import Finding, Severity

_DATE_TAG = "#EXT-X-PROGRAM-DATE-TIME:"


def read_media(lines: list[str], url: str, problems: list[Finding], imported: Mapping[str, str]) -> Media:
    """Return what the lines say; what is malformed goes to `problems`."""
    reading = Reading(url, problems, imported)
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line:
            continue
        if line[0] != "#":
            _segment(reading, number, line)
        elif line.startswith("#EXTINF:"):
            _duration(reading, number, line)
        elif line.startswith(_DATE_TAG):
            reading.date = date(line[25:].strip())
            reading.tags.setdefault("EXT-X-PROGRAM-DATE-TIME", number)
            if reading.date is None:
                reading.complain(number, f"PROGRAM-DATE-TIME {line[25:65]!r} cannot be read.")
        elif line.startswith("#EXT"):
            name, _, value = line[1:].partition(":")
            reading.tags.setdefault(name, number)
            read = TAGS.get(name)
            if read is not None:
                read(reading, number, value.strip())
    return _finished(reading)


def _duration(reading: Reading, number: int, line: str) -> None:
    # RFC 8216 4.3.2.1: #EXTINF:<duration>,[<title>]
    if reading.duration_s is not None:
        reading.complain(reading.extinf_line, "EXTINF is not followed by a URI.", Severity.MAJOR)
    text = line[8:].partition(",")[0]
    reading.extinf_line = number
    try:
        duration = float(text)
    except ValueError:
        duration = seconds(text.strip().split(" ")[0]) or -1.0
    if not 0.0 <= duration <= 1e6:
        reading.complain(number, f"EXTINF {text[:40]!r} is no duration.", Severity.MAJOR)
        duration = 0.0
    elif reading.has_integers and "." in text:
        reading.has_integers = False
    reading.duration_s = duration


def _segment(reading: Reading, number: int, uri: str) -> None:
    duration = reading.duration_s
    if duration is None:
        reading.complain(number, f"{uri[:60]!r} has no EXTINF before it.", Severity.MAJOR)
        duration = 0.0
    if reading.has_variables and "{$" in uri:
        uri = expand(uri, reading.variables, partial(reading.complain, number, severity=Severity.MAJOR))
    if len(uri) > MAX_URI:
        reading.complain(number, f"A URI has {len(uri)} characters, more than {MAX_URI} are not read.")
        uri = uri[:MAX_URI]
    at = reading.date
    is_dated = at is not None
    if at is None:
        at = reading.next_date
    reading.segments.append(
        Segment(
            number,
            len(reading.segments),
            uri,
            duration,
            at,
            is_dated,
            reading.is_discontinuity,
            reading.discontinuities,
            reading.keys,
            reading.map,
            reading.range_of(uri),
            reading.is_gap,
            tuple(reading.parts) if reading.parts else (),
            tuple(reading.cues) if reading.cues else (),
        )
    )
    reading.total_s += duration
    if at is not None:
        reading.next_date = at + duration
    reading.next_segment()


def _finished(reading: Reading) -> Media:
    if reading.duration_s is not None:
        reading.complain(reading.extinf_line, "The last EXTINF is not followed by a URI.", Severity.MAJOR)
    first, first_discontinuity = reading.media_sequence + reading.skipped, reading.discontinuity_sequence
    if first or first_discontinuity:
        # RFC 8216 4.3.3.2: numbers count up from EXT-X-MEDIA-SEQUENCE, wherever that tag stands
        segments = tuple(
            Segment(a, b + first, c, d, e, f, g, h + first_discontinuity, i, j, k, m, n, o)
            for a, b, c, d, e, f, g, h, i, j, k, m, n, o in reading.segments
        )
    else:
        segments = tuple(reading.segments)
    return Media(
        url=reading.url,
        version=reading.version,
        target_duration_s=reading.target_duration_s,
        media_sequence=reading.media_sequence,
        discontinuity_sequence=reading.discontinuity_sequence,
        is_ended="EXT-X-ENDLIST" in reading.tags,
        playlist_type=reading.playlist_type,
        is_iframes_only="EXT-X-I-FRAMES-ONLY" in reading.tags,
        is_independent="EXT-X-INDEPENDENT-SEGMENTS" in reading.tags,
        segments=segments,
        duration_s=reading.total_s,
        discontinuities=reading.discontinuities,
        has_integer_durations=reading.has_integers,
        parts=tuple(reading.parts),
        part_target_s=reading.part_target_s,
        has_trailing_discontinuity=reading.is_discontinuity,
        control=reading.control,
        hints=tuple(reading.hints),
        reports=tuple(reading.reports),
        skipped_segments=reading.skipped,
        dateranges=tuple(reading.dateranges),
        keys=tuple(reading.all_keys),
        maps=tuple(reading.all_maps),
        tags=reading.tags,
        problems=tuple(reading.problems),
    )
