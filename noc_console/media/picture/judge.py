"""Says what a stretch's measures mean: metrics, findings with their sentence, and events of what is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from noc_console.media.picture.letterbox import Box
from noc_console.media.picture.mos import Mos
from noc_console.media.picture.seen import (
    BARS_S,
    BLACK_S,
    BLOCKINESS,
    FREEZE_S,
    MOS_CRITICAL,
    MOS_MAJOR,
    MOS_WARNING,
    OTT_KEY_S,
    SLATE_S,
    TS_KEY_S,
    Seen,
    Span,
)
from noc_console.media.stretch import PictureStretch
from noc_console.model import Event, Finding, Severity

#: What each condition is called: finding, event, limit in seconds, and how the sentence begins.
_KINDS = {
    "freeze": ("media-freeze", "PictureFroze", FREEZE_S, "The picture has been frozen"),
    "black": ("media-black", "PictureBlack", BLACK_S, "The picture has been black"),
    "bars": ("media-colour-bars", "BarsShown", BARS_S, "Colour bars have been on air"),
    "slate": ("media-slate", "SlateShown", SLATE_S, "The slate {name} has been on air"),
}
#: R-066: the lines of the picture's quality, the worst first.
_MOS_LINES = (
    (MOS_CRITICAL, Severity.CRITICAL),
    (MOS_MAJOR, Severity.MAJOR),
    (MOS_WARNING, Severity.WARNING),
)
#: 30000/1001 and the like are a little over their round number.
_ROUNDING = 1.02


def seen(
    stretch: PictureStretch, is_ts: bool, spans: Mapping[str, Sequence[Span]], mos: Mos | None, looks_ill: bool
) -> Seen:
    """Return what a stretch shows; `spans` of each kind touch it, and all but the last of a kind are over."""
    longest = {name: max(found, key=lambda span: span.length_s) for name, found in spans.items() if found}
    findings = [_lasting(name, span) for name, span in longest.items()]
    findings += _of_measures(stretch, is_ts) + _of_quality(mos)
    return Seen(
        metrics=_metrics(stretch, longest) | _scores(mos),
        findings=tuple(findings),
        events=tuple(_event(name, span) for name, found in spans.items() for span in found if span.is_over),
        freezes=tuple(spans["freeze"]),
        blacks=tuple(spans["black"]),
        bars=tuple(spans["bars"]),
        slates=tuple(spans["slate"]),
        wants_all_frames=_wants_all_frames(stretch, looks_ill),
    )


def _metrics(stretch: PictureStretch, longest: Mapping[str, Span]) -> dict[str, float]:
    values = {f"video.{name}_s": longest[name].length_s if name in longest else 0.0 for name in _KINDS}
    values |= {"video.width_px": stretch.format.width, "video.height_px": stretch.format.height}
    if stretch.format.frame_rate:
        values["video.frame_rate_hz"] = stretch.format.frame_rate
    if stretch.key_interval_s:
        values["video.key_interval_s"] = stretch.key_interval_s
    if stretch.bits and stretch.end_s > stretch.start_s:
        rate_bps = stretch.bits / (stretch.end_s - stretch.start_s)
        values["video.bitrate_bps"] = rate_bps
        pixels_per_s = stretch.format.width * stretch.format.height * stretch.format.frame_rate
        if pixels_per_s:
            values["video.bits_per_pixel"] = rate_bps / pixels_per_s
    if len(stretch.frames):
        values |= _of_frames(stretch)
    return values


def _of_frames(stretch: PictureStretch) -> dict[str, float]:
    frames = stretch.frames
    left, top, right, bottom = np.median(frames["active"], axis=0).tolist()
    return {
        "video.blockiness_ratio": float(frames["blockiness"].mean()),
        "video.blur_ratio": float(frames["blur"].mean()),
        "video.luma_mean_ratio": float(frames["luma_mean"].mean()),
        "video.luma_deviation_ratio": float(frames["luma_deviation"].mean()),
        "video.black_ratio": float(frames["black_ratio"].mean()),
        "video.combing_ratio": float(frames["combing"].mean()),
        "video.letterbox_ratio": (right - left) * (bottom - top),
    }


def _lasting(name: str, span: Span) -> Finding:
    finding, _, limit_s, text = _KINDS[name]
    sentence = f"{text.format(name=span.name)} for {span.length_s:.1f} s (limit {limit_s:g} s)."
    where = {"start_s": round(span.start_s, 3), "length_s": round(span.length_s, 3)}
    return Finding(finding, sentence, where | ({"slate": span.name} if span.name else {}))


def _of_measures(stretch: PictureStretch, is_ts: bool) -> list[Finding]:
    findings = []
    blockiness = float(stretch.frames["blockiness"].mean()) if len(stretch.frames) else 0.0
    if blockiness > BLOCKINESS:
        text = f"Blocks are visible: blockiness {blockiness:.2f} (limit {BLOCKINESS:g})."
        findings.append(Finding("media-macroblocking", text))
    limit_s = TS_KEY_S if is_ts else OTT_KEY_S
    if stretch.key_interval_s > limit_s * _ROUNDING:
        text = f"Key frames are {stretch.key_interval_s:.1f} s apart (limit {limit_s:g} s)."
        findings.append(Finding("media-gop-long", text))
    return findings


def _of_quality(mos: Mos | None) -> list[Finding]:
    if mos is None or mos.total >= MOS_WARNING:
        return []
    limit, severity = next(line for line in _MOS_LINES if mos.total < line[0])
    text = f"Picture quality is {mos.total:.2f} of 5 by our estimate (limit {limit:g})."
    return [Finding("media-mos-low", text, severity=severity)]


def _scores(mos: Mos | None) -> dict[str, float]:
    if mos is None:
        return {}
    return {
        "video.mos": mos.total,
        "video.mos_encoding": mos.encoding,
        "video.mos_size": mos.size,
        "video.mos_motion": mos.motion,
        "video.mos_artefacts": mos.artefacts,
    }


def reshaped(at: float, before: Box, now: Box) -> Event:
    """Return the event that black bars came or went; shapes are left, top, right, bottom as shares."""
    data = {"before": [round(edge, 3) for edge in before], "now": [round(edge, 3) for edge in now]}
    return Event("LetterboxChanged", at, data=data)


def _event(name: str, span: Span) -> Event:
    data = {"start": span.at, "start_s": round(span.start_s, 3), "length_s": round(span.length_s, 3)}
    return Event(_KINDS[name][1], span.at + span.length_s, data=data | ({"slate": span.name} if span.name else {}))


def _wants_all_frames(stretch: PictureStretch, looks_ill: bool) -> bool:
    if stretch.mode == "full" or not len(stretch.frames):
        return False
    return looks_ill or float(stretch.frames["blockiness"].max()) > BLOCKINESS
