"""Judge a master playlist: what RFC 8216, the HLS authoring specification and the operator ask of a ladder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from noc_console.media.hls.playlist import Master, Rendition, Variant
from noc_console.media.hls.rungs import has_video, rungs_of
from noc_console.media.languages import same_language
from noc_console.model import Expected, Finding, Severity

_ASPECT_TOLERANCE = 0.03
_MOST_OF_ONE = 20
_HDR = ("PQ", "HLG")


def lint_master(master: Master, expected: Expected | None = None) -> tuple[Finding, ...]:
    """Return the findings of a master playlist; `expected` adds what the operator wants of it."""
    if not master.variants:
        return (*master.problems, Finding("hls-master-no-variants", "The master playlist offers no variant."))
    judged = [*_attributes(master), *_ladder(master), *_groups(master)]
    return (*master.problems, *_folded(judged), *(_expected(master, expected) if expected else ()))


def _folded(findings: list[Finding]) -> list[Finding]:
    """Return at most twenty findings of one id; the last of them counts the rest."""
    kept: dict[str, list[Finding]] = {}
    for finding in findings:
        same = kept.setdefault(finding.id, [])
        if len(same) < _MOST_OF_ONE:
            same.append(finding)
        else:
            same[-1] = replace(same[-1], count=same[-1].count + 1)
    return [finding for same in kept.values() for finding in same]


def _attributes(master: Master) -> Iterator[Finding]:
    for variant in master.variants:
        name = variant.resolution or variant.uri[:80]
        where: dict[str, str | int | float] = {"line": variant.line, "uri": master.absolute(variant.uri)}
        if not variant.bandwidth_bps:
            yield Finding("hls-bandwidth-missing", f"Variant {name} has no BANDWIDTH.", where)
        if not variant.codecs:
            yield Finding("hls-codecs-missing", f"Variant {name} has no CODECS.", where)
        if not has_video(variant):
            continue
        if not variant.width and variant.codecs:
            yield Finding("hls-resolution-missing", f"Video variant {name} has no RESOLUTION.", where)
        elif not variant.frame_rate:
            # RFC 8216 4.3.4.2 only recommends FRAME-RATE, and many sound packagers never write it
            yield Finding(
                "hls-resolution-missing", f"Variant {name} has no FRAME-RATE.", where, severity=Severity.WARNING
            )


def _ladder(master: Master) -> Iterator[Finding]:
    video = [variant for variant in master.variants if has_video(variant)]
    yield from _aspects(video)
    yield from _duplicates(master)
    ranges = {variant.video_range or "SDR" for variant in video}
    if ranges & set(_HDR) and "SDR" not in ranges:
        yield Finding("hls-sdr-variant-missing", "HDR variants are offered, but none in SDR.")
    if video and not master.iframes:
        yield Finding("hls-iframe-playlist-missing", "No I-frame playlist is offered.")


def _aspects(video: list[Variant]) -> Iterator[Finding]:
    sized = [variant for variant in video if variant.width and variant.height]
    if not sized:
        return
    usual = Counter(round(variant.width / variant.height, 1) for variant in sized).most_common(1)[0][0]
    peers = [variant.width / variant.height for variant in sized]
    middle = sorted(ratio for ratio in peers if round(ratio, 1) == usual)[0]
    for variant in sized:
        ratio = variant.width / variant.height
        if abs(ratio / middle - 1) > _ASPECT_TOLERANCE:
            # HLS authoring 1.33: all variants have the same aspect ratio
            yield Finding(
                "hls-aspect-mismatch",
                f"{variant.resolution} has the aspect ratio {ratio:.2f}, the others {middle:.2f}.",
                {"line": variant.line},
            )


def _duplicates(master: Master) -> Iterator[Finding]:
    seen: dict[tuple[object, ...], int] = {}
    for variant in master.variants:
        key = (
            variant.bandwidth_bps,
            variant.resolution,
            variant.frame_rate,
            variant.codecs,
            variant.audio,
            variant.subtitles,
            variant.closed_captions,
            variant.video_range,
            variant.video,
            variant.pathway,
        )
        first = seen.setdefault(key, variant.line)
        if first != variant.line and variant.bandwidth_bps:
            yield Finding(
                "hls-ladder-duplicate-rung",
                f"Variant {variant.resolution or variant.uri[:60]} is offered twice with the same attributes, "
                f"first in line {first}.",
                {"line": variant.line},
            )


def _groups(master: Master) -> Iterator[Finding]:
    defined = {(rendition.type, rendition.group) for rendition in master.renditions}
    told = set()
    for variant in master.variants:
        asked = (
            ("AUDIO", variant.audio),
            ("VIDEO", variant.video),
            ("SUBTITLES", variant.subtitles),
            ("CLOSED-CAPTIONS", variant.closed_captions if variant.closed_captions != "NONE" else ""),
        )
        for kind, group in asked:
            if group and (kind, group) not in defined and (kind, group) not in told:
                told.add((kind, group))
                # RFC 8216 4.3.4.2: the group must match the GROUP-ID of an EXT-X-MEDIA of that type
                yield Finding(
                    "hls-media-group-undefined",
                    f"{kind} group {group!r} is used but no EXT-X-MEDIA defines it.",
                    {"line": variant.line},
                )


def _expected(master: Master, expected: Expected) -> Iterator[Finding]:
    offered = {rung.label for rung in rungs_of(master)}
    for label in expected.rungs:
        if label not in offered:
            yield Finding("hls-ladder-rung-missing", f"Expected rung {label} is not offered.", {"rung": label})
    for kind, finding_id, languages in (
        ("AUDIO", "hls-audio-rendition-missing", expected.audio_languages),
        ("SUBTITLES", "hls-subtitle-rendition-missing", expected.subtitle_languages),
    ):
        have = [rendition for rendition in master.renditions if rendition.type == kind]
        yield from _languages(finding_id, kind.lower(), languages, have)
    if expected.is_hdr and not any(variant.video_range in _HDR for variant in master.variants):
        yield Finding(
            "hls-video-range-missing", "The channel should be HDR, but no variant has VIDEO-RANGE PQ or HLG."
        )


def _languages(finding_id: str, kind: str, languages: tuple[str, ...], have: list[Rendition]) -> Iterator[Finding]:
    for language in languages:
        if not any(same_language(rendition.language, language) for rendition in have):
            yield Finding(finding_id, f"Expected {kind} language {language} is not offered.", {"language": language})
