"""What the decoders do and what they leave out, in words; and picture and sound of all channels in two figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noc_console.views import figures
from noc_console.views.state import BoardMirror
from noc_console.views.wall_rows import SPARK
from noc_console.views.wall_scales import BAND_LU, TARGET_LUFS

Json = Mapping[str, Any]


def decoding_words(mirror: BoardMirror) -> str:
    """Return how much is decoded, `12 of 300 channels skipped in the last minute, 1.9 of 2 cores`."""
    told = mirror.agent.get("decoding")
    if not told:
        return "off: no picture and no sound is measured"
    count = len(told["workers"])
    cores = f"{figures.number(told['cores_used'], 1)} of {count} core{'' if count == 1 else 's'}"
    skipped = skipped_per_min(told)
    if not skipped:
        decoded = int(told["decoded_per_min"])
        return f"{decoded} stretches in the last minute, none skipped, {cores}"
    channels = _skipped_channels(mirror)
    of_all = f"{channels} of {_decoded_channels(mirror)} channels" if channels else f"{skipped} stretches"
    why = _why(told)
    return f"{of_all} skipped in the last minute{f' ({why})' if why else ''}, {cores}"


def skipped_per_min(told: Json) -> int:
    """Return how many stretches were not decoded in the last minute."""
    return sum(count for by_reason in told["skipped_per_min"].values() for count in by_reason.values())


def is_short(mirror: BoardMirror) -> bool:
    """Say whether something was skipped, which whoever looks at pictures must know."""
    told: Json = mirror.agent.get("decoding") or {"skipped_per_min": {}}
    return skipped_per_min(told) > 0


@dataclass(frozen=True, slots=True)
class Seen:
    """Picture and sound over all channels: medians of MOS by minute, means by tier, loudness on target."""

    mos: NDArray[np.float64]
    """One median a minute of the last hour, NaN where nothing was measured."""
    by_tier: tuple[tuple[int, float], ...]
    on_target: int
    heard: int


def seen_of(mirror: BoardMirror) -> Seen:
    """Return the figures of all channels that are measured."""
    rows, tiers = [], defaultdict(list)
    on_target = heard = 0
    for channel in mirror.channels.values():
        if mirror.channel_state(channel) not in ("ok", "stale"):
            continue
        curve = [np.nan if value is None else float(value) for value in channel.get("mos") or ()][-SPARK:]
        if curve and not np.isnan(curve).all():
            rows.append([np.nan] * (SPARK - len(curve)) + curve)
            newest = [value for value in curve[-3:] if not np.isnan(value)]
            if newest:
                tiers[int(channel["tier"])].append(newest[-1])
        loudness = (channel.get("meters") or {}).get("loudness")
        if loudness is not None:
            heard += 1
            on_target += abs(float(loudness) - TARGET_LUFS) <= BAND_LU
    means = tuple((tier, float(np.mean(values))) for tier, values in sorted(tiers.items()))
    return Seen(_medians(rows), means, on_target, heard)


def _medians(rows: list[list[float]]) -> NDArray[np.float64]:
    found = np.full(SPARK, np.nan)
    table = np.array(rows, np.float64).reshape(-1, SPARK)
    for minute in np.flatnonzero(np.isfinite(table).any(axis=0)):
        found[minute] = np.nanmedian(table[:, minute])
    return found


def _skipped_channels(mirror: BoardMirror) -> int:
    return sum(any(_media(one).get("why") for one in channel["inputs"]) for channel in mirror.channels.values())


def _decoded_channels(mirror: BoardMirror) -> int:
    return sum(
        any(_media(one).get("mode", "off") != "off" for one in channel["inputs"])
        for channel in mirror.channels.values()
    )


def _media(one: Json) -> Json:
    found: Json = one.get("media") or {}
    return found


def _why(told: Json) -> str:
    """Return the commonest reason in words."""
    counts: dict[str, int] = defaultdict(int)
    for by_reason in told["skipped_per_min"].values():
        for reason, count in by_reason.items():
            counts[reason] += count
    reason = max(counts, key=lambda key: counts[key], default="")
    return _WHY.get(reason.partition(",")[0], reason)


_WHY: Mapping[str, str] = {
    "crowded": "decoders full",
    "late": "came too late",
    "room": "no room to keep them",
    "encrypted": "encrypted",
    "lost": "a decoder died",
    "gone": "not wanted any more",
    "paused": "left alone for now",
}
