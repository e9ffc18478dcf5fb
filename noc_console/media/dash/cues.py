"""EventStreams of a period: their SCTE-35 messages as bytes (ANSI/SCTE 214-1)."""

from __future__ import annotations

import base64
import binascii

from noc_console.media.dash.model import Cue, CueStream
from noc_console.media.dash.values import whole
from noc_console.media.dash.xml import Element, kids, line_of, name, text_of

_MOST_CUES = 1000


def read_cue_streams(period: Element) -> tuple[CueStream, ...]:
    """Return the event streams of a period element."""
    return tuple(_stream(one) for one in kids(period, "EventStream"))


def is_scte35(scheme: str) -> bool:
    """Return whether an event stream carries SCTE-35."""
    return scheme.lower().startswith("urn:scte:scte35")


def _stream(element: Element) -> CueStream:
    scheme = element.get("schemeIdUri", "")
    timescale = max(whole(element.get("timescale", "1")) or 1, 1)
    offset = whole(element.get("presentationTimeOffset", "0")) or 0
    events = list(kids(element, "Event"))[:_MOST_CUES]
    cues = tuple(_cue(one, scheme, timescale, offset) for one in events)
    return CueStream(scheme, timescale, cues, line_of(element))


def _cue(element: Element, scheme: str, timescale: int, offset: int) -> Cue:
    duration = whole(element.get("duration", ""))
    payload, has_message = _payload(element) if is_scte35(scheme) else (b"", False)
    return Cue(
        start_s=((whole(element.get("presentationTime", "0")) or 0) - offset) / timescale,
        duration_s=None if duration is None else duration / timescale,
        id=element.get("id", ""),
        payload=payload,
        has_message=has_message,
        line=line_of(element),
    )


def _payload(event: Element) -> tuple[bytes, bool]:
    """Return the binary section and whether the event says anything at all; the XML form has no bytes."""
    for inner in event.iter():
        if isinstance(inner.tag, str) and name(inner).lower() == "binary":
            return _decoded(text_of(inner)), True
    for inner in event:
        if isinstance(inner.tag, str) and name(inner).lower() in ("spliceinfosection", "signal"):
            return b"", True
    text = event.get("messageData", "") or text_of(event)
    return (_decoded(text), True) if text else (b"", False)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True) or b"\x00"
    except (binascii.Error, ValueError):
        return b"\x00"  # there and unreadable: no table id, which the linter says
