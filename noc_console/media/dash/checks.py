"""What a fetched segment says against the MPD that lists it: decode time, bit rate, edges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from noc_console.media.container import Head, Track
from noc_console.media.dash.model import Mpd, Representation, Segment
from noc_console.media.dash.rungs import Offer
from noc_console.model import Finding

_EDGE_SHARE = 0.5
_DEFAULT_FRAME_S = 0.04
_DEFAULT_BUFFER_S = 1.0
_BORNE = 1.10
_HELD_S = 60.0
_SMOOTHED_OVER = 8


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many bits a player that reads at @bandwidth still has to fetch (ISO/IEC 23009-1, 5.3.5.4).

    A tenth more than declared is borne, as in HLS. It holds at most a minute's worth, so that what was once too much
    is forgotten when the packager is mended. `rate_bps` is the usual rate of the newest segments.
    """

    bits: float = 0.0
    rate_bps: float = 0.0

    def fill(self, size_bytes: int, duration_s: float, bandwidth_bps: int) -> Bucket:
        """Return what is left after one segment was delivered over its duration."""
        if duration_s <= 0:
            return self
        rate = size_bytes * 8 / duration_s
        usual = rate if not self.rate_bps else self.rate_bps + (rate - self.rate_bps) / _SMOOTHED_OVER
        left = self.bits + size_bytes * 8 - _BORNE * bandwidth_bps * duration_s
        return Bucket(min(max(left, 0.0), _HELD_S * bandwidth_bps), usual)


def judge(mpd: Mpd, offer: Offer, segment: Segment, head: Head) -> tuple[Finding, ...]:
    """Return what the head of a segment shows against the MPD."""
    rep = offer.representation
    track = _track(head, offer.rung.kind)
    where = place(offer, segment)
    if track is None or track.first_ticks is None or rep.addressing.kind not in ("timeline", "number"):
        return ()
    if rep.addressing.kind == "timeline":
        return tuple(_times(rep, segment, track, where))
    return tuple(_edges(rep, segment, track, where))


def place(offer: Offer, segment: Segment) -> dict[str, str | int | float]:
    """Return where a finding on a segment belongs."""
    where: dict[str, str | int | float] = {"uri": segment.url, "rung": offer.label, "sequence": segment.number}
    return {**where, "line": offer.representation.addressing.line or offer.representation.line}


def exceeded(mpd: Mpd, offer: Offer, segment: Segment, bucket: Bucket) -> tuple[Finding, ...]:
    """Return the finding when the bits do not come in time at @bandwidth with minBufferTime buffered."""
    bandwidth = offer.representation.bandwidth_bps
    buffer_s = max(mpd.min_buffer_s or 0.0, _DEFAULT_BUFFER_S)
    allowed = bandwidth * min(buffer_s, _HELD_S / 2)
    if bandwidth <= 0 or bucket.bits <= allowed or segment.duration_s <= 0:
        return ()
    rates = f"Declared {bandwidth / 1000:,.0f} kbit/s, lately {bucket.rate_bps / 1000:,.0f}"
    text = f"{rates}: a player with {buffer_s:g} s in its buffer runs dry."
    return (Finding("dash-bandwidth-exceeded", text, place(offer, segment)),)


def _track(head: Head, kind: str) -> Track | None:
    wanted = {"video": "video", "audio": "audio", "subtitles": "text"}.get(kind, "")
    return next((track for track in head.tracks if track.kind == wanted), None)


def _times(
    rep: Representation, segment: Segment, track: Track, where: dict[str, str | int | float]
) -> Iterator[Finding]:
    """The time line tells the earliest presentation time; decode time or it must agree within one frame (IOP 1)."""
    expected = segment.time / segment.timescale
    stamps = [ticks for ticks in (track.first_ticks, track.earliest_ticks) if ticks is not None]
    off = min((ticks / track.timescale - expected for ticks in stamps), key=abs)
    if abs(off) > _frame_s(track) + 1e-4:
        text = f"Segment {segment.number} starts {off:+.3f} s from where its time line says."
        yield Finding("dash-tfdt-mismatch", text, where)


def _edges(
    rep: Representation, segment: Segment, track: Track, where: dict[str, str | int | float]
) -> Iterator[Finding]:
    """Simple addressing: an edge may lie half a nominal segment from where @duration puts it (IOP 9)."""
    nominal = rep.addressing.duration / rep.addressing.timescale
    off = (track.first_ticks or 0) / track.timescale - segment.time / segment.timescale
    if abs(off) > _EDGE_SHARE * nominal + _frame_s(track):
        limit = _EDGE_SHARE * nominal
        text = f"Segment {segment.number} starts {off:+.2f} s from its nominal time, limit {limit:.2f} s."
        yield Finding("dash-segment-edge-off", text, where)
        return
    length = track.duration_s
    if length is not None and not segment.is_last_of_period and abs(off + length - nominal) > _EDGE_SHARE * nominal:
        text = f"Segment {segment.number} lasts {length:.2f} s, its nominal duration is {nominal:.2f} s."
        yield Finding("dash-segment-edge-off", text, where)


def _frame_s(track: Track) -> float:
    return track.frame_s or _DEFAULT_FRAME_S
