"""Composes the MPD of a channel at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from noc_console.lab import boxes
from noc_console.lab.channels import Form, LabChannel
from noc_console.lab.clock import iso
from noc_console.lab.dash import AdaptationSet, Mpd, Representation, TimelineEntry
from noc_console.lab.options import FRAME_RATE, SAMPLES, TICKS
from noc_console.lab.schedule import Slot
from noc_console.lab.studio import AUDIO, Studio, audio_span

_CHANNELS = (
    '<AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="2"/>'
)
# ISO/IEC 23009-1, 5.8.5.14 and ITU-T H.273: BT.2020 primaries and matrix, PQ
_HDR = "".join(
    f'<SupplementalProperty schemeIdUri="urn:mpeg:mpegB:cicp:{name}" value="{value}"/>'
    for name, value in (("ColourPrimaries", 9), ("TransferCharacteristics", 16), ("MatrixCoefficients", 9))
)


@dataclass(frozen=True, slots=True)
class TimeSources:
    """Where clients of one lab get the time: its URL, and which of the three schemes each channel names."""

    url: str

    def timing(self, channel: LabChannel, at: float) -> tuple[str, str]:
        """Return scheme and value of a channel's UTCTiming; channels take turns."""
        match channel.index // len(Form) % 3:
            case 0:
                return "urn:mpeg:dash:utc:http-iso:2014", f"{self.url}/time/iso"
            case 1:
                return "urn:mpeg:dash:utc:http-head:2014", f"{self.url}/time/head"
        return "urn:mpeg:dash:utc:direct:2014", iso(at)


def mpd(channel: LabChannel, studio: Studio, at: float, window: int, timing: tuple[str, str]) -> Mpd:
    """Return the MPD with the segments of the time-shift buffer at a Unix time.

    The buffer is `window` segments deep; one more is listed, so that the buffer's begin is covered.
    """
    schedule, segment_s = channel.schedule, studio.grid.segment_s
    edge = schedule.edge(at)
    is_numbered = channel.form is Form.DASH_NUMBER
    slots = () if is_numbered else tuple(schedule.slot(seq) for seq in range(edge - window, edge + 1))
    return Mpd(
        available_from=schedule.wall(0),
        published_at=schedule.wall(schedule.slot(edge).end),
        update_s=segment_s,
        depth_s=window * segment_s,
        delay_s=3 * segment_s,
        segment_s=segment_s,
        sets=(_pictures(channel, studio, slots), _sound(channel, studio, slots)),
        timing=timing,
    )


def number_of(time: int, rung: str, segment: int) -> int:
    """Return the number of the segment with this $Time$, for segments of `segment` video frames; -1 for none."""
    scale = SAMPLES if rung == AUDIO else TICKS
    number = round(time / (scale * segment))
    frames = number * segment
    slot = Slot(number, frames, segment, frames, frames)
    return number if time == (audio_span(slot)[0] if rung == AUDIO else frames * TICKS) else -1


def _pictures(channel: LabChannel, studio: Studio, slots: tuple[Slot, ...]) -> AdaptationSet:
    representations = tuple(
        Representation(
            spec.name,
            studio.rate(False, channel.look, spec.name).peak_bps,
            (
                ("codecs", studio.codec(channel.look, spec.name)),
                ("width", str(spec.width)),
                ("height", str(spec.height)),
                ("frameRate", str(FRAME_RATE)),
                ("sar", "1:1"),
            ),
            _HDR if channel.is_hdr else "",
        )
        for spec in studio.ladder
    )
    attributes = (
        ("contentType", "video"),
        ("mimeType", "video/mp4"),
        ("segmentAlignment", "true"),
        ("startWithSAP", "1"),
        ("par", "16:9"),
    )
    entries = tuple(TimelineEntry(slot.seq, slot.stamp * TICKS, slot.frames * TICKS) for slot in slots)
    number = 0 if entries else studio.grid.segment * TICKS
    return AdaptationSet(1, attributes, boxes.VIDEO_SCALE, representations, entries, number)


def _sound(channel: LabChannel, studio: Studio, slots: tuple[Slot, ...]) -> AdaptationSet:
    rate = studio.rate(False, channel.look, AUDIO)
    told = (("codecs", studio.codec(channel.look, AUDIO)), ("audioSamplingRate", str(boxes.AUDIO_SCALE)))
    attributes = (
        ("contentType", "audio"),
        ("mimeType", "audio/mp4"),
        ("segmentAlignment", "true"),
        ("startWithSAP", "1"),
        ("lang", "en"),
    )
    entries = tuple(TimelineEntry(slot.seq, *audio_span(slot)) for slot in slots)
    number = 0 if entries else studio.grid.segment * SAMPLES
    one = Representation(AUDIO, rate.peak_bps, told, _CHANNELS)
    return AdaptationSet(2, attributes, boxes.AUDIO_SCALE, (one,), entries, number)
