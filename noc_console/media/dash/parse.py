"""MPD bytes to values: inheritance, base URLs, period times (ISO/IEC 23009-1)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from noc_console.media.dash.addressing import Source, read_addressing
from noc_console.media.dash.cues import read_cue_streams
from noc_console.media.dash.model import (
    AdaptationSet,
    Addressing,
    BadMpd,
    Flaw,
    Mpd,
    Period,
    Protection,
    Representation,
    UtcTiming,
)
from noc_console.media.dash.values import instant, rate, seconds, whole
from noc_console.media.dash.xml import Element, kid, kids, line_of, name, root_of, text_of
from noc_console.model import Severity

_MOST_REPRESENTATIONS = 2000
_MOST_FLAWS = 50
_SEGMENT_TAGS = ("SegmentTemplate", "SegmentList", "SegmentBase")
_TRANSFER = "urn:mpeg:mpegb:cicp:transfercharacteristics"
_OBJECTS = "tag:dolby.com,2018:dash:ec3_extensiontype:2018"
_TRICK = "http://dashif.org/guidelines/trickmode"
_KINDS = {"video": "video", "audio": "audio", "text": "subtitles", "image": "image"}
_TEXT_CODECS = ("stpp", "wvtt", "ttml", "vtt")


@dataclass(slots=True)
class _Reading:
    """What is gathered while one document is read."""

    flaws: list[Flaw] = field(default_factory=list)
    representations: int = 0

    def flaw(self, text: str, element: Element, severity: Severity | None = None) -> None:
        """Note something against the schema."""
        if len(self.flaws) < _MOST_FLAWS:
            self.flaws.append(Flaw(text, line_of(element), severity))


def parse(body: bytes, url: str) -> Mpd:
    """Return the MPD in `body`, its addresses resolved against `url`; raises BadMpd with one sentence."""
    root = root_of(body)
    reading = _Reading()
    base = _base(root, url)
    is_dynamic = root.get("type", "static") == "dynamic"
    sources = tuple((tag, element) for tag in _SEGMENT_TAGS if (element := kid(root, tag)) is not None)
    periods = tuple(_period(element, base, sources, reading) for element in kids(root, "Period"))
    mpd = Mpd(
        url=url,
        is_dynamic=is_dynamic,
        periods=periods,
        available_from=_instant(root, "availabilityStartTime", reading),
        available_until=_instant(root, "availabilityEndTime", reading),
        published_at=_instant(root, "publishTime", reading),
        duration_s=_seconds(root, "mediaPresentationDuration", reading),
        update_s=_seconds(root, "minimumUpdatePeriod", reading),
        window_s=_seconds(root, "timeShiftBufferDepth", reading),
        delay_s=_seconds(root, "suggestedPresentationDelay", reading),
        max_segment_s=_seconds(root, "maxSegmentDuration", reading),
        min_buffer_s=_seconds(root, "minBufferTime", reading),
        profiles=tuple(part.strip() for part in root.get("profiles", "").split(",") if part.strip()),
        utc_timings=tuple(
            UtcTiming(one.get("schemeIdUri", ""), one.get("value", "")) for one in kids(root, "UTCTiming")
        ),
        locations=tuple(_join(url, text_of(one)) for one in kids(root, "Location")),
        patch_location=next((_join(url, text_of(one)) for one in kids(root, "PatchLocation")), ""),
        line=line_of(root),
    )
    _required(root, mpd, reading)
    return replace(mpd, periods=_timed(mpd), flaws=tuple(reading.flaws))


def _required(root: Element, mpd: Mpd, reading: _Reading) -> None:
    """Note what the schema demands and nobody can do without (ISO/IEC 23009-1, 5.3.1.2)."""
    if not mpd.periods:
        reading.flaw("The MPD has no Period.", root)
    elif not mpd.each() and not any(period.xlink for period in mpd.periods):
        reading.flaw("The MPD has no Representation.", root)
    if mpd.is_dynamic and mpd.available_from is None:
        reading.flaw("The dynamic MPD has no availabilityStartTime.", root)
    if mpd.is_dynamic and mpd.published_at is None:
        reading.flaw("The dynamic MPD has no publishTime.", root, Severity.WARNING)
    if mpd.min_buffer_s is None:
        reading.flaw("The MPD has no minBufferTime.", root, Severity.WARNING)
    if root.get("type") not in (None, "static", "dynamic"):
        reading.flaw(f"The MPD has an unknown type {root.get('type', '')[:40]!r}.", root)


def _period(element: Element, base: str, sources: tuple[Source, ...], reading: _Reading) -> Period:
    start = _seconds(element, "start", reading)
    length = _seconds(element, "duration", reading)
    here = _base(element, base)
    xlink = next((value for key, value in element.attrib.items() if str(key).endswith("}href")), "")
    return Period(
        id=element.get("id", ""),
        start_s=start,
        duration_s=length,
        sets=tuple(
            _adaptation_set(one, here, _sources(element, sources), reading) for one in kids(element, "AdaptationSet")
        ),
        declared_start_s=start,
        declared_duration_s=length,
        cue_streams=read_cue_streams(element),
        xlink=str(xlink),
        line=line_of(element),
    )


def _sources(element: Element, above: tuple[Source, ...]) -> tuple[Source, ...]:
    mine = tuple((name(one), one) for one in kids(element, *_SEGMENT_TAGS))
    return (*mine, *above)  # the innermost first


def _adaptation_set(element: Element, base: str, sources: tuple[Source, ...], reading: _Reading) -> AdaptationSet:
    here, inner = _base(element, base), _sources(element, sources)
    shared: list[Addressing] = []
    common = _Common(element, _transfer(element), _protections(element), _has_objects(element))
    reps = tuple(
        _representation(one, common, here, inner, shared, reading) for one in kids(element, "Representation")
    )
    roles = tuple(role.get("value", "") for role in kids(element, "Role"))
    is_trick = any(
        one.get("schemeIdUri", "").lower() == _TRICK
        for one in kids(element, "EssentialProperty", "SupplementalProperty")
    )
    return AdaptationSet(
        id=element.get("id", ""),
        kind=_kind(element, reps),
        language=element.get("lang", ""),
        representations=reps,
        roles=roles,
        is_trick=is_trick,
        line=line_of(element),
    )


def _kind(element: Element, reps: tuple[Representation, ...]) -> str:
    """Return the content of a set by contentType, else mime type, else codecs (5.3.3.2)."""
    told = element.get("contentType") or next(
        (one.get("contentType", "") for one in kids(element, "ContentComponent")), ""
    )
    if told in _KINDS:
        return _KINDS[told]
    mime = element.get("mimeType") or next((rep.mime_type for rep in reps if rep.mime_type), "")
    codecs = element.get("codecs") or next((rep.codecs for rep in reps if rep.codecs), "")
    if codecs.startswith(_TEXT_CODECS) or "ttml" in mime:
        return "subtitles"
    top = mime.partition("/")[0]
    if top in _KINDS:
        return _KINDS[top]
    return "video" if any(rep.height for rep in reps) else "data"


@dataclass(frozen=True, slots=True)
class _Common:
    """What an adaptation set tells for all its representations, read once."""

    element: Element
    transfer: int
    protections: tuple[Protection, ...]
    is_atmos: bool = False


def _representation(
    element: Element,
    common: _Common,
    base: str,
    sources: tuple[Source, ...],
    shared: list[Addressing],
    reading: _Reading,
) -> Representation:
    reading.representations += 1
    if reading.representations > _MOST_REPRESENTATIONS:
        raise BadMpd(f"The MPD has more than {_MOST_REPRESENTATIONS} representations.")
    bandwidth = _number(element, "bandwidth", reading)
    if bandwidth is None:
        reading.flaw("A Representation has no bandwidth.", element, Severity.MAJOR)
    rep_id = element.get("id", "")
    if not rep_id:
        reading.flaw("A Representation has no id.", element, Severity.MAJOR)
    own = _sources(element, sources)
    if own is not sources and len(own) > len(sources):
        addressing = read_addressing(own, reading.flaw)
    else:
        if not shared:
            shared.append(read_addressing(sources, reading.flaw))
        addressing = shared[0]

    def told(key: str) -> str:
        return element.get(key) or common.element.get(key) or ""

    return Representation(
        id=rep_id,
        bandwidth_bps=max(bandwidth or 0, 0),
        codecs=told("codecs"),
        mime_type=told("mimeType"),
        base_url=_base(element, base),
        addressing=addressing,
        width=whole(told("width")) or 0,
        height=whole(told("height")) or 0,
        frame_rate=rate(told("frameRate")),
        transfer=_transfer(element) or common.transfer,
        protections=(*common.protections, *_protections(element)),
        line=line_of(element),
        is_atmos=common.is_atmos or _has_objects(element),
        supplemental_codecs=_supplemental(element) or _supplemental(common.element),
    )


def _supplemental(element: Element) -> str:
    """Return scte214:supplementalCodecs (ANSI/SCTE 214-1), as of Dolby Vision over a base that others play."""
    return next((str(value) for key, value in element.attrib.items() if "supplementalCodecs" in str(key)), "")


def _has_objects(element: Element) -> bool:
    """Say whether a property tells of objects in E-AC-3 (Dolby, MPEG-DASH signalling of Atmos)."""
    return any(
        one.get("schemeIdUri", "").lower() == _OBJECTS and one.get("value", "").upper() == "JOC"
        for one in kids(element, "EssentialProperty", "SupplementalProperty")
    )


def _transfer(element: Element) -> int:
    """Return the CICP transfer characteristics (ISO/IEC 23091-2; 16 is PQ, 18 HLG)."""
    for one in kids(element, "EssentialProperty", "SupplementalProperty"):
        if one.get("schemeIdUri", "").lower() == _TRANSFER:
            return whole(one.get("value", "")) or 0
    return 0


def _protections(element: Element) -> tuple[Protection, ...]:
    return tuple(
        Protection(
            one.get("schemeIdUri", "").lower(),
            next((str(value).lower() for key, value in one.attrib.items() if "default_KID" in str(key)), ""),
        )
        for one in kids(element, "ContentProtection")
    )


def _timed(mpd: Mpd) -> tuple[Period, ...]:
    """Return the periods with the start and duration that follow from their neighbours (5.3.2.1)."""
    starts: list[float | None] = []
    for number, period in enumerate(mpd.periods):
        before = mpd.periods[number - 1].declared_duration_s if number else None
        last = starts[-1] if starts else None
        start = period.declared_start_s
        if start is None and number and before is not None and last is not None:
            start = last + before
        if start is None and number == 0 and (not mpd.is_dynamic or mpd.available_from is not None):
            start = 0.0
        starts.append(start)
    timed = []
    for number, period in enumerate(mpd.periods):
        start, length = starts[number], period.declared_duration_s
        after = starts[number + 1] if number + 1 < len(starts) else mpd.duration_s
        if length is None and start is not None and after is not None:
            length = max(after - start, 0.0)
        timed.append(replace(period, start_s=start, duration_s=length))
    return tuple(timed)


def _base(element: Element, above: str) -> str:
    first = kid(element, "BaseURL")
    return _join(above, text_of(first)) if first is not None else above


def _join(base: str, relative: str) -> str:
    try:
        joined = urljoin(base, relative)
        urlsplit(joined)
    except ValueError:
        return base
    return joined


def _seconds(element: Element, key: str, reading: _Reading) -> float | None:
    text = element.get(key)
    if text is None:
        return None
    value = seconds(text)
    if value is None or value < 0:
        reading.flaw(f"{key} {text[:40]!r} is no duration.", element)
        return None
    return value


def _instant(element: Element, key: str, reading: _Reading) -> float | None:
    text = element.get(key)
    if text is None:
        return None
    value = instant(text)
    if value is None:
        reading.flaw(f"{key} {text[:40]!r} is no date and time.", element)
    return value


def _number(element: Element, key: str, reading: _Reading) -> int | None:
    text = element.get(key)
    if text is None:
        return None
    value = whole(text)
    if value is None:
        reading.flaw(f"{key} {text[:40]!r} is no whole number.", element)
    return value
