"""Follows one rung's picture from stretch to stretch: what it is, what it lacks, and when it became another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from noc_console.media.es.format import Colour, Mastering
from noc_console.media.formats.bitrate import Bitrate
from noc_console.media.formats.captions import Captions
from noc_console.media.formats.lost import AtLayer, lost_at
from noc_console.media.formats.record import of_picture
from noc_console.media.formats.tellings import UNTOLD, of_container, of_manifest, of_stream
from noc_console.media.formats.verdict import Verdict
from noc_console.media.stretch import PictureStretch
from noc_console.model import Event, Expected, Finding, Layer

PRESENT = "hdr.is_present"


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of an input beforehand: its layer, the channel's record, and what its manifest is called.

    `is_hdr` says that the channel is declared HDR; `is_best` that the picture measured is that of the best rung, the
    one that the record's size and frame rate are about.
    """

    layer: Layer = Layer.PACKAGER
    expected: Expected = field(default_factory=Expected)
    is_hdr: bool = False
    is_best: bool = True
    manifest: str = "playlist"


@dataclass(frozen=True, slots=True)
class Judged:
    """What one stretch gave: metrics, what is wrong now, what changed, and the verdict on its picture."""

    metrics: Mapping[str, float]
    findings: tuple[Finding, ...]
    events: tuple[Event, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _Essence:
    """What makes a picture another one as far as its dynamic range goes."""

    hdr: str
    colour: Colour
    mastering: Mastering | None
    light: tuple[int, int] | None

    @property
    def text(self) -> str:
        numbers = f"{self.colour.primaries}/{self.colour.transfer}/{self.colour.matrix}"
        parts = [self.hdr, f"(colour {numbers})"]
        if self.mastering is not None:
            parts.append(f"mastered at {self.mastering.brightest:g} cd/m2")
        if self.light is not None:
            parts.append(f"content light {self.light[0]}/{self.light[1]}")
        return " ".join(parts)


@dataclass(slots=True)
class PictureFormat:
    """The memory of one rung's picture between its stretches."""

    bitrate: Bitrate = field(default_factory=Bitrate)
    captions: Captions = field(default_factory=Captions)
    _known: _Essence | None = None
    _other: tuple[_Essence, float] | None = None

    def step(
        self,
        stretch: PictureStretch,
        at: float,
        record: Record,
        container: Mapping[str, Any] | None = None,
        rung: Mapping[str, Any] | None = None,
        elsewhere: Iterable[AtLayer] = (),
    ) -> Judged:
        """Take a stretch; `container` and `rung` are what the container and the manifest tell of it.

        `elsewhere` says at which other inputs of the channel HDR is there.
        """
        video = stretch.format
        verdict = Verdict(of_stream(video), of_container(container or {}), of_manifest(rung) if rung else UNTOLD)
        lack = verdict.lacks(record.expected.hdr)
        metrics = {PRESENT: float(not lack)} if record.is_hdr or verdict.is_any_hdr else {}
        findings = [_missing(verdict, lack, record, elsewhere)] if record.is_hdr and lack else []
        findings += of_picture(video, record.expected, record.is_best)
        others = (self.bitrate.step(stretch), self.captions.step(video, at, record.expected.has_captions))
        findings += [one for one in others if one is not None]
        essence = _Essence(verdict.stream.text or "not told", video.colour, video.mastering, video.light)
        return Judged(metrics, tuple(findings), tuple(self._changed(essence, at)), verdict)

    def _changed(self, essence: _Essence, at: float) -> Iterator[Event]:
        """A change counts when it is seen twice in a row: a stretch may begin with one picture of something else."""
        if self._known is None or essence == self._known:
            self._known, self._other = essence, None
            return
        if self._other is None or self._other[0] != essence:
            self._other = (essence, at)
            return
        before, began = self._known, self._other[1]
        self._known, self._other = essence, None
        text = f"The picture changed from {before.text} to {essence.text}."
        data = {"before": before.text, "after": essence.text, "text": text, "finding": "media-hdr-changed"}
        yield Event("HdrChanged", began, data=data)


def _missing(verdict: Verdict, lack: str, record: Record, elsewhere: Iterable[AtLayer]) -> Finding:
    lost = lost_at(record.layer, elsewhere)
    said = verdict.contradiction(record.manifest) or lack
    text = f"{said[0].upper()}{said[1:]}: {lost.text}."
    where: dict[str, str | int | float] = {"lost_at": lost.layer, "stream": verdict.stream.text or "not told"}
    told = {"container": verdict.container.text, record.manifest: verdict.manifest.text}
    return Finding("media-hdr-missing", text, where | {name: text for name, text in told.items() if text})
