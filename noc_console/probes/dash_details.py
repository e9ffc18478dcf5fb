"""The facts of an MPD as `noc-console inspect` tells them; the keys are stable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from noc_console.media.dash import AdaptationSet, Mpd, Period, Representation, edge
from noc_console.media.dash.rungs import offers_of

_MOST_PERIODS = 100

#: The stable keys of an MPD that cannot be read.
NO_DETAILS: dict[str, Any] = {"type": None, "periods": [], "live_edge_s": None, "time_shift_buffer_s": None}


def details(mpd: Mpd, at: float | None) -> dict[str, Any]:
    """Return the facts; `at` (Unix seconds) is the moment of the live edge, None for a file.

    `live_edge_s` is where the newest available segment ends, in seconds of the presentation (since
    availabilityStartTime); None for a static MPD, and where time alone could tell and none is given.
    """
    live_edge = edge(mpd, at if at is not None else float("-inf")) if mpd.is_dynamic else None
    return {
        "type": "dynamic" if mpd.is_dynamic else "static",
        "live_edge_s": live_edge,
        "time_shift_buffer_s": mpd.window_s,
        "duration_s": mpd.duration_s,
        "minimum_update_period_s": mpd.update_s,
        "suggested_presentation_delay_s": mpd.delay_s,
        "availability_start_time": mpd.available_from,
        "publish_time": mpd.published_at,
        "profiles": list(mpd.profiles),
        "utc_timing": [{"scheme": one.scheme, "value": one.value} for one in mpd.utc_timings],
        "patch_location": mpd.patch_location,
        "periods": [_period(mpd, period) for period in mpd.periods[-_MOST_PERIODS:]],
    }


def _period(mpd: Mpd, period: Period) -> dict[str, Any]:
    labels = {id(offer.representation): offer.label for offer in offers_of(mpd, period)}
    return {
        "id": period.id,
        "start_s": period.start_s,
        "duration_s": period.duration_s,
        "xlink": period.xlink,
        "events": sum(len(stream.cues) for stream in period.cue_streams),
        "adaptation_sets": [_set(one, labels) for one in period.sets],
    }


def _set(one: AdaptationSet, labels: Mapping[int, str]) -> dict[str, Any]:
    schemes = sorted({item.scheme for rep in one.representations for item in rep.protections if item.scheme})
    kids = sorted({item.kid for rep in one.representations for item in rep.protections if item.kid})
    return {
        "id": one.id,
        "kind": one.kind,
        "language": one.language,
        "roles": list(one.roles),
        "protection": schemes,
        "default_kids": kids,
        "representations": [_representation(rep, labels.get(id(rep), "")) for rep in one.representations],
    }


def _representation(rep: Representation, label: str) -> dict[str, Any]:
    return {
        "id": rep.id,
        "rung": label or None,
        "bandwidth": rep.bandwidth_bps,
        "codecs": rep.codecs,
        "width": rep.width or None,
        "height": rep.height or None,
        "frame_rate": rep.frame_rate or None,
        "mime_type": rep.mime_type,
        "addressing": rep.addressing.kind,
    }
