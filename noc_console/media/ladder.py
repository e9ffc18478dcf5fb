"""The rungs of a channel: one label per bitrate, stable as long as the ladder is, shared by HLS and DASH."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Rung:
    """One variant, rendition or Representation; `kind` is video, audio, subtitles or iframe.

    `uri` is absolute. `bandwidth_bps` is the declared peak, 0 where none is declared (HLS renditions). `is_atmos`
    says that the manifest tells of objects (JOC) in the sound.
    """

    label: str
    kind: str
    uri: str
    bandwidth_bps: int = 0
    average_bandwidth_bps: int = 0
    codecs: str = ""
    width: int = 0
    height: int = 0
    frame_rate: float = 0.0
    language: str = ""
    group: str = ""
    video_range: str = ""
    supplemental_codecs: str = ""
    is_atmos: bool = False


def label(rung: Rung) -> str:
    """Return the label a rung has by itself: `1080p50@6.0M`, `audio-en`, `subtitles-vi`."""
    if rung.kind in ("audio", "subtitles"):
        name = (rung.language or rung.group or "und")[:_LONGEST_NAME]
        rate = f"@{rung.bandwidth_bps / 1000:.0f}k" if rung.kind == "audio" and rung.bandwidth_bps else ""
        return f"{rung.kind}-{name}{rate}"
    picture = f"{rung.height}p{rung.frame_rate:.0f}" if rung.height and rung.frame_rate else ""
    picture = picture or (f"{rung.height}p" if rung.height else rung.kind)
    rate = f"@{rung.bandwidth_bps / 1e6:.1f}M" if rung.bandwidth_bps >= 1e6 else f"@{rung.bandwidth_bps / 1000:.0f}k"
    return ("iframe-" if rung.kind == "iframe" else "") + picture + (rate if rung.bandwidth_bps else "")


def measured(rungs: Iterable[Rung], wanted: str = "") -> frozenset[str]:
    """Return the labels of what is decoded: one picture, the best one or the one wanted, and every sound.

    Of two pictures of a size the one with high dynamic range is better: it has more to lose.
    """
    every = tuple(rungs)
    video = [rung for rung in every if rung.kind == "video"]
    best = max(video, key=lambda rung: _worth(rung, wanted), default=None)
    sounds = {rung.label for rung in every if rung.kind == "audio"}
    return frozenset(sounds | ({best.label} if best else set()))


def _worth(rung: Rung, wanted: str) -> tuple[bool, int, bool, int]:
    return rung.label == wanted, rung.height, rung.video_range in ("PQ", "HLG"), rung.bandwidth_bps


def labelled(rungs: Iterable[Rung]) -> tuple[Rung, ...]:
    """Return the rungs with their labels, numbered from the second on where two would be called the same."""
    seen: Counter[str] = Counter()
    named = []
    for rung in rungs:
        text = label(rung)
        seen[text] += 1
        named.append(replace(rung, label=text if seen[text] == 1 else f"{text}#{seen[text]}"))
    return tuple(named)
