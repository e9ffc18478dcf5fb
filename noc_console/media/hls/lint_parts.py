"""Judge the low-latency tags of one media playlist (8216bis 4.4.3.7, 4.4.3.8, 4.4.4.9, 4.4.5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from noc_console.media.hls.playlist import Media, Part
from noc_console.model import Finding

_GRAIN_S = 0.001
_MARGIN = 0.01


def lint_parts(media: Media) -> tuple[Finding, ...]:
    """Return the findings of parts, server control and hints, none for a playlist without them."""
    return (*_control(media), *_parts(media))


def _control(media: Media) -> Iterator[Finding]:
    control, target, part = media.control, media.target_duration_s, media.part_target_s
    where = {"line": control.line}
    if 0 < control.hold_back_s < 3 * target - _GRAIN_S:
        # 8216bis 4.4.3.8: HOLD-BACK must be at least three times the target duration
        yield Finding(
            "llhls-hold-back-low",
            f"HOLD-BACK is {control.hold_back_s:g} s, at least {3 * target} s are needed.",
            where,
        )
    if 0 < control.can_skip_until_s < 6 * target - _GRAIN_S:
        yield Finding(
            "llhls-skip-until-low",
            f"CAN-SKIP-UNTIL is {control.can_skip_until_s:g} s, at least {6 * target} s are needed.",
            where,
        )
    if not part or not control.part_hold_back_s:
        return
    if control.part_hold_back_s < 2 * part - _GRAIN_S:
        yield Finding(
            "llhls-part-hold-back-low",
            f"PART-HOLD-BACK is {control.part_hold_back_s:g} s, at least {2 * part:g} s are needed.",
            where,
        )
    elif control.part_hold_back_s < 3 * part - _GRAIN_S:
        yield Finding(
            "llhls-part-hold-back-tight",
            f"PART-HOLD-BACK is {control.part_hold_back_s:g} s, {3 * part:g} s are recommended.",
            where,
        )


def _parts(media: Media) -> Iterator[Finding]:
    target = media.part_target_s
    if "EXT-X-PART" not in media.tags:
        return
    if not target:
        yield Finding(
            "llhls-part-inf-missing",
            "The playlist lists parts but has no EXT-X-PART-INF.",
            {"line": media.tags["EXT-X-PART"]},
        )
        return
    listed = [*(segment.parts for segment in media.segments), media.parts]
    long = [part for parts in listed for part in parts if part.duration_s > target * (1 + _MARGIN)]
    if long:
        yield _part("llhls-part-too-long", long, f"A part lasts {{:.3f}} s, PART-TARGET is {target:g} s.")
    # HLS rule 14: at least 85 % of PART-TARGET, except the last of a segment and before an independent part
    short = [part for parts in listed for part in _judged(parts) if part.duration_s < 0.85 * target - _GRAIN_S]
    if short:
        yield _part("llhls-part-too-short", short, f"A part lasts {{:.3f}} s, less than 85 % of {target:g} s.")
    yield from _retained(media)


def _judged(parts: tuple[Part, ...]) -> Iterator[Part]:
    return (part for part, following in pairwise(parts) if not following.is_independent)


def _part(finding_id: str, parts: list[Part], text: str) -> Finding:
    first = parts[0]
    return Finding(finding_id, text.format(first.duration_s), {"line": first.line, "uri": first.uri}, len(parts))


def _retained(media: Media) -> Iterator[Finding]:
    # HLS rule 13: parts leave the playlist once they are three target durations from the end
    after = sum(part.duration_s for part in media.parts)
    limit = 3 * media.target_duration_s
    for segment in reversed(media.segments):
        after_end = after
        after += segment.duration_s
        # the newest part of this segment ends `after_end` before the end of the playlist; one segment of grace
        if segment.parts and after_end > limit + media.target_duration_s:
            yield Finding(
                "llhls-part-retained",
                f"Parts are still listed {after_end:.1f} s before the end, more than 3 x target duration.",
                {"line": segment.parts[0].line, "sequence": segment.sequence},
            )
            return
