"""What is wrong with a whole file or a watched channel: one finding of each kind for each stream, the worst told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from noc_console.media.loudness.verdicts import SoundLimits
from noc_console.media.picture.seen import BLACK_S, DEAD_FEED_S, FREEZE_S, MOS_MAJOR
from noc_console.model import Finding, Severity
from noc_console.probes.media_form import Told, longest

if TYPE_CHECKING:
    from noc_console.probes.media_measure import Picture, Sound

_LIMITS = SoundLimits()
_LEAST_SOUND_S = 20.0
#: What watches say of their newest stretch that holds for the whole as well.
_KEPT = frozenset(
    {"media-channel-missing", "media-phase-inverted", "media-clipping", "media-macroblocking", "media-gop-long"}
    | {"media-colour-bars"}
)
_SPANS = {
    "freeze": ("media-freeze", FREEZE_S, "The picture is frozen"),
    "black": ("media-black", BLACK_S, "The picture is black"),
    "silence": ("media-silence", _LIMITS.silence_s, "There is no sound"),
}


def judge(
    sounds: Mapping[str, Sound],
    pictures: Mapping[str, Picture],
    audio: Sequence[Told],
    video: Sequence[Told],
    is_ts: bool,
) -> tuple[Finding, ...]:
    """Return the findings of all streams; key frame distances of transport streams have a limit of their own."""
    found: list[Finding] = []
    for told in (*video, *audio):
        found += _spanned(told)
    for told in audio:
        found += _loud(told)
    for told in video:
        found += _poor(told)
    followed: list[tuple[str, Sound | Picture]] = [*sounds.items(), *pictures.items()]
    for rung, one in followed:
        kept = [finding for finding in one.findings.values() if finding.id in _KEPT]
        found += [
            Finding(each.id, each.text, {**each.where, "rung": rung}, each.count, each.severity)
            for each in kept
            if not (is_ts and each.id == "media-gop-long" and _is_within_ts(one))
        ]
    found += _dead(video, audio)
    return tuple(found)


def _is_within_ts(one: Any) -> bool:
    return float(one.newest.key_interval_s) <= 5.1  # TS 101 154: 5 s


def _spanned(told: Told) -> Iterator[Finding]:
    for name, spans in told.spans.items():
        worst = longest(spans)
        if worst is None or name not in _SPANS:
            continue
        finding, limit_s, text = _SPANS[name]
        where = {"rung": told.rung, "start_s": worst["start_s"], "length_s": worst["length_s"]}
        sentence = f"{text} for {worst['length_s']:.2f} s from {worst['start_s']:.2f} s on (limit {limit_s:g} s)."
        yield Finding(finding, sentence, where, len(spans))


def _loud(told: Told) -> Iterator[Finding]:
    loudness, peak = told.form["integrated_lufs"], told.form["true_peak_dbtp"]
    where = {"rung": told.rung}
    if loudness is not None and told.form["duration_s"] >= _LEAST_SOUND_S:
        off = loudness - _LIMITS.target_lufs
        if abs(off) > _LIMITS.advisory_lu:
            is_major = abs(off) > _LIMITS.limit_lu
            limit = _LIMITS.limit_lu if is_major else _LIMITS.advisory_lu
            text = f"Integrated loudness is {loudness:.1f} LUFS, {off:+.1f} LU off {_LIMITS.target_lufs:.0f} LUFS"
            severity = None if is_major else Severity.WARNING
            yield Finding("media-loudness", f"{text} (limit ±{limit:g} LU).", where, 1, severity)
    if peak is not None and peak > _LIMITS.true_peak_dbtp:
        text = f"The true peak is {peak:.1f} dBTP (limit {_LIMITS.true_peak_dbtp:.1f} dBTP)."
        yield Finding("media-true-peak", text, where)


def _poor(told: Told) -> Iterator[Finding]:
    mos = told.form.get("mos")
    if mos is not None and mos < MOS_MAJOR:
        text = f"Picture quality is estimated at {mos:.2f} of 5 (limit {MOS_MAJOR:g})."
        yield Finding("media-mos-low", text, {"rung": told.rung})


def _dead(video: Sequence[Told], audio: Sequence[Told]) -> Iterator[Finding]:
    """Operator M061: frozen or black together with silence for more than 10 s."""
    silences = [span for told in audio[:1] for span in told.spans["silence"]]
    for told in video[:1]:
        for span in (*told.spans["freeze"], *told.spans["black"]):
            for silence in silences:
                start = max(span["start_s"], silence["start_s"])
                end = min(span["start_s"] + span["length_s"], silence["start_s"] + silence["length_s"])
                if end - start > DEAD_FEED_S:
                    text = f"Neither picture nor sound for {end - start:.1f} s from {start:.2f} s on"
                    where = {"rung": told.rung, "start_s": start, "length_s": round(end - start, 3)}
                    yield Finding("media-dead-feed", f"{text} (limit {DEAD_FEED_S:g} s).", where)
                    return
