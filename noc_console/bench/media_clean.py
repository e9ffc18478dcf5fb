"""False alarms: hours of moving pictures and sound of the lab, and real clips, in which nothing is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from noc_console.bench import Row, media_peers
from noc_console.bench.media_feeds import PlayedLab
from noc_console.bench.media_watched import Watched, decoded, heeded, watched
from noc_console.bench.ts_material import testdata
from noc_console.lab.options import FRAME_RATE, LabOptions
from noc_console.media.stretch import PictureStretch, SoundStretch, Stretch
from noc_console.probes.decode.job import FULL, KEYFRAMES, Job

#: What must not be said of clean material; level and bitrate are the maker's business.
FALSE = frozenset(
    {
        "media-freeze",
        "media-black",
        "media-colour-bars",
        "media-macroblocking",
        "media-silence",
        "media-channel-missing",
        "media-phase-inverted",
    }
)
#: What FFmpeg's detectors may confirm: a clip that begins in black is told to do so, and rightly.
_SAME: Mapping[str, str] = {
    "PictureBlack": "black",
    "media-black": "black",
    "PictureFroze": "freeze",
    "media-freeze": "freeze",
    "SoundSilent": "silence",
    "media-silence": "silence",
}
_BEGIN_AT = 1_790_000_000.0
_MOST_BYTES = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Clip:
    """What watches said of one clip, and what of black, freeze and silence FFmpeg's detectors find in it."""

    name: str
    seconds: float
    said: tuple[str, ...]
    detected: frozenset[str]

    @property
    def false(self) -> tuple[str, ...]:
        """Return what was said and is not so."""
        return tuple(name for name in self.said if _SAME.get(name) not in self.detected)


def rows(hours: float = 1.0, options: LabOptions | None = None) -> list[Row]:
    """Watch that many hours of each of the lab's forms, with key frames and with all, and every clip there is."""
    options = options or LabOptions(channels=4, looks=4, multicast=1, ads=False)
    found = []
    lab = PlayedLab(options)
    try:
        for mode, name in ((FULL, "all frames"), (KEYFRAMES, "key frames")):
            found.append(_row(f"{hours:g} h of the healthy lab, {name}", lab_hours(lab, options, mode, hours)))
    finally:
        lab.close()
    folder = testdata()
    if folder is None:
        return [*found, Row("clean clips", "0", "not measured", None, "the test data are absent: set NOC_TESTDATA")]
    return [*found, clip_row(clips(folder))]


def lab_hours(lab: PlayedLab, options: LabOptions, mode: str, hours: float) -> list[Watched]:
    """Watch hours of each feed: one turn of the lab's loop is decoded, and shown to the watches again and again."""
    loop_s = options.grid.loop / FRAME_RATE
    seen = []
    for feed in lab.feeds():
        jobs = lab.jobs(feed, mode, _BEGIN_AT, _BEGIN_AT + 4 * loop_s)
        turns = list(decoded(jobs))
        seen.append(heeded(_again(turns, loop_s, hours * 3600), is_ts=feed.is_ts))
    return seen


def _again(stretches: Sequence[Stretch], loop_s: float, seconds: float) -> Iterator[Stretch]:
    """Yield stretches, and then those of their last turn of the loop until the time is over."""
    yield from stretches
    last = [one for one in stretches if one.at > stretches[-1].at - loop_s + 0.5 / FRAME_RATE]
    for turn in range(1, int(seconds / loop_s)):
        for one in last:
            yield _later(one, turn * loop_s)


def _later(one: Stretch, by_s: float) -> Stretch:
    pictures = {rung: _picture_later(picture, by_s) for rung, picture in one.pictures.items()}
    sounds = {rung: _sound_later(sound, by_s) for rung, sound in one.sounds.items()}
    return replace(one, at=one.at + by_s, pictures=pictures, sounds=sounds)


def _picture_later(one: PictureStretch, by_s: float) -> PictureStretch:
    frames = one.frames.copy()
    frames["at_s"] += by_s
    return replace(one, start_s=one.start_s + by_s, end_s=one.end_s + by_s, frames=frames)


def _sound_later(one: SoundStretch, by_s: float) -> SoundStretch:
    blocks = one.blocks.copy()
    blocks["at_s"] += by_s
    return replace(one, start_s=one.start_s + by_s, end_s=one.end_s + by_s, blocks=blocks)


def said(seen: Watched) -> Counter[str]:
    """Return what watches said that is wrong of clean material."""
    return Counter([one.kind for one in seen.told] + [one.id for one in seen.found if one.id in FALSE])


def _row(what: str, seen: Sequence[Watched]) -> Row:
    wrong = sum((said(one) for one in seen), Counter[str]())
    hours = sum(one.pictures_s for one in seen) / 3600
    broken = sum(len(one.faults) for one in seen)
    told = f"{sum(wrong.values())} in {hours:.1f} h of {len(seen)} feeds" + (f" ({dict(wrong)})" if wrong else "")
    how = f"a loop of 24 s decoded and shown again and again; {broken} decoding faults"
    return Row(f"false alarms, {what}", "0", told, not wrong and hours > 0, how)


def clips(folder: Path) -> list[Clip]:
    """Watch every transport stream and MP4 file below a folder."""
    found = []
    for path in sorted(path for ending in ("ts", "mp4") for path in folder.rglob(f"*.{ending}")):
        if path.stat().st_size > _MOST_BYTES:
            continue
        seen = watched([Job(1, "", FULL, body=path.read_bytes(), is_last=True)])
        if seen.pictures_s + seen.sounds_s:
            name = str(path.relative_to(folder))
            wrong = tuple(sorted(said(seen)))
            # a fragment by itself cannot be opened by the library: only what was said is asked for
            confirmed = media_peers.detected(str(path)) if wrong else frozenset[str]()
            found.append(Clip(name, max(seen.pictures_s, seen.sounds_s), wrong, confirmed))
    return found


def clip_row(found: Sequence[Clip]) -> Row:
    """Return the row of all clips."""
    wrong = {clip.name: clip.false for clip in found if clip.false}
    told = f"{sum(map(len, wrong.values()))} in {len(found)} clips"
    told += "".join(f"; {name}: {', '.join(false)}" for name, false in wrong.items())
    confirmed = sum(bool(clip.said) for clip in found) - len(wrong)
    seconds = sum(clip.seconds for clip in found)
    how = f"{seconds:.0f} s; in {confirmed} clips FFmpeg finds the black, freeze or silence that was told"
    return Row("false alarms, clips of the test data", "0", told, not wrong and bool(found), how)
