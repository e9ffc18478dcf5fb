"""Follow the partial segments of a low-latency playlist: lateness and kept promises (8216bis, HLS rule 13)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from noc_console.media.hls.playlist import Media, Part
from noc_console.model import Finding

_LATE = 3


@dataclass(frozen=True, slots=True)
class PartWatch:
    """When the newest part was first seen, and how many looks since then brought none."""

    last_uri: str = ""
    last_range: tuple[int, int] | None = None
    since: float = 0.0


def watch_parts(watch: PartWatch, old: Media | None, new: Media, at: float) -> tuple[PartWatch, list[Finding]]:
    """Return what is remembered after one more version, and a promise (PRELOAD-HINT) it broke."""
    newest = _newest(new)
    if newest is None:
        return PartWatch(), []
    if (newest.uri, newest.byterange) == (watch.last_uri, watch.last_range):
        return watch, []
    broken = _broken_hint(old, new) if old is not None else []
    return replace(watch, last_uri=newest.uri, last_range=newest.byterange, since=at), broken


def judge_parts(watch: PartWatch, media: Media, at: float) -> list[Finding]:
    """Return the finding when no new part came for three part targets."""
    target = media.part_target_s
    late = at - watch.since
    if not target or not watch.last_uri or late <= (_LATE + 0.5) * target:
        return []
    return [
        Finding(
            "llhls-part-late",
            f"No new part for {late:.1f} s, a new one is due every {target:g} s.",
            {"age_s": round(late, 1)},
        )
    ]


def _newest(media: Media) -> Part | None:
    if media.parts:
        return media.parts[-1]
    last = media.segments[-1] if media.segments else None
    return last.parts[-1] if last is not None and last.parts else None


def _all(media: Media) -> list[Part]:
    return [*(part for segment in media.segments[-8:] for part in segment.parts), *media.parts]


def _broken_hint(old: Media, new: Media) -> list[Finding]:
    hint = next((hint for hint in old.hints if hint.type == "PART"), None)
    last = _newest(old)
    if hint is None or last is None:
        return []
    parts = _all(new)
    at = next(
        (index for index, part in enumerate(parts) if (part.uri, part.byterange) == (last.uri, last.byterange)), -1
    )
    if at < 0 or at + 1 >= len(parts):
        return []
    following = parts[at + 1]
    if following.uri == hint.uri or following.is_gap:
        return []
    return [
        Finding(
            "llhls-preload-hint-broken",
            f"PRELOAD-HINT promised {hint.uri[:80]}, the next part is {following.uri[:80]}.",
            {"line": following.line, "uri": following.uri},
        )
    ]
