"""The lab's catalogue: 1 to 500 channels with names, kinds and phases.

At most `looks` different pictures exist (12 by default): channel 13 shows the picture of channel 1, with channel
1's name burned in, under a name of its own in the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from noc_console.lab.options import LabOptions
from noc_console.lab.schedule import Schedule

GENRES = (
    "News", "Sport", "Film", "Music", "Kids", "Nature", "Drama", "Travel", "Science", "History", "Cooking", "Action",
)  # fmt: skip
_HDR_NAME = "Cinema HDR"


class Form(StrEnum):
    """How a channel is packaged; channels take turns in this order."""

    HLS_TS = "hls-ts"
    HLS_FMP4 = "hls-fmp4"
    DASH_TIMELINE = "dash-timeline"
    DASH_NUMBER = "dash-number"

    @property
    def is_hls(self) -> bool:
        """Say whether the channel has playlists rather than an MPD."""
        return self in (Form.HLS_TS, Form.HLS_FMP4)


@dataclass(frozen=True, slots=True)
class LabChannel:
    """One channel of the lab; `index` counts from 0, `look` and `ad_look` are indexes of its pictures."""

    index: int
    code: str
    name: str
    form: Form
    tier: int
    look: int
    ad_look: int
    schedule: Schedule
    is_hdr: bool = False

    @property
    def path(self) -> str:
        """Return the path of its master playlist or MPD."""
        return f"/{self.code}/" + ("master.m3u8" if self.form.is_hls else "manifest.mpd")

    @property
    def badges(self) -> tuple[str, ...]:
        """Return the short marks shown beside its name."""
        container = "TS" if self.form is Form.HLS_TS else "fMP4"
        more = (("AD",) if self.schedule.ads else ()) + (("HDR",) if self.is_hdr else ())
        return ("HLS" if self.form.is_hls else "DASH", container, *more)


def look_names(options: LabOptions) -> tuple[str, ...]:
    """Return the names burned into the pictures, one per look; one look serves all HDR channels."""
    names = tuple(channel_name(index) for index in range(options.sdr_looks))
    return (*names, *((_HDR_NAME,) if options.hdr else ()))


def channel_name(index: int) -> str:
    """Return the name of channel number `index`, counted from 0: `News 1`, `Sport 2`."""
    return f"{GENRES[index % len(GENRES)]} {index + 1}"


def channels(options: LabOptions) -> tuple[LabChannel, ...]:
    """Return all channels; their segments do not end at the same moments."""
    sdr = tuple(_channel(index, options) for index in range(options.channels))
    return (*sdr, *(_hdr_channel(number, options) for number in range(options.hdr)))


def _hdr_channel(number: int, options: LabOptions) -> LabChannel:
    index, look = options.channels + number, options.sdr_looks
    return replace(
        _channel(index, options),
        code=f"CH_HDR_DEMO_{number + 1:03d}",
        name=f"{_HDR_NAME} {number + 1}",
        form=(Form.HLS_FMP4, Form.DASH_NUMBER)[number % 2],
        look=look,
        ad_look=look,
        schedule=Schedule(options.grid, int(index * 0.618034 % 1 * options.grid.segment)),
        is_hdr=True,
    )


def _channel(index: int, options: LabOptions) -> LabChannel:
    form = tuple(Form)[index % len(Form)]
    looks = options.sdr_looks
    grid = options.grid
    has_ads = options.ads and form.is_hls and index // len(Form) % 2 == 0
    # the golden ratio spreads any number of channels evenly over one segment
    phase = int(index * 0.618034 % 1 * grid.segment)
    breaks = (options.programme_segments, options.ad_segments) if has_ads else (0, 0)
    return LabChannel(
        index=index,
        code=f"CH_OTT_DEMO_{index + 1:03d}",
        name=channel_name(index),
        form=form,
        tier=1 + index % 3,
        look=index % looks,
        ad_look=(index + len(Form)) % looks,
        schedule=Schedule(grid, phase, *breaks),
    )
